"""The regions of AWS, as its SDK knows them."""

from functools import cache
from typing import Any

import botocore.loaders


@cache
def all_regions() -> dict[str, dict[str, Any]]:
    """Return every region's description, with its partition's DNS suffix, by name."""
    endpoints: Any = botocore.loaders.create_loader().load_data("endpoints")
    return {
        name: {"description": region["description"], "suffix": partition["dnsSuffix"]}
        for partition in endpoints["partitions"]
        for name, region in partition["regions"].items()
    }


def known_region(name: Any) -> str | None:
    """Accept the name of a region; moto breaks down at any other."""
    return None if name in all_regions() else 'name a region of AWS, such as "eu-west-1"'
