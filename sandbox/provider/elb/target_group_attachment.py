"""aws:lb/targetGroupAttachment:TargetGroupAttachment.

Upstream: internal/service/elbv2/target_group_attachment.go, which replaces for every change and
makes up the id.
"""

from typing import Any, ClassVar

from sandbox.provider.cloud import Cloud, refuse, unless_gone
from sandbox.provider.elb.targets import OPERATION, refuse_bad_target, refuse_second_port
from sandbox.provider.names import name_from
from sandbox.provider.resource import Resource
from sandbox.provider.schema import number, string
from sandbox.provider.values import between
from sandbox.provider.wire import Properties

_GONE = ("Target.DeregistrationInProgress", "Target.NotRegistered")


class TargetGroupAttachment(Resource):
    """One target in a target group."""

    pulumi_name = "aws:lb/targetGroupAttachment:TargetGroupAttachment"
    noun = "ELBv2 Target Group Attachment"
    properties: ClassVar = {
        "availabilityZone": string(replaces=True),
        "port": number(replaces=True, valid=(between(1, 65535),)),
        "targetGroupArn": string(required=True, replaces=True),
        "targetId": string(required=True, replaces=True),
    }
    unmodelled = ("quicServerId",)

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Register the target."""
        group = _group(cloud, inputs["targetGroupArn"])
        target = _target(inputs)
        refuse_bad_target(cloud, group, target)
        refuse_second_port(cloud, group, target)
        cloud.client("elbv2").register_targets(
            TargetGroupArn=inputs["targetGroupArn"], Targets=[target]
        )
        return name_from({"namePrefix": f"{inputs['targetGroupArn']}-"})

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Tell whether the target is still registered; all else is what the state knows."""
        del identity
        elb = cloud.client("elbv2")
        answer = unless_gone(
            lambda: elb.describe_target_health(
                TargetGroupArn=known["targetGroupArn"], Targets=[_target(known)]
            )
        )
        if answer is None:
            return None
        health = answer["TargetHealthDescriptions"][0]["TargetHealth"]
        return None if health.get("Reason") in _GONE else {}

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Take the target out of its group, unless it is out already."""
        if self.read(cloud, identity, state) is not None:
            cloud.client("elbv2").deregister_targets(
                TargetGroupArn=state["targetGroupArn"], Targets=[_target(state)]
            )

    def adopt(self, cloud: Cloud, import_id: str) -> tuple[str, Properties]:
        """Refuse: upstream makes up the id, so none can be given."""
        del cloud
        raise ValueError(f"a target has no id of its own to import it by, so not by {import_id!r}")


def _group(cloud: Cloud, arn: str) -> dict[str, Any]:
    elb = cloud.client("elbv2")
    answer = unless_gone(lambda: elb.describe_target_groups(TargetGroupArns=[arn]))
    if answer is None:
        refuse(OPERATION, "TargetGroupNotFound", f"Target groups '{arn}' not found")
    return answer["TargetGroups"][0]


def _target(properties: Properties) -> dict[str, Any]:
    target = {"Id": properties["targetId"]}
    if properties.get("availabilityZone"):
        target["AvailabilityZone"] = properties["availabilityZone"]
    if properties.get("port"):
        target["Port"] = int(properties["port"])
    return target
