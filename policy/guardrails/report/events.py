"""The engine's event log of one preview: what changes, what policies say, what went wrong.

The log is a JSON object on each line, as `pulumi preview --event-log FILE` writes it. Its shape is
that of `apitype.EngineEvent` in github.com/pulumi/pulumi/sdk/v3/go/common/apitype/events.go.
`pulumi preview --json` would be documented, but leaves out what policies say.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# An operation of the engine, and what a reader of the comment calls it. A replacement is up to
# three events: for the old resource, the new one, and both.
_OPERATIONS = {
    "create": "create",
    "update": "update",
    "delete": "delete",
    "replace": "replace",
    "create-replacement": "replace",
    "delete-replaced": "replace",
    "import": "import",
    "import-replacement": "replace",
    "discard": "discard",
    "discard-replaced": "replace",
    "remove-pending-replace": "replace",
}
# `aws:ec2/vpc:Vpc` is shown as `aws:ec2:Vpc`, as the command line does.
_SUBMODULE = re.compile(r"/[^:]*(?=:)")


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one resource: replace, delete, update, create, import or discard.

    `properties` are those that differ; of a replacement, those that force it. `stays` says that
    AWS keeps what the stack forgets (`retainOnDelete`).
    """

    operation: str
    urn: str
    type: str
    properties: tuple[str, ...] = ()
    stays: bool = False

    @property
    def name(self) -> str:
        """The resource's name in its program."""
        return self.urn.rpartition("::")[2]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a policy says of a resource, or of the stack when `urn` is empty.

    `level` is mandatory, advisory or remediate. `text` is the policy's description and its message.
    """

    policy: str
    level: str
    severity: str
    urn: str
    text: str

    @property
    def name(self) -> str:
        """The name of the resource that the finding is about."""
        return self.urn.rpartition("::")[2] or "the stack"


@dataclass(frozen=True, slots=True)
class Preview:
    """All that a log tells of one preview.

    `policies` are those that looked at a resource or at the stack, `packs` those packs that judged
    the stack as a whole: the engine leaves that out when the program fails. `finished` is False
    for a log that breaks off.
    """

    changes: tuple[Change, ...]
    unchanged: int
    findings: tuple[Finding, ...]
    policies: frozenset[str]
    packs: frozenset[str]
    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    finished: bool


def read_events(lines: Iterable[str]) -> Preview:
    """Read the lines of a log, up to the one that breaks off when the engine is killed."""
    events = list(_events(lines))
    summaries = [event["summaryEvent"] for event in events if "summaryEvent" in event]
    judged = [each for event in events if (each := event.get("policyAnalyzeStackSummaryEvent"))]
    looked = [each for event in events if (each := event.get("policyAnalyzeSummaryEvent"))]
    findings = tuple(_finding(each["policyEvent"]) for each in events if "policyEvent" in each)
    named = {name for each in judged + looked for name in _names(each)}
    return Preview(
        changes=_changes(events),
        unchanged=int(summaries[-1].get("resourceChanges", {}).get("same", 0)) if summaries else 0,
        findings=findings,
        policies=frozenset(named | {finding.policy for finding in findings}),
        packs=frozenset(str(each["policyPackName"]) for each in judged),
        errors=_messages(events, "error"),
        warnings=_messages(events, "warning"),
        finished=bool(summaries),
    )


def _events(lines: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            return
        if not isinstance(event, dict):
            return
        yield event


def _changes(events: Iterable[Mapping[str, Any]]) -> tuple[Change, ...]:
    """Return one change for each resource; of several events the last one with a reason counts."""
    found: dict[tuple[str, str], Change] = {}
    for event in events:
        step = event.get("resourcePreEvent", {}).get("metadata", {})
        operation = _OPERATIONS.get(step.get("op", ""))
        if operation is None or _is_default_provider(step):
            continue
        change = _change(operation, step)
        key = (change.urn, operation)
        if key not in found or change.properties:
            found[key] = change
    return tuple(found.values())


def _is_default_provider(step: Mapping[str, Any]) -> bool:
    """Whether nobody wrote this resource: the engine does not show or count it either."""
    name = str(step["urn"]).rpartition("::")[2]
    return str(step["type"]).startswith("pulumi:providers:") and name.startswith("default")


def _change(operation: str, step: Mapping[str, Any]) -> Change:
    forced = step.get("keys") or ()
    differs = step.get("detailedDiff") or step.get("diffs") or ()
    before: Mapping[str, Any] = step.get("old") or {}
    return Change(
        operation=operation,
        urn=str(step["urn"]),
        type=_SUBMODULE.sub("", str(step["type"])),
        properties=tuple(sorted(map(str, (forced if operation == "replace" else ()) or differs))),
        stays=operation in ("delete", "replace") and bool(before.get("retainOnDelete")),
    )


def _finding(event: Mapping[str, Any]) -> Finding:
    return Finding(
        policy=str(event["policyName"]),
        level=str(event["enforcementLevel"]),
        severity=str(event.get("severity", "")),
        urn=str(event.get("resourceUrn", "")),
        text=str(event["message"]).strip(),
    )


def _names(summary: Mapping[str, Any]) -> Iterator[str]:
    yield from summary.get("passed") or ()
    yield from summary.get("failed") or ()


def _messages(events: Iterable[Mapping[str, Any]], severity: str) -> tuple[str, ...]:
    """Return the diagnostics of a severity, each once, with the resource that they concern."""
    said: dict[str, None] = {}
    for event in events:
        diagnostic = event.get("diagnosticEvent", {})
        message = str(diagnostic.get("message", "")).strip()
        if message and diagnostic.get("severity") == severity:
            name = str(diagnostic.get("urn", "")).rpartition("::")[2]
            said[f"{name}: {message}" if name else message] = None
    return tuple(said)
