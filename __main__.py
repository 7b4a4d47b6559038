"""The stack: settings, preflight, components, outputs."""

import pulumi

import components
import preflight
from components import documents
from components.partitions import endpoint_service, gateway_service
from settings import read_settings

settings = read_settings()
cluster_name = f"{pulumi.get_project()}-{pulumi.get_stack()}"
live = preflight.check(settings, cluster_name)
tags = {"hacluster:project": pulumi.get_project(), "hacluster:stack": pulumi.get_stack()}
kept = pulumi.ResourceOptions(protect=settings.protect_nodes or None)

network = live.network or components.Network(
    "network",
    components.NetworkArgs(
        cidr_block=settings.network.cidr,
        availability_zones=settings.network.zones,
        public_subnets=settings.network.public_subnets,
        private_subnets=settings.network.private_subnets,
        tags=tags,
    ),
    kept,
)
cluster = components.Cluster(
    "cluster",
    components.ClusterArgs(
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
        admin_cidr_blocks=settings.admin_cidrs,
        application_ports=settings.application_ports,
        services=settings.endpoints,
        expresscluster=settings.expresscluster,
        protect_nodes=settings.protect_nodes,
        tags=tags,
    ),
)


def build_endpoint(
    name: str, service: str, permissions: pulumi.Input[str], guard_name: str
) -> components.ControlEndpoint:
    """Build the nodes' way to one AWS service; the role may do there what `permissions` allow."""
    args = components.ControlEndpointArgs(
        vpc_id=network.vpc_id,
        subnet_ids=cluster.node_subnet_ids,
        client_cidr_blocks=network.vpc_cidr_blocks,
        service_name=endpoint_service(settings.region, service),
        caller_role_arn=cluster.node_role_arn,
        caller_permissions=permissions,
        guard_name=guard_name,
        tags=tags,
    )
    return components.ControlEndpoint(name, args, kept)


endpoint_ids: dict[str, pulumi.Input[str]] = {}
if settings.existing_network and settings.existing_network.endpoint_id:
    endpoint_ids["ec2"] = settings.existing_network.endpoint_id
else:
    control = build_endpoint("control", "ec2", cluster.control_permissions, "SG-HTTPS")
    endpoint_ids["ec2"] = control.endpoint_id
    pulumi.export("endpoint_security_group_id", control.security_group_id)
for each in settings.endpoints:
    permissions = documents.service_permissions(each)
    service = build_endpoint(f"service-{each}", each, permissions, f"SG-HTTPS-{each}")
    endpoint_ids[each] = service.endpoint_id
if cluster.storage_permissions is not None:
    endpoint_ids["s3"] = components.StorageEndpoint(
        "storage",
        components.StorageEndpointArgs(
            vpc_id=network.vpc_id,
            route_table_ids=network.private_route_table_ids,
            service_name=gateway_service(settings.region, "s3"),
            client_security_group_id=cluster.node_security_group_id,
            caller_role_arn=cluster.node_role_arn,
            caller_permissions=cluster.storage_permissions,
            tags=tags,
        ),
        kept,
    ).endpoint_id

pulumi.export("region", settings.region)
pulumi.export("cluster_name", cluster_name)
pulumi.export("vpc_id", network.vpc_id)
pulumi.export("vpc_cidrs", network.vpc_cidr_blocks)
pulumi.export("subnet_ids", network.subnet_ids)
pulumi.export("route_table_ids", network.route_table_ids)
pulumi.export("tables_without_virtual_ip", live.tables_without_virtual_ip)
pulumi.export("endpoint_ids", endpoint_ids)
pulumi.export("node_role_arn", cluster.node_role_arn)
pulumi.export("nodes", cluster.nodes)
pulumi.export("virtual_ip", cluster.virtual_ip)
pulumi.export("webui_url", cluster.webui_url)
pulumi.export("expresscluster", cluster.expresscluster)
