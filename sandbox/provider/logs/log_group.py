"""aws:cloudwatch/logGroup:LogGroup (upstream: internal/service/logs/group.go)."""

from collections.abc import Iterable
from typing import Any, ClassVar

from sandbox.provider.cloud import Cloud
from sandbox.provider.names import declare_names, name_from, prefix_of
from sandbox.provider.resource import Change, Resource
from sandbox.provider.schema import boolean, number, string
from sandbox.provider.tags import Tags
from sandbox.provider.values import arn, matches, one_of
from sandbox.provider.wire import Properties

_DAYS = (
    0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
)  # fmt: skip
_NAME = matches(r"[A-Za-z0-9_./#-]{1,512}", "hold letters, digits and _ . / # - only")


class LogGroup(Resource):
    """A group of log streams; 0 days of retention keep everything."""

    pulumi_name = "aws:cloudwatch/logGroup:LogGroup"
    noun = "CloudWatch Logs Log Group"
    properties: ClassVar = {
        "deletionProtectionEnabled": boolean(computed=True),
        "kmsKeyId": string(valid=(arn,)),
        "logGroupClass": string(
            computed=True,
            replaces=True,
            valid=(one_of("STANDARD", "INFREQUENT_ACCESS", "DELIVERY"),),
        ),
        **declare_names(512, (_NAME,), (_NAME,)),
        "retentionInDays": number(default=0, valid=(one_of(*_DAYS),)),
        "skipDestroy": boolean(default=False),
        "arn": string(output=True),
    }
    tagged = True

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Create the group; its name is its id."""
        given: dict[str, Any] = {"tags": inputs.get("tagsAll") or {}}
        if inputs.get("kmsKeyId"):
            given["kmsKeyId"] = inputs["kmsKeyId"]
        if inputs.get("logGroupClass"):
            given["logGroupClass"] = inputs["logGroupClass"]
        name = name_from(inputs)
        cloud.client("logs").create_log_group(logGroupName=name, **given)
        return name

    def configure(self, cloud: Cloud, identity: str, inputs: Properties) -> None:
        """Set how long events are kept."""
        _keep(cloud, identity, inputs.get("retentionInDays", 0))

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Return the group of exactly this name."""
        pages = cloud.client("logs").get_paginator("describe_log_groups")
        groups = [
            each
            for page in pages.paginate(logGroupNamePrefix=identity)
            for each in page["logGroups"]
            if each["logGroupName"] == identity
        ]
        if not groups:
            return None
        arn_of_group = groups[0]["arn"].removesuffix(":*")
        return {
            "arn": arn_of_group,
            "deletionProtectionEnabled": bool(known.get("deletionProtectionEnabled")),
            "kmsKeyId": groups[0].get("kmsKeyId", ""),
            "logGroupClass": groups[0].get("logGroupClass") or "STANDARD",
            "name": identity,
            "namePrefix": prefix_of(identity),
            "retentionInDays": groups[0].get("retentionInDays", 0),
            "tags": cloud.client("logs").list_tags_for_resource(resourceArn=arn_of_group)["tags"],
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Change retention and key."""
        logs = cloud.client("logs")
        if change.touches("retentionInDays"):
            _keep(cloud, identity, change.inputs.get("retentionInDays", 0))
        if change.touches("kmsKeyId"):
            key = change.inputs.get("kmsKeyId")
            if key:
                logs.associate_kms_key(logGroupName=identity, kmsKeyId=key)
            else:
                logs.disassociate_kms_key(logGroupName=identity)

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Delete the group with its events, unless it is to stay."""
        if not state.get("skipDestroy"):
            cloud.client("logs").delete_log_group(logGroupName=identity)

    def retag(self, cloud: Cloud, identity: str, removed: Iterable[str], added: Tags) -> None:
        """Change the group's tags."""
        logs = cloud.client("logs")
        resource = cloud.arn("logs", f"log-group:{identity}")
        gone = sorted(removed)
        if gone:
            logs.untag_resource(resourceArn=resource, tagKeys=gone)
        if added:
            logs.tag_resource(resourceArn=resource, tags=added)


def _keep(cloud: Cloud, group: str, days: int) -> None:
    logs = cloud.client("logs")
    if days:
        logs.put_retention_policy(logGroupName=group, retentionInDays=days)
    else:
        logs.delete_retention_policy(logGroupName=group)
