"""Rules for single values: validators (as the upstream schema has them) and normal forms."""

import ipaddress
import json
import re
from typing import Any

from sandbox.provider.schema import Validator
from sandbox.provider.wire import as_list, as_map

_ROOT_USER = re.compile(r"arn:[^:]+:iam::([0-9]{12}):root")
_ARN = re.compile(
    r"^arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9-]+):([a-z]{2}(-[a-z0-9]+)+)?:"
    r"(aws|aws-managed|third-party|aws-marketplace|\d{12})?:.*$"
)
_HIGHEST_PORT = 65535
_EXAMPLES = {4: "10.0.0.0/16", 6: "2001:db8::/32"}


def one_of(*choices: str | int) -> Validator:
    """Accept only these values."""

    def check(value: Any) -> str | None:
        listed = ", ".join(repr(choice) for choice in choices)
        return None if value in choices else f"be one of {listed}"

    return check


def between(low: int, high: int) -> Validator:
    """Accept a number from `low` to `high`, both included."""
    return lambda value: None if low <= value <= high else f"lie between {low} and {high}"


def length(low: int, high: int) -> Validator:
    """Accept a text of `low` to `high` characters."""

    def check(value: Any) -> str | None:
        return None if low <= len(value) <= high else f"have {low} to {high} characters"

    return check


def matches(pattern: str, explanation: str) -> Validator:
    """Accept a text that matches the whole pattern; otherwise say the explanation."""
    compiled = re.compile(pattern)
    return lambda value: None if compiled.fullmatch(value) else explanation


def port(value: Any) -> str | None:
    """Accept a port, 0 to 65535."""
    return between(0, _HIGHEST_PORT)(value)


def arn(value: Any) -> str | None:
    """Accept an ARN; the empty text passes, as upstream."""
    return None if not value or _ARN.match(value) else "be an ARN (arn:PARTITION:SERVICE:...)"


def ipv4_address(value: Any) -> str | None:
    """Accept an IPv4 address."""
    return _address(value, 4)


def ipv6_address(value: Any) -> str | None:
    """Accept an IPv6 address."""
    return _address(value, 6)


def ip_address(value: Any) -> str | None:
    """Accept an IPv4 or an IPv6 address."""
    return None if _address(value, 4) is None else _address(value, 6) and "be an IP address"


def ipv4_network(value: Any) -> str | None:
    """Accept an IPv4 range without host bits, as upstream's `ValidIPv4CIDRNetworkAddress`."""
    return _network(value, 4)


def ipv6_network(value: Any) -> str | None:
    """Accept an IPv6 range without host bits, as upstream's `ValidIPv6CIDRNetworkAddress`."""
    return _network(value, 6)


def network(value: Any) -> str | None:
    """Accept an IPv4 or an IPv6 range without host bits."""
    return _network(value, 6 if ":" in value else 4)


def prefix_length(low: int, high: int) -> Validator:
    """Accept a range whose prefix has `low` to `high` bits (upstream's `IsCIDRNetwork`)."""

    def check(value: Any) -> str | None:
        fault = network(value)
        if fault:
            return fault
        bits = int(value.partition("/")[2])
        return None if low <= bits <= high else f"have a prefix between /{low} and /{high}"

    return check


def json_document(value: Any) -> str | None:
    """Accept a JSON text."""
    try:
        json.loads(value)
    except ValueError as error:
        return f"be a JSON document ({error})"
    return None


def canonical_network(value: Any) -> Any:
    """Give a range its one spelling (`2001:DB8::/32` is `2001:db8::/32`)."""
    try:
        return str(ipaddress.ip_network(value))
    except ValueError:
        return value


def lower_case(value: Any) -> Any:
    """Give a text that is not case-sensitive its one spelling."""
    return value.lower() if isinstance(value, str) else value


def upper_case(value: Any) -> Any:
    """Give a text that AWS tells in capitals its one spelling."""
    return value.upper() if isinstance(value, str) else value


def canonical_policy(value: Any) -> Any:
    """Give an IAM policy its one spelling: a list of one is the item, and lists have no order.

    An account's number and the ARN of its root user are the same principal.
    """
    try:
        return json.dumps(_policy(json.loads(value)), sort_keys=True)
    except (TypeError, ValueError):
        return value


def _policy(value: Any) -> Any:
    if (fields := as_map(value)) is not None:
        return {key: _policy(part) for key, part in fields.items()}
    if (parts := as_list(value)) is None:
        root = _ROOT_USER.fullmatch(value) if isinstance(value, str) else None
        return root[1] if root else value
    items = sorted(
        (_policy(part) for part in parts), key=lambda part: json.dumps(part, sort_keys=True)
    )
    return items[0] if len(items) == 1 else items


def _address(value: str, version: int) -> str | None:
    try:
        known = ipaddress.ip_address(value)
    except ValueError:
        known = None
    return None if known and known.version == version else f"be an IPv{version} address"


def _network(value: str, version: int) -> str | None:
    try:
        loose = ipaddress.ip_network(value, strict=False)
    except ValueError:
        loose = None
    if loose is None or loose.version != version or "/" not in value:
        return f"be an IPv{version} range such as {_EXAMPLES[version]}"
    if loose.network_address != ipaddress.ip_address(value.partition("/")[0]):
        return f"be a network address without host bits; did you mean {loose}?"
    return None
