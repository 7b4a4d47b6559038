import json
from typing import Any

import pytest

from tests.support.provider import REGION, Created, FailedError, Instance, unknowns

RULE, TARGET = "aws:cloudwatch/eventRule:EventRule", "aws:cloudwatch/eventTarget:EventTarget"
TOPIC = f"arn:aws:sns:{REGION}:123456789012:operators"
PATTERN = '{"source": ["aws.ec2"], "detail": {"eventName": ["ReplaceRoute"]}}'
STORED = '{"detail":{"eventName":["ReplaceRoute"]},"source":["aws.ec2"]}'


@pytest.fixture
def rule(aws: Instance) -> Created:
    return aws.create(RULE, "routes", eventPattern=PATTERN, tags={"Name": "routes"})


@pytest.fixture
def target(aws: Instance, rule: Created) -> Created:
    return aws.create(TARGET, rule=rule["name"], arn=TOPIC)


def test_a_rule_stores_its_pattern_in_one_line_with_keys_in_order(rule: Created) -> None:
    assert rule.id.startswith("routes-")
    assert rule["eventPattern"] == STORED
    assert rule["arn"].endswith(f":rule/{rule.id}")
    assert (rule["state"], rule["eventBusName"]) == ("ENABLED", "default")


def test_a_preview_of_a_rule_does_not_know_what_aws_decides(aws: Instance) -> None:
    assert unknowns(aws.preview(RULE, eventPattern=PATTERN)) == {"arn", "id", "namePrefix"}


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({"eventPattern": json.dumps(json.loads(PATTERN), indent=2)}, {}),
        ({"eventPattern": '{"source": ["aws.s3"]}'}, {"eventPattern": "UPDATE"}),
        ({"description": "x"}, {"description": "UPDATE"}),
        ({"state": "DISABLED"}, {"state": "UPDATE"}),
        ({"name": "other"}, {"name": "UPDATE_REPLACE"}),
    ],
)
def test_a_change_of_a_rule(rule: Created, changes: dict[str, Any], kinds: dict[str, str]) -> None:
    assert rule.diff(**changes).kinds == kinds


def test_a_rule_is_changed_imported_and_deleted(aws: Instance, rule: Created) -> None:
    changed = rule.update(eventPattern='{"source": ["aws.s3"]}', tags={"Name": "x"})
    assert changed["eventPattern"] == '{"source":["aws.s3"]}'
    found = aws.read(RULE, rule.id)
    assert found is not None
    assert found["tags"] == {"Name": "x"}
    assert aws.diff(found, changed.inputs).kinds == {}
    changed.delete()
    assert changed.refresh() is None


def test_a_rule_with_a_target_is_not_deleted(rule: Created, target: Created) -> None:
    with pytest.raises(FailedError, match="it has targets"):
        rule.delete()
    target.delete()
    rule.delete()


def test_a_rule_needs_a_pattern_or_a_schedule_and_an_end_of_it(aws: Instance) -> None:
    assert aws.failures(RULE)
    assert set(aws.failures(RULE, eventPattern="{")) == {"eventPattern"}
    long = json.dumps({"source": ["x" * 4096]})
    assert set(aws.failures(RULE, eventPattern=long)) == {"eventPattern"}


def test_a_target_reaches_its_rule(aws: Instance, rule: Created, target: Created) -> None:
    assert target.id == f"{rule.id}-{target['targetId']}"
    assert target["arn"] == TOPIC
    assert unknowns(aws.preview(TARGET, rule="r", arn=TOPIC)) == {"id", "targetId"}


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({"arn": f"{TOPIC}2"}, {"arn": "UPDATE"}),
        ({"rule": "other"}, {"rule": "UPDATE_REPLACE"}),
        ({"input": "{}"}, {"input": "UPDATE"}),
        ({}, {}),
    ],
)
def test_a_change_of_a_target(
    target: Created, changes: dict[str, Any], kinds: dict[str, str]
) -> None:
    assert target.diff(**changes).kinds == kinds


def test_a_target_is_changed_imported_and_deleted(
    aws: Instance, rule: Created, target: Created
) -> None:
    transformer = {"inputPaths": {"who": "$.detail"}, "inputTemplate": '"<who>"'}
    changed = target.update(arn=f"{TOPIC}2", inputTransformer=transformer)
    assert (changed["arn"], changed["inputTransformer"]) == (f"{TOPIC}2", transformer)
    found = aws.read(TARGET, f"{rule.id}/{target['targetId']}")
    assert found is not None
    assert aws.diff(found, changed.inputs).kinds == {}
    changed.delete()
    assert changed.refresh() is None


def test_a_target_of_no_rule_is_refused(aws: Instance) -> None:
    with pytest.raises(FailedError, match="ResourceNotFoundException"):
        aws.create(TARGET, rule="missing", arn=TOPIC)


def test_another_bus_is_not_modelled(aws: Instance) -> None:
    assert set(aws.failures(RULE, eventPattern=PATTERN, eventBusName="own")) == {"eventBusName"}
