"""Which tables carry the virtual IP, and where it leads, from DescribeRouteTables' answer."""

import dataclasses
from typing import Any

import pytest

from ops.cluster import Cluster, Node
from ops.move.live_routes import LiveRoutes, live_routes, stack_tables

NODE = Node("node-a", "us-east-1a", "i-1", "eni-1", "10.0.110.10")
CLUSTER = Cluster(
    name="ha-cluster-dev",
    region="us-east-1",
    vpc_id="vpc-1",
    virtual_ip="20.0.0.100",
    nodes=(NODE,),
    route_table_ids={"main": "rtb-1", "private_a": "rtb-2"},
)


def table(name: str, **route: Any) -> dict[str, Any]:
    local = {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}
    ipv6 = {"DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-1", "State": "active"}
    vip = [{"DestinationCidrBlock": "20.0.0.100/32", **route}] if route else []
    return {"RouteTableId": name, "Routes": [local, ipv6, *vip]}


@pytest.mark.parametrize(
    ("route", "target"),
    [
        ({"NetworkInterfaceId": "eni-1", "InstanceId": "i-1", "State": "active"}, "eni-1"),
        ({"NetworkInterfaceId": "eni-1", "State": "blackhole"}, "eni-1 (blackhole)"),
        ({"TransitGatewayId": "tgw-1", "State": "active"}, "tgw-1"),
        ({"State": "active"}, "nothing"),
    ],
)
def test_a_target_is_an_interface_that_works_or_says_what_else_it_is(
    route: dict[str, str], target: str
) -> None:
    assert live_routes([table("rtb-1", **route)], CLUSTER).targets == {"rtb-1": target}


def test_tables_of_the_stack_that_lack_the_route_or_are_gone_are_told_apart() -> None:
    found = live_routes([table("rtb-1"), table("rtb-9")], CLUSTER)
    assert found == LiveRoutes({}, missing=("rtb-1",), gone=("rtb-2",))


def test_other_tables_that_carry_the_address_count_but_those_left_out_do_not() -> None:
    cluster = dataclasses.replace(CLUSTER, tables_without_virtual_ip=frozenset({"rtb-2"}))
    every = [table(name, NetworkInterfaceId="eni-1") for name in ("rtb-1", "rtb-2", "rtb-9")]
    assert list(live_routes(every, cluster).targets) == ["rtb-1", "rtb-9"]
    assert stack_tables(cluster) == ("rtb-1",)


def test_all_lead_to_an_interface_only_if_no_route_is_missing() -> None:
    assert LiveRoutes({"rtb-1": "eni-1"}).all_lead_to("eni-1")
    assert not LiveRoutes({"rtb-1": "eni-1"}, missing=("rtb-2",)).all_lead_to("eni-1")
    assert not LiveRoutes({"rtb-1": "eni-1", "rtb-2": "eni-2"}).all_lead_to("eni-1")
    assert not LiveRoutes({}).all_lead_to("eni-1")
