"""Stacks for tests of the policy pack: described once, shown as a preview or as state."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from guardrails.testing import UNKNOWN, Given, urn_of

GUESSING: dict[str, dict[str, Any]] = {
    "private-subnets-have-no-internet-route-gate": {"enforcementLevel": "mandatory"}
}
"""What switches on the gate that guesses."""
_PREFIXES = {
    "Vpc": "vpc",
    "DefaultVpc": "vpc",
    "Subnet": "subnet",
    "RouteTable": "rtb",
    "DefaultRouteTable": "rtb",
    "InternetGateway": "igw",
    "VpnGateway": "vgw",
    "NatGateway": "nat",
    "EgressOnlyInternetGateway": "eigw",
    "SecurityGroup": "sg",
    "DefaultSecurityGroup": "sg",
    "VpcEndpoint": "vpce",
    "NetworkInterface": "eni",
    "Instance": "i",
    "ManagedPrefixList": "pl",
}
_COMPUTED = {
    "Vpc": {
        "mainRouteTableId": "rtb-main-{id}",
        "defaultRouteTableId": "rtb-main-{id}",
        "defaultSecurityGroupId": "sg-default-{id}",
    },
    "TransitGateway": {"associationDefaultRouteTableId": "tgw-rtb-{id}"},
    "RouteTable": {"routes": []},
    "DefaultRouteTable": {"vpcId": "vpc-of-{id}"},
    "SecurityGroup": {"ingress": []},
    "VpcEndpoint": {"securityGroupIds": ["sg-default"], "networkInterfaceIds": []},
    "NetworkInterface": {"privateIps": []},
    "Firewall": {"firewallStatuses": []},
}
"""What AWS fills in when the author leaves it out: unknown in a preview."""


@dataclass(frozen=True)
class Made:
    """A resource of the stack; used as another's property it stands for its id."""

    token: str
    name: str
    inputs: Mapping[str, Any]
    shown: Mapping[str, Any]
    provider: Mapping[str, Any] | None
    read: bool = False
    ignore_changes: tuple[str, ...] = ()

    @property
    def urn(self) -> str:
        return urn_of(self.token, self.name)

    @property
    def kind(self) -> str:
        return self.token.rpartition(":")[2]

    @property
    def id(self) -> str:
        digest = sha256(self.urn.encode()).hexdigest()[:12]
        return f"{_PREFIXES.get(self.kind, 'x')}-{digest}"

    def output(self, name: str) -> "Output":
        return Output(self, name)

    def computed(self) -> dict[str, Any]:
        return {
            name: value.format(id=self.id) if isinstance(value, str) else value
            for name, value in _COMPUTED.get(self.kind, {}).items()
        }


@dataclass(frozen=True)
class Output:
    """An output of a resource other than its id; `found`: what a look-up by the resource finds."""

    made: Made
    name: str
    found: str = ""


@dataclass
class Stack:
    """Resources in the order in which a program registers them."""

    made: list[Made] = field(default_factory=list)

    def add(
        self,
        token: str,
        name: str,
        *,
        shown: Mapping[str, Any] | None = None,
        provider: Mapping[str, Any] | None = None,
        ignore_changes: tuple[str, ...] = (),
        **inputs: Any,
    ) -> Made:
        """Add a resource of the aws provider (`ec2/vpc:Vpc`); `shown` are extra outputs."""
        full = token if token.count(":") > 1 or token.startswith("hacluster") else f"aws:{token}"
        made = Made(full, name, inputs, shown or {}, provider, ignore_changes=ignore_changes)
        self.made.append(made)
        return made

    def route(self, table: Any, **given: Any) -> Made:
        """Add the route `out` to a table."""
        return self.add("ec2/route:Route", "out", routeTableId=table, **given)

    def bind(self, subnet: Any, table: Any, name: str) -> Made:
        """Associate a subnet with a table."""
        return self.add(
            "ec2/routeTableAssociation:RouteTableAssociation",
            name,
            subnetId=subnet,
            routeTableId=table,
        )

    def read(self, token: str, name: str) -> Made:
        """Refer to a resource by `.get()`: previews and updates do not show it to policies."""
        return Made(f"aws:{token}", name, {}, {}, None, read=True)

    def preview(self) -> list[Given]:
        """The stack as a preview shows it before anything exists."""
        return [self._given(each, known=False) for each in self.made]

    def state(self) -> list[Given]:
        """The stack as its exported state shows it."""
        return [self._given(each, known=True) for each in self.made]

    def refreshed(self, *gone: Made) -> list[Given]:
        """The state after a refresh, and after `gone` were removed from the program: outputs of
        tables, groups, lists and VPCs still show what stand-alone resources had put into them.
        """
        shown = [_refreshed(self._given(each, known=True), self.made) for each in self.made]
        return [each for each in shown if each.urn not in {made.urn for made in gone}]

    def update(self) -> list[Given]:
        """The stack as `up` shows it: ids of earlier resources are known, links are kept."""
        return self.state()

    def _given(self, made: Made, *, known: bool) -> Given:
        links: dict[str, list[str]] = {}
        inputs = {
            name: _resolve(value, known, links.setdefault(name, []))
            for name, value in made.inputs.items()
        }
        arn = f"arn:aws:ec2:us-east-1:123456789012:{made.id}"
        own = {"id": made.id, "arn": arn, "ownerId": "123456789012", **made.computed()}
        outputs = {name: value if known else UNKNOWN for name, value in own.items()}
        outputs.update(inputs)
        if known:
            outputs.update(made.shown)
        return Given(
            made.token,
            made.name,
            inputs,
            outputs,
            {name: urns for name, urns in links.items() if urns},
            provider=made.provider,
            ignore_changes=made.ignore_changes,
        )


SHOWN_BY: dict[str, tuple[str, str, str]] = {
    "Route": ("routeTableId", "routes", ""),
    "VpnGatewayRoutePropagation": ("routeTableId", "propagatingVgws", "vpnGatewayId"),
    "ManagedPrefixListEntry": ("prefixListId", "entries", ""),
    "SecurityGroupIngressRule": ("securityGroupId", "ingress", ""),
    "SecurityGroupRule": ("securityGroupId", "ingress", ""),
    "SecurityGroupAssociation": ("vpcEndpointId", "securityGroupIds", "securityGroupId"),
    "MainRouteTableAssociation": ("vpcId", "mainRouteTableId", "routeTableId"),
}
"""By stand-alone type: what it belongs to, and which output of that shows it after a refresh."""
_IN_A_ROW = {
    "destinationCidrBlock": "cidrBlock",
    "destinationIpv6CidrBlock": "ipv6CidrBlock",
    "ipProtocol": "protocol",
}


def _refreshed(given: Given, every: list[Made]) -> Given:
    outputs = dict(given.outputs or {})
    for part in every:
        owner, name, member = SHOWN_BY.get(part.kind, ("", "", ""))
        if not owner or _resolve(part.inputs[owner], True, []) != outputs["id"]:  # noqa: FBT003
            continue
        inputs = _resolve(part.inputs, True, [])  # noqa: FBT003
        if name == "mainRouteTableId":
            outputs |= dict.fromkeys((name, "defaultRouteTableId"), inputs[member])
        elif part.inputs.get("replaceDefaultAssociation"):
            outputs[name] = [inputs[member]]
        else:
            row = {_IN_A_ROW.get(key, key): value for key, value in inputs.items() if key != owner}
            outputs[name] = [*outputs.get(name, ()), inputs[member] if member else row]
    return replace(given, outputs=outputs)


def _resolve(value: Any, known: bool, links: list[str]) -> Any:  # noqa: FBT001 - a test's helper
    match value:
        case Made():
            links.append(value.urn)
            return value.id if known or value.read else UNKNOWN
        case Output():
            links.append(value.made.urn)
            own = {**value.made.computed(), **value.made.shown}
            if value.found:
                return value.found if known else UNKNOWN
            return own[value.name] if known else UNKNOWN
        case list():
            return [_resolve(each, known, links) for each in value]
        case dict():
            return {key: _resolve(each, known, links) for key, each in value.items()}
        case _:
            return value


def closed_network(**subnet: Any) -> tuple[Stack, dict[str, Made]]:
    """A VPC with a private subnet on a table of its own, and an internet gateway apart."""
    stack = Stack()
    vpc = stack.add("ec2/vpc:Vpc", "hub", cidrBlock="10.0.0.0/16")
    gateway = stack.add("ec2/internetGateway:InternetGateway", "way-out", vpcId=vpc)
    private = stack.add(
        "ec2/subnet:Subnet", "private-a", vpcId=vpc, cidrBlock="10.0.1.0/24", **subnet
    )
    table = stack.add("ec2/routeTable:RouteTable", "inner", vpcId=vpc)
    bound = stack.add(
        "ec2/routeTableAssociation:RouteTableAssociation",
        "inner-a",
        subnetId=private,
        routeTableId=table,
    )
    return stack, {
        "vpc": vpc,
        "gateway": gateway,
        "subnet": private,
        "table": table,
        "association": bound,
    }
