"""The comment of a pull request, in the Markdown that GitHub and GitLab share.

All that comes from a program is shown as code: a name or a message must neither mention people nor
pose as a heading of the report. Values of properties are left out, because they may be secret.
"""

import re
from collections import Counter
from collections.abc import Iterator

from guardrails.report.events import Change, Finding, Preview
from guardrails.report.outcome import Outcome, failures
from guardrails.report.page import Page, code, fenced
from guardrails.report.verdicts import notes, undecided, verdicts, violations

# In the order in which a reviewer wants to see them; the first ones take something away.
_OPERATIONS = ("replace", "delete", "discard", "update", "import", "create")
_TAKES_AWAY = frozenset({"replace", "delete", "discard"})
_SHOWN_PROPERTIES = 8
_HEADLINES = {
    Outcome.FINE: "no policy is violated",
    Outcome.FAILED: "the preview failed",
    Outcome.VIOLATED: "a policy is violated",
    Outcome.DIFFERS: "the stack differs from its program",
}
_CHANGES = "| change | resource | type | properties |\n| --- | --- | --- | --- |"
_VERDICTS = "| policy | verdict |\n| --- | --- |"


def marker(name: str) -> str:
    """Return the first line of a comment, by which the next run finds and edits it."""
    return f"<!-- guardrails: {re.sub(r'[^A-Za-z0-9._/]+', '-', name)} -->"


def write_comment(preview: Preview, outcome: Outcome, name: str) -> str:
    """Write the comment about a preview of the stack `name`."""
    page = Page()
    page.add(marker(name), f"## {code(name)}: {_HEADLINES[outcome]}")
    if counts := _counted(preview):
        page.add("", counts)
    page.add_section("Failed", map(fenced, _failed(preview, outcome)))
    page.add_section("Violated", map(_described, violations(preview)))
    page.add_section("Unverified", map(_described, undecided(preview)))
    page.add_section("Changes", map(_row, _sorted(preview)), head=_CHANGES)
    page.add_section("Verdicts", _verdict_rows(preview), head=_VERDICTS)
    page.add_section("Notes", map(_described, notes(preview)))
    page.add_section("Warnings", map(fenced, preview.warnings))
    return str(page)


def _counted(preview: Preview) -> str:
    operations = Counter(change.operation for change in preview.changes)
    counts = [
        (len(violations(preview)), "violated"),
        (len(undecided(preview)), "unverified"),
        *((operations[each], f"to {each}") for each in _OPERATIONS),
        (preview.unchanged, "unchanged"),
    ]
    return ", ".join(f"{count} {what}" for count, what in counts if count)


def _failed(preview: Preview, outcome: Outcome) -> Iterator[str]:
    """Yield why there is no verdict."""
    yield from failures(preview)
    if outcome is not Outcome.FAILED:
        return
    if not preview.finished:
        yield "The preview did not reach its end. The log of the run says why."
    elif preview.packs:
        yield "The command failed after the preview. The log of the run says why."
    elif failures(preview):
        yield "No policy pack judged the stack, because the preview failed before."
    else:
        yield "No policy pack judged the stack: add --policy-pack to the command."


def _described(finding: Finding) -> str:
    severity = f", {finding.severity}" if finding.severity else ""
    title = f"{code(finding.policy)} ({finding.level}{severity}): {code(finding.name)}"
    return f"{title}\n\n{fenced(finding.text)}"


def _sorted(preview: Preview) -> list[Change]:
    return sorted(
        preview.changes, key=lambda each: (_OPERATIONS.index(each.operation), each.name, each.urn)
    )


def _row(change: Change) -> str:
    operation = f"**{change.operation}**" if change.operation in _TAKES_AWAY else change.operation
    kept = " (AWS keeps it)" if change.stays else ""
    shown = [code(each) for each in change.properties[:_SHOWN_PROPERTIES]]
    left_out = len(change.properties) - len(shown)
    properties = ", ".join([*shown, *([f"{left_out} more"] if left_out else [])])
    return f"| {operation}{kept} | {code(change.name)} | {code(change.type)} | {properties} |"


def _verdict_rows(preview: Preview) -> Iterator[str]:
    for each in verdicts(preview):
        count = f": {each.count}" if each.count else ""
        yield f"| {code(each.policy)} | {each.verdict}{count} |"
