"""Requests are decided in AWS's order, and what decided is named."""

from typing import Any

import pytest

from components import documents
from ops.iam.document import Document, read_document
from ops.iam.evaluator import Decision, Request, Verdict, decide

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/ha/nodes"
TABLE = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:route-table/rtb-1"
OTHER_TABLE = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:route-table/rtb-2"
REPLACE = Request("ec2:ReplaceRoute", TABLE, ROLE)
DESCRIBE = Request("ec2:DescribeVpcs", "*", ROLE)


def policy(*statements: dict[str, Any], name: str = "") -> Document:
    return read_document({"Version": "2012-10-17", "Statement": list(statements)}, name)


def statement(effect: str, action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


ALL = policy(statement("Allow"))
NOTHING = policy()
NO_REPLACE = policy(statement("Deny", "ec2:ReplaceRoute", Sid="Frozen"), name="freeze")
DESCRIBES = policy(statement("Allow", "ec2:Describe*"))
FROM_ENDPOINT = policy(
    statement("Allow", Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}}, Sid="Inside"),
    name="ours",
)


def admitting(principal: Any = "*", **more: Any) -> Document:
    return policy(statement("Allow", Principal=principal, **more))


OF_CALLER = "nothing in the caller's policies allows it"
OF_BOUNDARY = "nothing in the permissions boundary allows it"
OF_ENDPOINT = "nothing in the endpoint policy allows it"
FROZEN = "denied by statement Frozen of freeze"
BY_CALLER = "allowed by statement 0 of the caller's policies"
EVERYWHERE = (
    "allowed by statement 0 of the permissions boundary, by statement 0 of the caller's policies, "
    "by statement 0 of the endpoint policy"
)
NOT_KNOWN = "statement Inside of ours cannot be decided: aws:SourceVpce is not known"


@pytest.mark.parametrize(
    ("identity", "boundary", "endpoint", "verdict", "reason"),
    [
        ([], None, None, Verdict.IMPLICITLY_DENIED, OF_CALLER),
        ([ALL], None, None, Verdict.ALLOWED, BY_CALLER),
        ([DESCRIBES], [ALL], None, Verdict.IMPLICITLY_DENIED, OF_CALLER),
        ([ALL], [], None, Verdict.IMPLICITLY_DENIED, OF_BOUNDARY),
        ([ALL], [DESCRIBES], None, Verdict.IMPLICITLY_DENIED, OF_BOUNDARY),
        ([ALL], [ALL], NOTHING, Verdict.IMPLICITLY_DENIED, OF_ENDPOINT),
        ([ALL, NO_REPLACE], None, None, Verdict.EXPLICITLY_DENIED, FROZEN),
        ([ALL], [ALL, NO_REPLACE], None, Verdict.EXPLICITLY_DENIED, FROZEN),
        ([NO_REPLACE], [], NOTHING, Verdict.EXPLICITLY_DENIED, FROZEN),
        ([FROM_ENDPOINT], None, None, Verdict.UNDECIDED, NOT_KNOWN),
        ([FROM_ENDPOINT], [DESCRIBES], None, Verdict.IMPLICITLY_DENIED, OF_BOUNDARY),
        ([FROM_ENDPOINT, ALL], None, None, Verdict.ALLOWED, BY_CALLER),
        ([ALL], [ALL], admitting(), Verdict.ALLOWED, EVERYWHERE),
    ],
)
def test_each_policy_has_to_allow_and_none_may_deny(
    identity: list[Document],
    boundary: list[Document] | None,
    endpoint: Document | None,
    verdict: Verdict,
    reason: str,
) -> None:
    found = decide(REPLACE, identity=identity, boundary=boundary, endpoint=endpoint)
    assert found == Decision(verdict, reason)


def test_a_denial_that_may_apply_leaves_it_undecided() -> None:
    foreign = policy(
        statement("Deny", Condition={"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}), name="fence"
    )
    assert decide(REPLACE, identity=[ALL, foreign]) == Decision(
        Verdict.UNDECIDED,
        "statement 0 of fence cannot be decided: aws:SourceVpc is not known",
    )
    inside = Request("ec2:ReplaceRoute", TABLE, ROLE, {"aws:SourceVpc": ("vpc-1",)})
    assert decide(inside, identity=[ALL, foreign]).verdict is Verdict.ALLOWED


@pytest.mark.parametrize(
    ("written", "action", "allowed"),
    [
        ("ec2:ReplaceRoute", "EC2:replaceroute", True),
        ("EC2:REPLACE*", "ec2:ReplaceRoute", True),
        ("*", "ec2:ReplaceRoute", True),
        ("ec2:*Route", "ec2:ReplaceRoute", True),
        ("ec2:*Route", "ec2:ReplaceRouteTableAssociation", False),
        ("ec2:ReplaceRout?", "ec2:ReplaceRoute", True),
        ("s3:*", "ec2:ReplaceRoute", False),
        ([], "ec2:ReplaceRoute", False),
    ],
)
def test_actions_match_by_wildcards_in_any_case(written: Any, action: str, allowed: Any) -> None:
    found = decide(Request(action, TABLE, ROLE), identity=[policy(statement("Allow", written))])
    assert (found.verdict is Verdict.ALLOWED) is allowed


@pytest.mark.parametrize(
    ("written", "resource", "verdict"),
    [
        (TABLE, TABLE, Verdict.ALLOWED),
        (TABLE, OTHER_TABLE, Verdict.IMPLICITLY_DENIED),
        (TABLE.upper(), TABLE, Verdict.UNDECIDED),
        (TABLE.replace("rtb", "RTB"), TABLE, Verdict.IMPLICITLY_DENIED),
        ([OTHER_TABLE, TABLE], TABLE, Verdict.ALLOWED),
        (f"arn:aws:ec2:*:{ACCOUNT}:route-table/*", TABLE, Verdict.ALLOWED),
        ("arn:aws:ec2:*", TABLE, Verdict.ALLOWED),
        ("arn:aws:ec2", TABLE, Verdict.ALLOWED),
        ("arn:aws:s3", TABLE, Verdict.IMPLICITLY_DENIED),
        ("arn:aws:ec2:eu*rtb-1", TABLE, Verdict.UNDECIDED),
        ("rtb-1", TABLE, Verdict.UNDECIDED),
        ("arn:aws:ec2:*:*:route-table/*", "*", Verdict.IMPLICITLY_DENIED),
        ("*", "*", Verdict.ALLOWED),
        ("arn:aws:s3:::b/*/test/*", "arn:aws:s3:::b/1/test/object.jpg", Verdict.ALLOWED),
        ("arn:aws:s3:::b/*/test/*", "arn:aws:s3:::b/1/2/test/3/object.jpg", Verdict.ALLOWED),
        ("arn:aws:s3:::b/*/test/*", "arn:aws:s3:::b/1-test/object.jpg", Verdict.IMPLICITLY_DENIED),
    ],
)
def test_resources_match_field_by_field(written: Any, resource: str, verdict: Verdict) -> None:
    document = policy(statement("Allow", "*", written))
    assert (
        decide(Request("ec2:ReplaceRoute", resource, ROLE), identity=[document]).verdict is verdict
    )


def test_not_action_and_not_resource_mean_all_others() -> None:
    others = policy(
        {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "ec2:ReplaceRoute", "NotResource": TABLE},
    )
    assert decide(REPLACE, identity=[others]).verdict is Verdict.ALLOWED
    other = Request("ec2:ReplaceRoute", OTHER_TABLE, ROLE)
    assert decide(other, identity=[others]).verdict is Verdict.EXPLICITLY_DENIED
    assert decide(Request("iam:GetRole", "*", ROLE), identity=[others]).verdict is (
        Verdict.IMPLICITLY_DENIED
    )


@pytest.mark.parametrize(
    ("context", "verdict"),
    [
        ({"aws:username": ("David",)}, Verdict.ALLOWED),
        ({"aws:username": ("*",)}, Verdict.IMPLICITLY_DENIED),
        ({"aws:username": ()}, Verdict.UNDECIDED),
        ({}, Verdict.UNDECIDED),
    ],
)
def test_each_user_has_a_folder_of_the_same_name(
    context: dict[str, tuple[str, ...]], verdict: Verdict
) -> None:
    own = policy(statement("Allow", "s3:GetObject", "arn:aws:s3:::mybucket/${aws:username}/*"))
    request = Request("s3:GetObject", "arn:aws:s3:::mybucket/David/x", ROLE, context)
    assert decide(request, identity=[own]).verdict is verdict


@pytest.mark.parametrize(
    ("principal", "verdict"),
    [
        ("*", Verdict.ALLOWED),
        ({"AWS": "*"}, Verdict.ALLOWED),
        ({"AWS": ROLE}, Verdict.ALLOWED),
        ({"AWS": f"{ROLE}-old"}, Verdict.IMPLICITLY_DENIED),
        ({"AWS": ACCOUNT}, Verdict.ALLOWED),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, Verdict.ALLOWED),
        ({"AWS": ["210987654321", ROLE]}, Verdict.ALLOWED),
        ({"AWS": "210987654321"}, Verdict.IMPLICITLY_DENIED),
        ({"AWS": "AROAEXAMPLEID"}, Verdict.UNDECIDED),
        ({"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/nodes/i-1"}, Verdict.UNDECIDED),
        ({"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/other/i-1"}, Verdict.IMPLICITLY_DENIED),
        ({"Service": "ec2.amazonaws.com"}, Verdict.IMPLICITLY_DENIED),
    ],
)
def test_an_endpoint_admits_whom_its_policy_names(principal: Any, verdict: Verdict) -> None:
    found = decide(REPLACE, identity=[ALL], endpoint=admitting(principal))
    assert found.verdict is verdict


def test_a_service_is_named_as_such() -> None:
    trust = read_document(documents.instance_trust("eu-west-1"))
    request = Request("sts:AssumeRole", ROLE, "ec2.amazonaws.com")
    assert decide(request, identity=[ALL], endpoint=trust).verdict is Verdict.ALLOWED
    other = Request("sts:AssumeRole", ROLE, "lambda.amazonaws.com")
    assert decide(other, identity=[ALL], endpoint=trust).verdict is Verdict.IMPLICITLY_DENIED


def test_an_endpoint_policy_without_a_principal_cannot_be_decided() -> None:
    assert decide(REPLACE, identity=[ALL], endpoint=ALL) == Decision(
        Verdict.UNDECIDED,
        "statement 0 of the endpoint policy cannot be decided: there is no Principal",
    )


@pytest.mark.parametrize(
    ("named", "verdict"),
    [(f"{ROLE}-old", Verdict.EXPLICITLY_DENIED), (ROLE, Verdict.UNDECIDED)],
)
def test_not_principal_denies_all_others(named: str, verdict: Verdict) -> None:
    others = {"Effect": "Deny", "NotPrincipal": {"AWS": named}, "Action": "*", "Resource": "*"}
    endpoint = policy(statement("Allow", Principal="*"), others)
    assert decide(REPLACE, identity=[ALL], endpoint=endpoint).verdict is verdict


def nodes_policy() -> Document:
    return read_document(documents.document(documents.virtual_ip_statements([TABLE])))


@pytest.mark.parametrize(
    ("request_", "verdict"),
    [
        (DESCRIBE, Verdict.ALLOWED),
        (REPLACE, Verdict.ALLOWED),
        (Request("ec2:ReplaceRoute", OTHER_TABLE, ROLE), Verdict.IMPLICITLY_DENIED),
        (Request("ec2:DeleteRoute", TABLE, ROLE), Verdict.IMPLICITLY_DENIED),
    ],
)
def test_the_project_s_role_replaces_routes_of_its_tables(
    request_: Request, verdict: Verdict
) -> None:
    assert decide(request_, identity=[nodes_policy()]).verdict is verdict


@pytest.mark.parametrize(
    ("caller", "verdict"),
    [(ROLE, Verdict.ALLOWED), (f"{ROLE}-old", Verdict.IMPLICITLY_DENIED)],
)
def test_the_project_s_endpoint_admits_its_role(caller: str, verdict: Verdict) -> None:
    permissions = documents.document(documents.virtual_ip_statements([TABLE]))
    endpoint = read_document(documents.endpoint_policy(ROLE, permissions))
    request = Request("ec2:ReplaceRoute", TABLE, caller, {"aws:PrincipalArn": (caller,)})
    assert decide(request, identity=[nodes_policy()], endpoint=endpoint).verdict is verdict


@pytest.mark.parametrize(
    ("address", "peer", "verdict"),
    [
        ("10.0.110.10", "node-b", Verdict.ALLOWED),
        ("10.0.110.10", "node-a", Verdict.IMPLICITLY_DENIED),
        ("10.0.120.10", "node-b", Verdict.IMPLICITLY_DENIED),
    ],
)
def test_the_project_s_node_stops_only_its_peer(address: str, peer: str, verdict: Verdict) -> None:
    addresses = {"node-a": "10.0.110.10", "node-b": "10.0.120.10"}
    stops = documents.forced_stop_statements(TABLE, "vpc-1", addresses, {"hacluster:stack": "dev"})
    context = {
        "aws:EC2InstanceSourceVPC": ("vpc-1",),
        "aws:EC2InstanceSourcePrivateIPv4": (address,),
        "aws:ResourceTag/hacluster:stack": ("dev",),
        "aws:ResourceTag/HACLUSTER:node": (peer,),
    }
    instance = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/i-1"
    request = Request("ec2:StopInstances", instance, ROLE, context)
    found = decide(request, identity=[read_document(documents.document(stops))])
    assert found.verdict is verdict
