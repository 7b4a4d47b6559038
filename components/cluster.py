"""Two nodes with a mirrored disk, and the routes by which one of them holds the virtual IP."""

import json
from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from . import addressing, documents
from .naming import merged
from .node import NodeBuilder, NodeKindArgs, NodePlaceArgs
from .node_guard import NodeGuardArgs, build_node_guard

# Whatever a route can lead to. The target belongs to the cluster from the first failover on, also
# when somebody led it astray: moving it from here would be a failover that no node knows of.
ROUTE_TARGETS = [
    "carrier_gateway_id",
    "core_network_arn",
    "egress_only_gateway_id",
    "gateway_id",
    "local_gateway_id",
    "nat_gateway_id",
    "network_interface_id",
    "odb_network_arn",
    "transit_gateway_id",
    "vpc_endpoint_id",
    "vpc_peering_connection_id",
]


class ClusterArgs(TypedDict):
    """Inputs of `Cluster`."""

    vpc_id: pulumi.Input[str]
    """The VPC of the nodes."""

    vpc_cidr_blocks: Sequence[str]
    """Every range of the VPC. The virtual IP must lie outside all of them."""

    region: pulumi.Input[str]
    """The region in which the nodes call the EC2 API."""

    virtual_ip: str
    """The cluster's address, outside the VPC. Clients in the VPC reach it through the routes."""

    route_table_ids: Mapping[str, pulumi.Input[str]]
    """Every table of the VPC, by the name that its route gets: `main`, `private_a`, ..."""

    route_table_arns: pulumi.Input[Sequence[pulumi.Input[str]]]
    """The same tables by ARN: the nodes may replace routes in these and in no other."""

    nodes: Mapping[str, NodePlaceArgs]
    """The two nodes, by the letter of their zone."""

    initial_owner: str
    """Letter of the node to which new routes lead. Existing routes keep their target."""

    instance_type: pulumi.Input[str]
    """EC2 instance type of both nodes."""

    image_id: pulumi.Input[str]
    """Image of both nodes: a Linux with cloud-init and AWS CLI version 2."""

    replace_on_new_image: NotRequired[bool]
    """Whether another image replaces the nodes (default). False where the image is the latest of a
    series, which moves by itself: the nodes then keep the image with which they were made."""

    mirror_volume_gib: pulumi.Input[int]
    """Size of each mirror volume in GiB, at least 2: 1 GiB of it is the cluster partition."""

    admin_cidr_blocks: Sequence[str]
    """Ranges from which Cluster WebUI may be opened; plain, a rule for each."""

    protect_nodes: bool
    """Whether interfaces, instances and volumes are protected from being destroyed."""

    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags for every child, on top of the provider's default tags."""


class ClusterNode(TypedDict):
    """What others need to know of a node."""

    name: str
    """Host name, in lower case."""

    zone: str
    """Letter of the zone."""

    instance_id: pulumi.Output[str]
    """ID of the instance."""

    network_interface_id: pulumi.Output[str]
    """ID of the interface to which the virtual IP's routes lead while this node is active."""

    private_ip: pulumi.Output[str]
    """The fixed address."""

    mirror_volume_id: pulumi.Output[str]
    """ID of the volume that is mirrored."""


class Cluster(pulumi.ComponentResource):
    """Two nodes, one virtual IP.

    The virtual IP is a /32 route in every table of the VPC. The active node replaces its target;
    the program makes the routes and never moves them again. The nodes' interfaces stand alone, so
    that an instance can be replaced under the same interface, and check neither source nor
    destination, since the virtual IP is no address of theirs.
    """

    nodes: list[ClusterNode]
    """The nodes, in the order of their zones."""

    node_role_arn: pulumi.Output[str]
    """ARN of the role with which the nodes call the EC2 API."""

    node_security_group_id: pulumi.Output[str]
    """ID of the nodes' security group."""

    virtual_ip: str
    """The cluster's address."""

    def __init__(
        self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("hacluster:index:Cluster", name, {}, opts)
        self._prefix = name
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)
        destination = addressing.virtual_ip_destination(args["virtual_ip"], args["vpc_cidr_blocks"])
        _check_nodes(args)
        self.virtual_ip = args["virtual_ip"]
        guard = build_node_guard(
            name,
            NodeGuardArgs(
                vpc_id=args["vpc_id"],
                reachable_cidr_blocks=[*args["vpc_cidr_blocks"], destination],
                admin_cidr_blocks=args["admin_cidr_blocks"],
                tags=args.get("tags") or {},
            ),
            self._child,
        )
        self.node_security_group_id = guard.id
        kind = NodeKindArgs(
            region=args["region"],
            instance_type=args["instance_type"],
            image_id=args["image_id"],
            replace_on_new_image=args.get("replace_on_new_image", True),
            mirror_volume_gib=args["mirror_volume_gib"],
            security_group_id=guard.id,
            instance_profile=self._build_identity().name,
            protect=args["protect_nodes"],
            tags=args.get("tags") or {},
        )
        self.network_interfaces: dict[str, aws.ec2.NetworkInterface] = {}
        self.nodes = [self._build_node(zone, kind) for zone in sorted(args["nodes"])]
        self._build_routes(destination)
        self.register_outputs(
            {
                "nodes": self.nodes,
                "nodeRoleArn": self.node_role_arn,
                "nodeSecurityGroupId": self.node_security_group_id,
                "virtualIp": self.virtual_ip,
            }
        )

    def _build_identity(self) -> aws.iam.InstanceProfile:
        """Build the nodes' role, which may move the virtual IP and nothing else."""
        role = aws.iam.Role(
            f"{self._prefix}-role",
            assume_role_policy=json.dumps(documents.instance_trust()),
            tags=self._tags("role"),
            opts=self._child,
        )
        aws.iam.RolePolicy(
            f"{self._prefix}-permissions",
            role=role.name,
            policy=pulumi.Output.all(self._args["route_table_arns"]).apply(
                lambda known: json.dumps(documents.move_permissions(*known))
            ),
            opts=self._child,
        )
        self.node_role_arn = role.arn
        return aws.iam.InstanceProfile(
            f"{self._prefix}-profile", role=role.name, tags=self._tags("profile"), opts=self._child
        )

    def _build_node(self, zone: str, kind: NodeKindArgs) -> ClusterNode:
        place = self._args["nodes"][zone]
        builder = NodeBuilder(self._prefix, zone, kind, self)
        interface = builder.build_interface(place)
        volume = builder.build_mirror_volume(place)
        instance = builder.build_instance(interface, volume)
        self.network_interfaces[zone] = interface
        return ClusterNode(
            name=builder.host_name,
            zone=zone,
            instance_id=instance.id,
            network_interface_id=interface.id,
            private_ip=interface.private_ip,
            mirror_volume_id=volume.id,
        )

    def _build_routes(self, destination: str) -> None:
        """Build the virtual IP's route in every table.

        A table has one route to a destination, so a replacement must delete first.
        """
        owner = self.network_interfaces[self._args["initial_owner"]]
        for table, table_id in self._args["route_table_ids"].items():
            aws.ec2.Route(
                f"{self._prefix}-vip-{table.replace('_', '-')}",
                route_table_id=table_id,
                destination_cidr_block=destination,
                network_interface_id=owner.id,
                opts=pulumi.ResourceOptions(
                    parent=self, ignore_changes=ROUTE_TARGETS, delete_before_replace=True
                ),
            )

    def _tags(self, role: str, **own: str) -> pulumi.Output[Mapping[str, pulumi.Input[str]]]:
        return merged(self._args.get("tags"), f"{self._prefix}-{role}", **own)


def _check_nodes(args: ClusterArgs) -> None:
    """Check what no resource would refuse, naming the input and the remedy."""
    zones = sorted(args["nodes"])
    if len(zones) != 2:  # noqa: PLR2004 - a mirror has two sides
        raise ValueError(f"nodes: a mirrored cluster has two, not {len(zones)}; name two zones")
    if args["initial_owner"] not in zones:
        owner = args["initial_owner"]
        raise ValueError(f"initial_owner: there is no node {owner!r}; take {' or '.join(zones)}")
