"""Live AWS as a topology: each test says what the judge makes of what AWS describes."""

import pytest

from guardrails.model.knowledge import External
from ops.audit.topology_reader.topology import read_topology
from tests.support.described import (
    ENDPOINT,
    GROUP,
    MAIN,
    NODE,
    PRIVATE,
    PRIVATE_TABLE,
    PUBLIC_TABLE,
    VIP,
    VPC,
    closed_network,
    inventory_of,
    route,
    rule,
    subnet,
    table,
    vpc,
    with_nat,
    with_routes,
)
from tests.support.described_judged import (
    ADVICE,
    COMPLETE,
    ENDPOINTS,
    ROUTES,
    VIRTUAL_IP,
    judged,
    missing,
    paths,
    verdicts,
)


def test_a_closed_network_is_kept_by_every_rule() -> None:
    assert verdicts(judged(closed_network())) == {
        (ROUTES, PRIVATE): "kept",
        (ENDPOINTS, ENDPOINT): "kept",
        (VIRTUAL_IP, f"20.0.0.100 in {VPC}"): "kept",
        (COMPLETE, f"20.0.0.100 in {VPC}"): "kept",
    }


def test_a_route_to_a_public_nat_gateway_is_violated_with_its_path_in_ids() -> None:
    judgement = judged(with_nat(closed_network()))
    assert paths(judgement, ROUTES) == [
        (
            "violated: subnet subnet-0000000a -> association rtbassoc-0000000a"
            " -> route table rtb-0000000a -> route 0.0.0.0/0 -> NAT gateway nat-00000001"
        )
    ]


def test_a_nat_gateway_with_private_connectivity_is_not_an_exit() -> None:
    judgement = judged(with_nat(closed_network(), "private"))
    assert verdicts(judgement)[ROUTES, PRIVATE] == "kept"


def test_a_nat_gateway_that_is_gone_proves_nothing() -> None:
    answers = with_nat(closed_network())
    answers["describe_nat_gateways"][0]["State"] = "deleted"
    assert verdicts(judged(answers))[ROUTES, PRIVATE] == "unverified"


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ({"GatewayId": "igw-00000001"}, "internet gateway igw-00000001"),
        ({"GatewayId": "igw-00000002"}, "internet gateway igw-00000002"),
        (
            {"EgressOnlyInternetGatewayId": "eigw-00000001"},
            "egress-only internet gateway eigw-00000001",
        ),
        ({"CarrierGatewayId": "cagw-00000001"}, "carrier gateway cagw-00000001"),
    ],
)
def test_a_gateway_leads_out_also_where_nothing_but_its_id_is_known(
    target: dict[str, str], text: str
) -> None:
    answers = with_routes(closed_network(), PRIVATE_TABLE, route(**target))
    (path,) = paths(judged(answers), ROUTES)
    assert path.startswith("violated: ")
    assert path.endswith(text)


def test_ipv6_routes_are_read() -> None:
    out = {"DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-00000001", "State": "active"}
    (path,) = paths(judged(with_routes(closed_network(), PRIVATE_TABLE, out)), ROUTES)
    assert path.startswith("violated: ")
    assert "route ::/0" in path


def test_a_gateway_endpoint_with_amazons_prefix_list_is_not_an_exit() -> None:
    to_s3 = {"DestinationPrefixListId": "pl-00000001", "GatewayId": "vpce-00000002"}
    answers = with_routes(closed_network(), PRIVATE_TABLE, {**to_s3, "State": "active"})
    answers["describe_managed_prefix_lists"] = [{"PrefixListId": "pl-00000001"}]
    answers["get_managed_prefix_list_entries pl-00000001"] = [{"Cidr": "52.216.0.0/15"}]
    answers["describe_vpc_endpoints"] += [
        {
            "VpcEndpointId": "vpce-00000002",
            "VpcEndpointType": "Gateway",
            "VpcId": VPC,
            "State": "available",
        }
    ]
    assert verdicts(judged(answers))[ROUTES, PRIVATE] == "kept"


def test_what_a_virtual_private_gateway_propagates_is_a_missing_fact() -> None:
    answers = closed_network()
    answers["describe_route_tables"][1]["PropagatingVgws"] = [{"GatewayId": "vgw-00000001"}]
    judgement = judged(answers)
    assert verdicts(judgement)[ROUTES, PRIVATE] == "unverified"
    assert "which routes virtual private gateway vgw-00000001 propagates" in missing(judgement)


def test_the_main_table_counts_where_a_subnet_uses_it() -> None:
    answers = with_routes(closed_network(), MAIN, route(GatewayId="igw-00000001"))
    third = subnet("subnet-0000000c", "10.0.3.0/24", {"Tier": "private"})
    answers["describe_subnets"].append(third)
    judgement = judged(answers)
    assert paths(judgement, ROUTES) == [
        (
            "violated: subnet subnet-0000000c -> no association, so main table"
            " -> route table rtb-00000001 -> route 0.0.0.0/0 -> internet gateway igw-00000001"
        )
    ]
    assert f"violated: route table {MAIN} -> VPC {VPC}" in paths(judgement, COMPLETE)


def test_a_virtual_ip_in_a_main_table_that_no_subnet_uses_is_still_read() -> None:
    answers = with_routes(closed_network(), MAIN, route("10.0.9.9/32", NetworkInterfaceId=NODE))
    (path,) = paths(judged(answers), VIRTUAL_IP)
    assert path.startswith(f"violated: route 10.0.9.9 ({MAIN}_10.0.9.9/32) -> VPC {VPC}")


def test_a_table_of_a_gateway_carries_no_virtual_ip() -> None:
    answers = closed_network()
    answers["describe_route_tables"].append(table("rtb-0000000e", GatewayId="igw-00000001"))
    assert paths(judged(answers), COMPLETE) == []


def test_a_secondary_range_that_holds_the_virtual_ip_is_violated() -> None:
    answers = closed_network()
    second = vpc(VPC, "20.0.0.0/24")["CidrBlockAssociationSet"][0] | {"AssociationId": "second"}
    answers["describe_vpcs"][0]["CidrBlockAssociationSet"].append(second)
    (path,) = paths(judged(answers), VIRTUAL_IP)
    assert path == (
        f"violated: route 20.0.0.100 ({PRIVATE_TABLE}_{VIP}) -> VPC {VPC} -> range 20.0.0.0/24"
    )


def test_a_range_that_was_taken_away_does_not_count() -> None:
    answers = closed_network()
    second = vpc(VPC, "20.0.0.0/24")["CidrBlockAssociationSet"][0]
    second |= {"AssociationId": "second", "CidrBlockState": {"State": "disassociated"}}
    answers["describe_vpcs"][0]["CidrBlockAssociationSet"].append(second)
    assert paths(judged(answers), VIRTUAL_IP) == []


def test_the_range_of_a_peer_of_another_account_is_known_from_the_connection() -> None:
    answers = closed_network()
    peer = {"VpcId": "vpc-00000009", "CidrBlockSet": [{"CidrBlock": "20.0.0.0/16"}]}
    answers["describe_vpc_peering_connections"] = [
        {
            "VpcPeeringConnectionId": "pcx-00000001",
            "Status": {"Code": "active"},
            "RequesterVpcInfo": {"VpcId": VPC},
            "AccepterVpcInfo": peer,
        }
    ]
    assert paths(judged(answers), COMPLETE) == [
        "violated: VPC peering connection pcx-00000001 -> VPC vpc-00000009 -> range 20.0.0.0/16"
    ]
    answers["describe_vpc_peering_connections"][0]["Status"] = {"Code": "deleted"}
    assert paths(judged(answers), COMPLETE) == []


def test_a_rule_beside_https_is_violated_and_names_the_rule() -> None:
    answers = closed_network()
    answers["describe_security_group_rules"].append(rule("sgr-00000002", 80))
    assert paths(judged(answers), ENDPOINTS) == [
        (
            f"violated: endpoint {ENDPOINT} -> security group {GROUP}"
            " -> rule sgr-00000002 (tcp/80 from 10.0.0.0/16)"
        )
    ]


def test_an_outbound_rule_admits_nothing() -> None:
    answers = closed_network()
    answers["describe_security_group_rules"].append(rule("sgr-00000002", 80, IsEgress=True))
    assert paths(judged(answers), ENDPOINTS) == []


def test_an_endpoint_without_a_group_of_its_own_has_the_default_one() -> None:
    answers = closed_network()
    answers["describe_vpc_endpoints"][0]["Groups"] = []
    default = {"GroupId": GROUP, "GroupName": "default", "VpcId": VPC}
    answers["describe_security_groups"] = [default]
    itself = {"CidrIpv4": None, "IpProtocol": "-1", "ReferencedGroupInfo": {"GroupId": GROUP}}
    answers["describe_security_group_rules"] = [rule("sgr-00000001", -1, **itself)]
    assert paths(judged(answers), ENDPOINTS) == [
        (
            f"violated: endpoint {ENDPOINT} -> no security group, so the VPC's default one"
            f" -> security group {GROUP} -> rule sgr-00000001 (all traffic from {GROUP})"
        )
    ]


def test_an_endpoint_that_is_gone_is_not_judged() -> None:
    answers = closed_network()
    answers["describe_vpc_endpoints"][0]["State"] = "deleted"
    assert (ENDPOINTS, ENDPOINT) not in verdicts(judged(answers))


def test_a_source_destination_check_is_the_interfaces_own() -> None:
    answers = closed_network()
    answers["describe_network_interfaces"][0]["SourceDestCheck"] = True
    assert paths(judged(answers), COMPLETE) == [f"violated: network interface {NODE}"]


def test_a_black_hole_to_an_interface_that_is_gone_leads_nowhere() -> None:
    answers = closed_network()
    for each in answers["describe_route_tables"]:
        for one in each["Routes"]:
            if one.get("NetworkInterfaceId"):
                one["State"] = "blackhole"
    answers["describe_network_interfaces"] = []
    (path,) = paths(judged(answers), COMPLETE)
    assert path.startswith("violated: route ")
    assert path.endswith(f"network interface {NODE}")


def test_a_private_subnet_exempt_from_the_block_of_public_access_is_advice() -> None:
    answers = closed_network()
    exclusion = {
        "ExclusionId": "vpcbpa-exclude-00000001",
        "ResourceArn": f"arn:aws:ec2:us-east-1:123456789012:subnet/{PRIVATE}",
        "State": "create-complete",
    }
    answers["describe_vpc_block_public_access_exclusions"] = [exclusion]
    assert paths(judged(answers), ADVICE) == [
        f"violated: exclusion vpcbpa-exclude-00000001 -> subnet {PRIVATE}"
    ]
    exclusion["State"] = "delete-complete"
    assert paths(judged(answers), ADVICE) == []


def test_ids_outside_of_what_was_read_are_external() -> None:
    answers = with_routes(closed_network(), PUBLIC_TABLE, route(TransitGatewayId="tgw-00000007"))
    routes = read_topology([inventory_of(answers)]).routes
    assert External("tgw-00000007") in [each.target for each in routes]


def test_regions_are_read_together_and_their_scopes_are_apart() -> None:
    here = inventory_of(closed_network())
    there = inventory_of(
        {"describe_vpcs": [vpc("vpc-00000009", "10.9.0.0/16")]}, region="eu-west-1"
    )
    vpcs = read_topology([here, there]).vpcs
    assert [(each.key, each.scope) for each in vpcs] == [
        (VPC, "123456789012/us-east-1"),
        ("vpc-00000009", "123456789012/eu-west-1"),
    ]
