"""Two agents side by side: what is told of the runs, and the picture of their outages."""

import xml.etree.ElementTree as ET
from typing import Any

import pytest

from lab.drill.comparison import NAME, OURS, Comparison, Duel, Run, summary
from lab.drill.picture import draw

SVG = "{http://www.w3.org/2000/svg}"


def run(agent: str = OURS, scenario: str = "crash", **outages: float) -> Run:
    """A run in which every outage begins a second after the fault."""
    begins = dict.fromkeys(outages, 1.0)
    return Run(agent, scenario, outages, begins, detected=0.5, api=0.25, calls=4)


def both(*ours: float, theirs: float) -> Comparison:
    """Runs of both agents in both scenarios."""
    scenarios = ("planned move", "crash")
    return Comparison(
        [
            *(run(OURS, scenario, private_a=wait) for scenario in scenarios for wait in ours),
            *(run(NAME, scenario, private_a=theirs) for scenario in scenarios),
        ],
        [],
    )


def test_the_summary_compares_the_medians_of_the_longest_outages() -> None:
    assert list(summary(both(0.5, 4.0, 1.0, theirs=3.0))) == [
        f"{scenario}: clients wait 1.00 s with virtual-ip, 3.00 s with aws-vpc-move-ip: "
        "3.0 times as long (medians)"
        for scenario in ("planned move", "crash")
    ]


def test_clients_who_did_not_wait_at_all_are_compared_without_a_factor() -> None:
    [first, _] = summary(both(0.0, theirs=3.0))
    assert first == (
        "planned move: clients wait 0.00 s with virtual-ip, 3.00 s with aws-vpc-move-ip (medians)"
    )


def test_runs_of_an_agent_in_a_scenario_come_with_the_shortest_outage_first() -> None:
    comparison = Comparison(
        [run(one=2.0, other=1.0), run(one=0.1), run(NAME, one=0.5), run(scenario="move", one=0.2)],
        [],
    )
    assert [each.worst for each in comparison.of(OURS, "crash")] == [0.1, 2.0]


def test_the_data_holds_every_run_and_duel_as_it_was() -> None:
    duel = Duel(OURS, 1, 4, ("node-b",), "node-b")
    assert Comparison([run(one=2.0)], [duel]).as_json() == {
        "runs": [
            {
                "agent": "virtual-ip",
                "scenario": "crash",
                "outages": {"one": 2.0},
                "begins": {"one": 1.0},
                "detected": 0.5,
                "api": 0.25,
                "calls": 4,
            }
        ],
        "duels": [
            {
                "agent": "virtual-ip",
                "owner_changes": 1,
                "replaced": 4,
                "holders_after": ("node-b",),
                "owner_after": "node-b",
            }
        ],
    }


def drawn(*runs: Run) -> ET.Element:
    return ET.fromstring(draw(Comparison(runs, [])))


def bars(picture: ET.Element, kind: str) -> list[dict[str, Any]]:
    return [
        {name: float(each.get(name, "")) for name in ("x", "y", "width")}
        for each in picture.iter(f"{SVG}rect")
        if each.get("class") == kind
    ]


def texts(picture: ET.Element) -> list[str]:
    return [each.text or "" for each in picture.iter(f"{SVG}text")]


def test_each_subnet_has_a_row_under_the_title_of_its_run() -> None:
    picture = drawn(run(public_a=1.0, private_a=2.0), run(NAME, private_a=3.0))
    titles = ["crash, virtual-ip: 2.00 s", "crash, aws-vpc-move-ip: 3.00 s"]
    rows = [text for text in texts(picture) if "_" in text or text in titles]
    assert rows == [titles[0], "public_a", "private_a", titles[1], "private_a"]
    served = bars(picture, "served")
    assert len({each["y"] for each in served}) == len(served) == 3
    assert [each["y"] for each in bars(picture, "outage")] == [each["y"] for each in served]


def test_bars_are_to_one_scale_that_ends_two_seconds_after_the_last_outage() -> None:
    picture = drawn(run(one=1.0, other=2.0), run(NAME, one=5.0))
    whole = bars(picture, "served")[0]
    second = whole["width"] / 8
    assert [each["width"] for each in bars(picture, "outage")] == pytest.approx(
        [second, 2 * second, 5 * second], abs=0.1
    )
    assert [each["x"] for each in bars(picture, "outage")] == pytest.approx(
        3 * [whole["x"] + second], abs=0.1
    )
    assert [text for text in texts(picture) if text.endswith(" s") and ":" not in text] == [
        f"{each} s" for each in range(9)
    ]


def test_a_client_who_did_not_wait_has_a_row_without_an_outage() -> None:
    picture = drawn(run(one=0.0, other=2.0))
    assert len(bars(picture, "served")) == 2
    assert len(bars(picture, "outage")) == 1


def test_an_outage_too_short_for_the_scale_can_still_be_seen() -> None:
    assert bars(drawn(run(one=0.001, other=90.0)), "outage")[0]["width"] == 1.0


def test_the_median_run_of_each_agent_in_each_scenario_is_drawn() -> None:
    picture = drawn(*(run(one=wait) for wait in (5.0, 1.0, 3.0)), run(scenario="move", one=2.0))
    assert [text for text in texts(picture) if ":" in text] == [
        "crash, virtual-ip: 3.00 s",
        "move, virtual-ip: 2.00 s",
    ]


def test_names_are_written_as_xml_wants_them() -> None:
    assert "a<b&c" in texts(drawn(run(**{"a<b&c": 1.0})))
