from typing import Any

import pytest

from sandbox.provider.wire import UNKNOWN
from tests.support.compute import Network, make_network
from tests.support.provider import Created, FailedError, Instance, unknowns

NAT = "aws:ec2/natGateway:NatGateway"
EIP = "aws:ec2/eip:Eip"


@pytest.fixture
def network(aws: Instance, ec2: Any) -> Network:
    """A network that an internet gateway is attached to."""
    network = make_network(aws)
    identity = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=identity, VpcId=network.vpc.id)
    return network


@pytest.fixture
def address(aws: Instance) -> Created:
    return aws.create(EIP, domain="vpc")


@pytest.fixture
def public(aws: Instance, network: Network, address: Created) -> Created:
    return aws.create(NAT, subnetId=network.subnet_a.id, allocationId=address.id)


def test_a_public_gateway_uses_its_address(
    public: Created, network: Network, address: Created
) -> None:
    assert public.id.startswith("nat-")
    assert public["connectivityType"] == "public"
    assert public["availabilityMode"] == "zonal"
    assert public["allocationId"] == address.id
    assert public["publicIp"] == address["publicIp"]
    assert public["associationId"].startswith("eipassoc-")
    assert public["networkInterfaceId"].startswith("eni-")
    assert public["vpcId"] == network.vpc.id
    assert public["secondaryAllocationIds"] == []
    assert public.diff().kinds == {}


def test_a_private_gateway_has_no_public_address(aws: Instance, network: Network) -> None:
    private = aws.create(NAT, subnetId=network.subnet_a.id, connectivityType="private")
    assert private["publicIp"] == private["associationId"] == ""
    assert "allocationId" not in private.state


def test_a_preview_knows_only_what_is_given(aws: Instance) -> None:
    outputs = aws.preview(NAT, subnetId="subnet-1", allocationId=UNKNOWN)
    assert outputs.keys() - unknowns(outputs) == {
        "connectivityType", "region", "subnetId", "tagsAll",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ({"allocationId": "eipalloc-1"}, {"allocationId": "UPDATE_REPLACE"}),
        ({"subnetId": "subnet-1"}, {"subnetId": "UPDATE_REPLACE"}),
        (
            {"connectivityType": "private", "allocationId": None},
            {"connectivityType": "UPDATE_REPLACE", "allocationId": "DELETE_REPLACE"},
        ),
        ({"tags": {"a": "b"}}, {"tags.a": "ADD", "tagsAll.a": "ADD"}),
    ],
)
def test_a_change_of_a_gateway_updates_or_replaces(
    public: Created, change: dict[str, Any], kinds: dict[str, str]
) -> None:
    assert public.diff(**change).kinds == kinds


@pytest.mark.parametrize(
    ("given", "failures"),
    [
        ({}, {"subnetId": 'subnetId is required when availabilityMode is "zonal"'}),
        (
            {"subnetId": "s", "connectivityType": "private", "allocationId": "e"},
            {"allocationId": 'allocationId is not supported with connectivityType = "private"'},
        ),
        (
            {"vpcId": "v", "availabilityMode": "regional"},
            {
                "availabilityMode": (
                    'availabilityMode must be "zonal": the sandbox models no regional gateways'
                )
            },
        ),
        (
            {"subnetId": "s", "vpcId": "v"},
            {"vpcId": 'vpcId is not supported with availabilityMode = "zonal"'},
        ),
        (
            {"subnetId": "s", "connectivityType": "vpn"},
            {
                "connectivityType": (
                    "connectivityType must be one of 'public', 'private'; it is 'vpn'"
                )
            },
        ),
    ],
)
def test_a_bad_gateway_is_refused_in_the_preview(
    aws: Instance, given: dict[str, Any], failures: dict[str, str]
) -> None:
    assert aws.failures(NAT, **given) == failures


@pytest.mark.parametrize(
    "name",
    [
        "availabilityZoneAddresses",
        "privateIp",
        "secondaryAllocationIds",
        "secondaryPrivateIpAddressCount",
        "secondaryPrivateIpAddresses",
    ],
)
def test_what_is_not_modelled_is_named(aws: Instance, name: str) -> None:
    assert "is not modelled by the sandbox" in aws.failures(NAT, subnetId="s", **{name: "x"})[name]


def test_an_address_serves_one_gateway(
    aws: Instance, public: Created, network: Network, address: Created
) -> None:
    with pytest.raises(FailedError) as caught:
        aws.create(NAT, subnetId=network.subnet_c.id, allocationId=address.id)
    assert str(caught.value) == (
        "creating EC2 NAT Gateway: CreateNatGateway: Resource.AlreadyAssociated: "
        f"Elastic IP address [{address.id}] is already associated"
    )
    assert public.refresh() is not None


def test_a_public_gateway_needs_an_address(aws: Instance, network: Network) -> None:
    with pytest.raises(FailedError, match="MissingParameter: The request must include the Alloc"):
        aws.create(NAT, subnetId=network.subnet_a.id)


def test_a_public_gateway_needs_an_internet_gateway(aws: Instance, address: Created) -> None:
    closed = make_network(aws)
    with pytest.raises(FailedError) as caught:
        aws.create(NAT, subnetId=closed.subnet_a.id, allocationId=address.id)
    assert str(caught.value) == (
        "creating EC2 NAT Gateway: CreateNatGateway: Gateway.NotAttached: "
        f"Network {closed.vpc.id} has no Internet gateway attached"
    )


def test_an_address_stays_while_its_gateway_does(public: Created, address: Created) -> None:
    used = address.refresh()
    assert used is not None
    with pytest.raises(FailedError, match="AuthFailure"):
        used.delete()
    with pytest.raises(FailedError, match=r"InvalidIPAddress\.InUse: Address .* is in use"):
        address.delete()
    public.delete()
    address.delete()
    assert address.refresh() is None


def test_a_deleted_gateway_leaves_its_subnet_empty(public: Created, network: Network) -> None:
    with pytest.raises(FailedError, match="DependencyViolation"):
        network.subnet_a.delete()
    public.delete()
    assert public.refresh() is None
    public.delete()
    network.subnet_a.delete()


def test_a_gateway_is_imported_by_its_id(aws: Instance, public: Created) -> None:
    imported = aws.read(NAT, public.id)
    assert imported is not None
    assert imported.inputs["subnetId"] == public["subnetId"]
    assert imported.inputs["allocationId"] == public["allocationId"]


def test_the_inputs_of_an_import_pass_a_check(aws: Instance, public: Created) -> None:
    imported = aws.read(NAT, public.id)
    assert "vpcId" not in imported.inputs
    assert imported["vpcId"] == public["vpcId"]
    assert aws.failures(NAT, **imported.given) == {}
