"""Under which ids a resource is known, and what AWS makes along with it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from guardrails.pulumi_reader.kinds import ID_PROPERTIES, Kind
from guardrails.pulumi_reader.resources import Resource
from guardrails.topology import default_group_of, main_table_of

_DEFAULT_TRANSIT_TABLE = "#default-transit-route-table"


@dataclass(frozen=True, slots=True)
class MadeBy:
    """What AWS makes along with a resource: whose it is, which outputs name it, its own key."""

    maker: Kind
    names: tuple[str, ...]
    key_of: Callable[[str], str]


MADE = {
    Kind.ROUTE_TABLE: MadeBy(Kind.VPC, ("defaultRouteTableId", "mainRouteTableId"), main_table_of),
    Kind.GROUP: MadeBy(Kind.VPC, ("defaultSecurityGroupId",), default_group_of),
    Kind.TRANSIT_TABLE: MadeBy(
        Kind.TRANSIT_GATEWAY,
        ("associationDefaultRouteTableId",),
        lambda transit: transit + _DEFAULT_TRANSIT_TABLE,
    ),
    Kind.INTERFACE: MadeBy(
        Kind.INSTANCE, ("primaryNetworkInterfaceId",), lambda instance: instance
    ),
}


def identities(resource: Resource, kind: Kind) -> Iterator[str]:
    """Return every AWS id that the resource shows as its own; an ARN ends with one."""
    for name in ("id", "awsId", *ID_PROPERTIES.get(kind, ())):
        value = resource.outputs[name]
        if isinstance(value, str) and value:
            yield value
    arn = resource.outputs["arn"]
    if isinstance(arn, str) and "/" in arn:
        yield arn.rpartition("/")[2]
