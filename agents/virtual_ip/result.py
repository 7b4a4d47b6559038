"""What a takeover did not do, table by table, with the remedy; pure."""

from collections.abc import Iterator, Sequence

from ops.errors import AwsError, OpsError
from ops.move.problem import id_of
from ops.move.takeover import Takeover

_LONGEST = 400
"""Characters of an error; AWS adds an encoded text of a thousand to some refusals."""


def unmoved(takeover: Takeover, tables: Sequence[str], ip: str) -> dict[str, str]:
    """Return why a table does not lead to this node, for each such table of the resource."""
    return {table: fault for table in tables if (fault := _fault(takeover, table, f"{ip}/32"))}


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


def _fault(takeover: Takeover, table: str, route: str) -> str:
    error = takeover.replies[table].error
    if error is not None:
        return _text(table, error, route)
    if takeover.routes is None:
        return ""
    found = takeover.routes.targets.get(table, "nothing")
    if found == takeover.node.network_interface_id:
        return ""
    return f"{table} leads to {found}, although AWS confirmed its route: who else moves it?"


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
