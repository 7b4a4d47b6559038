from typing import Any

import pytest

from sandbox.provider.wire import UNKNOWN
from tests.support.compute import Network, launch, make_interface, make_network
from tests.support.provider import Created, FailedError, Instance, unknowns

EIP = "aws:ec2/eip:Eip"
ASSOCIATION = "aws:ec2/eipAssociation:EipAssociation"


@pytest.fixture
def network(aws: Instance) -> Network:
    return make_network(aws)


@pytest.fixture
def interface(ec2: Any, network: Network) -> str:
    return make_interface(ec2, network.subnet_a)


@pytest.fixture
def gateway(ec2: Any, network: Network) -> str:
    identity = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=identity, VpcId=network.vpc.id)
    return identity


@pytest.fixture
def address(aws: Instance) -> Created:
    return aws.create(EIP, domain="vpc")


def live(ec2: Any, address: Created) -> dict[str, Any]:
    return ec2.describe_addresses(AllocationIds=[address.id])["Addresses"][0]


def test_an_address_says_everything_that_aws_decided(aws: Instance) -> None:
    address = aws.create(EIP, tags={"Name": "out"})
    assert address.id == address["allocationId"]
    assert address.id.startswith("eipalloc-")
    assert address["domain"] == "vpc"
    assert address["arn"] == f"arn:aws:ec2:ap-northeast-1:123456789012:elastic-ip/{address.id}"
    name = address["publicIp"].replace(".", "-")
    assert address["publicDns"] == f"ec2-{name}.ap-northeast-1.compute.amazonaws.com"
    assert address["networkBorderGroup"] == "ap-northeast-1"
    assert address["publicIpv4Pool"] == "amazon"
    for name in ("associationId", "instance", "networkInterface", "privateIp", "privateDns"):
        assert address[name] == ""
    assert address["tagsAll"] == {"Name": "out"}


def test_a_preview_knows_only_what_is_given(aws: Instance) -> None:
    outputs = aws.preview(EIP, domain="vpc", networkInterface=UNKNOWN)
    assert outputs.keys() - unknowns(outputs) == {"domain", "region", "tagsAll"}
    assert "ipamPoolId" in unknowns(outputs)


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ({"networkInterface": "eni-1"}, {"networkInterface": "UPDATE"}),
        ({"instance": "i-1"}, {"instance": "UPDATE"}),
        ({"associateWithPrivateIp": "10.0.1.5"}, {"associateWithPrivateIp": "ADD"}),
        ({"tags": {"a": "b"}}, {"tags.a": "ADD", "tagsAll.a": "ADD"}),
        ({"domain": None}, {}),
        ({"address": "203.0.113.1"}, {"address": "ADD_REPLACE"}),
    ],
)
def test_a_change_of_an_address_updates_or_replaces(
    address: Created, change: dict[str, Any], kinds: dict[str, str]
) -> None:
    assert address.diff(**change).kinds == kinds


@pytest.mark.usefixtures("gateway")
def test_an_address_moves_between_interfaces(
    aws: Instance, ec2: Any, network: Network, interface: str
) -> None:
    address = aws.create(EIP, networkInterface=interface)
    assert address["associationId"].startswith("eipassoc-")
    assert address["privateDns"].startswith("ip-10-0-1-")
    other = make_interface(ec2, network.subnet_c)
    moved = address.update(networkInterface=other)
    assert moved["networkInterface"] == live(ec2, address)["NetworkInterfaceId"] == other
    moved.delete()
    assert moved.refresh() is None


def test_an_address_needs_an_internet_gateway_but_stays_allocated(
    aws: Instance, network: Network, interface: str
) -> None:
    with pytest.raises(FailedError) as caught:
        aws.create(EIP, networkInterface=interface)
    assert f"Gateway.NotAttached: Network {network.vpc.id} is not attached" in str(caught.value)
    assert caught.value.partial.id.startswith("eipalloc-")


def test_an_address_is_imported_by_its_allocation(aws: Instance, address: Created) -> None:
    imported = aws.read(EIP, address.id)
    assert imported is not None
    assert imported["publicIp"] == address["publicIp"]
    with pytest.raises(FailedError, match="give the allocation id"):
        aws.read(EIP, address["publicIp"])


def test_there_is_no_classic_domain(aws: Instance) -> None:
    assert list(aws.failures(EIP, domain="standard")) == ["domain"]
    assert "one of 'vpc', 'standard'" in aws.failures(EIP, domain="moon")["domain"]


def test_a_pool_is_not_modelled(aws: Instance) -> None:
    assert "is not modelled" in aws.failures(EIP, publicIpv4Pool="p")["publicIpv4Pool"]


@pytest.mark.usefixtures("gateway")
def test_an_association_is_read_whole(aws: Instance, address: Created, interface: str) -> None:
    association = aws.create(ASSOCIATION, allocationId=address.id, networkInterfaceId=interface)
    assert association.id.startswith("eipassoc-")
    assert association["publicIp"] == address["publicIp"]
    assert association["privateIpAddress"].startswith("10.0.1.")
    imported = aws.read(ASSOCIATION, association.id)
    assert imported is not None
    assert imported.inputs["allocationId"] == address.id
    association.delete()
    assert association.refresh() is None


@pytest.mark.usefixtures("gateway")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("allocationId", "eipalloc-1"),
        ("allowReassociation", True),
        ("instanceId", "i-1"),
        ("networkInterfaceId", "eni-1"),
        ("privateIpAddress", "10.0.1.77"),
        ("publicIp", "203.0.113.1"),
    ],
)
def test_every_change_of_an_association_replaces_it(
    aws: Instance, address: Created, interface: str, name: str, value: Any
) -> None:
    association = aws.create(ASSOCIATION, allocationId=address.id, networkInterfaceId=interface)
    diff = association.diff(**{name: value})
    assert diff.replaces == [name]


@pytest.mark.usefixtures("gateway")
def test_an_instance_gets_the_address_on_its_interface(
    aws: Instance, address: Created, network: Network
) -> None:
    node = launch(aws, network)
    association = aws.create(ASSOCIATION, allocationId=address.id, instanceId=node.id)
    assert association["networkInterfaceId"] == node["primaryNetworkInterfaceId"]
    refreshed = node.refresh()
    assert refreshed is not None
    assert refreshed["publicIp"] == address["publicIp"]
