"""How the steps of an evidence path call the elements of a network."""

from guardrails.findings import Step
from guardrails.model.anchors import Anchor, is_made_with_vpc, key_of, short_name


def step(noun: str, anchor: Anchor) -> Step:
    """Make the step of an evidence path that names `anchor` by what it is."""
    key, name = key_of(anchor), short_name(anchor)
    return Step(key, name if is_made_with_vpc(key) else f"{noun} {name}")
