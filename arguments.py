"""What each component is given: from settings, live facts and earlier components to arguments."""

from collections.abc import Mapping, Sequence
from typing import Any

from components import (
    AlarmNodeArgs,
    AlarmsArgs,
    ClientReturnArgs,
    Cluster,
    ClusterArgs,
    EndpointsArgs,
    FlowLogsArgs,
    Network,
    NetworkArgs,
    PrivateSubnets,
    PrivateSubnetsArgs,
    StorageAccessArgs,
)
from components.application_ports import WEBUI_PORT
from components.cluster_engine import EXPRESSCLUSTER
from preflight import ExistingNetwork, HostVpc, Preflight
from settings import FlowLogSettings, Settings

# The components that earlier editions of this program had for endpoints, by their service.
FORMER_ENDPOINTS = {"ec2": "control", "s3": "storage"}

AnyNetwork = Network | PrivateSubnets | ExistingNetwork


def network_args(settings: Settings, tags: Mapping[str, str]) -> NetworkArgs:
    """Return the arguments of the network to build."""
    return NetworkArgs(
        cidr_block=settings.network.cidr,
        availability_zones=settings.network.zones,
        public_subnets=settings.network.public_subnets,
        private_subnets=settings.network.private_subnets,
        tags=tags,
    )


def private_subnets_args(
    settings: Settings, host: HostVpc, tags: Mapping[str, str]
) -> PrivateSubnetsArgs:
    """Return the arguments of the subnets to build in a VPC that is there already."""
    return PrivateSubnetsArgs(
        vpc_id=host.vpc.vpc_id,
        vpc_arn=host.vpc.arn,
        vpc_cidr_blocks=host.vpc.cidr_blocks,
        route_table_ids=host.route_table_ids,
        availability_zones=settings.network.zones,
        private_subnets=settings.network.private_subnets,
        tags=tags,
    )


def client_ports(settings: Settings) -> Sequence[Mapping[str, object]]:
    """Return the ports that the nodes open to clients, with the ranges that may use them."""
    has_webui = settings.nodes.engine == EXPRESSCLUSTER
    admins = list(settings.admin_cidrs) if has_webui else []
    webui = {"protocol": "tcp", "port": WEBUI_PORT, "from": admins}
    application = [
        {"protocol": each["protocol"], "port": each["port"], "from": list(each["cidr_blocks"])}
        for each in settings.application_ports
    ]
    return [each for each in (webui, *application) if each["from"]]


def transit_table_ids(settings: Settings) -> list[str]:
    """Return the tables of a transit gateway that lead clients to the virtual IP."""
    return list(settings.clients["transit_gateway_route_table_ids"]) if settings.clients else []


def client_return_args(
    settings: Settings, live: Preflight, network: AnyNetwork
) -> ClientReturnArgs | None:
    """Return how the nodes answer clients beyond the VPC; None where no range is named."""
    if not settings.client_cidrs or live.transit_gateway_id is None:
        return None
    if isinstance(network, ExistingNetwork):
        tables: Mapping[str, Any] = {each: each for each in network.private_route_table_ids}
    else:
        names = [f"private_{zone}" for zone in settings.nodes.addresses]
        tables = {name: network.route_table_ids[name] for name in names}
    return ClientReturnArgs(
        transit_gateway_id=live.transit_gateway_id,
        cidr_blocks=settings.client_cidrs,
        route_table_ids=tables,
    )


def cluster_args(
    settings: Settings,
    live: Preflight,
    network: AnyNetwork,
    cluster_name: str,
    tags: Mapping[str, str],
) -> ClusterArgs:
    """Return the arguments of the cluster in a network."""
    return ClusterArgs(
        cluster_name=cluster_name,
        vpc_id=network.vpc_id,
        vpc_cidr_blocks=network.vpc_cidr_blocks,
        region=settings.region,
        virtual_ip=settings.virtual_ip,
        route_table_ids=network.route_table_ids,
        route_table_arns=list(network.route_table_arns.values()),
        nodes={
            zone: {
                "availability_zone": network.availability_zones[zone],
                "subnet_id": network.subnet_ids[f"private_{zone}"],
                "address": address,
            }
            for zone, address in settings.nodes.addresses.items()
        },
        initial_owner=settings.initial_owner,
        live_route_target=live.live_route_target,
        move_routes=live.move_routes,
        roll_out=settings.roll_out,
        instance_type=settings.nodes.instance_type,
        image_id=live.image_id,
        mirror_volume_gib=settings.nodes.mirror_volume_gib,
        mirror_volume=settings.nodes.mirror_volume,
        termination_protection=settings.nodes.termination_protection,
        admin_cidr_blocks=settings.admin_cidrs,
        application_ports=settings.application_ports,
        clients=settings.clients,
        client_return=client_return_args(settings, live, network),
        services=settings.endpoints,
        engine=settings.nodes.engine,
        expresscluster=settings.expresscluster,
        pacemaker=settings.nodes.pacemaker,
        protect_nodes=settings.protect_nodes,
        tags=tags,
    )


def cluster_nodes(cluster: Cluster) -> list[Mapping[str, object]]:
    """Return what the stack's output tells of each node, in the order of their zones."""
    return [
        {
            "name": name,
            "zone": zone,
            "instance_id": cluster.instance_ids[zone],
            "network_interface_id": cluster.network_interface_ids[zone],
            "private_ip": cluster.private_ips[zone],
            "mirror_volume_id": cluster.mirror_volume_ids[zone],
        }
        for zone, name in cluster.host_names.items()
    ]


def endpoints_args(
    settings: Settings, network: AnyNetwork, cluster: Cluster, tags: Mapping[str, str]
) -> EndpointsArgs:
    """Return the arguments of the nodes' ways to AWS."""
    args = EndpointsArgs(
        vpc_id=network.vpc_id,
        region=settings.region,
        subnet_ids=cluster.node_subnet_ids,
        client_cidr_blocks=network.vpc_cidr_blocks,
        services=settings.endpoint_services,
        shared_security_group=settings.share_endpoint_group,
        caller_role_arn=cluster.node_role_arn,
        control_permissions=cluster.control_permissions,
        former_names={
            each: FORMER_ENDPOINTS.get(each, f"service-{each}")
            for each in settings.endpoint_services
        },
        tags=tags,
    )
    if cluster.storage_permissions is not None:
        args["storage"] = StorageAccessArgs(
            route_table_ids=network.private_route_table_ids,
            client_security_group_id=cluster.node_security_group_id,
            permissions=cluster.storage_permissions,
        )
    return args


def flow_logs_args(
    settings: Settings,
    chosen: FlowLogSettings,
    network: AnyNetwork,
    cluster: Cluster,
    tags: Mapping[str, str],
) -> FlowLogsArgs:
    """Return the arguments of the record of the VPC's connections."""
    return FlowLogsArgs(
        vpc_id=network.vpc_id,
        region=settings.region,
        account_id=cluster.node_role_arn.apply(lambda arn: arn.split(":")[4]),
        traffic=chosen.traffic,
        retention_days=chosen.retention_days,
        tags=tags,
    )


def alarms_args(
    topic_arn: str,
    network: AnyNetwork,
    cluster: Cluster,
    cluster_name: str,
    tags: Mapping[str, str],
) -> AlarmsArgs:
    """Return the arguments of the alarms to a topic."""
    return AlarmsArgs(
        cluster_name=cluster_name,
        topic_arn=topic_arn,
        nodes={
            zone: AlarmNodeArgs(
                instance_id=instance_id, mirror_volume_id=cluster.mirror_volume_ids[zone]
            )
            for zone, instance_id in cluster.instance_ids.items()
        },
        route_table_ids=network.route_table_ids,
        node_role_arn=cluster.node_role_arn,
        tags=tags,
    )
