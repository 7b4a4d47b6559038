"""The closed network: a VPC whose private subnets have no way out."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from . import addressing
from .naming import merged
from .subnets import SubnetBuilder, SubnetPlaceArgs


class NetworkArgs(TypedDict):
    """Inputs of `Network`. Ranges and zones are plain: they decide which resources exist."""

    cidr_block: str
    """The VPC's range in CIDR notation, /16 to /28."""

    availability_zones: Mapping[str, str]
    """Name of each availability zone, by the letter that stands for it here: `a`, `b`."""

    public_subnets: Mapping[str, str]
    """Range of the public subnet of a zone, by its letter. They share the table `Main`."""

    private_subnets: Mapping[str, str]
    """Range of the private subnet of a zone, by its letter. Each has a table of its own."""

    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags for every child, on top of the provider's default tags."""


class Network(pulumi.ComponentResource):
    """A VPC with a public tier behind an internet gateway, and private subnets without any way out.

    The public tier is bound by name to its own table. The VPC's own main table, which rules every
    subnet that nobody bound, is left with its local route: such a subnet is closed, not open.
    Both DNS attributes are on, since the private DNS of interface endpoints rests on them.
    """

    vpc_id: pulumi.Output[str]
    """ID of the VPC."""

    vpc_cidr_blocks: list[str]
    """Every range of the VPC."""

    availability_zones: Mapping[str, str]
    """Name of each availability zone, by its letter."""

    private_route_table_ids: list[pulumi.Output[str]]
    """The tables that rule the private subnets."""

    subnet_ids: dict[str, pulumi.Output[str]]
    """ID of each subnet, by tier and zone: `public_a`, `private_a`, `private_b`."""

    route_table_ids: dict[str, pulumi.Output[str]]
    """ID of each table: `main` (the VPC's own), `public`, `private_a`, `private_b`."""

    route_table_arns: dict[str, pulumi.Output[str]]
    """ARN of each table, by the same names."""

    def __init__(
        self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("hacluster:index:Network", name, {}, opts)
        _check(args)
        self._child = pulumi.ResourceOptions(parent=self)
        vpc = aws.ec2.Vpc(
            f"{name}-vpc",
            cidr_block=args["cidr_block"],
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=merged(args.get("tags"), name),
            opts=self._child,
        )
        self.vpc_id = vpc.id
        self.vpc_cidr_blocks = [args["cidr_block"]]
        self.availability_zones = args["availability_zones"]
        place = SubnetPlaceArgs(
            vpc_id=vpc.id,
            vpc_arn=vpc.arn,
            availability_zones=args["availability_zones"],
            tags=args.get("tags") or {},
        )
        builder = SubnetBuilder(name, place, self, {"main": vpc.main_route_table_id})
        public_table = self._build_public_table(name, builder, place["tags"])
        for zone, cidr_block in args["public_subnets"].items():
            builder.build_subnet("public", zone, cidr_block, public_table)
        builder.build_private(args["private_subnets"])
        self.subnet_ids = builder.subnet_ids
        self.route_table_ids = builder.route_table_ids
        self.private_route_table_ids = builder.private_route_table_ids
        self.route_table_arns = builder.route_table_arns
        self.register_outputs(
            {
                "availabilityZones": self.availability_zones,
                "privateRouteTableIds": self.private_route_table_ids,
                "vpcId": self.vpc_id,
                "vpcCidrBlocks": self.vpc_cidr_blocks,
                "subnetIds": self.subnet_ids,
                "routeTableIds": self.route_table_ids,
                "routeTableArns": self.route_table_arns,
            }
        )

    def _build_public_table(
        self, name: str, builder: SubnetBuilder, tags: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    ) -> aws.ec2.RouteTable:
        """Build the one table that leads out, and the gateway to which it leads."""
        gateway = aws.ec2.InternetGateway(
            f"{name}-gateway",
            vpc_id=self.vpc_id,
            tags=merged(tags, f"{name}-gateway"),
            opts=self._child,
        )
        table = builder.build_table("public", "Main")
        aws.ec2.Route(
            f"{name}-public-default",
            route_table_id=table.id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=gateway.id,
            opts=self._child,
        )
        return table


def _check(args: NetworkArgs) -> None:
    """Check what AWS would refuse only halfway through, naming the input and the remedy."""
    tiers = {"public_subnets": args["public_subnets"], "private_subnets": args["private_subnets"]}
    for tier, subnets in tiers.items():
        for zone in subnets.keys() - args["availability_zones"].keys():
            raise ValueError(f"{tier}.{zone}: availability_zones has no {zone!r}; add it there")
    addressing.check_subnets(
        [args["cidr_block"]],
        {f"{tier}.{zone}": text for tier, part in tiers.items() for zone, text in part.items()},
    )
