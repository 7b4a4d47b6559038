"""The stack: settings, components, outputs."""

import pulumi
import pulumi_aws as aws

import components
from settings import read_settings

settings = read_settings()
tags = {"hacluster:project": pulumi.get_project(), "hacluster:stack": pulumi.get_stack()}
image_id = settings.nodes.image
if settings.nodes.image_is_parameter:
    try:
        image_id = aws.ssm.get_parameter(name=image_id).insecure_value
    except Exception as error:  # noqa: BLE001 - the SDK raises nothing narrower
        raise pulumi.RunError(f"ha-cluster:nodes.image is {image_id}: {error}") from None

network = components.Network(
    "network",
    components.NetworkArgs(
        cidr_block=settings.network.cidr,
        availability_zones=settings.network.zones,
        public_subnets=settings.network.public_subnets,
        private_subnets=settings.network.private_subnets,
        tags=tags,
    ),
)
cluster = components.Cluster(
    "cluster",
    components.ClusterArgs(
        vpc_id=network.vpc_id,
        vpc_cidr_blocks=network.vpc_cidr_blocks,
        region=settings.region,
        virtual_ip=settings.virtual_ip,
        route_table_ids=network.route_table_ids,
        route_table_arns=list(network.route_table_arns.values()),
        nodes={
            zone: {
                "availability_zone": settings.network.zones[zone],
                "subnet_id": network.subnet_ids[f"private_{zone}"],
                "address": address,
            }
            for zone, address in settings.nodes.addresses.items()
        },
        initial_owner=settings.initial_owner,
        instance_type=settings.nodes.instance_type,
        image_id=image_id,
        replace_on_new_image=not settings.nodes.image_is_parameter,
        mirror_volume_gib=settings.nodes.mirror_volume_gib,
        admin_cidr_blocks=settings.admin_cidrs,
        protect_nodes=settings.protect_nodes,
        tags=tags,
    ),
)
endpoint = components.ControlEndpoint(
    "control",
    components.ControlEndpointArgs(
        vpc_id=network.vpc_id,
        subnet_ids=[network.subnet_ids[f"private_{zone}"] for zone in settings.nodes.addresses],
        client_cidr_blocks=network.vpc_cidr_blocks,
        service_name=f"com.amazonaws.{settings.region}.ec2",
        caller_role_arn=cluster.node_role_arn,
        route_table_arns=list(network.route_table_arns.values()),
        tags=tags,
    ),
    pulumi.ResourceOptions(depends_on=list(cluster.network_interfaces.values())),
)

pulumi.export("region", settings.region)
pulumi.export("cluster_name", f"{pulumi.get_project()}-{pulumi.get_stack()}")
pulumi.export("vpc_id", network.vpc_id)
pulumi.export("vpc_cidrs", network.vpc_cidr_blocks)
pulumi.export("subnet_ids", network.subnet_ids)
pulumi.export("route_table_ids", network.route_table_ids)
pulumi.export("endpoint_ids", {"ec2": endpoint.endpoint_id})
pulumi.export("endpoint_security_group_id", endpoint.security_group_id)
pulumi.export("node_role_arn", cluster.node_role_arn)
pulumi.export("nodes", cluster.nodes)
pulumi.export("virtual_ip", cluster.virtual_ip)
pulumi.export("webui_url", f"http://{cluster.virtual_ip}:29003")
