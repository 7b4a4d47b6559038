"""A drill as an operator reads it."""

from collections.abc import Iterator

from ops.cluster import Cluster
from ops.drill.report import Report
from ops.drill.transfer import Transfer
from ops.errors import ExitCode
from ops.move.judgement import table_name
from ops.move.live_routes import LiveRoutes
from ops.move.text import columns, problem_lines

RESULTS = {
    ExitCode.SOUND: "passed",
    ExitCode.DIFFERS: "passed with findings",
    ExitCode.TIMED_OUT: "timed out",
}


def report_text(report: Report) -> str:
    """Describe a drill from its passages to its result."""
    return "\n".join(_lines(report))


def result_of(report: Report) -> str:
    """Return the result in words."""
    result = RESULTS.get(report.exit_code, "FAILED")
    return f"{result}: {report.stopped}" if report.stopped else result


def final_state(report: Report) -> str:
    """Say who holds the address in the end."""
    address, former = report.cluster.virtual_ip, report.former
    if report.is_restored:
        return f"{former.name} holds {address} in all tables, as before"
    if report.routes is None:
        return f"NOT RESTORED: who holds {address} is unknown, before it was {former.name}"
    held = ", ".join(_held(report.cluster, report.routes))
    return f"NOT RESTORED: {held}; before, {former.name} held {address}"


def seconds(value: float | None) -> str:
    """Return seconds, or that there are none."""
    return "unknown" if value is None else f"{value:.3f} s"


def passages(report: Report) -> Iterator[tuple[str, Transfer]]:
    """Yield the transfers in their order, with what each was."""
    for number, there in enumerate(report.takeovers):
        yield "takeover", there
        if number < len(report.failbacks):
            yield "failback", report.failbacks[number]
    for back in report.failbacks[len(report.takeovers) :]:
        yield "failback", back


def transfer_rows(transfer: Transfer, cluster: Cluster) -> list[tuple[str, str, str]]:
    """Return a head and a row for each table."""
    tables = [
        (
            table_name(cluster, each.table),
            "never" if each.flipped is None else seconds(each.flipped),
            str(each.changes),
        )
        for each in transfer.timing.tables
    ]
    return [("table", "flipped after", "changes"), *tables]


def transfer_summary(transfer: Transfer) -> str:
    """Return the figures of a transfer in a line."""
    timing = transfer.timing
    return (
        f"{seconds(timing.skew)} between the tables, outage seen {seconds(timing.transition)}"
        f" at most, {transfer.samples} samples {seconds(timing.resolution)} apart at most"
    )


def percentile_rows(report: Report) -> list[tuple[str, str, str, str]]:
    """Return a head and a row for each figure."""
    figures = [
        (name, seconds(each.p50), seconds(each.p95), seconds(each.max))
        for name, each in report.percentiles().items()
    ]
    return [("figure", "p50", "p95", "max"), *figures]


def _lines(report: Report) -> Iterator[str]:
    cluster = report.cluster
    yield (
        f"failover drill of {cluster.name}: {cluster.virtual_ip} from {report.former.name}"
        f" to {report.to.name} and back, by {report.by}"
    )
    for name, transfer in passages(report):
        yield f"{name} to {transfer.to.name}: {'complete' if transfer.is_complete else 'FAILED'}"
        yield from columns(transfer_rows(transfer, cluster))
        yield f"  {transfer_summary(transfer)}"
    if len(report.takeovers) > 1:
        yield f"all {len(report.takeovers)} takeovers:"
        yield from columns(percentile_rows(report))
    yield f"final state: {final_state(report)}"
    yield f"EC2 calls: {', '.join(f'{name} {count}' for name, count in report.calls.items())}"
    if report.throttled:
        yield f"{report.throttled} samples throttled, the interval is {report.interval:g} s now"
    yield from problem_lines(report.all_problems)
    yield f"result: {result_of(report)}"


def _held(cluster: Cluster, routes: LiveRoutes) -> Iterator[str]:
    for table, target in routes.targets.items():
        yield f"{table_name(cluster, table)} leads to {cluster.owner_name(target)}"
    for table in routes.missing:
        yield f"{table_name(cluster, table)} has no route"
