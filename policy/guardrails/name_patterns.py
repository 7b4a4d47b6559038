"""Regular expressions over names, as users configure them.

Python's regular expressions backtrack, so that one may take longer than anybody waits
(docs.python.org, "Regular expression HOWTO"). No engine of linear time is in the standard library.
Here an expression that repeats what itself varies is refused, its other choices are few, and names
of more than `LONGEST_NAME` characters are not searched: the time is bounded.
"""

import re
from functools import lru_cache
from typing import Final

LONGEST_NAME: Final = 256
"""As long as the value of a tag may be (AWS, "Tag your Amazon EC2 resources")."""
_OPEN_ENDED: Final = 2
_CHOICES: Final = 8
_FEW: Final = 8
"""Up to how many more repetitions than its least a quantifier is one choice, not open-ended."""
_UNLIKE_NAMES: Final = ("app", "core", "vim", "q")
"""Names without a letter in common."""
_PART: Final = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]"
    r"|(?P<open>\((?:\?(?:P?<\w+>|P=\w+|[aiLmsux-]*:|[aiLmsux]+|<?[=!]|\(\w+\)|#[^)]*))?)"
    r"|(?P<close>\))|(?P<bar>\|)|(?P<repeat>(?:[*+?]|\{\d*,?\d*\})[?+]?)|.",
    re.DOTALL,
)


@lru_cache(maxsize=1 << 10)
def read_name(text: str) -> re.Pattern[str]:
    """Read a regular expression over names.

    Raises ValueError if it tells no name from another, or may take too long.
    """
    try:
        pattern = re.compile(text, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(str(error)) from None
    if pattern.search("") or all(map(pattern.search, _UNLIKE_NAMES)):
        raise ValueError("it matches every name; say what is not classified otherwise")
    _refuse_slow(text)
    return pattern


def _refuse_slow(text: str) -> None:
    varying = [False]
    """Whether each group that is open has varied so far, the outermost first."""
    closed = False
    """Whether the part before is a group that varies."""
    open_ended = choices = 0
    for part in _PART.finditer(text):
        before, closed = closed, False
        if part["open"]:
            varying.append(False)
        elif part["close"] and len(varying) > 1:
            closed = varying.pop()
            varying[-1] |= closed
        elif part["bar"]:
            choices += not varying[-1]
            varying[-1] = True
        elif part["repeat"]:
            least, most = _bounds(part["repeat"])
            if before and most > 1:
                raise ValueError("it repeats what itself varies, which may take forever")
            open_ended += most - least > _FEW
            choices += 0 < most - least <= _FEW
            varying[-1] |= most > least
    if open_ended > _OPEN_ENDED or choices > _CHOICES:
        raise ValueError("it has too many repetitions and choices; write several expressions")


def _bounds(quantifier: str) -> tuple[float, float]:
    """Return how often at least and at most; how greedy it is does not matter."""
    if quantifier[0] in "*+?":
        return float(quantifier[0] == "+"), 1 if quantifier[0] == "?" else float("inf")
    least, comma, most = quantifier[1:].partition("}")[0].partition(",")
    if not comma:
        return float(least or 1), float(least or 1)
    return float(least or 0), float(most or "inf")
