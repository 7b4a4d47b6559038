"""Small networks for the rules' tests, and the means to vary them."""

from dataclasses import fields, replace
from typing import Any, get_args

from guardrails import Configuration, Finding, Judgement, Verdict, judge
from guardrails.model.knowledge import Reference, Unknown
from guardrails.model.machines import NetworkInterface
from guardrails.model.network import Subnet, Vpc, VpcRange
from guardrails.model.routing import Association, Gateway, Route, RouteTable, TargetKind
from guardrails.model.topology import Topology

REGION = "us-east-1"
PRIVATE_RULE = "private-subnets-have-no-internet-route"
ENDPOINT_RULE = "endpoints-admit-only-https"
VIRTUAL_IP_RULE = "virtual-ip-outside-vpc-cidr"
COMPLETE_RULE = "virtual-ip-is-complete"
ADVICE = "endpoints-are-usable-and-narrow"
"""It says what is proven only, and keeps silent where a fact is missing."""


def gateway(key: str, kind: TargetKind, **more: Any) -> Gateway:
    return Gateway(key=key, scope=REGION, kind=kind, **{"vpc": "vpc", **more})


def table(key: str, **more: Any) -> RouteTable:
    return RouteTable(key=key, scope=REGION, name=key, **{"vpc": "vpc", **more})


def subnet(key: str, **more: Any) -> Subnet:
    return Subnet(key=key, scope=REGION, name=key, **{"vpc": "vpc", **more})


def interface(key: str, **more: Any) -> NetworkInterface:
    return NetworkInterface(key=key, scope=REGION, name=key, **more)


def bind(where: str, which: Reference, **more: Any) -> Association:
    return Association(**{"key": f"{where}-association", "table": which, "subnet": where, **more})


def route(
    destination: str | Unknown | None,
    target: Reference,
    via: TargetKind | Unknown = TargetKind.GATEWAY,
    **more: Any,
) -> Route:
    """A route of table "closed", the one of subnet "private"."""
    given = {"key": f"route-{destination}", "table": "closed", "cidr": destination, **more}
    return Route(via=via, target=target, **given)


def network(*elements: Any, without: tuple[str, ...] = ()) -> Topology:
    """A VPC with a closed private subnet and a public one, and `elements` besides.

    Keys: vpc, private (table closed), public (table open), internet, interfaces node-a (in private,
    ready for a virtual IP) and appliance (in public). `without` leaves out elements by key.
    """
    base = (
        Vpc(key="vpc", scope=REGION, name="vpc"),
        VpcRange(key="vpc", vpc="vpc", cidr="10.0.0.0/16"),
        subnet("private", cidrs=("10.0.110.0/24",)),
        subnet("public", cidrs=("10.0.10.0/24",)),
        table("closed"),
        table("open"),
        bind("private", "closed"),
        bind("public", "open"),
        gateway("internet", TargetKind.INTERNET),
        route("0.0.0.0/0", "internet", key="default-route", table="open"),
        interface("node-a", subnet="private", source_dest_check=False),
        interface("appliance", subnet="public", source_dest_check=False),
    )
    kept = [element for element in base if element.key not in without]
    return added(Topology(), *kept, *elements)


def added(topology: Topology, *elements: Any) -> Topology:
    """Return `topology` with more elements, each put where its class belongs."""
    fills = {slot.name: list(getattr(topology, slot.name)) for slot in fields(Topology)}
    for element in elements:
        fills[SLOTS[type(element)]].append(element)
    return replace(topology, **{name: tuple(fill) for name, fill in fills.items()})


SLOTS = {get_args(slot.type)[0]: slot.name for slot in fields(Topology)}
"""Where in a topology each class of element goes."""


def judged(topology: Topology, **settings: Any) -> Judgement:
    return judge(topology, Configuration(**settings))


def verdict(topology: Topology, rule: str, subject: str, **settings: Any) -> Verdict | None:
    return judged(topology, **settings).coverage[rule].verdicts.get(subject)


def findings(topology: Topology, rule: str, **settings: Any) -> list[Finding]:
    return [each for each in judged(topology, **settings).findings if each.rule == rule]


def paths(topology: Topology, rule: str, **settings: Any) -> list[str]:
    return [
        " -> ".join(step.text for step in each.path)
        for each in findings(topology, rule, **settings)
    ]
