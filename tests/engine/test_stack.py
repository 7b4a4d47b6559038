"""The seed's cluster, built by the real engine in the sandbox from this checkout's own program."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.project import refresh_project
from sandbox.runtime import Sandbox
from tests.support.cluster import (
    NOT_IGNORED,
    NOT_LOOKED_UP,
    PACK,
    ROOT,
    VIP,
    ClusterUnderTest,
    owners,
)
from tests.support.sandbox import StackUnderTest


@pytest.fixture
def ec2(sandbox: Sandbox) -> Any:
    return sandbox.client("ec2")


@pytest.fixture
def failed_over(cluster: ClusterUnderTest) -> Iterator[str]:
    """Node B's interface after the cluster moved the virtual IP to it; moved back afterwards."""
    yield cluster.fail_over("b")
    cluster.fail_over("a")


def table_of(ec2: Any, table_id: str) -> dict[str, str]:
    """A table's routes: destination to target."""
    table = ec2.describe_route_tables(RouteTableIds=[table_id])["RouteTables"][0]
    return {
        route["DestinationCidrBlock"]: route.get("GatewayId") or route["NetworkInterfaceId"]
        for route in table["Routes"]
    }


def test_the_preview_of_the_first_up_passes_the_pack(sandbox: Sandbox, tmp_path: Path) -> None:
    refresh_project(ROOT, tmp_path)
    stack = StackUnderTest(sandbox, tmp_path, "prod").init()
    preview = stack.preview(*PACK)
    stack.pulumi("stack", "rm", "--yes")
    assert "mandatory" not in preview.stdout
    assert "can't be known during preview" not in preview.stdout


def test_the_vpc_resolves_names(cluster: ClusterUnderTest, ec2: Any) -> None:
    vpc_id = cluster.outputs()["vpc_id"]
    for attribute in ("enableDnsSupport", "enableDnsHostnames"):
        answer = ec2.describe_vpc_attribute(VpcId=vpc_id, Attribute=attribute)
        assert answer[attribute[0].upper() + attribute[1:]] == {"Value": True}


def test_the_subnets_are_those_of_the_article(cluster: ClusterUnderTest, ec2: Any) -> None:
    ids = cluster.outputs()["subnet_ids"]
    subnets = {each["SubnetId"]: each for each in ec2.describe_subnets()["Subnets"]}
    assert {
        role: (subnets[identity]["CidrBlock"], subnets[identity]["AvailabilityZone"])
        for role, identity in ids.items()
    } == {
        "public_a": ("10.0.10.0/24", "us-east-1a"),
        "private_a": ("10.0.110.0/24", "us-east-1a"),
        "private_b": ("10.0.120.0/24", "us-east-1b"),
    }


def test_all_four_tables_of_the_vpc_send_the_virtual_ip_to_the_first_node(
    cluster: ClusterUnderTest, ec2: Any
) -> None:
    outputs = cluster.outputs()
    first = outputs["nodes"][0]["network_interface_id"]
    assert owners(ec2, outputs["vpc_id"]) == dict.fromkeys(
        outputs["route_table_ids"].values(), first
    )
    assert len(outputs["route_table_ids"]) == 4


def test_only_the_public_tier_has_a_way_out(cluster: ClusterUnderTest, ec2: Any) -> None:
    outputs = cluster.outputs()
    first = outputs["nodes"][0]["network_interface_id"]
    closed = {"10.0.0.0/16": "local", f"{VIP}/32": first}
    tables = outputs["route_table_ids"]
    assert table_of(ec2, tables["main"]) == closed
    assert table_of(ec2, tables["private_a"]) == closed
    assert table_of(ec2, tables["private_b"]) == closed
    public = table_of(ec2, tables["public"])
    assert public.pop("0.0.0.0/0").startswith("igw-")
    assert public == closed


def test_the_endpoint_admits_https_from_the_vpc_and_nothing_else(
    cluster: ClusterUnderTest, ec2: Any
) -> None:
    outputs = cluster.outputs()
    endpoint = ec2.describe_vpc_endpoints(VpcEndpointIds=[outputs["endpoint_ids"]["ec2"]])
    (found,) = endpoint["VpcEndpoints"]
    assert found["ServiceName"] == "com.amazonaws.us-east-1.ec2"
    assert found["PrivateDnsEnabled"] is True
    assert set(found["SubnetIds"]) == {
        outputs["subnet_ids"]["private_a"],
        outputs["subnet_ids"]["private_b"],
    }
    assert [group["GroupId"] for group in found["Groups"]] == [
        outputs["endpoint_security_group_id"]
    ]
    (group,) = ec2.describe_security_groups(GroupIds=[outputs["endpoint_security_group_id"]])[
        "SecurityGroups"
    ]
    assert [
        (
            rule["IpProtocol"],
            rule["FromPort"],
            rule["ToPort"],
            [r["CidrIp"] for r in rule["IpRanges"]],
        )
        for rule in group["IpPermissions"]
    ] == [("tcp", 443, 443, ["10.0.0.0/16"])]


def test_nodes_answer_for_an_address_that_is_not_theirs(
    cluster: ClusterUnderTest, ec2: Any
) -> None:
    interfaces = [node["network_interface_id"] for node in cluster.outputs()["nodes"]]
    found = ec2.describe_network_interfaces(NetworkInterfaceIds=interfaces)["NetworkInterfaces"]
    assert {each["SourceDestCheck"] for each in found} == {False}
    assert {each["Status"] for each in found} == {"in-use"}


def test_mirror_volumes_are_encrypted_equal_and_one_in_each_zone(
    cluster: ClusterUnderTest, ec2: Any
) -> None:
    volumes = [node["mirror_volume_id"] for node in cluster.outputs()["nodes"]]
    found = ec2.describe_volumes(VolumeIds=volumes)["Volumes"]
    assert {each["Encrypted"] for each in found} == {True}
    assert len({each["Size"] for each in found}) == 1
    assert {each["AvailabilityZone"] for each in found} == {"us-east-1a", "us-east-1b"}


def test_a_second_up_changes_nothing(cluster: ClusterUnderTest) -> None:
    cluster.up("--expect-no-changes")


def test_a_refresh_of_what_nobody_touched_changes_nothing(cluster: ClusterUnderTest) -> None:
    cluster.preview("--refresh", "--expect-no-changes")


@pytest.mark.parametrize("command", ["up", "up --refresh", "refresh"])
def test_after_a_failover_the_virtual_ip_stays_where_it_is(
    cluster: ClusterUnderTest, ec2: Any, failed_over: str, command: str
) -> None:
    verb, *options = command.split()
    getattr(cluster, verb)(*options)
    outputs = cluster.outputs()
    assert set(owners(ec2, outputs["vpc_id"]).values()) == {failed_over}


def test_a_failover_is_no_drift(cluster: ClusterUnderTest, failed_over: str) -> None:
    assert failed_over
    cluster.preview("--refresh", "--expect-no-changes")


def test_a_source_destination_check_that_was_switched_on_is_drift_and_an_up_mends_it(
    cluster: ClusterUnderTest, ec2: Any
) -> None:
    interface = cluster.outputs()["nodes"][0]["network_interface_id"]
    ec2.modify_network_interface_attribute(
        NetworkInterfaceId=interface, SourceDestCheck={"Value": True}
    )
    seen = cluster.preview("--refresh", "--expect-no-changes", check=False)
    assert seen.returncode == 7
    cluster.up("--refresh")
    (mended,) = ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])[
        "NetworkInterfaces"
    ]
    assert mended["SourceDestCheck"] is False


def test_without_ignored_changes_and_look_up_an_up_would_move_the_virtual_ip_back(
    cluster: ClusterUnderTest, failed_over: str, tmp_path: Path
) -> None:
    first = cluster.node("a")["network_interface_id"]
    assert set(cluster.owners().values()) == {failed_over}
    cluster.edited(tmp_path, NOT_IGNORED, NOT_LOOKED_UP).up("--refresh")
    assert set(cluster.owners().values()) == {first}


def checks(cluster: ClusterUnderTest) -> set[bool]:
    """Whether the nodes' interfaces check source and destination."""
    interfaces = [cluster.node(letter)["network_interface_id"] for letter in "ab"]
    found = cluster.ec2.describe_network_interfaces(NetworkInterfaceIds=interfaces)
    return {each["SourceDestCheck"] for each in found["NetworkInterfaces"]}


def test_without_the_ignored_check_a_second_up_would_darken_the_virtual_ip(
    cluster: ClusterUnderTest, tmp_path: Path
) -> None:
    cluster.up("--refresh")
    assert checks(cluster) == {False}
    cluster.edited(tmp_path, ("components/node.py", "OWNED_BY_INTERFACE + ", "")).up()
    assert checks(cluster) == {True}
    cluster.up("--refresh")
    assert checks(cluster) == {False}


def test_a_destroyed_cluster_leaves_nothing(cluster: ClusterUnderTest, ec2: Any) -> None:
    vpc_id = cluster.outputs()["vpc_id"]
    role = cluster.outputs()["node_role_arn"].rpartition("/")[2]
    cluster.destroy()
    in_vpc = [{"Name": "vpc-id", "Values": [vpc_id]}]
    assert ec2.describe_vpcs(Filters=in_vpc)["Vpcs"] == []
    assert ec2.describe_network_interfaces(Filters=in_vpc)["NetworkInterfaces"] == []
    assert ec2.describe_volumes()["Volumes"] == []
    roles = cluster.sandbox.client("iam").list_roles()["Roles"]
    assert role not in {each["RoleName"] for each in roles}
    cluster.up()
