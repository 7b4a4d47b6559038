"""The report as a web page: one file without scripts, and nothing in it is loaded from elsewhere.

All that comes from a program is escaped, and what cannot be seen is shown as such: a character that
turns the direction of text round could make a path read as another one.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from guardrails.html_page import html_page, html_table, html_text
from guardrails.report.events import Change, Finding, Preview
from guardrails.report.judged_preview import TAKES_AWAY, JudgedPreview
from guardrails.report.outcome import Outcome
from guardrails.report.verdicts import notes, undecided, verdicts, violations

_STYLE: Final = """
h1 { border-color: var(--good); }
h1.failed, h1.violated { border-color: var(--bad); }
h1.differs { border-color: var(--open); }
article { border: 1px solid var(--line); border-radius: .3rem; margin: 1rem 0; padding: 0 1rem; }
.violated, .replace, .delete, .discard { color: var(--bad); font-weight: 600; }
.unverified, .differs { color: var(--open); font-weight: 600; }
.kept { color: var(--good); }
"""
_CHANGES: Final = ("change", "resource", "type", "properties")
_VERDICTS: Final = ("policy", "verdict", "findings")
_CLASSES: Final = {Outcome.FINE: "kept", **{each: each.name.lower() for each in Outcome if each}}


def write_web_page(judged: JudgedPreview) -> str:
    """Write the page about a preview."""
    preview = judged.preview
    title = f"{_text(judged.name)}: {judged.headline}"
    blocks = [
        f"<p>{judged.counts}</p>",
        *_section("Failed", map(_block, judged.reasons())),
        *_section("Violated", map(_described, violations(preview))),
        *_section("Unverified", map(_described, undecided(preview))),
        *html_table("Changes", _CHANGES, map(_row, judged.changes)),
        *html_table("Verdicts", _VERDICTS, _verdict_rows(preview)),
        *_section("Notes", map(_described, notes(preview))),
        *_section("Warnings", map(_block, preview.warnings)),
    ]
    return html_page(title, _CLASSES[judged.outcome], blocks, _STYLE)


def _text(text: str) -> str:
    """Return a program's text as text of the page, with its lines."""
    return html_text(text, keep="\n\t")


def _block(text: str) -> str:
    return f"<pre>{_text(text)}</pre>"


def _described(finding: Finding) -> str:
    severity = f", {_text(finding.severity)}" if finding.severity else ""
    return (
        f"<article>\n<h3>{_text(finding.name)}</h3>\n"
        f"<p><code>{_text(finding.policy)}</code> ({_text(finding.level)}{severity})</p>\n"
        f"{_block(finding.text)}\n<p><small>{_text(finding.urn)}</small></p>\n</article>"
    )


def _section(title: str, blocks: Iterable[str]) -> Iterator[str]:
    every = list(blocks)
    if every:
        yield f"<h2>{title}</h2>"
        yield from every


def _row(change: Change) -> str:
    operation = f'<span class="{change.operation}">{change.operation}</span>'
    if change.operation not in TAKES_AWAY:
        operation = change.operation
    kept = " (AWS keeps it)" if change.stays else ""
    properties = ", ".join(map(_text, change.properties))
    return (
        f'<tr><td title="{_text(change.urn)}">{operation}{kept}</td><td>{_text(change.name)}</td>'
        f"<td>{_text(change.type)}</td><td>{properties}</td></tr>"
    )


def _verdict_rows(preview: Preview) -> Iterator[str]:
    for each in verdicts(preview):
        yield (
            f"<tr><td>{_text(each.policy)}</td>"
            f'<td class="{each.verdict}">{each.verdict}</td><td>{each.count or ""}</td></tr>'
        )
