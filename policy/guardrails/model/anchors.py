"""What a reference arrives at, how that is named, and which fact is missing where it is open."""

from functools import lru_cache
from typing import Final, TypeAlias

from guardrails.model.knowledge import External, OneOf, Reference, Unknown
from guardrails.model.routing import MAIN_TABLE
from guardrails.model.security import DEFAULT_GROUP

Anchor: TypeAlias = str | External
"""What a reference arrives at: an element's key, or an id outside of the topology."""


_NAMED: Final = 20
"""How many candidates a fact names."""


def fact_of(reference: Reference) -> str:
    """Return the fact that is missing from a reference which is not one anchor."""
    if isinstance(reference, Unknown):
        return reference.fact
    if isinstance(reference, OneOf):
        return _which_one(reference.keys)
    return "what is referred to, because nothing is"


@lru_cache(maxsize=1024)
def _which_one(keys: tuple[str, ...]) -> str:
    names = sorted(map(short_name, keys))
    more = len(names) - _NAMED
    shown = ", ".join(names[:_NAMED] if more > 1 else names)
    return f"which one is meant of {shown}" + (f" and {more} more" if more > 1 else "")


def anchors_of(reference: Reference) -> tuple[tuple[Anchor, ...], str]:
    """Return what `reference` can be, and the fact that decides it ("" when it is one anchor)."""
    if isinstance(reference, (str, External)):
        return (reference,), ""
    if isinstance(reference, OneOf):
        return reference.keys, fact_of(reference)
    return (), fact_of(reference)


def short_name(anchor: Anchor) -> str:
    """Return the name of an element for people: the name in a URN, whatever is in it, or the id.

    What AWS made with a VPC is named by that VPC.
    """
    key = key_of(anchor)
    if is_made_with_vpc(key):
        owner, _, what = key.rpartition("#")
        return f"{what.replace('-', ' ')} of VPC {short_name(owner)}"
    return key.split("::", 3)[-1] if key.startswith("urn:") else key


def is_made_with_vpc(key: str) -> bool:
    """Tell whether the key is that of the main table or the default group of a VPC."""
    return key.endswith((MAIN_TABLE, DEFAULT_GROUP))


def key_of(anchor: Anchor) -> str:
    """Return the text under which findings name `anchor`."""
    return anchor.id if isinstance(anchor, External) else anchor
