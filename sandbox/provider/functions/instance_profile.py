"""aws.iam.getInstanceProfile.

Rules: internal/service/iam/instance_profile_data_source.go of hashicorp/terraform-provider-aws.
"""

from typing import Any, ClassVar

from sandbox.provider.cloud import Cloud, unless_gone
from sandbox.provider.function import Function
from sandbox.provider.schema import string
from sandbox.provider.wire import Properties


class GetInstanceProfile(Function):
    """One instance profile and the role in it."""

    pulumi_name = "aws:iam/getInstanceProfile:getInstanceProfile"
    properties: ClassVar = {
        "arn": string(output=True),
        "createDate": string(output=True),
        "id": string(output=True),
        "name": string(required=True),
        "path": string(output=True),
        "roleArn": string(output=True),
        "roleId": string(output=True),
        "roleName": string(output=True),
    }
    regional = False

    def call(self, cloud: Cloud, arguments: Properties) -> Properties:
        """Find the profile."""
        name = arguments["name"]
        iam = cloud.client("iam")
        answer = unless_gone(lambda: iam.get_instance_profile(InstanceProfileName=name))
        if answer is None:
            raise LookupError(f"reading IAM Instance Profile ({name}): couldn't find resource")
        profile = answer["InstanceProfile"]
        role: dict[str, Any] = profile["Roles"][0] if profile["Roles"] else {}
        return {
            "arn": profile["Arn"],
            # Upstream prints Go's own form of a time.
            "createDate": profile["CreateDate"].strftime("%Y-%m-%d %H:%M:%S +0000 UTC"),
            "id": profile["InstanceProfileId"],
            "path": profile["Path"],
            "roleArn": role.get("Arn", ""),
            "roleId": role.get("RoleId", ""),
            "roleName": role.get("RoleName", ""),
        }
