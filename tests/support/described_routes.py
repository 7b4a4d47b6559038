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
