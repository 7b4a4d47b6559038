"""A closed network as AWS describes it, and a stand-in for AWS that answers with such records."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from ops.audit.inventory import Inventory, Refusal
from ops.errors import AwsError

REGION = "us-east-1"
VPC, MAIN = "vpc-00000001", "rtb-00000001"
PRIVATE, PRIVATE_TABLE = "subnet-0000000a", "rtb-0000000a"
PUBLIC, PUBLIC_TABLE = "subnet-0000000b", "rtb-0000000b"
ENDPOINT, GROUP = "vpce-00000001", "sg-00000001"
NODE, INSTANCE = "eni-0000000a", "i-0000000a"
VIP = "20.0.0.100/32"

Answers = dict[str, list[dict[str, Any]]]


def vpc(identity: str, cidr: str) -> dict[str, Any]:
    block = {
        "AssociationId": f"vpc-cidr-assoc-{identity[-8:]}",
        "CidrBlock": cidr,
        "CidrBlockState": {"State": "associated"},
    }
    more = {"IsDefault": False, "CidrBlockAssociationSet": [block]}
    return {"VpcId": identity, "CidrBlock": cidr, **more}


def subnet(identity: str, cidr: str, tags: Mapping[str, str], home: str = VPC) -> dict[str, Any]:
    return {
        "SubnetId": identity,
        "VpcId": home,
        "CidrBlock": cidr,
        "MapPublicIpOnLaunch": False,
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
    }


def table(identity: str, *routes: dict[str, Any], home: str = VPC, **where: Any) -> dict[str, Any]:
    """A table of a subnet (`SubnetId`), of a gateway, or the VPC's main one (`Main`)."""
    association = {"RouteTableAssociationId": f"rtbassoc-{identity[-8:]}", "Main": False, **where}
    local = {"DestinationCidrBlock": "10.0.0.0/8", "GatewayId": "local", "State": "active"}
    return {
        "RouteTableId": identity,
        "VpcId": home,
        "Associations": [association],
        "Routes": [local, *routes],
    }


def route(destination: str = "0.0.0.0/0", **target: str) -> dict[str, Any]:
    return {"DestinationCidrBlock": destination, "State": "active", **target}


def rule(identity: str, port: int, **more: Any) -> dict[str, Any]:
    return {
        "SecurityGroupRuleId": identity,
        "GroupId": GROUP,
        "IsEgress": False,
        "IpProtocol": "tcp",
        "FromPort": port,
        "ToPort": port,
        "CidrIpv4": "10.0.0.0/16",
        **more,
    }


def closed_network() -> Answers:
    """A private and a public subnet, an endpoint, and a virtual IP in both tables.

    No subnet uses the main table.
    """
    virtual = route(VIP, NetworkInterfaceId=NODE, InstanceId=INSTANCE)
    out = route(GatewayId="igw-00000001")
    attachment = {"InstanceId": INSTANCE, "DeviceIndex": 0}
    return deepcopy(
        {
            "describe_vpcs": [vpc(VPC, "10.0.0.0/16")],
            "describe_subnets": [
                subnet(PRIVATE, "10.0.1.0/24", {"Tier": "private", "Name": "Subnet-2a"}),
                subnet(PUBLIC, "10.0.2.0/24", {"Tier": "public"}),
            ],
            "describe_route_tables": [
                table(MAIN, Main=True),
                table(PRIVATE_TABLE, virtual, SubnetId=PRIVATE),
                table(PUBLIC_TABLE, virtual, out, SubnetId=PUBLIC),
            ],
            "describe_internet_gateways": [
                {"InternetGatewayId": "igw-00000001", "Attachments": [{"VpcId": VPC}]}
            ],
            "describe_vpc_endpoints": [
                {
                    "VpcEndpointId": ENDPOINT,
                    "VpcEndpointType": "Interface",
                    "VpcId": VPC,
                    "ServiceName": f"com.amazonaws.{REGION}.ec2",
                    "State": "available",
                    "SubnetIds": [PRIVATE],
                    "Groups": [{"GroupId": GROUP, "GroupName": "https"}],
                    "NetworkInterfaceIds": ["eni-000000ee"],
                    "PrivateDnsEnabled": True,
                }
            ],
            "describe_security_groups": [{"GroupId": GROUP, "GroupName": "https", "VpcId": VPC}],
            "describe_security_group_rules": [rule("sgr-00000001", 443)],
            "describe_network_interfaces": [
                {
                    "NetworkInterfaceId": NODE,
                    "VpcId": VPC,
                    "SubnetId": PRIVATE,
                    "SourceDestCheck": False,
                    "Attachment": attachment,
                    "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.1.10"}],
                    "TagSet": [{"Key": "Name", "Value": "node-a"}],
                }
            ],
            "describe_instances": [
                {
                    "Instances": [
                        {
                            "InstanceId": INSTANCE,
                            "VpcId": VPC,
                            "SubnetId": PRIVATE,
                            "SourceDestCheck": True,
                            "NetworkInterfaces": [
                                {"NetworkInterfaceId": NODE, "Attachment": attachment}
                            ],
                        }
                    ]
                }
            ],
        }
    )


def with_routes(answers: Answers, identity: str, *routes: dict[str, Any]) -> Answers:
    """Add routes to a table."""
    (found,) = (e for e in answers["describe_route_tables"] if e["RouteTableId"] == identity)
    found["Routes"] += routes
    return answers


def with_nat(answers: Answers, connectivity: str = "public") -> Answers:
    """Give the private subnet a default route to a NAT gateway."""
    answers["describe_nat_gateways"] = [
        {
            "NatGatewayId": "nat-00000001",
            "VpcId": VPC,
            "SubnetId": PUBLIC,
            "State": "available",
            "ConnectivityType": connectivity,
        }
    ]
    return with_routes(answers, PRIVATE_TABLE, route(NatGatewayId="nat-00000001"))


def denied(operation: str) -> AwsError:
    """The error of a missing permission."""
    name = "".join(word.capitalize() for word in operation.split("_"))
    return AwsError(f"ec2:{name}", "UnauthorizedOperation", "You are not authorized", "Allow it")


def inventory_of(answers: Answers, *refused: str, region: str = REGION) -> Inventory:
    """Return the inventory of these answers; "operation id" is an answer about one thing."""
    made = Inventory(region, "123456789012")
    for question, records in answers.items():
        operation, _, about = question.partition(" ")
        if operation not in refused:
            made.answers[operation, about] = list(records)
    for question in refused:
        operation, _, about = question.partition(" ")
        made.refusals[operation, about] = Refusal(region, denied(operation))
    return made


class FakeAws:
    """Answers with records, whatever the arguments; `asked` has every call that was made."""

    def __init__(self, answers: Answers, *refused: str, region: str = REGION) -> None:
        self.region = region
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self._answers = answers
        self._refused = refused

    def pages(self, service: str, operation: str, key: str, **arguments: Any) -> list[Any]:
        """As `ops.aws.Aws.pages`."""
        assert key
        self.asked.append((service, operation, arguments))
        if operation in self._refused:
            raise denied(operation)
        about = next((each for each in arguments.values() if isinstance(each, str)), "")
        return self._answers.get(f"{operation} {about}".strip(), [])

    def call(self, service: str, operation: str, **arguments: Any) -> Any:
        """As `ops.aws.Aws.call`."""
        (answer,) = self.pages(service, operation, "everything", **arguments)
        return answer

    def filters_of(self, operation: str) -> list[dict[str, list[str]]]:
        """Return the filters of each call of an operation."""
        return [
            {each["Name"]: each["Values"] for each in arguments.get("Filters", ())}
            for _, asked, arguments in self.asked
            if asked == operation
        ]
