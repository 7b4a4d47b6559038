"""aws:iam/role:Role.

Schema and rules: hashicorp/terraform-provider-aws, internal/service/iam/role.go.
"""

import json
from collections.abc import Iterable
from typing import Any, ClassVar

from sandbox.provider.check import Fault
from sandbox.provider.cloud import Cloud, refuse, unless_gone
from sandbox.provider.iam.documents import (
    ROLE_POLICY_LIMIT,
    document_faults,
    go_json,
    normalised,
    settled,
    trust_refusal,
    version_first,
)
from sandbox.provider.iam.names import naming
from sandbox.provider.names import name_from, prefix_of
from sandbox.provider.resource import Change, Resource, pick
from sandbox.provider.schema import boolean, number, object_of, set_of, string
from sandbox.provider.tags import Tags, from_aws, to_aws
from sandbox.provider.values import arn, between, canonical_policy, length, matches
from sandbox.provider.wire import UNKNOWN, Properties

_LONGEST_TRUST_POLICY = 131072
_RFC3339 = "%Y-%m-%dT%H:%M:%SZ"


def _without_empty(items: list[Any]) -> list[Any]:
    """Leave out empty inline policies: one alone says that there shall be none."""
    return [item for item in items if item]


class Role(Resource):
    """An identity that AWS services and others may assume."""

    pulumi_name = "aws:iam/role:Role"
    noun = "IAM Role"
    properties: ClassVar = {
        "arn": string(output=True),
        "assumeRolePolicy": string(
            required=True, normal=canonical_policy, stored=normalised, document=True
        ),
        "createDate": string(output=True),
        "description": string(
            valid=(
                length(0, 1000),
                matches(
                    "(?s)[^\u201c\u2018]*",
                    "not contain specially formatted single or double quotes: [\u201c\u2018]",
                ),
            )
        ),
        "forceDetachPolicies": boolean(default=False),
        "inlinePolicies": set_of(
            object_of(
                {
                    "name": string(),
                    "policy": string(normal=canonical_policy, stored=version_first, document=True),
                }
            ),
            computed=True,
            normal=_without_empty,
        ),
        "managedPolicyArns": set_of(string(valid=(arn,)), computed=True),
        "maxSessionDuration": number(default=3600, valid=(between(3600, 43200),)),
        **naming(64),
        "path": string(default="/", replaces=True, valid=(length(0, 512),)),
        "permissionsBoundary": string(valid=(arn,)),
        "uniqueId": string(output=True),
    }
    tagged = True
    regional = False

    def faults(self, inputs: Properties) -> Iterable[Fault]:
        """Look whether IAM can parse the policies."""
        documents = {"assumeRolePolicy": (inputs["assumeRolePolicy"], _LONGEST_TRUST_POLICY)}
        inline = inputs.get("inlinePolicies")
        for index, each in enumerate([] if inline in (None, UNKNOWN) else inline):
            if each is not UNKNOWN and each.get("policy") is not None:
                name = f"inlinePolicies[{index}].policy"
                documents[name] = (each["policy"], ROLE_POLICY_LIMIT)
        for name, (document, limit) in documents.items():
            if document is not UNKNOWN:
                yield from (Fault(name, words) for words in document_faults(name, document, limit))

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Create the role."""
        optional = {
            "description": "Description",
            "maxSessionDuration": "MaxSessionDuration",
            "permissionsBoundary": "PermissionsBoundary",
        }
        answer = cloud.client("iam").create_role(
            AssumeRolePolicyDocument=_trust(inputs, "CreateRole"),
            Path=inputs["path"],
            RoleName=name_from(inputs),
            Tags=to_aws(inputs.get("tagsAll") or {}),
            **pick(inputs, optional),
        )
        return answer["Role"]["RoleName"]

    def configure(self, cloud: Cloud, identity: str, inputs: Properties) -> None:
        """Give it its inline and managed policies."""
        _put(cloud, identity, _named(inputs.get("inlinePolicies")))
        _attach(cloud, identity, set(inputs.get("managedPolicyArns") or ()))

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Read the role with all its policies, also those that other resources gave it."""
        iam = cloud.client("iam")
        answer = unless_gone(lambda: iam.get_role(RoleName=identity))
        if answer is None:
            return None
        role = answer["Role"]
        trust = go_json(role["AssumeRolePolicyDocument"])
        return {
            "arn": role["Arn"],
            "assumeRolePolicy": settled(known.get("assumeRolePolicy", ""), trust),
            "createDate": role["CreateDate"].strftime(_RFC3339),
            "description": role.get("Description", ""),
            "inlinePolicies": _inline_policies(cloud, identity, known),
            "managedPolicyArns": sorted(attached_policies(cloud, identity)),
            "maxSessionDuration": role["MaxSessionDuration"],
            "name": role["RoleName"],
            "namePrefix": prefix_of(role["RoleName"]),
            "path": role["Path"],
            "permissionsBoundary": role.get("PermissionsBoundary", {}).get(
                "PermissionsBoundaryArn"
            ),
            "uniqueId": role["RoleId"],
            "tags": from_aws(role.get("Tags", [])),
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Change policies, boundary, description and session in place."""
        iam, inputs = cloud.client("iam"), change.inputs
        if change.touches("assumeRolePolicy"):
            document = _trust(inputs, "UpdateAssumeRolePolicy")
            iam.update_assume_role_policy(RoleName=identity, PolicyDocument=document)
        if change.touches("description", "maxSessionDuration"):
            iam.update_role(
                RoleName=identity,
                Description=inputs.get("description", ""),
                MaxSessionDuration=inputs["maxSessionDuration"],
            )
        if change.touches("permissionsBoundary"):
            _set_boundary(cloud, identity, inputs.get("permissionsBoundary"))
        if change.touches("inlinePolicies"):
            former, wanted = (_named(each.get("inlinePolicies")) for each in (change.state, inputs))
            for name in former.keys() - wanted.keys():
                iam.delete_role_policy(RoleName=identity, PolicyName=name)
            _put(cloud, identity, wanted)
        if change.touches("managedPolicyArns"):
            attached: set[str] = set(change.state.get("managedPolicyArns") or ())
            given: set[str] = set(inputs.get("managedPolicyArns") or ())
            _detach(cloud, identity, attached - given)
            _attach(cloud, identity, given - attached)

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Take it out of instance profiles, then delete it.

        Policies that the state does not know stay and make AWS refuse, unless they are to be
        detached by force.
        """
        iam, force = cloud.client("iam"), state.get("forceDetachPolicies")
        listed = iam.list_instance_profiles_for_role(RoleName=identity)
        for profile in listed["InstanceProfiles"]:
            name = profile["InstanceProfileName"]
            iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=identity)
        if force or state.get("managedPolicyArns"):
            _detach(cloud, identity, attached_policies(cloud, identity))
        if force or state.get("inlinePolicies"):
            for name in iam.list_role_policies(RoleName=identity)["PolicyNames"]:
                iam.delete_role_policy(RoleName=identity, PolicyName=name)
        iam.delete_role(RoleName=identity)

    def retag(self, cloud: Cloud, identity: str, removed: Iterable[str], added: Tags) -> None:
        """Change the role's tags."""
        gone = sorted(removed)
        if gone:
            cloud.client("iam").untag_role(RoleName=identity, TagKeys=gone)
        if added:
            cloud.client("iam").tag_role(RoleName=identity, Tags=to_aws(added))


def attached_policies(cloud: Cloud, role: str) -> set[str]:
    """Return the ARNs of the managed policies that a role has."""
    answer = cloud.client("iam").list_attached_role_policies(RoleName=role)
    return {each["PolicyArn"] for each in answer["AttachedPolicies"]}


def _trust(inputs: Properties, operation: str) -> str:
    document = inputs["assumeRolePolicy"]
    words = trust_refusal(document)
    if words:
        refuse(operation, "MalformedPolicyDocument", words)
    return normalised(document)


def _named(policies: list[Properties] | None) -> dict[str, str]:
    return {each["name"]: each["policy"] for each in policies or () if each.get("name")}


def _put(cloud: Cloud, role: str, policies: dict[str, str]) -> None:
    for name, document in policies.items():
        cloud.client("iam").put_role_policy(
            RoleName=role, PolicyName=name, PolicyDocument=version_first(document)
        )


def _attach(cloud: Cloud, role: str, arns: set[str]) -> None:
    for each in sorted(arns):
        cloud.client("iam").attach_role_policy(RoleName=role, PolicyArn=each)


def _detach(cloud: Cloud, role: str, arns: set[str]) -> None:
    for each in sorted(arns):
        cloud.client("iam").detach_role_policy(RoleName=role, PolicyArn=each)


def _inline_policies(cloud: Cloud, role: str, known: Properties) -> list[Properties]:
    iam, former = cloud.client("iam"), _named(known.get("inlinePolicies"))
    live: list[Properties] = []
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        text = settled(former.get(name, ""), json.dumps(document))
        live.append({"name": name, "policy": version_first(text)})
    return live


def _set_boundary(cloud: Cloud, role: str, boundary: str | None) -> None:
    iam = cloud.client("iam")
    if boundary:
        iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=boundary)
    else:
        iam.delete_role_permissions_boundary(RoleName=role)
