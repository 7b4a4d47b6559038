"""Every type that carries a virtual IP or mentions one: only an interface's own address counts."""

from collections.abc import Callable
from typing import Any

import pytest

from guardrails.testing import UNKNOWN
from tests.support.policy_stacks import Made, Stack
from tests.support.type_rows import check, judged

RULE = "virtual-ip-outside-vpc-cidr"
ADDRESS = "20.0.0.100"
INTERFACE, INSTANCE = "ec2/networkInterface:NetworkInterface", "ec2/instance:Instance"


class Place:
    """A subnet, and the virtual IP that its VPC routes to an interface there."""

    def __init__(self, vpc: str, cidr: str = "10.0.0.0/16") -> None:
        self.stack = Stack()
        self.vpc: Any = vpc or self.add("ec2/vpc:Vpc", "hub", cidrBlock=cidr)
        self.subnet = self.add(
            "ec2/subnet:Subnet", "inner", vpcId=self.vpc, cidrBlock=f"{cidr[:-2]}28"
        )
        self.node = self.add(INTERFACE, "node", subnetId=self.subnet)
        self.table = self.add("ec2/routeTable:RouteTable", "inner", vpcId=self.vpc)
        self.add(
            "ec2/route:Route",
            "virtual",
            routeTableId=self.table,
            networkInterfaceId=self.node,
            destinationCidrBlock=f"{ADDRESS}/32",
        )

    def add(self, token: str, name: str = "more", **inputs: Any) -> Made:
        return self.stack.add(token, name, **inputs)

    def machine(self, token: str, **addresses: Any) -> None:
        self.add(token, subnetId=self.subnet, **addresses)

    def elsewhere(self) -> None:
        """An interface of another VPC that has the address."""
        other = self.add("ec2/vpc:Vpc", "other", cidrBlock="20.0.0.0/16")
        subnet = self.add("ec2/subnet:Subnet", "there", vpcId=other, cidrBlock="20.0.0.0/24")
        self.add(INTERFACE, subnetId=subnet, privateIps=[ADDRESS])


Build = Callable[[Place], object]
CARRIERS: dict[str, Build] = {
    "interface, privateIps": lambda p: p.machine(INTERFACE, privateIps=["10.0.0.4", ADDRESS]),
    "interface, privateIp": lambda p: p.machine(INTERFACE, privateIp=ADDRESS),
    "interface, privateIpLists": lambda p: p.machine(INTERFACE, privateIpLists=[ADDRESS]),
    "interface, ipv4Prefixes": lambda p: p.machine(INTERFACE, ipv4Prefixes=["20.0.0.96/28"]),
    "instance, privateIp": lambda p: p.machine(INSTANCE, privateIp=ADDRESS),
    "instance, secondaryPrivateIps": lambda p: p.machine(INSTANCE, secondaryPrivateIps=[ADDRESS]),
}
FURNITURE: dict[str, Build] = {
    "interface with another address": lambda p: p.machine(INTERFACE, privateIps=["10.0.0.4"]),
    "interface with another prefix": lambda p: p.machine(INTERFACE, ipv4Prefixes=["20.0.1.0/28"]),
    "interface of another VPC": Place.elsewhere,
    "interface without source check": lambda p: p.machine(INTERFACE, sourceDestCheck=False),
    "elastic IP for the address": lambda p: p.add("ec2/eip:Eip", associateWithPrivateIp=ADDRESS),
    "load balancer with the address": lambda p: p.add(
        "lb/loadBalancer:LoadBalancer",
        subnetMappings=[{"subnetId": p.subnet, "privateIpv4Address": ADDRESS}],
    ),
    "record of the address": lambda p: p.add(
        "route53/record:Record", type="A", records=[ADDRESS], zoneId="Z1"
    ),
    "parameter with the address": lambda p: p.add(
        "ssm/parameter:Parameter", type="String", value=ADDRESS
    ),
    "another stack with the address": lambda p: p.add(
        "pulumi:pulumi:StackReference", outputs={"virtualIp": ADDRESS}
    ),
    "user data with the address": lambda p: p.machine(INSTANCE, userData=f"ip addr add {ADDRESS}"),
}


def verdicts(build: Build, *place: str) -> list[str]:
    made = Place(*place)
    build(made)
    return judged(made.stack, RULE)


@pytest.mark.parametrize("build", CARRIERS.values(), ids=CARRIERS)
@pytest.mark.parametrize("vpc", ["", "vpc-0"], ids=["vpc of the stack", "vpc out of sight"])
def test_the_address_of_a_machine_in_the_vpc_is_inside_of_it(vpc: str, build: Build) -> None:
    check(verdicts(build, vpc), "violated")


@pytest.mark.parametrize("build", FURNITURE.values(), ids=FURNITURE)
def test_furniture_leaves_an_address_outside_where_it_is(build: Build) -> None:
    check(verdicts(build, ""), "kept")


@pytest.mark.parametrize("build", FURNITURE.values(), ids=FURNITURE)
def test_furniture_does_not_rescue_an_address_inside(build: Build) -> None:
    check(verdicts(build, "", "20.0.0.0/16"), "violated")


@pytest.mark.parametrize("build", FURNITURE.values(), ids=FURNITURE)
def test_furniture_does_not_show_the_ranges_of_a_vpc_out_of_sight(build: Build) -> None:
    check(verdicts(build, "vpc-0"), "unverified all ranges of VPC vpc-0")


def test_an_address_that_another_stack_has_yet_to_tell_is_named() -> None:
    place = Place("")
    place.add(
        "ec2/route:Route",
        "told",
        routeTableId=place.table,
        networkInterfaceId=place.node,
        destinationCidrBlock=UNKNOWN,
    )
    check(judged(place.stack, RULE), "unverified destinationCidrBlock of Route told")
