"""Blots secrets out of what the pack says.

A message seldom has a secret as it is. It shows an address in its canonical form, an option to
paste as JSON, and of a secret document or ARN only what was read in it. So the spellings of a
secret are blotted out too, and the addresses, ids and ARNs in it. Other parts of it are not: they
may be ordinary words, without which no message can be read.
"""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Final

from guardrails.addresses import AddressError, parse_range, show
from guardrails.ids import ids_within

_LONG: Final = 8
"""Characters from which a secret is blotted out inside of words too: no short word holds it."""
_TOKENS: Final = re.compile(r"[\w.:/+=@-]*[\w/:]")
_EVERYWHERE: Final = ("0.0.0.0/0", "::/0")
"""Ranges that tell nothing."""


def redact(text: str, secrets: frozenset[str]) -> str:
    """Return the text with every secret value blotted out, however a message spells it."""
    pattern = _pattern(secrets)
    return pattern.sub("[secret]", text) if pattern else text


@lru_cache(maxsize=8)
def _pattern(secrets: frozenset[str]) -> re.Pattern[str] | None:
    spelled = {each for secret in secrets for each in _spellings(secret)}
    anywhere = {each for each in spelled if len(each) >= _LONG and _canonical(each) is None}
    choices = [
        *_alternatives(anywhere, "{}"),
        *_alternatives(spelled - anywhere, r"(?<!\w){}(?!\w)"),
    ]
    return re.compile("|".join(choices)) if choices else None


def _alternatives(words: Iterable[str], shape: str) -> Iterator[str]:
    """Yield one pattern for all words, the longest first; none where there are no words."""
    escaped = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    if escaped:
        yield shape.format(f"(?:{escaped})")


def _spellings(secret: str) -> Iterator[str]:
    """Yield how messages may spell a secret, and what of it they may show."""
    yield secret
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield from filter(None, (_canonical(secret),))
    yield from ids_within([secret])
    for token in _TOKENS.findall(secret):
        canonical = _canonical(token)
        if token.startswith("arn:"):
            yield token
        elif canonical is not None and canonical not in _EVERYWHERE:
            yield from (token, canonical)


def _canonical(text: str) -> str | None:
    """Return an address range as messages show it, None for any other text."""
    with suppress(AddressError):
        return show(parse_range(text))
    return None
