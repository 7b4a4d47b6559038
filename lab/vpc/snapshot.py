"""What the lab reads of the cluster's VPC: plain data, as AWS describes it now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ops.aws import Aws

Described = Mapping[str, Any]
"""A resource as EC2 describes it."""


@dataclass(frozen=True)
class Snapshot:
    """Everything of one VPC that decides where packets go, or what its nodes may do."""

    vpc: Described
    dns: Mapping[str, bool]
    """The VPC's attributes `enableDnsSupport` and `enableDnsHostnames`."""
    subnets: Sequence[Described]
    tables: Sequence[Described]
    interfaces: Sequence[Described]
    groups: Sequence[Described]
    endpoints: Sequence[Described]
    instances: Sequence[Described]

    @property
    def states(self) -> Mapping[str, str]:
        """The states of the instances, by their ids."""
        return {each["InstanceId"]: each["State"]["Name"] for each in self.instances}

    def tags_of(self, instance_id: str) -> Sequence[Mapping[str, str]]:
        """Return the tags of an instance, none for one that is not here."""
        found = (each for each in self.instances if each["InstanceId"] == instance_id)
        return next((each.get("Tags", ()) for each in found), ())

    def interface(self, identity: str) -> Described | None:
        """Return a network interface, if it exists."""
        found = (each for each in self.interfaces if each["NetworkInterfaceId"] == identity)
        return next(found, None)

    def table_of(self, subnet_id: str) -> Described:
        """Return the table of a subnet: the one bound to it, else the VPC's main one."""
        for table in self.tables:
            if any(each.get("SubnetId") == subnet_id for each in table["Associations"]):
                return table
        return next(
            table for table in self.tables if any(each["Main"] for each in table["Associations"])
        )


def address_of(interface: Described) -> str:
    """Return the primary address of a network interface.

    The sandbox's cloud keeps a random address in `PrivateIpAddress` of an endpoint's interface, and
    calls none of its addresses primary.
    """
    listed: Sequence[Described] = interface.get("PrivateIpAddresses") or [interface]
    primary = [each for each in listed if each.get("Primary")] or listed
    return str(primary[0]["PrivateIpAddress"])


def addresses_of(interface: Described) -> set[str]:
    """Return the addresses of a network interface: the primary one, and others it was given."""
    listed: Sequence[Described] = interface.get("PrivateIpAddresses") or []
    return {address_of(interface)} | {str(each["PrivateIpAddress"]) for each in listed}


def read_tables(aws: Aws, vpc_id: str) -> list[Described]:
    """Read the route tables of a VPC."""
    return aws.pages("ec2", "describe_route_tables", "RouteTables", Filters=_of_vpc(vpc_id))


def read_snapshot(aws: Aws, vpc_id: str) -> Snapshot:
    """Read a VPC. Raises OpsError."""
    of_vpc = {"Filters": _of_vpc(vpc_id)}
    reservations = aws.pages("ec2", "describe_instances", "Reservations", **of_vpc)
    return Snapshot(
        vpc=aws.call("ec2", "describe_vpcs", VpcIds=[vpc_id])["Vpcs"][0],
        dns={name: _attribute(aws, vpc_id, name) for name in _DNS},
        subnets=aws.pages("ec2", "describe_subnets", "Subnets", **of_vpc),
        tables=read_tables(aws, vpc_id),
        interfaces=aws.pages("ec2", "describe_network_interfaces", "NetworkInterfaces", **of_vpc),
        groups=aws.pages("ec2", "describe_security_groups", "SecurityGroups", **of_vpc),
        endpoints=[
            each
            for each in aws.pages("ec2", "describe_vpc_endpoints", "VpcEndpoints", **of_vpc)
            if each["State"].lower() == "available"
        ],
        instances=[each for one in reservations for each in one["Instances"]],
    )


_DNS = ("enableDnsSupport", "enableDnsHostnames")


def _attribute(aws: Aws, vpc_id: str, name: str) -> bool:
    answer = aws.call("ec2", "describe_vpc_attribute", VpcId=vpc_id, Attribute=name)
    return bool(answer[f"{name[0].upper()}{name[1:]}"]["Value"])


def _of_vpc(vpc_id: str) -> list[dict[str, Any]]:
    return [{"Name": "vpc-id", "Values": [vpc_id]}]
