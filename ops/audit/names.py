"""What things are called for people: their ids with their Name tags."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from ops.audit.inventory import ID_FIELDS, Inventory, instances
from ops.tags import tags_of

_AN_ID: Final = re.compile(r"\b[a-z]+(?:-[a-z]+)*-[0-9a-f]{8,17}\b")


def names_of(inventories: Iterable[Inventory]) -> dict[str, str]:
    """Return the Name tags, by id."""
    return {key: name for inventory in inventories for key, name in _named(inventory) if name}


def _named(inventory: Inventory) -> Iterator[tuple[str, str]]:
    for operation, name in ID_FIELDS.items():
        for record in inventory.found(operation):
            yield record[name], tags_of(record).get("Name", "")
    for instance in instances(inventory):
        yield instance["InstanceId"], tags_of(instance).get("Name", "")


def with_names(text: str, names: Mapping[str, str]) -> str:
    """Write the Name tag behind each id that has one: `subnet-0abc (Subnet-2a)`."""

    def named(match: re.Match[str]) -> str:
        name = names.get(match.group())
        return f"{match.group()} ({name})" if name else match.group()

    return _AN_ID.sub(named, text)
