"""Tags of load balancers, their listeners and target groups, all under their ARNs."""

from collections.abc import Iterable
from typing import Any

from sandbox.provider.cloud import Cloud
from sandbox.provider.tags import Tags, from_aws, to_aws
from sandbox.provider.wire import Properties


def new_tags(inputs: Properties) -> dict[str, Any]:
    """Return the argument with which a thing is created; AWS takes no empty list."""
    tags: Tags = inputs.get("tagsAll") or {}
    return {"Tags": to_aws(tags)} if tags else {}


def live_tags(cloud: Cloud, arn: str) -> Tags:
    """Return the tags of one thing."""
    answer = cloud.client("elbv2").describe_tags(ResourceArns=[arn])
    return from_aws(answer["TagDescriptions"][0]["Tags"])


def change_tags(cloud: Cloud, arn: str, removed: Iterable[str], added: Tags) -> None:
    """Take tags away and add others."""
    gone = sorted(removed)
    if gone:
        cloud.client("elbv2").remove_tags(ResourceArns=[arn], TagKeys=gone)
    if added:
        cloud.client("elbv2").add_tags(ResourceArns=[arn], Tags=to_aws(added))
