"""What each policy of the pack says about a judged stack, as messages in a stable order."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from pulumi.runtime.proto import analyzer_pb2

import guardrails.rules
from guardrails.findings import Finding, Verdict
from guardrails.model.anchors import short_name
from guardrails.model.topology import Topology
from guardrails.options.exemptions import today
from guardrails.options.table import (
    ADVISORY_EXITS,
    ENDPOINTS,
    ROUTES,
    SOUND,
    VIRTUAL_IP,
)
from guardrails.pack.missing_facts import describe_all, one_for_each_fact
from guardrails.pack.session import Session
from guardrails.pack.stack_judgement import StackJudgement

_MANDATORY: Final = {analyzer_pb2.MANDATORY, analyzer_pb2.REMEDIATE}


@dataclass(frozen=True, slots=True, order=True)
class Message:
    """One violation to report; `urn` is the resource that it is shown at, "" for the stack."""

    urn: str
    text: str


Report: TypeAlias = Callable[[Session, StackJudgement], Iterator[Message]]


def _message(session: Session, verdicts: StackJudgement, finding: Finding) -> Message:
    head = f"{finding.message}{_expired(verdicts, finding)}"
    text = "\n  ".join((head, *finding.details))
    return Message(verdicts.reading.stack.shown_at(finding.subject), session.printable(text))


def _expired(verdicts: StackJudgement, finding: Finding) -> str:
    for exemption in verdicts.settings.exemptions.covering(finding.rule, finding.subject):
        return f" (its exemption by {exemption.owner} ended on {exemption.expires})"
    return ""


def violations_of(rule: str, *, advisory: bool = False) -> Report:
    """Return the report of one rule: what it proves to be violated, as advice or not."""

    def report(session: Session, verdicts: StackJudgement) -> Iterator[Message]:
        for finding in verdicts.findings(Verdict.VIOLATED):
            if finding.rule == rule and finding.advisory == advisory:
                yield _message(session, verdicts, finding)

    return report


def missing_facts(session: Session, verdicts: StackJudgement) -> Iterator[Message]:
    """Report what could not be decided and is not to be refused; and a stack without subjects."""
    yield from _unverified(session, verdicts, refused=False)
    covered = verdicts.judgement.coverage.values()
    skipped = {key: why for each in covered for key, why in each.skipped.items()}
    if not _subjects(verdicts.reading.topology):
        yield Message(
            "",
            "nothing to judge: the stack has no subnet, no endpoint and no virtual IP address\n"
            "  fix: none is needed if the network is another stack's; run the pack there",
        )
    elif skipped and not any(each.verdicts for each in covered):
        reasons = "; ".join(f"{short_name(key)}: {why}" for key, why in sorted(skipped.items()))
        yield Message(
            "",
            session.printable(f"nothing was judged, because everything was skipped ({reasons})\n")
            + "  fix: none is needed if that is right; else classify the subnets",
        )


def refused_facts(session: Session, verdicts: StackJudgement) -> Iterator[Message]:
    """Report what could not be decided for rules that refuse that (`onUnverified`)."""
    yield from _unverified(session, verdicts, refused=True)


def _unverified(session: Session, verdicts: StackJudgement, *, refused: bool) -> Iterator[Message]:
    refusing = verdicts.settings.refused_when_unverified
    found = (
        finding
        for finding in verdicts.findings(Verdict.UNVERIFIED)
        if (finding.rule in refusing and not finding.advisory) == refused
    )
    for alike in one_for_each_fact(found):
        text = describe_all(alike, _expired(verdicts, alike[0]))
        yield Message(verdicts.reading.stack.shown_at(alike[0].subject), session.printable(text))


def exemptions(session: Session, verdicts: StackJudgement) -> Iterator[Message]:
    """Report every use of an exemption, every one without use, and the coverage if asked to."""
    used = set(verdicts.exempted.values())
    for finding, exemption in verdicts.exempted.items():
        yield Message(
            verdicts.reading.stack.shown_at(finding.subject),
            session.printable(
                f"{finding.rule} is not enforced until {exemption.expires}: {exemption.reason}"
                f" ({exemption.owner}); it would say: {finding.message}"
            ),
        )
    for exemption in verdicts.settings.exemptions.every:
        if exemption.rule in verdicts.disabled:
            continue
        if exemption.expires >= today():
            if exemption in used or verdicts.settings.shared:
                continue
            yield Message(
                "",
                f"the exemption of {exemption.urn} from {exemption.rule} has no use"
                f" ({exemption.owner}, until {exemption.expires}): nothing it covers breaks the"
                " rule\n  fix: remove it",
            )
        else:
            yield Message(
                "",
                f"the exemption of {exemption.urn} from {exemption.rule} ended on"
                f" {exemption.expires} ({exemption.owner})\n  fix: correct the subject"
                " and remove the exemption",
            )
    if verdicts.settings.coverage:
        yield Message("", session.printable(coverage(verdicts)))


def coverage(verdicts: StackJudgement) -> str:
    """Return, rule by rule, what was judged and how, what was skipped and why, what is exempt."""
    lines: list[str] = []
    for rule, covered in sorted(verdicts.judgement.coverage.items()):
        exempt = sum(finding.rule == rule for finding in verdicts.exempted)
        counts = ", ".join(f"{covered.count(each)} {each}" for each in Verdict)
        allowed = f", {len(covered.allowed)} allowed" if covered.allowed else ""
        lines.append(f"{rule}: {counts}; {len(covered.skipped)} skipped, {exempt} exempt{allowed}")
        lines.extend(f"  allowed: {message}" for _, message in sorted(covered.allowed.items()))
        lines.extend(f"  skipped {key}: {why}" for key, why in sorted(covered.skipped.items()))
    lines.extend(f"without effect here: {each}" for each in verdicts.idle)
    return "\n".join(["coverage:", *lines])


def _subjects(topology: Topology, disabled: frozenset[str] = frozenset()) -> set[str]:
    """Return what the rules have to judge, but for those that are disabled."""
    of_rule = {
        ROUTES: topology.subnets,
        ENDPOINTS: topology.endpoints,
        VIRTUAL_IP: topology.virtual_ips,
    }
    return {each.key for rule in of_rule if rule not in disabled for each in of_rule[rule]}


def soundness(session: Session, verdicts: StackJudgement) -> Iterator[Message]:
    """Report mistakes in the configuration, faults of the pack, and a judgement of nothing."""
    for mistake in session.settings.mistakes:
        yield Message("", f"the configuration of the pack is wrong: {mistake}")
    for idle in () if verdicts.settings.shared else verdicts.idle:
        yield Message(
            "",
            session.printable(
                f"the configuration of the pack has no effect: {idle}\n  fix: correct or remove"
                " it, or set sharedConfiguration if it is meant for another stack"
            ),
        )
    for fault in session.faults:
        yield Message("", f"a fault of the pack itself: {fault}")
    for fault in verdicts.reading.faults:
        yield Message(
            verdicts.reading.stack.shown_at(fault.urn),
            f"a fault of the pack itself: {fault.error}; the resource was left out",
        )
    subjects = _subjects(verdicts.reading.topology, verdicts.disabled)
    judged = {
        key
        for covered in verdicts.judgement.coverage.values()
        for key in (*covered.verdicts, *covered.skipped)
    }
    if subjects and not judged:
        yield Message(
            "", f"the stack has {len(subjects)} subnets, endpoints or virtual IPs; none was judged"
        )


def blocked_resource(session: Session, rule: str, urn: str) -> Iterator[Message]:
    """Report what the resource at hand would complete, if its rule is enforced."""
    if session.levels.get(rule, analyzer_pb2.MANDATORY) not in _MANDATORY:
        return
    for finding in session.completed_by(urn, rule):
        if not session.settings.exemptions.in_force(rule, finding.subject):
            blocked = f"Blocked: creating this resource would violate {rule}: {finding}"
            yield Message(urn, session.printable(blocked))


REPORTS: Final[dict[str, Report]] = {
    **{rule: violations_of(rule) for rule in guardrails.rules.RULES},
    ADVISORY_EXITS: violations_of(ROUTES, advisory=True),
    "facts-are-missing": missing_facts,
    "facts-are-missing-is-refused": refused_facts,
    "exemptions-are-current": exemptions,
    SOUND: soundness,
}
"""By policy: what it says. The last one must stay last, since it reports the faults of others."""
