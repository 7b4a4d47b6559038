"""The one reader of the stack's configuration: plain, checked values, or every fault at once."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import IPv4Address, IPv4Network
from itertools import combinations
from typing import Any, cast

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env

from components import addressing, partitions

ZONES, PUBLIC_ZONES = ("a", "b"), ("a",)
KEYS = (
    "network",
    "virtualIp",
    "nodes",
    "initialOwner",
    "rollOut",
    "rollOutOwner",
    "protectNodes",
    "adminCidrs",
)
NETWORK_KEYS = ("cidr", "zones", "publicSubnets", "privateSubnets")
NODE_KEYS = ("os", "instanceType", "image", "mirrorVolumeGib", "addresses")

# RFC 1918, and RFC 6598's shared space, which no network announces to the internet either.
PRIVATE_RANGES = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
# https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html and subnet-sizing.html
LARGEST_PREFIX, SMALLEST_PREFIX = 16, 28
# The cluster partition takes 1 GiB; NEC's samples ask for a disk of 2 GiB. gp3 ends at 16 TiB.
MIRROR_GIB = range(2, 16_385)
WIDEST_ADMIN_PREFIX = 8

# What a text must look like, and what to write instead.
REGION = (re.compile(r"[a-z]{2,}(-[a-z]+)+-\d"), "name a region, like us-east-1")
OWNER = (re.compile("[ab]"), "write a or b")
NO_NODE = "none"
ROLL_OUT = (re.compile(f"[ab]|{NO_NODE}"), f"write a, b or {NO_NODE}")
SWITCH = (re.compile("true|false"), "write true or false")
SYSTEM = (re.compile("linux"), "write linux: the boot script for windows is yet to come")
INSTANCE_TYPE = (re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9-]+"), "name a type, like m6i.large")
IMAGE = (re.compile(r"ami-[0-9a-f]{8,17}|/[\w./-]+"), "write ami-... or an SSM parameter /...")


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


@dataclass(frozen=True)
class Fault:
    """One thing wrong with the configuration: where, what stands there, what to write instead."""

    key: str
    value: Any
    remedy: str

    def __str__(self) -> str:
        shown = "not set" if self.value is None else json.dumps(self.value, default=str)
        return f"{self.key} is {shown}: {self.remedy}"


class SettingsError(pulumi.RunError):
    """The configuration cannot be built; `faults` are all the reasons."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n  - ".join(["The configuration has faults:", *map(str, faults)]))


def read_settings() -> Settings:
    """Read and check the configuration of this stack.

    Raises SettingsError, which the Pulumi command line shows without a traceback.
    """
    config = pulumi.Config()
    reader = _Reader(config.name)
    reader.refuse_unknown("", _keys_given(config.name), KEYS)
    region = reader.region(pulumi.Config("aws").get("region"))
    network = reader.network(_parsed(config.get("network")), region)
    settings = Settings(
        region=region,
        network=network,
        virtual_ip=reader.virtual_ip(config.get("virtualIp"), network.cidr),
        nodes=reader.nodes(_parsed(config.get("nodes")), network.private_subnets),
        initial_owner=reader.matching("initialOwner", config.get("initialOwner") or "a", OWNER),
        roll_out=reader.roll_out(config.get("rollOut") or NO_NODE),
        roll_out_owner=reader.switch("rollOutOwner", config.get("rollOutOwner") or "false"),
        protect_nodes=reader.switch("protectNodes", config.get("protectNodes") or "true"),
        admin_cidrs=reader.admin_cidrs(_parsed(config.get("adminCidrs") or "[]")),
    )
    if reader.faults:
        raise SettingsError(reader.faults)
    return settings


class _Reader:
    """Turns raw values into checked ones; notes a fault and goes on with a harmless value."""

    def __init__(self, namespace: str) -> None:
        self.faults: list[Fault] = []
        self._namespace = namespace

    def fault(self, key: str, value: Any, remedy: str) -> None:
        name = key if ":" in key else f"{self._namespace}:{key}"
        covered = any(f"{name}.".startswith(f"{known.key}.") for known in self.faults)
        if value is not None or not covered:  # what a faulty parent lacks is no news
            self.faults.append(Fault(name, value, remedy))

    def mapping(self, key: str, value: Any, known: tuple[str, ...]) -> Mapping[str, Any]:
        """Return the fields of an object; whoever reads a missing one reports it."""
        if not isinstance(value, dict):
            self.fault(key, value, f"write an object with the fields {', '.join(known)}")
            return {}
        fields = cast("dict[str, Any]", value)
        self.refuse_unknown(f"{key}.", fields, known)
        return fields

    def refuse_unknown(self, prefix: str, given: Mapping[str, Any], known: tuple[str, ...]) -> None:
        for name in sorted(given.keys() - set(known)):
            first = re.split(r"[.[]", name)[0]
            if not prefix and first != name and first in known:
                self.fault(name, given[name], _path_hint(f"{self._namespace}:{name}"))
                continue
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(known)}"
            self.fault(f"{prefix}{name}", given[name], f"remove it, nothing reads it; {hint}")

    def matching(self, key: str, value: Any, form: tuple[re.Pattern[str], str]) -> str:
        if isinstance(value, str) and form[0].fullmatch(value):
            return value
        self.fault(key, value, form[1])
        return ""

    def roll_out(self, value: Any) -> str | None:
        node = self.matching("rollOut", value, ROLL_OUT)
        return None if node == NO_NODE else node

    def switch(self, key: str, value: Any) -> bool:
        return self.matching(key, value, SWITCH) == "true"

    def region(self, value: Any) -> str:
        region = self.matching("aws:region", value, REGION)
        if not partitions.is_supported(region):
            remedy = "choose a region of AWS, GovCloud or China: names differ in this partition"
            self.fault("aws:region", value, remedy)
        return region

    def cidr(self, key: str, value: Any) -> IPv4Network | None:
        """Return a range written exactly: four numbers, a prefix, no bit of a host."""
        form = "write a range of IPv4 addresses, like 10.0.0.0/16"
        if not isinstance(value, str) or "/" not in value:
            return self.fault(key, value, form)
        try:
            network = IPv4Network(value, strict=False)
        except ValueError:
            return self.fault(key, value, form)
        if value != str(network):
            return self.fault(key, value, f"write it without host bits, as {network}")
        return network

    def address(self, key: str, value: Any) -> IPv4Address | None:
        try:
            return IPv4Address(value if isinstance(value, str) else "")
        except ValueError:
            return self.fault(key, value, "write one IPv4 address, without a prefix length")

    def network(self, value: Any, region: str) -> NetworkSettings:
        get = self.mapping("network", value, NETWORK_KEYS).get
        vpc = self.cidr("network.cidr", get("cidr"))
        if vpc and not any(vpc.subnet_of(IPv4Network(private)) for private in PRIVATE_RANGES):
            ranges = ", ".join(PRIVATE_RANGES)
            self.fault("network.cidr", str(vpc), f"use a private range, inside {ranges}")
        public = self.subnets("network.publicSubnets", get("publicSubnets"), PUBLIC_ZONES)
        private = self.subnets("network.privateSubnets", get("privateSubnets"), ZONES)
        self.check_layout(vpc, public | private)
        return NetworkSettings(
            cidr=str(vpc or ""),
            zones=self.zones(get("zones"), region),
            public_subnets={key[-1]: str(subnet) for key, subnet in public.items()},
            private_subnets={key[-1]: str(subnet) for key, subnet in private.items()},
        )

    def zones(self, value: Any, region: str) -> Mapping[str, str]:
        fields = self.mapping("network.zones", value, ZONES)
        where = region or "us-east-1"
        form = (re.compile(f"{region or '.+'}[a-z]"), f"name a zone of the region, like {where}a")
        names = {z: self.matching(f"network.zones.{z}", fields.get(z), form) for z in ZONES}
        if names["a"] and names["a"] == names["b"]:
            self.fault("network.zones.b", names["b"], "name another zone than zone a's")
        return names

    def subnets(self, key: str, value: Any, zones: tuple[str, ...]) -> dict[str, IPv4Network]:
        """Return the well-formed subnets by their full key."""
        fields = self.mapping(key, value, zones)
        found = {f"{key}.{zone}": self.cidr(f"{key}.{zone}", fields.get(zone)) for zone in zones}
        return {name: subnet for name, subnet in found.items() if subnet}

    def check_layout(self, vpc: IPv4Network | None, subnets: Mapping[str, IPv4Network]) -> None:
        ranges = {"network.cidr": vpc, **subnets} if vpc else subnets
        for key, part in ranges.items():
            if not LARGEST_PREFIX <= part.prefixlen <= SMALLEST_PREFIX:
                sizes = f"/{LARGEST_PREFIX} to /{SMALLEST_PREFIX}"
                self.fault(key, str(part), f"change the prefix length: AWS takes {sizes}")
            if vpc and not part.subnet_of(vpc):
                self.fault(key, str(part), f"move it inside network.cidr, {vpc}")
        for (first, one), (second, other) in combinations(subnets.items(), 2):
            if one.overlaps(other):
                self.fault(second, str(other), f"move it out of {first}, {one}")

    def virtual_ip(self, value: Any, vpc: str) -> str:
        address = self.address("virtualIp", value)
        if address is None:
            return ""
        unusable = addressing.unusable_as_virtual_ip(address)
        if unusable:
            self.fault("virtualIp", value, unusable)
        if vpc and address in IPv4Network(vpc):
            self.fault("virtualIp", value, f"choose an address outside the VPC's range {vpc}")
        return str(address)

    def nodes(self, value: Any, subnets: Mapping[str, str]) -> NodeSettings:
        get = self.mapping("nodes", value, NODE_KEYS).get
        return NodeSettings(
            os=self.matching("nodes.os", get("os"), SYSTEM),
            instance_type=self.matching("nodes.instanceType", get("instanceType"), INSTANCE_TYPE),
            image=self.matching("nodes.image", get("image"), IMAGE),
            mirror_volume_gib=self.mirror_size(get("mirrorVolumeGib")),
            addresses=self.addresses(get("addresses"), subnets),
        )

    def mirror_size(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value not in MIRROR_GIB:
            sizes = f"{MIRROR_GIB.start} to {MIRROR_GIB.stop - 1}"
            self.fault("nodes.mirrorVolumeGib", value, f"write a whole number of GiB, {sizes}")
            return 0
        return value

    def addresses(self, value: Any, subnets: Mapping[str, str]) -> Mapping[str, str]:
        fields = self.mapping("nodes.addresses", value, ZONES)
        found: dict[str, str] = {}
        for zone in ZONES:
            key = f"nodes.addresses.{zone}"
            address = self.address(key, fields.get(zone))
            if address and str(address) in found.values():
                self.fault(key, str(address), "give each node an address of its own")
            if address and zone in subnets:
                self.check_place(key, address, IPv4Network(subnets[zone]))
            found[zone] = str(address or "")
        return found

    def check_place(self, key: str, address: IPv4Address, subnet: IPv4Network) -> None:
        """Check an address against its subnet, of which AWS keeps the first four and the last."""
        if subnet.prefixlen > SMALLEST_PREFIX:
            return  # which is reported already
        first, last = subnet[4], subnet[-2]
        if not first <= address <= last:
            self.fault(key, str(address), f"choose from {first} to {last}, free in {subnet}")

    def admin_cidrs(self, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list):
            self.fault("adminCidrs", value, "write a list of ranges, like [10.0.10.0/24]")
            return ()
        found: list[str] = []
        for place, text in enumerate(cast("list[Any]", value)):
            key = f"adminCidrs[{place}]"
            network = self.cidr(key, text)
            if network and network.prefixlen < WIDEST_ADMIN_PREFIX:
                self.fault(key, text, f"name your own network: /{WIDEST_ADMIN_PREFIX} or smaller")
            if text in found:
                self.fault(key, text, "name each range once")
            found.append(text)
        return tuple(found)


def _path_hint(key: str) -> str:
    """Say how to set a value inside an object, for whom left `--path` out."""
    return f"pulumi config rm '{key}', then pulumi config set --path '{key}' VALUE"


def _keys_given(namespace: str) -> Mapping[str, Any]:
    """Return every key of a namespace as it reached the program, by its short name."""
    given: dict[str, Any] = {**get_config_env(), **CONFIG.get()}
    parted = [(*key.partition(":")[::2], value) for key, value in given.items()]
    return {key: value for space, key, value in parted if space == namespace}


def _parsed(text: str | None) -> Any:
    """Return a structured value as the engine hands it over, as JSON; other text as it is."""
    try:
        return json.loads(text or "null")
    except json.JSONDecodeError:
        return text
