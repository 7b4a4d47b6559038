"""The report as a web page: one file without scripts, and nothing in it is loaded from elsewhere.

All that comes from a program is escaped, and what cannot be seen is shown as such: a character that
turns the direction of text round could make a path read as another one.
"""

from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from guardrails.report.events import Change, Finding, Preview
from guardrails.report.judged_preview import TAKES_AWAY, JudgedPreview
from guardrails.report.outcome import Outcome
from guardrails.report.verdicts import notes, undecided, verdicts, violations

_STYLE: Final = """
:root { color-scheme: light dark; --line: #8886; --bad: #c62828; --open: #b26a00; --good: #2e7d32; }
@media (prefers-color-scheme: dark) {
  :root { --bad: #ff8a80; --open: #ffb74d; --good: #81c784; }
}
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { border-left: .4rem solid var(--good); padding-left: .8rem; font-size: 1.5rem; }
h1.failed, h1.violated { border-color: var(--bad); }
h1.differs { border-color: var(--open); }
h2 { margin-top: 2.5rem; font-size: 1.2rem; }
article { border: 1px solid var(--line); border-radius: .3rem; margin: 1rem 0; padding: 0 1rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .8rem .3rem 0; text-align: left; }
td { overflow-wrap: anywhere; vertical-align: top; }
.violated, .replace, .delete, .discard { color: var(--bad); font-weight: 600; }
.unverified, .differs { color: var(--open); font-weight: 600; }
.kept { color: var(--good); }
"""
_HEAD: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
"""
_CLASSES: Final = {Outcome.FINE: "kept", **{each: each.name.lower() for each in Outcome if each}}


def write_web_page(judged: JudgedPreview) -> str:
    """Write the page about a preview."""
    preview = judged.preview
    title = f"{_text(judged.name)}: {judged.headline}"
    return "\n".join(
        [
            f"{_HEAD}<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>",
            f'<h1 class="{_CLASSES[judged.outcome]}">{title}</h1>',
            f"<p>{judged.counts}</p>",
            *_section("Failed", map(_block, judged.reasons())),
            *_section("Violated", map(_described, violations(preview))),
            *_section("Unverified", map(_described, undecided(preview))),
            *_table("Changes", "change|resource|type|properties", map(_row, judged.changes)),
            *_table("Verdicts", "policy|verdict|findings", _verdict_rows(preview)),
            *_section("Notes", map(_described, notes(preview))),
            *_section("Warnings", map(_block, preview.warnings)),
            "</main>\n</body>\n</html>\n",
        ]
    )


def _text(text: str) -> str:
    """Return a program's text as text of the page."""
    seen = (
        each if each.isprintable() or each in "\n\t" else "\N{REPLACEMENT CHARACTER}"
        for each in text
    )
    return escape("".join(seen))


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


def _table(title: str, head: str, rows: Iterable[str]) -> Iterator[str]:
    every = list(rows)
    if every:
        cells = "".join(f"<th>{each}</th>" for each in head.split("|"))
        yield f"<h2>{title}</h2>\n<table>\n<thead><tr>{cells}</tr></thead>\n<tbody>"
        yield from every
        yield "</tbody>\n</table>"


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
