"""The closed network, resource by resource."""

from typing import Any

import pytest

from components import Network, NetworkArgs
from tests.support.recorder import Recorder

TAGS = {"owner": "platform"}


def args(**other: Any) -> NetworkArgs:
    seed: dict[str, Any] = {
        "cidr_block": "10.0.0.0/16",
        "availability_zones": {"a": "us-east-1a", "b": "us-east-1b"},
        "public_subnets": {"a": "10.0.10.0/24"},
        "private_subnets": {"a": "10.0.110.0/24", "b": "10.0.120.0/24"},
        "tags": TAGS,
    }
    return NetworkArgs(**(seed | other))


@pytest.fixture
def network() -> Recorder:
    return Recorder().build(lambda: Network("net", args()))


def test_it_consists_of_exactly_these_children(network: Recorder) -> None:
    assert {name: found.token for name, found in network.resources.items()} == {
        "net": "hacluster:index:Network",
        "net-vpc": "aws:ec2/vpc:Vpc",
        "net-gateway": "aws:ec2/internetGateway:InternetGateway",
        "net-public-table": "aws:ec2/routeTable:RouteTable",
        "net-public-default": "aws:ec2/route:Route",
        "net-public-subnet-a": "aws:ec2/subnet:Subnet",
        "net-public-binding-a": "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "net-private-table-a": "aws:ec2/routeTable:RouteTable",
        "net-private-subnet-a": "aws:ec2/subnet:Subnet",
        "net-private-binding-a": "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "net-private-table-b": "aws:ec2/routeTable:RouteTable",
        "net-private-subnet-b": "aws:ec2/subnet:Subnet",
        "net-private-binding-b": "aws:ec2/routeTableAssociation:RouteTableAssociation",
    }


def test_every_child_has_the_component_as_its_parent(network: Recorder) -> None:
    parents = {found.parent for name, found in network.resources.items() if name != "net"}
    assert parents == {"net"}


def test_the_vpc_has_both_dns_attributes(network: Recorder) -> None:
    assert network.named("net-vpc").inputs == {
        "cidrBlock": "10.0.0.0/16",
        "enableDnsSupport": True,
        "enableDnsHostnames": True,
        "tags": {"owner": "platform", "Name": "net"},
    }


@pytest.mark.parametrize(
    ("child", "cidr_block", "zone", "title", "tier"),
    [
        ("net-public-subnet-a", "10.0.10.0/24", "us-east-1a", "Subnet-1a", "public"),
        ("net-private-subnet-a", "10.0.110.0/24", "us-east-1a", "Subnet-2a", "private"),
        ("net-private-subnet-b", "10.0.120.0/24", "us-east-1b", "Subnet-2b", "private"),
    ],
)
def test_a_subnet_has_its_range_zone_and_tier(
    network: Recorder, child: str, cidr_block: str, zone: str, title: str, tier: str
) -> None:
    assert network.named(child).inputs == {
        "vpcId": "net-vpc-id",
        "cidrBlock": cidr_block,
        "availabilityZone": zone,
        "mapPublicIpOnLaunch": False,
        "tags": {"owner": "platform", "Name": title, "Tier": tier},
    }


@pytest.mark.parametrize(
    ("child", "subnet", "table"),
    [
        ("net-public-binding-a", "net-public-subnet-a", "net-public-table"),
        ("net-private-binding-a", "net-private-subnet-a", "net-private-table-a"),
        ("net-private-binding-b", "net-private-subnet-b", "net-private-table-b"),
    ],
)
def test_each_subnet_is_bound_to_its_table_by_name(
    network: Recorder, child: str, subnet: str, table: str
) -> None:
    assert network.named(child).inputs == {
        "subnetId": f"{subnet}-id",
        "routeTableId": f"{table}-id",
    }


@pytest.mark.parametrize(
    ("table", "title"),
    [
        ("net-public-table", "Main"),
        ("net-private-table-a", "Route-A"),
        ("net-private-table-b", "Route-B"),
    ],
)
def test_a_table_has_the_article_s_name_and_no_inline_route(
    network: Recorder, table: str, title: str
) -> None:
    assert network.named(table).inputs == {
        "vpcId": "net-vpc-id",
        "tags": {"owner": "platform", "Name": title},
    }


def test_the_public_table_alone_leads_out(network: Recorder) -> None:
    routes = network.of_type("aws:ec2/route:Route")
    assert [dict(found.inputs) for found in routes.values()] == [
        {
            "routeTableId": "net-public-table-id",
            "destinationCidrBlock": "0.0.0.0/0",
            "gatewayId": "net-gateway-id",
        }
    ]


def test_its_outputs_name_subnets_and_tables_by_tier_and_zone(network: Recorder) -> None:
    arn = "arn:aws:ec2:us-east-1:123456789012:route-table/"
    assert network.outputs["net"] == {
        "availabilityZones": {"a": "us-east-1a", "b": "us-east-1b"},
        "privateRouteTableIds": ["net-private-table-a-id", "net-private-table-b-id"],
        "vpcId": "net-vpc-id",
        "vpcCidrBlocks": ["10.0.0.0/16"],
        "subnetIds": {
            "public_a": "net-public-subnet-a-id",
            "private_a": "net-private-subnet-a-id",
            "private_b": "net-private-subnet-b-id",
        },
        "routeTableIds": {
            "main": "net-vpc-main-table-id",
            "public": "net-public-table-id",
            "private_a": "net-private-table-a-id",
            "private_b": "net-private-table-b-id",
        },
        "routeTableArns": {
            "main": f"{arn}net-vpc-main-table-id",
            "public": f"{arn}net-public-table-id",
            "private_a": f"{arn}net-private-table-a-id",
            "private_b": f"{arn}net-private-table-b-id",
        },
    }


def test_a_zone_more_renames_nothing() -> None:
    wider = args(
        availability_zones={"a": "us-east-1a", "b": "us-east-1b", "c": "us-east-1c"},
        private_subnets={
            "a": "10.0.110.0/24",
            "b": "10.0.120.0/24",
            "c": "10.0.130.0/24",
        },
    )
    before = Recorder().build(lambda: Network("net", args())).resources
    after = Recorder().build(lambda: Network("net", wider)).resources
    assert {name: after[name].inputs for name in before} == {
        name: found.inputs for name, found in before.items()
    }
    assert set(after) - set(before) == {
        "net-private-table-c",
        "net-private-subnet-c",
        "net-private-binding-c",
    }


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"public_subnets": {"a": "10.1.0.0/24"}}, r"public_subnets\.a: 10\.1\.0\.0/24 is outside"),
        ({"private_subnets": {"c": "10.0.7.0/24"}}, r"private_subnets\.c: .* has no 'c'; add it"),
    ],
)
def test_a_bad_input_is_named_before_anything_is_built(other: dict[str, Any], message: str) -> None:
    recorder = Recorder()
    with pytest.raises(ValueError, match=message):
        recorder.build(lambda: Network("net", args(**other)))
    assert "net-vpc" not in recorder.resources


def test_another_zone_adds_children_of_its_own_and_changes_no_other(network: Recorder) -> None:
    zones = {"a": "us-east-1a", "b": "us-east-1b", "c": "us-east-1c"}
    private = {"a": "10.0.110.0/24", "b": "10.0.120.0/24", "c": "10.0.130.0/24"}
    wider = Recorder().build(
        lambda: Network("net", args(availability_zones=zones, private_subnets=private))
    )
    before = {name: found.inputs for name, found in network.resources.items()}
    after = {name: found.inputs for name, found in wider.resources.items()}
    added = after.keys() - before.keys()
    assert added == {"net-private-table-c", "net-private-subnet-c", "net-private-binding-c"}
    assert {name: after[name] for name in before} == before
