"""What one resource attaches to another: stand-alone tags, subnets, ranges of a pool."""

from guardrails.pulumi_reader.kinds import KINDS, Kind
from guardrails.pulumi_reader.resource import Resource, Row
from guardrails.pulumi_reader.stack import Stack


def add_everything(stack: Stack) -> None:
    """Note on the stack what stand-alone resources attach to others."""
    for resource in sorted(stack.resources.values(), key=lambda each: each.urn):
        add = ADDERS.get(resource.type)
        if add is not None:
            add(resource, stack)


def _add_tag(resource: Resource, stack: Stack) -> None:
    target = stack.refer(resource, "resourceId", *KINDS.values())
    key = resource.text("key")
    if isinstance(target, str) and isinstance(key, str):
        value = resource.text("value")
        stack.attached.tags[target].append((key, "" if value is None else value))


def _add_attachment(resource: Resource, stack: Stack) -> None:
    interface = stack.refer(resource, "networkInterfaceId", Kind.INTERFACE)
    instance = stack.refer(resource, "instanceId", Kind.INSTANCE)
    if isinstance(interface, str):
        stack.attached.instance_of[interface] = instance


def _add_subnet(resource: Resource, stack: Stack) -> None:
    endpoint = stack.refer(resource, "vpcEndpointId", Kind.ENDPOINT)
    if isinstance(endpoint, str):
        stack.attached.subnets[endpoint].append(stack.refer(resource, "subnetId", Kind.SUBNET))


def _add_pool_range(resource: Resource, stack: Stack) -> None:
    pool = stack.refer(resource, "ipamPoolId", Kind.POOL)
    if isinstance(pool, str):
        stack.attached.pool_ranges[pool].append(resource.sure_text("cidr"))


def _add_provisioned(resource: Resource, stack: Stack) -> None:
    for row in resource.rows("provisionedCidrs"):
        seen = row.sure_text("cidr") if isinstance(row, Row) else resource.missing("cidr")
        stack.attached.pool_ranges[resource.urn].append(seen)


def _add_transit_association(resource: Resource, stack: Stack) -> None:
    attachment = stack.refer(resource, "transitGatewayAttachmentId", Kind.ATTACHMENT)
    if isinstance(attachment, str):
        stack.attached.transit_table_of[attachment] = stack.refer(
            resource, "transitGatewayRouteTableId", Kind.TRANSIT_TABLE
        )


def _add_transit_default(resource: Resource, stack: Stack) -> None:
    transit = stack.required(resource, "transitGatewayId", Kind.TRANSIT_GATEWAY)
    stack.attached.new_transit_defaults.append(transit)


ADDERS = {
    "aws:ec2/tag:Tag": _add_tag,
    "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment": _add_attachment,
    "aws-native:ec2:NetworkInterfaceAttachment": _add_attachment,
    "aws:ec2/vpcEndpointSubnetAssociation:VpcEndpointSubnetAssociation": _add_subnet,
    "aws:ec2/vpcIpamPoolCidr:VpcIpamPoolCidr": _add_pool_range,
    "aws-native:ec2:IpamPoolCidr": _add_pool_range,
    "aws-native:ec2:IpamPool": _add_provisioned,
    "aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation": _add_transit_association,
    "aws-native:ec2:TransitGatewayRouteTableAssociation": _add_transit_association,
    "aws:ec2transitgateway/defaultRouteTableAssociation:DefaultRouteTableAssociation": (
        _add_transit_default
    ),
}
