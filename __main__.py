"""The stack: settings, preflight, components, outputs."""

import pulumi

import arguments
import components
import preflight
from settings import read_settings

settings = read_settings()
cluster_name = f"{pulumi.get_project()}-{pulumi.get_stack()}"
live = preflight.check(settings, cluster_name)
tags = {"hacluster:project": pulumi.get_project(), "hacluster:stack": pulumi.get_stack()}
kept = pulumi.ResourceOptions(protect=settings.protect_nodes or None)

if live.host:
    network = components.PrivateSubnets(
        "network", arguments.private_subnets_args(settings, live.host, tags), kept
    )
else:
    network = live.network or components.Network(
        "network", arguments.network_args(settings, tags), kept
    )
cluster = components.Cluster(
    "cluster", arguments.cluster_args(settings, live, network, cluster_name, tags)
)
endpoints = components.Endpoints(
    "endpoints", arguments.endpoints_args(settings, network, cluster, tags), kept
)
endpoint_ids: dict[str, pulumi.Input[str]] = {**endpoints.endpoint_ids}
if settings.endpoint_id:
    endpoint_ids["ec2"] = settings.endpoint_id
else:
    pulumi.export("endpoint_security_group_id", endpoints.security_group_ids["ec2"])
monitoring: dict[str, pulumi.Input[object]] = {}
if settings.flow_logs:
    flow_logs = components.FlowLogs(
        "flow-logs",
        arguments.flow_logs_args(settings, settings.flow_logs, network, cluster, tags),
        kept,
    )
    monitoring["flow_log_group"] = flow_logs.log_group_name
if settings.alarm_topic_arn:
    alarms = components.Alarms(
        "alarms",
        arguments.alarms_args(settings.alarm_topic_arn, network, cluster, cluster_name, tags),
        kept,
    )
    monitoring["alarms"] = alarms.alarm_names
    monitoring["route_change_rules"] = alarms.route_change_rules
    monitoring["route_change_rules_need"] = "a CloudTrail trail that logs management events here"

pulumi.export("region", settings.region)
pulumi.export("cluster_name", cluster_name)
pulumi.export("vpc_id", network.vpc_id)
pulumi.export("vpc_cidrs", network.vpc_cidr_blocks)
pulumi.export("subnet_ids", network.subnet_ids)
pulumi.export("route_table_ids", network.route_table_ids)
pulumi.export("tables_without_virtual_ip", live.tables_without_virtual_ip)
pulumi.export("endpoint_ids", endpoint_ids)
pulumi.export("monitoring", monitoring)
pulumi.export("client_ports", arguments.client_ports(settings))
pulumi.export("transit_gateway_route_table_ids", arguments.transit_table_ids(settings))
pulumi.export("node_role_arn", cluster.node_role_arn)
pulumi.export("nodes", arguments.cluster_nodes(cluster))
pulumi.export("virtual_ip", cluster.virtual_ip)
pulumi.export("engine", cluster.engine)
if cluster.webui_url:
    pulumi.export("webui_url", cluster.webui_url)
if cluster.expresscluster:
    pulumi.export("expresscluster", cluster.expresscluster)
if cluster.pacemaker:
    pulumi.export("pacemaker", cluster.pacemaker)
