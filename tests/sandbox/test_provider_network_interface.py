import zlib
from typing import Any

import pytest

from sandbox.provider.wire import UNKNOWN
from tests.support.provider import Created, Instance, unknowns

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
INTERFACE = "aws:ec2/networkInterface:NetworkInterface"


@pytest.fixture
def vpc(aws: Instance) -> Created:
    return aws.create(VPC, cidrBlock="10.0.0.0/16", enableDnsHostnames=True)


@pytest.fixture
def subnet(aws: Instance, vpc: Created) -> str:
    zone = "ap-northeast-1a"
    return aws.create(SUBNET, vpcId=vpc.id, cidrBlock="10.0.110.0/24", availabilityZone=zone).id


@pytest.fixture
def group(aws: Instance, vpc: Created) -> str:
    return aws.create(GROUP, "node", vpcId=vpc.id).id


@pytest.fixture
def interface(aws: Instance, subnet: str, group: str) -> Created:
    return aws.create(
        INTERFACE,
        subnetId=subnet,
        privateIps=["10.0.110.11"],
        securityGroups=[group],
        sourceDestCheck=False,
        description="node a",
        tags={"hacluster:node": "a"},
    )


def live(ec2: Any, identity: str) -> dict[str, Any]:
    return ec2.describe_network_interfaces(NetworkInterfaceIds=[identity])["NetworkInterfaces"][0]


def addresses(ec2: Any, identity: str) -> list[str]:
    return [each["PrivateIpAddress"] for each in live(ec2, identity)["PrivateIpAddresses"]]


def test_an_interface_has_its_fixed_address_and_its_check_off(
    ec2: Any, interface: Created, subnet: str, group: str
) -> None:
    found = live(ec2, interface.id)
    assert found["PrivateIpAddress"] == "10.0.110.11"
    assert found["SourceDestCheck"] is False
    assert found["Description"] == "node a"
    assert [each["GroupId"] for each in found["Groups"]] == [group]
    assert found["TagSet"] == [{"Key": "hacluster:node", "Value": "a"}]
    assert interface["subnetId"] == subnet


def test_an_interface_is_described_in_full(interface: Created) -> None:
    assert interface["arn"].endswith(f":123456789012:network-interface/{interface.id}")
    assert interface["privateIp"] == "10.0.110.11"
    assert interface["privateIps"] == ["10.0.110.11"]
    assert interface["privateIpLists"] == ["10.0.110.11"]
    assert interface["privateIpsCount"] == 0
    assert interface["attachments"] == []
    assert interface["interfaceType"] == "interface"
    assert interface["macAddress"].count(":") == 5
    assert interface["ownerId"] == "123456789012"
    assert interface["privateDnsName"].startswith("ip-10-0-110-11.")
    assert interface["ipv6AddressCount"] == 0


def test_without_an_address_or_groups_aws_gives_them(
    aws: Instance, subnet: str, vpc: Created
) -> None:
    interface = aws.create(INTERFACE, subnetId=subnet)
    assert interface["privateIp"].startswith("10.0.110.")
    assert interface["securityGroups"] == [vpc["defaultSecurityGroupId"]]
    assert interface["sourceDestCheck"] is True


def test_the_primary_address_does_not_depend_on_the_order_of_the_set(
    aws: Instance, subnet: str
) -> None:
    given = ["10.0.110.21", "10.0.110.22", "10.0.110.23"]
    first = min(given, key=lambda each: str(zlib.crc32(f"{each};".encode())))
    interface = aws.create(INTERFACE, subnetId=subnet, privateIps=given)
    assert interface["privateIp"] == first
    interface.delete()
    assert aws.create(INTERFACE, subnetId=subnet, privateIps=given[::-1])["privateIp"] == first


def test_a_count_of_addresses_is_beside_the_primary_one(
    aws: Instance, ec2: Any, subnet: str
) -> None:
    interface = aws.create(INTERFACE, subnetId=subnet, privateIpsCount=2)
    assert len(interface["privateIps"]) == 3
    assert len(interface.update(privateIpsCount=3)["privateIps"]) == 4
    fewer = interface.update(privateIpsCount=1)
    assert len(addresses(ec2, interface.id)) == 2
    assert fewer["privateIp"] == interface["privateIp"]


def test_a_list_of_addresses_keeps_its_order(aws: Instance, ec2: Any, subnet: str) -> None:
    given = ["10.0.110.33", "10.0.110.31", "10.0.110.32"]
    interface = aws.create(
        INTERFACE, subnetId=subnet, privateIpListEnabled=True, privateIpLists=given
    )
    assert interface["privateIpLists"] == given
    turned = [given[0], given[2], given[1]]
    assert interface.diff(privateIpLists=turned).replaces == []
    assert interface.update(privateIpLists=turned)["privateIpLists"] == turned
    assert addresses(ec2, interface.id) == turned
    assert interface.diff(privateIpLists=given[1:]).replaces == ["privateIpLists"]


def test_a_preview_does_not_know_what_aws_decides(aws: Instance) -> None:
    outputs = aws.preview(INTERFACE, subnetId=UNKNOWN, privateIps=["10.0.110.11"])
    assert unknowns(outputs) == {
        "arn", "attachments", "connectionTrackingSpecification", "enablePrimaryIpv6", "id",
        "interfaceType", "ipv4PrefixCount", "ipv4Prefixes",
        "ipv6AddressCount", "ipv6AddressLists", "ipv6Addresses", "ipv6PrefixCount",
        "ipv6Prefixes", "macAddress", "outpostArn", "ownerId", "privateDnsName", "privateIp",
        "privateIpLists", "privateIpsCount", "securityGroups", "subnetId",
    }  # fmt: skip
    assert outputs["sourceDestCheck"] is True


def test_a_preview_of_more_addresses_does_not_know_their_count(interface: Created) -> None:
    outputs = interface.preview(privateIps=["10.0.110.11", "10.0.110.12"])
    assert unknowns(outputs) == {"privateIpLists", "privateIpsCount"}


CHANGES = [
    ({"subnetId": "subnet-1"}, {"subnetId"}, {"subnetId"}),
    ({"region": "us-west-2"}, {"region"}, {"region"}),
    ({"privateIps": ["10.0.110.12"]}, {"privateIps"}, {"privateIps"}),
    ({"privateIps": [UNKNOWN]}, {"privateIps"}, {"privateIps"}),
    ({"privateIps": ["10.0.110.12", "10.0.110.11"]}, {"privateIps"}, set()),
    ({"privateIps": None}, set(), set()),
    ({"privateIpsCount": 1}, {"privateIpsCount"}, set()),
    ({"privateIpListEnabled": True}, {"privateIpListEnabled"}, set()),
    ({"securityGroups": ["sg-1"]}, {"securityGroups"}, set()),
    ({"securityGroups": None}, set(), set()),
    ({"sourceDestCheck": True}, {"sourceDestCheck"}, set()),
    ({"sourceDestCheck": None}, {"sourceDestCheck"}, set()),
    ({"description": "other"}, {"description"}, set()),
    ({"description": None}, {"description"}, set()),
    ({"attachments": [{"instance": "i-1", "deviceIndex": 1}]}, {"attachments"}, set()),
    ({"ipv6AddressCount": 1}, {"ipv6AddressCount"}, set()),
    ({"ipv6Addresses": ["2001:db8::1"]}, {"ipv6Addresses"}, set()),
    ({"ipv6AddressListEnabled": True}, {"ipv6AddressListEnabled"}, set()),
    ({"tags": {"a": "b"}}, {"tags", "tagsAll"}, set()),
]


@pytest.mark.parametrize(("change", "names", "replaces"), CHANGES)
def test_a_change_updates_replaces_or_means_nothing(
    interface: Created, change: dict[str, Any], names: set[str], replaces: set[str]
) -> None:
    diff = interface.diff(**change)
    assert (set(diff.names), set(diff.replaces)) == (names, replaces)


def test_an_update_reaches_aws(ec2: Any, interface: Created, group: str, vpc: Created) -> None:
    interface.update(
        privateIps=["10.0.110.11", "10.0.110.12"],
        sourceDestCheck=True,
        description="node b",
        securityGroups=[group, vpc["defaultSecurityGroupId"]],
    )
    found = live(ec2, interface.id)
    assert addresses(ec2, interface.id) == ["10.0.110.11", "10.0.110.12"]
    assert (found["SourceDestCheck"], found["Description"]) == (True, "node b")
    assert {each["GroupId"] for each in found["Groups"]} == {group, vpc["defaultSecurityGroupId"]}


def test_a_refresh_shows_what_somebody_changed(ec2: Any, interface: Created, vpc: Created) -> None:
    ec2.modify_network_interface_attribute(
        NetworkInterfaceId=interface.id, SourceDestCheck={"Value": True}
    )
    ec2.modify_network_interface_attribute(
        NetworkInterfaceId=interface.id, Groups=[vpc["defaultSecurityGroupId"]]
    )
    ec2.assign_private_ip_addresses(
        NetworkInterfaceId=interface.id, PrivateIpAddresses=["10.0.110.99"]
    )
    found = interface.refresh()
    assert found is not None
    assert found.inputs["sourceDestCheck"] is True
    assert found.inputs["securityGroups"] == [vpc["defaultSecurityGroupId"]]
    assert found.inputs["privateIps"] == ["10.0.110.11", "10.0.110.99"]


def test_a_refresh_of_an_untouched_interface_changes_nothing(interface: Created) -> None:
    found = interface.refresh()
    assert found is not None
    assert (found.state, found.inputs) == (interface.state, interface.inputs)


def test_an_import_by_id_yields_the_inputs(aws: Instance, interface: Created) -> None:
    found = aws.read(INTERFACE, interface.id)
    assert found is not None
    assert found.inputs["privateIps"] == ["10.0.110.11"]
    assert found.inputs["sourceDestCheck"] is False
    assert found.diff().names == []


def test_delete_removes_the_interface(aws: Instance, interface: Created) -> None:
    interface.delete()
    assert aws.read(INTERFACE, interface.id) is None
    interface.delete()


def test_ipv6_addresses_come_from_the_subnets_range(aws: Instance, ec2: Any) -> None:
    vpc = aws.create(VPC, cidrBlock="10.0.0.0/16", assignGeneratedIpv6CidrBlock=True)
    block = vpc["ipv6CidrBlock"].replace("/56", "/64")
    subnet = aws.create(SUBNET, vpcId=vpc.id, cidrBlock="10.0.1.0/24", ipv6CidrBlock=block)
    prefix = block.partition("::")[0]
    interface = aws.create(INTERFACE, subnetId=subnet.id, ipv6Addresses=[f"{prefix}::10"])
    assert interface["ipv6Addresses"] == [f"{prefix}::10"]
    assert interface["ipv6AddressCount"] == 1
    other = interface.update(ipv6Addresses=[f"{prefix}::11"])
    assert other["ipv6Addresses"] == [f"{prefix}::11"]
    counted = aws.create(INTERFACE, subnetId=subnet.id, ipv6AddressCount=2)
    assert len(counted["ipv6Addresses"]) == 2
    assert len(counted.update(ipv6AddressCount=1)["ipv6Addresses"]) == 1
    assert len(live(ec2, counted.id)["Ipv6Addresses"]) == 1
