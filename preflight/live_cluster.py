"""The stack's cluster as AWS shows it now: nodes, addresses, and where the virtual IP leads.

Found by the tags that the stack puts on the nodes' interfaces. The state of the stack cannot say
it: after a failover, or when somebody stopped a node, only AWS knows.
"""

import base64
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.launched_engine import engine_of
from components.node_user_data import MIRROR_DEVICES

from .faults import looking_up
from .network_lookups import owner_of

# The instance answers, or will without anybody's doing.
UP = ("pending", "running")


@dataclass(frozen=True)
class LiveVolume:
    """A mirror volume: its size and the key that encrypts it."""

    gib: int
    kms_key_arn: str


@dataclass(frozen=True)
class LiveInstance:
    """A node's instance; `state` is AWS's word, such as `running`.

    With `source_dest_check` its interface drops packets for the virtual IP. `user_data` is in
    base64; the ids of all volumes stand by their device names.
    """

    instance_id: str
    image_id: str
    instance_type: str
    state: str
    source_dest_check: bool
    user_data: str
    volume_ids: Mapping[str, str]
    mirror_volume: LiveVolume | None = None

    @property
    def system(self) -> str:
        """The operating system for which the instance was launched, as its user data shows.

        Empty for an instance that was launched without any, and imported.
        """
        plain = base64.b64decode(self.user_data)
        if not plain:
            return ""
        return "windows" if plain.startswith(b"<powershell>") else "linux"

    @property
    def engine(self) -> str:
        """The engine that the instance's boot script configures; empty where it does not."""
        return engine_of(base64.b64decode(self.user_data))


@dataclass(frozen=True)
class LiveNode:
    """A node's interface and its place; `instance` is None while no instance is on it.

    `ends_with` is the attachment by which AWS deletes the interface with its instance, None where
    it stays: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html
    """

    interface_id: str
    address: str
    zone: str
    subnet_cidr: str
    instance: LiveInstance | None
    ends_with: str | None = None

    @property
    def is_up(self) -> bool:
        """Whether the node runs or is about to."""
        return self.instance is not None and self.instance.state in UP


@dataclass(frozen=True)
class LiveCluster:
    """Nodes by the letter of their zone; targets of /32 routes by table and destination.

    `owns_vpc` says whether the VPC carries the stack's tags: then the stack made it.
    """

    vpc_id: str = ""
    vpc_cidr: str = ""
    nodes: Mapping[str, LiveNode] = field(default_factory=dict[str, LiveNode])
    host_routes: Mapping[str, Mapping[str, str]] = field(
        default_factory=dict[str, Mapping[str, str]]
    )
    owns_vpc: bool = True

    def holders(self, virtual_ip: str) -> Counter[str]:
        """Return, by the letter of a node, how many tables lead the virtual IP to it.

        Where no table has a route to this address, routes to the nodes under another one count:
        the address is being changed.
        """
        letters = {node.interface_id: letter for letter, node in self.nodes.items()}
        found = Counter(
            letters[target] for target in self.targets(virtual_ip).values() if target in letters
        )
        return found or Counter(
            letters[target]
            for routes in self.host_routes.values()
            for target in routes.values()
            if target in letters
        )

    def former_addresses(self, virtual_ip: str) -> list[str]:
        """Return the addresses that routes lead to nodes where no route has the virtual IP."""
        own = {node.interface_id for node in self.nodes.values()}
        found = {
            destination.removesuffix("/32")
            for routes in self.host_routes.values()
            for destination, target in routes.items()
            if target in own
        }
        return [] if self.targets(virtual_ip) else sorted(found)

    def targets(self, virtual_ip: str) -> dict[str, str]:
        """Return the interface to which each table leads the virtual IP, by the table's id."""
        destination = f"{virtual_ip}/32"
        return {
            table: routes[destination]
            for table, routes in self.host_routes.items()
            if destination in routes
        }


def find_live_cluster(tags: Mapping[str, str]) -> LiveCluster:
    """Find the cluster of the stack with these tags; one without nodes is not there yet.

    Raises RunError where two clusters carry the tags, or AWS refuses a look-up.
    """
    with looking_up("the live cluster"):
        return _look_up(tags)


def _look_up(tags: Mapping[str, str]) -> LiveCluster:
    ids = aws.ec2.get_network_interfaces(tags=tags).ids
    found = [aws.ec2.get_network_interface(id=each) for each in ids]
    interfaces = [each for each in found if "hacluster:node" in each.tags]
    if not interfaces:
        return LiveCluster()
    vpcs = {each.vpc_id for each in interfaces}
    if len(vpcs) > 1 or len({_letter(each) for each in interfaces}) != len(interfaces):
        raise pulumi.RunError(
            f"interfaces of two clusters carry the tags {dict(tags)}: "
            f"{', '.join(sorted(ids))} in {', '.join(sorted(vpcs))}. Give this stack another "
            "name, or delete what is left of the other cluster"
        )
    (vpc_id,) = vpcs
    ending = aws.ec2.get_network_interfaces(
        tags=tags, filters=[{"name": "attachment.delete-on-termination", "values": ["true"]}]
    ).ids
    tables = aws.ec2.get_route_tables(vpc_id=vpc_id).ids
    vpc = aws.ec2.get_vpc(id=vpc_id)
    return LiveCluster(
        vpc_id=vpc_id,
        vpc_cidr=vpc.cidr_block,
        nodes={_letter(each): _node(each, ending) for each in interfaces},
        host_routes={table: _host_routes(table) for table in tables},
        owns_vpc=owner_of(vpc.tags) == owner_of(tags),
    )


def _letter(interface: aws.ec2.AwaitableGetNetworkInterfaceResult) -> str:
    return interface.tags["hacluster:node"].removeprefix("node-")


def _node(interface: aws.ec2.AwaitableGetNetworkInterfaceResult, ending: Sequence[str]) -> LiveNode:
    """Describe a node; `ending` are the interfaces that AWS deletes with their instances."""
    attachments = {each.instance_id: each.attachment_id for each in interface.attachments}
    instance_id = next(iter(attachments), "")
    return LiveNode(
        interface_id=interface.id,
        address=interface.private_ip,
        zone=interface.availability_zone,
        subnet_cidr=aws.ec2.get_subnet(id=interface.subnet_id).cidr_block,
        instance=_instance(instance_id) if instance_id else None,
        ends_with=attachments.get(instance_id) if interface.id in ending else None,
    )


def _instance(instance_id: str) -> LiveInstance:
    found = aws.ec2.get_instance(instance_id=instance_id, get_user_data=True)
    return LiveInstance(
        instance_id,
        found.ami,
        found.instance_type,
        found.instance_state,
        found.source_dest_check,
        found.user_data_base64,
        {device.device_name: device.volume_id for device in found.ebs_block_devices},
        next(
            (
                LiveVolume(device.volume_size, device.kms_key_id)
                for device in found.ebs_block_devices
                if device.device_name in MIRROR_DEVICES.values()
            ),
            None,
        ),
    )


def _host_routes(table: str) -> dict[str, str]:
    """Return the interface behind each single address that a table routes."""
    return {
        route.cidr_block: route.network_interface_id
        for route in aws.ec2.get_route_table(route_table_id=table).routes
        if route.cidr_block.endswith("/32") and route.network_interface_id
    }
