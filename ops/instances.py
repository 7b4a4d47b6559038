"""Instances as AWS describes them, the roles of their profiles, and where a mirror volume is."""

from collections.abc import Collection
from typing import Any, Final

from ops.aws import Aws
from ops.errors import AwsError

LINUX_MIRROR: Final = "/dev/xvdb"
WINDOWS_MIRROR: Final = "xvdf"
"""Where the stack attaches a node's mirror volume."""


def describe_instances(aws: Aws, keys: Collection[str]) -> list[Any]:
    """Return these instances without those that are gone. Raises AwsError.

    Asked for by their ids: while a zone is disrupted, AWS fails calls that name none.
    """
    if not keys:
        return []
    try:
        answer = aws.call("ec2", "describe_instances", InstanceIds=list(keys))
    except AwsError as error:
        if error.code != "InvalidInstanceID.NotFound":
            raise
        alone = len(keys) == 1
        return [] if alone else [each for key in keys for each in describe_instances(aws, [key])]
    return [each for one in answer["Reservations"] for each in one["Instances"]]


def roles_of_profile(aws: Aws, profile_arn: str) -> list[str]:
    """Return the ARNs of an instance profile's roles; AWS allows one. Raises AwsError."""
    name = profile_arn.rpartition("/")[2]
    found = aws.call("iam", "get_instance_profile", InstanceProfileName=name)
    return [each["Arn"] for each in found["InstanceProfile"]["Roles"]]
