"""Whether the nodes may call what a takeover needs: profile, role and the endpoint's policy."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from guardrails.findings import Severity
from ops.cluster import Cluster, Node
from ops.described import Described
from ops.errors import NotCheckedError, OpsError
from ops.iam.document import read_document
from ops.verify import role_checks
from ops.verify.api_endpoint import API, api_endpoint
from ops.verify.check import Check, Fault
from ops.verify.endpoint_policy import endpoint_policy_denies
from ops.verify.live_role import LiveRole
from ops.verify.node_calls import Caller
from ops.verify.role_width import too_wide
from ops.verify.situation import Situation


def profile_wrong(situation: Situation) -> Iterator[Fault]:
    """Find nodes without the instance profile of the nodes' role (F35)."""
    expected = situation.cluster.node_role_arn
    if not expected:
        raise NotCheckedError("the nodes' role is not known")
    roles: Mapping[str, list[str]] = situation.snapshot.get("profile_roles")
    for node in situation.cluster.nodes:
        instance = situation.instances.get(node.instance_id)
        if instance is None or instance["State"]["Name"] == "terminated":
            continue
        profile = _profile_of(instance)
        if expected not in roles.get(profile, []):
            yield Fault(
                node.instance_id,
                f"an instance profile with role {expected}",
                f"{profile} with {', '.join(roles[profile]) or 'no role'}" if profile else "none",
                f"{_profile_remedy(situation, node, profile)}; or, when {node.name} is the "
                f"standby, pulumi config set ha-cluster:rollOut {node.zone} && pulumi up --refresh",
                (expected,),
            )


def _profile_remedy(situation: Situation, node: Node, profile: str) -> str:
    """Return what gives a node a profile with the nodes' role; `profile` is the one it has now."""
    expected = situation.cluster.node_role_arn
    roles: Mapping[str, list[str]] = situation.snapshot.get("profile_roles")
    if profile and not roles.get(profile):
        return (
            f"aws iam add-role-to-instance-profile --instance-profile-name {_name_in(profile)} "
            f"--role-name {_name_in(expected)}"
        )
    others = (each for each, held in roles.items() if expected in held)
    known = next(others, "")
    right = f"Arn={known}" if known else f"Name=NAME, the profile of role {_name_in(expected)}"
    if not profile:
        return (
            f"aws ec2 associate-iam-instance-profile --instance-id {node.instance_id} "
            f"--iam-instance-profile {right}"
        )
    return (
        "aws ec2 replace-iam-instance-profile-association --association-id ID "
        f"--iam-instance-profile {right}; ID is in aws ec2 "
        "describe-iam-instance-profile-associations --filters "
        f"Name=instance-id,Values={node.instance_id}"
    )


def action_missing(situation: Situation) -> Iterator[Fault]:
    """Find calls that no policy of the role has (F31)."""
    return role_checks.action_missing(_cluster(situation), _tables(situation), _role(situation))


def table_missing(situation: Situation) -> Iterator[Fault]:
    """Find tables whose routes the role may not replace (F32)."""
    return role_checks.table_missing(_cluster(situation), _tables(situation), _role(situation))


def boundary_denies(situation: Situation) -> Iterator[Fault]:
    """Find calls that the role's boundary or a condition denies (F34)."""
    return role_checks.boundary_denies(_cluster(situation), _tables(situation), _role(situation))


def role_too_wide(situation: Situation) -> Iterator[Fault]:
    """Find what the role may do beyond the cluster's needs (F33)."""
    return too_wide(_cluster(situation), _tables(situation), _role(situation))


def policy_of_endpoint_denies(situation: Situation) -> Iterator[Fault]:
    """Find calls that the EC2 API's endpoint does not let through (F30)."""
    endpoint = api_endpoint(situation)
    if endpoint is None or not endpoint.get("PolicyDocument"):
        return
    try:
        policy = read_document(endpoint["PolicyDocument"], endpoint["VpcEndpointId"])
    except ValueError as error:
        raise NotCheckedError(f"the endpoint's policy cannot be read: {error}") from None
    caller = Caller(situation.cluster.node_role_arn, _role(situation).tags)
    yield from endpoint_policy_denies(_cluster(situation), _tables(situation), caller, policy)


def _cluster(situation: Situation) -> Cluster:
    """Return the cluster with the endpoint by which its nodes reach the EC2 API now.

    It is the outputs' own where no endpoint serves the API, or AWS did not name any.
    """
    cluster = situation.cluster
    try:
        used = api_endpoint(situation)
    except OpsError:
        return cluster
    if used is None:
        return cluster
    return replace(cluster, endpoint_ids={**cluster.endpoint_ids, API: used["VpcEndpointId"]})


def _name_in(arn: str) -> str:
    return arn.rpartition("/")[2]


def _profile_of(instance: Described) -> str:
    profile: Mapping[str, str] = instance.get("IamInstanceProfile") or {}
    return profile.get("Arn", "")


def _tables(situation: Situation) -> Collection[Mapping[str, Any]]:
    return situation.route_tables.values()


def _role(situation: Situation) -> LiveRole:
    return situation.snapshot.get("role")


CHECKS = (
    Check(
        id="endpoint-policy-denies",
        severity=Severity.CRITICAL,
        judge=policy_of_endpoint_denies,
    ),
    Check(id="role-action-missing", severity=Severity.CRITICAL, judge=action_missing),
    Check(
        id="role-table-missing",
        severity=Severity.CRITICAL,
        judge=table_missing,
        follows_from=("edge-table-has-virtual-ip", "subnet-outside-the-clusters-tables"),
    ),
    Check(id="role-too-wide", severity=Severity.MEDIUM, judge=role_too_wide),
    Check(id="role-boundary-denies", severity=Severity.CRITICAL, judge=boundary_denies),
    Check(id="instance-profile-wrong", severity=Severity.CRITICAL, judge=profile_wrong),
)
