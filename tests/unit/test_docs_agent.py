"""docs/agent.md says what the agent's code does."""

import re

import pytest

from agents.virtual_ip import client, exits, helper
from agents.virtual_ip.metadata import METADATA
from tests.support.pages import rows_below
from tests.support.stack_config import ROOT

PAGE = (ROOT / "docs" / "agent.md").read_text(encoding="utf-8")


def test_the_parameters_are_those_of_the_meta_data() -> None:
    told = re.findall(r'<parameter name="(\w+)" required="([01])"', METADATA)
    written = [
        (name.strip("`"), {"yes": "1", "no": "0"}[required])
        for name, required, _ in rows_below(PAGE, "| parameter |")
    ]
    assert written == told


def test_every_exit_code_has_a_row() -> None:
    codes = {value for name, value in vars(exits).items() if name.isupper()}
    assert {int(row[0]) for row in rows_below(PAGE, "| code |")} == codes


@pytest.mark.parametrize("action", ["start", "stop"])
def test_the_example_takes_the_times_that_the_meta_data_recommend(action: str) -> None:
    [seconds] = re.findall(rf'<action name="{action}" timeout="(\d+s)"', METADATA)
    assert f"op {action} timeout={seconds}" in PAGE


def test_the_monitor_of_the_example_is_that_of_the_meta_data() -> None:
    [(timeout, interval)] = re.findall(
        r'<action name="monitor" depth="0" timeout="(\d+s)" interval="(\d+s)"', METADATA
    )
    assert f"op monitor interval={interval} timeout={timeout}" in PAGE


def test_the_times_of_the_page_are_those_of_the_code() -> None:
    start, monitor = (f"{client._SHARES[name]:.0%}" for name in ("start", "monitor"))
    assert f"begin within {start.replace('%', ' %')} (`start`)" in PAGE
    assert f"or {monitor.replace('%', ' %')} (`monitor`)" in PAGE
    assert f"The helper ends after {helper.IDLE_SECONDS / 60:.0f} minutes" in PAGE
