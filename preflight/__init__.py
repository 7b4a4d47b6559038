"""What is looked up and decided before the first resource is registered.

A destructive step must not run before a precondition that could have been checked. AWS is asked
what it offers and what the stack's cluster looks like now; every fault is reported at once, in
the preview too.
"""

from dataclasses import dataclass, replace

import pulumi

from settings import Fault, Settings, SettingsError

from .boot import boot_faults, boot_notices
from .clients import client_faults, find_attachment
from .existing_network import ExistingNetwork, find_existing_network
from .host_vpc import HostVpc, find_host_vpc, host_faults
from .live_cluster import LiveCluster, find_live_cluster
from .network_fit import network_faults
from .network_lookups import owner_of
from .offers import hypervisor_faults, launch_faults, placement_faults, resolve_image
from .own_subnets import find_own_subnets, subnet_faults
from .roll_out import fixed_faults, notices, plan_roll_out, roll_out_faults
from .volumes import volume_faults

__all__ = ["ExistingNetwork", "HostVpc", "Preflight", "check"]


@dataclass(frozen=True)
class Preflight:
    """What the components need to know of the live cluster.

    `image_id` is the image of a node that is launched. `live_route_target` is the interface to
    which new routes of the virtual IP lead, None where no cluster exists yet; with `move_routes`
    existing ones are led there too. `network` is the one that is there already, `host` the VPC in
    which the stack makes its subnets. `transit_gateway_id` is the gateway by which clients beyond
    the VPC come.
    """

    image_id: str
    live_route_target: str | None
    move_routes: bool
    network: ExistingNetwork | None = None
    host: HostVpc | None = None
    transit_gateway_id: str | None = None

    @property
    def tables_without_virtual_ip(self) -> list[str]:
        """The tables of the VPC that get no route to the virtual IP, as the configuration says."""
        return [table.table_id for table in self.network.left_out] if self.network else []


def check(settings: Settings, cluster_name: str) -> Preflight:
    """Check the configuration against AWS; log what the operator should know.

    Raises SettingsError, which the Pulumi command line shows without a traceback.
    """
    tags = {"hacluster:project": pulumi.get_project(), "hacluster:stack": pulumi.get_stack()}
    owner = owner_of(tags)
    live = find_live_cluster(tags)
    network, host = find_existing_network(settings), find_host_vpc(settings, owner)
    attachment = find_attachment(settings)
    image_id = resolve_image(settings.nodes.image)
    faults: list[Fault] = []
    if network:
        faults += network_faults(settings, network, live, owner)
        settings = replace(settings, network=network.as_settings())
    if host:
        faults += host_faults(settings, host, live, owner)
        settings = replace(settings, network=host.complete(settings.network))
    if attachment:
        faults += client_faults(settings, attachment, network or host, live.vpc_id)
    if not network:
        faults += subnet_faults(settings.network, find_own_subnets(tags, live), live)
    faults += [
        *fixed_faults(settings, live),
        *roll_out_faults(settings, live),
        *boot_faults(settings, cluster_name),
        *volume_faults(settings, live),
    ]
    faults += placement_faults(settings, is_new=not live.nodes)
    if _launches(settings, live, image_id):
        faults += launch_faults(settings, image_id)
        faults += hypervisor_faults(settings, live)
    if faults:
        raise SettingsError(faults)
    for notice in (*notices(settings, live), *boot_notices(settings, cluster_name, live)):
        pulumi.log.warn(notice)
    target, move = plan_roll_out(settings, live)
    gateway_id = attachment.transit_gateway_id if attachment else None
    return Preflight(image_id, target, move, network, host, gateway_id)


def _launches(settings: Settings, live: LiveCluster, image_id: str) -> bool:
    """Tell whether image and type count: a node is new, rolled out, or to be rolled out later.

    An image that is deregistered while the nodes run on it stops no update.
    """
    wanted = (image_id, settings.nodes.instance_type)
    instances = [live.nodes[zone].instance if zone in live.nodes else None for zone in "ab"]
    return settings.roll_out is not None or any(
        each is None or (each.image_id, each.instance_type) != wanted for each in instances
    )
