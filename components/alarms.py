"""Alarms to a topic: a node or its mirror volume fails, or somebody else changes a route."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from . import monitoring_documents as documents
from .naming import merged

# EventBridge takes patterns of 2048 characters; the rest of this one has about 700. Further tables
# get further rules: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
TABLES_OF_RULE = 50


class AlarmNodeArgs(TypedDict):
    """What is watched of a node."""

    instance_id: pulumi.Input[str]
    """The instance, whose status checks count."""

    mirror_volume_id: pulumi.Input[str]
    """The volume, whose stalled input and output counts."""


class AlarmsArgs(TypedDict):
    """Inputs of `Alarms`."""

    cluster_name: str
    """Name of the cluster, for the descriptions."""

    topic_arn: pulumi.Input[str]
    """The SNS topic, in the region of the nodes. Its policy must let CloudWatch and EventBridge
    publish."""

    nodes: Mapping[str, AlarmNodeArgs]
    """The nodes, by the letter of their zone."""

    route_table_ids: Mapping[str, pulumi.Input[str]]
    """The tables in which a changed route counts, by any name. A rule holds 50 of
    them, so more tables make more rules."""

    node_role_arn: pulumi.Input[str]
    """The role of the nodes, which may change routes without an alarm."""

    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags for every child, on top of the provider's default tags."""


class Alarms(pulumi.ComponentResource):
    """Alarms on the nodes' status and volumes, and rules for routes that others change.

    A node that does not run sends no status; that counts as failed, since nobody can take over
    then. The volume's check is AWS's own and needs an instance on Nitro. Changes of routes arrive
    from CloudTrail: without a trail that logs management events no rule ever matches.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
    """

    alarm_names: list[pulumi.Output[str]]
    """Names of the alarms in CloudWatch."""

    route_change_rules: list[pulumi.Output[str]]
    """Names of the rules in EventBridge."""

    def __init__(
        self, name: str, args: AlarmsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("hacluster:index:Alarms", name, {}, opts)
        self._prefix, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        self.alarm_names = []
        for zone, node in sorted(args["nodes"].items()):
            self._build_alarm(
                f"instance-{zone}",
                f"node-{zone} fails its status checks or does not run",
                namespace="AWS/EC2",
                metric_name="StatusCheckFailed",
                dimensions={"InstanceId": node["instance_id"]},
                treat_missing_data="breaching",
            )
            self._build_alarm(
                f"volume-{zone}",
                f"the mirror volume of node-{zone} completes no input or output",
                namespace="AWS/EBS",
                metric_name="VolumeStalledIOCheck",
                dimensions={"VolumeId": node["mirror_volume_id"]},
                treat_missing_data="notBreaching",
            )
        self.route_change_rules = [
            self._build_rule(f"routes-{number}" if number > 1 else "routes", tables)
            for number, tables in enumerate(self._tables_by_rule(), start=1)
        ]
        self.register_outputs(
            {"alarmNames": self.alarm_names, "routeChangeRules": self.route_change_rules}
        )

    def _build_alarm(self, role: str, description: str, **metric: Any) -> None:
        """Build an alarm that a metric of 0 and 1 raises when it stays 1 for three minutes."""
        alarm = aws.cloudwatch.MetricAlarm(
            f"{self._prefix}-{role}",
            alarm_description=f"{self._args['cluster_name']}: {description}",
            comparison_operator="GreaterThanOrEqualToThreshold",
            threshold=1,
            statistic="Maximum",
            period=60,
            evaluation_periods=3,
            alarm_actions=[self._args["topic_arn"]],
            ok_actions=[self._args["topic_arn"]],
            tags=merged(self._args.get("tags"), f"{self._prefix}-{role}"),
            opts=self._child,
            **metric,
        )
        self.alarm_names.append(alarm.name)

    def _tables_by_rule(self) -> list[list[pulumi.Input[str]]]:
        """Return the tables of each rule. They go by name, because AWS lists them in any order."""
        tables = [table for _, table in sorted(self._args["route_table_ids"].items())]
        return [
            tables[start : start + TABLES_OF_RULE]
            for start in range(0, len(tables), TABLES_OF_RULE)
        ]

    def _build_rule(self, role: str, tables: Sequence[pulumi.Input[str]]) -> pulumi.Output[str]:
        args = self._args
        pattern = pulumi.Output.all(args["node_role_arn"], *tables).apply(
            lambda known: json.dumps(documents.foreign_route_change(known[0], sorted(known[1:])))
        )
        rule = aws.cloudwatch.EventRule(
            f"{self._prefix}-{role}",
            description=f"{args['cluster_name']}: a route is changed, but not by a node",
            event_pattern=pattern,
            tags=merged(args.get("tags"), f"{self._prefix}-{role}"),
            opts=self._child,
        )
        aws.cloudwatch.EventTarget(
            f"{self._prefix}-{role}-topic",
            rule=rule.name,
            arn=args["topic_arn"],
            opts=self._child,
        )
        return rule.name
