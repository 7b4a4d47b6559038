"""Whether a network that is there already can hold the cluster: each fault with its remedy."""

from dataclasses import replace
from typing import Any

import pytest

from preflight.existing_network import ExistingNetwork
from preflight.live_cluster import LiveCluster, LiveNode
from preflight.network_fit import network_faults
from preflight.network_lookups import (
    ExistingEndpoint,
    ExistingSubnet,
    ExistingTable,
    ExistingVpc,
)
from settings import ExistingNetworkSettings, Fault
from tests.support.dev_settings import DEV

LOCAL = {"10.0.0.0/16": "local"}
SERVICE = "com.amazonaws.us-east-1.ec2"
EXISTING = ExistingNetworkSettings("vpc-1", {"a": "subnet-a", "b": "subnet-b"}, {}, None, None)
SETTINGS = replace(DEV, existing_network=EXISTING)
VPC = ExistingVpc(
    "vpc-1", "arn:aws:ec2:us-east-1:1:vpc/vpc-1", ["10.0.0.0/16"], resolves_names=True
)
NETWORK = ExistingNetwork(
    vpc=VPC,
    private_subnets={
        "a": ExistingSubnet("subnet-a", "vpc-1", "10.0.110.0/24", "us-east-1a"),
        "b": ExistingSubnet("subnet-b", "vpc-1", "10.0.120.0/24", "us-east-1b"),
    },
    public_subnet_ids={},
    tables=[
        ExistingTable("rtb-main", is_main=True, subnet_ids=frozenset(), routes=LOCAL),
        ExistingTable("rtb-a", is_main=False, subnet_ids=frozenset({"subnet-a"}), routes=LOCAL),
    ],
    left_out=[],
    endpoint=None,
    others={},
    takers={},
)


def endpoint(**other: Any) -> ExistingEndpoint:
    found = ExistingEndpoint("vpce-1", "vpc-1", SERVICE, "available", private_dns=True, owner="/")
    return replace(found, **other)


def table(table_id: str, routes: dict[str, str], **other: Any) -> ExistingTable:
    given: dict[str, Any] = {"is_main": False, "subnet_ids": frozenset[str](), **other}
    return ExistingTable(table_id, routes=LOCAL | routes, **given)


def faults(settings: Any = SETTINGS, live: LiveCluster | None = None, **other: Any) -> list[Fault]:
    network = replace(NETWORK, **other)
    return list(network_faults(settings, network, live or LiveCluster(), "ha-cluster/dev"))


def only(found: list[Fault]) -> tuple[str, Any, str]:
    (fault,) = found
    return fault.key.removeprefix("ha-cluster:"), fault.value, fault.remedy


def test_a_closed_network_with_everything_is_taken() -> None:
    assert faults() == []


def test_a_vpc_that_resolves_no_names_gets_the_article_s_two_commands() -> None:
    key, value, remedy = only(faults(vpc=replace(VPC, resolves_names=False)))
    assert (key, value) == ("existingNetwork.vpcId", "vpc-1")
    for option in ("--enable-dns-support", "--enable-dns-hostnames"):
        command = f"aws ec2 modify-vpc-attribute --vpc-id vpc-1 {option} '{{\"Value\":true}}'"
        assert command in remedy


@pytest.mark.parametrize(
    ("target", "way"),
    [
        ("igw-1", "an internet gateway"),
        ("nat-1", "a NAT gateway"),
        ("eigw-1", "an egress-only gateway"),
        ("cagw-1", "a carrier gateway"),
    ],
)
def test_a_private_subnet_with_a_way_out_is_refused(target: str, way: str) -> None:
    open_table = table("rtb-a", {"0.0.0.0/0": target}, subnet_ids=frozenset({"subnet-a"}))
    assert only(faults(tables=[NETWORK.tables[0], open_table])) == (
        "existingNetwork.privateSubnetIds.a",
        "subnet-a",
        f"name a closed subnet: rtb-a leads 0.0.0.0/0 to {target}, {way}",
    )


def test_a_subnet_that_nobody_bound_is_ruled_by_the_main_table() -> None:
    open_main = table("rtb-main", {"::/0": "eigw-1"}, is_main=True)
    key, value, _ = only(faults(tables=[open_main, NETWORK.tables[1]]))
    assert (key, value) == ("existingNetwork.privateSubnetIds.b", "subnet-b")


def test_a_table_that_gets_no_route_rules_its_subnet_all_the_same() -> None:
    open_table = table("rtb-a", {"0.0.0.0/0": "nat-1"}, subnet_ids=frozenset({"subnet-a"}))
    found = faults(tables=[NETWORK.tables[0]], left_out=[open_table])
    assert only(found)[1] == "subnet-a"


def test_both_nodes_in_one_zone_are_refused() -> None:
    subnets = dict(NETWORK.private_subnets)
    subnets["b"] = replace(subnets["b"], zone="us-east-1a")
    key, value, remedy = only(faults(private_subnets=subnets))
    assert (key, value) == ("existingNetwork.privateSubnetIds.b", "subnet-b")
    assert remedy.startswith("name a subnet in another zone: both are in us-east-1a")


def test_a_subnet_of_another_vpc_is_refused() -> None:
    subnets = dict(NETWORK.private_subnets)
    subnets["a"] = replace(subnets["a"], vpc_id="vpc-2")
    assert only(faults(private_subnets=subnets))[2] == "name a subnet of vpc-1"


def test_a_table_of_another_vpc_is_refused() -> None:
    given = replace(EXISTING, route_table_ids=("rtb-main", "rtb-9"))
    assert only(faults(replace(SETTINGS, existing_network=given))) == (
        "existingNetwork.routeTableIds",
        "rtb-9",
        "name a route table of vpc-1",
    )


def test_a_node_s_address_lies_in_its_subnet() -> None:
    nodes = replace(DEV.nodes, addresses={"a": "10.0.120.11", "b": "10.0.120.10"})
    key, value, remedy = only(faults(replace(SETTINGS, nodes=nodes)))
    assert (key, value) == ("nodes.addresses.a", "10.0.120.11")
    assert remedy == "choose from 10.0.110.4 to 10.0.110.254, free in subnet-a"


def test_a_node_s_address_is_free() -> None:
    assert only(faults(takers={"10.0.110.10": "eni-9"})) == (
        "nodes.addresses.a",
        "10.0.110.10",
        "choose a free address: eni-9 has it",
    )


def test_an_address_that_the_node_itself_has_is_its_own() -> None:
    node = LiveNode("eni-a", "10.0.110.10", "us-east-1a", "10.0.110.0/24", None)
    live = LiveCluster("vpc-1", "10.0.0.0/16", {"a": node})
    own = table("rtb-a", {"20.0.0.100/32": "eni-a"}, subnet_ids=frozenset({"subnet-a"}))
    assert faults(live=live, takers={"10.0.110.10": "eni-a"}, tables=[own, NETWORK.tables[0]]) == []


def test_the_virtual_ip_lies_outside_every_range() -> None:
    found = faults(vpc=replace(VPC, cidr_blocks=["10.0.0.0/16", "20.0.0.0/24"]))
    assert only(found)[2] == "choose an address outside the VPC's range 20.0.0.0/24"


@pytest.mark.parametrize(
    ("destination", "target"), [("20.0.0.100/32", "eni-9"), ("20.0.0.0/16", "tgw-1")]
)
def test_a_route_that_competes_with_the_virtual_ip_is_named(destination: str, target: str) -> None:
    competing = table("rtb-b", {destination: target})
    key, _, remedy = only(faults(tables=[*NETWORK.tables, competing]))
    assert key == "virtualIp"
    assert remedy.endswith(f"rtb-b leads {destination} to {target} already")


def test_a_default_route_of_a_public_table_competes_with_nothing() -> None:
    assert faults(tables=[*NETWORK.tables, table("rtb-b", {"0.0.0.0/0": "igw-1"})]) == []


def test_an_endpoint_in_the_way_is_offered() -> None:
    key, value, remedy = only(faults(endpoint=endpoint()))
    assert (key, value) == ("existingNetwork.endpointId", None)
    assert remedy.startswith("set it to vpce-1, which has the private DNS name of the EC2 API")


@pytest.mark.parametrize(
    "found", [endpoint(private_dns=False), endpoint(owner="ha-cluster/dev"), None]
)
def test_no_other_endpoint_is_in_the_way(found: ExistingEndpoint | None) -> None:
    assert faults(endpoint=found) == []


@pytest.mark.parametrize(
    ("changes", "remedy"),
    [
        ({"vpc_id": "vpc-2"}, f"name an endpoint of vpc-1 for {SERVICE}"),
        ({"service_name": "com.amazonaws.us-east-1.s3"}, f"of vpc-1 for {SERVICE}"),
        ({"private_dns": False}, "name one that is ready: this one is without private DNS"),
        ({"state": "pending"}, "name one that is ready: this one is pending"),
    ],
)
def test_an_endpoint_that_is_named_must_serve(changes: dict[str, Any], remedy: str) -> None:
    settings = replace(SETTINGS, existing_network=replace(EXISTING, endpoint_id="vpce-1"))
    key, value, found = only(faults(settings, endpoint=endpoint(**changes)))
    assert (key, value) == ("existingNetwork.endpointId", "vpce-1")
    assert found.endswith(remedy)


def test_all_faults_come_together() -> None:
    found = faults(
        takers={"10.0.110.10": "eni-9"},
        endpoint=endpoint(),
        vpc=replace(VPC, cidr_blocks=["10.0.0.0/16", "20.0.0.0/24"], resolves_names=False),
    )
    assert len(found) == 4


def test_the_components_get_ids_ranges_and_tables() -> None:
    assert NETWORK.subnet_ids == {"private_a": "subnet-a", "private_b": "subnet-b"}
    assert NETWORK.availability_zones == {"a": "us-east-1a", "b": "us-east-1b"}
    assert NETWORK.route_table_ids == {"rtb-main": "rtb-main", "rtb-a": "rtb-a"}
    assert NETWORK.route_table_arns["rtb-a"] == "arn:aws:ec2:us-east-1:1:route-table/rtb-a"
    assert NETWORK.private_route_table_ids == ["rtb-a", "rtb-main"]


def test_another_vpc_than_that_of_the_nodes_is_refused() -> None:
    node = LiveNode("eni-a", "10.0.110.10", "us-east-1a", "10.0.110.0/24", None)
    live = LiveCluster("vpc-9", "10.0.0.0/16", {"a": node})
    key, value, remedy = only(faults(live=live))
    assert (key, value) == ("existingNetwork.vpcId", "vpc-1")
    assert remedy.startswith("restore vpc-9: the nodes are there")


def test_a_service_that_has_an_endpoint_in_the_vpc_already_gets_no_second_one() -> None:
    wanted = replace(SETTINGS, endpoints=("ssm", "logs", "s3"))
    others = {
        "ssm": endpoint(endpoint_id="vpce-2"),
        "logs": endpoint(endpoint_id="vpce-3", private_dns=False),
    }
    key, value, remedy = only(faults(wanted, others=others))
    assert (key, value) == ("endpoints", ["ssm", "logs", "s3"])
    assert remedy.startswith("remove ssm, and give the nodes' role its permissions")
    assert "or delete vpce-2: it has the private DNS name of ssm in vpc-1" in remedy
    own = {"ssm": endpoint(owner="ha-cluster/dev")}
    assert faults(wanted, others=own) == []


def test_a_table_of_the_nodes_with_another_endpoint_for_s3_is_named() -> None:
    wanted = replace(SETTINGS, endpoints=("s3",))
    gateway = endpoint(private_dns=False, table_ids=frozenset({"rtb-a", "rtb-9"}))
    _, _, remedy = only(faults(wanted, others={"s3": gateway}))
    assert remedy.endswith("--vpc-endpoint-id vpce-1 --remove-route-table-ids rtb-a")
    beside = replace(gateway, table_ids=frozenset({"rtb-9"}))
    assert faults(wanted, others={"s3": beside}) == []
    own = replace(gateway, owner="ha-cluster/dev")
    assert faults(wanted, others={"s3": own}) == []


def test_a_subnet_that_the_stack_made_is_not_taken_for_another_s() -> None:
    own = replace(NETWORK.private_subnets["b"], owner="ha-cluster/dev")
    subnets = {**NETWORK.private_subnets, "b": own}
    key, value, remedy = only(faults(private_subnets=subnets))
    assert (key, value) == ("existingNetwork.privateSubnetIds.b", "subnet-b")
    assert remedy.startswith("restore network: this stack made the subnet, and would delete it")


def test_a_vpc_that_the_stack_made_is_not_taken_for_another_s() -> None:
    key, value, remedy = only(faults(vpc=replace(VPC, owner="ha-cluster/dev")))
    assert (key, value) == ("existingNetwork.vpcId", "vpc-1")
    assert remedy.startswith("restore network.cidr: this stack made the VPC")
    assert faults(vpc=replace(VPC, owner="ha-cluster/prod")) == []
