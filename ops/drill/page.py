"""A drill as a web page for a change record: one file, no script, nothing loaded from elsewhere."""

from collections.abc import Iterable, Iterator
from typing import Final

from guardrails.html_page import html_page, html_table, html_text
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
h1 { border-color: var(--bad); }
h1.passed { border-color: var(--good); }
h1.findings { border-color: var(--open); }
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
    title = f"Failover drill of {html_text(report.cluster.name)}: {html_text(result_of(report))}"
    blocks = [
        *_table("Summary", _summary(report)),
        *(line for each in passages(report) for line in _passage(report, *each)),
        *(_table("All takeovers", percentile_rows(report)) if repeated else ()),
        *_table("Findings", _problems(report.all_problems)),
        *_table("EC2 calls", _calls(report)),
        f"<p>{_SEEN}</p>",
    ]
    return html_page(title, _CLASSES.get(report.exit_code, "failed"), blocks, _STYLE)


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
    yield f"<p>{html_text(transfer_summary(transfer))}</p>"


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
    yield from html_table(title, head, map(_row, others))


def _row(cells: Row) -> str:
    return f"<tr>{''.join(f'<td>{html_text(each)}</td>' for each in cells)}</tr>"
