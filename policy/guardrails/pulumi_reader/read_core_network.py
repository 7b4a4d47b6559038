"""Reads Cloud WAN core networks: segments as the tables that attached VPCs look up."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, cast

from guardrails.model.knowledge import External, Reference
from guardrails.model.routing import TransitAttachment, TransitRoute
from guardrails.pulumi_reader.core_network_policy import group_place, place_of, static_routes
from guardrails.pulumi_reader.protobuf import Plain, has_hidden
from guardrails.pulumi_reader.read_gateways import read_gateway
from guardrails.pulumi_reader.resource import Resource
from guardrails.pulumi_reader.stack import Stack
from guardrails.pulumi_reader.tags import tags_of
from guardrails.pulumi_reader.types.kinds import Kind
from guardrails.pulumi_reader.types.type_row import Role

_POLICY = "policyDocument"
_VPC = frozenset({Kind.VPC})
_ATTACHMENTS = frozenset({Kind.ATTACHMENT})


def _policy_of(core: Reference, stack: Stack) -> Mapping[str, Any] | None:
    """Return the policy of a core network, where its text can be seen whole."""
    governing = _governing(core, stack)
    return None if governing is None else _document(governing.value(_POLICY))


def _governing(core: Reference, stack: Stack) -> Resource | None:
    """Return the resource whose policy is in force: an attached one replaces the network's own."""
    if not isinstance(core, (str, External)):
        return None
    attached = {
        each.urn: stack.required(each, "coreNetworkId", Kind.CORE_NETWORK)
        for each in stack.of_role(Role.CORE_POLICY)
    }
    for urn, network in attached.items():
        if network == core:
            return stack.resources[urn]
    if not all(isinstance(network, (str, External)) for network in attached.values()):
        return None
    network = stack.resources.get(core) if isinstance(core, str) else None
    return network if network is not None and _has_a_policy(network) else None


def _has_a_policy(network: Resource) -> bool:
    """Tell whether a core network is made with a policy: a base policy has a switch of its own."""
    is_base = network.spelling(_POLICY) != _POLICY
    return network.flag("createBasePolicy") is True if is_base else True


def _document(value: Plain) -> Mapping[str, Any] | None:
    if isinstance(value, str):
        return _parsed(value)
    if not isinstance(value, dict) or has_hidden(value):
        return None
    return cast("Mapping[str, Any]", value)


@lru_cache(maxsize=16)  # each attachment looks into the policy of its core network
def _parsed(text: str) -> Mapping[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else None


def read_core_attachment(resource: Resource, stack: Stack) -> Iterator[object]:
    """Read what joins a VPC to a core network, with the segment that the policy puts it into."""
    core = stack.required(resource, "coreNetworkId", Kind.CORE_NETWORK)
    place = _place(resource, core, stack)
    yield TransitAttachment(
        key=resource.urn,
        transit=core,
        vpc=stack.refer_value(resource, "vpcArn", _id(resource.value("vpcArn")), _VPC),
        subnets=stack.refer_list(resource, "subnetArns", _ids(resource), Kind.SUBNET),
        table=_table(core, place) if place else resource.missing("segment"),
    )


def _ids(resource: Resource) -> Plain:
    value = resource.value("subnetArns")
    return [_id(each) for each in value] if isinstance(value, list) else value


def _id(arn: Plain) -> Plain:
    return arn.rpartition("/")[2] if isinstance(arn, str) else arn


def _place(resource: Resource, core: Reference, stack: Stack) -> str:
    policy = _policy_of(core, stack)
    return "" if policy is None else place_of(policy, tags_of(resource, stack))


def _table(core: Reference, place: str) -> str:
    return f"{core.id if isinstance(core, External) else core}#segment-{place}"


def read_core_network(resource: Resource, stack: Stack) -> Iterator[object]:
    """Read a core network, and the static routes that its own policy writes into segments."""
    yield from read_gateway(resource, stack)
    yield from _static_routes(resource, resource.urn, stack)


def read_core_policy(resource: Resource, stack: Stack) -> Iterator[object]:
    """Read the static routes that a core network's policy writes into segments."""
    core = stack.required(resource, "coreNetworkId", Kind.CORE_NETWORK)
    yield from _static_routes(resource, core, stack)


def _static_routes(resource: Resource, core: Reference, stack: Stack) -> Iterator[object]:
    if _governing(core, stack) is not resource:
        return
    policy = _policy_of(core, stack) or {}
    members = _members(policy, core, stack)
    for route in static_routes(policy):
        attachments = (
            members.get(group_place(route.group), ())
            if route.group
            else [stack.refer_value(resource, _POLICY, route.attachment, _ATTACHMENTS)]
        )
        for attachment in attachments:
            yield TransitRoute(
                key=resource.urn,
                table=_table(core, route.segment),
                cidr=route.cidr,
                attachment=attachment,
            )


def _members(policy: Mapping[str, Any], core: Reference, stack: Stack) -> dict[str, list[str]]:
    """Return the attachments of a core network, by the place where its policy puts them."""
    found: dict[str, list[str]] = defaultdict(list)
    for each in stack.of_role(Role.CORE_ATTACHMENT):
        if stack.required(each, "coreNetworkId", Kind.CORE_NETWORK) == core:
            found[place_of(policy, tags_of(each, stack))].append(each.urn)
    return found
