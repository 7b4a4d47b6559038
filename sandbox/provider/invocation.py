"""Calls a function under one provider configuration, its arguments checked."""

from collections.abc import Callable
from dataclasses import dataclass

from botocore.exceptions import ClientError

from sandbox.provider.check import Fault, check, fill_defaults
from sandbox.provider.cloud import Cloud, explain
from sandbox.provider.configuration import Configuration
from sandbox.provider.function import Function
from sandbox.provider.lifecycle import RefusedError
from sandbox.provider.wire import Properties, contains_unknown


@dataclass(frozen=True)
class Invocation:
    """One function under one provider configuration."""

    function: Function
    configuration: Configuration
    cloud_of: Callable[[str], Cloud]

    def call(self, given: Properties) -> tuple[Properties, list[Fault]]:
        """Return the function's result and no faults, or no result and the faults.

        While an argument is unknown, so is the result: it is empty.
        """
        arguments, faults = check(self.function.schema, given)
        if faults or contains_unknown(arguments):
            return {}, faults
        fill_defaults(self.function.schema.inputs, arguments)
        region = arguments.get("region") or self.configuration.region
        try:
            result = self.function.call(self.cloud_of(region), arguments)
        except ClientError as error:
            raise RefusedError(f"{self.function.pulumi_name}: {explain(error)}") from error
        except LookupError as error:
            raise RefusedError(f"{self.function.pulumi_name}: {error.args[0]}") from error
        regional = {"region": region} if self.function.regional else {}
        return {**arguments, **regional, **result}, []
