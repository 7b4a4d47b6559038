"""The nodes' identity: a role, and what it may ask of the EC2 API and of S3."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

import pulumi
import pulumi_aws as aws

from . import documents
from .engine_args import EngineArgs
from .expresscluster_args import PackagesArgs, exchange_prefix, package_keys
from .naming import GIVEN_ONCE, merged


class IdentityArgs(TypedDict):
    """What the permissions depend on."""

    cluster_name: str
    """Name of the cluster, which its nodes' objects in S3 carry."""

    region: pulumi.Input[str]
    """The region in which the nodes call AWS."""

    vpc_id: pulumi.Input[str]
    """The VPC of the nodes."""

    route_table_arns: pulumi.Input[Sequence[pulumi.Input[str]]]
    """The tables in which the nodes may replace routes."""

    addresses: Mapping[str, pulumi.Input[str]]
    """The nodes' addresses by host name."""

    engine: EngineArgs
    """Which features are on."""

    services: Sequence[str]
    """Other services that the nodes call, by the names of their endpoints."""

    tags: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    """Tags of everything; they tell this cluster's instances from another's."""


@dataclass(frozen=True)
class Identity:
    """The role, its profile, its policies as resources and as documents (JSON)."""

    role: aws.iam.Role
    profile: aws.iam.InstanceProfile
    policies: list[pulumi.Resource]
    control_permissions: pulumi.Output[str]
    storage_permissions: pulumi.Output[str] | None


def build_identity(prefix: str, args: IdentityArgs, child: pulumi.ResourceOptions) -> Identity:
    """Build the nodes' role, which may do what its cluster needs and nothing else."""
    named = pulumi.ResourceOptions.merge(child, pulumi.ResourceOptions(ignore_changes=GIVEN_ONCE))
    role = aws.iam.Role(
        f"{prefix}-role",
        assume_role_policy=pulumi.Output.from_input(args["region"]).apply(
            lambda region: json.dumps(documents.instance_trust(region))
        ),
        tags=merged(args["tags"], f"{prefix}-role"),
        opts=named,
    )
    known = pulumi.Output.all(**{name: args[name] for name in _FACTS})
    control = known.apply(lambda facts: _document(_control(args["engine"], facts)))
    permissions = {"permissions": control}
    packages = args["engine"].packages
    stored = known.apply(lambda facts: _storage(args, packages, facts) if packages else [])
    if packages:
        permissions["storage"] = stored.apply(_document)
    granted = [each for each in args["services"] if each not in documents.NOT_GRANTED]
    if granted:
        statements = [documents.service_statement(each) for each in granted]
        permissions["services"] = pulumi.Output.from_input(_document(statements))
    policies: list[pulumi.Resource] = [
        aws.iam.RolePolicy(f"{prefix}-{name}", role=role.name, policy=policy, opts=named)
        for name, policy in permissions.items()
    ]
    profile = aws.iam.InstanceProfile(
        f"{prefix}-profile",
        role=role.name,
        tags=merged(args["tags"], f"{prefix}-profile"),
        opts=named,
    )
    # The endpoint of S3 admits what the nodes are granted here and, as a service, by others.
    admitted = permissions.get("storage")
    if "s3" in args["services"]:
        admitted = stored.apply(lambda own: _document([*own, documents.service_statement("s3")]))
    return Identity(role, profile, policies, control, admitted)


_FACTS = ("region", "vpc_id", "route_table_arns", "addresses", "tags")


def _control(engine: EngineArgs, facts: Mapping[str, Any]) -> list[documents.Statement]:
    statements = documents.virtual_ip_statements(facts["route_table_arns"])
    instances = (facts["route_table_arns"][0], facts["vpc_id"], facts["addresses"], facts["tags"])
    if engine.expresscluster.get("monitor_zones"):
        statements += documents.zone_monitor_statements()
    if engine.expresscluster.get("forced_stop"):
        statements += documents.forced_stop_statements(*instances)
    if engine.fences:
        statements += documents.fencing_statements(*instances)
    return statements


def _storage(
    args: IdentityArgs, packages: PackagesArgs, facts: Mapping[str, Any]
) -> list[documents.Statement]:
    region, bucket = facts["region"], packages["bucket"]
    package, licences = package_keys(packages)
    statements = list(documents.package_statements(region, bucket, [package, *licences]))
    if args["engine"].system == "windows":
        statements += documents.exchange_statements(
            region,
            bucket,
            exchange_prefix(args["cluster_name"], packages),
            facts["vpc_id"],
            facts["addresses"],
        )
    return statements


def _document(statements: Sequence[documents.Statement]) -> str:
    return json.dumps(documents.document(statements))
