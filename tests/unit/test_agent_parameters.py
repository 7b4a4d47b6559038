"""The agent's parameters: all faults of a configuration at once, with the code that fits."""

import pytest

from agents.virtual_ip import exits
from agents.virtual_ip.errors import AgentError
from agents.virtual_ip.parameters import Parameters, read_ip, read_parameters

SOUND = {
    "OCF_RESKEY_ip": "20.0.0.100",
    "OCF_RESKEY_route_tables": "rtb-1, rtb-2,rtb-1",
    "OCF_RESKEY_vpc_id": "vpc-1",
    "OCF_RESKEY_region": "us-gov-west-1",
}


def faults(**changes: str) -> str:
    changed = {f"OCF_RESKEY_{name}": value for name, value in changes.items()}
    with pytest.raises(AgentError) as caught:
        read_parameters({**SOUND, **changed})
    assert caught.value.code == exits.ERR_CONFIGURED
    return str(caught.value)


def test_parameters_are_read_without_repeats_and_blanks() -> None:
    assert read_parameters(SOUND) == Parameters(
        "20.0.0.100", ("rtb-1", "rtb-2"), "vpc-1", "us-gov-west-1"
    )


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("ip", "", "ip '' must be an IPv4 address without a prefix, like 20.0.0.100"),
        ("ip", "20.0.0.100/32", "ip '20.0.0.100/32' must be an IPv4 address without a prefix"),
        ("ip", "2001:db8::1", "ip 2001:db8::1 is an IPv6 address: this agent moves IPv4"),
        ("ip", "127.0.0.1", "ip 127.0.0.1 cannot be routed to a node"),
        ("ip", "224.0.0.1", "ip 224.0.0.1 cannot be routed to a node"),
        ("route_tables", " ,", "route_tables must name at least one route table"),
        ("route_tables", "rtb-1,main", "route_tables: 'main' must be like rtb-"),
        ("vpc_id", "10.0.0.0/16", "vpc_id '10.0.0.0/16' must be like vpc-"),
        ("region", "us-east-1a", "region 'us-east-1a' must be like eu-central-1"),
        ("interface", "eth0 up", "interface 'eth0 up' must be like eth0"),
        ("endpoint_url", "vpce-1", "endpoint_url 'vpce-1' must be like https://"),
    ],
)
def test_a_value_that_no_node_can_use_is_named(name: str, value: str, text: str) -> None:
    assert faults(**{name: value}).startswith(text)


def test_all_faults_are_named_at_once() -> None:
    found = faults(ip="x", route_tables="y", vpc_id="", region="").split("; ")
    assert [text.split()[0] for text in found] == ["ip", "route_tables:", "vpc_id", "region"]


def test_a_stop_needs_the_address_alone() -> None:
    assert read_ip({"OCF_RESKEY_ip": "20.0.0.100"}) == "20.0.0.100"
    with pytest.raises(AgentError) as caught:
        read_ip({})
    assert caught.value.code == exits.ERR_CONFIGURED
