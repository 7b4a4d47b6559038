"""The verdicts on common layouts are those that docs/policy.md states, in previews and states."""

import json
from pathlib import Path
from typing import Any

import pytest

from guardrails.testing import Given
from tests.support.layouts import LAYOUTS
from tests.support.pages import rows_below
from tests.support.policy_verdicts import judgement

PAGE = Path(__file__).parents[2] / "docs" / "policy.md"
RULE = "private-subnets-have-no-internet-route"


def rows() -> list[tuple[str, str, dict[str, Any], str]]:
    """The rows of the page: the layout, its verdict by default, options, the verdict with them."""
    return [
        (layout, default, json.loads("{" + options.strip("`") + "}"), changed)
        for layout, default, options, changed in rows_below(
            PAGE.read_text(), "| layout | by default |"
        )
    ]


def verdict(shown: list[Given], *, preview: bool, **options: Any) -> str:
    """The one verdict on all private subnets."""
    _, judged = judgement(shown, preview=preview or None, config={RULE: options})
    verdicts = judged.coverage[RULE].verdicts
    (found,) = {each for key, each in verdicts.items() if "::private-" in key}
    return str(found)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_a_layout_gets_the_verdict_that_the_page_states(row: Any) -> None:
    layout, default, options, changed = row
    stack = LAYOUTS[layout]()
    for preview, shown in ((True, stack.preview()), (False, stack.state())):
        assert verdict(shown, preview=preview) == default
        if options:
            assert verdict(shown, preview=preview, **options) == changed


def test_every_layout_has_a_row() -> None:
    assert {row[0] for row in rows()} == LAYOUTS.keys()
