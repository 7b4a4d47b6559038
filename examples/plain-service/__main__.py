"""A private service that reaches S3 and its registry through endpoints: no component, all kept."""

import pulumi
import pulumi_aws as aws

vpc = aws.ec2.Vpc(
    "service",
    cidr_block="10.20.0.0/16",
    enable_dns_hostnames=True,
    enable_dns_support=True,
)
table = aws.ec2.RouteTable("isolated", vpc_id=vpc.id)

subnets: list[aws.ec2.Subnet] = []
for letter, block in {"a": "10.20.1.0/24", "b": "10.20.2.0/24"}.items():
    subnet = aws.ec2.Subnet(
        f"isolated-{letter}",
        vpc_id=vpc.id,
        cidr_block=block,
        availability_zone=f"us-east-1{letter}",
        tags={"Tier": "private"},
    )
    aws.ec2.RouteTableAssociation(
        f"isolated-{letter}", subnet_id=subnet.id, route_table_id=table.id
    )
    subnets.append(subnet)

https = aws.ec2.SecurityGroup("https", vpc_id=vpc.id)
for subnet, letter in zip(subnets, "ab", strict=True):
    aws.vpc.SecurityGroupIngressRule(
        f"https-{letter}",
        security_group_id=https.id,
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        cidr_ipv4=subnet.cidr_block.apply(str),
    )

registry = aws.ec2.VpcEndpoint(
    "registry",
    vpc_id=vpc.id,
    service_name="com.amazonaws.us-east-1.ecr.dkr",
    vpc_endpoint_type="Interface",
    subnet_ids=[subnet.id for subnet in subnets],
    security_group_ids=[https.id],
    private_dns_enabled=True,
)
aws.ec2.VpcEndpoint(
    "images",
    vpc_id=vpc.id,
    service_name="com.amazonaws.us-east-1.s3",
    vpc_endpoint_type="Gateway",
    route_table_ids=[table.id],
)
pulumi.export("registry_endpoint_id", registry.id)
