"""Subnets and an endpoint inside a VPC that this stack knows by its ids alone."""

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
vpc_id = config.require("vpcId")

subnet = aws.ec2.Subnet(
    "service",
    vpc_id=vpc_id,
    cidr_block="10.50.7.0/24",
    availability_zone="us-east-1a",
    tags={"Tier": "private"},
)
endpoint = aws.ec2.VpcEndpoint(
    "ec2",
    vpc_id=vpc_id,
    service_name="com.amazonaws.us-east-1.ec2",
    vpc_endpoint_type="Interface",
    subnet_ids=[subnet.id],
    security_group_ids=[config.require("groupId")],
)
pulumi.export("endpoint_id", endpoint.id)
