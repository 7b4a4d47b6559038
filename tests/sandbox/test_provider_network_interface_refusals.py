from typing import Any

import pytest

from tests.support.provider import Created, FailedError, Instance

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
INTERFACE = "aws:ec2/networkInterface:NetworkInterface"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"


@pytest.fixture
def vpc(aws: Instance) -> Created:
    return aws.create(VPC, cidrBlock="10.0.0.0/16")


@pytest.fixture
def subnet(aws: Instance, vpc: Created) -> str:
    return aws.create(SUBNET, vpcId=vpc.id, cidrBlock="10.0.110.0/24").id


FAULTS = [
    ({"subnetId": None}, "subnetId", "is required"),
    (
        {"privateIps": ["10.0.110.5"], "privateIpLists": ["10.0.110.5"]},
        "privateIps",
        "conflicts with privateIpLists",
    ),
    (
        {"privateIpsCount": 1, "privateIpLists": ["10.0.110.5"]},
        "privateIpsCount",
        "conflicts with privateIpLists",
    ),
    (
        {"ipv6Addresses": ["2001:db8::1"], "ipv6AddressCount": 1},
        "ipv6Addresses",
        "conflicts with ipv6AddressCount",
    ),
    ({"ipv6Addresses": ["10.0.110.5"]}, "ipv6Addresses[0]", "be an IPv6 address"),
    ({"attachments": [{"instance": "i-1"}]}, "attachments[0].deviceIndex", "is required"),
    ({"attachments": [{"deviceIndex": 1}]}, "attachments[0].instance", "is required"),
    (
        {"attachments": [{"instance": "i-1", "deviceIndex": 1, "networkCardIndex": 1}]},
        "attachments[0].networkCardIndex",
        "must be 0",
    ),
    ({"macAddress": "02:00:00:00:00:01"}, "macAddress", "decided by AWS"),
    *(
        ({name: "x"}, name, "not modelled by the sandbox")
        for name in (
            "connectionTrackingSpecification", "enaSrdSpecification", "enablePrimaryIpv6",
            "interfaceType", "ipv4PrefixCount", "ipv4Prefixes", "ipv6PrefixCount",
            "ipv6Prefixes", "privateIp",
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize(("given", "path", "reason"), FAULTS)
def test_a_preview_names_what_is_wrong(
    aws: Instance, given: dict[str, Any], path: str, reason: str
) -> None:
    assert reason in aws.failures(INTERFACE, **{"subnetId": "subnet-1", **given})[path]


REFUSALS = [
    (
        {"privateIps": ["10.0.111.5"]},
        "InvalidParameterValue: Address 10.0.111.5 does not fall within the subnet's address range",
    ),
    *(
        (
            {"privateIps": [f"10.0.110.{last}"]},
            f"InvalidParameterValue: Address 10.0.110.{last} is in subnet's reserved address range",
        )
        for last in (0, 1, 2, 3, 255)
    ),
    ({"privateIps": ["10.0.110"]}, "InvalidParameterValue: invalid value for parameter address"),
    ({"subnetId": "subnet-0"}, "InvalidSubnetID.NotFound: The subnet ID 'subnet-0' does not exist"),
    ({"securityGroups": ["sg-0"]}, "InvalidGroup.NotFound: The security group 'sg-0' does not"),
    ({"securityGroups": ["sg-0"] * 6}, "SecurityGroupsPerInterfaceLimitExceeded: The maximum"),
    ({"ipv6AddressCount": 1}, "InvalidParameterValue: The subnet 'subnet-[0-9a-f]+' has no IPv6"),
    ({"ipv6Addresses": ["2001:db8::1"]}, "2001:db8::1 does not fall within the subnet's address"),
]


@pytest.mark.parametrize(("given", "message"), REFUSALS)
def test_aws_refuses(aws: Instance, subnet: str, given: dict[str, Any], message: str) -> None:
    with pytest.raises(FailedError, match=message):
        aws.create(INTERFACE, **{"subnetId": subnet, **given})


def test_an_address_in_use_is_refused(aws: Instance, subnet: str) -> None:
    aws.create(INTERFACE, subnetId=subnet, privateIps=["10.0.110.11"])
    message = r"InvalidIPAddress.InUse: Address 10\.0\.110\.11 is in use"
    with pytest.raises(FailedError, match=message):
        aws.create(INTERFACE, subnetId=subnet, privateIps=["10.0.110.11"])
    other = aws.create(INTERFACE, subnetId=subnet, privateIps=["10.0.110.12"])
    with pytest.raises(FailedError, match=message):
        other.update(privateIps=["10.0.110.12", "10.0.110.11"])


def test_a_full_subnet_gives_no_address(aws: Instance, vpc: Created) -> None:
    tiny = aws.create(SUBNET, vpcId=vpc.id, cidrBlock="10.0.0.0/28").id
    aws.create(INTERFACE, subnetId=tiny, privateIpsCount=10)
    with pytest.raises(FailedError, match="InsufficientFreeAddressesInSubnet"):
        aws.create(INTERFACE, subnetId=tiny)


def test_a_group_of_another_vpc_is_refused(aws: Instance, subnet: str) -> None:
    foreign = aws.create(VPC, cidrBlock="10.1.0.0/16")["defaultSecurityGroupId"]
    message = (
        f"InvalidParameter: Security group {foreign} and subnet {subnet} belong to different "
        "networks"
    )
    with pytest.raises(FailedError, match=message):
        aws.create(INTERFACE, subnetId=subnet, securityGroups=[foreign])


def test_an_interface_of_an_endpoint_is_not_deleted(
    aws: Instance, vpc: Created, subnet: str
) -> None:
    endpoint = aws.create(
        ENDPOINT,
        vpcId=vpc.id,
        serviceName="com.amazonaws.ap-northeast-1.ec2",
        vpcEndpointType="Interface",
        subnetIds=[subnet],
    )
    found = aws.read(INTERFACE, endpoint["networkInterfaceIds"][0])
    assert found is not None
    assert found["interfaceType"] == "vpc_endpoint"
    with pytest.raises(FailedError, match=r"Network interface 'eni-.*' is currently in use"):
        found.delete()


def test_an_address_of_an_endpoint_is_taken(aws: Instance, vpc: Created, subnet: str) -> None:
    endpoint = aws.create(
        ENDPOINT,
        vpcId=vpc.id,
        serviceName="com.amazonaws.ap-northeast-1.ec2",
        vpcEndpointType="Interface",
        subnetIds=[subnet],
    )
    taken = endpoint["subnetConfigurations"][0]["ipv4"]
    with pytest.raises(FailedError, match=f"Address {taken} is in use"):
        aws.create(INTERFACE, subnetId=subnet, privateIps=[taken])


def test_a_description_cannot_be_taken_away_here(aws: Instance, subnet: str) -> None:
    interface = aws.create(INTERFACE, subnetId=subnet, description="node")
    with pytest.raises(FailedError, match="cannot take the description of an interface away"):
        interface.update(description=None)
