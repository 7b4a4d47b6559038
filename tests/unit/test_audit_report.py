"""What an audit prints: findings by rule, names behind ids, and what was not read."""

import json
from typing import Any

from guardrails import judge
from guardrails.options.exemptions import Exemptions
from ops.audit.names import with_names
from ops.audit.report import Report, as_json, as_text, report_on
from ops.audit.topology_reader.topology import read_topology
from tests.support.described import (
    ENDPOINT,
    PRIVATE,
    VPC,
    Answers,
    closed_network,
    inventory_of,
    rule,
    with_nat,
)
from tests.support.described_routes import joined


def reported(answers: Answers, *refused: str, vpc: str | None = None) -> Report:
    inventories = [inventory_of(answers, *refused)]
    return report_on(inventories, judge(read_topology(inventories)), vpc, Exemptions())


def test_a_closed_network_is_reported_by_its_counts() -> None:
    assert as_text(reported(closed_network())).splitlines() == [
        "account 123456789012, us-east-1: 1 VPC",
        "",
        "endpoints-admit-only-https: 0 violated, 0 unverified, 1 kept; 0 skipped",
        "",
        "endpoints-are-usable-and-narrow: 0 violated, 0 unverified, 0 kept; 0 skipped",
        "",
        "private-subnets-have-no-internet-route: 0 violated, 0 unverified, 1 kept; 1 skipped",
        "",
        "virtual-ip-is-complete: 0 violated, 0 unverified, 1 kept; 0 skipped",
        "",
        "virtual-ip-outside-vpc-cidr: 0 violated, 0 unverified, 1 kept; 0 skipped",
        "",
        "0 violations",
    ]


def test_a_violation_is_told_as_the_pack_tells_it_with_names_behind_ids() -> None:
    lines = as_text(reported(with_nat(closed_network()))).splitlines()
    first = lines.index(
        "  violated: private subnet subnet-0000000a (Subnet-2a) reaches the internet through"
        " NAT gateway nat-00000001"
    )
    assert lines[first + 1].startswith("    path: subnet subnet-0000000a (Subnet-2a) -> ")
    assert lines[first + 2].startswith("    fix: use a NAT gateway with private connectivity")
    assert lines[-1] == "1 violation"


def test_what_is_unverified_is_reported_and_is_not_a_violation() -> None:
    report = reported(with_nat(closed_network()), "describe_nat_gateways")
    assert report.violations == []
    lines = as_text(report).splitlines()
    assert "  ec2:DescribeNatGateways in us-east-1: UnauthorizedOperation" in lines
    assert lines[-1] == ("0 violations; 1 unverified: no proof either way, a fact is missing")


def test_advice_is_not_a_violation() -> None:
    answers = closed_network()
    answers["describe_network_interfaces"][0]["SourceDestCheck"] = True
    report = reported(answers)
    assert report.violations == []
    assert "  advice: network interface eni-0000000a (node-a) drops packets" in as_text(report)


def test_an_audit_of_one_vpc_reports_no_other() -> None:
    answers = joined("static", "tgw-attach-00000002", "vpc")
    answers["describe_security_group_rules"].append(rule("sgr-00000002", 80))
    here = reported(answers, vpc=VPC)
    assert {each.subject for each in here.violations} == {PRIVATE, ENDPOINT}
    beyond = reported(answers, vpc="vpc-00000002")
    assert beyond.violations == []
    assert not beyond.judgement.coverage["virtual-ip-is-complete"].verdicts


def test_json_has_the_path_in_ids_and_names_and_what_was_not_read() -> None:
    report = reported(with_nat(closed_network()), "describe_instances")
    shown: dict[str, Any] = json.loads(as_json(report))
    (finding,) = shown["findings"]
    assert finding["subject"] == PRIVATE
    assert finding["name"] == "Subnet-2a"
    assert finding["verdict"] == "violated"
    assert finding["advice"] is False
    assert [step["id"] for step in finding["path"]] == [
        PRIVATE,
        "rtbassoc-0000000a",
        "rtb-0000000a",
        "rtb-0000000a_0.0.0.0/0",
        "nat-00000001",
    ]
    assert shown["coverage"]["endpoints-admit-only-https"] == {
        "violated": 0,
        "unverified": 0,
        "kept": 1,
        "skipped": {},
        "allowed": {},
    }
    assert shown["not_read"] == [
        {
            "call": "ec2:DescribeInstances",
            "region": "us-east-1",
            "code": "UnauthorizedOperation",
        }
    ]


def test_a_name_is_added_behind_whole_ids_only() -> None:
    names = {"tgw-attach-00000001": "spoke", "rtb-00000001": "main"}
    text = "attachment tgw-attach-00000001, tgw-rtb-00000001, rtb-00000001_0.0.0.0/0"
    assert with_names(text, names) == (
        "attachment tgw-attach-00000001 (spoke), tgw-rtb-00000001, rtb-00000001_0.0.0.0/0"
    )
