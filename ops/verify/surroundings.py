"""What is asked of AWS about the surroundings of a cluster: transit gateways, monitoring, quota."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from ops.aws import Aws
from ops.cluster import Cluster
from ops.tags import cluster_of

_ROUTES_PER_TABLE: Final = "L-93826ACB"
"""Code of the quota "Routes per route table"."""
Ask = Callable[[], Any]


def transit_kind(table: str) -> str:
    """Return the kind of answer that holds a transit gateway table's routes to the virtual IP."""
    return f"transit_routes of {table}"


def rule_kind(name: str) -> str:
    """Return the kind of answer that describes a rule of EventBridge."""
    return f"route_change_rule {name}"


def questions(aws: Aws, cluster: Cluster) -> dict[str, Ask]:
    """Return what can be asked with the ids that the stack knows, by kind."""

    def routes(table: str) -> Ask:
        # A route's answer names its attachment and the VPC behind it: no other call is needed.
        return lambda: aws.pages(
            "ec2",
            "search_transit_gateway_routes",
            "Routes",
            TransitGatewayRouteTableId=table,
            Filters=[{"Name": "route-search.exact-match", "Values": [cluster.destination]}],
        )

    def rule(name: str) -> Ask:
        return lambda: aws.call("events", "describe_rule", Name=name)

    return {
        **{transit_kind(table): routes(table) for table in cluster.transit_tables or ()},
        "flow_logs": lambda: _flow_logs(aws, cluster),
        "alarms": lambda: _alarms(aws, cluster),
        **{rule_kind(name): rule(name) for name in cluster.route_change_rules},
        "route_quota": lambda: aws.call(
            "service-quotas", "get_service_quota", ServiceCode="vpc", QuotaCode=_ROUTES_PER_TABLE
        )["Quota"]["Value"],
    }


def group_rules(
    aws: Aws,
    cluster: Cluster,
    vpcs: Sequence[Mapping[str, Any]],
    groups: Sequence[Mapping[str, Any]],
) -> list[Any]:
    """Return the rules of the cluster's groups, where the stack made the whole VPC."""
    own = [each["GroupId"] for each in groups if cluster_of(each) == cluster.name]
    if not own or not any(cluster_of(each) == cluster.name for each in vpcs):
        return []
    return aws.pages(
        "ec2",
        "describe_security_group_rules",
        "SecurityGroupRules",
        Filters=[{"Name": "group-id", "Values": own}],
    )


def _flow_logs(aws: Aws, cluster: Cluster) -> list[Any]:
    if not cluster.flow_log_group:
        return []
    of_vpc = [{"Name": "resource-id", "Values": [cluster.vpc_id]}]
    return aws.pages("ec2", "describe_flow_logs", "FlowLogs", Filters=of_vpc)


def _alarms(aws: Aws, cluster: Cluster) -> list[Any]:
    if not cluster.alarms:
        return []
    names = list(cluster.alarms)
    return aws.pages("cloudwatch", "describe_alarms", "MetricAlarms", AlarmNames=names)
