"""Reads how packets go: route tables, routes, what binds tables, what fills them."""

from collections.abc import Iterator
from dataclasses import replace

from guardrails.model.knowledge import External, Maybe, OneOf, Reference, Sure, Unknown
from guardrails.model.routing import (
    Association,
    MainAssociation,
    Propagation,
    Route,
    RouteTable,
    TargetKind,
)
from guardrails.pulumi_reader.fields import Fields
from guardrails.pulumi_reader.resource import Resource, Row, type_and_name
from guardrails.pulumi_reader.stack import Stack
from guardrails.pulumi_reader.types.kinds import Kind
from guardrails.pulumi_reader.types.table import kind_of

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

_MISPLACED = (Kind.NAT_GATEWAY, Kind.EGRESS_ONLY_GATEWAY, Kind.CARRIER_GATEWAY)
"""What programs also pass as `gatewayId`."""


def read_route_table(resource: Resource, stack: Stack) -> Iterator[object]:
    """Read a route table, its inline routes and its inline propagations."""
    main_of = stack.vpc_made_with(resource, Kind.ROUTE_TABLE)
    vpc = main_of or stack.refer(resource, "vpcId", Kind.VPC)
    yield RouteTable(
        key=resource.urn,
        scope=resource.place.scope,
        name=resource.name,
        vpc=vpc,
        main_of=main_of,
    )
    inline = [
        _route(row, stack, resource.urn, resource.urn)
        if isinstance(row, Row)
        else _hidden_routes(resource)
        for row in resource.rows("routes")
    ]
    yield from inline
    yield from _certain_egress(resource, inline, stack)
    for gateway in stack.refer_many(resource, "propagatingVgws", Kind.VIRTUAL_PRIVATE_GATEWAY):
        yield Propagation(
            key=resource.urn,
            table=resource.urn,
            via=TargetKind.VIRTUAL_PRIVATE,
            gateway=gateway,
        )


def _hidden_routes(resource: Resource) -> Route:
    hidden = resource.missing("routes")
    return Route(key=resource.urn, table=resource.urn, cidr=hidden, via=hidden, target=hidden)


def _certain_egress(resource: Resource, inline: list[Route], stack: Stack) -> Iterator[Route]:
    """Yield a route to each gateway that one of several inline routes must lead to.

    A preview links all targets to the list as a whole. If it links no more targets than there are
    routes to fill, each of them is the target of some route. For a NAT gateway the destination
    counts too: it is certain if all routes that may lead there have the same.
    """
    undecided = [
        (route.via, route.target.keys) for route in inline if isinstance(route.target, OneOf)
    ]
    targets = {key: via for via, keys in undecided for key in keys}
    if len(targets) > len(undecided):
        return
    hidden = Unknown(f"which inline route of {resource.name} leads there")
    for key in sorted(targets):
        kind = kind_of(type_and_name(key)[0])
        cidr = hidden if kind is Kind.INTERNET_GATEWAY else None
        if kind is Kind.NAT_GATEWAY and _is_public(key, stack):
            cidr = _common_destination(inline, key)
        if cidr is not None:
            yield Route(
                key=resource.urn, table=resource.urn, cidr=cidr, via=targets[key], target=key
            )


def _is_public(nat: str, stack: Stack) -> bool:
    made = stack.resources.get(nat)
    return made is not None and made.text("connectivityType") in (None, "public")


def _common_destination(inline: list[Route], target: str) -> Maybe[str]:
    """Return the destination of all routes that may lead to `target`, None if they differ."""
    candidates = [
        each for each in inline if isinstance(each.target, OneOf) and target in each.target.keys
    ]
    cidrs = {each.cidr for each in candidates}
    return cidrs.pop() if len(cidrs) == 1 else None


def read_route(resource: Resource, stack: Stack) -> Iterator[object]:
    """Read a stand-alone route."""
    table = stack.required(resource, "routeTableId", Kind.ROUTE_TABLE)
    route = _route(resource, stack, resource.urn, table)
    yield replace(route, blackhole=_blackhole(resource, stack))


def _blackhole(resource: Resource, stack: Stack) -> Sure[bool]:
    """Tell whether AWS called the route a black hole; an update may lead it elsewhere since."""
    state = resource.text("state")
    if isinstance(state, Unknown) or (state == "blackhole" and stack.preview):
        return Unknown("whether the route is a black hole after the update")
    return state == "blackhole"


def _route(fields: Fields, stack: Stack, key: str, table: Reference) -> Route:
    cidr = next(
        (
            value
            for name in (
                "destinationCidrBlock",
                "cidrBlock",
                "destinationIpv6CidrBlock",
                "ipv6CidrBlock",
            )
            if (value := fields.text(name)) is not None
        ),
        None,
    )
    lists = stack.refer(fields, "destinationPrefixListId", Kind.PREFIX_LIST)
    via, target = _target(fields, stack)
    return Route(
        key=key,
        table=table,
        cidr=cidr if cidr is not None or lists is not None else fields.missing("destination"),
        prefix_list=lists if cidr is None else None,
        via=via,
        target=target,
    )


def _target(fields: Fields, stack: Stack) -> tuple[Sure[TargetKind], Reference]:
    """Return what the route leads to: the first property that is known, else one that is set."""
    found: list[tuple[Sure[TargetKind], Reference]] = []
    for name, (kind, kinds) in TARGETS.items():
        if fields.text(name) == "local":
            return TargetKind.LOCAL, None
        target = stack.refer(fields, name, *kinds)
        if name == "gatewayId":
            target = _misplaced(fields, stack, target) or target
        if target is not None:
            found.append((kind, target))
    known = [each for each in found if not isinstance(each[1], Unknown)]
    if known or len(found) == 1:
        return (known or found)[0]
    missing = fields.missing("target")
    return missing, missing


def _misplaced(fields: Fields, stack: Stack, target: Reference) -> Reference:
    """Return the NAT gateway or the like that `gatewayId` names, None if it names none.

    The links of an inline list are those of all its routes, so that there only an id tells.
    """
    if isinstance(target, External) or (
        isinstance(target, Unknown) and not isinstance(fields, Row)
    ):
        meant = stack.refer(fields, "gatewayId", *_MISPLACED)
        return meant if isinstance(meant, (str, OneOf)) else None
    return None


def read_association(resource: Resource, stack: Stack) -> Iterator[object]:
    """Read what binds a table to a subnet, or to a gateway at the edge."""
    subnet = stack.refer(resource, "subnetId", Kind.SUBNET)
    if subnet is None and resource.text("gatewayId") is None:
        subnet = resource.missing("subnetId")
    yield Association(
        key=resource.urn,
        table=stack.required(resource, "routeTableId", Kind.ROUTE_TABLE),
        subnet=subnet,
    )


def read_main_association(resource: Resource, stack: Stack) -> Iterator[object]:
    """Read what makes a table the main one of its VPC."""
    yield MainAssociation(
        key=resource.urn,
        vpc=stack.required(resource, "vpcId", Kind.VPC),
        table=stack.required(resource, "routeTableId", Kind.ROUTE_TABLE),
    )


def read_gateway_propagation(resource: Resource, stack: Stack) -> Iterator[object]:
    """Read what lets a virtual private gateway write into a table."""
    yield Propagation(
        key=resource.urn,
        table=stack.required(resource, "routeTableId", Kind.ROUTE_TABLE),
        via=TargetKind.VIRTUAL_PRIVATE,
        gateway=stack.required(resource, "vpnGatewayId", Kind.VIRTUAL_PRIVATE_GATEWAY),
    )


def read_server_propagation(resource: Resource, stack: Stack) -> Iterator[object]:
    """Read what lets a route server write into a table."""
    yield Propagation(
        key=resource.urn,
        table=stack.required(resource, "routeTableId", Kind.ROUTE_TABLE),
        via=TargetKind.ROUTE_SERVER,
        gateway=stack.required(resource, "routeServerId", Kind.ROUTE_SERVER),
    )
