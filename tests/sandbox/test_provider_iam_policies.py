import json
from typing import Any

import pytest

from sandbox.provider.wire import UNKNOWN
from tests.support.provider import Created, FailedError, Instance, unique, unknowns

ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
POLICY = "aws:iam/policy:Policy"
PROFILE = "aws:iam/instanceProfile:InstanceProfile"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": "ec2.amazonaws.com"},
            }
        ],
    }
)


def allow(*actions: str) -> str:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Statement": [statement], "Version": "2012-10-17"})


@pytest.fixture
def role(aws: Instance) -> Created:
    return aws.create(ROLE, unique("role"), assumeRolePolicy=TRUST)


@pytest.fixture
def policy(aws: Instance) -> Created:
    return aws.create(POLICY, unique("policy"), policy=allow("ec2:A"))


@pytest.fixture
def iam(aws_endpoint: str) -> Any:
    from sandbox.provider.clouds import Clouds

    return Clouds(aws_endpoint).region("ap-northeast-1").client("iam")


def test_a_role_policy_is_kept_version_first(aws: Instance, iam: Any, role: Created) -> None:
    policy = aws.create(ROLE_POLICY, "move", role=role.id, policy=allow("ec2:A"))
    assert policy.id == f"{role.id}:{policy['name']}"
    assert policy["name"].startswith("move-")
    assert policy["policy"] == (
        '{"Version":"2012-10-17","Statement":[{"Action":["ec2:A"],"Effect":"Allow",'
        '"Resource":"*"}]}'
    )
    live = iam.get_role_policy(RoleName=role.id, PolicyName=policy["name"])["PolicyDocument"]
    assert live == json.loads(allow("ec2:A"))


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ({"policy": allow("ec2:B")}, {"policy": "UPDATE"}),
        ({"policy": allow("ec2:A").replace('["ec2:A"]', '"ec2:A"')}, {}),
        ({"role": "other"}, {"role": "UPDATE_REPLACE"}),
        ({"name": "other"}, {"name": "UPDATE_REPLACE"}),
        ({"policy": UNKNOWN}, {"policy": "UPDATE"}),
    ],
)
def test_a_change_of_a_role_policy_updates_or_replaces(
    aws: Instance, role: Created, change: dict[str, Any], kinds: dict[str, str]
) -> None:
    policy = aws.create(ROLE_POLICY, role=role.id, policy=allow("ec2:A"))
    assert policy.diff(**change).kinds == kinds


def test_a_role_policy_is_replaced_by_its_new_text(aws: Instance, iam: Any, role: Created) -> None:
    policy = aws.create(ROLE_POLICY, role=role.id, policy=allow("ec2:A"))
    changed = policy.update(policy=allow("ec2:B", "ec2:C"))
    live = iam.get_role_policy(RoleName=role.id, PolicyName=policy["name"])["PolicyDocument"]
    assert live["Statement"][0]["Action"] == ["ec2:B", "ec2:C"]
    imported = aws.read(ROLE_POLICY, policy.id)
    assert imported is not None
    assert imported.inputs["role"] == role.id
    changed.delete()
    assert changed.refresh() is None


def test_a_bad_role_policy_is_refused_in_the_preview(aws: Instance) -> None:
    assert aws.failures(ROLE_POLICY, role="arn:aws:iam::1:role/a", policy=allow("a:b")) == {
        "role": '"role" must be the role\'s name not its ARN'
    }
    huge = allow(*(f"ec2:Action{number}" for number in range(900)))
    message = aws.failures(ROLE_POLICY, role="a", policy=huge)["policy"]
    assert message.startswith("Cannot exceed quota for PolicySize: 10240 (actual: ")
    twice = json.dumps(allow("a:b"))
    assert aws.failures(ROLE_POLICY, role="a", policy=twice)["policy"].endswith(
        "not a JSON-encoded object (have you double-encoded your JSON data?)"
    )


def test_a_role_policy_needs_a_role(aws: Instance) -> None:
    with pytest.raises(FailedError, match="NoSuchEntity"):
        aws.create(ROLE_POLICY, role="nobody", policy=allow("ec2:A"))


def test_aws_refuses_a_policy_without_actions(aws: Instance, role: Created) -> None:
    bad = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*"}]}'
    with pytest.raises(FailedError, match="MalformedPolicyDocument"):
        aws.create(ROLE_POLICY, role=role.id, policy=bad)


def test_a_managed_policy_is_attached_once_and_for_all(
    aws: Instance, role: Created, policy: Created
) -> None:
    attachment = aws.create(ATTACHMENT, role=role.id, policyArn=policy.id)
    assert attachment.id == f"{role.id}/{policy.id}"
    diff = attachment.diff(role="other", policyArn="arn:other")
    assert diff.replaces == ["policyArn", "role"]
    assert diff.delete_before_replace is True
    imported = aws.read(ATTACHMENT, attachment.id)
    assert imported is not None
    assert imported.inputs["policyArn"] == policy.id
    attachment.delete()
    assert attachment.refresh() is None
    attachment.delete()


def test_an_attachment_needs_a_policy_that_exists(aws: Instance, role: Created) -> None:
    with pytest.raises(FailedError, match="does not exist or is not attachable"):
        aws.create(ATTACHMENT, role=role.id, policyArn="arn:aws:iam::123456789012:policy/none")


def test_an_attachments_import_id_has_two_parts(aws: Instance) -> None:
    with pytest.raises(FailedError, match="expected <role-name>/<policy_arn>"):
        aws.read(ATTACHMENT, "role")


def test_a_policy_says_everything_that_aws_decided(aws: Instance) -> None:
    name = unique("p")
    policy = aws.create(
        POLICY, name=name, path="/nodes/", description="d", policy=allow("ec2:A"), tags={"a": "b"}
    )
    assert policy.id == policy["arn"] == f"arn:aws:iam::123456789012:policy/nodes/{name}"
    assert policy["attachmentCount"] == 0
    assert policy["description"] == "d"
    assert policy["policyId"]
    assert policy["tagsAll"] == {"a": "b"}
    assert policy["policy"].startswith('{"Statement":')


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ({"policy": allow("ec2:B")}, {"policy": "UPDATE"}),
        ({"description": "d"}, {"description": "UPDATE_REPLACE"}),
        ({"path": "/a/"}, {"path": "UPDATE_REPLACE"}),
        ({"name": "other"}, {"name": "UPDATE_REPLACE"}),
        ({"tags": {"a": "b"}}, {"tags.a": "ADD", "tagsAll.a": "ADD"}),
    ],
)
def test_a_change_of_a_policy_updates_or_replaces(
    policy: Created, change: dict[str, Any], kinds: dict[str, str]
) -> None:
    assert policy.diff(**change).kinds == kinds


def test_a_policy_keeps_five_versions(iam: Any, policy: Created) -> None:
    for number in range(6):
        policy = policy.update(policy=allow(f"ec2:A{number}"))
    versions = iam.list_policy_versions(PolicyArn=policy.id)["Versions"]
    assert len(versions) == 5
    assert "ec2:A5" in policy["policy"]
    policy.delete()
    assert policy.refresh() is None


def test_a_policy_in_use_is_not_deleted(aws: Instance, role: Created, policy: Created) -> None:
    aws.create(ATTACHMENT, role=role.id, policyArn=policy.id)
    with pytest.raises(FailedError) as caught:
        policy.delete()
    assert "DeleteConflict: Cannot delete a policy attached to entities." in str(caught.value)


def test_a_profile_carries_one_role(aws: Instance, role: Created) -> None:
    profile = aws.create(PROFILE, "node", role=role.id, tags={"a": "b"})
    assert profile["arn"] == f"arn:aws:iam::123456789012:instance-profile/{profile.id}"
    assert profile["role"] == role.id
    assert profile["path"] == "/"
    assert profile["uniqueId"]
    assert profile["tagsAll"] == {"a": "b"}
    other = aws.create(ROLE, unique("other"), assumeRolePolicy=TRUST)
    changed = profile.update(role=other.id, tags={"c": "d"})
    assert changed["role"] == other.id
    assert changed["tags"] == {"c": "d"}
    assert changed.update(role=None)["role"] == ""
    imported = aws.read(PROFILE, profile.id)
    assert imported is not None
    assert imported.inputs["name"] == profile.id


def test_a_preview_of_a_profile_knows_its_name(aws: Instance) -> None:
    outputs = aws.preview(PROFILE, "node", role=UNKNOWN)
    assert unknowns(outputs) == {"arn", "createDate", "id", "namePrefix", "role", "uniqueId"}
    assert outputs["name"].startswith("node-")


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ({"role": "other"}, {"role": "UPDATE"}),
        ({"path": "/a/"}, {"path": "UPDATE_REPLACE"}),
        ({"name": "other"}, {"name": "UPDATE_REPLACE"}),
    ],
)
def test_a_change_of_a_profile_updates_or_replaces(
    aws: Instance, role: Created, change: dict[str, Any], kinds: dict[str, str]
) -> None:
    assert aws.create(PROFILE, unique("p"), role=role.id).diff(**change).kinds == kinds


def test_a_profile_takes_its_role_out_before_it_goes(aws: Instance, role: Created) -> None:
    profile = aws.create(PROFILE, unique("p"), role=role.id)
    profile.delete()
    assert profile.refresh() is None
    role.delete()


def test_a_profile_whose_role_does_not_exist_is_kept_unfinished(aws: Instance) -> None:
    with pytest.raises(FailedError, match="NoSuchEntity") as caught:
        aws.create(PROFILE, unique("p"), role="nobody")
    assert caught.value.partial.id.startswith("p-")
