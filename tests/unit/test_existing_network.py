"""How a network that is there already is looked up."""

from typing import Any

import pytest

from preflight.existing_network import ExistingNetwork
from tests.support.live import check, failing, hand_built_network
from tests.support.recorder import Answer
from tests.support.stack_config import existing_network


def found(answers: dict[str, Answer], config: dict[str, Any] | None = None) -> ExistingNetwork:
    network = check(config or existing_network(), answers).network
    assert network is not None
    return network


def test_ranges_zones_and_tables_are_those_that_aws_shows() -> None:
    network = found(hand_built_network())
    assert network.vpc_cidr_blocks == ["10.0.0.0/16", "10.9.0.0/16"]
    assert network.availability_zones == {"a": "us-east-1a", "b": "us-east-1b"}
    assert {table.table_id: table.is_main for table in network.tables} == {
        "rtb-00000001": True,
        "rtb-0000000a": False,
        "rtb-0000000b": False,
    }
    assert network.private_route_table_ids == ["rtb-0000000a", "rtb-0000000b"]
    assert network.endpoint is None


def test_a_network_that_cannot_be_looked_up_is_one_message() -> None:
    answers = {**hand_built_network(), "aws:ec2/getVpc:getVpc": failing("no matching EC2 VPC")}
    with pytest.raises(Exception, match="ha-cluster:existingNetwork cannot be looked up") as raised:
        found(answers)
    assert "no matching EC2 VPC" in str(raised.value)
