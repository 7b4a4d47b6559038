"""The verdicts on common layouts are those that docs/policy.md states, in previews and states."""

import json
from pathlib import Path
from typing import Any

import pytest

from guardrails.pack import policies
from guardrails.testing import Analyzer, Given
from tests.support.layouts import LAYOUTS

PAGE = Path(__file__).parents[2] / "docs" / "policy.md"
RULE = "private-subnets-have-no-internet-route"


def rows() -> list[tuple[str, str, dict[str, Any], str]]:
    """The rows of the page: the layout, its verdict by default, options, the verdict with them."""
    text = PAGE.read_text().partition("| layout | by default |")[2].partition("\n\n")[0]
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()[2:]
    ]
    return [
        (layout, default, json.loads("{" + options.strip("`") + "}"), changed)
        for layout, default, options, changed in cells
    ]


def verdict(shown: list[Given], *, preview: bool, **options: Any) -> str:
    """The one verdict on all private subnets."""
    every = policies()
    analyzer = Analyzer(every, preview=preview or None, config={RULE: options})
    for resource in shown:
        analyzer.register(resource)
    analyzer.judge(shown)
    verdicts: dict[str, str] = every[0].session.verdicts.judgement.coverage[RULE].verdicts
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
