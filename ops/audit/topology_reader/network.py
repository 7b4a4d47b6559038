"""Reads the places of a network: VPCs, their ranges, subnets, and exclusions from a block."""

from collections.abc import Iterator
from typing import Final

from guardrails.model.network import PublicAccessExclusion, Subnet, Vpc, VpcRange
from guardrails.model.routing import Association
from ops.audit.inventory import Inventory, Record
from ops.audit.topology_reader.references import References, hidden_vpcs
from ops.tags import tags_of

_LIVING: Final = frozenset({"associating", "associated"})


def read_vpcs(inventory: Inventory, references: References) -> Iterator[object]:  # noqa: ARG001 - every reader gets the references
    """Read VPCs with all their ranges; those that only others name have a range out of sight."""
    for vpc in inventory.found("describe_vpcs"):
        key = vpc["VpcId"]
        name = tags_of(vpc).get("Name", "")
        yield Vpc(key=key, scope=inventory.scope, name=name, default=vpc["IsDefault"])
        yield from _ranges(key, vpc)
    for key, refusal in hidden_vpcs(inventory).items():
        yield Vpc(key=key, scope=inventory.scope, name="")
        yield VpcRange(key=key, vpc=key, cidr=refusal.hides(f"the ranges of VPC {key}"))


def _ranges(vpc: str, record: Record) -> Iterator[VpcRange]:
    """Yield a VPC's ranges: its first one has the VPC's own key, others that of an association."""
    for each in record.get("CidrBlockAssociationSet", ()):
        if each["CidrBlockState"]["State"] in _LIVING:
            first = each["CidrBlock"] == record["CidrBlock"]
            key = vpc if first else each["AssociationId"]
            yield VpcRange(key=key, vpc=vpc, cidr=each["CidrBlock"], version=4)
    for each in record.get("Ipv6CidrBlockAssociationSet", ()):
        if each["Ipv6CidrBlockState"]["State"] in _LIVING:
            yield VpcRange(key=vpc, vpc=vpc, cidr=each["Ipv6CidrBlock"], version=6)


def read_subnets(inventory: Inventory, references: References) -> Iterator[object]:
    """Read subnets. Only tags name them: the name in a program is not known to AWS."""
    for subnet in inventory.found("describe_subnets"):
        cidrs = [
            each["Ipv6CidrBlock"]
            for each in subnet.get("Ipv6CidrBlockAssociationSet", ())
            if each["Ipv6CidrBlockState"]["State"] in _LIVING
        ]
        if subnet.get("CidrBlock"):
            cidrs.insert(0, subnet["CidrBlock"])
        yield Subnet(
            key=subnet["SubnetId"],
            scope=inventory.scope,
            name=subnet["SubnetId"],
            vpc=references.to(subnet["VpcId"]),
            cidrs=tuple(cidrs),
            tags=tags_of(subnet),
            maps_public_address=subnet["MapPublicIpOnLaunch"],
            default=subnet.get("DefaultForAz", False),
        )
    yield from _hidden_subnets(inventory)


def _hidden_subnets(inventory: Inventory) -> Iterator[object]:
    """Stand in for the subnets of each VPC where they were refused: they may use any table."""
    refusal = inventory.refusal("describe_subnets")
    if refusal is None:
        return
    for vpc in sorted({*inventory.ids("describe_vpcs"), *hidden_vpcs(inventory)}):
        key, hidden = f"of VPC {vpc}", refusal.hides(f"the subnets of VPC {vpc}")
        yield Subnet(
            key=key, scope=inventory.scope, name=key, vpc=vpc, cidrs=(hidden,), tags=hidden
        )
        yield Association(key=key, table=hidden, subnet=key)


def read_exclusions(inventory: Inventory, references: References) -> Iterator[object]:
    """Read what lets a VPC or a subnet through VPC Block Public Access."""
    for each in inventory.found("describe_vpc_block_public_access_exclusions"):
        identity = each["ResourceArn"].rpartition("/")[2]
        of_vpc = identity.startswith("vpc-")
        if not each["State"].startswith(("delete", "disable")):
            yield PublicAccessExclusion(
                key=each["ExclusionId"],
                vpc=references.to(identity) if of_vpc else None,
                subnet=None if of_vpc else references.to(identity),
            )
