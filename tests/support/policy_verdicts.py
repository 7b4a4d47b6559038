"""The pack's own judgement of a stack, beside what it reports."""

from collections.abc import Iterable, Mapping
from typing import Any

from guardrails.findings import Judgement
from guardrails.pack import policies
from guardrails.testing import Given, Outcome, analyze


def judgement(
    shown: Iterable[Given],
    *,
    preview: bool | None = None,
    config: Mapping[str, Mapping[str, Any]] | None = None,
) -> tuple[Outcome, Judgement]:
    """Have the pack judge a stack; return what it reported, and each verdict that it reached."""
    every = policies()
    outcome = analyze(shown, every, config=config, preview=preview)
    return outcome, every[0].session.verdicts.judgement
