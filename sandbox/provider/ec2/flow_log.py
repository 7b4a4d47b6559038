"""aws:ec2/flowLog:FlowLog (upstream: internal/service/ec2/vpc_flow_log.go)."""

from typing import ClassVar

from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.resource import Resource, pick
from sandbox.provider.schema import number, string
from sandbox.provider.tags import from_aws, specification
from sandbox.provider.values import arn, one_of
from sandbox.provider.wire import Properties

# What is watched, by property: AWS's word for it, and how its ids begin.
_WATCHED = {
    "vpcId": ("VPC", "vpc-"),
    "subnetId": ("Subnet", "subnet-"),
    "eniId": ("NetworkInterface", "eni-"),
}
_CREATE = {
    "iamRoleArn": "DeliverLogsPermissionArn",
    "logDestination": "LogDestination",
    "logDestinationType": "LogDestinationType",
    "logFormat": "LogFormat",
    "maxAggregationInterval": "MaxAggregationInterval",
    "trafficType": "TrafficType",
}


class FlowLog(Resource):
    """A record of the connections of a VPC, a subnet or an interface; only tags can change."""

    pulumi_name = "aws:ec2/flowLog:FlowLog"
    noun = "Flow Log"
    properties: ClassVar = {
        "arn": string(output=True),
        "eniId": string(replaces=True),
        "iamRoleArn": string(replaces=True, valid=(arn,)),
        "logDestination": string(computed=True, replaces=True, valid=(arn,)),
        "logDestinationType": string(
            default="cloud-watch-logs", replaces=True, valid=(one_of("cloud-watch-logs"),)
        ),
        "logFormat": string(computed=True, replaces=True),
        "maxAggregationInterval": number(default=600, replaces=True, valid=(one_of(60, 600),)),
        "subnetId": string(replaces=True),
        "trafficType": string(replaces=True, valid=(one_of("ACCEPT", "REJECT", "ALL"),)),
        "vpcId": string(replaces=True),
    }
    unmodelled = (
        "deliverCrossAccountRole",
        "destinationOptions",
        "regionalNatGatewayId",
        "tagFieldSpecifications",
        "transitGatewayAttachmentId",
        "transitGatewayId",
    )
    exactly_one_of = (tuple(_WATCHED),)
    tagged = True

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Create it; moto takes any role and any traffic."""
        watched = next(name for name in _WATCHED if inputs.get(name))
        if not inputs.get("trafficType"):
            words = "The request must contain the parameter TrafficType"
            refuse("CreateFlowLogs", "MissingParameter", words)
        destination = (inputs.get("logDestination") or "").removesuffix(":*")
        answer = cloud.ec2.create_flow_logs(
            ResourceIds=[inputs[watched]],
            ResourceType=_WATCHED[watched][0],
            TagSpecifications=specification("vpc-flow-log", inputs),
            **pick({**inputs, "logDestination": destination}, _CREATE),
        )
        for failed in answer["Unsuccessful"]:
            refuse("CreateFlowLogs", failed["Error"]["Code"], failed["Error"]["Message"])
        return answer["FlowLogIds"][0]

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Read it."""
        del known
        live = cloud.find("describe_flow_logs", "FlowLogs", FlowLogIds=[identity])
        if live is None:
            return None
        watched = {
            name: live["ResourceId"] if live["ResourceId"].startswith(prefix) else ""
            for name, (_, prefix) in _WATCHED.items()
        }
        return {
            **watched,
            "arn": cloud.arn("ec2", f"vpc-flow-log/{identity}"),
            "iamRoleArn": live.get("DeliverLogsPermissionArn", ""),
            "logDestination": live.get("LogDestination", ""),
            "logDestinationType": live["LogDestinationType"],
            "logFormat": live["LogFormat"],
            "maxAggregationInterval": live["MaxAggregationInterval"],
            "trafficType": live["TrafficType"],
            "tags": from_aws(live.get("Tags", [])),
        }

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Delete it; what was recorded stays in the log group."""
        del state
        cloud.ec2.delete_flow_logs(FlowLogIds=[identity])
