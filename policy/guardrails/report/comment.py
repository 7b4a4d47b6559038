"""The comment of a pull request, in the Markdown that GitHub and GitLab share.

All that comes from a program is shown as code: a name or a message must neither mention people nor
pose as a heading of the report. Values of properties are left out, because they may be secret.
"""

from collections.abc import Iterator

from guardrails.report.events import Change, Finding, Preview
from guardrails.report.judged_preview import TAKES_AWAY, JudgedPreview, slug
from guardrails.report.page import Page, code, fenced
from guardrails.report.verdicts import notes, undecided, verdicts, violations

_SHOWN_PROPERTIES = 8
_CHANGES = "| change | resource | type | properties |\n| --- | --- | --- | --- |"
_VERDICTS = "| policy | verdict |\n| --- | --- |"


def marker(name: str) -> str:
    """Return the first line of a comment, by which the next run finds and edits it."""
    return f"<!-- guardrails: {slug(name)} -->"


def write_comment(judged: JudgedPreview) -> str:
    """Write the comment about a preview."""
    preview = judged.preview
    page = Page()
    page.add(marker(judged.name), f"## {code(judged.name)}: {judged.headline}")
    if judged.counts:
        page.add("", judged.counts)
    page.add_section("Failed", map(fenced, judged.reasons()))
    page.add_section("Violated", map(_described, violations(preview)))
    page.add_section("Unverified", map(_described, undecided(preview)))
    page.add_section("Changes", map(_row, judged.changes), head=_CHANGES)
    page.add_section("Verdicts", _verdict_rows(preview), head=_VERDICTS)
    page.add_section("Notes", map(_described, notes(preview)))
    page.add_section("Warnings", map(fenced, preview.warnings))
    return str(page)


def _described(finding: Finding) -> str:
    severity = f", {finding.severity}" if finding.severity else ""
    title = f"{code(finding.policy)} ({finding.level}{severity}): {code(finding.name)}"
    return f"{title}\n\n{fenced(finding.text)}"


def _row(change: Change) -> str:
    operation = f"**{change.operation}**" if change.operation in TAKES_AWAY else change.operation
    kept = " (AWS keeps it)" if change.stays else ""
    shown = [code(each) for each in change.properties[:_SHOWN_PROPERTIES]]
    left_out = len(change.properties) - len(shown)
    properties = ", ".join([*shown, *([f"{left_out} more"] if left_out else [])])
    return f"| {operation}{kept} | {code(change.name)} | {code(change.type)} | {properties} |"


def _verdict_rows(preview: Preview) -> Iterator[str]:
    for each in verdicts(preview):
        count = f": {each.count}" if each.count else ""
        yield f"| {code(each.policy)} | {each.verdict}{count} |"
