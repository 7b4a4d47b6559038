"""Networks as AWS describes them whose default routes go on elsewhere."""

from tests.support.described import (
    PRIVATE,
    PRIVATE_TABLE,
    VPC,
    Answers,
    closed_network,
    route,
    subnet,
    table,
    vpc,
    with_routes,
)


def joined(route_type: str, attachment: str, resource: str) -> Answers:
    """The private subnet leads to a transit gateway, whose table has one default route."""
    answers = with_routes(closed_network(), PRIVATE_TABLE, route(TransitGatewayId="tgw-00000001"))
    answers["describe_vpcs"].append(vpc("vpc-00000002", "10.8.0.0/16"))
    answers["describe_subnets"].append(
        subnet("subnet-00000002", "10.8.0.0/24", {"Tier": "public"}, "vpc-00000002")
    )
    out = route(GatewayId="igw-00000001")
    answers["describe_route_tables"].append(
        table("rtb-00000002", out, home="vpc-00000002", SubnetId="subnet-00000002")
    )
    attachments = {"tgw-attach-00000001": (VPC, PRIVATE)}
    attachments["tgw-attach-00000002"] = ("vpc-00000002", "subnet-00000002")
    answers["describe_transit_gateway_vpc_attachments"] = [
        {
            "TransitGatewayAttachmentId": key,
            "TransitGatewayId": "tgw-00000001",
            "VpcId": home,
            "SubnetIds": [inside],
        }
        for key, (home, inside) in attachments.items()
    ]
    association = {"TransitGatewayRouteTableId": "tgw-rtb-00000001"}
    answers["describe_transit_gateway_attachments"] = [
        {"TransitGatewayAttachmentId": key, "Association": association} for key in attachments
    ]
    answers["search_transit_gateway_routes tgw-rtb-00000001"] = [
        {
            "DestinationCidrBlock": "0.0.0.0/0",
            "Type": route_type,
            "State": "active",
            "TransitGatewayAttachments": [
                {"TransitGatewayAttachmentId": attachment, "ResourceType": resource}
            ],
        }
    ]
    return answers


CORE = "arn:aws:networkmanager::123456789012:core-network/core-network-00000001"


def in_segments(route_type: str, attachment: str) -> Answers:
    """The private subnet leads to a core network; its segment has one default route."""
    answers = with_routes(closed_network(), PRIVATE_TABLE, route(CoreNetworkArn=CORE))
    egress = joined("static", "tgw-attach-00000002", "vpc")
    for operation in ("describe_vpcs", "describe_subnets", "describe_route_tables"):
        answers[operation].append(egress[operation][-1])
    places = {
        "attachment-00000001": (VPC, PRIVATE, "closed"),
        "attachment-00000002": ("vpc-00000002", "subnet-00000002", "egress"),
    }
    core, arn = "core-network-00000001", "arn:aws:ec2:us-east-1:123456789012"
    answers[f"get_core_network {core}"] = [{"CoreNetwork": {"GlobalNetworkId": "global-1"}}]
    answers[f"list_attachments {core}"] = [
        {
            "AttachmentId": key,
            "ResourceArn": f"{arn}:vpc/{home}",
            "SegmentName": segment,
            "EdgeLocation": "us-east-1",
        }
        for key, (home, _, segment) in places.items()
    ]
    for key, (_, inside, _) in places.items():
        shown = {"SubnetArns": [f"{arn}:subnet/{inside}"]}
        answers[f"get_vpc_attachment {key}"] = [{"VpcAttachment": shown}]
    answers[f"get_network_routes {core}#segment-closed@us-east-1"] = [
        {
            "DestinationCidrBlock": "0.0.0.0/0",
            "Type": route_type,
            "State": "ACTIVE",
            "Destinations": [{"CoreNetworkAttachmentId": attachment}],
        }
    ]
    return answers


def behind_a_firewall(back: dict[str, str]) -> Answers:
    """The private subnet leads to a firewall's endpoint in a subnet that has the route `back`."""
    answers = with_routes(closed_network(), PRIVATE_TABLE, route(GatewayId="vpce-000000ff"))
    answers["describe_subnets"].append(subnet("subnet-000000ff", "10.0.9.0/24", {"Tier": "public"}))
    answers["describe_route_tables"].append(
        table("rtb-000000ff", route(**back), SubnetId="subnet-000000ff")
    )
    answers["describe_vpc_endpoints"].append(
        {
            "VpcEndpointId": "vpce-000000ff",
            "VpcEndpointType": "GatewayLoadBalancer",
            "VpcId": VPC,
            "State": "available",
            "SubnetIds": ["subnet-000000ff"],
        }
    )
    arn = "arn:aws:network-firewall:us-east-1:123456789012:firewall/f"
    place = {"SubnetId": "subnet-000000ff", "EndpointId": "vpce-000000ff", "Status": "READY"}
    answers["list_firewalls"] = [{"FirewallArn": arn}]
    answers[f"describe_firewall {arn}"] = [
        {
            "Firewall": {"VpcId": VPC},
            "FirewallStatus": {"SyncStates": {"us-east-1a": {"Attachment": place}}},
        }
    ]
    return answers
