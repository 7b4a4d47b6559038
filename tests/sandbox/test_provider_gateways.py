from typing import Any

import pytest

from sandbox.provider.wire import UNKNOWN
from tests.support.provider import Created, FailedError, Instance, unknowns

GATEWAY = "aws:ec2/internetGateway:InternetGateway"
ATTACHMENT = "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment"
EGRESS = "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway"
VPN = "aws:ec2/vpnGateway:VpnGateway"


@pytest.fixture
def vpcs(aws: Instance) -> tuple[Created, Created]:
    first, second = (
        aws.create("aws:ec2/vpc:Vpc", cidrBlock=cidr) for cidr in ("10.0.0.0/16", "10.1.0.0/16")
    )
    return first, second


@pytest.mark.parametrize("kind", [GATEWAY, VPN])
def test_a_gateway_moves_to_another_vpc_in_place(
    aws: Instance, vpcs: tuple[Created, Created], kind: str
) -> None:
    first, second = vpcs
    gateway = aws.create(kind, vpcId=first.id, tags={"Name": "a"})
    assert gateway.diff(vpcId=second.id).kinds == {"vpcId": "UPDATE"}
    assert gateway.diff(vpcId=None).kinds == {}

    moved = gateway.update(vpcId=second.id)
    assert moved.refresh()["vpcId"] == second.id
    assert moved.diff().kinds == {}


@pytest.mark.parametrize(
    ("kind", "unknown"),
    [
        (GATEWAY, {"id", "arn", "ownerId", "vpcId"}),
        (VPN, {"id", "arn", "amazonSideAsn", "vpcId"}),
        (EGRESS, {"id", "vpcId"}),
    ],
)
def test_a_preview_leaves_to_aws_what_aws_decides(
    aws: Instance, kind: str, unknown: set[str]
) -> None:
    assert unknowns(aws.preview(kind, vpcId=UNKNOWN)) == unknown


@pytest.mark.parametrize("kind", [GATEWAY, VPN, EGRESS])
def test_a_gateway_is_imported_and_deleted(
    aws: Instance, vpcs: tuple[Created, Created], kind: str
) -> None:
    gateway = aws.create(kind, vpcId=vpcs[0].id, tags={"Name": "a"})
    found = aws.read(kind, gateway.id)

    assert found.state == gateway.state
    assert (found.inputs["vpcId"], found.inputs["tags"]) == (vpcs[0].id, {"Name": "a"})
    assert aws.diff(found, gateway.inputs).kinds == {}
    gateway.delete()
    assert gateway.refresh() is None


def test_a_gateway_without_a_vpc_is_attached_to_none(aws: Instance) -> None:
    gateway = aws.create(GATEWAY)

    assert gateway["vpcId"] == ""
    gateway.delete()
    assert gateway.refresh() is None


def test_a_vpc_has_one_internet_gateway(aws: Instance, vpcs: tuple[Created, Created]) -> None:
    vpc = vpcs[0]
    aws.create(GATEWAY, vpcId=vpc.id)
    with pytest.raises(FailedError) as failure:
        aws.create(GATEWAY, vpcId=vpc.id)

    assert str(failure.value) == (
        "creating EC2 Internet Gateway: AttachInternetGateway: InvalidParameterValue: "
        f"Network {vpc.id} already has an internet gateway attached"
    )
    assert failure.value.partial.id.startswith("igw-")


def test_a_vpc_has_one_vpn_gateway(aws: Instance, vpcs: tuple[Created, Created]) -> None:
    aws.create(VPN, vpcId=vpcs[0].id)
    with pytest.raises(FailedError, match="is already attached to a VPN gateway"):
        aws.create(VPN, vpcId=vpcs[0].id)


def test_a_gateway_is_not_attached_twice(aws: Instance, vpcs: tuple[Created, Created]) -> None:
    first, second = vpcs
    gateway = aws.create(GATEWAY, vpcId=first.id)
    with pytest.raises(FailedError, match=r"Resource\.AlreadyAssociated"):
        aws.create(ATTACHMENT, internetGatewayId=gateway.id, vpcId=second.id)


def test_an_attachment_has_both_ids_for_its_own(
    aws: Instance, vpcs: tuple[Created, Created]
) -> None:
    gateway = aws.create(GATEWAY)
    attachment = aws.create(ATTACHMENT, internetGatewayId=gateway.id, vpcId=vpcs[0].id)

    assert attachment.id == f"{gateway.id}:{vpcs[0].id}"
    assert attachment.diff(vpcId="vpc-2").kinds == {"vpcId": "UPDATE_REPLACE"}
    assert aws.read(ATTACHMENT, attachment.id).inputs == attachment.inputs
    assert gateway.refresh()["vpcId"] == vpcs[0].id
    assert gateway.refresh().diff().kinds == {}
    attachment.delete()
    assert attachment.refresh() is None
    with pytest.raises(FailedError, match="INTERNET-GATEWAY-ID:VPC-ID"):
        aws.read(ATTACHMENT, gateway.id)


def test_a_gateway_with_public_addresses_behind_it_is_not_detached(
    aws: Instance, vpcs: tuple[Created, Created], ec2: Any
) -> None:
    gateway = aws.create(GATEWAY, vpcId=vpcs[0].id)
    subnet = aws.create("aws:ec2/subnet:Subnet", vpcId=vpcs[0].id, cidrBlock="10.0.0.0/24")
    interface = ec2.create_network_interface(SubnetId=subnet.id)["NetworkInterface"]
    address = ec2.allocate_address(Domain="vpc")
    association = ec2.associate_address(
        AllocationId=address["AllocationId"], NetworkInterfaceId=interface["NetworkInterfaceId"]
    )
    with pytest.raises(FailedError, match=r"DependencyViolation: .* mapped public address"):
        gateway.delete()

    ec2.disassociate_address(AssociationId=association["AssociationId"])
    gateway.delete()
    assert gateway.refresh() is None


@pytest.mark.parametrize(
    ("kind", "changes", "kinds"),
    [
        (EGRESS, {"vpcId": "vpc-2"}, {"vpcId": "UPDATE_REPLACE"}),
        (EGRESS, {"tags": {"a": "b"}}, {"tags.a": "ADD", "tagsAll.a": "ADD"}),
        (VPN, {"amazonSideAsn": "65000"}, {"amazonSideAsn": "UPDATE_REPLACE"}),
        (VPN, {"availabilityZone": "ap-northeast-1a"}, {"availabilityZone": "UPDATE_REPLACE"}),
    ],
)
def test_what_a_change_does(
    aws: Instance,
    vpcs: tuple[Created, Created],
    kind: str,
    changes: dict[str, Any],
    kinds: dict[str, str],
) -> None:
    gateway = aws.create(kind, vpcId=vpcs[0].id)

    assert gateway.diff(**changes).kinds == kinds
