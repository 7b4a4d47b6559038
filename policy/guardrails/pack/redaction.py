"""Blots secrets out of what the pack says."""

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache

from guardrails.addresses import AddressError, parse_range, show


def redact(text: str, secrets: frozenset[str]) -> str:
    """Return the text with every secret value blotted out, however a message spells it."""
    pattern = _pattern(secrets)
    return pattern.sub("[secret]", text) if pattern else text


@lru_cache(maxsize=8)
def _pattern(secrets: frozenset[str]) -> re.Pattern[str] | None:
    spelled = {each for secret in secrets for each in _spellings(secret)}
    words = "|".join(map(re.escape, sorted(spelled, key=len, reverse=True)))
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)") if spelled else None


def _spellings(secret: str) -> Iterator[str]:
    """Yield how messages may spell a secret: addresses come in their canonical form."""
    yield secret
    with suppress(AddressError):
        yield show(parse_range(secret))
