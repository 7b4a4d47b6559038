"""What one resource attaches to another: stand-alone tags, subnets, ranges of a pool."""

from guardrails.pulumi_reader.resource import Resource, Row
from guardrails.pulumi_reader.stack import Stack
from guardrails.pulumi_reader.types.kinds import Kind
from guardrails.pulumi_reader.types.table import row_of
from guardrails.pulumi_reader.types.type_row import Role


def attach_everything(stack: Stack) -> None:
    """Note on the stack what stand-alone resources attach to others."""
    for resource in sorted(stack.resources.values(), key=lambda each: each.urn):
        role = row_of(resource.type).role
        if role in ATTACHERS:
            ATTACHERS[role](resource, stack)


def _attach_tag(resource: Resource, stack: Stack) -> None:
    target = stack.refer(resource, "resourceId", *Kind)
    key = resource.text("key")
    if isinstance(target, str) and isinstance(key, str):
        value = resource.text("value")
        stack.attached.tags[target].append((key, "" if value is None else value))


def _attach_interface(resource: Resource, stack: Stack) -> None:
    interface = stack.refer(resource, "networkInterfaceId", Kind.INTERFACE)
    instance = stack.refer(resource, "instanceId", Kind.INSTANCE)
    if isinstance(interface, str):
        stack.attached.instance_of[interface] = instance


def _attach_subnet(resource: Resource, stack: Stack) -> None:
    endpoint = stack.refer(resource, "vpcEndpointId", Kind.ENDPOINT)
    if isinstance(endpoint, str):
        stack.attached.subnets[endpoint].append(stack.refer(resource, "subnetId", Kind.SUBNET))


def _attach_pool_range(resource: Resource, stack: Stack) -> None:
    pool = stack.refer(resource, "ipamPoolId", Kind.POOL)
    if isinstance(pool, str):
        stack.attached.pool_ranges[pool].append(resource.sure_text("cidr"))


def _attach_provisioned(resource: Resource, stack: Stack) -> None:
    for row in resource.rows("provisionedCidrs"):
        seen = row.sure_text("cidr") if isinstance(row, Row) else resource.missing("cidr")
        stack.attached.pool_ranges[resource.urn].append(seen)


def _attach_transit_association(resource: Resource, stack: Stack) -> None:
    attachment = stack.refer(resource, "transitGatewayAttachmentId", Kind.ATTACHMENT)
    if isinstance(attachment, str):
        stack.attached.transit_table_of[attachment] = stack.refer(
            resource, "transitGatewayRouteTableId", Kind.TRANSIT_TABLE
        )


def _attach_transit_default(resource: Resource, stack: Stack) -> None:
    transit = stack.required(resource, "transitGatewayId", Kind.TRANSIT_GATEWAY)
    stack.attached.new_transit_defaults.append(transit)


ATTACHERS = {
    Role.TAG: _attach_tag,
    Role.INTERFACE_ON_INSTANCE: _attach_interface,
    Role.SUBNET_OF_ENDPOINT: _attach_subnet,
    Role.POOL: _attach_provisioned,
    Role.POOL_RANGE: _attach_pool_range,
    Role.TRANSIT_ASSOCIATION: _attach_transit_association,
    Role.TRANSIT_DEFAULT: _attach_transit_default,
}
"""How resources are read that attach something to others, by their role."""
