import json
from typing import Any

import pytest

from sandbox.provider.wire import UNKNOWN
from tests.support.provider import Created, FailedError, Instance, unique, unknowns

ROLE = "aws:iam/role:Role"
POLICY = "aws:iam/policy:Policy"


def trust(service: str = "ec2.amazonaws.com", **more: Any) -> str:
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": service},
        **more,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2)


def allow(action: str, resource: str = "*") -> str:
    statement = {"Effect": "Allow", "Action": [action], "Resource": resource}
    return json.dumps({"Statement": [statement], "Version": "2012-10-17"})


@pytest.fixture
def role(aws: Instance) -> Created:
    return aws.create(ROLE, unique("node"), assumeRolePolicy=trust())


@pytest.fixture
def iam(aws_endpoint: str) -> Any:
    from sandbox.provider.clouds import Clouds

    return Clouds(aws_endpoint).region("ap-northeast-1").client("iam")


def test_a_role_says_everything_that_aws_decided(aws: Instance) -> None:
    role = aws.create(ROLE, "node", name=unique("n"), assumeRolePolicy=trust(), tags={"a": "b"})
    assert role.id == role["name"]
    assert role["arn"] == f"arn:aws:iam::123456789012:role/{role.id}"
    assert role["uniqueId"].startswith("AROA")
    assert role["createDate"].endswith("Z")
    assert role["path"] == "/"
    assert role["maxSessionDuration"] == 3600
    assert role["forceDetachPolicies"] is False
    assert role["description"] == role["namePrefix"] == ""
    assert role["inlinePolicies"] == role["managedPolicyArns"] == []
    assert role["tagsAll"] == {"a": "b"}
    assert "region" not in role.state


def test_a_role_is_named_after_the_resource(role: Created) -> None:
    assert role.id.startswith("node-")
    assert "name" in role.inputs["__defaults"]


def test_a_long_name_is_cut_for_the_random_ending(aws: Instance) -> None:
    role = aws.create(ROLE, "n" * 80, assumeRolePolicy=trust())
    assert len(role.id) == 64


def test_a_prefix_ends_in_something_unique(aws: Instance) -> None:
    role = aws.create(ROLE, namePrefix="node-", assumeRolePolicy=trust())
    assert len(role.id) == len("node-") + 26
    assert role["namePrefix"] == "node-"
    assert role.diff().kinds == {}


def test_the_trust_policy_is_kept_in_its_normal_form(role: Created) -> None:
    assert role["assumeRolePolicy"] == (
        '{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow",'
        '"Principal":{"Service":"ec2.amazonaws.com"}}],"Version":"2012-10-17"}'
    )


def test_an_account_and_its_root_user_are_the_same_principal(aws: Instance) -> None:
    account = trust(Principal={"AWS": "123456789012"})
    root = trust(Principal={"AWS": "arn:aws:iam::123456789012:root"})
    role = aws.create(ROLE, unique("node"), assumeRolePolicy=account)
    assert role.diff(assumeRolePolicy=root).kinds == {}


def test_a_preview_shows_the_policy_as_it_will_be_kept(aws: Instance, role: Created) -> None:
    assert (
        aws.preview(ROLE, assumeRolePolicy=trust())["assumeRolePolicy"]
        == (role["assumeRolePolicy"])
    )


def test_a_policy_may_be_given_as_an_object(aws: Instance) -> None:
    role = aws.create(ROLE, unique("node"), assumeRolePolicy=json.loads(trust()))
    assert '"Service":"ec2.amazonaws.com"' in role["assumeRolePolicy"]
    assert role.diff(assumeRolePolicy=trust()).kinds == {}
    half_known = {"Version": "2012-10-17", "Statement": [{"Resource": UNKNOWN}]}
    assert aws.preview(ROLE, assumeRolePolicy=half_known)["assumeRolePolicy"] is UNKNOWN


def test_a_preview_knows_only_what_is_given(aws: Instance) -> None:
    outputs = aws.preview(ROLE, "node", assumeRolePolicy=UNKNOWN)
    assert unknowns(outputs) == {
        "arn", "assumeRolePolicy", "createDate", "id", "inlinePolicies", "managedPolicyArns",
        "namePrefix", "uniqueId",
    }  # fmt: skip
    assert outputs["name"].startswith("node-")


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ({"assumeRolePolicy": trust("lambda.amazonaws.com")}, {"assumeRolePolicy": "UPDATE"}),
        ({"assumeRolePolicy": trust(Action=["sts:AssumeRole"])}, {}),
        ({"assumeRolePolicy": trust(["ec2.amazonaws.com"])}, {}),
        ({"assumeRolePolicy": trust(Effect="Deny")}, {"assumeRolePolicy": "UPDATE"}),
        ({"description": "d"}, {"description": "UPDATE"}),
        ({"maxSessionDuration": 7200}, {"maxSessionDuration": "UPDATE"}),
        ({"forceDetachPolicies": True}, {"forceDetachPolicies": "UPDATE"}),
        ({"permissionsBoundary": "arn:aws:iam::aws:policy/A"}, {"permissionsBoundary": "ADD"}),
        ({"managedPolicyArns": ["arn:aws:iam::aws:policy/A"]}, {"managedPolicyArns[0]": "ADD"}),
        ({"inlinePolicies": [{"name": "a", "policy": "{}"}]}, {"inlinePolicies[0]": "ADD"}),
        ({"inlinePolicies": [{}]}, {}),
        ({"tags": {"a": "b"}}, {"tags.a": "ADD", "tagsAll.a": "ADD"}),
        ({"name": "other"}, {"name": "UPDATE_REPLACE"}),
        ({"path": "/nodes/"}, {"path": "UPDATE_REPLACE"}),
    ],
)
def test_a_change_of_a_role_updates_or_replaces(
    role: Created, change: dict[str, Any], kinds: dict[str, str]
) -> None:
    assert role.diff(**change).kinds == kinds


def test_a_role_changes_in_place(aws: Instance, iam: Any, role: Created) -> None:
    boundary = aws.create(POLICY, unique("boundary"), policy=allow("ec2:*")).id
    changed = role.update(
        assumeRolePolicy=trust("lambda.amazonaws.com"),
        description="moves the address",
        maxSessionDuration=7200,
        permissionsBoundary=boundary,
        tags={"a": "b"},
    )
    live = iam.get_role(RoleName=role.id)["Role"]
    assert live["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {
        "Service": "lambda.amazonaws.com"
    }
    assert live["Description"] == "moves the address"
    assert live["MaxSessionDuration"] == 7200
    assert live["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary
    assert changed["tags"] == {"a": "b"}
    assert "permissionsBoundary" not in changed.update(permissionsBoundary=None).state


def test_inline_and_managed_policies_are_the_roles_own(aws: Instance, iam: Any) -> None:
    first, second = (aws.create(POLICY, unique("p"), policy=allow("s3:*")).id for _ in range(2))
    role = aws.create(
        ROLE,
        assumeRolePolicy=trust(),
        inlinePolicies=[{"name": "a", "policy": allow("ec2:A")}],
        managedPolicyArns=[first],
    )
    assert role.diff().kinds == {}
    changed = role.update(
        inlinePolicies=[{"name": "b", "policy": allow("ec2:B")}], managedPolicyArns=[second]
    )
    assert iam.list_role_policies(RoleName=role.id)["PolicyNames"] == ["b"]
    assert changed["managedPolicyArns"] == [second]
    assert changed["inlinePolicies"] == [
        {
            "name": "b",
            "policy": (
                '{"Version":"2012-10-17","Statement":[{"Action":["ec2:B"],"Effect":"Allow",'
                '"Resource":"*"}]}'
            ),
        }
    ]
    changed.delete()
    assert changed.refresh() is None


def test_a_role_with_policies_of_others_is_not_deleted(
    aws: Instance, iam: Any, role: Created
) -> None:
    managed = aws.create(POLICY, unique("p"), policy=allow("s3:*")).id
    iam.attach_role_policy(RoleName=role.id, PolicyArn=managed)
    with pytest.raises(FailedError) as caught:
        role.delete()
    assert str(caught.value) == (
        f"deleting IAM Role ({role.id}): DeleteRole: DeleteConflict: "
        "Cannot delete entity, must detach all policies first."
    )
    iam.detach_role_policy(RoleName=role.id, PolicyArn=managed)
    iam.put_role_policy(RoleName=role.id, PolicyName="a", PolicyDocument=allow("ec2:*"))
    with pytest.raises(FailedError, match="DeleteConflict: Cannot delete entity, must delete pol"):
        role.delete()
    role.update(forceDetachPolicies=True).delete()
    assert role.refresh() is None


def test_a_deleted_role_leaves_its_instance_profile(aws: Instance, role: Created) -> None:
    profile = aws.create("aws:iam/instanceProfile:InstanceProfile", role=role.id)
    role.delete()
    refreshed = profile.refresh()
    assert refreshed is not None
    assert refreshed["role"] == ""


def test_a_refresh_shows_another_trust_policy(iam: Any, role: Created) -> None:
    iam.update_assume_role_policy(RoleName=role.id, PolicyDocument=trust("lambda.amazonaws.com"))
    refreshed = role.refresh()
    assert refreshed is not None
    assert "lambda" in refreshed.inputs["assumeRolePolicy"]
    assert refreshed.diff(assumeRolePolicy=trust()).kinds == {"assumeRolePolicy": "UPDATE"}


def test_a_role_is_imported_by_its_name(aws: Instance, role: Created) -> None:
    imported = aws.read(ROLE, role.id)
    assert imported is not None
    assert imported.inputs["name"] == role.id
    assert imported.diff().kinds == {}
    assert aws.read(ROLE, "nobody") is None


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"assumeRolePolicy": "[]"},
            ('"assumeRolePolicy" contains an invalid JSON policy: contains a JSON array, not a '
            "JSON object"),
        ),
        (
            {"assumeRolePolicy": " {}"},
            ('"assumeRolePolicy" contains an invalid JSON policy: leading space characters are '
            "not allowed"),
        ),
        (
            {"assumeRolePolicy": '{"a":1,"a":2}'},
            '"assumeRolePolicy" contains duplicate JSON keys: duplicate key "a"',
        ),
        ({"name": "a b"}, "name must match [\\w+=,.@-]; it is 'a b'"),
        ({"name": "n" * 65}, f"name must have 1 to 64 characters; it is '{'n' * 65}'"),
        ({"maxSessionDuration": 6}, "maxSessionDuration must lie between 3600 and 43200; it is 6"),
        (
            {"permissionsBoundary": "mine"},
            "permissionsBoundary must be an ARN (arn:PARTITION:SERVICE:...); it is 'mine'",
        ),
    ],
)  # fmt: skip
def test_a_bad_role_is_refused_in_the_preview(
    aws: Instance, given: dict[str, Any], words: str
) -> None:
    assert aws.failures(ROLE, **{"assumeRolePolicy": trust(), **given}) == {
        next(iter(given)): words
    }


def test_a_name_and_a_prefix_exclude_each_other(aws: Instance) -> None:
    failures = aws.failures(ROLE, assumeRolePolicy=trust(), name="a", namePrefix="b")
    assert set(failures) == {"name", "namePrefix"}


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ({"Effect": "Allow", "Action": "sts:AssumeRole"}, "Missing required field Principal"),
        ({"Principal": "*", "Action": "sts:AssumeRole"}, "Syntax errors in policy."),
        (
            {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*"},
            "Has prohibited field Resource",
        ),
        (
            {"Effect": "Allow", "Principal": "*", "Action": ["sts:AssumeRole", "ec2:*"]},
            "AssumeRole policy may only specify STS AssumeRole actions.",
        ),
    ],
)
def test_aws_refuses_a_trust_policy_that_trusts_nobody_for_anything(
    aws: Instance, statement: dict[str, Any], words: str
) -> None:
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    with pytest.raises(FailedError) as caught:
        aws.create(ROLE, assumeRolePolicy=policy)
    assert str(caught.value) == (f"creating IAM Role: CreateRole: MalformedPolicyDocument: {words}")


def test_aws_refuses_a_name_twice(aws: Instance, role: Created) -> None:
    with pytest.raises(FailedError, match="EntityAlreadyExists"):
        aws.create(ROLE, name=role.id, assumeRolePolicy=trust())
