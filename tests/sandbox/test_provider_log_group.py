from typing import Any

import pytest

from tests.support.provider import Created, FailedError, Instance, unique, unknowns

GROUP = "aws:cloudwatch/logGroup:LogGroup"


@pytest.fixture
def group(aws: Instance) -> Created:
    return aws.create(GROUP, name=unique("/flow"), retentionInDays=30, tags={"Name": "flow"})


def test_a_preview_leaves_to_aws_what_aws_decides(aws: Instance) -> None:
    assert unknowns(aws.preview(GROUP)) == {
        "id", "arn", "deletionProtectionEnabled", "logGroupClass", "namePrefix",
    }  # fmt: skip


def test_a_group_is_named_after_its_resource_or_by_a_prefix(aws: Instance) -> None:
    assert aws.create(GROUP, "flow-logs")["name"].startswith("flow-logs-")
    assert aws.create(GROUP, namePrefix="/vpc/")["name"].startswith("/vpc/")


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({"retentionInDays": 7}, {"retentionInDays": "UPDATE"}),
        ({"retentionInDays": None}, {"retentionInDays": "UPDATE"}),
        ({"name": "/other"}, {"name": "UPDATE_REPLACE"}),
        ({"logGroupClass": "INFREQUENT_ACCESS"}, {"logGroupClass": "UPDATE_REPLACE"}),
        ({"skipDestroy": True}, {"skipDestroy": "UPDATE"}),
        ({}, {}),
    ],
)
def test_what_a_change_does(group: Created, changes: dict[str, Any], kinds: dict[str, str]) -> None:
    assert group.diff(**changes).kinds == kinds


def test_a_group_is_changed_imported_and_deleted(aws: Instance, group: Created) -> None:
    changed = group.update(retentionInDays=None, tags={"Name": "other"})
    assert (changed["retentionInDays"], changed["tags"]) == (0, {"Name": "other"})
    found = aws.read(GROUP, group.id)
    assert found is not None
    assert aws.diff(found, changed.inputs).kinds == {}
    changed.delete()
    assert changed.refresh() is None


def test_a_group_may_outlive_its_resource(group: Created) -> None:
    kept = group.update(skipDestroy=True)
    kept.delete()
    assert kept.refresh() is not None


def test_a_second_group_of_a_name_is_refused(aws: Instance, group: Created) -> None:
    with pytest.raises(FailedError, match="ResourceAlreadyExistsException"):
        aws.create(GROUP, name=group.id)


def test_only_certain_numbers_of_days_are_kept(aws: Instance) -> None:
    assert set(aws.failures(GROUP, retentionInDays=10)) == {"retentionInDays"}
