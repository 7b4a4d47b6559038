"""A drill as a web page for a change record: one file, no script, nothing loaded from elsewhere."""

from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from ops.drill.report import Report
from ops.drill.text import (
    final_state,
    passages,
    percentile_rows,
    result_of,
    transfer_rows,
    transfer_summary,
)
from ops.drill.transfer import Transfer
from ops.errors import ExitCode
from ops.move.problem import Problem

_STYLE: Final = """
:root { color-scheme: light dark; --line: #8886; --bad: #c62828; --open: #b26a00; --good: #2e7d32; }
@media (prefers-color-scheme: dark) {
  :root { --bad: #ff8a80; --open: #ffb74d; --good: #81c784; }
}
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { border-left: .4rem solid var(--bad); padding-left: .8rem; font-size: 1.5rem; }
h1.passed { border-color: var(--good); }
h1.findings { border-color: var(--open); }
h2 { margin-top: 2.5rem; font-size: 1.2rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .8rem .3rem 0; text-align: left; }
td { overflow-wrap: anywhere; vertical-align: top; }
"""
_HEAD: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
"""
_CLASSES: Final = {ExitCode.SOUND: "passed", ExitCode.DIFFERS: "findings"}
_SEEN: Final = (
    "Times come from samples of the route tables. No packet was sent: whether clients reached the"
    " application, and whether the mirror disk was in sync, is not part of this record."
)
Row = tuple[str, ...]


def report_page(report: Report) -> str:
    """Write the page about a drill."""
    repeated = len(report.takeovers) > 1
    title = f"Failover drill of {_text(report.cluster.name)}: {_text(result_of(report))}"
    return "\n".join(
        [
            f"{_HEAD}<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>",
            f'<h1 class="{_CLASSES.get(report.exit_code, "failed")}">{title}</h1>',
            *_table("Summary", _summary(report)),
            *(line for each in passages(report) for line in _passage(report, *each)),
            *(_table("All takeovers", percentile_rows(report)) if repeated else ()),
            *_table("Findings", _problems(report.all_problems)),
            *_table("EC2 calls", _calls(report)),
            f"<p>{_SEEN}</p>",
            "</main>\n</body>\n</html>\n",
        ]
    )


def _text(text: str) -> str:
    """Return any text as text of the page; what cannot be seen is shown as such."""
    seen = (each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)
    return escape("".join(seen))


def _summary(report: Report) -> Iterator[Row]:
    cluster = report.cluster
    yield "what", "value"
    yield "cluster", f"{cluster.name} in {cluster.region}, {cluster.vpc_id}"
    yield "virtual IP", cluster.virtual_ip
    yield "passage", f"from {report.former.name} to {report.to.name} and back, by {report.by}"
    yield "began", f"{report.began:%Y-%m-%d %H:%M:%S %Z}"
    yield "ended", f"{report.ended:%Y-%m-%d %H:%M:%S %Z}"
    yield "final state", final_state(report)
    yield "exit code", str(report.exit_code.value)


def _passage(report: Report, name: str, transfer: Transfer) -> Iterator[str]:
    verdict = "complete" if transfer.is_complete else "FAILED"
    title = f"{name.capitalize()} to {transfer.to.name}: {verdict}"
    yield from _table(title, transfer_rows(transfer, report.cluster))
    yield f"<p>{_text(transfer_summary(transfer))}</p>"


def _problems(problems: tuple[Problem, ...]) -> Iterator[Row]:
    yield "id", "severity", "subject", "expected", "found", "remedy"
    for each in problems:
        yield each.id, each.severity, each.subject, each.expected, each.found, each.remedy


def _calls(report: Report) -> Iterator[Row]:
    yield "call", "number"
    for name, count in report.calls.items():
        yield name, str(count)


def _table(title: str, rows: Iterable[Row]) -> Iterator[str]:
    """Yield a table whose first row is its head; nothing where there is no other row."""
    head, *others = rows
    if others:
        yield f"<h2>{_text(title)}</h2>\n<table>\n<thead>{_row(head, 'th')}</thead>\n<tbody>"
        yield from (_row(each, "td") for each in others)
        yield "</tbody>\n</table>"


def _row(cells: Row, tag: str) -> str:
    return f"<tr>{''.join(f'<{tag}>{_text(each)}</{tag}>' for each in cells)}</tr>"
