"""Names and tags of a component's children."""

import re
from collections.abc import Mapping

import pulumi

# A name is given once: another one would replace the thing. What was imported keeps its own.
GIVEN_ONCE = ["name", "name_prefix"]


def merged(
    given: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None, name: str, **own: str
) -> pulumi.Output[Mapping[str, pulumi.Input[str]]]:
    """Return the caller's tags with the child's `Name` and own tags, which win."""
    return pulumi.Output.from_input(given or {}).apply(lambda known: {**known, "Name": name, **own})


def slug(cidr_block: str) -> str:
    """Return a range as a part of a child's name: `10.0.0.0/16` as `10-0-0-0-16`."""
    return re.sub("[./]", "-", cidr_block)
