"""Reads the machines that routes lead to: network interfaces, and the instances behind them.

An interface tells its own source/destination check; what an instance shows is that of its first
one.
"""

from collections.abc import Iterator

from guardrails.model.machines import Instance, NetworkInterface
from ops.audit.inventory import Inventory, Record, instances
from ops.audit.topology_reader.references import References, hidden_interfaces
from ops.described import attached_to


def read_interfaces(inventory: Inventory, references: References) -> Iterator[object]:
    """Read network interfaces; of those that only routes name nothing is known."""
    for each in inventory.found("describe_network_interfaces"):
        key = each["NetworkInterfaceId"]
        yield NetworkInterface(
            key=key,
            scope=inventory.scope,
            name=key,
            subnet=references.to(each.get("SubnetId")),
            instance=references.to(attached_to(each)),
            addresses=tuple(_addresses(each)),
            source_dest_check=each["SourceDestCheck"],
        )
    for key, refusal in hidden_interfaces(inventory).items():
        yield NetworkInterface(
            key=key,
            scope=inventory.scope,
            name=key,
            subnet=refusal.hides(f"the subnet of network interface {key}"),
            instance=refusal.hides(f"the instance of network interface {key}"),
            source_dest_check=refusal.hides(f"the source/destination check of {key}"),
        )


def _addresses(interface: Record) -> Iterator[str]:
    yield from (each["PrivateIpAddress"] for each in interface.get("PrivateIpAddresses", ()))
    yield from (each["Ipv6Address"] for each in interface.get("Ipv6Addresses", ()))
    yield from (each["Ipv4Prefix"] for each in interface.get("Ipv4Prefixes", ()))
    yield from (each["Ipv6Prefix"] for each in interface.get("Ipv6Prefixes", ()))


def read_instances(inventory: Inventory, references: References) -> Iterator[object]:
    """Read instances with their interfaces, the first one before others."""
    for each in instances(inventory):
        attached = sorted(each.get("NetworkInterfaces", ()), key=_place)
        interfaces = tuple(references.to(e["NetworkInterfaceId"]) for e in attached)
        yield Instance(
            key=each["InstanceId"],
            scope=inventory.scope,
            name=each["InstanceId"],
            subnet=references.to(each.get("SubnetId")),
            interfaces=interfaces,
            primary=interfaces[0] if interfaces else None,
            source_dest_check=None if interfaces else each.get("SourceDestCheck", True),
        )


def _place(interface: Record) -> int:
    return interface["Attachment"]["DeviceIndex"]
