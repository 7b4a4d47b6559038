from typing import Any

import pytest

from sandbox.provider.wire import UNKNOWN
from tests.support.provider import Created, FailedError, Instance, unique, unknowns

PARAMETER = "aws:ssm/parameter:Parameter"


@pytest.fixture
def parameter(aws: Instance) -> Created:
    return aws.create(PARAMETER, unique("p"), type="String", value="old", tags={"a": "b"})


def test_a_parameter_says_everything_that_aws_decided(parameter: Created) -> None:
    assert parameter.id == parameter["name"]
    assert parameter["arn"].endswith(f":parameter/{parameter.id}")
    assert (parameter["tier"], parameter["dataType"]) == ("Standard", "text")
    assert parameter["version"] == 1
    assert parameter["hasValueWo"] is False
    assert parameter["tagsAll"] == {"a": "b"}
    assert parameter.diff().kinds == {}


def test_a_preview_knows_only_what_is_given(aws: Instance) -> None:
    outputs = aws.preview(PARAMETER, "p", type="String", value=UNKNOWN)
    assert unknowns(outputs) == {
        "arn", "dataType", "hasValueWo", "id", "insecureValue", "keyId", "tier", "value",
        "version",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ({"value": "new"}, {"value": "UPDATE"}),
        ({"description": "d"}, {"description": "UPDATE"}),
        ({"tier": "Advanced"}, {"tier": "UPDATE"}),
        ({"type": "StringList"}, {"type": "UPDATE"}),
        ({"allowedPattern": ".*"}, {"allowedPattern": "UPDATE"}),
        ({"dataType": "aws:ec2:image"}, {"dataType": "UPDATE_REPLACE"}),
        ({"name": "other"}, {"name": "UPDATE_REPLACE"}),
        ({"overwrite": True}, {"overwrite": "ADD"}),
    ],
)
def test_a_change_of_a_parameter_updates_or_replaces(
    parameter: Created, change: dict[str, Any], kinds: dict[str, str]
) -> None:
    assert parameter.diff(**change).kinds == kinds


def test_the_way_down_from_the_advanced_tier_replaces(aws: Instance) -> None:
    advanced = aws.create(PARAMETER, unique("p"), type="String", value="v", tier="Advanced")
    assert advanced.diff(tier="Standard").kinds == {"tier": "UPDATE_REPLACE"}


@pytest.mark.parametrize(
    ("value", "tier"), [("v", "Standard"), ("v" * 4096, "Standard"), ("v" * 4097, "Advanced")]
)
def test_a_tier_that_aws_chooses_makes_no_difference(aws: Instance, value: str, tier: str) -> None:
    name = unique("p")
    chosen = aws.create(PARAMETER, name, type="String", value=value, tier="Intelligent-Tiering")
    assert chosen["tier"] == tier
    assert chosen.diff().kinds == {}
    changed = chosen.update(value="new")
    assert (changed["value"], changed["version"]) == ("new", 2)
    assert changed.diff().kinds == {}


def test_giving_the_choice_of_the_tier_to_aws_is_no_change(parameter: Created) -> None:
    assert parameter.diff(tier="Intelligent-Tiering").kinds == {}


def test_a_new_value_is_a_new_version(parameter: Created) -> None:
    assert parameter.preview(value="new")["version"] is UNKNOWN
    changed = parameter.update(value="new", tags={"c": "d"})
    assert (changed["value"], changed["version"]) == ("new", 2)
    assert changed["tags"] == {"c": "d"}
    changed.delete()
    assert changed.refresh() is None
    changed.delete()


def test_a_parameter_is_not_overwritten_by_accident(aws: Instance, parameter: Created) -> None:
    given = {"name": parameter.id, "type": "String", "value": "mine"}
    with pytest.raises(FailedError, match="ParameterAlreadyExists"):
        aws.create(PARAMETER, **given)
    assert aws.create(PARAMETER, **given, overwrite=True)["version"] == 2


def test_an_insecure_value_stays_one(aws: Instance) -> None:
    parameter = aws.create(PARAMETER, unique("p"), type="String", insecureValue="open")
    assert parameter["insecureValue"] == "open"
    assert parameter.diff().kinds == {}


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"type": "String"}, {"value"}),
        ({"type": "String", "value": "a", "insecureValue": "b"}, {"value"}),
        ({"type": "SecureString", "insecureValue": "b"}, {"insecureValue"}),
        ({"type": "Text", "value": "a"}, {"type"}),
        ({"type": "String", "value": "a", "valueWo": "b"}, {"valueWo"}),
        ({"value": "a"}, {"type"}),
    ],
)
def test_a_bad_parameter_is_refused_in_the_preview(
    aws: Instance, given: dict[str, Any], names: set[str]
) -> None:
    assert set(aws.failures(PARAMETER, **given)) == names


def test_a_parameter_is_imported_by_its_name(aws: Instance, parameter: Created) -> None:
    imported = aws.read(PARAMETER, parameter.id)
    assert imported is not None
    assert imported.inputs["value"] == "old"
    assert imported.diff().kinds == {}
