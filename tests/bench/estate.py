"""One generated estate in three tongues: a Pulumi state, Terraform and CloudFormation.

A cell of ten resources is a small network: VPC, two private subnets with a table, an endpoint with
its security group and rule, a peering route. Cells are alike but for their addresses and keep
every rule, so that each tool must look at everything.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from ipaddress import IPv4Network
from typing import Any

CELL = 10
HTTPS = 443
RANGES = IPv4Network("10.0.0.0/8")
PARTNER = "172.31.0.0/16"


@dataclass(frozen=True)
class Element:
    """A resource by its Pulumi token, with a value or a reference (`Link`) per property."""

    token: str
    name: str
    properties: dict[str, Any]
    outputs: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Link:
    """A reference to another element's id."""

    name: str


def elements(count: int, port: int = HTTPS) -> Iterator[Element]:
    """Yield about `count` resources, cell by cell; each endpoint's group admits one port."""
    blocks = RANGES.subnets(new_prefix=24)
    for number, block in zip(range(max(1, count // CELL)), blocks, strict=False):
        yield from cell(f"c{number}", block, port)


def cell(name: str, block: IPv4Network, port: int) -> Iterator[Element]:
    """Yield the ten resources of one cell."""
    halves = list(block.subnets(new_prefix=25))
    vpc, table, group = (Link(f"{name}-{role}") for role in ("vpc", "table", "group"))
    yield Element(
        "aws:ec2/vpc:Vpc", vpc.name, {"cidrBlock": str(block)}, {"defaultRouteTableId": "rtb-0"}
    )
    yield Element("aws:ec2/routeTable:RouteTable", table.name, {"vpcId": vpc}, {"routes": []})
    for letter, half in zip("ab", halves, strict=True):
        subnet = Link(f"{name}-subnet-{letter}")
        tags = {"Tier": "private"}
        yield Element(
            "aws:ec2/subnet:Subnet",
            subnet.name,
            {"vpcId": vpc, "cidrBlock": str(half), "tags": tags},
        )
        yield Element(
            "aws:ec2/routeTableAssociation:RouteTableAssociation",
            f"{name}-binding-{letter}",
            {"subnetId": subnet, "routeTableId": table},
        )
    yield Element(
        "aws:ec2/route:Route",
        f"{name}-partner",
        {
            "routeTableId": table,
            "destinationCidrBlock": PARTNER,
            "vpcPeeringConnectionId": "pcx-0123456789abcdef0",
        },
    )
    yield Element("aws:ec2/securityGroup:SecurityGroup", group.name, {"vpcId": vpc})
    yield Element(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        f"{name}-https",
        {
            "securityGroupId": group,
            "ipProtocol": "tcp",
            "fromPort": port,
            "toPort": port,
            "cidrIpv4": str(block),
        },
    )
    yield Element(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        f"{name}-endpoint",
        {
            "vpcId": vpc,
            "serviceName": "com.amazonaws.us-east-1.ec2",
            "vpcEndpointType": "Interface",
            "subnetIds": [Link(f"{name}-subnet-a"), Link(f"{name}-subnet-b")],
            "securityGroupIds": [group],
        },
    )


STACK = "urn:pulumi:bench::estate::pulumi:pulumi:Stack::estate-bench"
PROVIDER = "urn:pulumi:bench::estate::pulumi:providers:aws::default"
PROVIDER_ID = "00000000-0000-4000-8000-000000000001"


PREFIXES = {
    "vpc": "vpc",
    "table": "rtb",
    "subnet": "subnet",
    "binding": "rtbassoc",
    "partner": "r",
    "group": "sg",
    "https": "sgr",
    "endpoint": "vpce",
}


def identity(name: str) -> str:
    """Return an id as AWS might give it, one for each name."""
    role = name.split("-")[1]
    return f"{PREFIXES[role]}-{sha256(name.encode()).hexdigest()[:17]}"


def resolve(value: Any, refer: Any) -> Any:
    """Return a property's value with every link replaced by what `refer` makes of its name."""
    if isinstance(value, Link):
        return refer(value.name)
    if isinstance(value, list):
        return [resolve(each, refer) for each in value]
    return value


def links(value: Any) -> list[str]:
    """Return the names that a property's value refers to."""
    if isinstance(value, list):
        return [name for each in value for name in links(each)]
    return [value.name] if isinstance(value, Link) else []


def pulumi_state(estate: list[Element]) -> str:
    """Write an exported state, as `pulumi stack export` does."""
    urns = {each.name: f"urn:pulumi:bench::estate::{each.token}::{each.name}" for each in estate}
    provider = {"region": "us-east-1", "version": "7.51.1"}
    resources: list[dict[str, Any]] = [
        {"urn": STACK, "custom": False, "type": "pulumi:pulumi:Stack"},
        {
            "urn": PROVIDER,
            "custom": True,
            "id": PROVIDER_ID,
            "type": "pulumi:providers:aws",
            "inputs": provider,
            "outputs": provider,
        },
    ]
    for each in estate:
        inputs = {key: resolve(value, identity) for key, value in each.properties.items()}
        by_property = {
            key: [urns[name] for name in links(value)]
            for key, value in each.properties.items()
            if links(value)
        }
        resources.append(
            {
                "urn": urns[each.name],
                "custom": True,
                "id": identity(each.name),
                "type": each.token,
                "inputs": inputs,
                "outputs": {**inputs, **each.outputs, "id": identity(each.name)},
                "parent": STACK,
                "provider": f"{PROVIDER}::{PROVIDER_ID}",
                "dependencies": sorted({urn for urns_ in by_property.values() for urn in urns_}),
                "propertyDependencies": by_property,
            }
        )
    manifest = {"time": "2026-01-01T00:00:00Z", "magic": "", "version": "v3.259.0"}
    return json.dumps({"version": 3, "deployment": {"manifest": manifest, "resources": resources}})


TERRAFORM = {
    "aws:ec2/vpc:Vpc": "aws_vpc",
    "aws:ec2/routeTable:RouteTable": "aws_route_table",
    "aws:ec2/subnet:Subnet": "aws_subnet",
    "aws:ec2/routeTableAssociation:RouteTableAssociation": "aws_route_table_association",
    "aws:ec2/route:Route": "aws_route",
    "aws:ec2/securityGroup:SecurityGroup": "aws_security_group",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": (
        "aws_vpc_security_group_ingress_rule"
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": "aws_vpc_endpoint",
}


def terraform(estate: list[Element]) -> str:
    """Write the estate as a Terraform module, in HCL."""
    types = {each.name: TERRAFORM[each.token] for each in estate}

    def text(value: Any) -> str:
        if isinstance(value, Link):
            return f"{types[value.name]}.{value.name}.id"
        if isinstance(value, list):
            return "[" + ", ".join(text(each) for each in value) + "]"
        if isinstance(value, dict):
            return "{ " + ", ".join(f"{key} = {text(each)}" for key, each in value.items()) + " }"
        return json.dumps(value)

    blocks = [
        "\n".join(
            [
                f'resource "{types[each.name]}" "{each.name}" {{',
                *(f"  {snake(key)} = {text(value)}" for key, value in each.properties.items()),
                "}",
            ]
        )
        for each in estate
    ]
    return "\n\n".join(blocks) + "\n"


def snake(name: str) -> str:
    """Return a camelCase name in Terraform's spelling."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


CLOUDFORMATION = {
    "aws:ec2/vpc:Vpc": "AWS::EC2::VPC",
    "aws:ec2/routeTable:RouteTable": "AWS::EC2::RouteTable",
    "aws:ec2/subnet:Subnet": "AWS::EC2::Subnet",
    "aws:ec2/routeTableAssociation:RouteTableAssociation": "AWS::EC2::SubnetRouteTableAssociation",
    "aws:ec2/route:Route": "AWS::EC2::Route",
    "aws:ec2/securityGroup:SecurityGroup": "AWS::EC2::SecurityGroup",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "AWS::EC2::SecurityGroupIngress",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "AWS::EC2::VPCEndpoint",
}
RENAMED = {"securityGroupId": "GroupId", "cidrIpv4": "CidrIp"}


def cloudformation(estate: list[Element]) -> str:
    """Write the estate as a CloudFormation template."""

    def logical(name: str) -> str:
        return "".join(part.capitalize() for part in name.split("-"))

    def written(key: str, value: Any) -> tuple[str, Any]:
        if key == "tags":
            return "Tags", [{"Key": tag, "Value": text} for tag, text in value.items()]
        return (
            RENAMED.get(key, key[0].upper() + key[1:]),
            resolve(value, lambda name: {"Ref": logical(name)}),
        )

    return json.dumps(
        {
            "Resources": {
                logical(each.name): {
                    "Type": CLOUDFORMATION[each.token],
                    "Properties": dict(
                        written(key, value) for key, value in each.properties.items()
                    )
                    | ({"GroupDescription": each.name} if each.name.endswith("-group") else {}),
                }
                for each in estate
            }
        }
    )
