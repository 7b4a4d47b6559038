"""Reads how packets go: route tables, routes, what binds tables, what fills them."""

from collections.abc import Iterator
from dataclasses import replace

from guardrails.model.knowledge import (
    Maybe,
    OneOf,
    Reference,
    Sure,
    Unknown,
    whether_still_there,
)
from guardrails.model.routing import (
    Association,
    MainAssociation,
    Propagation,
    Route,
    RouteTable,
    TargetKind,
)
from guardrails.pulumi_reader.declared import declared_and_seen, declared_rows, seen_rows
from guardrails.pulumi_reader.fields import Fields
from guardrails.pulumi_reader.read_route_targets import target_of
from guardrails.pulumi_reader.resource import Resource, Row, kind_of_urn
from guardrails.pulumi_reader.stack import Stack
from guardrails.pulumi_reader.types.kinds import Kind


def read_route_table(resource: Resource, stack: Stack) -> Iterator[object]:
    """Read a route table, its inline routes and its inline propagations."""
    table = stack.same.get(resource.urn, resource.urn)
    if table == resource.urn:
        main_of = stack.vpc_made_with(resource, Kind.ROUTE_TABLE)
        vpc = main_of or stack.refer(resource, "vpcId", Kind.VPC)
        yield RouteTable(
            key=table, scope=resource.place.scope, name=resource.name, vpc=vpc, main_of=main_of
        )
    inline = [
        _route(row, stack, resource.urn, table)
        if isinstance(row, Row)
        else _hidden_routes(resource, table)
        for row in declared_rows(resource, "routes")
    ]
    yield from inline
    for row in seen_rows(resource, "routes"):
        yield _seen_route(_route(row, stack, resource.urn, table), resource)
    yield from _certain_egress(resource, inline, stack)
    yield from _propagations(resource, table, stack)


def _seen_route(route: Route, resource: Resource) -> Route:
    destination = route.cidr if isinstance(route.cidr, str) else "to a prefix list"
    return replace(route, doubt=whether_still_there(f"route {destination} of {resource.label}"))


def _propagations(resource: Resource, table: str, stack: Stack) -> Iterator[Propagation]:
    """Yield the gateways that write into a table, as far as the table itself shows them."""
    kind = Kind.VIRTUAL_PRIVATE_GATEWAY
    declared, seen = declared_and_seen(resource, stack, "propagatingVgws", kind)
    via = TargetKind.VIRTUAL_PRIVATE
    for gateway in declared:
        yield Propagation(key=resource.urn, table=table, via=via, gateway=gateway)
    doubt = whether_still_there(f"route propagation into {resource.label}")
    for gateway in seen:
        yield Propagation(key=resource.urn, table=table, via=via, gateway=gateway, doubt=doubt)


def _hidden_routes(resource: Resource, table: str) -> Route:
    hidden = resource.missing("routes")
    return Route(key=resource.urn, table=table, cidr=hidden, via=hidden, target=hidden)


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
        kind = kind_of_urn(key)
        cidr = hidden if kind is Kind.INTERNET_GATEWAY else None
        if kind is Kind.NAT_GATEWAY and _is_public(key, stack):
            cidr = _common_destination(inline, key)
        if cidr is not None:
            yield Route(
                key=resource.urn,
                table=stack.same.get(resource.urn, resource.urn),
                cidr=cidr,
                via=targets[key],
                target=key,
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
    via, target = target_of(fields, stack)
    return Route(
        key=key,
        table=table,
        cidr=cidr if cidr is not None or lists is not None else fields.missing("destination"),
        prefix_list=lists if cidr is None else None,
        via=via,
        target=target,
    )


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
