"""aws:iam/rolePolicy:RolePolicy and aws:iam/rolePolicyAttachment:RolePolicyAttachment.

Schema and rules: hashicorp/terraform-provider-aws, internal/service/iam/{role_policy,
role_policy_attachment}.go.
"""

import json
from collections.abc import Iterable
from typing import ClassVar

from sandbox.provider.check import Fault
from sandbox.provider.cloud import Cloud, unless_gone
from sandbox.provider.iam.documents import (
    ROLE_POLICY_LIMIT,
    document_faults,
    settled,
    version_first,
)
from sandbox.provider.iam.names import naming
from sandbox.provider.iam.role import attached_policies
from sandbox.provider.names import name_from, prefix_of
from sandbox.provider.resource import Change, Resource
from sandbox.provider.schema import string
from sandbox.provider.values import canonical_policy, length
from sandbox.provider.wire import UNKNOWN, Properties


class RolePolicy(Resource):
    """A policy inside one role."""

    pulumi_name = "aws:iam/rolePolicy:RolePolicy"
    noun = "IAM Role Policy"
    properties: ClassVar = {
        **naming(128),
        "policy": string(
            required=True, normal=canonical_policy, stored=version_first, document=True
        ),
        "role": string(required=True, replaces=True, valid=(length(1, 128),)),
    }
    regional = False

    def faults(self, inputs: Properties) -> Iterable[Fault]:
        """Look whether IAM can parse the policy, and whether the role is a name."""
        policy, role = inputs["policy"], inputs["role"]
        if policy is not UNKNOWN:
            found = document_faults("policy", policy, ROLE_POLICY_LIMIT)
            yield from (Fault("policy", words) for words in found)
        if role is not UNKNOWN and role.startswith("arn:"):
            yield Fault("role", '"role" must be the role\'s name not its ARN')

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Put the policy into the role."""
        role, name = inputs["role"], name_from(inputs)
        _put(cloud, role, name, inputs["policy"])
        return f"{role}:{name}"

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Read the policy."""
        role, name = _parse(identity)
        iam = cloud.client("iam")
        answer = unless_gone(lambda: iam.get_role_policy(RoleName=role, PolicyName=name))
        if answer is None:
            return None
        live = settled(known.get("policy", ""), json.dumps(answer["PolicyDocument"]))
        return {
            "name": name,
            "namePrefix": prefix_of(name),
            "policy": version_first(live),
            "role": role,
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Put the new text in the place of the old one."""
        role, name = _parse(identity)
        _put(cloud, role, name, change.inputs["policy"])

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Take the policy out of the role."""
        del state
        role, name = _parse(identity)
        cloud.client("iam").delete_role_policy(RoleName=role, PolicyName=name)

    def adopt(self, cloud: Cloud, import_id: str) -> tuple[str, Properties]:
        """Check the form of the id."""
        del cloud
        _parse(import_id)
        return import_id, {}


class RolePolicyAttachment(Resource):
    """A managed policy's attachment to a role."""

    pulumi_name = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    noun = "IAM Role Policy Attachment"
    properties: ClassVar = {
        "policyArn": string(required=True, replaces=True),
        "role": string(required=True, replaces=True),
    }
    regional = False
    delete_before_replace = True

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Attach the policy."""
        role, policy = inputs["role"], inputs["policyArn"]
        cloud.client("iam").attach_role_policy(RoleName=role, PolicyArn=policy)
        return f"{role}/{policy}"

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Look whether the role still has the policy."""
        del identity
        role, policy = known["role"], known["policyArn"]
        attached = unless_gone(lambda: attached_policies(cloud, role))
        return {"role": role, "policyArn": policy} if policy in (attached or ()) else None

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Detach the policy."""
        del identity
        cloud.client("iam").detach_role_policy(RoleName=state["role"], PolicyArn=state["policyArn"])

    def adopt(self, cloud: Cloud, import_id: str) -> tuple[str, Properties]:
        """Take `role-name/policy-arn` apart."""
        del cloud
        role, _, policy = import_id.partition("/")
        if not role or not policy:
            raise ValueError(
                f'unexpected format of ID ("{import_id}"), expected <role-name>/<policy_arn>'
            )
        return import_id, {"role": role, "policyArn": policy}


def _put(cloud: Cloud, role: str, name: str, document: str) -> None:
    cloud.client("iam").put_role_policy(
        RoleName=role, PolicyName=name, PolicyDocument=version_first(document)
    )


def _parse(identity: str) -> tuple[str, str]:
    role, colon, name = identity.partition(":")
    if not colon:
        raise ValueError("role_policy id must be of the form <role name>:<policy name>")
    return role, name
