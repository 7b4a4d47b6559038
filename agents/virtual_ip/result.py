"""What a takeover did not do, table by table, with the remedy; pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ops.errors import AwsError, OpsError
from ops.move.problem import id_of
from ops.move.takeover import Takeover

_LONGEST = 400
"""Characters of an error; AWS adds an encoded text of a thousand to some refusals."""


@dataclass(frozen=True)
class Left:
    """A table that a takeover left behind.

    `target` is where it leads, None where that is not known, "" where it has no route. It was
    `taken` if AWS confirmed the replacement, and it leads elsewhere all the same.
    """

    table: str
    reason: str
    target: str | None
    taken: bool = False


def left_behind(takeover: Takeover, tables: Sequence[str], ip: str) -> list[Left]:
    """Return the tables of the resource that do not lead to this node, and why.

    A table that leads here already is not left behind, though its replacement was refused.
    """
    return [left for table in tables if (left := _left(takeover, table, f"{ip}/32"))]


def must_fail(left: Iterable[Left], able: frozenset[str], *, peer: bool | None) -> bool:
    """Tell whether a start that left tables behind fails, so that Pacemaker takes the other node.

    It does where the other node serves such a table, or may: then the address is better there. If
    the other node is not in the partition, or cannot serve the table either, most clients are
    served here, and nobody is elsewhere.
    """
    return any(
        each.taken or (peer is not False and (each.target is None or each.target in able))
        for each in left
    )


def unlisted(takeover: Takeover, tables: Sequence[str], ip: str) -> Iterator[str]:
    """Yield a line for each other table of the VPC whose route to the address leads elsewhere."""
    if takeover.routes is None:
        return
    for table, target in takeover.routes.targets.items():
        if table not in tables and target != takeover.node.network_interface_id:
            yield (
                f"{table} leads {ip} to {target} and cannot be moved: add it to route_tables, and "
                "to what the nodes' role may replace"
            )


def _left(takeover: Takeover, table: str, route: str) -> Left | None:
    error = takeover.replies[table].error
    own = takeover.node.network_interface_id
    if takeover.routes is None:
        return Left(table, _text(table, error, route), None) if error is not None else None
    target = takeover.routes.targets.get(table, "")
    if target == own:
        return None
    if error is not None:
        return Left(table, _text(table, error, route), target)
    reason = f"{table} leads to {target}, although AWS confirmed its route: who else moves it?"
    return Left(table, reason, target, taken=True)


def _text(table: str, error: OpsError, route: str) -> str:
    if id_of(error) == "virtual-ip-route-missing":
        return (
            f"{table} has no route to {route}, and a node cannot create one: run `pulumi up`, or "
            f"`aws ec2 create-route --route-table-id {table} --destination-cidr-block {route} "
            "--network-interface-id` with that of a node"
        )
    if isinstance(error, AwsError) and error.is_denied:
        return f"{table} was not moved, allow it to the nodes' role: {_short(error)}"
    return f"{table} was not moved: {_short(error)}"


def _short(error: OpsError) -> str:
    text = " ".join(str(error).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
