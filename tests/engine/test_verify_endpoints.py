"""Each fault of the EC2 API's endpoint is found under its own id, on the program's own cluster."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from ops.aws import Aws, Place
from tests.support.moto import make_endpoint
from tests.support.operations import (
    Operated,
    answered,
    assert_only_reads,
    examined,
    following,
    roots,
    with_answer,
)

pytestmark = pytest.mark.usefixtures("sound")


@pytest.fixture
def endpoint(operated: Operated) -> str:
    return operated.cluster.endpoint_ids["ec2"]


@contextmanager
def another_endpoint(operated: Operated, **more: Any) -> Iterator[str]:
    """Make an endpoint beside the stack's, in node A's subnet, behind the stack's group."""
    (group,) = described(operated)["Groups"]
    made = make_endpoint(
        operated.ec2,
        operated.cluster.vpc_id,
        [operated.cluster.subnet_ids["private_a"]],
        SecurityGroupIds=[group["GroupId"]],
        **more,
    )["VpcEndpointId"]
    try:
        yield made
    finally:
        operated.ec2.delete_vpc_endpoints(VpcEndpointIds=[made])


@contextmanager
def modified(operated: Operated, added: dict[str, Any], removed: dict[str, Any]) -> Iterator[None]:
    """Change subnets or groups of the stack's endpoint, and change them back."""
    key = operated.cluster.endpoint_ids["ec2"]

    def change(added: dict[str, Any], removed: dict[str, Any]) -> None:
        arguments = {f"Add{name}": value for name, value in added.items()}
        arguments |= {f"Remove{name}": value for name, value in removed.items()}
        operated.ec2.modify_vpc_endpoint(VpcEndpointId=key, **arguments)

    change(added, removed)
    try:
        yield
    finally:
        change(removed, added)


def described(operated: Operated) -> dict[str, Any]:
    key = operated.cluster.endpoint_ids["ec2"]
    return operated.ec2.describe_vpc_endpoints(VpcEndpointIds=[key])["VpcEndpoints"][0]


def test_verify_only_reads_and_asks_ec2_seldom(operated: Operated) -> None:
    aws = Aws(Place(operated.cluster.region, None, operated.ec2.meta.endpoint_url))
    report = Operated(operated.cluster, aws, operated.ec2, {}).report()
    assert (report.findings, report.not_checked) == ((), ())
    assert_only_reads(aws, nodes=2)


def test_the_endpoint_is_gone(operated: Operated, endpoint: str) -> None:
    report = examined(answered(operated.situation(), "endpoints", endpoint, State="deleted"))
    assert roots(report) == {("endpoint-missing", endpoint)}
    assert following(report) == set()
    assert "com.amazonaws.us-east-1.ec2" in report.findings[0].expected


def test_what_serves_in_place_of_the_stacks_endpoint_is_judged_as_its_consequence(
    operated: Operated, endpoint: str
) -> None:
    with another_endpoint(operated, PrivateDnsEnabled=False) as other:
        situation = operated.situation()
    report = examined(answered(situation, "endpoints", endpoint, State="deleted"))
    assert roots(report) == {("endpoint-missing", endpoint)}
    assert following(report) == {
        ("endpoint-zone-missing", "endpoint-missing"),
        ("endpoint-private-dns-off", "endpoint-missing"),
        ("unmanaged-resource", "endpoint-missing"),
    }
    assert report.findings[0].found == f"gone; {other} serves the EC2 API instead"


def test_the_endpoint_is_one_of_another_service(operated: Operated, endpoint: str) -> None:
    with another_endpoint(operated, ServiceName="com.amazonaws.us-east-1.ssm") as other:
        report = operated.described_as(endpoint_ids={"ec2": other}).report()
    assert roots(report) == {("endpoint-missing", other)}
    assert report.findings[0].found == (
        f"one for com.amazonaws.us-east-1.ssm (Interface); {endpoint} serves the EC2 API instead"
    )


def test_another_endpoint_of_the_stack_is_gone(operated: Operated) -> None:
    ids = {**operated.cluster.endpoint_ids, "ssm": "vpce-gone"}
    report = operated.described_as(endpoint_ids=ids).report()
    assert roots(report) == {("endpoint-missing", "vpce-gone")}


def test_an_endpoint_found_by_tags_is_not_missing(operated: Operated) -> None:
    """A cluster without outputs has no id under which its endpoint would be expected."""
    assert operated.described_as(endpoint_ids={}).report().findings == ()


def test_the_endpoint_has_failed(operated: Operated, endpoint: str) -> None:
    broken = answered(
        operated.situation(),
        "endpoints",
        endpoint,
        State="failed",
        FailureReason="No capacity",
        LastError={"Code": "InternalError", "Message": "try again"},
    )
    report = examined(broken)
    assert roots(report) == {("endpoint-not-available", endpoint)}
    assert report.findings[0].found == "failed: No capacity: InternalError try again"


def test_a_pending_endpoint_is_waited_for(operated: Operated, endpoint: str) -> None:
    broken = answered(operated.situation(), "endpoints", endpoint, State="pending")
    report = examined(broken)
    assert roots(report) == {("endpoint-not-available", endpoint)}
    assert report.findings[0].remedy == "Wait some minutes and verify again"


def test_a_nodes_zone_has_no_subnet_of_the_endpoint(operated: Operated, endpoint: str) -> None:
    subnet = operated.cluster.subnet_ids["private_b"]
    with modified(operated, {}, {"SubnetIds": [subnet]}):
        report = operated.report()
    assert roots(report) == {("endpoint-zone-missing", endpoint)}
    assert report.findings[0].found == "none for node-b (us-east-1b)"


def test_an_interface_of_the_endpoint_is_gone(operated: Operated, endpoint: str) -> None:
    own = described(operated)["NetworkInterfaceIds"]
    broken = answered(
        operated.situation(), "endpoints", endpoint, NetworkInterfaceIds=[*own, "eni-gone"]
    )
    assert roots(examined(broken)) == {("endpoint-interface-missing", "eni-gone")}


def test_an_interface_of_the_endpoint_is_not_in_use(operated: Operated) -> None:
    """The local AWS calls these interfaces ordinary ones; AWS has a type of their own."""
    first, _ = described(operated)["NetworkInterfaceIds"]
    changes = {"InterfaceType": "vpc_endpoint", "Status": "pending"}
    report = examined(answered(operated.situation(), "interfaces", first, **changes))
    assert roots(report) == {("endpoint-interface-missing", first)}
    changes["Status"] = "in-use"
    assert examined(answered(operated.situation(), "interfaces", first, **changes)).findings == ()


def test_interfaces_of_a_failed_endpoint_follow_from_its_failure(
    operated: Operated, endpoint: str
) -> None:
    broken = answered(
        operated.situation(),
        "endpoints",
        endpoint,
        State="failed",
        NetworkInterfaceIds=["eni-gone"],
    )
    report = examined(broken)
    assert roots(report) == {("endpoint-not-available", endpoint)}
    assert following(report) == {("endpoint-interface-missing", "endpoint-not-available")}


def test_no_group_of_the_endpoint_admits_a_node(operated: Operated, endpoint: str) -> None:
    (own,) = described(operated)["Groups"]
    groups = operated.situation().groups
    (closed,) = (key for key, each in groups.items() if each["GroupName"] == "default")
    swapped = ({"SecurityGroupIds": [closed]}, {"SecurityGroupIds": [own["GroupId"]]})
    with modified(operated, *swapped):
        report = operated.report()
    assert roots(report) == {("endpoint-group-closed", endpoint)}
    assert report.findings[0].found == "none for node-a (10.0.110.10), node-b (10.0.120.10)"


@pytest.mark.parametrize(
    ("rule", "closed"),
    [
        ({"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}, ""),
        ({"FromPort": 0, "ToPort": 1024, "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}, ""),
        ({"UserIdGroupPairs": [{"GroupId": "THE NODES'"}]}, ""),
        ({"IpRanges": [{"CidrIp": "10.0.110.0/24"}]}, "none for node-b (10.0.120.10)"),
        ({"FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}, "none for node-a"),
        ({"IpProtocol": "udp", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}, "none for node-a"),
        ({}, "none for node-a"),
    ],
)
def test_a_rule_admits_a_node_by_its_address_or_its_group(
    operated: Operated, rule: dict[str, Any], closed: str
) -> None:
    (own,) = described(operated)["Groups"]
    situation = operated.situation()
    node = situation.interfaces[operated.cluster.nodes[0].network_interface_id]
    pairs = [{"GroupId": node["Groups"][0]["GroupId"]}] if "UserIdGroupPairs" in rule else []
    written = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, **rule}
    written["UserIdGroupPairs"] = pairs
    report = examined(answered(situation, "groups", own["GroupId"], IpPermissions=[written]))
    found = [each.found for each in report.findings if each.id == "endpoint-group-closed"]
    assert len(found) == bool(closed)
    assert all(each.startswith(closed) for each in found)


def test_prefix_lists_leave_it_open_whether_a_node_is_admitted(operated: Operated) -> None:
    (own,) = described(operated)["Groups"]
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    rule["PrefixListIds"] = [{"PrefixListId": "pl-1"}]
    situation = operated.situation()
    report = examined(answered(situation, "groups", own["GroupId"], IpPermissions=[rule]))
    assert report.findings == ()
    assert [each.id for each in report.not_checked] == ["endpoint-group-closed"]


def test_private_dns_is_off(operated: Operated, endpoint: str) -> None:
    broken = answered(operated.situation(), "endpoints", endpoint, PrivateDnsEnabled=False)
    report = examined(broken)
    assert roots(report) == {("endpoint-private-dns-off", endpoint)}
    assert report.findings[0].remedy == "pulumi up --refresh"


def test_an_endpoint_of_somebody_else_is_mended_by_a_command(operated: Operated) -> None:
    with another_endpoint(operated, PrivateDnsEnabled=False) as other:
        report = operated.described_as(endpoint_ids={"ec2": other}).report()
    assert roots(report) == {("endpoint-private-dns-off", other), ("endpoint-zone-missing", other)}
    remedies = {each.remedy for each in report.findings}
    subnet = operated.cluster.subnet_ids["private_b"]
    command = f"aws ec2 modify-vpc-endpoint --vpc-endpoint-id {other}"
    assert remedies == {f"{command} --private-dns-enabled", f"{command} --add-subnet-ids {subnet}"}


def test_fields_that_aws_omits_raise_no_error(operated: Operated, endpoint: str) -> None:
    bare = {"VpcEndpointId": endpoint, "State": "available", "VpcEndpointType": "Interface"}
    report = examined(with_answer(operated.situation(), "endpoints", [bare]))
    assert roots(report) == {("endpoint-missing", endpoint)}
