"""Private subnets in a VPC that is there already."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi

from . import addressing
from .subnets import SubnetBuilder, SubnetPlaceArgs


class PrivateSubnetsArgs(TypedDict):
    """Inputs of `PrivateSubnets`. Ranges and zones are plain: they decide which resources exist."""

    vpc_id: pulumi.Input[str]
    """The VPC, with both DNS attributes on."""

    vpc_arn: pulumi.Input[str]
    """ARN of the VPC."""

    vpc_cidr_blocks: Sequence[str]
    """Every range of the VPC."""

    route_table_ids: Mapping[str, pulumi.Input[str]]
    """The tables of the VPC that are there already and lead to the virtual IP too, by name:
    `main` for the VPC's own."""

    availability_zones: Mapping[str, str]
    """Name of each availability zone, by the letter that stands for it here: `a`, `b`."""

    private_subnets: Mapping[str, str]
    """Range of the private subnet of a zone, by its letter. Each has a table of its own."""

    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags for every child, on top of the provider's default tags."""


class PrivateSubnets(pulumi.ComponentResource):
    """Subnets without any way out, each bound to a table of its own; the VPC is somebody else's.

    It offers what `Network` offers. There is no public tier: a way out of the VPC is its owner's.
    """

    vpc_id: pulumi.Output[str]
    """ID of the VPC."""

    vpc_cidr_blocks: Sequence[str]
    """Every range of the VPC."""

    availability_zones: Mapping[str, str]
    """Name of each availability zone, by its letter."""

    private_route_table_ids: list[pulumi.Output[str]]
    """The tables that rule the private subnets."""

    subnet_ids: dict[str, pulumi.Output[str]]
    """ID of each subnet, by tier and zone: `private_a`, `private_b`."""

    route_table_ids: dict[str, pulumi.Output[str]]
    """ID of each table: those that were there by their given names, `private_a`, `private_b`."""

    route_table_arns: dict[str, pulumi.Output[str]]
    """ARN of each table, by the same names."""

    def __init__(
        self, name: str, args: PrivateSubnetsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("hacluster:index:PrivateSubnets", name, {}, opts)
        _check(args)
        place = SubnetPlaceArgs(
            vpc_id=args["vpc_id"],
            vpc_arn=args["vpc_arn"],
            availability_zones=args["availability_zones"],
            tags=args.get("tags") or {},
        )
        builder = SubnetBuilder(name, place, self, args["route_table_ids"])
        builder.build_private(args["private_subnets"])
        self.vpc_id = pulumi.Output.from_input(args["vpc_id"])
        self.vpc_cidr_blocks = args["vpc_cidr_blocks"]
        self.availability_zones = args["availability_zones"]
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


def _check(args: PrivateSubnetsArgs) -> None:
    """Check what AWS would refuse only halfway through, naming the input and the remedy."""
    for zone in args["private_subnets"].keys() - args["availability_zones"].keys():
        raise ValueError(f"private_subnets.{zone}: availability_zones has no {zone!r}; add it")
    addressing.check_subnets(
        args["vpc_cidr_blocks"],
        {f"private_subnets.{zone}": text for zone, text in args["private_subnets"].items()},
    )
