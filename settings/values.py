"""What the configuration holds once it is checked: plain values, some as a component takes them."""

from collections.abc import Mapping
from dataclasses import dataclass

from components.application_ports import ApplicationPortArgs
from components.expresscluster_args import ExpressclusterArgs


@dataclass(frozen=True)
class NetworkSettings:
    """Ranges of the VPC and its subnets (CIDR text), by zone letter; `zones` names the zones."""

    cidr: str
    zones: Mapping[str, str]
    public_subnets: Mapping[str, str]
    private_subnets: Mapping[str, str]


@dataclass(frozen=True)
class NodeSettings:
    """What both nodes are made of, and the fixed address of each, by zone letter."""

    os: str
    instance_type: str
    image: str
    mirror_volume_gib: int
    addresses: Mapping[str, str]
    monitor_zones: bool = False

    @property
    def image_is_parameter(self) -> bool:
        """Whether `image` names an SSM parameter, whose value moves, and not one image."""
        return self.image.startswith("/")


@dataclass(frozen=True)
class Settings:
    """A stack's whole configuration, checked."""

    region: str
    network: NetworkSettings
    virtual_ip: str
    nodes: NodeSettings
    initial_owner: str
    roll_out: str | None
    roll_out_owner: bool
    protect_nodes: bool
    admin_cidrs: tuple[str, ...]
    application_ports: tuple[ApplicationPortArgs, ...]
    expresscluster: ExpressclusterArgs
