"""How the steps of an evidence path call the elements of a network."""

from guardrails.findings import Step
from guardrails.model.anchors import Anchor, key_of, short_name
from guardrails.model.routing import MAIN_TABLE
from guardrails.model.security import DEFAULT_GROUP


def step(noun: str, anchor: Anchor) -> Step:
    """Make the step of an evidence path that names `anchor` by what it is."""
    key = key_of(anchor)
    if key.endswith((MAIN_TABLE, DEFAULT_GROUP)):
        owner, _, what = key.rpartition("#")
        return Step(key, f"{what.replace('-', ' ')} of VPC {short_name(owner)}")
    return Step(key, f"{noun} {short_name(anchor)}")
