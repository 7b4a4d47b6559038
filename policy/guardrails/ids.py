"""AWS ids within texts."""

import re
from collections.abc import Iterable
from typing import Final

_AN_ID_WITHIN: Final = re.compile(r"\b[a-z]+-[0-9a-f]{8,17}\b")


def ids_within(texts: Iterable[str]) -> frozenset[str]:
    """Return what looks like an AWS id in texts that may hold more, JSON for instance."""
    return frozenset(each for text in texts for each in _AN_ID_WITHIN.findall(text))
