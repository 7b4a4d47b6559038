"""Reads the endpoints of other services: interfaces of theirs in a VPC, with security groups."""

from collections.abc import Iterator, Sequence

from guardrails.model.knowledge import Reference, Unknown
from guardrails.model.security import Endpoint, GroupRule, SecurityGroup, endpoint_kind
from guardrails.pulumi_reader.fields import Fields
from guardrails.pulumi_reader.protobuf import Hidden
from guardrails.pulumi_reader.resource import Resource
from guardrails.pulumi_reader.stack import Stack
from guardrails.pulumi_reader.types.kinds import Kind
from guardrails.pulumi_reader.types.table import row_of

_NO_GROUP = "#no-group"


def read_service_endpoint(resource: Resource, stack: Stack) -> Iterator[object]:
    """Read another service's endpoint, as its type's row says where its groups are."""
    where = row_of(resource.type).endpoint
    if where is None:
        raise TypeError(f"{resource.type} has no row of a service's endpoint")
    found: list[Reference] = []
    parts = list(resource.rows(where.within)) if where.within else [resource]
    for part in parts:
        if isinstance(part, Hidden):
            found.append(resource.missing(where.within))
        else:
            found.extend(stack.refer_many(part, where.groups, Kind.GROUP))
    if where.open_without and not found:
        found.append(f"{resource.urn}{_NO_GROUP}")
        yield from _open_door(resource)
    home = stack.required(resource, where.vpc, Kind.VPC)
    if isinstance(home, Unknown):
        seen = [part for part in parts if not isinstance(part, Hidden)]
        home = next(_vpcs_of_subnets(seen, where.subnets, stack), home)
    yield Endpoint(
        key=resource.urn,
        scope=resource.place.scope,
        name=resource.name,
        kind=endpoint_kind(resource.type),
        vpc=home,
        groups=tuple(found),
    )


def _vpcs_of_subnets(parts: Sequence[Fields], name: str, stack: Stack) -> Iterator[Reference]:
    """Yield the VPCs of the subnets that an endpoint is in, as far as the stack has them."""
    for part in parts:
        for subnet in stack.refer_many(part, name, Kind.SUBNET):
            if isinstance(subnet, str) and subnet in stack.resources:
                vpc = stack.refer(stack.resources[subnet], "vpcId", Kind.VPC, computed=True)
                if vpc is not None:
                    yield vpc


def _open_door(resource: Resource) -> Iterator[object]:
    """Stand in for the groups that nobody has put on an endpoint that has none by default.

    All clients in the VPC get in then (VPC Lattice guide, "Manage access to VPC Lattice services").
    """
    key = f"{resource.urn}{_NO_GROUP}"
    yield SecurityGroup(key=key, scope=resource.place.scope, name=resource.name, vpc=None)
    yield GroupRule(key=key, group=key, protocol="-1", from_port=None, to_port=None)
