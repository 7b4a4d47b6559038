from typing import Any

import pytest

from sandbox.provider.wire import UNKNOWN
from tests.support.provider import Created, FailedError, Instance, unknowns

SUBNET = "aws:ec2/subnet:Subnet"
ZONE = "ap-northeast-1a"
FLAGS = (
    "assignIpv6AddressOnCreation",
    "enableDns64",
    "enableResourceNameDnsAaaaRecordOnLaunch",
    "enableResourceNameDnsARecordOnLaunch",
    "ipv6Native",
    "mapPublicIpOnLaunch",
)


@pytest.fixture
def vpc(aws: Instance) -> Created:
    return aws.create("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")


@pytest.fixture
def subnet(aws: Instance, vpc: Created) -> Created:
    return aws.create(SUBNET, vpcId=vpc.id, cidrBlock="10.0.10.0/24", availabilityZone=ZONE)


def test_every_flag_is_off_unless_given(subnet: Created) -> None:
    assert set(subnet.inputs["__defaults"]) == set(FLAGS)
    assert [subnet[name] for name in FLAGS] == [False] * len(FLAGS)


def test_a_preview_leaves_to_aws_what_aws_decides(aws: Instance) -> None:
    outputs = aws.preview(SUBNET, vpcId=UNKNOWN, cidrBlock="10.0.0.0/24")

    assert unknowns(outputs) == {
        "id",
        "arn",
        "availabilityZone",
        "availabilityZoneId",
        "ipv6CidrBlock",
        "ipv6CidrBlockAssociationId",
        "ownerId",
        "privateDnsHostnameTypeOnLaunch",
        "vpcId",
    }


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({"vpcId": UNKNOWN}, {"vpcId": "UPDATE_REPLACE"}),
        ({"cidrBlock": "10.0.11.0/24"}, {"cidrBlock": "UPDATE_REPLACE"}),
        ({"availabilityZone": "ap-northeast-1c"}, {"availabilityZone": "UPDATE_REPLACE"}),
        ({"availabilityZone": None}, {}),
        ({"ipv6Native": True}, {"ipv6Native": "UPDATE_REPLACE"}),
        ({"ipv6CidrBlock": "2001:db8::/64"}, {"ipv6CidrBlock": "UPDATE"}),
        ({"assignIpv6AddressOnCreation": True}, {"assignIpv6AddressOnCreation": "UPDATE"}),
        ({"enableDns64": True}, {"enableDns64": "UPDATE"}),
        ({"mapPublicIpOnLaunch": True}, {"mapPublicIpOnLaunch": "UPDATE"}),
        (
            {"privateDnsHostnameTypeOnLaunch": "resource-name"},
            {"privateDnsHostnameTypeOnLaunch": "UPDATE"},
        ),
        ({"tags": {"Tier": "private"}}, {"tags.Tier": "ADD", "tagsAll.Tier": "ADD"}),
        ({}, {}),
    ],
)
def test_what_a_change_does(
    subnet: Created, changes: dict[str, Any], kinds: dict[str, str]
) -> None:
    assert subnet.diff(**changes).kinds == kinds


def test_a_range_of_a_subnet_that_assigns_addresses_is_replaced(aws: Instance) -> None:
    vpc = aws.create("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16", assignGeneratedIpv6CidrBlock=True)
    own = vpc["ipv6CidrBlock"].replace("/56", "/64")
    given = {"vpcId": vpc.id, "cidrBlock": "10.0.0.0/24", "ipv6CidrBlock": own}
    subnet = aws.create(SUBNET, assignIpv6AddressOnCreation=True, **given)

    assert subnet["ipv6CidrBlock"] == own
    assert subnet["ipv6CidrBlockAssociationId"].startswith("subnet-cidr-assoc-")
    assert subnet.diff(ipv6CidrBlock="2001:db8::/64").kinds == {"ipv6CidrBlock": "UPDATE_REPLACE"}


def test_an_ipv6_range_that_is_given_no_more_goes_with_the_next_change(aws: Instance) -> None:
    vpc = aws.create("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16", assignGeneratedIpv6CidrBlock=True)
    own = vpc["ipv6CidrBlock"].replace("/56", "/64")
    subnet = aws.create(SUBNET, vpcId=vpc.id, cidrBlock="10.0.0.0/24", ipv6CidrBlock=own)
    assert subnet.update(mapPublicIpOnLaunch=True).refresh()["ipv6CidrBlock"] == own
    assert subnet.diff(ipv6CidrBlock=None).kinds == {}

    after = subnet.update(ipv6CidrBlock=None, enableDns64=True)
    assert (after["ipv6CidrBlock"], after["ipv6CidrBlockAssociationId"]) == ("", "")


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"cidrBlock": "10.0.0.1/24", "vpcId": "x"}, {"cidrBlock"}),
        ({"cidrBlock": "300.0.0.0/24", "vpcId": "x"}, {"cidrBlock"}),
        ({"cidrBlock": "10.0.0.0/24"}, {"vpcId"}),
        (
            {"vpcId": "x", "availabilityZone": "a", "availabilityZoneId": "b"},
            {"availabilityZone", "availabilityZoneId"},
        ),
        ({"vpcId": "x", "privateDnsHostnameTypeOnLaunch": "x"}, {"privateDnsHostnameTypeOnLaunch"}),
        ({"vpcId": "x", "outpostArn": "x"}, {"outpostArn"}),
    ],
)
def test_bad_inputs_are_refused(aws: Instance, given: dict[str, Any], names: set[str]) -> None:
    assert set(aws.failures(SUBNET, **given)) == names


@pytest.mark.parametrize(
    ("cidr", "code"),
    [
        ("10.1.0.0/24", "InvalidSubnet.Range: The CIDR '10.1.0.0/24' is invalid."),
        ("10.0.0.0/15", "InvalidSubnet.Range: The CIDR '10.0.0.0/15' is invalid."),
        ("10.0.9.0/29", "InvalidSubnet.Range: The CIDR '10.0.9.0/29' is invalid."),
        ("10.0.10.128/25", "InvalidSubnet.Conflict"),
        ("10.0.8.0/21", "InvalidSubnet.Conflict"),
    ],
)
def test_aws_refuses_ranges_that_do_not_fit(
    aws: Instance, subnet: Created, cidr: str, code: str
) -> None:
    with pytest.raises(FailedError, match="creating EC2 Subnet: CreateSubnet: ") as failure:
        aws.create(SUBNET, vpcId=subnet["vpcId"], cidrBlock=cidr)

    assert code in str(failure.value)


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("availabilityZone", "us-east-1a"),
        ("availabilityZone", "ap-northeast-1z"),
        ("availabilityZoneId", "use1-az1"),
    ],
)
def test_aws_refuses_a_zone_that_the_region_does_not_have(
    aws: Instance, vpc: Created, name: str, zone: str
) -> None:
    with pytest.raises(FailedError) as failure:
        aws.create(SUBNET, vpcId=vpc.id, cidrBlock="10.0.0.0/24", **{name: zone})

    refusal = f"InvalidParameterValue: Value ({zone}) for parameter {name} is invalid."
    assert refusal in str(failure.value)


def test_a_subnet_may_lie_in_a_secondary_range(aws: Instance, vpc: Created) -> None:
    association = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
    aws.create(association, vpcId=vpc.id, cidrBlock="10.1.0.0/16")

    assert aws.create(SUBNET, vpcId=vpc.id, cidrBlock="10.1.0.0/24")["cidrBlock"] == "10.1.0.0/24"


def test_flags_are_set_at_creation_and_changed_in_place(aws: Instance, vpc: Created) -> None:
    given = {"cidrBlock": "10.0.0.0/24", "mapPublicIpOnLaunch": True}
    subnet = aws.create(SUBNET, vpcId=vpc.id, **given)
    assert subnet.refresh()["mapPublicIpOnLaunch"] is True

    assert subnet.update(mapPublicIpOnLaunch=None).refresh()["mapPublicIpOnLaunch"] is False


def test_an_import_gives_the_inputs_of_a_program(aws: Instance, subnet: Created) -> None:
    found = aws.read(SUBNET, subnet.id)

    assert found.inputs == {
        "vpcId": subnet["vpcId"],
        "cidrBlock": "10.0.10.0/24",
        "availabilityZone": ZONE,
        "privateDnsHostnameTypeOnLaunch": "ip-name",
        "region": "ap-northeast-1",
        "tagsAll": {},
        "__defaults": [],
    }
    assert aws.diff(found, subnet.inputs).kinds == {}


def test_it_is_not_deleted_before_its_interfaces(subnet: Created, ec2: Any) -> None:
    interface = ec2.create_network_interface(SubnetId=subnet.id)["NetworkInterface"]
    with pytest.raises(FailedError, match="DeleteSubnet: DependencyViolation"):
        subnet.delete()

    ec2.delete_network_interface(NetworkInterfaceId=interface["NetworkInterfaceId"])
    subnet.delete()
    assert subnet.refresh() is None
