"""Inputs of a cluster."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi

from .application_ports import ApplicationPortArgs
from .client_routes import ClientReturnArgs
from .clients_args import ClientsArgs
from .expresscluster_args import ExpressclusterArgs
from .mirror_volume_args import MirrorVolumeArgs
from .node import NodePlaceArgs
from .pacemaker_args import PacemakerArgs


class ClusterArgs(TypedDict):
    """Inputs of `Cluster`."""

    cluster_name: str
    """Name of the cluster in its engine's configuration."""

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
    """Letter of the node to which the first routes lead. Existing routes keep their target."""

    live_route_target: NotRequired[str | None]
    """ID of the interface that holds the virtual IP now, as AWS's route tables show it. A route
    that is added or replaced leads there and not to `initial_owner`."""

    move_routes: NotRequired[bool]
    """Whether existing routes are led to `live_route_target` too, before any node is changed.
    Set it to take the virtual IP away from a node that is rolled out."""

    roll_out: NotRequired[str | None]
    """Letter of the one node that may be replaced or restarted in this update, so that it gets
    the image, type and boot script named here. The other node keeps what it has."""

    instance_type: pulumi.Input[str]
    """EC2 instance type of a new node, and of the one in `roll_out`."""

    image_id: pulumi.Input[str]
    """Image of a new node, and of the one in `roll_out`: with AWS CLI version 2, and cloud-init on
    Linux, EC2Launch on Windows."""

    mirror_volume_gib: pulumi.Input[int]
    """Size of each mirror volume in GiB, at least 2: 1 GiB of it is the cluster partition."""

    mirror_volume: NotRequired[MirrorVolumeArgs]
    """How fast the mirror volumes are, what encrypts them, and whether they stay; plain."""

    termination_protection: NotRequired[bool]
    """Whether AWS refuses to terminate the instances for anybody but this program."""

    admin_cidr_blocks: Sequence[str]
    """Ranges from which Cluster WebUI may be opened; plain, a rule for each. Without effect where
    `engine` is not `expresscluster`."""

    application_ports: NotRequired[Sequence[ApplicationPortArgs]]
    """Ports on which clients reach the application behind the virtual IP; plain, a rule for each
    range."""

    clients: NotRequired[ClientsArgs | None]
    """Where clients beyond the VPC come from, which get a route to the virtual IP."""

    client_return: NotRequired[ClientReturnArgs | None]
    """How the nodes answer clients beyond the VPC; none where the tables lead there already."""

    services: NotRequired[Sequence[str]]
    """Other AWS services that the nodes may call, by the names of their endpoints: `ssm`,
    `ssmmessages`, `ec2messages`, `logs`, `monitoring`, `sts`, `kms`, `secretsmanager`, `s3`. The
    last three grant the role nothing: a policy of yours names the key, secret or bucket."""

    engine: NotRequired[str]
    """What keeps the cluster: `expresscluster`, which is the default, `pacemaker`, or `none`, with
    which nodes boot prepared. Plain. Another engine is another cluster."""

    expresscluster: ExpressclusterArgs
    """The nodes' operating system, and how EXPRESSCLUSTER is installed and configured."""

    pacemaker: NotRequired[PacemakerArgs | None]
    """How Pacemaker is configured, with the engine `pacemaker` alone."""

    protect_nodes: bool
    """Whether interfaces and instances are protected from being destroyed. Mirror volumes always
    are."""

    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags for every child, on top of the provider's default tags."""
