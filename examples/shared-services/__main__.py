"""A private spoke whose default route goes to a transit gateway; a shared VPC has the way out."""

import pulumi
import pulumi_aws as aws

transit = aws.ec2transitgateway.TransitGateway("core", description="joins the VPCs")

inspection = aws.ec2.Vpc("inspection", cidr_block="10.40.0.0/16")
spoke = aws.ec2.Vpc("spoke", cidr_block="10.41.0.0/16")

egress = aws.ec2.Subnet(
    "egress", vpc_id=inspection.id, cidr_block="10.40.0.0/24", tags={"Tier": "public"}
)
workload = aws.ec2.Subnet(
    "workload", vpc_id=spoke.id, cidr_block="10.41.0.0/24", tags={"Tier": "private"}
)

gateway = aws.ec2.InternetGateway("egress", vpc_id=inspection.id)
egress_table = aws.ec2.RouteTable(
    "egress",
    vpc_id=inspection.id,
    routes=[aws.ec2.RouteTableRouteArgs(cidr_block="0.0.0.0/0", gateway_id=gateway.id)],
)
aws.ec2.RouteTableAssociation("egress", subnet_id=egress.id, route_table_id=egress_table.id)

attachments = [
    aws.ec2transitgateway.VpcAttachment(
        name, transit_gateway_id=transit.id, vpc_id=vpc.id, subnet_ids=[subnet.id]
    )
    for name, vpc, subnet in (("inspection", inspection, egress), ("spoke", spoke, workload))
]

workload_table = aws.ec2.RouteTable("workload", vpc_id=spoke.id)
aws.ec2.RouteTableAssociation("workload", subnet_id=workload.id, route_table_id=workload_table.id)
aws.ec2.Route(
    "workload-default",
    route_table_id=workload_table.id,
    destination_cidr_block="0.0.0.0/0",
    transit_gateway_id=transit.id,
    opts=pulumi.ResourceOptions(depends_on=attachments),
)
pulumi.export("spoke_subnet_id", workload.id)
