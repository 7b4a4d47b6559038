"""Generated estates of any size, for figures: many VPCs like the cluster's, some of them open."""

from collections.abc import Iterator
from typing import Any

from guardrails import Topology
from guardrails.model.machines import Instance, NetworkInterface
from guardrails.model.network import Subnet, Vpc, VpcRange
from guardrails.model.routing import Association, Gateway, Route, RouteTable, TargetKind
from guardrails.model.security import Endpoint, GroupRule, SecurityGroup
from tests.support.topologies import added

REGION = "us-east-1"
PER_VPC = 85
"""Elements in one VPC of an estate, but for the one more in each open VPC."""
OPEN_EVERY = 20
"""One VPC in this many has a private subnet with a way out."""


def estate(vpcs: int) -> Topology:
    """An estate of `vpcs` VPCs with twelve subnets each, nine of them private."""
    return added(Topology(), *(each for number in range(vpcs) for each in _vpc(number)))


def _urn(kind: str, name: str) -> str:
    return f"urn:pulumi:dev::estate::aws:ec2/{kind}::{name}"


def _vpc(number: int) -> Iterator[Any]:
    vpc = _urn("vpc:Vpc", f"vpc-{number}")
    internet, hub = f"{vpc}-internet", f"{vpc}-hub"
    yield Vpc(key=vpc, scope=REGION, name=f"vpc-{number}")
    yield VpcRange(key=vpc, vpc=vpc, cidr=f"10.{number % 256}.0.0/16")
    yield Gateway(key=internet, scope=REGION, kind=TargetKind.INTERNET, vpc=vpc)
    yield Gateway(key=hub, scope=REGION, kind=TargetKind.TRANSIT)
    for index in range(12):
        yield from _subnet(number, index, vpc, internet, hub)
    for index in range(4):
        group = f"{vpc}-group-{index}"
        yield SecurityGroup(key=group, scope=REGION, name=group, vpc=vpc)
        yield GroupRule(
            key=group,
            group=group,
            protocol="tcp",
            from_port=443,
            to_port=443,
            sources=("10.0.0.0/8",),
        )
        yield Endpoint(
            key=f"{vpc}-endpoint-{index}", scope=REGION, name="endpoint", kind="Interface", vpc=vpc,
            service="com.amazonaws.us-east-1.ec2", groups=(group,), private_dns=True,
        )  # fmt: skip


def _subnet(number: int, index: int, vpc: str, internet: str, hub: str) -> Iterator[Any]:
    key = _urn("subnet:Subnet", f"subnet-{number}-{index}")
    table, interface = f"{key}-table", f"{key}-interface"
    tier = "public" if index < 3 else "private"
    cidr = f"10.{number % 256}.{index}.0/24"
    yield Subnet(key=key, scope=REGION, name=key, vpc=vpc, cidrs=(cidr,), tags={"Tier": tier})
    yield RouteTable(key=table, scope=REGION, name=table, vpc=vpc)
    yield Association(key=f"{key}-association", table=table, subnet=key)
    yield Route(
        key=f"{key}-hub", table=table, cidr="10.0.0.0/8", via=TargetKind.TRANSIT, target=hub
    )
    if tier == "public" or (number % OPEN_EVERY == 0 and index == 3):
        yield Route(
            key=f"{key}-out", table=table, cidr="0.0.0.0/0", via=TargetKind.GATEWAY, target=internet
        )
    if tier == "private":
        yield NetworkInterface(
            key=interface, scope=REGION, name=interface, subnet=key, source_dest_check=False,
            addresses=(f"10.{number % 256}.{index}.9",),
        )  # fmt: skip
        yield Instance(
            key=f"{key}-node", scope=REGION, name="node", subnet=key, interfaces=(interface,)
        )
