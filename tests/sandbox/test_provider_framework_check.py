from typing import Any

import pytest

from sandbox.provider.check import check
from sandbox.provider.naming import DEFAULTS, Mode, Naming
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
from sandbox.provider.values import between, one_of
from sandbox.provider.wire import UNKNOWN, Foreign, Properties

GATE = Schema(
    name="aws:test/gate:Gate",
    properties={
        "kind": string(required=True, valid=(one_of("open", "shut"),)),
        "port": number(valid=(between(0, 65535),)),
        "wide": boolean(default=False),
        "left": string(conflicts_with=("right",)),
        "right": string(conflicts_with=("left",)),
        "paint": string(required_with=("coat",)),
        "coat": string(),
        "labels": map_of(string()),
        "hinges": set_of(object_of({"side": string(required=True), "bolts": number(default=4)})),
        "locks": list_of(string(), min_items=1, max_items=2),
        "frame": object_of({"wood": string()}),
        "arn": string(output=True),
    },
    unmodelled=("motor", "frame.metal", "hinges.spring"),
)
SIGN = Schema(
    name="aws:test/sign:Sign",
    properties={
        "a": string(),
        "b": string(),
        "c": string(),
        "name": string(named=True, max_length=16, conflicts_with=("namePrefix",)),
        "namePrefix": string(conflicts_with=("name",)),
    },
    exactly_one_of=(("a", "b"),),
    at_least_one_of=(("b", "c"),),
)


def faults(schema: Schema, **given: Any) -> dict[str, str]:
    return {fault.path: fault.reason for fault in check(schema, given)[1]}


def test_good_inputs_have_no_faults() -> None:
    given = {"kind": "open", "port": 443, "labels": {"x": "y"}, "locks": ["a"]}

    assert check(GATE, given) == (given, [])


def test_every_fault_is_told_at_once_with_its_property() -> None:
    found = faults(GATE, port=70000, left="a", right="b", motor="x", paint="red", locks=[])

    assert sorted(found) == ["kind", "left", "locks", "motor", "paint", "port", "right"]
    assert found["kind"] == "kind is required but was not given"
    assert found["port"] == "port must lie between 0 and 65535; it is 70000"
    assert found["left"] == "left conflicts with right; give only one of them"
    assert found["paint"] == "paint needs coat to be given too"
    assert found["locks"] == "locks must have at least 1 items"


def test_a_misspelt_property_is_answered_with_its_neighbours() -> None:
    found = faults(GATE, kind="open", prot=1)

    assert found["prot"] == "aws:test/gate:Gate has no property 'prot'; did you mean port, coat?"


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"motor": "x"}, "motor"),
        ({"frame": {"metal": "x"}}, "frame.metal"),
        ({"hinges": [{"side": "l", "spring": 1}]}, "hinges[0].spring"),
    ],
)
def test_what_the_sandbox_does_not_model_is_named(given: Properties, path: str) -> None:
    assert faults(GATE, kind="open", **given) == {
        path: f"'{path}' of aws:test/gate:Gate exists on AWS but is not modelled by the sandbox; "
        "docs/sandbox-provider.md lists what is"
    }


def test_what_aws_decides_cannot_be_given() -> None:
    assert faults(GATE, kind="open", arn="x") == {
        "arn": "'arn' of aws:test/gate:Gate is decided by AWS and cannot be set; leave it out"
    }


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"port": "x"}, "port must be a number, not 'x'"),
        ({"port": True}, "port must be a number, not True"),
        ({"wide": "yes"}, "wide must be a boolean, not 'yes'"),
        ({"labels": "x"}, "labels must be a map, not 'x'"),
        ({"locks": "x"}, "locks must be a list, not 'x'"),
        ({"coat": ["x"]}, "coat must be a string, not ['x']"),
        ({"coat": Foreign("asset")}, "coat must be a string, not a asset"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named(given: Properties, reason: str) -> None:
    assert list(faults(GATE, kind="open", **given).values()) == [reason]


def test_faults_inside_lists_and_maps_have_paths() -> None:
    found = faults(GATE, kind="open", hinges=[{"bolts": "x"}], labels={"a.b": ["x"]})

    assert sorted(found) == ["hinges[0].bolts", "hinges[0].side", 'labels["a.b"]']


def test_texts_become_numbers_and_booleans_where_these_are_declared() -> None:
    inputs, found = check(GATE, {"kind": "open", "port": "443", "wide": "true", "coat": 1})

    assert found == []
    assert inputs == {"kind": "open", "port": 443, "wide": True, "coat": "1"}


def test_objects_get_their_defaults() -> None:
    inputs, _ = check(GATE, {"kind": "open", "hinges": [{"side": "left"}]})

    assert inputs["hinges"] == [{"side": "left", "bolts": 4}]


def test_unknown_values_count_as_given_and_are_not_judged() -> None:
    given = {"kind": UNKNOWN, "port": UNKNOWN, "left": "a", "right": UNKNOWN, "locks": [UNKNOWN]}
    found = faults(GATE, **given)

    assert found == {"right": "right conflicts with left; give only one of them"}


def test_one_of_a_group_must_be_given() -> None:
    assert faults(SIGN, c="x") == {"a": "one of a, b must be given"}
    assert faults(SIGN, a="x") == {"b": "at least one of b, c must be given"}
    assert faults(SIGN, a="x", b="y") == {"a": "only one of a, b may be given, but a, b were"}
    assert faults(SIGN, a=UNKNOWN, b="y") == {}
    assert faults(SIGN, b=UNKNOWN) == {}


def named(naming: Naming, given: Properties, former: Properties | None = None) -> Properties:
    inputs = dict(given)
    assert naming.fill(SIGN, inputs, former or {}) == []
    return inputs


def test_a_name_that_is_left_out_is_made_of_the_resources_own() -> None:
    first = named(Naming("gate", b"seed"), {})

    assert first == {"name": "gate-19b2585", DEFAULTS: ["name"]}
    assert named(Naming("gate", b"seed"), {}) == first
    assert named(Naming("gate", b"other"), {}) != first
    assert len(named(Naming("gate"), {})["name"]) == len("gate-1234567")


def test_a_made_up_name_is_cut_to_its_length() -> None:
    name = named(Naming("a-very-long-name-indeed", b"seed"), {})["name"]

    assert name.startswith("a-very-l-")
    assert len(name) == 16


def test_a_made_up_name_is_kept_and_a_given_one_is_not() -> None:
    kept = {"name": "gate-1234567", DEFAULTS: ["name"]}
    given = {"name": "gate-1234567", DEFAULTS: []}

    assert named(Naming("gate", b"seed"), {}, kept)["name"] == "gate-1234567"
    assert named(Naming("gate", b"seed"), {}, given)["name"] != "gate-1234567"


def test_no_name_is_made_up_beside_its_rival() -> None:
    assert named(Naming("gate"), {"namePrefix": "x"}) == {"namePrefix": "x", DEFAULTS: []}


def test_the_engine_may_propose_or_forbid_names() -> None:
    assert named(Naming("gate", proposal="chosen"), {})["name"] == "chosen"
    found = Naming("gate", mode=Mode.DISABLE).fill(SIGN, {}, {})
    assert [(fault.path, fault.reason) for fault in found] == [
        ("name", "name must be given: automatic naming is disabled")
    ]
