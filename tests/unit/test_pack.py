"""The pack as a whole: which policy says what, once, in order, and what it never hides."""

from datetime import timedelta
from typing import Any

import pytest
from pulumi_policy import StackValidationPolicy

from guardrails import pulumi_reader
from guardrails.findings import Judgement
from guardrails.options import exemptions
from guardrails.options.exemptions import today
from guardrails.pack import policies, stack_judgement
from guardrails.pack.catalogue import CATALOGUE, GATES
from guardrails.pack.stack_judgement import StackJudgement
from guardrails.testing import Analyzer, Given, analyze
from tests.support.policy_stacks import GUESSING, Stack, closed_network

ROUTES = "private-subnets-have-no-internet-route"
SUBNET = "urn:pulumi:test::project::aws:ec2/subnet:Subnet::private-a"


def violating() -> Stack:
    stack, made = closed_network()
    stack.route(
        made["table"],
        gatewayId=made["gateway"],
        destinationCidrBlock="0.0.0.0/0",
    )
    return stack


def exemption(**changes: str) -> dict[str, Any]:
    entry = {
        "urn": SUBNET,
        "reason": "migration",
        "owner": "network team",
        "expires": (today() + timedelta(days=1)).isoformat(),
    }
    return {ROUTES: {"exemptions": [{**entry, **changes}]}}


def test_the_policies_have_the_names_and_levels_that_others_rely_on() -> None:
    levels = {entry.name: entry.level.value for entry in (*CATALOGUE, *GATES)}
    assert levels == {
        "private-subnets-have-no-internet-route": "mandatory",
        "endpoints-admit-only-https": "mandatory",
        "virtual-ip-outside-vpc-cidr": "mandatory",
        "virtual-ip-is-complete": "advisory",
        "private-subnets-use-no-advisory-exit": "advisory",
        "endpoints-are-usable-and-narrow": "advisory",
        "facts-are-missing": "advisory",
        "facts-are-missing-is-refused": "mandatory",
        "exemptions-are-current": "advisory",
        "pack-is-sound": "mandatory",
        "private-subnets-have-no-internet-route-gate": "disabled",
        "endpoints-admit-only-https-gate": "mandatory",
        "virtual-ip-outside-vpc-cidr-gate": "mandatory",
    }


def test_a_violation_is_reported_at_its_subnet_with_path_and_fix() -> None:
    (violation,) = analyze(violating().preview(), policies()).violations
    assert (violation.policy, violation.level, violation.urn) == (ROUTES, "mandatory", SUBNET)
    assert (
        "path: subnet private-a -> association inner-a -> route table inner"
        " -> route 0.0.0.0/0 -> internet gateway way-out" in violation.message
    )
    assert "\n  fix: remove the route" in violation.message


def test_messages_do_not_depend_on_the_order_of_resources() -> None:
    shown = violating().preview()
    forward = analyze(shown, policies()).violations
    backward = analyze(reversed(shown), policies()).violations
    assert forward == backward


def test_a_stack_without_subjects_gets_one_note_and_passes() -> None:
    bucket = Given("aws:s3/bucket:Bucket", "b", {"bucket": "b"})
    (note,) = analyze([bucket], policies()).violations
    assert (note.policy, note.level) == ("facts-are-missing", "advisory")
    assert "nothing to judge" in note.message


def test_missing_facts_are_refused_where_the_rule_says_so() -> None:
    stack, made = closed_network()
    stack.add("command:local:Command", "setup", create=f"make {made['vpc'].name}")
    (note,) = analyze(stack.preview(), policies()).violations
    assert (note.policy, note.level) == ("facts-are-missing", "advisory")
    config = {ROUTES: {"onUnverified": "mandatory"}}
    (refusal,) = analyze(stack.preview(), policies(), config=config).violations
    assert (refusal.policy, refusal.level) == ("facts-are-missing-is-refused", "mandatory")


def behind_nat() -> Stack:
    stack, made = closed_network()
    nat = stack.add("ec2/natGateway:NatGateway", "nat", subnetId=made["subnet"])
    stack.route(
        made["table"],
        natGatewayId=nat,
        destinationCidrBlock="0.0.0.0/0",
    )
    return stack


def test_a_kind_of_exit_that_is_advisory_is_reported_by_a_companion_and_blocks_nothing() -> None:
    config = {ROUTES: {"advisoryExits": ["nat"]}, **GUESSING}
    for preview, shown in ((True, behind_nat().preview()), (False, behind_nat().update())):
        (note,) = analyze(shown, policies(), config=config, preview=preview).violations
        assert (note.policy, note.level) == ("private-subnets-use-no-advisory-exit", "advisory")
        assert "reaches the internet through NAT gateway nat" in note.message
    strict = analyze(behind_nat().update(), policies(), config=GUESSING, preview=False)
    assert {each.policy for each in strict.violations} == {ROUTES, f"{ROUTES}-gate"}


def test_what_is_advisory_is_not_refused_for_a_missing_fact_either() -> None:
    stack, made = closed_network()
    nat = "nat-0123456789abcdef0"
    stack.route(
        made["table"],
        natGatewayId=nat,
        destinationCidrBlock="0.0.0.0/0",
    )
    options = {"advisoryExits": ["nat"], "onUnverified": "mandatory"}
    (note,) = analyze(stack.preview(), policies(), config={ROUTES: options}).violations
    assert (note.policy, note.level) == ("facts-are-missing", "advisory")


def test_the_coverage_report_names_what_an_allowed_exit_keeps() -> None:
    config: dict[str, dict[str, Any]] = {ROUTES: {"allowedExits": ["nat"]}}
    assert analyze(behind_nat().preview(), policies(), config=config).violations == ()
    config["exemptions-are-current"] = {"coverage": True}
    (report,) = analyze(behind_nat().preview(), policies(), config=config).violations
    assert f"{ROUTES}: 0 violated, 0 unverified, 1 kept; 0 skipped, 0 exempt, 1 allowed" in (
        report.message
    )
    assert "allowed: private subnet private-a reaches the internet through" in report.message


def test_an_exemption_in_force_turns_a_violation_into_a_note() -> None:
    (note,) = analyze(violating().preview(), policies(), config=exemption()).violations
    assert (note.policy, note.level) == ("exemptions-are-current", "advisory")
    assert "migration (network team)" in note.message


def test_an_expired_exemption_exempts_nothing() -> None:
    config = exemption(expires="2020-01-31")
    outcome = analyze(violating().preview(), policies(), config=config)
    assert len(outcome.of(ROUTES)) == 1
    assert "its exemption by network team ended on 2020-01-31" in outcome.of(ROUTES)[0].message
    assert "ended on 2020-01-31" in outcome.of("exemptions-are-current")[0].message


def test_an_exemption_is_in_force_on_its_last_day(monkeypatch: pytest.MonkeyPatch) -> None:
    config = exemption(expires=today().isoformat())
    assert analyze(violating().preview(), policies(), config=config).of(ROUTES) == []
    tomorrow = today() + timedelta(days=1)
    monkeypatch.setattr(exemptions, "today", lambda: tomorrow)
    assert len(analyze(violating().preview(), policies(), config=config).of(ROUTES)) == 1


def test_an_exemption_without_use_is_a_note() -> None:
    stack, _ = closed_network()
    (note,) = analyze(stack.preview(), policies(), config=exemption()).violations
    assert (note.policy, note.level) == ("exemptions-are-current", "advisory")
    assert "has no use" in note.message


def test_exemptions_cover_subjects_by_pattern() -> None:
    config = exemption(urn="*::private-?")
    assert analyze(violating().preview(), policies(), config=config).of(ROUTES) == []
    config = exemption(urn="*::public-?")
    assert len(analyze(violating().preview(), policies(), config=config).of(ROUTES)) == 1


def test_the_coverage_report_counts_verdicts_and_names_what_was_skipped() -> None:
    stack, made = closed_network()
    stack.add("ec2/subnet:Subnet", "public-a", vpcId=made["vpc"], cidrBlock="10.0.9.0/24")
    config = {"exemptions-are-current": {"coverage": True}}
    (report,) = analyze(stack.preview(), policies(), config=config).violations
    assert f"{ROUTES}: 0 violated, 0 unverified, 1 kept; 1 skipped, 0 exempt" in report.message
    assert "aws:ec2/subnet:Subnet::public-a" in report.message


def test_a_fault_inside_is_a_mandatory_finding_and_hides_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("10.0.0.0/16 is in this message")

    monkeypatch.setattr(stack_judgement, "judge", broken)
    outcome = analyze(violating().preview(), policies())
    assert outcome.refused
    messages = [each.message for each in outcome.of("pack-is-sound")]
    assert any("ZeroDivisionError" in message for message in messages)
    assert not any("10.0.0.0" in message for message in messages)


def test_a_resource_that_cannot_be_read_hides_no_violation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(pulumi_reader.READERS, "aws:ec2/vpnGateway:VpnGateway", broken)
    stack = violating()
    stack.add("ec2/vpnGateway:VpnGateway", "vpn")
    outcome = analyze(stack.state(), policies())
    assert len(outcome.of(ROUTES)) == 1
    (fault,) = outcome.of("pack-is-sound")
    assert fault.urn.endswith("::vpn")
    assert "ZeroDivisionError" in fault.message


def test_the_stack_is_judged_once_for_all_policies(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = list[StackJudgement]()
    original = stack_judgement.judge

    def counted(*args: Any, **named: Any) -> Any:
        calls.append(args)
        return original(*args, **named)

    monkeypatch.setattr(stack_judgement, "judge", counted)
    analyze(violating().preview(), policies())
    assert len(calls) == 1


def test_another_authors_policy_in_the_same_pack_still_sees_every_resource() -> None:
    seen: list[str] = []

    def look(args: Any, _: object) -> None:
        seen.extend(resource.props["cidrBlock"] for resource in args.resources[:1])

    other = StackValidationPolicy(name="other", description="looks", validate=look)
    outcome = analyze(violating().preview(), [*policies(), other])
    assert seen == ["10.0.0.0/16"]
    assert len(outcome.of(ROUTES)) == 1


def test_two_stacks_judged_one_after_the_other_do_not_mix() -> None:
    every = policies()
    analyzer = Analyzer(every)
    assert len(analyzer.judge(violating().state())) == 1
    assert analyzer.judge(closed_network()[0].state()) == []


def test_a_pack_that_was_not_shown_the_stack_says_so() -> None:
    (policy,) = [each for each in policies() if each.name == "pack-is-sound"]
    said: list[str] = []
    policy.report(None, lambda message, _: said.append(message))
    assert "failed with LookupError" in said[0]


def test_a_stack_with_subjects_of_which_none_was_judged_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stack_judgement, "judge", lambda *_, **__: Judgement((), {}))
    (finding,) = analyze(violating().preview(), policies()).violations
    assert (finding.policy, finding.level) == ("pack-is-sound", "mandatory")
    assert "none was judged" in finding.message
