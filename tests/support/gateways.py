"""Things that a route may lead to: NAT, prefix lists, firewalls, a VPC with an exit of its own."""

from guardrails.model.network import Vpc
from guardrails.model.routing import PrefixList, TargetKind, TransitAttachment, TransitRoute
from guardrails.model.security import Endpoint
from tests.support.topologies import (
    REGION,
    bind,
    gateway,
    route,
    subnet,
    table,
)

NAT = TargetKind.NAT


def nat(**more: object) -> object:
    return gateway("nat", NAT, subnets=("public",), **more)


def listed(*entries: object) -> PrefixList:
    return PrefixList(key="list", scope=REGION, entries=entries)


def firewall(kind: str = "GatewayLoadBalancer", where: str = "public") -> Endpoint:
    return Endpoint(
        key="firewall", scope=REGION, name="firewall", kind=kind, vpc="vpc", subnets=(where,)
    )


def attachment(vpc: str, *subnets: str, table: object = "hub-table") -> TransitAttachment:
    return TransitAttachment(
        key=f"{vpc}-attachment", transit="hub", vpc=vpc, subnets=subnets, table=table
    )


def egress_vpc(looked_up: object = "hub-table", **more: object) -> tuple[object, ...]:
    """A second VPC behind a transit gateway, whose attached subnet has a NAT gateway.

    `looked_up` is the transit gateway's table that the first VPC looks up.
    """
    return (
        Vpc(key="egress", scope=REGION, name="egress"),
        subnet("egress-public", vpc="egress"),
        table("egress-table", vpc="egress"),
        bind("egress-public", "egress-table"),
        gateway("egress-nat", NAT, vpc="egress", subnets=("egress-public",)),
        route("0.0.0.0/0", "egress-nat", NAT, key="egress-route", table="egress-table"),
        gateway("hub", TargetKind.TRANSIT, vpc=None),
        attachment("vpc", "private", table=looked_up),
        attachment("egress", "egress-public"),
        TransitRoute(
            **{
                "key": "hub-route",
                "table": "hub-table",
                "cidr": "0.0.0.0/0",
                "attachment": "egress-attachment",
                **more,
            }
        ),
        route("0.0.0.0/0", "hub", TargetKind.TRANSIT),
    )
