"""Reads what a route leads to: which property names its target, and what that points at."""

from guardrails.model.anchors import key_of
from guardrails.model.knowledge import External, Reference, Sure, Unknown
from guardrails.model.routing import TargetKind
from guardrails.pulumi_reader.fields import Fields
from guardrails.pulumi_reader.protobuf import HIDDEN
from guardrails.pulumi_reader.read_firewalls import endpoint_meant
from guardrails.pulumi_reader.resource import Row, kind_of_urn
from guardrails.pulumi_reader.stack import Stack
from guardrails.pulumi_reader.types.kinds import Kind

TARGETS = {
    "gatewayId": (
        TargetKind.GATEWAY,
        (Kind.INTERNET_GATEWAY, Kind.VIRTUAL_PRIVATE_GATEWAY, Kind.ENDPOINT),
    ),
    "natGatewayId": (TargetKind.NAT, (Kind.NAT_GATEWAY,)),
    "egressOnlyGatewayId": (TargetKind.EGRESS_ONLY, (Kind.EGRESS_ONLY_GATEWAY,)),
    "carrierGatewayId": (TargetKind.CARRIER, (Kind.CARRIER_GATEWAY,)),
    "transitGatewayId": (TargetKind.TRANSIT, (Kind.TRANSIT_GATEWAY,)),
    "vpcPeeringConnectionId": (TargetKind.PEERING, (Kind.PEERING,)),
    "networkInterfaceId": (TargetKind.INTERFACE, (Kind.INTERFACE, Kind.INSTANCE)),
    "instanceId": (TargetKind.INSTANCE, (Kind.INSTANCE,)),
    "vpcEndpointId": (TargetKind.ENDPOINT, (Kind.ENDPOINT, Kind.FIREWALL)),
    "localGatewayId": (TargetKind.LOCAL_GATEWAY, (Kind.LOCAL_GATEWAY,)),
    "coreNetworkArn": (TargetKind.CORE_NETWORK, (Kind.CORE_NETWORK,)),
    "odbNetworkArn": (TargetKind.ODB_NETWORK, (Kind.ODB_NETWORK,)),
}
"""By the property that names a route's target: what it is and what it can point at."""

_MISPLACED = {
    Kind.NAT_GATEWAY: "natGatewayId",
    Kind.EGRESS_ONLY_GATEWAY: "egressOnlyGatewayId",
    Kind.CARRIER_GATEWAY: "carrierGatewayId",
}
"""What programs also pass as `gatewayId`, and the property that is meant for it."""


def target_of(fields: Fields, stack: Stack) -> tuple[Sure[TargetKind], Reference]:
    """Return what the route leads to: the first property that is known, else one that is set."""
    found: list[tuple[Sure[TargetKind], Reference]] = []
    for name, (kind, kinds) in TARGETS.items():
        if fields.text(name) == "local":
            return TargetKind.LOCAL, None
        target = stack.refer(fields, name, *kinds)
        if target is None:
            continue
        if name == "vpcEndpointId":
            target = endpoint_meant(fields, stack, target)
        meant = _misplaced(fields, stack, target) if name == "gatewayId" else None
        found.append((_via(meant), meant) if meant else (kind, target))
    known = [each for each in found if not isinstance(each[1], Unknown)]
    if known or len(found) == 1:
        return (known or found)[0]
    missing = fields.missing("target")
    return missing, missing


def _via(target: Reference) -> TargetKind:
    """Return what a misplaced target is, as far as its own type says."""
    if isinstance(target, (str, External)):
        kind = kind_of_urn(key_of(target))
        if kind in _MISPLACED:
            return TARGETS[_MISPLACED[kind]][0]
    return TargetKind.GATEWAY


def _misplaced(fields: Fields, stack: Stack, target: Reference) -> Reference:
    """Return the NAT gateway or the like that `gatewayId` names, None if it names none."""
    if isinstance(fields, Row) and fields.value("gatewayId") is HIDDEN:
        return _misplaced_inline(fields, stack)
    if isinstance(target, (External, Unknown)):
        meant = stack.refer(fields, "gatewayId", *_MISPLACED)
        return None if isinstance(meant, Unknown) else meant
    return None


def _misplaced_inline(row: Row, stack: Stack) -> Reference:
    """Return what the hidden `gatewayId` of an inline route names if its list has NAT gateways.

    The links are those of all routes in the list. Gateways that other routes name by the property
    that is meant for them are not meant here. If there are as many proper gateways as routes with
    a hidden `gatewayId`, no route misplaces anything.
    """
    proper = _unnamed(row, stack, "gatewayId")
    if len(proper) >= _hidden(row, "gatewayId"):
        return None
    spare = [
        key
        for name in _MISPLACED.values()
        if len(unnamed := _unnamed(row, stack, name)) > _hidden(row, name)
        for key in unnamed
    ]
    return stack.one_of((*proper, *spare)) if spare else None


def _unnamed(row: Row, stack: Stack, name: str) -> list[str]:
    """Return what the row's list is made from and none of its routes names by a known id."""
    kinds = TARGETS[name][1]
    values = (each.value(name) for each in _siblings(row))
    known = {
        stack.refer_value(row, name, each, frozenset(kinds))
        for each in values
        if isinstance(each, str)
    }
    return [key for key in stack.linked(row, *kinds) if key not in known]


def _hidden(row: Row, name: str) -> int:
    return sum(each.value(name) is HIDDEN for each in _siblings(row))


def _siblings(row: Row) -> list[Row]:
    return [each for each in row.owner.rows("routes") if isinstance(each, Row)]
