"""The keys that say where the cluster is: region, network, virtual IP."""

import re
from collections.abc import Collection, Mapping
from ipaddress import IPv4Network
from itertools import combinations
from typing import Any

from components import addressing, documents, partitions

from .reader import NODE_ZONES, ZONES, Form, Reader
from .values import ExistingNetworkSettings, NetworkSettings

PUBLIC_ZONES = ("a",)
EXISTING_NETWORK_KEYS = (
    "vpcId",
    "privateSubnetIds",
    "publicSubnetIds",
    "routeTableIds",
    "endpointId",
)
NETWORK_KEYS = ("cidr", "zones", "publicSubnets", "privateSubnets", "vpcId", "endpointId")

# https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html and subnet-sizing.html
LARGEST_PREFIX, SMALLEST_PREFIX = 16, 28

NO_NETWORK = NetworkSettings("", {}, {}, {})


def identity_form(prefix: str, noun: str) -> Form:
    """Return the form of ids of EC2 that begin with a prefix: `vpc-` and 8 or 17 digits."""
    return re.compile(rf"{prefix}-([0-9a-f]{{8}}|[0-9a-f]{{17}})"), f"write the id of {noun}"


SERVICE: Form = (
    re.compile("|".join(documents.SERVICE_ACTIONS)),
    f"name a service: {', '.join(documents.SERVICE_ACTIONS)}",
)
VPC = identity_form("vpc", "a VPC, vpc-...")
SUBNET = identity_form("subnet", "a subnet, subnet-...")
TABLE = identity_form("rtb", "a route table, rtb-...")
ENDPOINT = identity_form("vpce", "a VPC endpoint, vpce-...")
REGION: Form = (re.compile(r"[a-z]{2,}(-[a-z]+)+-\d"), "name a region, like us-east-1")


def read_region(reader: Reader, value: Any) -> str:
    """Return the region, one whose names of services are known."""
    region = reader.matching("aws:region", value, REGION)
    if not partitions.is_supported(region):
        remedy = "choose a region of AWS, GovCloud or China: names differ in this partition"
        reader.fault("aws:region", value, remedy)
    return region


def read_network(reader: Reader, value: Any, region: str) -> NetworkSettings:
    """Return the VPC and its subnets."""
    fields = reader.mapping("network", value, NETWORK_KEYS)
    get, in_vpc = fields.get, "vpcId" in fields
    vpc = None if in_vpc else reader.cidr("network.cidr", get("cidr"))
    if vpc and not any(
        vpc.subnet_of(IPv4Network(private)) for private in addressing.PRIVATE_RANGES
    ):
        ranges = ", ".join(addressing.PRIVATE_RANGES)
        reader.fault("network.cidr", str(vpc), f"use a private range, inside {ranges}")
    public: dict[str, IPv4Network] = {}
    if not in_vpc:
        public = _subnets(reader, "network.publicSubnets", get("publicSubnets"), PUBLIC_ZONES)
    private = _subnets(reader, "network.privateSubnets", get("privateSubnets"), NODE_ZONES)
    _check_layout(reader, vpc, public | private)
    zones = _zones(reader, get("zones"), region, {key[-1] for key in (*public, *private)})
    _refuse_other_maker(reader, fields, in_vpc=in_vpc)
    return NetworkSettings(
        cidr=str(vpc or ""),
        zones=zones,
        public_subnets={key[-1]: str(subnet) for key, subnet in public.items()},
        private_subnets={key[-1]: str(subnet) for key, subnet in private.items()},
        vpc_id=reader.matching("network.vpcId", get("vpcId"), VPC) if in_vpc else None,
        endpoint_id=_endpoint(reader, "network.endpointId", get("endpointId")),
    )


def _refuse_other_maker(reader: Reader, fields: Mapping[str, Any], *, in_vpc: bool) -> None:
    """Refuse what only a VPC of the stack's own has, or only one that is there already."""
    foreign = ("cidr", "publicSubnets") if in_vpc else ("endpointId",)
    for name in foreign:
        if name in fields:
            remedy = (
                "remove it: the VPC of network.vpcId has ranges, and a way out is its owner's"
                if in_vpc
                else "remove it, or set network.vpcId: a VPC of the stack's own has no endpoint yet"
            )
            reader.fault(f"network.{name}", fields[name], remedy)


def _endpoint(reader: Reader, key: str, value: Any) -> str | None:
    return None if value is None else reader.matching(key, value, ENDPOINT)


def read_existing_network(reader: Reader, value: Any) -> ExistingNetworkSettings:
    """Return the ids of a network that is there already."""
    key = "existingNetwork"
    get = reader.mapping(key, value, EXISTING_NETWORK_KEYS).get
    private = _identities(reader, f"{key}.privateSubnetIds", get("privateSubnetIds"), NODE_ZONES)
    if private.get("a") and private.get("a") == private.get("b"):
        remedy = "name another subnet than zone a's"
        reader.fault(f"{key}.privateSubnetIds.b", private["b"], remedy)
    tables = get("routeTableIds")
    return ExistingNetworkSettings(
        vpc_id=reader.matching(f"{key}.vpcId", get("vpcId"), VPC),
        private_subnet_ids=private,
        public_subnet_ids=_identities(
            reader, f"{key}.publicSubnetIds", get("publicSubnetIds", {}), ()
        ),
        route_table_ids=None if tables is None else _tables(reader, f"{key}.routeTableIds", tables),
        endpoint_id=_endpoint(reader, f"{key}.endpointId", get("endpointId")),
    )


def _identities(reader: Reader, key: str, value: Any, needed: tuple[str, ...]) -> Mapping[str, str]:
    """Return subnets by zone letter; those that are not needed may be left out."""
    fields = reader.mapping(key, value, NODE_ZONES)
    return {
        zone: reader.matching(f"{key}.{zone}", fields.get(zone), SUBNET)
        for zone in NODE_ZONES
        if zone in needed or zone in fields
    }


def _tables(reader: Reader, key: str, value: Any) -> tuple[str, ...]:
    found = reader.distinct(key, value, TABLE, "table", "of route tables, like [rtb-...]")
    if value == []:
        reader.fault(key, value, "name the tables that lead to the virtual IP, or leave it out")
    return tuple(found)


def read_endpoints(reader: Reader, value: Any) -> tuple[str, ...]:
    """Return the services to which the nodes get an endpoint beside that of the EC2 API."""
    example = "of services, like [ssm]"
    return tuple(reader.distinct("endpoints", value, SERVICE, "service", example))


def read_virtual_ip(reader: Reader, value: Any, vpc: str) -> str:
    """Return the virtual IP, outside the VPC."""
    address = reader.address("virtualIp", value)
    if address is None:
        return ""
    unusable = addressing.unusable_as_virtual_ip(address)
    if unusable:
        reader.fault("virtualIp", value, unusable)
    if vpc and address in IPv4Network(vpc):
        reader.fault("virtualIp", value, f"choose an address outside the VPC's range {vpc}")
    return str(address)


def _zones(reader: Reader, value: Any, region: str, used: Collection[str]) -> Mapping[str, str]:
    """Return the zones' names; one that is left out is the region's zone of that letter.

    `used` are the letters of the zones that have a subnet.
    """
    fields = reader.mapping("network.zones", {} if value is None else value, ZONES)
    where = region or "us-east-1"
    form = (re.compile(f"{region or '.+'}[a-z]"), f"name a zone of the region, like {where}a")
    names: dict[str, str] = {}
    needed = {*NODE_ZONES, *used}
    for zone in _letters(fields, needed):
        key = f"network.zones.{zone}"
        name = reader.matching(key, fields.get(zone, f"{where}{zone}"), form)
        taken = next((each for each, other in names.items() if name and other == name), None)
        if taken:
            reader.fault(key, name, f"name another zone than zone {taken}'s")
        if zone not in needed:
            remedy = f"give it a range, network.privateSubnets.{zone} or publicSubnets.{zone}"
            reader.fault(key, name, f"{remedy}, or remove it")
        names[zone] = name
    return names


def _letters(fields: Mapping[str, Any], needed: Collection[str]) -> list[str]:
    """Return the zones that are needed or named, in the order of their letters."""
    return [zone for zone in ZONES if zone in needed or zone in fields]


def _subnets(
    reader: Reader, key: str, value: Any, needed: tuple[str, ...]
) -> dict[str, IPv4Network]:
    """Return the well-formed subnets by their full key."""
    fields = reader.mapping(key, value, ZONES)
    found = {
        f"{key}.{zone}": reader.cidr(f"{key}.{zone}", fields.get(zone))
        for zone in _letters(fields, needed)
    }
    return {name: subnet for name, subnet in found.items() if subnet}


def _check_layout(
    reader: Reader, vpc: IPv4Network | None, subnets: Mapping[str, IPv4Network]
) -> None:
    ranges = {"network.cidr": vpc, **subnets} if vpc else subnets
    for key, part in ranges.items():
        if not LARGEST_PREFIX <= part.prefixlen <= SMALLEST_PREFIX:
            sizes = f"/{LARGEST_PREFIX} to /{SMALLEST_PREFIX}"
            reader.fault(key, str(part), f"change the prefix length: AWS takes {sizes}")
        if vpc and not part.subnet_of(vpc):
            reader.fault(key, str(part), f"move it inside network.cidr, {vpc}")
    for (first, one), (second, other) in combinations(subnets.items(), 2):
        if one.overlaps(other):
            reader.fault(second, str(other), f"move it out of {first}, {one}")
