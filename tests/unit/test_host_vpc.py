"""Subnets of the stack's own in a VPC that is there already."""

from dataclasses import replace
from typing import Any

import pytest

from preflight.host_vpc import HostVpc, host_faults
from preflight.live_cluster import LiveCluster
from preflight.network_lookups import (
    ExistingEndpoint,
    ExistingSubnet,
    ExistingTable,
    ExistingVpc,
)
from settings import NetworkSettings, Settings, read_settings
from tests.support.configured import configured, faults_of
from tests.support.dev_settings import DEV
from tests.support.live import STACK_TAGS, check, failing, hand_built_network
from tests.support.recorder import Answer
from tests.support.stack_config import host_vpc

STACK = "ha-cluster/dev"
SETTINGS = replace(
    DEV, network=NetworkSettings("", DEV.network.zones, {}, DEV.network.private_subnets, "vpc-1")
)
HOST = HostVpc(
    vpc=ExistingVpc("vpc-1", "arn:aws:ec2:x:1:vpc/vpc-1", ["10.0.0.0/16"], resolves_names=True),
    subnets=[ExistingSubnet("subnet-9", "vpc-1", "10.0.9.0/24", "us-east-1a")],
    tables=[
        ExistingTable("rtb-main", is_main=True, subnet_ids=frozenset(), routes={}),
        ExistingTable("rtb-9", is_main=False, subnet_ids=frozenset({"subnet-9"}), routes={}),
    ],
    endpoint=None,
    others={},
)


def faults(settings: Settings = SETTINGS, **other: Any) -> list[tuple[str, Any, str]]:
    found = host_faults(settings, replace(HOST, **other), LiveCluster(), STACK)
    return [(each.key.removeprefix("ha-cluster:"), each.value, each.remedy) for each in found]


def test_a_vpc_with_room_is_taken() -> None:
    assert faults() == []


def test_every_table_that_is_there_gets_the_route_and_the_main_one_is_named_so() -> None:
    assert HOST.route_table_ids == {"main": "rtb-main", "rtb-9": "rtb-9"}


def test_a_range_outside_all_of_the_vpc_is_refused() -> None:
    outside = replace(HOST.vpc, cidr_blocks=["10.1.0.0/16", "10.0.120.0/24"])
    assert faults(vpc=outside) == [
        (
            "network.privateSubnets.a",
            "10.0.110.0/24",
            "move it inside 10.1.0.0/16 or 10.0.120.0/24, the ranges of vpc-1",
        )
    ]


def test_a_range_that_another_subnet_has_is_refused() -> None:
    taken = ExistingSubnet("subnet-8", "vpc-1", "10.0.120.128/25", "us-east-1c")
    assert faults(subnets=[*HOST.subnets, taken]) == [
        (
            "network.privateSubnets.b",
            "10.0.120.0/24",
            "choose a free range: subnet-8 has 10.0.120.128/25",
        )
    ]


def test_dns_attributes_virtual_ip_routes_and_endpoint_are_looked_at_all_at_once() -> None:
    route = {"20.0.0.0/24": "pcx-1"}
    table = ExistingTable("rtb-8", is_main=False, subnet_ids=frozenset(), routes=route)
    endpoint = ExistingEndpoint(
        "vpce-1", "vpc-1", "com.amazonaws.us-east-1.ec2", "available", private_dns=True, owner="/"
    )
    vpc = replace(HOST.vpc, resolves_names=False, cidr_blocks=["10.0.0.0/16", "20.0.0.0/16"])
    found = faults(vpc=vpc, tables=[table], endpoint=endpoint)
    assert [key for key, _, _ in found] == [
        "network.vpcId",
        "virtualIp",
        "virtualIp",
        "network.endpointId",
    ]
    assert found[3][2].startswith("set it to vpce-1, which has the private DNS name")
    used = replace(SETTINGS, network=replace(SETTINGS.network, endpoint_id="vpce-1"))
    assert faults(used, endpoint=endpoint) == []


def look_up(answers: dict[str, Answer], config: dict[str, Any]) -> HostVpc:
    found = check(config, answers).host
    assert found is not None
    return found


def test_what_the_stack_made_in_the_vpc_is_not_in_its_own_way() -> None:
    answers = hand_built_network()
    assert {each.subnet_id for each in look_up(answers, host_vpc()).subnets} == {
        "subnet-2222aaaa",
        "subnet-2222bbbb",
    }
    for name in ("getSubnet", "getRouteTable"):
        token = f"aws:ec2/{name}:{name}"
        answers[token] = _tagged(answers[token], STACK_TAGS)
    found = look_up(answers, host_vpc())
    assert (found.subnets, found.tables) == ([], [])


def test_a_vpc_that_cannot_be_looked_up_is_one_message() -> None:
    answers = {**hand_built_network(), "aws:ec2/getVpc:getVpc": failing("no matching EC2 VPC")}
    with pytest.raises(Exception, match=r"ha-cluster:network\.vpcId cannot be looked up"):
        look_up(answers, host_vpc())


def test_a_vpc_that_is_there_has_its_range_and_no_public_tier_of_the_stack() -> None:
    with configured(host_vpc()):
        network = read_settings().network
    assert (network.cidr, network.vpc_id, network.public_subnets) == ("", "vpc-1234abcd", {})
    found = faults_of(host_vpc(cidr="10.0.0.0/16", publicSubnets={"a": "10.0.10.0/24"}))
    assert [each.key for each in found] == [
        "ha-cluster:network.cidr",
        "ha-cluster:network.publicSubnets",
    ]


def test_a_vpc_of_the_stack_s_own_has_no_endpoint_to_use() -> None:
    config = host_vpc(endpointId="vpce-12345678")
    with configured(config):
        assert read_settings().endpoint_id == "vpce-12345678"
    del config["ha-cluster:network"]["vpcId"]
    config["ha-cluster:network"] |= {"cidr": "10.0.0.0/16", "publicSubnets": {"a": "10.0.1.0/24"}}
    assert "ha-cluster:network.endpointId" in [each.key for each in faults_of(config)]


def _tagged(answer: Answer, tags: dict[str, str]) -> Answer:
    def tagged(args: Any) -> Any:
        found: Any = answer(args) if callable(answer) else answer
        return {**found, "tags": tags}

    return tagged
