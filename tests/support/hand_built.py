"""The article's cluster as its readers build it: with the commands of the AWS CLI, one by one."""

import json
from dataclasses import dataclass, field
from typing import Any

from sandbox.runtime import Sandbox

VIP = "20.0.0.100/32"
TABLES = ("Main", "Route-A", "Route-B")
ROLE = PROFILE = "ha-nodes"
POLICY, DEVICE = "vip", "/dev/sdf"
IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-x86_64"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ec2.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
PERMISSIONS = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["ec2:Describe*", "ec2:ReplaceRoute"],
            "Resource": "*",
        }
    ],
}
# The variables of docs/adopting.md, by what they hold.
PLACEHOLDERS = {
    "VPC": "vpc",
    "IGW": "igw",
    "MAIN": "Main",
    "ROUTE_A": "Route-A",
    "ROUTE_B": "Route-B",
    "SUBNET_1A": "Subnet-1a",
    "SUBNET_2A": "Subnet-2a",
    "SUBNET_2B": "Subnet-2b",
    "SG_HTTPS": "SG-HTTPS",
    "SG_SERVERS": "SG-Servers",
    "ENDPOINT": "endpoint",
    "SERVER1": "server1",
    "SERVER2": "server2",
    "VOLUME1": "server1-volume",
    "VOLUME2": "server2-volume",
}


@dataclass
class HandBuilt:
    """Ids of the article's cluster under its names: `vpc`, `Subnet-2a`, `Route-A`, `server1`."""

    sandbox: Sandbox
    ids: dict[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def build(cls, sandbox: Sandbox) -> "HandBuilt":
        """Build everything of the article, and what it assumes to be there."""
        made = cls(sandbox)
        made._build_network()
        made._build_endpoint()
        made._build_identity()
        made._build_group()
        for number, letter in ((1, "a"), (2, "b")):
            made._build_server(number, letter)
        for table in TABLES:
            made.ec2.create_route(
                RouteTableId=made.ids[table],
                DestinationCidrBlock=VIP,
                NetworkInterfaceId=made.ids["server1-eni"],
            )
        return made

    def placeholders(self) -> dict[str, str]:
        """Return the values of the variables that docs/adopting.md uses."""
        named = {"ROLE": ROLE, "POLICY": POLICY, "PROFILE": PROFILE, "DEVICE": DEVICE}
        return {**{name: self.ids[each] for name, each in PLACEHOLDERS.items()}, **named}

    def fail_over(self, server: str) -> None:
        """Move the virtual IP as the cluster does."""
        for table in TABLES:
            self.ec2.replace_route(
                RouteTableId=self.ids[table],
                DestinationCidrBlock=VIP,
                NetworkInterfaceId=self.ids[f"{server}-eni"],
            )

    @property
    def ec2(self) -> Any:
        """A client of the cloud."""
        return self.sandbox.client("ec2")

    def _build_network(self) -> None:
        """Build the VPC that the article creates in advance; its table Main is the VPC's own."""
        ec2, ids = self.ec2, self.ids
        vpc, subnets = article_vpc(ec2)
        ids |= {"vpc": vpc, **{f"Subnet-{name}": subnet for name, subnet in subnets.items()}}
        [main] = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])[
            "RouteTables"
        ]
        ids["Main"] = main["RouteTableId"]
        for letter in "ab":
            table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
            ids[f"Route-{letter.upper()}"] = table
            ec2.associate_route_table(RouteTableId=table, SubnetId=ids[f"Subnet-2{letter}"])
        ids["igw"] = way_out(ec2, vpc, ids["Main"])

    def _build_endpoint(self) -> None:
        ec2, ids = self.ec2, self.ids
        ids["SG-HTTPS"] = ec2.create_security_group(
            GroupName="SG-HTTPS", Description="SG-HTTPS", VpcId=ids["vpc"]
        )["GroupId"]
        ec2.authorize_security_group_ingress(
            GroupId=ids["SG-HTTPS"],
            IpPermissions=[
                {
                    "IpProtocol": "tcp",
                    "FromPort": 443,
                    "ToPort": 443,
                    "IpRanges": [{"CidrIp": "10.0.0.0/16"}],
                }
            ],
        )
        ids["endpoint"] = ec2.create_vpc_endpoint(
            VpcId=ids["vpc"],
            VpcEndpointType="Interface",
            ServiceName="com.amazonaws.us-east-1.ec2",
            SubnetIds=[ids["Subnet-2a"], ids["Subnet-2b"]],
            SecurityGroupIds=[ids["SG-HTTPS"]],
            PrivateDnsEnabled=True,  # what AWS does where it is left out
        )["VpcEndpoint"]["VpcEndpointId"]

    def _build_identity(self) -> None:
        iam = self.sandbox.client("iam")
        iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(TRUST))
        iam.put_role_policy(
            RoleName=ROLE, PolicyName=POLICY, PolicyDocument=json.dumps(PERMISSIONS)
        )
        iam.create_instance_profile(InstanceProfileName=PROFILE)
        iam.add_role_to_instance_profile(InstanceProfileName=PROFILE, RoleName=ROLE)

    def _build_group(self) -> None:
        """Build the servers' group: everything among themselves, Cluster WebUI for the office."""
        group = self.ec2.create_security_group(
            GroupName="SG-Servers", Description="EXPRESSCLUSTER servers", VpcId=self.ids["vpc"]
        )["GroupId"]
        self.ec2.authorize_security_group_ingress(
            GroupId=group,
            IpPermissions=[
                {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]},
                {
                    "IpProtocol": "tcp",
                    "FromPort": 22,
                    "ToPort": 22,
                    "IpRanges": [{"CidrIp": "10.0.10.0/24"}],
                },
            ],
        )
        self.ids["SG-Servers"] = group

    def _build_server(self, number: int, letter: str) -> None:
        ec2, name = self.ec2, f"server{number}"
        [instance] = ec2.run_instances(
            MinCount=1,
            MaxCount=1,
            ImageId=self.image,
            InstanceType="m6i.large",
            IamInstanceProfile={"Name": PROFILE},
            BlockDeviceMappings=[
                {
                    "DeviceName": "/dev/xvda",
                    "Ebs": {"VolumeSize": 8, "VolumeType": "gp2", "DeleteOnTermination": True},
                }
            ],
            NetworkInterfaces=[
                {
                    "DeviceIndex": 0,
                    "SubnetId": self.ids[f"Subnet-2{letter}"],
                    "PrivateIpAddress": f"10.0.1{number}0.10",
                    "Groups": [self.ids["SG-Servers"]],
                    "DeleteOnTermination": True,  # what AWS does where it is left out
                }
            ],
        )["Instances"]
        interface = instance["NetworkInterfaces"][0]["NetworkInterfaceId"]
        # AWS does the same for modify-instance-attribute --no-source-dest-check.
        ec2.modify_network_interface_attribute(
            NetworkInterfaceId=interface, SourceDestCheck={"Value": False}
        )
        # AWS gives such an interface no description, moto does.
        ec2.modify_network_interface_attribute(
            NetworkInterfaceId=interface, Description={"Value": ""}
        )
        volume = ec2.create_volume(
            AvailabilityZone=f"us-east-1{letter}", Size=20, VolumeType="gp2"
        )["VolumeId"]
        identity = instance["InstanceId"]
        ec2.attach_volume(VolumeId=volume, InstanceId=identity, Device=DEVICE)
        self.ids |= {
            name: identity,
            f"{name}-eni": interface,
            f"{name}-volume": volume,
        }

    @property
    def image(self) -> str:
        """The image from which the servers were launched."""
        return self.sandbox.client("ssm").get_parameter(Name=IMAGE)["Parameter"]["Value"]


def article_vpc(ec2: Any) -> tuple[str, dict[str, str]]:
    """Make the article's VPC; return its id, and those of its subnets 1a, 2a and 2b."""
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsSupport={"Value": True})
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    ranges = {"1a": "10.0.10.0/24", "2a": "10.0.110.0/24", "2b": "10.0.120.0/24"}
    subnets = {
        name: ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=f"us-east-1{name[1]}")[
            "Subnet"
        ]["SubnetId"]
        for name, cidr in ranges.items()
    }
    return vpc, subnets


def way_out(ec2: Any, vpc: str, table: str) -> str:
    """Lead a table to the internet through a new gateway of its VPC; return the gateway."""
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    return gateway
