"""What the configuration holds once it is checked: plain values, some as a component takes them."""

from collections.abc import Mapping
from dataclasses import dataclass

from components.application_ports import ApplicationPortArgs
from components.clients_args import ClientsArgs
from components.cluster_engine import EXPRESSCLUSTER
from components.engine_args import EngineArgs
from components.expresscluster_args import ExpressclusterArgs
from components.mirror_volume_args import MirrorVolumeArgs
from components.pacemaker_args import PacemakerArgs

from .reader import NODE_ZONES


@dataclass(frozen=True)
class NetworkSettings:
    """Ranges of the VPC and its subnets (CIDR text), by zone letter; `zones` names the zones.

    With `vpc_id` the VPC is there already, and its range is looked up; `endpoint_id` is an endpoint
    of it to the EC2 API to use.
    """

    cidr: str
    zones: Mapping[str, str]
    public_subnets: Mapping[str, str]
    private_subnets: Mapping[str, str]
    vpc_id: str | None = None
    endpoint_id: str | None = None

    @property
    def node_zones(self) -> Mapping[str, str]:
        """Names of the two zones in which the nodes stand, by letter."""
        return {letter: name for letter, name in self.zones.items() if letter in NODE_ZONES}


@dataclass(frozen=True)
class ExistingNetworkSettings:
    """Ids of a network that is there already; subnets by zone letter.

    `route_table_ids` are the tables that get the virtual IP's route, None for every table of the
    VPC. `endpoint_id` is an endpoint to the EC2 API to use, None where the stack makes its own.
    """

    vpc_id: str
    private_subnet_ids: Mapping[str, str]
    public_subnet_ids: Mapping[str, str]
    route_table_ids: tuple[str, ...] | None
    endpoint_id: str | None


@dataclass(frozen=True)
class NodeSettings:
    """What both nodes are made of, and the fixed address of each, by zone letter.

    `pacemaker` says how that engine is configured, None where the engine is another one.
    """

    os: str
    instance_type: str
    image: str
    mirror_volume_gib: int
    addresses: Mapping[str, str]
    mirror_volume: MirrorVolumeArgs
    termination_protection: bool = False
    monitor_zones: bool = False
    engine: str = EXPRESSCLUSTER
    pacemaker: PacemakerArgs | None = None

    @property
    def image_is_parameter(self) -> bool:
        """Whether `image` names an SSM parameter, whose value moves, and not one image."""
        return self.image.startswith("/")


@dataclass(frozen=True)
class FlowLogSettings:
    """How long and of which traffic the VPC's connections are recorded: ALL, ACCEPT or REJECT."""

    retention_days: int
    traffic: str


@dataclass(frozen=True)
class Settings:
    """A stack's whole configuration, checked.

    With an existing network, `network` is empty until it is looked up. `client_cidrs` are the
    ranges of clients beyond the VPC to which the nodes' tables lead.
    """

    region: str
    network: NetworkSettings
    existing_network: ExistingNetworkSettings | None
    virtual_ip: str
    nodes: NodeSettings
    initial_owner: str
    roll_out: str | None
    roll_out_owner: bool
    protect_nodes: bool
    admin_cidrs: tuple[str, ...]
    application_ports: tuple[ApplicationPortArgs, ...]
    clients: ClientsArgs | None
    client_cidrs: tuple[str, ...]
    endpoints: tuple[str, ...]
    share_endpoint_group: bool
    flow_logs: FlowLogSettings | None
    alarm_topic_arn: str | None
    expresscluster: ExpressclusterArgs

    @property
    def engine(self) -> EngineArgs:
        """The cluster's engine with the inputs that belong to it."""
        return EngineArgs(self.nodes.engine, self.expresscluster, self.nodes.pacemaker or {})

    @property
    def endpoint_services(self) -> tuple[str, ...]:
        """The services to which the stack makes an endpoint: what is named, and what is needed."""
        control = () if self.endpoint_id else ("ec2",)
        storage = ("s3",) if self.expresscluster.get("packages") else ()
        return tuple(dict.fromkeys((*control, *self.endpoints, *storage)))

    @property
    def network_key(self) -> str:
        """The key of the configuration that says where the cluster is."""
        return "existingNetwork" if self.existing_network else "network"

    @property
    def makes_vpc(self) -> bool:
        """Whether the stack makes the VPC, and uses none that is there already."""
        return self.existing_network is None and self.network.vpc_id is None

    @property
    def endpoint_id(self) -> str | None:
        """An endpoint to the EC2 API to use, None where the stack makes its own."""
        return (self.existing_network or self.network).endpoint_id
