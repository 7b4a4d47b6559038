"""The schema for editors takes what the pack takes, and refuses mistakes that are not of values."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from guardrails.options.table import OPTIONS
from guardrails.pack.catalogue import CATALOGUE, NAMES
from guardrails.pack.configuration_file import LEVELS, mistakes_in
from guardrails.pack.configuration_schema import configuration_schema

SCHEMA = configuration_schema()
VALIDATOR = Draft7Validator(SCHEMA)
ROUTES = "private-subnets-have-no-internet-route"
ENDPOINTS = "endpoints-admit-only-https"
VIRTUAL_IP = "virtual-ip-outside-vpc-cidr"

IDS = st.sampled_from(
    [
        *("subnet-1", "rtb-1", "vpc-1", "sg-1", "urn:pulumi:a::b::c::d", "*::private", "a?", "*"),
        *(
            "private",
            "",
            " rtb-1",
            "rtb-1 ",
            "\trtb-1",
            "rtb-\n*",
            "urn:",
            "10.0.0.0/16",
            "(",
            "[a",
        ),
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 1) | IDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(IDS, inner, max_size=3),
    max_leaves=6,
)
EXEMPTION = {"urn": "*::a", "reason": "r", "owner": "o", "expires": "2030-01-31"}
EXEMPTIONS = st.lists(
    st.builds(
        lambda change, gone: {k: v for k, v in {**EXEMPTION, **change}.items() if k not in gone},
        st.dictionaries(st.sampled_from([*EXEMPTION, "expire"]), JSON, max_size=1),
        st.sets(st.sampled_from(list(EXEMPTION)), max_size=1),
    ),
    max_size=2,
)


def values(option: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values of the option's own shape more often than others."""
    if "enum" in option:
        return st.sampled_from(option["enum"]) | JSON
    if option["type"] == "array":
        return st.lists(IDS, max_size=2) | EXEMPTIONS | JSON
    if option["type"] == "object":
        return st.dictionaries(IDS, st.lists(IDS, max_size=2), max_size=2) | JSON
    return st.booleans() | JSON


def policies(name: str) -> st.SearchStrategy[Any]:
    options = {key: values(option) for key, option in OPTIONS.get(name, {}).items()}
    levels = st.sampled_from([*LEVELS, "mandatry"])
    known = st.fixed_dictionaries({}, optional={"enforcementLevel": levels, **options})
    return levels | JSON | known


CONFIGURATIONS = st.fixed_dictionaries(
    {},
    optional={
        "all": policies("all") | st.just({"virtualIps": []}),
        "environments": st.lists(IDS, max_size=2) | JSON,
        "no-such-policy": st.sampled_from(LEVELS),
        **{name: policies(name) for name in NAMES},
    },
)


def takes(document: Any) -> bool:
    return VALIDATOR.is_valid(document)


def pack_takes(document: Any) -> bool:
    return mistakes_in(json.dumps(document)) == []


@given(CONFIGURATIONS | JSON)
def test_what_the_schema_refuses_the_pack_refuses_too(document: Any) -> None:
    assert takes(document) or not pack_takes(document)


@given(st.sampled_from(NAMES).flatmap(lambda name: policies(name).map(lambda value: {name: value})))
def test_what_the_pack_refuses_and_the_schema_takes_is_a_value_that_cannot_be_used(
    document: Any,
) -> None:
    if takes(document):
        assert all(
            " is not usable: " in mistake
            or " is not a valid day" in mistake
            or "is empty" in mistake
            or "an exemption needs" in mistake
            for mistake in mistakes_in(json.dumps(document))
        )


def test_the_schema_is_one() -> None:
    Draft7Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("policy", [entry.name for entry in CATALOGUE])
def test_every_option_of_the_pack_is_in_the_schema_with_its_default(policy: str) -> None:
    mapping = SCHEMA["properties"][policy]["anyOf"][1]["properties"]
    options = OPTIONS.get(policy, {})
    assert mapping.keys() == {"enforcementLevel", *options}
    for name, option in options.items():
        assert mapping[name]["description"] == option["description"]
        assert mapping[name]["default"] == option["default"]


def test_the_defaults_written_out_are_taken_by_both() -> None:
    document = {
        policy: {name: option["default"] for name, option in options.items()}
        for policy, options in OPTIONS.items()
    }
    assert takes(document)
    assert pack_takes(document)


@pytest.mark.parametrize(
    ("policy", "options"),
    [
        (ROUTES, {"privateSubnets": ["private-a"]}),
        (ROUTES, {"privateSubnets": [" subnet-1"]}),
        (ROUTES, {"closedTables": ["rtb-*"]}),
        (ROUTES, {"unclassified": "maybe"}),
        (ROUTES, {"privateTags": {"Tier": "private"}}),
        (ROUTES, {"privateSubnet": []}),
        (ROUTES, {"exemptions": [{"urn": "*"}]}),
        (ROUTES, {"exemptions": [{**EXEMPTION, "expire": "2030-01-31"}]}),
        (ENDPOINTS, {"httpsOnlyGroups": ["default"]}),
        (VIRTUAL_IP, {"vpcRanges": {"hub": ["10.0.0.0/16"]}}),
        (VIRTUAL_IP, {"virtualIps": None}),
        ("exemptions-are-current", {"coverage": "yes"}),
        ("facts-are-missing", {"level": 1}),
        ("endpoint-admit-only-http", {}),
    ],
)
def test_an_editor_marks_what_the_pack_refuses(policy: str, options: dict[str, Any]) -> None:
    assert not takes({policy: options})
    assert not pack_takes({policy: deepcopy(options)})
