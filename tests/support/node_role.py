"""A cluster of two nodes and three route tables, and the role that the project gives its nodes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from components import documents
from ops.cluster import Cluster, Node
from ops.errors import NotCheckedError
from ops.iam.document import read_document
from ops.verify.check import Fault
from ops.verify.endpoint_policy import endpoint_policy_denies
from ops.verify.live_role import LiveRole
from ops.verify.node_calls import Caller
from ops.verify.role_checks import action_missing, boundary_denies, table_missing
from ops.verify.role_width import too_wide

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/ha-dev-role-1234567"
TABLE_IDS = {"main": "rtb-a", "private_a": "rtb-b", "private_b": "rtb-c"}
TABLE_PREFIX = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:route-table/"
CLUSTER = Cluster(
    name="ha-dev",
    region="eu-west-1",
    vpc_id="vpc-1",
    virtual_ip="20.0.0.100",
    nodes=(
        Node("node-a", "eu-west-1a", "i-a", "eni-a", "10.0.110.10"),
        Node("node-b", "eu-west-1b", "i-b", "eni-b", "10.0.120.10"),
    ),
    route_table_ids=TABLE_IDS,
    endpoint_ids={"ec2": "vpce-1"},
    node_role_arn=ROLE,
)


def table(identifier: str, *destinations: str, **tags: str) -> dict[str, Any]:
    """A route table of the VPC as AWS describes it."""
    return {
        "RouteTableId": identifier,
        "VpcId": "vpc-1",
        "OwnerId": ACCOUNT,
        "Routes": [{"DestinationCidrBlock": each} for each in destinations],
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
    }


TABLES = [table(each, "20.0.0.100/32") for each in TABLE_IDS.values()]


def permissions(arns: Sequence[str] = ()) -> dict[str, Any]:
    """What the project's role has, for its three tables or for others."""
    own = [f"{TABLE_PREFIX}{each}" for each in TABLE_IDS.values()]
    return {**documents.document(documents.virtual_ip_statements(arns or own))}


def all_permissions() -> dict[str, Any]:
    """What the project's role has with every feature on."""
    addresses = {node.name: node.private_ip for node in CLUSTER.nodes}
    arn, tags = f"{TABLE_PREFIX}rtb-a", {"hacluster:stack": "dev"}
    packages = documents.package_statements("eu-west-1", "media", ["x/ecx.rpm"])
    exchange = documents.exchange_statements("eu-west-1", "media", "x/c", "vpc-1", addresses)
    statements = [
        *permissions()["Statement"],
        *documents.zone_monitor_statements(),
        *documents.forced_stop_statements(arn, "vpc-1", addresses, tags),
        *documents.fencing_statements(arn, "vpc-1", addresses, tags),
        *packages,
        *exchange,
        *map(documents.service_statement, documents.SERVICE_ACTIONS),
    ]
    return {**documents.document(statements)}


def role(
    *inline: Mapping[str, Any],
    attached: Sequence[Mapping[str, Any]] = (),
    boundary: Mapping[str, Any] | None = None,
    **tags: str,
) -> LiveRole:
    """A role whose inline policies are called permissions, permissions-1 and so on."""
    names = ["permissions", *(f"permissions-{number}" for number in range(1, len(inline)))]
    arn = f"arn:aws:iam::{ACCOUNT}:policy"
    return LiveRole(
        arn=ROLE,
        inline=tuple(map(read_document, inline, names)),
        attached=tuple(read_document(each, f"{arn}/attached") for each in attached),
        boundary=None if boundary is None else read_document(boundary, f"{arn}/boundary"),
        tags=tags,
    )


def findings(
    live: LiveRole,
    tables: Sequence[Mapping[str, Any]] = TABLES,
    *,
    cluster: Cluster = CLUSTER,
    endpoint: Mapping[str, Any] | str | None = None,
) -> dict[str, list[Fault] | str]:
    """What each check finds, by its id; checks that find nothing are left out."""
    own = documents.endpoint_policy(live.arn, permissions())
    policy = own if endpoint is None else endpoint
    caller = Caller(live.arn, live.tags)
    checks = {
        "role-action-missing": lambda: action_missing(cluster, tables, live),
        "role-table-missing": lambda: table_missing(cluster, tables, live),
        "role-too-wide": lambda: too_wide(cluster, tables, live),
        "role-boundary-denies": lambda: boundary_denies(cluster, tables, live),
        "endpoint-policy-denies": lambda: endpoint_policy_denies(
            cluster, tables, caller, read_document(policy, "vpce-1")
        ),
    }
    found: dict[str, list[Fault] | str] = {}
    for name, check in checks.items():
        try:
            found[name] = list(check())
        except NotCheckedError as error:
            found[name] = f"not checked: {error}"
    return {name: faults for name, faults in found.items() if faults}


def without(document: Mapping[str, Any], action: str) -> dict[str, Any]:
    """A document of which one action is taken out."""

    def less(statement: Mapping[str, Any]) -> dict[str, Any]:
        actions = statement["Action"]
        listed = [actions] if isinstance(actions, str) else actions
        return {**statement, "Action": [each for each in listed if each != action]}

    return {**document, "Statement": [less(each) for each in document["Statement"]]}


def with_condition(document: Mapping[str, Any], condition: Mapping[str, Any]) -> dict[str, Any]:
    """A document all of whose statements have a condition more."""
    return {
        **document,
        "Statement": [
            {**each, "Condition": {**each.get("Condition", {}), **condition}}
            for each in document["Statement"]
        ],
    }


def elsewhere(**changes: Any) -> Cluster:
    """The cluster with something else of it."""
    return replace(CLUSTER, **changes)
