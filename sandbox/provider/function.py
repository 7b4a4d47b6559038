"""What a function (a look-up) is here: it declares its arguments as a resource type does.

    class GetRegion(Function):
        pulumi_name = "aws:index/getRegion:getRegion"
        properties: ClassVar = {"name": string(), "description": string(output=True), ...}

        def call(self, cloud, arguments):
            return {"id": cloud.region, ...}

Name the class in `registry.py`. A property that is neither settable nor declared is an error that
names it; arguments that are not known yet never reach `call`.
"""

from collections.abc import Mapping
from typing import ClassVar

from sandbox.provider.cloud import Cloud
from sandbox.provider.resource import REGION
from sandbox.provider.schema import Property, Schema
from sandbox.provider.wire import Properties


class Function:
    """A function; see the module's text. Instances hold nothing and are shared by threads."""

    pulumi_name: ClassVar[str]
    properties: ClassVar[Mapping[str, Property]]
    unmodelled: ClassVar[tuple[str, ...]] = ()
    exactly_one_of: ClassVar[tuple[tuple[str, ...], ...]] = ()
    at_least_one_of: ClassVar[tuple[tuple[str, ...], ...]] = ()
    regional: ClassVar[bool] = True
    schema: ClassVar[Schema]

    def __init_subclass__(cls) -> None:
        """Put the schema together once the class has declared itself."""
        super().__init_subclass__()
        if not hasattr(cls, "pulumi_name"):
            return
        region = {"region": REGION} if cls.regional else {}
        cls.schema = Schema(
            name=cls.pulumi_name,
            properties={**region, **cls.properties},
            unmodelled=cls.unmodelled,
            exactly_one_of=cls.exactly_one_of,
            at_least_one_of=cls.at_least_one_of,
        )

    def call(self, cloud: Cloud, arguments: Properties) -> Properties:
        """Return the result; raise LookupError, with upstream's words, when nothing matches."""
        raise NotImplementedError
