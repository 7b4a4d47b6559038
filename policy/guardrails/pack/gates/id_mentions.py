"""The AWS ids that a resource mentions."""

import re
from collections.abc import Iterator
from typing import Final

from guardrails.pulumi_reader.protobuf import Plain
from guardrails.pulumi_reader.resource import Resource
from guardrails.pulumi_reader.types.table import row_of

_AN_ID: Final = re.compile(r"[a-z]+-[0-9a-z]+")


def mentions_of(resource: Resource) -> dict[str, bool]:
    """Return every text in the inputs that looks like an AWS id, and whether it is merely used."""
    part_of = row_of(resource.type).part_of
    found: dict[str, bool] = {}
    for name in sorted(resource.properties):
        used = part_of is not None and name not in part_of
        for value in _ids_among(resource.value(name)):
            found[value] = used and found.get(value, True)
    return found


def _ids_among(value: Plain) -> Iterator[str]:
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str(text) if _AN_ID.fullmatch(text):
                yield text
            case list(members):
                waiting.extend(members)
            case dict(members):
                waiting.extend(members.values())
            case _:
                pass
