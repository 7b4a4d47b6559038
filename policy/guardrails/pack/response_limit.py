"""Keeps a response within what travels between a policy pack and the engine.

Pulumi's language hosts pass a pack's answers on by gRPC with its usual limit of 4 MiB, and an
analysis whose answer is larger ends with an error that shows none of the findings.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

# What is left of 4 MiB is more than the envelope of an answer needs.
LIMIT: Final = 4 * 1024 * 1024 - 64 * 1024
LONGEST_MESSAGE: Final = 64 * 1024


def fit(answer: Any, limit: int = LIMIT) -> Any:
    """Return the answer as it is if it fits, else with fewer findings and their number.

    Each policy that found something gets an equal share, so none silences another.
    """
    if answer.ByteSize() <= limit:
        return answer
    policies = [
        list(group) for _, group in groupby(answer.diagnostics, key=lambda each: each.policyName)
    ]
    fitting = [each for group in policies for each in _share(group, limit // len(policies))]
    del answer.diagnostics[:]
    answer.diagnostics.extend(fitting)
    return answer


def _share(diagnostics: list[Any], limit: int) -> Iterator[Any]:
    """Yield the first of one policy's diagnostics, and how many are left out."""
    size = LONGEST_MESSAGE
    for position, each in enumerate(diagnostics):
        if len(each.message) > LONGEST_MESSAGE:
            each.message = f"{each.message[: LONGEST_MESSAGE // 4]}... (cut because it is too long)"
        size += each.ByteSize()
        if size > limit:
            left = len(diagnostics) - position
            each.message = (
                f"{left} more findings of this policy are left out: together they are more than"
                " the engine takes\n  fix: resolve those shown, and run again"
            )
            each.urn = ""
            yield each
            return
        yield each
