"""The nodes' role as IAM has it: policies, permissions boundary and tags."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ops.aws import Aws
from ops.errors import NotCheckedError
from ops.iam.document import Document, read_document


@dataclass(frozen=True, kw_only=True)
class LiveRole:
    """A role. Inline documents are named by their policy, the others by the policy's ARN."""

    arn: str
    inline: tuple[Document, ...] = ()
    attached: tuple[Document, ...] = ()
    boundary: Document | None = None
    """The permissions boundary; None for a role without one."""
    tags: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def name(self) -> str:
        """The role's name, without the path that its ARN has too."""
        return self.arn.rpartition("/")[2]

    @property
    def policies(self) -> tuple[Document, ...]:
        """What the role is allowed and denied, apart from its boundary."""
        return (*self.inline, *self.attached)


def read_role(aws: Aws, role_name: str) -> LiveRole:
    """Ask IAM for a role. Raises AwsError, and NotCheckedError for a policy that cannot be read."""
    role: Mapping[str, Any] = aws.call("iam", "get_role", RoleName=role_name)["Role"]
    names = aws.pages("iam", "list_role_policies", "PolicyNames", RoleName=role_name)
    attached = aws.pages(
        "iam", "list_attached_role_policies", "AttachedPolicies", RoleName=role_name
    )
    boundary: str | None = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    return LiveRole(
        arn=role["Arn"],
        inline=tuple(_inline(aws, role_name, name) for name in names),
        attached=tuple(_managed(aws, each["PolicyArn"]) for each in attached),
        boundary=_managed(aws, boundary) if boundary else None,
        tags={tag["Key"]: tag["Value"] for tag in role.get("Tags", [])},
    )


def _inline(aws: Aws, role_name: str, name: str) -> Document:
    found = aws.call("iam", "get_role_policy", RoleName=role_name, PolicyName=name)
    return _read(found["PolicyDocument"], name)


def _managed(aws: Aws, arn: str) -> Document:
    version = aws.call("iam", "get_policy", PolicyArn=arn)["Policy"]["DefaultVersionId"]
    found = aws.call("iam", "get_policy_version", PolicyArn=arn, VersionId=version)
    return _read(found["PolicyVersion"]["Document"], arn)


def _read(written: str | Mapping[str, Any], name: str) -> Document:
    try:
        return read_document(written, name)
    except ValueError as error:
        raise NotCheckedError(f"policy {name} cannot be read: {error}") from None
