"""Which hosts the lab has, and what it says of a cluster that it cannot show."""

import re
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import pytest

from lab.errors import LabError
from lab.vpc.plan import Host, Kind, plan_lab
from tests.support.lab_vpc import CLUSTER, PORTS, SNAPSHOT, changed, interface, plan, with_interface


def test_nodes_come_first_then_the_endpoint_a_client_in_each_subnet_and_the_internet() -> None:
    assert {host.name: host.port for host in plan().hosts} == {**PORTS, "internet": "port7"}
    assert [host.kind for host in plan().hosts] == [
        *2 * [Kind.NODE],
        Kind.ENDPOINT,
        *3 * [Kind.CLIENT],
        Kind.INTERNET,
    ]


def test_a_node_is_where_its_interface_is() -> None:
    assert plan().host("node-a") == Host(
        name="node-a",
        kind=Kind.NODE,
        port="port1",
        address=IPv4Address("10.0.110.10"),
        network=IPv4Network("10.0.110.0/24"),
        subnet_id="subnet-a",
        subnet="private_a",
        interface_id="eni-a",
        mac="02:00:00:00:00:10",
    )
    assert plan().host("node-a").gateway == IPv4Address("10.0.110.1")


def test_a_host_is_found_by_its_interface_and_clients_have_none() -> None:
    assert plan().at("eni-ec2") == plan().host("ec2-private-a")
    assert plan().at("eni-of-nobody") is None
    assert plan().at("") is None


def test_a_client_has_the_last_address_that_nobody_has() -> None:
    taken = [*SNAPSHOT.interfaces, interface("eni-x", "subnet-public", "10.0.10.254")]
    addresses = {host.subnet: host.address for host in plan(changed(interfaces=taken)).hosts}
    assert addresses["public_a"] == IPv4Address("10.0.10.253")
    assert addresses["private_b"] == IPv4Address("10.0.120.254")


def test_an_interfaces_further_addresses_are_taken_too() -> None:
    more = [
        {"PrivateIpAddress": "10.0.120.10", "Primary": True},
        {"PrivateIpAddress": "10.0.120.254", "Primary": False},
    ]
    found = plan(with_interface("eni-b", PrivateIpAddresses=more))
    assert found.host("client-private-b").address == IPv4Address("10.0.120.253")


def test_a_subnet_without_a_free_address_is_too_small_for_a_client() -> None:
    """Of sixteen addresses AWS keeps five: the first four and the last."""
    full = [
        interface(f"eni-{number}", "subnet-public", f"10.0.10.{number}") for number in range(4, 15)
    ]
    subnets = [{"SubnetId": "subnet-public", "CidrBlock": "10.0.10.0/28"}, *SNAPSHOT.subnets[1:]]
    interfaces = [*SNAPSHOT.interfaces, *full]
    with pytest.raises(LabError, match=re.escape("no address of 10.0.10.0/28 is free")):
        plan(changed(subnets=subnets, interfaces=interfaces))
    last = plan(changed(subnets=subnets, interfaces=interfaces[:-1])).host("client-public-a")
    assert last.address == IPv4Address("10.0.10.14")


def test_a_node_whose_interface_is_gone_means_outputs_older_than_the_cloud() -> None:
    with pytest.raises(LabError) as caught:
        plan(changed(interfaces=SNAPSHOT.interfaces[1:]))
    assert str(caught.value) == (
        "eni-a of node-a does not exist in vpc-1: the stack's outputs are older than its cloud. "
        "Remedy: pulumi up --refresh, then lab up again"
    )


def test_an_endpoint_of_another_service_is_not_shown() -> None:
    other = {"VpcEndpointId": "vpce-s3", "NetworkInterfaceIds": ["eni-s3"]}
    assert plan(changed(endpoints=[*SNAPSHOT.endpoints, other])) == plan()


def test_the_endpoint_stands_in_each_of_its_subnets() -> None:
    two = [{**SNAPSHOT.endpoints[0], "NetworkInterfaceIds": ["eni-ec2", "eni-ec2-b"]}]
    interfaces = [*SNAPSHOT.interfaces, interface("eni-ec2-b", "subnet-b", "10.0.120.20")]
    found = plan(changed(endpoints=two, interfaces=interfaces)).of_kind(Kind.ENDPOINT)
    assert [(host.name, host.subnet) for host in found] == [
        ("ec2-private-a", "private_a"),
        ("ec2-private-b", "private_b"),
    ]


def test_a_subnet_that_the_stack_does_not_name_goes_by_its_id() -> None:
    names = {name: each for name, each in CLUSTER.subnet_ids.items() if name != "private_a"}
    found = plan_lab(replace(CLUSTER, subnet_ids=names), SNAPSHOT)
    assert found.host("ec2-subnet-a").subnet == "subnet-a"
