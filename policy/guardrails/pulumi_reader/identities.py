"""Under which ids a resource is known, what AWS makes along with it, and who passes ids on."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from guardrails.model.routing import main_table_of
from guardrails.model.security import default_group_of
from guardrails.pulumi_reader.firewall_statuses import endpoint_ids
from guardrails.pulumi_reader.resource import Resource
from guardrails.pulumi_reader.types.kinds import ID_PROPERTIES, Kind
from guardrails.pulumi_reader.types.table import row_of

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


def ids_made_with(maker: Resource, made: Kind) -> list[str]:
    """Return the ids that a resource shows of what AWS made along with it.

    Of a VPC's main table it is the id of the one that was so at the last refresh: the provider
    reads both of its properties from that (terraform-provider-aws, vpc_.go, resourceVPCRead).
    """
    values = [maker.outputs[maker.spelling(name)] for name in MADE[made].names]
    return list(dict.fromkeys(each for each in values if isinstance(each, str) and each))


def identities(resource: Resource, kind: Kind) -> Iterator[str]:
    """Return every AWS id that the resource shows as its own; an ARN ends with one."""
    for name in ("id", "awsId", *ID_PROPERTIES.get(kind, ())):
        value = resource.outputs[name]
        if isinstance(value, str) and value:
            yield value
    if kind is Kind.FIREWALL:
        yield from endpoint_ids(resource)
    arn = resource.outputs["arn"]
    if isinstance(arn, str) and "/" in arn:
        yield arn.rpartition("/")[2]


_GATEWAYS: Final = ("internetGatewayId", "vpnGatewayId")
_ALSO_CALLED: Final = {
    "gatewayId": _GATEWAYS,
    "peerVpcId": ("vpcId",),
    "routeTableIds": ("routeTableId",),
    "routes": (*_GATEWAYS, "networkInterfaceId"),
    "securityGroupId": ("securityGroupIds",),
    "securityGroupIds": ("securityGroupId",),
    "subnetIds": ("subnetId",),
}


def passed_on(resources: Mapping[str, Resource], urns: Iterable[str], name: str) -> Iterator[str]:
    """Yield what the resources of these URNs, if their type passes ids on, were given as `name`."""
    for urn in urns:
        resource = resources.get(urn)
        if resource is not None and row_of(resource.type).passes_on_ids:
            for each in (name, *_ALSO_CALLED.get(name, ())):
                yield from resource.links(each)
