"""Which calls an audit makes: those that read, those that matter, and no more."""

from pathlib import Path
from typing import Any

import boto3

from ops.audit.collection import collect
from ops.audit.inventory import Inventory
from ops.audit.progress import Progress
from tests.support.described import (
    GROUP,
    INSTANCE,
    NODE,
    PRIVATE_TABLE,
    VPC,
    FakeAws,
    closed_network,
    route,
    with_routes,
)
from tests.support.described_routes import CORE, in_segments, joined
from tests.support.operations import READS
from tests.support.pages import policy_in


def collected(aws: Any, vpc: str | None = None) -> Inventory:
    return collect(aws, "123456789012", vpc, Progress())


def test_a_region_is_read_without_filters_for_its_places() -> None:
    aws = FakeAws(closed_network())
    collected(aws)
    for operation in ("describe_vpcs", "describe_subnets", "describe_route_tables"):
        assert aws.filters_of(operation) == [{}]


def test_one_vpc_is_read_by_filters() -> None:
    aws = FakeAws(closed_network())
    collected(aws, VPC)
    for operation in ("describe_vpcs", "describe_subnets", "describe_vpc_endpoints"):
        assert aws.filters_of(operation) == [{"vpc-id": [VPC]}]
    assert aws.filters_of("describe_vpc_peering_connections") == [
        {"requester-vpc-info.vpc-id": [VPC]},
        {"accepter-vpc-info.vpc-id": [VPC]},
    ]


def test_a_vpc_is_followed_through_its_transit_gateway() -> None:
    aws = FakeAws(joined("static", "tgw-attach-00000002", "vpc"))
    collected(aws, VPC)
    assert aws.filters_of("describe_route_tables") == [
        {"vpc-id": [VPC]},
        {"vpc-id": ["vpc-00000002"]},
    ]


def test_a_vpc_is_followed_through_its_core_network() -> None:
    aws = FakeAws(in_segments("STATIC", "attachment-00000002"))
    collected(aws, VPC)
    assert aws.filters_of("describe_subnets") == [
        {"vpc-id": [VPC]},
        {"vpc-id": ["vpc-00000002"]},
    ]


def test_of_machines_those_are_read_that_routes_lead_to() -> None:
    aws = FakeAws(closed_network())
    collected(aws)
    assert aws.filters_of("describe_network_interfaces") == [
        {"network-interface-id": [NODE]},
        {"attachment.instance-id": [INSTANCE]},
    ]
    assert aws.filters_of("describe_instances") == [{"instance-id": [INSTANCE]}]


def test_of_groups_those_are_read_that_are_on_endpoints() -> None:
    aws = FakeAws(closed_network())
    collected(aws)
    assert aws.filters_of("describe_security_groups") == [{"group-id": [GROUP]}]
    assert aws.filters_of("describe_security_group_rules") == [{"group-id": [GROUP]}]


def test_default_groups_are_read_where_an_endpoint_shows_no_group() -> None:
    answers = closed_network()
    answers["describe_vpc_endpoints"][0]["Groups"] = []
    aws = FakeAws(answers)
    collected(aws)
    assert aws.filters_of("describe_security_groups") == [{"group-name": ["default"]}]


def test_gateways_are_read_by_the_kinds_that_routes_name() -> None:
    aws = FakeAws(closed_network())
    collected(aws)
    asked = {operation for _, operation, _ in aws.asked}
    assert "describe_internet_gateways" in asked
    assert not asked & {"describe_nat_gateways", "describe_local_gateways", "list_firewalls"}


def test_a_filter_takes_at_most_200_values() -> None:
    nodes = [f"eni-{number:08x}" for number in range(450)]
    routes = [
        route(f"20.0.{number // 250}.{number % 250}/32", NetworkInterfaceId=node)
        for number, node in enumerate(nodes)
    ]
    aws = FakeAws(with_routes(closed_network(), PRIVATE_TABLE, *routes))
    collected(aws)
    values = [
        each["network-interface-id"]
        for each in aws.filters_of("describe_network_interfaces")
        if "network-interface-id" in each
    ]
    assert [len(each) for each in values] == [200, 200, 50]


def test_a_refused_call_is_noted_and_hides_no_other() -> None:
    inventory = collected(FakeAws(closed_network(), "describe_subnets"))
    assert list(inventory.refusals) == [("describe_subnets", "")]
    assert inventory.ids("describe_vpcs") == {VPC}


def everything() -> FakeAws:
    """A network in which each kind of thing is named, so that each call is made."""
    answers = joined("static", "tgw-attach-00000002", "vpc")
    targets: list[dict[str, str]] = [
        {"EgressOnlyInternetGatewayId": "eigw-00000001"},
        {"NatGatewayId": "nat-00000001"},
        {"CarrierGatewayId": "cagw-00000001"},
        {"GatewayId": "vgw-00000001"},
        {"GatewayId": "vpce-00000009"},
        {"LocalGatewayId": "lgw-00000001"},
        {"CoreNetworkArn": CORE},
    ]
    routes = [route(f"30.0.{place}.0/24", **each) for place, each in enumerate(targets)]
    to_list = {"DestinationPrefixListId": "pl-00000001", "GatewayId": "igw-00000001"}
    answers = with_routes(answers, PRIVATE_TABLE, *routes, to_list)
    answers["list_firewalls"] = [{"FirewallArn": "arn:1"}]
    answers["describe_firewall arn:1"] = [{"Firewall": {"VpcId": VPC}}]
    answers["list_vpc_endpoint_associations"] = [{"VpcEndpointAssociationArn": "arn:2"}]
    answers["describe_vpc_endpoint_association arn:2"] = [
        {"VpcEndpointAssociation": {"VpcId": VPC}}
    ]
    segments = in_segments("STATIC", "attachment-00000002")
    answers |= {key: each for key, each in segments.items() if " " in key}
    return FakeAws(answers)


def actions(aws: FakeAws) -> set[str]:
    """The IAM actions of the calls that were made."""
    mappings = {
        service: boto3.client(service, region_name="us-east-1").meta.method_to_api_mapping
        for service in {service for service, _, _ in aws.asked}
    }
    return {f"{service}:{mappings[service][operation]}" for service, operation, _ in aws.asked}


def test_every_call_of_an_audit_only_reads() -> None:
    aws = everything()
    collected(aws)
    made = actions(aws)
    assert len(made) == 30
    assert [each for each in sorted(made) if not each.partition(":")[2].startswith(READS)] == []


def test_the_documented_policy_allows_the_calls_of_an_audit_and_no_others() -> None:
    aws = everything()
    collected(aws)
    page = (Path(__file__).parents[2] / "docs" / "audit.md").read_text()
    (statement,) = policy_in(page)["Statement"]
    assert statement["Effect"] == "Allow"
    # AWS lets everybody call sts:GetCallerIdentity.
    assert set(statement["Action"]) == actions(aws) | {"ec2:DescribeRegions"}
