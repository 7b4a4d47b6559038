"""Reads what routes lead to: gateways, peering connections, the endpoints of firewalls."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from guardrails.model.network import VpcRange
from guardrails.model.routing import Gateway, TargetKind
from ops.audit.inventory import ID_FIELDS, Inventory, Record
from ops.audit.topology_reader.firewall_endpoints import firewall_endpoints
from ops.audit.topology_reader.references import References, hidden_nat_gateways


def _attached(record: Record) -> str | None:
    """Return the VPC that an internet gateway or the like is attached to."""
    attachments = record.get("Attachments") or record.get("VpcAttachments") or ()
    return next((each["VpcId"] for each in attachments), None)


def _own(record: Record) -> str | None:
    return record.get("VpcId")


_GATEWAYS: Final[Mapping[str, tuple[TargetKind, Callable[[Record], str | None]]]] = {
    "describe_internet_gateways": (TargetKind.INTERNET, _attached),
    "describe_egress_only_internet_gateways": (TargetKind.EGRESS_ONLY, _attached),
    "describe_carrier_gateways": (TargetKind.CARRIER, _own),
    "describe_vpn_gateways": (TargetKind.VIRTUAL_PRIVATE, _attached),
    "describe_local_gateways": (TargetKind.LOCAL_GATEWAY, _own),
}
"""By operation: what the gateways are, and how they tell their VPC."""


def read_gateways(inventory: Inventory, references: References) -> Iterator[object]:
    """Read the gateways that do nothing but lead out."""
    for operation, (kind, vpc_of) in _GATEWAYS.items():
        for each in inventory.found(operation):
            yield Gateway(
                key=each[ID_FIELDS[operation]],
                scope=inventory.scope,
                kind=kind,
                vpc=references.to(vpc_of(each)),
            )


def read_nat_gateways(inventory: Inventory, references: References) -> Iterator[object]:
    """Read NAT gateways; those that only routes name may be public or private."""
    for each in inventory.found("describe_nat_gateways"):
        subnet = references.to(each.get("SubnetId"))
        yield Gateway(
            key=each["NatGatewayId"],
            scope=inventory.scope,
            kind=TargetKind.NAT,
            vpc=references.to(each.get("VpcId")),
            private=each.get("ConnectivityType") == "private",
            subnets=() if subnet is None else (subnet,),
        )
    for key, refusal in hidden_nat_gateways(inventory).items():
        private = refusal.hides(f"whether NAT gateway {key} is public or private")
        yield Gateway(key=key, scope=inventory.scope, kind=TargetKind.NAT, private=private)


def read_peerings(inventory: Inventory, references: References) -> Iterator[object]:
    """Read peering connections with both VPCs, and with the ranges of a peer outside."""
    for each in inventory.found("describe_vpc_peering_connections"):
        key = each["VpcPeeringConnectionId"]
        sides: tuple[Record, ...] = (each["RequesterVpcInfo"], each["AccepterVpcInfo"])
        vpc, peer = (references.to(side["VpcId"]) for side in sides)
        yield Gateway(key=key, scope=inventory.scope, kind=TargetKind.PEERING, vpc=vpc, peer=peer)
        for side in sides:
            yield from _outside_ranges(key, side, references)


def _outside_ranges(key: str, side: Record, references: References) -> Iterator[VpcRange]:
    vpc = references.to(side["VpcId"])
    if isinstance(vpc, str):
        return
    for name, field in (("CidrBlockSet", "CidrBlock"), ("Ipv6CidrBlockSet", "Ipv6CidrBlock")):
        for each in side.get(name) or ():
            yield VpcRange(key=key, vpc=vpc, cidr=each[field])


def read_firewalls(inventory: Inventory, references: References) -> Iterator[object]:
    """Read the endpoints of network firewalls."""
    for each in firewall_endpoints(inventory):
        yield Gateway(
            key=each.identity,
            scope=inventory.scope,
            kind=TargetKind.FIREWALL,
            vpc=references.to(each.vpc),
            subnets=(references.to(each.subnet),),
        )
