from typing import Any

import pytest

from sandbox.provider.wire import UNKNOWN
from tests.support.provider import Created, FailedError, Instance, unknowns

VPC = "aws:ec2/vpc:Vpc"
CIDR = "10.0.0.0/16"
DECIDED = {
    "id",
    "arn",
    "defaultNetworkAclId",
    "defaultRouteTableId",
    "defaultSecurityGroupId",
    "dhcpOptionsId",
    "enableDnsHostnames",
    "enableNetworkAddressUsageMetrics",
    "ipv6AssociationId",
    "ipv6CidrBlock",
    "ipv6CidrBlockNetworkBorderGroup",
    "mainRouteTableId",
    "ownerId",
}


@pytest.fixture
def vpc(aws: Instance) -> Created:
    return aws.create(VPC, "main", cidrBlock=CIDR, tags={"Name": "main"})


def test_defaults_are_filled_in_and_named(vpc: Created) -> None:
    assert vpc.inputs["__defaults"] == ["enableDnsSupport", "instanceTenancy"]
    assert (vpc.inputs["enableDnsSupport"], vpc.inputs["instanceTenancy"]) == (True, "default")
    assert "enableDnsHostnames" not in vpc.inputs
    assert vpc["enableDnsHostnames"] is False


def test_a_preview_leaves_to_aws_what_aws_decides(aws: Instance) -> None:
    outputs = aws.preview(VPC, cidrBlock=CIDR)

    assert unknowns(outputs) == DECIDED
    assert outputs["cidrBlock"] == CIDR
    assert aws.preview(VPC, cidrBlock=UNKNOWN)["cidrBlock"] is UNKNOWN


def test_it_names_what_came_along_with_it(vpc: Created, ec2: Any) -> None:
    own = [{"Name": "vpc-id", "Values": [vpc.id]}]
    tables = ec2.describe_route_tables(Filters=own)["RouteTables"]
    groups = ec2.describe_security_groups(Filters=own)["SecurityGroups"]
    acls = ec2.describe_network_acls(Filters=own)["NetworkAcls"]

    assert [each["RouteTableId"] for each in tables] == [vpc["mainRouteTableId"]]
    assert vpc["defaultRouteTableId"] == vpc["mainRouteTableId"]
    assert [each["GroupId"] for each in groups] == [vpc["defaultSecurityGroupId"]]
    assert [each["NetworkAclId"] for each in acls] == [vpc["defaultNetworkAclId"]]
    assert vpc["arn"] == f"arn:aws:ec2:ap-northeast-1:123456789012:vpc/{vpc.id}"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"cidrBlock": "10.0.0.0/15"}, "cidrBlock must have a prefix between /16 and /28"),
        ({"cidrBlock": "10.0.0.0/29"}, "cidrBlock must have a prefix between /16 and /28"),
        ({"cidrBlock": "10.0.1.0/16"}, "did you mean 10.0.0.0/16?"),
        ({"cidrBlock": "300.0.0.0/16"}, "cidrBlock must be an IPv4 range"),
        ({}, "cidrBlock must be given"),
        ({"cidrBlock": CIDR, "instanceTenancy": "host"}, "must be one of 'default', 'dedicated'"),
    ],
)
def test_bad_inputs_are_refused(aws: Instance, given: dict[str, Any], reason: str) -> None:
    (found,) = aws.failures(VPC, **given).values()

    assert reason in found


def test_an_ipv6_range_needs_its_companions(aws: Instance) -> None:
    found = aws.failures(
        VPC, cidrBlock=CIDR, ipv6CidrBlock="2001:db8::/56", ipv6CidrBlockNetworkBorderGroup="x"
    )

    assert found == {
        "ipv6CidrBlock": "ipv6CidrBlock needs ipv6IpamPoolId to be given too",
        "ipv6CidrBlockNetworkBorderGroup": (
            "ipv6CidrBlockNetworkBorderGroup needs assignGeneratedIpv6CidrBlock to be given too"
        ),
    }


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({"cidrBlock": "10.1.0.0/16"}, {"cidrBlock": "UPDATE_REPLACE"}),
        ({"cidrBlock": UNKNOWN}, {"cidrBlock": "UPDATE_REPLACE"}),
        ({"region": "eu-west-1"}, {"region": "UPDATE_REPLACE"}),
        ({"instanceTenancy": "dedicated"}, {"instanceTenancy": "UPDATE_REPLACE"}),
        ({"enableDnsSupport": False}, {"enableDnsSupport": "UPDATE"}),
        ({"enableDnsHostnames": True}, {"enableDnsHostnames": "UPDATE"}),
        (
            {"enableNetworkAddressUsageMetrics": True},
            {"enableNetworkAddressUsageMetrics": "UPDATE"},
        ),
        ({"assignGeneratedIpv6CidrBlock": True}, {"assignGeneratedIpv6CidrBlock": "UPDATE"}),
        ({"tags": {"Name": "x"}}, {"tags.Name": "UPDATE", "tagsAll.Name": "UPDATE"}),
        ({"tags": None}, {"tags": "DELETE", "tagsAll.Name": "DELETE"}),
        ({}, {}),
    ],
)
def test_what_a_change_does(vpc: Created, changes: dict[str, Any], kinds: dict[str, str]) -> None:
    diff = vpc.diff(**changes)

    assert diff.kinds == kinds
    assert diff.replaces == sorted(name for name, kind in kinds.items() if "REPLACE" in kind)


def test_leaving_dedicated_tenancy_is_a_change_in_place(aws: Instance) -> None:
    vpc = aws.create(VPC, cidrBlock=CIDR, instanceTenancy="dedicated")

    assert vpc.diff(instanceTenancy="default").kinds == {"instanceTenancy": "UPDATE"}
    assert vpc.update(instanceTenancy="default").refresh()["instanceTenancy"] == "default"


def test_attributes_are_set_at_creation_and_changed_in_place(aws: Instance) -> None:
    vpc = aws.create(VPC, cidrBlock=CIDR, enableDnsHostnames=True, enableDnsSupport=False)
    assert (vpc["enableDnsHostnames"], vpc["enableDnsSupport"]) == (True, False)

    after = vpc.update(enableDnsHostnames=False, enableDnsSupport=True).refresh()
    assert (after["enableDnsHostnames"], after["enableDnsSupport"]) == (False, True)


def test_an_omitted_attribute_keeps_what_aws_has(aws: Instance) -> None:
    vpc = aws.create(VPC, cidrBlock=CIDR, enableDnsHostnames=True)

    assert vpc.diff(enableDnsHostnames=None).kinds == {}


def test_drift_is_seen_after_a_refresh(vpc: Created, ec2: Any) -> None:
    ec2.modify_vpc_attribute(VpcId=vpc.id, EnableDnsSupport={"Value": False})
    found = vpc.refresh()

    assert found.inputs["enableDnsSupport"] is False
    assert found.diff(enableDnsSupport=True).kinds == {"enableDnsSupport": "UPDATE"}


def test_an_ipv6_range_comes_and_goes(vpc: Created) -> None:
    preview = vpc.preview(assignGeneratedIpv6CidrBlock=True)
    assert unknowns(preview) == {"ipv6AssociationId", "ipv6CidrBlock"}

    with_range = vpc.update(assignGeneratedIpv6CidrBlock=True)
    assert with_range["ipv6CidrBlock"].endswith("/56")
    assert with_range["ipv6AssociationId"].startswith("vpc-cidr-assoc-")
    without = with_range.update(assignGeneratedIpv6CidrBlock=None)
    assert (without["ipv6CidrBlock"], without["assignGeneratedIpv6CidrBlock"]) == ("", False)
    assert without.diff().kinds == {}


def test_an_import_gives_the_inputs_of_a_program(aws: Instance, vpc: Created) -> None:
    found = aws.read(VPC, vpc.id)

    assert found.state == vpc.state
    assert found.inputs == {
        "cidrBlock": CIDR,
        "region": "ap-northeast-1",
        "tags": {"Name": "main"},
        "tagsAll": {"Name": "main"},
        "__defaults": [],
    }
    assert aws.diff(found, vpc.inputs).kinds == {}


def test_a_refresh_changes_nothing_by_itself(vpc: Created) -> None:
    found = vpc.refresh()

    assert (found.state, found.inputs) == (vpc.state, vpc.inputs)


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("aws:ec2/subnet:Subnet", {"cidrBlock": "10.0.0.0/24"}),
        ("aws:ec2/internetGateway:InternetGateway", {}),
        ("aws:ec2/routeTable:RouteTable", {}),
        ("aws:ec2/vpnGateway:VpnGateway", {}),
    ],
)
def test_it_is_not_deleted_before_what_lies_in_it(
    aws: Instance, vpc: Created, kind: str, given: dict[str, Any]
) -> None:
    inside = aws.create(kind, vpcId=vpc.id, **given)
    with pytest.raises(FailedError, match="DeleteVpc: DependencyViolation"):
        vpc.delete()

    inside.delete()
    vpc.delete()
    assert vpc.refresh() is None
