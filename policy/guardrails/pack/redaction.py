"""Blots secrets out of what the pack says."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

from guardrails.addresses import AddressError, parse_range, show


def redact(text: str, secrets: Iterable[str]) -> str:
    """Return the text with every secret value blotted out, however a message spells it."""
    spelled = {each for secret in secrets for each in _spellings(secret)}
    if not spelled:
        return text
    words = "|".join(map(re.escape, sorted(spelled, key=len, reverse=True)))
    return re.sub(rf"(?<!\w)(?:{words})(?!\w)", "[secret]", text)


def _spellings(secret: str) -> Iterator[str]:
    """Yield how messages may spell a secret: addresses come in their canonical form."""
    yield secret
    with suppress(AddressError):
        yield show(parse_range(secret))
