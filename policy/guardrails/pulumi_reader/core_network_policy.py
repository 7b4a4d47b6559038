"""The policy document of a Cloud WAN core network: segments, who is in them, and their exits.

AWS Cloud WAN guide, "Core network policy versions": rules for attachments are tried by their
number, and the first that matches decides. `create-route` writes a static route into a segment;
`send-to` sends all traffic of a segment that leaves it to the attachments of a function group.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from guardrails.model.knowledge import Unknown
from guardrails.model.network import Tags

WORLD = ("0.0.0.0/0", "::/0")


@dataclass(frozen=True, slots=True)
class StaticRoute:
    """A route of a segment: to an attachment by its id, or to the members of a function group."""

    segment: str
    cidr: str
    attachment: str = ""
    group: str = ""


def static_routes(document: Mapping[str, Any]) -> Iterator[StaticRoute]:
    """Yield every static route that a document writes; what is malformed is passed over."""
    for action in _members(document, "segment-actions"):
        segment, kind = str(action.get("segment")), action.get("action")
        if kind == "create-route":
            for attachment in _texts(action.get("destinations")):
                for cidr in _texts(action.get("destination-cidr-blocks")):
                    if attachment != "blackhole":
                        yield StaticRoute(segment, cidr, attachment)
        elif kind == "send-to" and isinstance(action.get("via"), dict):
            for group in _texts(action["via"].get("network-function-groups")):
                yield from (StaticRoute(segment, cidr, group=group) for cidr in WORLD)


def place_of(document: Mapping[str, Any], tags: Tags | Unknown) -> str:
    """Return the segment, or the function group, of a VPC's attachment with these tags.

    "" where a condition is not known, or where no rule matches.
    """
    rules = sorted(_members(document, "attachment-policies"), key=_number)
    for rule in rules:
        found = _matches(rule, tags)
        if found is None:
            return ""
        if found:
            return _assigned(rule.get("action"), tags)
    return ""


def _number(rule: Mapping[str, Any]) -> int:
    number = str(rule.get("rule-number"))
    return int(number) if number.isdecimal() else 0


def _matches(rule: Mapping[str, Any], tags: Tags | Unknown) -> bool | None:
    """Tell whether a rule matches, None if that is not known."""
    found = [_holds(condition, tags) for condition in _members(rule, "conditions")]
    if not found:
        return None
    if rule.get("condition-logic") == "or":
        return True if True in found else (None if None in found else False)
    return False if False in found else (None if None in found else True)


def _holds(condition: Mapping[str, Any], tags: Tags | Unknown) -> bool | None:
    match condition:
        case {"type": "any"}:
            return True
        case {"type": "attachment-type", "operator": "equals", "value": value}:
            return value == "vpc"
        case {"type": "tag-exists", "key": str(key)} if not isinstance(tags, Unknown):
            return key in tags
        case {"type": "tag-value", "operator": "equals", "key": str(key), "value": value} if (
            not isinstance(tags, Unknown)
        ):
            found = tags.get(key, "")
            return None if isinstance(found, Unknown) else found == value
        case _:
            return None


def _assigned(action: Any, tags: Tags | Unknown) -> str:
    match action:
        case {"add-to-network-function-group": str(group)}:
            return group_place(group)
        case {"association-method": "constant", "segment": str(segment)}:
            return segment
        case {"association-method": "tag", "tag-value-of-key": str(key)} if not isinstance(
            tags, Unknown
        ):
            value = tags.get(key, "")
            return value if isinstance(value, str) else ""
        case _:
            return ""


def group_place(group: str) -> str:
    """Return the place of those who are in a function group: no segment has such a name."""
    return f"group:{group}"


def _members(mapping: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    value = mapping.get(name)
    found = cast("list[Any]", value) if isinstance(value, list) else []
    return [cast("dict[str, Any]", each) for each in found if isinstance(each, dict)]


def _texts(value: Any) -> list[str]:
    found = cast("list[Any]", value) if isinstance(value, list) else []
    return [each for each in found if isinstance(each, str)]
