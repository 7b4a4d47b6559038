"""A subnet in which something stands is neither replaced nor removed."""

from dataclasses import replace
from typing import Any

import pytest

from preflight.live_cluster import LiveCluster, LiveNode
from preflight.own_subnets import OwnSubnet, subnet_faults
from settings import NetworkSettings
from tests.support.dev_settings import DEV

NETWORK = replace(
    DEV.network,
    zones={**DEV.network.zones, "c": "us-east-1c"},
    private_subnets={**DEV.network.private_subnets, "c": "10.0.130.0/24"},
)
IN_C = OwnSubnet("private", "c", "subnet-c", "10.0.130.0/24", "us-east-1c", ["eni-1", "eni-2"])
PUBLIC = OwnSubnet("public", "a", "subnet-p", "10.0.10.0/24", "us-east-1a", ["eni-3"])
OF_NODE = OwnSubnet("private", "a", "subnet-a", "10.0.110.0/24", "us-east-1a", ["eni-4"])
NODE = LiveNode("eni-a", "10.0.110.10", "us-east-1a", "10.0.110.0/24", None)
LIVE = LiveCluster("vpc-1", "10.0.0.0/16", {"a": NODE})


def faults(network: NetworkSettings, *subnets: OwnSubnet) -> list[tuple[str, Any, str]]:
    return [
        (each.key.removeprefix("ha-cluster:"), each.value, each.remedy.partition(":")[0])
        for each in subnet_faults(network, subnets, LIVE)
    ]


def test_subnets_as_they_are_may_be_in_use() -> None:
    assert faults(NETWORK, IN_C, PUBLIC, OF_NODE) == []


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (
            {"private_subnets": {**NETWORK.private_subnets, "c": "10.0.131.0/24"}},
            ("network.privateSubnets.c", "10.0.131.0/24", "restore 10.0.130.0/24"),
        ),
        (
            {"private_subnets": DEV.network.private_subnets, "zones": DEV.network.zones},
            ("network.privateSubnets.c", None, "restore 10.0.130.0/24"),
        ),
        (
            {"zones": {**NETWORK.zones, "c": "us-east-1d"}},
            ("network.zones.c", "us-east-1d", "restore us-east-1c"),
        ),
        (
            {"public_subnets": {"a": "10.0.11.0/24"}},
            ("network.publicSubnets.a", "10.0.11.0/24", "restore 10.0.10.0/24"),
        ),
    ],
)
def test_what_stands_in_a_subnet_keeps_it(
    changed: dict[str, Any], expected: tuple[str, Any, str]
) -> None:
    network = replace(NETWORK, **changed)
    assert faults(network, IN_C, PUBLIC) == [expected]
    empty = [replace(each, interface_ids=[]) for each in (IN_C, PUBLIC)]
    assert faults(network, *empty) == []


def test_what_is_said_of_a_node_is_not_said_again_of_its_subnet() -> None:
    moved = replace(
        NETWORK,
        zones={**NETWORK.zones, "a": "us-east-1f"},
        private_subnets={**NETWORK.private_subnets, "a": "10.0.111.0/24"},
    )
    assert faults(moved, OF_NODE, PUBLIC) == []
