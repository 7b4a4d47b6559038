"""Faults of the nodes' role and of the endpoint's policy, each under one id."""

from typing import Any

import pytest

from components import documents
from ops.cluster import Cluster
from ops.errors import NotCheckedError
from ops.iam.document import read_document
from ops.verify.check import Fault
from ops.verify.endpoint_policy import endpoint_policy_denies
from ops.verify.live_role import LiveRole
from ops.verify.node_calls import Caller
from ops.verify.role_width import WRITE_ACTIONS
from tests.support.node_role import (
    CLUSTER,
    ROLE,
    TABLE_PREFIX,
    TABLES,
    all_permissions,
    elsewhere,
    findings,
    permissions,
    role,
    table,
    with_condition,
    without,
)

EVERYTHING = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
FOUR = [
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRouteTables",
    "ec2:DescribeVpcs",
    "ec2:ReplaceRoute",
]
# The actions of AWS's policy AmazonSSMManagedInstanceCore that write.
MANAGED_INSTANCE_CORE = [
    "ssm:PutComplianceItems",
    "ssm:PutConfigurePackageResult",
    "ssm:PutInventory",
    "ssm:UpdateAssociationStatus",
    "ssm:UpdateInstanceAssociationStatus",
    "ssm:UpdateInstanceInformation",
]
ALL_TABLES = "rtb-a and rtb-b and rtb-c"
FROM_NETWORK = {"StringEquals": {"aws:SourceVpc": "vpc-1", "aws:SourceVpce": "vpce-1"}}
STACK_S = "pulumi up --refresh"


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


def deny(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return allow(action, resource, Effect="Deny", **more)


def of(name: str) -> str:
    return (
        f"{STACK_S}; for a policy that is not the stack's: aws iam delete-role-policy "
        f"--role-name ha-dev-role-1234567 --policy-name {name}"
    )


@pytest.mark.parametrize(
    "live",
    [
        role(permissions()),
        role(all_permissions()),
        role(permissions(), boundary=EVERYTHING),
        role(with_condition(permissions(), FROM_NETWORK)),
        role(permissions(), deny("*", Condition={"StringNotEquals": {"aws:SourceVpc": "vpc-1"}})),
        role(permissions(), deny("iam:*")),
        role(with_condition(permissions(), {"StringEquals": {"aws:PrincipalTag/t": "x"}}), t="x"),
        role(permissions(), attached=[allow(["s3:GetObject", "s3:ListBucket"])]),
        role(permissions(), attached=[allow(MANAGED_INSTANCE_CORE)]),
    ],
)
def test_nothing_is_found_where_the_role_may_do_what_it_needs(live: LiveRole) -> None:
    assert findings(live) == {}


@pytest.mark.parametrize("action", FOUR)
def test_an_action_that_no_policy_allows_is_missing(action: str) -> None:
    named = f"{action} on {ALL_TABLES}" if action == "ec2:ReplaceRoute" else action
    assert findings(role(without(permissions(), action))) == {
        "role-action-missing": [
            Fault(
                ROLE,
                "a policy that allows what the nodes call to move the virtual IP",
                f"no policy allows {named}",
                STACK_S,
            )
        ]
    }


def test_a_role_without_policies_misses_all_actions_in_one_fault() -> None:
    found = findings(role())
    assert set(found) == {"role-action-missing"}
    [fault] = found["role-action-missing"]
    assert isinstance(fault, Fault)
    assert fault.found == f"no policy allows {', '.join(FOUR)} on {ALL_TABLES}"


def test_a_table_that_the_role_leaves_out_is_missing() -> None:
    some = [f"{TABLE_PREFIX}{each}" for each in ("rtb-a", "rtb-c")]
    assert findings(role(permissions(some))) == {
        "role-table-missing": [
            Fault(
                "rtb-b",
                "ec2:ReplaceRoute is allowed in every table that has the virtual IP",
                "no policy of ha-dev-role-1234567 allows it in this one",
                STACK_S,
                (ROLE,),
            )
        ]
    }


def test_a_table_of_others_with_the_virtual_ip_is_missing_too() -> None:
    tables = [*TABLES, table("rtb-new", "10.0.0.0/16", "20.0.0.100/32"), table("rtb-other")]
    endpoint = with_condition(
        documents.endpoint_policy(ROLE, allow(FOUR)), {"StringEquals": {"aws:SourceVpc": "vpc-1"}}
    )
    [fault] = findings(role(permissions()), tables, endpoint=endpoint)["role-table-missing"]
    assert isinstance(fault, Fault)
    assert fault.subject == "rtb-new"
    assert fault.remedy == (
        "Name rtb-new in existingNetwork.routeTableIds and run pulumi up, or take its route out: "
        "aws ec2 delete-route --region eu-west-1 --route-table-id rtb-new "
        "--destination-cidr-block 20.0.0.100/32"
    )


def test_a_table_that_the_stack_leaves_out_may_have_another_clusters_virtual_ip() -> None:
    tables = [*TABLES, table("rtb-other", "20.0.0.100/32")]
    cluster = elsewhere(tables_without_virtual_ip=frozenset({"rtb-other"}))
    assert findings(role(permissions()), tables, cluster=cluster) == {}


def test_a_table_of_the_stack_counts_without_its_route() -> None:
    tables = [*TABLES[:2], table("rtb-c")]
    some = [f"{TABLE_PREFIX}{each}" for each in ("rtb-a", "rtb-b")]
    assert set(findings(role(permissions(some)), tables)) == {"role-table-missing"}
    assert findings(role(permissions()), tables) == {}


INSTANCE_ACTIONS = ("Reboot", "Start", "Stop")


@pytest.mark.parametrize(
    ("policy", "excess"),
    [
        (allow("ec2:*"), "ec2:*, ec2:ReplaceRoute on any route table, {stops}"),
        (allow("*"), "*, ec2:ReplaceRoute on any route table, {stops}"),
        (
            {"Statement": {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}},
            "all but iam:*, ec2:ReplaceRoute on any route table, {stops}",
        ),
        (allow("EC2:replaceroute"), "ec2:ReplaceRoute on any route table"),
        (
            allow("ec2:ReplaceRoute", f"{TABLE_PREFIX}*"),
            "ec2:ReplaceRoute on any route table",
        ),
        (allow("ec2:ReplaceRoute", f"{TABLE_PREFIX}rtb-other"), "ec2:ReplaceRoute on rtb-other"),
        (allow(["ec2:DeleteRoute", "ec2:Get*", "iam:PassRole"]), "ec2:DeleteRoute, iam:PassRole"),
        (allow("ec2:D*"), "ec2:D*"),
        (allow("ec2:StopInstances"), "ec2:StopInstances on any instance"),
    ],
)
def test_a_policy_that_allows_more_than_the_project_s_is_too_wide(
    policy: dict[str, Any], excess: str
) -> None:
    stops = ", ".join(f"ec2:{action}Instances on any instance" for action in INSTANCE_ACTIONS)
    found = findings(role(permissions(), policy), [*TABLES, table("rtb-other")])
    assert found == {
        "role-too-wide": [
            Fault(
                ROLE,
                "nothing but what the nodes call, on what is the cluster's",
                f"permissions-1 allows {excess.format(stops=stops)}",
                of("permissions-1"),
            )
        ]
    }


def test_an_attached_policy_is_detached() -> None:
    [fault] = findings(role(permissions(), attached=[allow("ec2:*")]))["role-too-wide"]
    assert isinstance(fault, Fault)
    assert fault.remedy == (
        "aws iam detach-role-policy --role-name ha-dev-role-1234567 "
        "--policy-arn arn:aws:iam::123456789012:policy/attached"
    )


def test_what_a_tag_or_another_policy_keeps_to_the_cluster_is_not_too_wide() -> None:
    of_cluster = {"StringEquals": {"aws:ResourceTag/cluster": "ha-dev"}}
    tables = [table(each["RouteTableId"], "20.0.0.100/32", cluster="ha-dev") for each in TABLES]
    wide = allow("ec2:ReplaceRoute", Condition=of_cluster)
    assert findings(role(permissions(), wide), tables) == {}
    narrow = {
        "Effect": "Deny",
        "Action": "ec2:ReplaceRoute",
        "NotResource": [f"{TABLE_PREFIX}{each['RouteTableId']}" for each in TABLES],
    }
    assert findings(role(allow(FOUR), {"Statement": narrow})) == {}


BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"
OTHER_BOUNDARY = (
    "aws iam put-role-permissions-boundary --role-name ha-dev-role-1234567 "
    "--permissions-boundary ARN, the ARN of a policy that allows what the nodes call"
)
REPLACES = f"ec2:ReplaceRoute on {ALL_TABLES}"
DESCRIBES = ", ".join(FOUR[:3])
BUT_REPLACE = {"Statement": [*EVERYTHING["Statement"], *deny("ec2:R*", Sid="No")["Statement"]]}
NOT_FROM_VPC_2 = {"StringNotEquals": {"aws:SourceVpc": "vpc-2"}}
NOT_FROM_B = {"IpAddress": {"aws:VpcSourceIp": "10.0.120.0/24"}}
ONLY_ELSEWHERE = "allows it only with StringEquals aws:SourceVpce vpce-other"
ELSEWHERE_IN_BOTH = (
    f"{DESCRIBES}: statement DescribeNetwork of permissions {ONLY_ELSEWHERE}; "
    f"{REPLACES}: statement ReplaceVirtualIpRoutes of permissions {ONLY_ELSEWHERE}"
)
ELSEWHERE = {"StringEquals": {"aws:SourceVpce": "vpce-other"}}
LEFT_OUT = f"the permissions boundary {BOUNDARY} does not allow it"


@pytest.mark.parametrize(
    ("live", "found", "remedy"),
    [
        (
            role(permissions(), boundary=allow("ec2:Describe*")),
            f"{REPLACES}: {LEFT_OUT}",
            OTHER_BOUNDARY,
        ),
        (
            role(permissions(), boundary={"Statement": []}),
            f"{DESCRIBES}, {REPLACES}: {LEFT_OUT}",
            OTHER_BOUNDARY,
        ),
        (
            role(permissions(), boundary=BUT_REPLACE),
            f"{REPLACES}: statement No of {BOUNDARY} denies it",
            OTHER_BOUNDARY,
        ),
        (
            role(permissions(), deny("ec2:ReplaceRoute", f"{TABLE_PREFIX}rtb-b", Sid="Frozen")),
            "ec2:ReplaceRoute on rtb-b: statement Frozen of permissions-1 denies it",
            of("permissions-1"),
        ),
        (
            role(with_condition(permissions(), ELSEWHERE)),
            ELSEWHERE_IN_BOTH,
            of("permissions"),
        ),
        (
            role(with_condition(permissions(), ELSEWHERE), boundary=EVERYTHING),
            ELSEWHERE_IN_BOTH,
            of("permissions"),
        ),
        (
            role(permissions(), deny("ec2:*", Condition=NOT_FROM_VPC_2)),
            f"{DESCRIBES}, {REPLACES}: statement 0 of permissions-1 denies it",
            of("permissions-1"),
        ),
        (
            role(permissions(), deny("ec2:*", Condition=NOT_FROM_B)),
            f"{DESCRIBES}, {REPLACES} from node-b: statement 0 of permissions-1 denies it",
            of("permissions-1"),
        ),
    ],
)
def test_what_is_allowed_and_denied_besides_is_named_with_what_denies_it(
    live: LiveRole, found: str, remedy: str
) -> None:
    faults = findings(live)
    assert set(faults) == {"role-boundary-denies"}
    [fault] = faults["role-boundary-denies"]
    assert isinstance(fault, Fault)
    assert (fault.subject, fault.found, fault.remedy) == (ROLE, found, remedy)


def test_a_missing_action_is_not_denied_besides() -> None:
    live = role(without(permissions(), "ec2:ReplaceRoute"), boundary=allow("ec2:Describe*"))
    assert set(findings(live)) == {"role-action-missing"}


@pytest.mark.parametrize(
    ("policy", "found"),
    [
        (
            documents.endpoint_policy(f"{ROLE}-old", permissions()),
            f"{DESCRIBES}, {REPLACES}: nothing in the endpoint policy allows it",
        ),
        (
            documents.endpoint_policy(ROLE, without(permissions(), "ec2:DescribeVpcs")),
            "ec2:DescribeVpcs: nothing in the endpoint policy allows it",
        ),
        (
            documents.endpoint_policy(ROLE, permissions([f"{TABLE_PREFIX}rtb-a"])),
            "ec2:ReplaceRoute on rtb-b and rtb-c: nothing in the endpoint policy allows it",
        ),
        (
            {
                "Statement": [
                    {"Effect": "Deny", "Principal": "*", "Action": "ec2:R*", "Resource": "*"},
                    {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
                ]
            },
            f"{REPLACES}: denied by statement 0 of vpce-1",
        ),
    ],
)
def test_an_endpoint_policy_that_denies_a_call_is_named(policy: Any, found: str) -> None:
    assert findings(role(permissions()), endpoint=policy) == {
        "endpoint-policy-denies": [
            Fault(
                "vpce-1",
                f"the endpoint's policy admits what {ROLE} calls",
                found,
                "pulumi up --refresh; for an endpoint that is not the stack's: aws ec2 "
                "modify-vpc-endpoint --region eu-west-1 --vpc-endpoint-id vpce-1 "
                "--policy-document file://policy.json",
                (ROLE,),
            )
        ]
    }


def test_aws_s_own_endpoint_policy_admits_everything() -> None:
    whole = {"Statement": [{"Action": "*", "Effect": "Allow", "Principal": "*", "Resource": "*"}]}
    assert findings(role(permissions()), endpoint=whole) == {}


ORGANIZED = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
NOT_KNOWN = "cannot be decided: aws:PrincipalOrgID is not known"


@pytest.mark.parametrize(
    ("live", "endpoint", "checks"),
    [
        (role(with_condition(permissions(), ORGANIZED)), None, {"role-boundary-denies"}),
        (role(permissions(), deny("*", Condition=ORGANIZED)), None, {"role-boundary-denies"}),
        (
            role(permissions(), boundary=allow("*", Condition=ORGANIZED)),
            None,
            {"role-boundary-denies"},
        ),
        (
            role(permissions(), allow("ec2:ReplaceRoute", Condition=ORGANIZED)),
            None,
            {"role-too-wide"},
        ),
        (
            role(permissions()),
            with_condition(documents.endpoint_policy(ROLE, permissions()), ORGANIZED),
            {"endpoint-policy-denies"},
        ),
    ],
)
def test_what_hangs_on_an_unknown_key_is_not_checked(
    live: LiveRole, endpoint: Any, checks: set[str]
) -> None:
    found = findings(live, endpoint=endpoint)
    assert set(found) == checks
    assert all(NOT_KNOWN in str(why) for why in found.values())


def test_a_resource_that_cannot_be_read_is_not_checked() -> None:
    policy = allow("ec2:ReplaceRoute", f"{TABLE_PREFIX}${{aws:PrincipalTag/table}}")
    described = without(permissions(), "ec2:ReplaceRoute")
    found = findings(role({**policy, "Statement": [*policy["Statement"], *described["Statement"]]}))
    assert set(found) == {
        "role-action-missing",
        "role-table-missing",
        "role-too-wide",
        "role-boundary-denies",
    }
    assert all("aws:PrincipalTag/table" in str(why) for why in found.values())


@pytest.mark.parametrize(
    ("cluster", "caller", "why"),
    [
        (elsewhere(endpoint_ids={}), Caller(ROLE), "the cluster's endpoint for the EC2 API"),
        (CLUSTER, Caller(""), "the nodes' role"),
    ],
)
def test_without_an_endpoint_or_a_role_the_endpoint_s_policy_is_not_checked(
    cluster: Cluster, caller: Caller, why: str
) -> None:
    policy = read_document(documents.endpoint_policy(ROLE, permissions()))
    with pytest.raises(NotCheckedError, match=f"^{why} is not known$"):
        list(endpoint_policy_denies(cluster, TABLES, caller, policy))


def test_the_tables_of_a_shared_vpc_belong_to_its_account() -> None:
    tables = [{**each, "OwnerId": "210987654321"} for each in TABLES]
    found = findings(role(permissions()), tables)
    assert set(found) == {"role-action-missing", "endpoint-policy-denies"}
    shared = TABLE_PREFIX.replace("123456789012", "210987654321")
    arns = [f"{shared}{each}" for each in CLUSTER.route_table_ids.values()]
    endpoint = documents.endpoint_policy(ROLE, permissions(arns))
    assert findings(role(permissions(arns)), tables, endpoint=endpoint) == {}


def test_the_writing_actions_are_those_that_the_components_give() -> None:
    given = {
        action
        for statement in read_document(all_permissions()).statements
        for action in statement.actions or ()
        if not action.split(":")[1].startswith(("Describe", "Get", "List"))
    }
    assert given == WRITE_ACTIONS
