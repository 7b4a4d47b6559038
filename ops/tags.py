"""The tags by which a stack's things are told (docs/interfaces.md)."""

from collections.abc import Mapping
from typing import Any, Final

NODE_TAG: Final = "hacluster:node"
"""On the nodes' interfaces and instances: the node's name."""
ENGINE_TAG: Final = "hacluster:engine"
"""On the nodes' interfaces: the cluster's engine, where it is not EXPRESSCLUSTER."""
PROJECT_TAG: Final = "hacluster:project"
STACK_TAG: Final = "hacluster:stack"


def tags_of(described: Mapping[str, Any]) -> dict[str, str]:
    """Return the tags of a thing that a call described; interfaces have a `TagSet`."""
    written: list[Mapping[str, str]] = described.get("Tags") or described.get("TagSet") or []
    return {each["Key"]: each["Value"] for each in written}


def cluster_of(described: Mapping[str, Any]) -> str:
    """Return the name of the cluster whose stack made a thing: its project and stack."""
    tags = tags_of(described)
    return f"{tags.get(PROJECT_TAG, '')}-{tags.get(STACK_TAG, '')}"
