from typing import Any

import pytest

from sandbox.provider.live import inputs_from, state_from
from sandbox.provider.plan import compare, preview_create, preview_update
from sandbox.provider.schema import (
    Schema,
    boolean,
    list_of,
    map_of,
    number,
    object_of,
    set_of,
    string,
)
from sandbox.provider.values import canonical_network, canonical_policy, lower_case
from sandbox.provider.wire import UNKNOWN, Properties

RULE = object_of(
    {
        "range": string(normal=canonical_network),
        "port": number(),
        "id": string(output=True),
        "note": string(computed=True),
    }
)
GATE = Schema(
    name="aws:test/gate:Gate",
    properties={
        "place": string(required=True, replaces=True),
        "open": boolean(default=False),
        "note": string(),
        "zone": string(computed=True),
        "count": number(),
        "labels": map_of(string()),
        "rules": set_of(RULE, computed=True),
        "steps": list_of(string()),
        "disk": object_of(
            {"size": number(), "key": string(replaces=True), "note": string(computed=True)},
            computed=True,
        ),
        "policy": string(normal=canonical_policy),
        "arn": string(output=True),
        "address": string(output=True, unknown_after=("zone",)),
    },
)


def kinds(state: Properties, inputs: Properties, old_inputs: Properties | None = None) -> Any:
    found = compare(GATE, state, old_inputs or {}, inputs)
    return {each.path: each.change + ("+" if each.replaces else "") for each in found.differences}


@pytest.mark.parametrize(
    ("state", "inputs", "expected"),
    [
        ({"place": "a"}, {"place": "a"}, {}),
        ({"place": "a"}, {"place": "b"}, {"place": "UPDATE+"}),
        ({"place": "a"}, {"place": UNKNOWN}, {"place": "UPDATE+"}),
        ({}, {"note": "a"}, {"note": "ADD"}),
        ({"note": ""}, {"note": UNKNOWN}, {"note": "UPDATE"}),
        ({"note": "a"}, {}, {"note": "DELETE"}),
        ({"note": ""}, {}, {}),
        ({"open": False}, {}, {}),
        ({"count": 0}, {}, {}),
        ({"labels": {}}, {}, {}),
        ({"zone": "z"}, {}, {}),
        ({"zone": "z"}, {"zone": "y"}, {"zone": "UPDATE"}),
        ({"arn": "a"}, {"arn": "b"}, {}),
        ({"labels": {"a": "1", "b": "2"}}, {"labels": {"a": "1", "c": "3"}},
         {"labels.b": "DELETE", "labels.c": "ADD"}),
        ({"labels": {"a.b": "1"}}, {"labels": {"a.b": "2"}}, {'labels["a.b"]': "UPDATE"}),
        ({"steps": ["a", "b"]}, {"steps": ["b", "a"]},
         {"steps[0]": "UPDATE", "steps[1]": "UPDATE"}),
        ({"steps": ["a"]}, {"steps": ["a", "b"]}, {"steps[1]": "ADD"}),
        ({"rules": [{"port": 1}, {"port": 2}]}, {"rules": [{"port": 2}, {"port": 1}]}, {}),
        ({"rules": [{"port": 1}, {"port": 2}]}, {"rules": [{"port": 2}]}, {"rules[0]": "DELETE"}),
        ({"rules": [{"port": 1}]}, {"rules": [{"port": 3}]}, {"rules[0].port": "UPDATE"}),
        ({"rules": [{"port": 1, "id": "x", "range": ""}]}, {"rules": [{"port": 1}]}, {}),
        ({"rules": [{"port": 1, "note": "n"}]}, {"rules": [{"port": 1}]}, {}),
        ({"rules": [{"port": 1, "note": "n"}]}, {"rules": [{"port": 1, "note": "m"}]},
         {"rules[0].note": "UPDATE"}),
        ({"rules": [{"port": 1}]}, {}, {}),
        ({"rules": [{"port": 1}]}, {"rules": []}, {"rules[0]": "DELETE"}),
        ({"rules": [{"range": "2001:db8::/32"}]}, {"rules": [{"range": "2001:DB8::/32"}]}, {}),
        ({"disk": {"size": 8, "key": "k", "note": "n"}}, {"disk": {"size": 8, "key": "k"}}, {}),
        ({"disk": {"size": 8, "key": "k"}}, {"disk": {"size": 9, "key": "k"}},
         {"disk.size": "UPDATE"}),
        ({"disk": {"size": 8, "key": "k"}}, {"disk": {"size": 8, "key": "l"}},
         {"disk.key": "UPDATE+"}),
        ({"policy": '{"a": ["x"], "b": ["y", "z"]}'}, {"policy": '{"b":["z","y"],"a":"x"}'}, {}),
    ],
)  # fmt: skip
def test_a_diff_names_what_changes(
    state: Properties, inputs: Properties, expected: dict[str, str]
) -> None:
    assert kinds(state, inputs) == expected


def test_a_diff_rests_on_old_inputs_where_the_state_has_nothing() -> None:
    found = compare(GATE, {}, {"note": "a"}, {"note": "b"})

    assert [found.rests_on_inputs(each) for each in found.differences] == [True]
    assert not compare(GATE, {"note": "a"}, {"note": "b"}, {"note": "b"}).from_inputs


@pytest.mark.parametrize(
    ("ignored", "left"),
    [
        (["labels"], ["place", "rules[0].port"]),
        (["labels.a"], ["place", "rules[0].port"]),
        (["rules[0]"], ["labels.a", "place"]),
        (["rules[*].port"], ["labels.a", "place"]),
        (["lab"], ["labels.a", "place", "rules[0].port"]),
    ],
)
def test_what_is_ignored_is_no_difference(ignored: list[str], left: list[str]) -> None:
    state = {"place": "a", "labels": {"a": "1"}, "rules": [{"port": 1}]}
    inputs = {"place": "b", "labels": {"a": "2"}, "rules": [{"port": 2}]}
    found = compare(GATE, state, {}, inputs).ignoring(ignored)

    assert sorted(each.path for each in found.differences) == left


def test_a_preview_of_a_create_echoes_inputs_and_leaves_the_rest_to_aws() -> None:
    inputs = {"place": "a", "note": UNKNOWN, "rules": [{"port": 1}], "disk": {"size": 8}}

    assert preview_create(GATE, inputs) == {
        "place": "a",
        "note": UNKNOWN,
        "zone": UNKNOWN,
        "open": False,
        "rules": [{"port": 1, "id": UNKNOWN, "note": UNKNOWN}],
        "disk": {"size": 8, "note": UNKNOWN},
        "arn": UNKNOWN,
        "address": UNKNOWN,
    }


def test_a_preview_of_an_update_keeps_what_the_change_does_not_touch() -> None:
    state = {"place": "a", "note": "n", "zone": "z", "arn": "arn", "address": "1"}

    assert preview_update(GATE, state, {"place": "a"}, ["note"]) == {
        "place": "a", "zone": "z", "arn": "arn", "address": "1",
    }  # fmt: skip
    assert preview_update(GATE, state, {"place": "a", "note": "n", "zone": "y"}, ["zone"]) == {
        "place": "a", "note": "n", "zone": "y", "arn": "arn", "address": UNKNOWN,
    }  # fmt: skip


def test_live_values_lie_over_what_was_known() -> None:
    known = {"place": "a", "note": "kept", "zone": "z", "stranger": 1}

    assert state_from(GATE, {"place": "b", "zone": None}, known) == {"place": "b", "note": "kept"}


def test_a_refresh_returns_the_programs_inputs_as_they_live() -> None:
    state = {
        "place": "a",
        "zone": "z",
        "labels": {"a": "2"},
        "rules": [
            {"port": 3, "range": "", "id": "x"},
            {"range": "2001:db8::/32", "id": "y"},
            {"port": 1, "id": "z"},
        ],
        "arn": "arn",
    }
    old = {
        "place": "a",
        "note": "gone",
        "labels": {"a": "1"},
        "rules": [{"port": 1}, {"port": 2}, {"range": "2001:DB8::/32"}],
    }

    assert inputs_from(GATE, state, old) == {
        "place": "a",
        "note": None,
        "labels": {"a": "2"},
        "rules": [{"port": 1}, {"range": "2001:DB8::/32"}, {"port": 3}],
    }


def test_a_refresh_keeps_the_spelling_of_what_means_the_same() -> None:
    state = {"policy": '{"b": ["x", "y"], "a": "1"}', "steps": ["a", "b"]}
    old = {"policy": '{"a":["1"],"b":["y","x"]}', "steps": ["a", "c"]}

    assert inputs_from(GATE, state, old) == {"policy": old["policy"], "steps": ["a", "b"]}


def test_an_import_returns_everything_that_says_something() -> None:
    state = {
        "place": "a",
        "open": False,
        "note": "",
        "zone": "z",
        "rules": [{"port": 1, "id": "x", "note": "", "range": ""}],
        "arn": "arn",
    }

    assert inputs_from(GATE, state, None) == {"place": "a", "zone": "z", "rules": [{"port": 1}]}


def test_normal_forms_leave_alone_what_they_do_not_understand() -> None:
    assert canonical_network("x") == "x"
    assert canonical_policy("{") == "{"
    assert lower_case("TCP") == "tcp"
