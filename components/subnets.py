"""Subnets with their route tables, as children of whatever component makes them."""

from collections.abc import Mapping
from typing import TypedDict

import pulumi
import pulumi_aws as aws

from . import documents
from .naming import merged

# The article's numbering: Subnet-1a is public, Subnet-2a and Subnet-2b are private.
TIERS = {"public": 1, "private": 2}


class SubnetPlaceArgs(TypedDict):
    """Where subnets are made."""

    vpc_id: pulumi.Input[str]
    """The VPC."""

    vpc_arn: pulumi.Input[str]
    """Its ARN, from which those of the tables follow."""

    availability_zones: Mapping[str, str]
    """Name of each availability zone, by the letter that stands for it."""

    tags: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    """Tags of subnets and tables."""


class SubnetBuilder:
    """Builds subnets and tables, and knows their ids by tier and zone: `private_a`.

    `route_table_ids` begins with the tables of the VPC that are there already.
    """

    def __init__(
        self,
        prefix: str,
        place: SubnetPlaceArgs,
        parent: pulumi.Resource,
        tables: Mapping[str, pulumi.Input[str]],
    ) -> None:
        self.subnet_ids: dict[str, pulumi.Output[str]] = {}
        self.route_table_ids = {
            role: pulumi.Output.from_input(table) for role, table in tables.items()
        }
        self._prefix, self._place, self._parent = prefix, place, parent

    @property
    def private_route_table_ids(self) -> list[pulumi.Output[str]]:
        """The tables that rule the private subnets."""
        return [
            table for role, table in self.route_table_ids.items() if role.startswith("private_")
        ]

    @property
    def route_table_arns(self) -> dict[str, pulumi.Output[str]]:
        """ARN of each table, by the same names as the ids."""
        return {
            role: pulumi.Output.all(self._place["vpc_arn"], table).apply(
                lambda known: documents.route_table_arn(*known)
            )
            for role, table in self.route_table_ids.items()
        }

    def build_private(self, subnets: Mapping[str, str]) -> None:
        """Build a private subnet in each zone, every one with a table of its own."""
        for zone, cidr_block in subnets.items():
            table = self.build_table("private", f"Route-{zone.upper()}", zone)
            self.build_subnet("private", zone, cidr_block, table)

    def build_table(self, tier: str, title: str, zone: str = "") -> aws.ec2.RouteTable:
        """Build a table with its local route."""
        suffix = f"-{zone}" if zone else ""
        table = aws.ec2.RouteTable(
            f"{self._prefix}-{tier}-table{suffix}",
            vpc_id=self._place["vpc_id"],
            tags=merged(self._place["tags"], title),
            opts=pulumi.ResourceOptions(parent=self._parent),
        )
        self.route_table_ids[f"{tier}_{zone}" if zone else tier] = table.id
        return table

    def build_subnet(
        self, tier: str, zone: str, cidr_block: str, table: aws.ec2.RouteTable
    ) -> None:
        """Build a subnet and bind it to its table.

        AWS takes no second subnet of the same range, so a replacement deletes first.
        """
        subnet = aws.ec2.Subnet(
            f"{self._prefix}-{tier}-subnet-{zone}",
            vpc_id=self._place["vpc_id"],
            cidr_block=cidr_block,
            availability_zone=self._place["availability_zones"][zone],
            map_public_ip_on_launch=False,
            tags=merged(self._place["tags"], f"Subnet-{TIERS[tier]}{zone}", Tier=tier),
            opts=pulumi.ResourceOptions(parent=self._parent, delete_before_replace=True),
        )
        aws.ec2.RouteTableAssociation(
            f"{self._prefix}-{tier}-binding-{zone}",
            subnet_id=subnet.id,
            route_table_id=table.id,
            opts=pulumi.ResourceOptions(parent=self._parent),
        )
        self.subnet_ids[f"{tier}_{zone}"] = subnet.id
