"""aws:iam/instanceProfile:InstanceProfile.

Schema and rules: hashicorp/terraform-provider-aws, internal/service/iam/instance_profile.go.
"""

from collections.abc import Iterable
from typing import ClassVar

from sandbox.provider.cloud import Cloud, unless_gone
from sandbox.provider.iam.names import naming
from sandbox.provider.names import name_from, prefix_of
from sandbox.provider.resource import Change, Resource
from sandbox.provider.schema import string
from sandbox.provider.tags import Tags, from_aws, to_aws
from sandbox.provider.wire import Properties


class InstanceProfile(Resource):
    """What carries a role into an instance."""

    pulumi_name = "aws:iam/instanceProfile:InstanceProfile"
    noun = "IAM Instance Profile"
    properties: ClassVar = {
        "arn": string(output=True),
        "createDate": string(output=True),
        **naming(128),
        "path": string(default="/", replaces=True),
        "role": string(),
        "uniqueId": string(output=True),
    }
    tagged = True
    regional = False

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Create the profile."""
        answer = cloud.client("iam").create_instance_profile(
            InstanceProfileName=name_from(inputs),
            Path=inputs["path"],
            Tags=to_aws(inputs.get("tagsAll") or {}),
        )
        return answer["InstanceProfile"]["InstanceProfileName"]

    def configure(self, cloud: Cloud, identity: str, inputs: Properties) -> None:
        """Put the role in."""
        if inputs.get("role"):
            cloud.client("iam").add_role_to_instance_profile(
                InstanceProfileName=identity, RoleName=inputs["role"]
            )

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Read the profile and the one role in it."""
        del known
        iam = cloud.client("iam")
        answer = unless_gone(lambda: iam.get_instance_profile(InstanceProfileName=identity))
        if answer is None:
            return None
        profile = answer["InstanceProfile"]
        roles = profile["Roles"]
        return {
            "arn": profile["Arn"],
            "createDate": profile["CreateDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
            "name": profile["InstanceProfileName"],
            "namePrefix": prefix_of(profile["InstanceProfileName"]),
            "path": profile["Path"],
            "role": roles[0]["RoleName"] if roles else "",
            "uniqueId": profile["InstanceProfileId"],
            "tags": from_aws(profile.get("Tags", [])),
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Put another role in the place of the old one."""
        if change.touches("role"):
            _remove_role(cloud, identity, change.state.get("role"))
            self.configure(cloud, identity, change.inputs)

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Delete the profile, after taking the role out."""
        _remove_role(cloud, identity, state.get("role"))
        cloud.client("iam").delete_instance_profile(InstanceProfileName=identity)

    def retag(self, cloud: Cloud, identity: str, removed: Iterable[str], added: Tags) -> None:
        """Change the profile's tags."""
        gone = sorted(removed)
        if gone:
            cloud.client("iam").untag_instance_profile(InstanceProfileName=identity, TagKeys=gone)
        if added:
            cloud.client("iam").tag_instance_profile(
                InstanceProfileName=identity, Tags=to_aws(added)
            )


def _remove_role(cloud: Cloud, profile: str, role: str | None) -> None:
    """Take a role out, unless it is out already: AWS says NoSuchEntity then, moto breaks."""
    iam = cloud.client("iam")
    found = unless_gone(lambda: iam.get_instance_profile(InstanceProfileName=profile))
    roles: list[dict[str, str]] = found["InstanceProfile"]["Roles"] if found else []
    if role in {each["RoleName"] for each in roles}:
        iam.remove_role_from_instance_profile(InstanceProfileName=profile, RoleName=role)
