"""The keys that say what the nodes are and who may reach them."""

import re
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from components.addressing import free_addresses
from components.application_ports import PORTS, PROTOCOL, WEBUI_PORT, ApplicationPortArgs
from components.cluster_engine import ENGINES, EXPRESSCLUSTER
from components.expresscluster_forms import SYSTEM

from .mirror_volume import read_mirror_volume
from .network import SMALLEST_PREFIX
from .pacemaker import read_pacemaker
from .reader import NODE_ZONES, Form, Reader
from .values import NodeSettings

NODE_KEYS = (
    "os",
    "instanceType",
    "image",
    "mirrorVolumeGib",
    "mirrorVolumeOptions",
    "addresses",
    "terminationProtection",
    "monitorZones",
    "engine",
    "pacemaker",
)
APPLICATION_PORT_KEYS = ("protocol", "port", "from")

# The cluster partition takes 1 GiB; NEC's samples ask for a disk of 2 GiB. gp3 ends at 64 TiB, but
# no source says that the product mirrors more than 16.
MIRROR_GIB = range(2, 16_385)

ENGINE: Form = (re.compile("|".join(ENGINES)), f"write {', '.join(ENGINES[:-1])} or {ENGINES[-1]}")
INSTANCE_TYPE: Form = (re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9-]+"), "name a type, like m6i.large")
IMAGE: Form = (
    re.compile(r"ami-[0-9a-f]{8,17}|/[\w./-]+"),
    "write ami-... or an SSM parameter /...",
)


def read_nodes(reader: Reader, value: Any, subnets: Mapping[str, str], region: str) -> NodeSettings:
    """Return what the nodes are made of; their addresses lie in `subnets`, by zone letter."""
    get = reader.mapping("nodes", value, NODE_KEYS).get
    gib = reader.integer("nodes.mirrorVolumeGib", get("mirrorVolumeGib"), MIRROR_GIB, " of GiB")
    system = reader.matching("nodes.os", get("os"), SYSTEM)
    engine = reader.matching("nodes.engine", get("engine", EXPRESSCLUSTER), ENGINE)
    return NodeSettings(
        os=system,
        instance_type=reader.matching("nodes.instanceType", get("instanceType"), INSTANCE_TYPE),
        image=reader.matching("nodes.image", get("image"), IMAGE),
        mirror_volume_gib=gib,
        mirror_volume=read_mirror_volume(reader, get("mirrorVolumeOptions", {}), gib, region),
        addresses=_addresses(reader, get("addresses"), subnets),
        termination_protection=reader.switch(
            "nodes.terminationProtection", get("terminationProtection", False)
        ),
        monitor_zones=reader.switch("nodes.monitorZones", get("monitorZones", False)),
        engine=engine,
        pacemaker=read_pacemaker(reader, get("pacemaker"), engine, system),
    )


def read_application_ports(
    reader: Reader, value: Any, admin_cidrs: tuple[str, ...]
) -> tuple[ApplicationPortArgs, ...]:
    """Return the ports on which clients reach the application behind the virtual IP."""
    example = "of ports, like [{protocol: tcp, port: 443, from: [10.0.0.0/16]}]"
    found: list[ApplicationPortArgs] = []
    for place, each in enumerate(reader.sequence("applicationPorts", value, example)):
        key = f"applicationPorts[{place}]"
        get = reader.mapping(key, each, APPLICATION_PORT_KEYS).get
        port = ApplicationPortArgs(
            protocol=reader.matching(f"{key}.protocol", get("protocol"), PROTOCOL),
            port=reader.integer(f"{key}.port", get("port"), PORTS, ""),
            cidr_blocks=reader.client_cidrs(f"{key}.from", get("from")),
        )
        if get("from") == []:
            reader.fault(f"{key}.from", [], "name the ranges of the clients, or remove the port")
        if any(
            port["protocol"] == one["protocol"] and port["port"] == one["port"] for one in found
        ):
            reader.fault(key, each, "name each port once, with all its ranges")
        twice = sorted({*admin_cidrs} & {*port["cidr_blocks"]})
        if twice and (port["protocol"], port["port"]) == ("tcp", WEBUI_PORT):
            remedy = f"remove {', '.join(twice)}: adminCidrs opens this port to it already"
            reader.fault(f"{key}.from", port["cidr_blocks"], remedy)
        found.append(port)
    return tuple(found)


def _addresses(reader: Reader, value: Any, subnets: Mapping[str, str]) -> Mapping[str, str]:
    fields = reader.mapping("nodes.addresses", value, NODE_ZONES)
    found: dict[str, str] = {}
    for zone in NODE_ZONES:
        key = f"nodes.addresses.{zone}"
        address = reader.address(key, fields.get(zone))
        if address and str(address) in found.values():
            reader.fault(key, str(address), "give each node an address of its own")
        if address and zone in subnets:
            _check_place(reader, key, address, IPv4Network(subnets[zone]))
        found[zone] = str(address or "")
    return found


def _check_place(reader: Reader, key: str, address: IPv4Address, subnet: IPv4Network) -> None:
    """Check that an instance may have an address of its subnet."""
    if subnet.prefixlen > SMALLEST_PREFIX:
        return  # which is reported already
    first, last = free_addresses(subnet)
    if not first <= address <= last:
        reader.fault(key, str(address), f"choose from {first} to {last}, free in {subnet}")
