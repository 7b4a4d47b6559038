"""What AWS refuses to show is a named fact that is missing, and never a wrong verdict."""

from typing import Any

import pytest

from guardrails import Verdict
from tests.support.described import (
    PRIVATE,
    PRIVATE_TABLE,
    PUBLIC,
    VPC,
    Answers,
    closed_network,
    denied,
    rule,
    vpc,
    with_nat,
    with_routes,
)
from tests.support.described_judged import (
    COMPLETE,
    ENDPOINTS,
    ROUTES,
    VIRTUAL_IP,
    judged,
    missing,
    verdicts,
)
from tests.support.described_routes import behind_a_firewall, in_segments, joined

REFUSED = [
    ("describe_vpcs", VIRTUAL_IP, "the ranges of VPC vpc-00000001"),
    ("describe_route_tables", ROUTES, "the routes of VPC vpc-00000001"),
    ("describe_route_tables", VIRTUAL_IP, "the routes of VPC vpc-00000001"),
    ("describe_nat_gateways", ROUTES, "whether NAT gateway nat-00000001 is public or private"),
    ("describe_security_group_rules", ENDPOINTS, "the rules of security group sg-00000001"),
    ("describe_network_interfaces", COMPLETE, "the source/destination check of eni-0000000a"),
]


@pytest.mark.parametrize(("operation", "rule_name", "fact"), REFUSED)
def test_a_refused_call_is_the_named_fact_that_is_missing(
    operation: str, rule_name: str, fact: str
) -> None:
    judgement = judged(with_nat(closed_network()), operation)
    found = [
        each
        for each in judgement.findings
        if each.rule == rule_name and each.verdict is Verdict.UNVERIFIED
    ]
    expected = f"{fact} ({denied(operation).operation} in us-east-1: UnauthorizedOperation)"
    assert expected in [each for finding in found for each in finding.missing]


def test_refused_entries_of_a_prefix_list_are_a_missing_fact() -> None:
    to_list = {"DestinationPrefixListId": "pl-00000001", "State": "active"}
    out = {**to_list, "NatGatewayId": "nat-00000001"}
    answers = with_nat(closed_network())
    answers["describe_route_tables"][1]["Routes"].pop()
    answers = with_routes(answers, PRIVATE_TABLE, out)
    answers["describe_managed_prefix_lists"] = [{"PrefixListId": "pl-00000001"}]
    judgement = judged(answers, "get_managed_prefix_list_entries pl-00000001")
    assert verdicts(judgement)[ROUTES, PRIVATE] == "unverified"
    assert "the entries of prefix list pl-00000001 (ec2:GetManagedPrefix" in missing(judgement)


def everything_open() -> Answers:
    answers = with_nat(closed_network())
    answers["describe_security_group_rules"].append(rule("sgr-00000002", 80))
    answers["describe_vpcs"].append(vpc("vpc-00000003", "10.3.0.0/16"))
    answers["describe_vpcs"][0]["CidrBlockAssociationSet"] += [
        vpc(VPC, "20.0.0.0/24")["CidrBlockAssociationSet"][0] | {"AssociationId": "second"}
    ]
    return answers


@pytest.mark.parametrize(
    "answers",
    [
        closed_network(),
        everything_open(),
        joined("static", "tgw-attach-00000002", "vpc"),
        behind_a_firewall({"GatewayId": "igw-00000001"}),
        in_segments("STATIC", "attachment-00000002"),
    ],
    ids=["closed", "open", "transit", "firewall", "core network"],
)
def test_a_refused_call_never_turns_a_verdict_into_its_opposite(answers: Answers) -> None:
    known = verdicts(judged(answers))
    for question in answers:
        for subject, verdict in verdicts(judged(answers, question)).items():
            outcome: Any = (question, subject, verdict)
            assert verdict in (known.get(subject, verdict), Verdict.UNVERIFIED), outcome


def test_subnets_that_were_not_read_are_known_by_their_associations() -> None:
    judgement = judged(with_nat(closed_network()), "describe_subnets")
    found = verdicts(judgement)
    assert found[ROUTES, PRIVATE] == found[ROUTES, PUBLIC] == "unverified"
