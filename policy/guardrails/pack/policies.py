"""The policies of the pack: `PolicyPack("closed-network", policies())` is a whole policy pack."""

from collections.abc import Iterable
from typing import Any

from pulumi_policy import (
    Policy,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)

from guardrails.options.table import RULES, SOUND
from guardrails.pack.catalogue import CATALOGUE, GATES, NAMES, Entry
from guardrails.pack.reports import REPORTS, Message, blocked_resource
from guardrails.pack.sdk_hook import SessionPolicy, install
from guardrails.pack.session import Session


class StackPolicy(StackValidationPolicy, SessionPolicy):
    """One policy of the pack: reports its part of the stack's one judgement."""

    def __init__(self, entry: Entry, session: Session) -> None:
        super().__init__(validate=self.report, **_metadata(entry))  # pyright: ignore[reportUnknownMemberType] - the SDK leaves an Awaitable open
        self.session = session

    def report(self, args: StackValidationArgs, report_violation: ReportViolation) -> None:  # noqa: ARG002 - the session has the stack
        """Report every message of this policy; a fault inside is `pack-is-sound`'s to report."""
        messages: set[Message] = set()
        if self.session.unsupported:
            if self.name == SOUND:
                report_violation(self.session.unsupported, None)
            return
        try:
            for message in REPORTS[self.name](self.session, self.session.verdicts):
                messages.add(message)
        except Exception as error:  # noqa: BLE001 - one policy must not silence the others
            fault = self.session.fault(self.name, error)
            if self.name == SOUND:
                messages.add(Message("", fault))
        _report(sorted(messages), report_violation)


class GatePolicy(ResourceValidationPolicy, SessionPolicy):
    """Blocks, during an update, the resource that would complete a violation of a rule."""

    def __init__(self, entry: Entry, rule: str, session: Session) -> None:
        super().__init__(validate=self.block, **_metadata(entry))  # pyright: ignore[reportUnknownMemberType] - the SDK leaves an Awaitable open
        self.rule = rule
        self.session = session

    def block(self, args: ResourceValidationArgs, report_violation: ReportViolation) -> None:
        """Report what the resource would complete."""
        try:
            messages = list(blocked_resource(self.session, self.rule, args.urn))
        except Exception as error:  # noqa: BLE001 - one policy must not silence the others
            messages = [Message(args.urn, self.session.fault(self.name, error))]
        _report(messages, report_violation)


def _report(messages: Iterable[Message], report_violation: ReportViolation) -> None:
    for message in messages:
        report_violation(message.text, message.urn or None)


def _metadata(entry: Entry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "description": entry.description,
        "enforcement_level": entry.level,
        "config_schema": entry.schema,
        "display_name": entry.title,
        "severity": entry.severity,
        "framework": entry.framework,
        "tags": ["aws", "network"],
        "remediation_steps": entry.remedy,
        "url": entry.url,
    }


def policies() -> list[Policy]:
    """Return the policies of the pack, which share one judgement of the stack.

    Use all of them: they report for each other. Levels, and which subnets are private, are the
    pack's configuration. Other policies may stand beside them in the same `PolicyPack`.
    """
    session = Session(NAMES)
    session.unsupported = install()
    return [
        *(GatePolicy(entry, rule, session) for entry, rule in zip(GATES, RULES, strict=True)),
        *(StackPolicy(entry, session) for entry in CATALOGUE),
    ]
