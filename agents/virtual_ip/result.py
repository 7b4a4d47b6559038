"""What a takeover did not do, table by table, with the remedy; pure."""

from collections.abc import Iterator, Sequence

from ops.errors import AwsError, OpsError
from ops.move.problem import id_of
from ops.move.takeover import Takeover

_LONGEST = 400
"""Characters of an error; AWS adds an encoded text of a thousand to some refusals."""


def unmoved(takeover: Takeover, tables: Sequence[str], own: str, ip: str) -> dict[str, str]:
    """Return why a table does not lead to this node, for each such table of the resource."""
    return {table: fault for table in tables for fault in _faults(takeover, table, own, f"{ip}/32")}


def _faults(takeover: Takeover, table: str, own: str, route: str) -> Iterator[str]:
    error = takeover.replies[table].error
    if error is not None:
        yield _text(table, error, route)
    elif takeover.routes is not None:
        found = takeover.routes.targets.get(table, "nothing")
        if found != own:
            yield (
                f"{table} leads to {found}, although AWS confirmed its route: another program or "
                "node moved it at the same time"
            )


def _text(table: str, error: OpsError, route: str) -> str:
    known = id_of(error)
    if known == "virtual-ip-route-missing":
        return (
            f"{table} has no route to {route}, and a node cannot create one: run `pulumi up`, or "
            f"aws ec2 create-route --route-table-id {table} --destination-cidr-block {route} with "
            "a node's interface"
        )
    if isinstance(error, AwsError) and error.is_denied:
        return f"{table} was refused ({_short(error)}): allow the nodes' role this table"
    return f"{table} was not moved: {_short(error)}"


def _short(error: OpsError) -> str:
    text = " ".join(str(error).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
