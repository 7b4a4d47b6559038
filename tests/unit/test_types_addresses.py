"""Every type that gives a VPC address space, or a virtual IP its route: one row for each case."""

from collections.abc import Callable
from typing import Any

import pytest

from guardrails.testing import UNKNOWN
from tests.support.policy_stacks import Made, Stack
from tests.support.type_rows import check, judged

RULE = "virtual-ip-outside-vpc-cidr"
OUTSIDE, INSIDE, OUTSIDE_V6 = "20.0.0.100", "10.0.1.9", "2001:db8:1::9"
VPC = "ec2/vpc:Vpc"
MORE_V4 = "ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
MORE_V6 = "ec2/vpcIpv6CidrBlockAssociation:VpcIpv6CidrBlockAssociation"
NATIVE_MORE, NATIVE_POOL = "aws-native:ec2:VpcCidrBlock", "aws-native:ec2:IpamPool"
POOL = "ec2/vpcIpamPool:VpcIpamPool"
POOL_RANGE = "ec2/vpcIpamPoolCidr:VpcIpamPoolCidr"
ALLOCATION = "ec2/vpcIpamPoolCidrAllocation:VpcIpamPoolCidrAllocation"
NEXT = "ec2/vpcIpamPreviewNextCidr:VpcIpamPreviewNextCidr"
RESERVATION = "ec2/subnetCidrReservation:SubnetCidrReservation"
NETWORK, SUBNET = "ec2/secondaryNetwork:SecondaryNetwork", "ec2/secondarySubnet:SecondarySubnet"
INTERFACE = "ec2/networkInterface:NetworkInterface"


class Place:
    """A VPC, a subnet of it, and a virtual IP that a route leads to an interface there."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.stack = Stack()
        self.pool = self.stack.add(POOL, "pool", addressFamily="ipv4")
        self.subnet: Any = "subnet-0"
        self.vpc: Any = "vpc-0"

    def add(self, token: str, name: str = "more", **inputs: Any) -> Made:
        return self.stack.add(token, name, **inputs)

    def in_vpc(self, token: str = VPC, **given: Any) -> "Place":
        """A VPC with what is given, else with 10.0.0.0/16."""
        if token == VPC:
            given = given or {"cidrBlock": "10.0.0.0/16"}
        self.vpc = self.add(token, "hub", **given)
        return self

    def usual(self) -> "Place":
        self.in_vpc()
        self.subnet = self.add(
            "ec2/subnet:Subnet", "inner", vpcId=self.vpc, cidrBlock="10.0.1.0/24"
        )
        return self

    def next(self) -> "Place":
        """A VPC with the range that a pool has to give next."""
        following = self.stack.add(
            NEXT, "next", shown={"cidr": UNKNOWN}, ipamPoolId=self.pool, netmaskLength=16
        )
        return self.in_vpc(cidrBlock=following.output("cidr"))

    def pooled(self, *ranges: Any, **more: Any) -> "Place":
        """A VPC whose range AWS takes from a pool that has `ranges`."""
        for number, each in enumerate(ranges):
            self.add(POOL_RANGE, f"range-{number}", ipamPoolId=self.pool, **each)
        return self.in_vpc(
            cidrBlock=UNKNOWN, ipv4IpamPoolId=self.pool, ipv4NetmaskLength=16, **more
        )

    def subpooled(self, *ranges: Any) -> "Place":
        """A VPC whose range AWS takes from a pool that takes its own from one with `ranges`."""
        inner = self.add(POOL, "inner-pool", addressFamily="ipv4", sourceIpamPoolId=self.pool)
        self.add(POOL_RANGE, "inner-range", ipamPoolId=inner, netmaskLength=12, cidr=UNKNOWN)
        for number, each in enumerate(ranges):
            self.add(POOL_RANGE, f"range-{number}", ipamPoolId=self.pool, **each)
        return self.in_vpc(cidrBlock=UNKNOWN, ipv4IpamPoolId=inner, ipv4NetmaskLength=16)

    def secondary(self) -> None:
        network = self.add(NETWORK, ipv4CidrBlock="20.0.0.0/16", networkType="rdma")
        self.add(SUBNET, secondaryNetworkId=network, ipv4CidrBlock="20.0.0.0/24")

    def routed(self, token: str = "ec2/route:Route") -> Stack:
        """Lead the address to a machine, with a route of its own or in a table."""
        suffix = "/128" if ":" in self.address else "/32"
        way = {"networkInterfaceId": self.add(INTERFACE, "node", subnetId=self.subnet)}
        if token.endswith(":Route"):
            table = self.add("ec2/routeTable:RouteTable", "inner", vpcId=self.vpc)
            key = "destinationIpv6CidrBlock" if ":" in self.address else "destinationCidrBlock"
            self.add(token, "virtual", routeTableId=table, **{key: self.address + suffix}, **way)
            return self.stack
        owner = {"vpcId": self.vpc}
        if token.endswith(":DefaultRouteTable"):
            owner = {"defaultRouteTableId": self.vpc.output("defaultRouteTableId")}
        row = {"cidrBlock": self.address + suffix, **way}
        self.add(token, "inner", routes=[row], **owner)
        return self.stack


Build = Callable[[Place], object]
HIDDEN_VPC = "unverified all ranges of VPC vpc-0"
NO_CIDR = "unverified cidrBlock of Vpc hub"
SPACE: dict[str, tuple[str, Build, str]] = {
    "vpc, outside": (OUTSIDE, lambda p: p.in_vpc(), "kept"),
    "vpc, inside": (INSIDE, lambda p: p.in_vpc(), "violated"),
    "vpc with a range not known yet": (OUTSIDE, lambda p: p.in_vpc(cidrBlock=UNKNOWN), NO_CIDR),
    "vpc out of sight": (OUTSIDE, lambda _: None, HIDDEN_VPC),
    "vpc's own IPv6 range, inside": (
        OUTSIDE_V6,
        lambda p: p.in_vpc(cidrBlock="10.0.0.0/16", ipv6CidrBlock="2001:db8:1::/56"),
        "violated",
    ),
    "vpc's own IPv6 range, outside": (
        OUTSIDE_V6,
        lambda p: p.in_vpc(cidrBlock="10.0.0.0/16", ipv6CidrBlock="2001:db8:2::/56"),
        "kept",
    ),
    "vpc's IPv6 range chosen by AWS": (
        OUTSIDE_V6,
        lambda p: p.in_vpc(
            cidrBlock="10.0.0.0/16", assignGeneratedIpv6CidrBlock=True, ipv6CidrBlock=UNKNOWN
        ),
        "unverified ipv6CidrBlock of Vpc hub",
    ),
    "default vpc": (
        OUTSIDE,
        lambda p: p.in_vpc("ec2/defaultVpc:DefaultVpc", cidrBlock=UNKNOWN),
        "unverified cidrBlock of DefaultVpc hub",
    ),
    "default vpc that shows its range, inside": (
        "172.31.0.9",
        lambda p: p.in_vpc("ec2/defaultVpc:DefaultVpc", cidrBlock="172.31.0.0/16"),
        "violated",
    ),
    "default vpc that shows its range, outside": (
        OUTSIDE,
        lambda p: p.in_vpc("ec2/defaultVpc:DefaultVpc", cidrBlock="172.31.0.0/16"),
        "kept",
    ),
    "secondary range, inside": (
        OUTSIDE,
        lambda p: p.in_vpc().add(MORE_V4, vpcId=p.vpc, cidrBlock="20.0.0.0/16"),
        "violated",
    ),
    "secondary range, outside": (
        OUTSIDE,
        lambda p: p.in_vpc().add(MORE_V4, vpcId=p.vpc, cidrBlock="10.1.0.0/16"),
        "kept",
    ),
    "secondary range does not rescue": (
        INSIDE,
        lambda p: p.in_vpc().add(MORE_V4, vpcId=p.vpc, cidrBlock="10.1.0.0/16"),
        "violated",
    ),
    "secondary range not known yet": (
        OUTSIDE,
        lambda p: p.in_vpc().add(MORE_V4, vpcId=p.vpc, cidrBlock=UNKNOWN),
        "unverified cidrBlock of VpcIpv4CidrBlockAssociation more",
    ),
    "secondary range of a VPC not known yet": (
        OUTSIDE,
        lambda p: p.in_vpc().add(MORE_V4, vpcId=UNKNOWN, cidrBlock="20.0.0.0/16"),
        "unverified vpcId of VpcIpv4CidrBlockAssociation more",
    ),
    "IPv6 range, inside": (
        OUTSIDE_V6,
        lambda p: p.in_vpc().add(MORE_V6, vpcId=p.vpc, ipv6CidrBlock="2001:db8:1::/56"),
        "violated",
    ),
    "IPv6 range, outside": (
        OUTSIDE_V6,
        lambda p: p.in_vpc().add(MORE_V6, vpcId=p.vpc, ipv6CidrBlock="2001:db8:2::/56"),
        "kept",
    ),
    "IPv6 range chosen by AWS": (
        OUTSIDE_V6,
        lambda p: p.in_vpc().add(
            MORE_V6, vpcId=p.vpc, assignGeneratedIpv6CidrBlock=True, ipv6CidrBlock=UNKNOWN
        ),
        "unverified ipv6CidrBlock of VpcIpv6CidrBlockAssociation more",
    ),
    "IPv6 range chosen by AWS, IPv4 address": (
        OUTSIDE,
        lambda p: p.in_vpc().add(MORE_V6, vpcId=p.vpc, ipv6CidrBlock=UNKNOWN),
        "kept",
    ),
    "IPv6 range of Amazon's, private address": (
        "fd00::9",
        lambda p: p.in_vpc(
            cidrBlock="10.0.0.0/16", assignGeneratedIpv6CidrBlock=True, ipv6CidrBlock=UNKNOWN
        ),
        "kept",
    ),
    "native range, inside": (
        OUTSIDE,
        lambda p: p.in_vpc().add(NATIVE_MORE, vpcId=p.vpc, cidrBlock="20.0.0.0/16"),
        "violated",
    ),
    "native range of Amazon's": (
        OUTSIDE_V6,
        lambda p: p.in_vpc().add(NATIVE_MORE, vpcId=p.vpc, amazonProvidedIpv6CidrBlock=True),
        "unverified ipv6CidrBlock of VpcCidrBlock more",
    ),
    "native range of Amazon's, IPv4 address": (
        OUTSIDE,
        lambda p: p.in_vpc().add(NATIVE_MORE, vpcId=p.vpc, amazonProvidedIpv6CidrBlock=True),
        "kept",
    ),
    "native range of an own IPv6 pool": (
        OUTSIDE_V6,
        lambda p: p.in_vpc().add(
            NATIVE_MORE, vpcId=p.vpc, ipv6IpamPoolId="pool-1", ipv6NetmaskLength=56
        ),
        "unverified ipv6CidrBlock of VpcCidrBlock more",
    ),
    "native pool that has a range from the start": (
        OUTSIDE,
        lambda p: p.in_vpc(
            cidrBlock=UNKNOWN,
            ipv4IpamPoolId=p.add(NATIVE_POOL, provisionedCidrs=[{"cidr": "10.0.0.0/8"}]),
        ),
        "kept",
    ),
    "native pool that starts around the address": (
        OUTSIDE,
        lambda p: p.in_vpc(
            cidrBlock=UNKNOWN,
            ipv4IpamPoolId=p.add(NATIVE_POOL, provisionedCidrs=[{"cidr": "20.0.0.0/8"}]),
        ),
        NO_CIDR,
    ),
    "native pool that starts with what is not known yet": (
        OUTSIDE,
        lambda p: p.in_vpc(
            cidrBlock=UNKNOWN, ipv4IpamPoolId=p.add(NATIVE_POOL, provisionedCidrs=[UNKNOWN])
        ),
        NO_CIDR,
    ),
    "pool elsewhere": (OUTSIDE, lambda p: p.pooled({"cidr": "10.0.0.0/8"}), "kept"),
    "pool around the address": (INSIDE, lambda p: p.pooled({"cidr": "10.0.0.0/8"}), NO_CIDR),
    "pool with a second range": (
        OUTSIDE,
        lambda p: p.pooled({"cidr": "10.0.0.0/8"}, {"cidr": "20.0.0.0/8"}),
        NO_CIDR,
    ),
    "pool whose range AWS chooses, out of a pool elsewhere": (
        OUTSIDE,
        lambda p: p.subpooled({"cidr": "10.0.0.0/8"}),
        "kept",
    ),
    "pool whose range AWS chooses, out of a pool around the address": (
        OUTSIDE,
        lambda p: p.subpooled({"cidr": "20.0.0.0/8"}),
        NO_CIDR,
    ),
    "pool whose range AWS chooses, out of one that is not seen": (
        OUTSIDE,
        lambda p: p.subpooled(),
        NO_CIDR,
    ),
    "pool whose range AWS chooses": (
        OUTSIDE,
        lambda p: p.pooled({"netmaskLength": 8, "cidr": UNKNOWN}),
        NO_CIDR,
    ),
    "pool without a range": (OUTSIDE, lambda p: p.pooled(), NO_CIDR),
    "allocation from a pool, around the address": (
        OUTSIDE,
        lambda p: p.in_vpc().add(ALLOCATION, ipamPoolId=p.pool, cidr="20.0.0.0/16"),
        "kept",
    ),
    "allocation does not bound what a pool gives": (
        OUTSIDE,
        lambda p: p.pooled().add(ALLOCATION, ipamPoolId=p.pool, cidr="10.0.0.0/16"),
        NO_CIDR,
    ),
    "allocation does not rescue": (
        INSIDE,
        lambda p: p.in_vpc().add(
            ALLOCATION, ipamPoolId=p.pool, netmaskLength=16, disallowedCidrs=["10.0.0.0/16"]
        ),
        "violated",
    ),
    "next range of a pool, not given to a VPC": (
        OUTSIDE,
        lambda p: p.in_vpc().add(NEXT, ipamPoolId=p.pool, netmaskLength=16),
        "kept",
    ),
    "next range of a pool, given to the VPC": (OUTSIDE, lambda p: p.next(), NO_CIDR),
    "reservation in a subnet": (
        OUTSIDE,
        lambda p: p.usual().add(RESERVATION, subnetId=p.subnet, cidrBlock="10.0.1.0/28"),
        "kept",
    ),
    "reservation does not rescue": (
        INSIDE,
        lambda p: p.usual().add(RESERVATION, subnetId=p.subnet, cidrBlock="10.0.1.0/28"),
        "violated",
    ),
    "secondary network around the address": (OUTSIDE, lambda p: p.usual().secondary(), "kept"),
    "secondary network does not rescue": (INSIDE, lambda p: p.usual().secondary(), "violated"),
    "secondary network shows no VPC": (OUTSIDE, lambda p: p.secondary(), HIDDEN_VPC),
}


@pytest.mark.parametrize(("address", "build", "expected"), SPACE.values(), ids=SPACE)
def test_where_the_space_of_a_vpc_comes_from(address: str, build: Build, expected: str) -> None:
    place = Place(address)
    build(place)
    check(judged(place.routed(), RULE), expected)


@pytest.mark.parametrize(("address", "expected"), [(OUTSIDE, "kept"), (INSIDE, "violated")])
@pytest.mark.parametrize(
    "token",
    [
        "ec2/route:Route",
        "ec2/routeTable:RouteTable",
        "ec2/defaultRouteTable:DefaultRouteTable",
    ],
)
def test_a_host_route_shows_a_virtual_ip(token: str, address: str, expected: str) -> None:
    check(judged(Place(address).usual().routed(token), RULE), expected)
