"""Two nodes with a mirrored disk, and the routes by which one of them holds the virtual IP."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from . import addressing
from .application_ports import WEBUI_PORT
from .client_routes import build_client_routes, build_return_routes
from .cluster_args import ClusterArgs
from .cluster_checks import check_cluster, with_whole_numbers
from .cluster_engine import EXPRESSCLUSTER
from .engine_args import engine_of
from .expresscluster_summary import ExpressclusterSummary
from .identity import IdentityArgs, build_identity
from .node import NodeBuilder, NodeKindArgs, host_name
from .node_boot import BootNode, ClusterBoots
from .node_guard import NodeGuardArgs, build_node_guard
from .pacemaker_files import PacemakerFiles
from .virtual_ip_routes import build_virtual_ip_routes


class Cluster(pulumi.ComponentResource):
    """Two nodes, one virtual IP.

    The virtual IP is a /32 route in every table of the VPC. The active node replaces its target;
    the program makes the routes and never moves them again. The nodes' interfaces stand alone, so
    that an instance can be replaced under the same interface, and check neither source nor
    destination, because the virtual IP is not one of their addresses.
    """

    host_names: dict[str, str]
    """Host name of each node, in lower case, by the letter of its zone."""

    instance_ids: dict[str, pulumi.Output[str]]
    """ID of each node's instance, by the letter of its zone."""

    network_interface_ids: dict[str, pulumi.Output[str]]
    """ID of the interface to which the virtual IP's routes lead while a node is active, by the
    letter of its zone."""

    private_ips: dict[str, pulumi.Output[str]]
    """Fixed address of each node, by the letter of its zone."""

    mirror_volume_ids: dict[str, pulumi.Output[str]]
    """ID of each node's volume that is mirrored, by the letter of its zone."""

    node_role_arn: pulumi.Output[str]
    """ARN of the role with which the nodes call AWS."""

    control_permissions: pulumi.Output[str]
    """That role's policy document for the EC2 API (JSON): give it to the endpoint."""

    storage_permissions: pulumi.Output[str] | None
    """What that role may be let through to S3 for (JSON); none where it needs no way there."""

    engine: str
    """What keeps the cluster: `expresscluster`, `pacemaker` or `none`."""

    expresscluster: pulumi.Output[ExpressclusterSummary] | None
    """EXPRESSCLUSTER's configuration, what it waits for, and warnings; none with another engine."""

    pacemaker: pulumi.Output[PacemakerFiles] | None
    """The files of Corosync, Pacemaker and DRBD; none with another engine."""

    node_security_group_id: pulumi.Output[str]
    """ID of the nodes' security group."""

    virtual_ip: str
    """The cluster's address."""

    webui_url: str | None
    """Where Cluster WebUI answers, on the active node; none where the engine has none."""

    node_subnet_ids: list[pulumi.Output[str]]
    """ID of each node's subnet, in the order of their zones. Each is known when the node's fixed
    address is taken: whatever takes free addresses there and uses these ids comes later."""

    def __init__(
        self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("hacluster:index:Cluster", name, {}, opts)
        self._prefix = name
        self._args = args = with_whole_numbers(args)
        self._child = pulumi.ResourceOptions(parent=self)
        destination = addressing.virtual_ip_destination(args["virtual_ip"], args["vpc_cidr_blocks"])
        check_cluster(args)
        self.virtual_ip = args["virtual_ip"]
        self._engine = engine_of(args)
        self.engine = self._engine.name
        has_webui = self.engine == EXPRESSCLUSTER
        self.webui_url = f"http://{self.virtual_ip}:{WEBUI_PORT}" if has_webui else None
        guard = build_node_guard(
            name,
            NodeGuardArgs(
                engine=self.engine,
                vpc_id=args["vpc_id"],
                reachable_cidr_blocks=[*args["vpc_cidr_blocks"], destination],
                admin_cidr_blocks=args["admin_cidr_blocks"],
                application_ports=args.get("application_ports") or [],
                tags=args.get("tags") or {},
            ),
            self._child,
        )
        self.node_security_group_id = guard.group.id
        profile, policies = self._build_identity()
        kind = NodeKindArgs(
            engine=self.engine,
            system=self._engine.system,
            instance_type=args["instance_type"],
            image_id=args["image_id"],
            mirror_volume_gib=args["mirror_volume_gib"],
            mirror_volume=args.get("mirror_volume") or {},
            termination_protection=args.get("termination_protection", False),
            security_group_id=guard.group.id,
            instance_profile=profile.name,
            protect=args["protect_nodes"],
            tags=args.get("tags") or {},
        )
        # The nodes wait for these routes, so that a protected node keeps them from being deleted.
        far = self._build_far_routes(destination)
        self._build_nodes(kind, destination, [*guard.rules, *policies, *far])
        self.register_outputs(
            {
                "controlPermissions": self.control_permissions,
                "engine": self.engine,
                "expresscluster": self.expresscluster,
                "hostNames": self.host_names,
                "instanceIds": self.instance_ids,
                "mirrorVolumeIds": self.mirror_volume_ids,
                "networkInterfaceIds": self.network_interface_ids,
                "nodeRoleArn": self.node_role_arn,
                "nodeSecurityGroupId": self.node_security_group_id,
                "nodeSubnetIds": self.node_subnet_ids,
                "pacemaker": self.pacemaker,
                "privateIps": self.private_ips,
                "storagePermissions": self.storage_permissions,
                "virtualIp": self.virtual_ip,
                "webuiUrl": self.webui_url,
            }
        )

    def _build_far_routes(self, destination: str) -> list[pulumi.Resource]:
        """Build the routes of clients beyond the VPC, there and back."""
        clients, back = self._args.get("clients"), self._args.get("client_return")
        return [
            *(
                build_client_routes(self._prefix, destination, clients, self._child)
                if clients
                else ()
            ),
            *(build_return_routes(self._prefix, back, self._child) if back else ()),
        ]

    def _build_identity(self) -> tuple[aws.iam.InstanceProfile, list[pulumi.Resource]]:
        """Build the nodes' role, which may do what the cluster needs and nothing else."""
        identity = build_identity(
            self._prefix,
            IdentityArgs(
                cluster_name=self._args["cluster_name"],
                region=self._args["region"],
                vpc_id=self._args["vpc_id"],
                route_table_arns=self._args["route_table_arns"],
                addresses={
                    host_name(zone): place["address"] for zone, place in self._args["nodes"].items()
                },
                engine=self._engine,
                services=self._args.get("services") or [],
                tags=self._args.get("tags") or {},
            ),
            self._child,
        )
        self.node_role_arn = identity.role.arn
        self.control_permissions = identity.control_permissions
        self.storage_permissions = identity.storage_permissions
        return identity.profile, identity.policies

    def _build_nodes(
        self, kind: NodeKindArgs, destination: str, before_boot: list[pulumi.Resource]
    ) -> None:
        """Build interfaces, routes and nodes.

        The routes come before the instances, which move them, and a live target before the
        interfaces too: while a node is rolled out, the virtual IP leads to the other one.
        """
        live_target = self._args.get("live_route_target")
        routes = self._build_routes(destination, live_target) if live_target else []
        builders = {
            zone: NodeBuilder(
                self._prefix, zone, kind, self, rolled_out=zone == self._args.get("roll_out")
            )
            for zone in sorted(self._args["nodes"])
        }
        interfaces = {
            zone: builder.build_interface(self._args["nodes"][zone], after=routes)
            for zone, builder in builders.items()
        }
        if not live_target:
            owner = interfaces[self._args["initial_owner"]]
            routes = self._build_routes(destination, owner.id)
        volumes = {
            zone: builder.build_mirror_volume(self._args["nodes"][zone])
            for zone, builder in builders.items()
        }
        boots = self._describe_boots(interfaces, volumes)
        self.expresscluster = boots.summary if self.engine == EXPRESSCLUSTER else None
        self.pacemaker = boots.pacemaker_files if self._engine.is_pacemaker else None
        instances = {
            zone: builder.build_instance(
                interfaces[zone],
                volumes[zone],
                boots.user_data(priority),
                after=[*before_boot, *routes],
            )
            for priority, (zone, builder) in enumerate(builders.items())
        }
        self.node_subnet_ids = [interface.subnet_id for interface in interfaces.values()]
        self.host_names = {zone: host_name(zone) for zone in instances}
        self.instance_ids = {zone: each.id for zone, each in instances.items()}
        self.network_interface_ids = {zone: each.id for zone, each in interfaces.items()}
        self.private_ips = {zone: each.private_ip for zone, each in interfaces.items()}
        self.mirror_volume_ids = {zone: each.id for zone, each in volumes.items()}

    def _describe_boots(
        self,
        interfaces: Mapping[str, aws.ec2.NetworkInterface],
        volumes: Mapping[str, aws.ebs.Volume],
    ) -> ClusterBoots:
        network: dict[str, pulumi.Input[Any]] = {
            "region": self._args["region"],
            "vpc_id": self._args["vpc_id"],
            "virtual_ip": self.virtual_ip,
        }
        if self._engine.is_pacemaker:
            network["route_table_ids"] = list(self._args["route_table_ids"].values())
        return ClusterBoots(
            self._args["cluster_name"],
            self._engine,
            network,
            [
                BootNode(host_name(zone), self._args["nodes"][zone], interface, volumes[zone])
                for zone, interface in interfaces.items()
            ],
        )

    def _build_routes(
        self, destination: str, interface_id: pulumi.Input[str]
    ) -> list[aws.ec2.Route]:
        return build_virtual_ip_routes(
            self._prefix,
            destination,
            self._args["route_table_ids"],
            interface_id,
            self._child,
            move=self._args.get("move_routes", False),
        )
