"""What a node says of itself, as `ops.verify.node_script` prints it."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from ops.errors import OpsError


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeAnswer:
    """One node's answer.

    `call` is `ok`, or what the AWS CLI said of `aws ec2 describe-vpcs`; `webui` is the first line
    that came from port 29003 of the virtual IP, `open` where none came, "" without a connection.
    `active_on` names the servers on which the node's own cluster software has groups active.
    """

    region: str = ""
    api_address: str = ""
    is_api_port_open: bool = False
    call: str = ""
    api_date: datetime | None = None
    clock: int | None = None
    webui: str = ""
    has_product: bool = False
    active_on: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()

    @property
    def skew(self) -> float | None:
        """Seconds by which the node's clock is ahead of AWS's; None where one was not read."""
        if self.api_date is None or self.clock is None:
            return None
        return self.clock - self.api_date.timestamp()


def parse(printed: str) -> NodeAnswer:
    """Read what the script printed. Raises OpsError where the end is missing."""
    values: dict[str, list[str]] = {}
    for line in printed.splitlines():
        key, equals, value = line.strip().partition("=")
        if equals:
            values.setdefault(key, []).append(value.strip())
    if "end" not in values:
        raise OpsError(f"the node's answer has no end: {' '.join(printed.split())[-200:]!r}")

    def first(key: str) -> str:
        return values.get(key, [""])[0]

    return NodeAnswer(
        region=first("region"),
        api_address=first("api_address"),
        is_api_port_open=first("api_port") == "open",
        call=first("call"),
        api_date=_date(first("api_date")),
        clock=int(first("clock")) if first("clock").isdecimal() else None,
        webui=first("webui"),
        has_product=first("product") == "yes",
        active_on=tuple(each.split()[0] for each in values.get("active", []) if each),
        addresses=tuple(
            word.partition("/")[0]
            for each in values.get("interface", [])
            for word in each.split()[2:]
            if "/" in word
        ),
    )


def _date(header: str) -> datetime | None:
    """Return the moment in `'Date': 'Mon, 30 Nov 2026 10:42:57 GMT'`, as the AWS CLI shows it."""
    try:
        return parsedate_to_datetime(header.split("'")[3])
    except (IndexError, ValueError):
        return None
