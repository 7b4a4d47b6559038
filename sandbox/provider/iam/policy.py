"""aws:iam/policy:Policy.

Schema and rules: hashicorp/terraform-provider-aws, internal/service/iam/policy.go.
"""

import json
from collections.abc import Iterable
from typing import Any, ClassVar

from sandbox.provider.check import Fault
from sandbox.provider.cloud import Cloud, refuse, unless_gone
from sandbox.provider.iam.documents import (
    MANAGED_POLICY_LIMIT,
    document_faults,
    normalised,
    settled,
)
from sandbox.provider.iam.names import naming
from sandbox.provider.names import name_from, prefix_of
from sandbox.provider.resource import Change, Resource, pick
from sandbox.provider.schema import number, string
from sandbox.provider.tags import Tags, from_aws, to_aws
from sandbox.provider.values import canonical_policy
from sandbox.provider.wire import UNKNOWN, Properties

_MOST_VERSIONS = 5


class Policy(Resource):
    """A policy that several roles may share."""

    pulumi_name = "aws:iam/policy:Policy"
    noun = "IAM Policy"
    properties: ClassVar = {
        "arn": string(output=True),
        "attachmentCount": number(output=True),
        "delayAfterPolicyCreationInMs": number(),
        "description": string(replaces=True),
        **naming(128),
        "path": string(default="/", replaces=True),
        "policy": string(required=True, normal=canonical_policy, stored=normalised, document=True),
        "policyId": string(output=True),
    }
    tagged = True
    regional = False

    def faults(self, inputs: Properties) -> Iterable[Fault]:
        """Look whether IAM can parse the policy."""
        if inputs["policy"] is not UNKNOWN:
            found = document_faults("policy", inputs["policy"], MANAGED_POLICY_LIMIT)
            yield from (Fault("policy", words) for words in found)

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Create the policy; its ARN is its id."""
        answer = cloud.client("iam").create_policy(
            Path=inputs["path"],
            PolicyDocument=normalised(inputs["policy"]),
            PolicyName=name_from(inputs),
            Tags=to_aws(inputs.get("tagsAll") or {}),
            **pick(inputs, {"description": "Description"}),
        )
        return answer["Policy"]["Arn"]

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Read the policy in its default version."""
        iam = cloud.client("iam")
        answer = unless_gone(lambda: iam.get_policy(PolicyArn=identity))
        if answer is None:
            return None
        policy = answer["Policy"]
        default = iam.get_policy_version(PolicyArn=identity, VersionId=policy["DefaultVersionId"])
        document = json.dumps(default["PolicyVersion"]["Document"])
        return {
            "arn": policy["Arn"],
            "attachmentCount": policy["AttachmentCount"],
            "description": policy.get("Description", ""),
            "name": policy["PolicyName"],
            "namePrefix": prefix_of(policy["PolicyName"]),
            "path": policy["Path"],
            "policy": settled(known.get("policy", ""), document),
            "policyId": policy["PolicyId"],
            "tags": from_aws(policy.get("Tags", [])),
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Make the new text the default version; AWS keeps five, so the oldest may have to go."""
        if not change.touches("policy"):
            return
        iam = cloud.client("iam")
        versions = _versions(cloud, identity)
        if len(versions) >= _MOST_VERSIONS:
            spare = [each for each in versions if not each["IsDefaultVersion"]]
            oldest = min(spare, key=lambda each: each["CreateDate"])
            iam.delete_policy_version(PolicyArn=identity, VersionId=oldest["VersionId"])
        document = normalised(change.inputs["policy"])
        iam.create_policy_version(PolicyArn=identity, PolicyDocument=document, SetAsDefault=True)

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Delete it with all its versions; moto would delete one that is in use."""
        del state
        iam = cloud.client("iam")
        if iam.get_policy(PolicyArn=identity)["Policy"]["AttachmentCount"]:
            words = "Cannot delete a policy attached to entities."
            refuse("DeletePolicy", "DeleteConflict", words)
        for version in _versions(cloud, identity):
            if not version["IsDefaultVersion"]:
                iam.delete_policy_version(PolicyArn=identity, VersionId=version["VersionId"])
        iam.delete_policy(PolicyArn=identity)

    def retag(self, cloud: Cloud, identity: str, removed: Iterable[str], added: Tags) -> None:
        """Change the policy's tags."""
        gone = sorted(removed)
        if gone:
            cloud.client("iam").untag_policy(PolicyArn=identity, TagKeys=gone)
        if added:
            cloud.client("iam").tag_policy(PolicyArn=identity, Tags=to_aws(added))


def _versions(cloud: Cloud, policy: str) -> list[dict[str, Any]]:
    return cloud.client("iam").list_policy_versions(PolicyArn=policy)["Versions"]
