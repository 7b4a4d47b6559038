"""The keys of a network that is there already."""

from typing import Any

import pytest

from settings import ExistingNetworkSettings, Settings, read_settings
from tests.support.configured import configured, faults_of
from tests.support.stack_config import ABSENT, changed

VPC, ENDPOINT = "vpc-0123456789abcdef0", "vpce-0123456789abcdef0"
SUBNETS = {"a": "subnet-0123456789abcdef0", "b": "subnet-0fedcba9876543210"}
TABLE = "rtb-0123456789abcdef0"


def config(**other: Any) -> dict[str, Any]:
    existing = {"vpcId": VPC, "privateSubnetIds": SUBNETS, **other}
    return {**changed("network", ABSENT), "ha-cluster:existingNetwork": existing}


def read(given: dict[str, Any]) -> Settings:
    with configured(given):
        return read_settings()


def test_ids_alone_name_the_network() -> None:
    found = read(config())
    assert found.existing_network == ExistingNetworkSettings(VPC, SUBNETS, {}, None, None)
    assert found.network.cidr == ""


def test_everything_can_be_named() -> None:
    found = read(
        config(publicSubnetIds={"a": "subnet-12345678"}, routeTableIds=[TABLE], endpointId=ENDPOINT)
    )
    assert found.existing_network == ExistingNetworkSettings(
        VPC, SUBNETS, {"a": "subnet-12345678"}, (TABLE,), ENDPOINT
    )


def test_a_stack_has_one_network() -> None:
    both = config() | {"ha-cluster:network": changed("x", 1)["ha-cluster:network"]}
    (fault,) = faults_of(both)
    assert fault.key == "ha-cluster:network"
    assert fault.remedy == "remove it, or existingNetwork: a stack builds a network or uses one"


@pytest.mark.parametrize(
    ("path", "value", "remedy"),
    [
        ("vpcId", "10.0.0.0/16", "write the id of a VPC, vpc-..."),
        ("vpcId", None, "write the id of a VPC, vpc-..."),
        ("privateSubnetIds", None, "an object with the fields a, b"),
        ("privateSubnetIds", {"a": SUBNETS["a"]}, "write the id of a subnet, subnet-..."),
        (
            "privateSubnetIds",
            {"a": SUBNETS["a"], "b": SUBNETS["a"]},
            "another subnet than zone a's",
        ),
        ("publicSubnetIds", {"c": SUBNETS["a"]}, "nothing reads it"),
        ("routeTableIds", [], "name the tables that lead to the virtual IP, or leave it out"),
        ("routeTableIds", [TABLE, TABLE], "name each table once"),
        ("routeTableIds", ["main"], "write the id of a route table, rtb-..."),
        ("endpointId", "com.amazonaws.us-east-1.ec2", "write the id of a VPC endpoint, vpce-..."),
        ("cidr", "10.0.0.0/16", "nothing reads it"),
    ],
)
def test_a_fault_names_its_remedy(path: str, value: Any, remedy: str) -> None:
    (fault,) = faults_of(config(**{path: value}))
    assert fault.key.startswith(f"ha-cluster:existingNetwork.{path}")
    assert remedy in fault.remedy
