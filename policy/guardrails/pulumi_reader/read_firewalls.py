"""Reads network firewalls: one endpoint for each of their subnets, and which one a route means."""

from collections.abc import Iterator

from guardrails.model.anchors import key_of
from guardrails.model.knowledge import OneOf, Reference, Unknown
from guardrails.model.routing import Gateway, TargetKind, firewall_endpoint_of
from guardrails.pulumi_reader.fields import Fields
from guardrails.pulumi_reader.firewall_statuses import endpoints_by_subnet, endpoints_by_zone
from guardrails.pulumi_reader.protobuf import HIDDEN, Plain
from guardrails.pulumi_reader.resource import Resource, kind_of_urn
from guardrails.pulumi_reader.stack import Stack
from guardrails.pulumi_reader.types.kinds import Kind


def read_firewall(resource: Resource, stack: Stack) -> Iterator[object]:
    """Read a firewall, or what adds an endpoint to one, as the endpoints that it has."""
    for number, subnet in enumerate(_subnets(resource, stack)):
        yield Gateway(
            key=firewall_endpoint_of(resource.urn, number),
            scope=resource.place.scope,
            kind=TargetKind.FIREWALL,
            vpc=stack.refer(resource, "vpcId", Kind.VPC),
            subnets=(subnet,),
        )


def _subnets(resource: Resource, stack: Stack) -> tuple[Reference, ...]:
    """Return the subnet of each mapping; an unknown one stands for any number of endpoints."""
    name = "subnetMapping" if resource.properties & {"subnetMapping"} else "subnetMappings"
    value = resource.value(name)
    if isinstance(value, dict):
        value = [value]
    if isinstance(value, list):
        value = [_subnet_in(mapping) for mapping in value]
    return stack.refer_list(resource, name, value, Kind.SUBNET)


def _subnet_in(mapping: Plain) -> Plain:
    return mapping.get("subnetId", HIDDEN) if isinstance(mapping, dict) else HIDDEN


def endpoint_meant(fields: Fields, stack: Stack, target: Reference) -> Reference:
    """Return which endpoint a route means that names a firewall: by its id, else one of them."""
    keys = target.keys if isinstance(target, OneOf) else [target]
    firewalls = [key for key in keys if isinstance(key, str) and _is_firewall(key)]
    if not firewalls or any(each not in stack.resources for each in firewalls):
        return target
    value = fields.value("vpcEndpointId")
    if isinstance(value, str):
        known = (_of_id(value, stack.resources[each], stack) for each in firewalls)
        return next((each for each in known if each), fields.missing("vpcEndpointId"))
    meant = [key for key in keys if isinstance(key, str) and not _is_firewall(key)]
    for each in firewalls:
        meant += _keys(stack.resources[each], stack)
    return stack.one_of(meant) or target


def _is_firewall(key: str) -> bool:
    return kind_of_urn(key) is Kind.FIREWALL


def _keys(firewall: Resource, stack: Stack) -> list[str]:
    count = len(_subnets(firewall, stack))
    return [firewall_endpoint_of(firewall.urn, number) for number in range(count)]


def _of_id(endpoint: str, firewall: Resource, stack: Stack) -> str | None:
    """Return the key of the firewall's endpoint that has this id."""
    subnets = _subnets(firewall, stack)
    if len(subnets) == 1 and not isinstance(subnets[0], Unknown):
        return firewall_endpoint_of(firewall.urn, 0)
    by_subnet, by_zone = dict(endpoints_by_subnet(firewall)), dict(endpoints_by_zone(firewall))
    for number, subnet in enumerate(subnets):
        wanted = frozenset({Kind.SUBNET})
        named = stack.refer_value(firewall, "subnetMappings", by_subnet.get(endpoint), wanted)
        if subnet == named or (endpoint in by_zone and by_zone[endpoint] == _zone(subnet, stack)):
            return firewall_endpoint_of(firewall.urn, number)
    return None


def _zone(subnet: Reference, stack: Stack) -> str | None:
    made = stack.resources.get(key_of(subnet)) if isinstance(subnet, str) else None
    zone = made.text("availabilityZone") if made is not None else None
    return zone if isinstance(zone, str) else None
