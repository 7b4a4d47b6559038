"""A move as an operator reads it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ops.move.caller import Reply
from ops.move.judgement import table_name
from ops.move.move import Move, Plan
from ops.move.problem import Problem
from ops.move.takeover import Takeover
from ops.output import section_of


def move_text(move: Move) -> str:
    """Describe what became of a move, table by table."""
    node, address = move.node, move.cluster.virtual_ip
    return "\n".join(
        [
            f"{address} to {node.name} ({node.network_interface_id}): {_verdict(move)}",
            *(_takeover_lines(move.takeover, move) if move.takeover else ()),
            *problem_lines(move.problems),
        ]
    )


def plan_text(plan: Plan) -> str:
    """List the calls that a move would make, then what speaks against it."""
    return "\n".join([*plan.calls, *problem_lines(plan.problems)])


def problem_lines(problems: Iterable[Problem]) -> Iterator[str]:
    """Yield the lines of each problem."""
    for each in problems:
        yield f"{each.severity} {each.id}: {each.subject}"
        yield f"  expected: {each.expected}"
        yield f"  found:    {each.found}"
        yield f"  remedy:   {each.remedy}"
        yield f"  see:      {section_of(each.id)}"


def columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield rows with their cells below each other, set in by two."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"  {'  '.join(cells)}".rstrip()


def _verdict(move: Move) -> str:
    if move.takeover is None:
        return "refused, nothing was changed"
    if move.takeover.is_complete:
        return "moved in all tables"
    return "NOT moved in all tables"


def _takeover_lines(takeover: Takeover, move: Move) -> Iterator[str]:
    targets: Mapping[str, str] = takeover.routes.targets if takeover.routes else {}
    rows = [("table", "leads to", "confirmed after")]
    for table in dict.fromkeys((*takeover.replies, *targets)):
        target = targets.get(table)
        leads_to = move.cluster.owner_name(target) if target else "unknown"
        if takeover.routes and target is None:
            leads_to = "nothing: no route"
        confirmed = _confirmed(takeover.replies.get(table), takeover.began)
        rows.append((table_name(move.cluster, table), leads_to, confirmed))
    yield from columns(rows)
    skew = "" if takeover.skew is None else f", {takeover.skew:.3f} s between the tables"
    calls = sum(move.calls.values())
    yield f"{takeover.ended - takeover.began:.3f} s{skew}, {calls} EC2 calls"


def _confirmed(reply: Reply | None, began: float) -> str:
    if reply is None or reply.error is not None:
        return "not confirmed"
    return f"{reply.answered - began:.3f} s"
