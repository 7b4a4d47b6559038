"""What one resource adds to another: stand-alone tags, attachments, ranges of a pool."""

from guardrails.pulumi_reader.estate import Estate
from guardrails.pulumi_reader.kinds import KINDS, Kind
from guardrails.pulumi_reader.resources import Resource, Row


def add_everything(estate: Estate) -> None:
    """Note on the estate what stand-alone resources add to others."""
    for resource in sorted(estate.resources.values(), key=lambda each: each.urn):
        add = ADDERS.get(resource.type)
        if add is not None:
            add(resource, estate)


def _add_tag(resource: Resource, estate: Estate) -> None:
    target = estate.refer(resource, "resourceId", *KINDS.values())
    key = resource.text("key")
    if isinstance(target, str) and isinstance(key, str):
        value = resource.text("value")
        estate.added_tags[target].append((key, "" if value is None else value))


def _add_attachment(resource: Resource, estate: Estate) -> None:
    interface = estate.refer(resource, "networkInterfaceId", Kind.INTERFACE)
    instance = estate.refer(resource, "instanceId", Kind.INSTANCE)
    if isinstance(interface, str):
        estate.attached_to[interface] = instance


def _add_subnet(resource: Resource, estate: Estate) -> None:
    endpoint = estate.refer(resource, "vpcEndpointId", Kind.ENDPOINT)
    if isinstance(endpoint, str):
        estate.added_subnets[endpoint].append(estate.refer(resource, "subnetId", Kind.SUBNET))


def _add_pool_range(resource: Resource, estate: Estate) -> None:
    pool = estate.refer(resource, "ipamPoolId", Kind.POOL)
    if isinstance(pool, str):
        estate.added_pool_ranges[pool].append(resource.sure_text("cidr"))


def _add_provisioned(resource: Resource, estate: Estate) -> None:
    for row in resource.rows("provisionedCidrs"):
        seen = row.sure_text("cidr") if isinstance(row, Row) else resource.missing("cidr")
        estate.added_pool_ranges[resource.urn].append(seen)


def _add_transit_association(resource: Resource, estate: Estate) -> None:
    attachment = estate.refer(resource, "transitGatewayAttachmentId", Kind.ATTACHMENT)
    if isinstance(attachment, str):
        estate.transit_associations[attachment] = estate.refer(
            resource, "transitGatewayRouteTableId", Kind.TRANSIT_TABLE
        )


def _add_transit_default(resource: Resource, estate: Estate) -> None:
    transit = estate.required(resource, "transitGatewayId", Kind.TRANSIT_GATEWAY)
    estate.new_transit_defaults.append(transit)


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
