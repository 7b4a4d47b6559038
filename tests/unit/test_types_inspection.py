"""What inspects traffic on its way: firewalls, load balancers' endpoints, and hubs between VPCs."""

import json
from typing import Any

import pytest

from guardrails.pack import policies
from guardrails.testing import UNKNOWN, analyze
from tests.support.policy_stacks import Made, Output, closed_network
from tests.support.type_rows import check, judged

RULE = "private-subnets-have-no-internet-route"
WORLD = "0.0.0.0/0"
BOUND = "ec2/routeTableAssociation:RouteTableAssociation"
FIREWALL = "networkfirewall/firewall:Firewall"


class Inspected:
    """A private subnet beside firewall subnets, each with a table of its own."""

    def __init__(self) -> None:
        self.stack, self.made = closed_network()
        self.vpc: Any = self.made["vpc"]

    def subnet(self, name: str, *routes: dict[str, Any], vpc: Made | None = None) -> Made:
        home = vpc or self.vpc
        given = {"vpcId": home, "cidrBlock": "10.0.7.0/24", "tags": {"Tier": "public"}}
        made = self.stack.add("ec2/subnet:Subnet", name, **given)
        table = self.stack.add("ec2/routeTable:RouteTable", name, vpcId=home, routes=list(routes))
        self.stack.add(BOUND, name, subnetId=made, routeTableId=table)
        return made

    def nat(self, name: str = "nat", vpc: Made | None = None) -> Made:
        public = self.subnet(f"public-{name}", {"cidrBlock": WORLD, "gatewayId": "igw-1"}, vpc=vpc)
        return self.stack.add("ec2/natGateway:NatGateway", name, subnetId=public)

    def firewall(self, *subnets: Any, name: str = "inspection", vpc: Made | None = None) -> Made:
        states = [
            {"availabilityZone": each.name, "attachments": [endpoint(name, each)]}
            for each in subnets
            if isinstance(each, Made)
        ]
        return self.stack.add(
            FIREWALL,
            name,
            shown={"firewallStatuses": [{"syncStates": states}]},
            vpcId=vpc or self.vpc,
            subnetMappings=[{"subnetId": each} for each in subnets],
        )

    def route(self, destination: str = WORLD, **target: Any) -> None:
        given = {"destinationCidrBlock": destination, **target}
        if ":" in destination:
            given["destinationIpv6CidrBlock"] = given.pop("destinationCidrBlock")
        self.stack.add("ec2/route:Route", "out", routeTableId=self.made["table"], **given)

    def path(self) -> str:
        """The path of the one violation that a preview shows."""
        [found] = analyze(self.stack.preview(), policies(), preview=True).of(RULE)
        return found.message.partition("path: ")[2].partition("\n")[0]


def endpoint(firewall: str, subnet: Made) -> dict[str, str]:
    return {"endpointId": f"vpce-{firewall}-{subnet.name}", "subnetId": subnet.id}


def endpoint_in(firewall: Made, subnet: Made) -> Output:
    """The id of the endpoint in one of a firewall's subnets, taken out of its statuses."""
    return Output(firewall, "firewallStatuses", found=f"vpce-{firewall.name}-{subnet.name}")


def to_nat(net: Inspected, vpc: Made | None = None) -> dict[str, Any]:
    return {"cidrBlock": WORLD, "natGatewayId": net.nat(vpc=vpc)}


def test_a_firewall_before_a_nat_gateway_is_followed_with_the_whole_path() -> None:
    net = Inspected()
    inside = net.subnet("firewall-a", to_nat(net))
    net.route(vpcEndpointId=endpoint_in(net.firewall(inside), inside))
    check(judged(net.stack, RULE), "violated")
    assert net.path() == (
        "subnet private-a -> association inner-a -> route table inner -> route 0.0.0.0/0 -> "
        "firewall endpoint inspection[0] -> subnet firewall-a -> association firewall-a -> "
        "route table firewall-a -> route 0.0.0.0/0 -> NAT gateway nat"
    )


def test_a_firewall_whose_subnet_leads_nowhere_closes_the_way() -> None:
    net = Inspected()
    inside = net.subnet("firewall-a", {"cidrBlock": "10.9.0.0/16", "transitGatewayId": "tgw-1"})
    net.route(vpcEndpointId=endpoint_in(net.firewall(inside), inside))
    check(judged(net.stack, RULE), "kept")


def test_the_farthest_hop_that_is_not_known_is_the_missing_fact() -> None:
    net = Inspected()
    inside = net.subnet("firewall-a", {"cidrBlock": WORLD, "transitGatewayId": "tgw-1"})
    net.route(vpcEndpointId=endpoint_in(net.firewall(inside), inside))
    check(judged(net.stack, RULE), "unverified not known: where the transit gateway tgw-1 leads")


def test_a_firewall_in_a_subnet_out_of_sight_names_that_subnet() -> None:
    net = Inspected()
    attachment = {"endpointId": "vpce-1", "subnetId": "subnet-far"}
    wall = net.stack.add(
        FIREWALL,
        "inspection",
        shown={"firewallStatuses": [{"syncStates": [{"attachments": [attachment]}]}]},
        vpcId=net.vpc,
        subnetMappings=[{"subnetId": "subnet-far"}],
    )
    net.route(vpcEndpointId=Output(wall, "firewallStatuses", found="vpce-1"))
    expected = "unverified the route table of subnet subnet-far, which is not in the stack"
    check(judged(net.stack, RULE), expected)


def test_each_of_several_endpoints_leads_where_its_own_subnet_does() -> None:
    net = Inspected()
    out, closed = net.subnet("firewall-a", to_nat(net)), net.subnet("firewall-b")
    net.route(vpcEndpointId=endpoint_in(net.firewall(out, closed), closed))
    found = judged(net.stack, RULE)
    check(found[1:], "kept")
    check(found[:1], "unverified which one is meant of inspection[0], inspection[1]")


def test_endpoints_that_all_lead_out_are_a_violation_whichever_is_meant() -> None:
    net = Inspected()
    way = to_nat(net)
    first, second = net.subnet("firewall-a", way), net.subnet("firewall-b", way)
    net.route(vpcEndpointId=endpoint_in(net.firewall(first, second), second))
    check(judged(net.stack, RULE), "violated")


def test_a_firewall_passes_on_only_what_its_subnets_table_has_a_route_for() -> None:
    net = Inspected()
    inside = net.subnet("firewall-a", to_nat(net))
    net.route("::/0", vpcEndpointId=endpoint_in(net.firewall(inside), inside))
    check(judged(net.stack, RULE), "kept")


def test_an_endpoint_apart_from_its_firewall_is_followed() -> None:
    net = Inspected()
    inside = net.subnet("firewall-a", to_nat(net))
    states = [{"associationSyncStates": [{"attachments": [endpoint("wall", inside)]}]}]
    wall = net.stack.add(
        "networkfirewall/vpcEndpointAssociation:VpcEndpointAssociation",
        "wall",
        shown={"vpcEndpointAssociationStatuses": states},
        vpcId=net.vpc,
        subnetMapping={"subnetId": inside},
    )
    shown = Output(wall, "vpcEndpointAssociationStatuses", found="vpce-wall-firewall-a")
    net.route(vpcEndpointId=shown)
    check(judged(net.stack, RULE), "violated")


@pytest.mark.parametrize(("zone", "expected"), [("us-east-1a", "violated"), ("us-east-1b", "kept")])
def test_an_endpoint_of_the_native_provider_is_found_by_its_zone(zone: str, expected: str) -> None:
    net = Inspected()
    tables = {"us-east-1a": [to_nat(net)], "us-east-1b": list[Any]()}
    subnets: list[Made] = []
    for each, routes in tables.items():
        token = "ec2/subnet:Subnet"
        given = {"vpcId": net.vpc, "availabilityZone": each, "tags": {"Tier": "public"}}
        made = net.stack.add(token, each, **given)
        table = net.stack.add("ec2/routeTable:RouteTable", each, vpcId=net.vpc, routes=routes)
        net.stack.add(BOUND, each, subnetId=made, routeTableId=table)
        subnets.append(made)
    wall = net.stack.add(
        "aws-native:networkfirewall:Firewall",
        "wall",
        shown={"endpointIds": [f"{each}:vpce-{each}" for each in tables]},
        vpcId=net.vpc,
        subnetMappings=[{"subnetId": each} for each in subnets],
    )
    net.route(vpcEndpointId=Output(wall, "endpointIds", found=f"vpce-{zone}"))
    check(judged(net.stack, RULE)[1:], expected)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("GatewayLoadBalancer", "violated"),
        ("Interface", "unverified whether the VPC endpoint balanced forwards packets"),
    ],
)
def test_an_endpoint_forwards_packets_if_it_is_a_load_balancers(kind: str, expected: str) -> None:
    net = Inspected()
    inside = net.subnet("endpoint-a", to_nat(net))
    token = "ec2/vpcEndpoint:VpcEndpoint"
    group = net.stack.add("ec2/securityGroup:SecurityGroup", "none", vpcId=net.vpc)
    balanced = net.stack.add(
        token,
        "balanced",
        vpcId=net.vpc,
        vpcEndpointType=kind,
        subnetIds=[inside],
        securityGroupIds=[group],
    )
    net.route(vpcEndpointId=balanced)
    check(judged(net.stack, RULE), expected)


def test_a_load_balancers_endpoint_in_a_closed_subnet_may_hide_an_appliance_that_leads_out() -> (
    None
):
    net = Inspected()
    inside = net.subnet("endpoint-a")
    token, kind = "ec2/vpcEndpoint:VpcEndpoint", "GatewayLoadBalancer"
    balanced = net.stack.add(
        token, "balanced", vpcId=net.vpc, vpcEndpointType=kind, subnetIds=[inside]
    )
    net.route(vpcEndpointId=balanced)
    expected = "unverified whether the VPC endpoint balanced forwards packets to the internet"
    check(judged(net.stack, RULE), expected)


class Hub(Inspected):
    """Spoke, inspection and egress VPCs, joined by a transit gateway with a table for each."""

    def __init__(self) -> None:
        super().__init__()
        self.hub = self.add("transitGateway:TransitGateway", "hub")
        self.route(transitGatewayId=self.hub)
        self.join("spoke", self.vpc, self.made["subnet"])

    def add(self, token: str, name: str, **inputs: Any) -> Made:
        return self.stack.add(f"ec2transitgateway/{token}", name, **inputs)

    def another_vpc(self, name: str) -> Made:
        return self.stack.add("ec2/vpc:Vpc", name, cidrBlock="10.8.0.0/16")

    def join(self, name: str, vpc: Made, subnet: Made) -> Made:
        """Attach a VPC by one of its subnets, with a transit table of its own."""
        given = {"transitGatewayId": self.hub, "vpcId": vpc, "subnetIds": [subnet]}
        attachment = self.add("vpcAttachment:VpcAttachment", name, **given)
        table = self.add("routeTable:RouteTable", name, transitGatewayId=self.hub)
        self.add(
            "routeTableAssociation:RouteTableAssociation",
            name,
            transitGatewayAttachmentId=attachment,
            transitGatewayRouteTableId=table,
        )
        self.made[f"{name}-table"] = table
        return attachment

    def lead(self, name: str, attachment: Any) -> None:
        """Write a default route into the transit table of a VPC."""
        self.add(
            "route:Route",
            name,
            transitGatewayRouteTableId=self.made[f"{name}-table"],
            destinationCidrBlock=WORLD,
            transitGatewayAttachmentId=attachment,
        )

    def egress(self) -> Made:
        """Join a VPC whose subnet for attachments leads to a NAT gateway."""
        vpc = self.another_vpc("egress")
        return self.join("egress", vpc, self.subnet("attached-e", to_nat(self, vpc), vpc=vpc))

    def inspection(self, *routes: dict[str, Any]) -> Made:
        """Join a VPC whose firewall sees what comes in and hands it on by `routes`."""
        vpc = self.another_vpc("inspection")
        inside = self.subnet("firewall-i", *routes, vpc=vpc)
        wall = endpoint_in(self.firewall(inside, vpc=vpc), inside)
        entrance = {"cidrBlock": WORLD, "vpcEndpointId": wall}
        return self.join("inspection", vpc, self.subnet("attached-i", entrance, vpc=vpc))


def test_central_egress_is_followed_to_the_nat_gateway_of_another_vpc() -> None:
    net = Hub()
    net.lead("spoke", net.egress())
    check(judged(net.stack, RULE), "violated")
    assert net.path().endswith(
        "transit gateway hub -> transit gateway route spoke -> attachment egress -> "
        "subnet attached-e -> association attached-e -> route table attached-e -> "
        "route 0.0.0.0/0 -> NAT gateway nat"
    )


def test_central_egress_behind_a_firewall_is_followed_through_the_hub_twice() -> None:
    net = Hub()
    back_to_hub = {"cidrBlock": WORLD, "transitGatewayId": net.hub}
    net.lead("spoke", net.inspection(back_to_hub))
    net.lead("inspection", net.egress())
    check(judged(net.stack, RULE), "violated")
    words = ("attachment inspection", "firewall endpoint inspection[0]", "attachment egress", "nat")
    places = [net.path().index(word) for word in words]
    assert places == sorted(places)


def test_a_hub_that_leads_to_a_vpn_names_that_attachment() -> None:
    net = Hub()
    back_to_hub = {"cidrBlock": WORLD, "transitGatewayId": net.hub}
    net.lead("spoke", net.inspection(back_to_hub))
    far = net.add("connect:Connect", "far", transitGatewayId=net.hub)
    net.lead("inspection", far)
    check(judged(net.stack, RULE), "unverified not known: where the attachment far leads")


def test_hubs_that_send_packets_round_in_circles_prove_nothing() -> None:
    net = Hub()
    back_to_hub = {"cidrBlock": WORLD, "transitGatewayId": net.hub}
    first = net.inspection(back_to_hub)
    vpc = net.another_vpc("circle")
    second = net.join("circle", vpc, net.subnet("attached-c", back_to_hub, vpc=vpc))
    net.lead("spoke", first)
    net.lead("inspection", second)
    net.lead("circle", first)
    found = judged(net.stack, RULE)
    check(found, "unverified where the transit gateway hub leads")
    assert all(each.count("attachment inspection") == 1 for each in found)


class Wan(Inspected):
    """A private VPC and one with a NAT gateway, joined by a core network."""

    core_network = "networkmanager/coreNetwork:CoreNetwork"
    attachment = "networkmanager/vpcAttachment:VpcAttachment"
    arn = "arn"

    def __init__(self, **more: Any) -> None:
        super().__init__()
        shown = {self.arn: "arn:aws:networkmanager::1:core-network/core-network-1"}
        given = {"globalNetworkId": "global-1", **more}
        self.core = self.stack.add(self.core_network, "core", shown=shown, **given)
        self.route(coreNetworkArn=self.core.output(self.arn))
        self.join("spoke", self.vpc, self.made["subnet"], segment="spokes")
        vpc = self.stack.add("ec2/vpc:Vpc", "egress", cidrBlock="10.8.0.0/16")
        inside = self.subnet("attached-e", to_nat(self, vpc), vpc=vpc)
        self.beyond = self.join("egress", vpc, inside, segment="exits")

    def join(self, name: str, vpc: Made, subnet: Made, **tags: str) -> Made:
        return self.stack.add(
            self.attachment,
            name,
            coreNetworkId=self.core,
            vpcArn=Output(vpc, "arn", found=f"arn:aws:ec2:x:1:vpc/{vpc.id}"),
            subnetArns=[Output(subnet, "arn", found=f"arn:aws:ec2:x:1:subnet/{subnet.id}")],
            tags=self.tags(tags),
        )

    def tags(self, tags: dict[str, str]) -> Any:
        """Spell tags as the provider does."""
        return tags

    def govern(self, *actions: dict[str, Any], rules: list[dict[str, Any]] | None = None) -> None:
        """Attach a policy to the core network."""
        token = "networkmanager/coreNetworkPolicyAttachment:CoreNetworkPolicyAttachment"
        document = json.dumps(self.policy(*actions, rules=rules))
        self.stack.add(token, "policy", coreNetworkId=self.core, policyDocument=document)

    @staticmethod
    def policy(
        *actions: dict[str, Any], rules: list[dict[str, Any]] | None = None
    ) -> dict[str, Any]:
        """Write a policy that puts attachments into the segment, or group, of their tag."""
        by_tag = {"association-method": "tag", "tag-value-of-key": "segment"}
        exits = {"add-to-network-function-group": "inspection"}
        default: list[dict[str, Any]] = [
            {"rule-number": 200, "conditions": [{"type": "any"}], "action": by_tag},
            {
                "rule-number": 100,
                "conditions": [
                    {"type": "tag-value", "operator": "equals", "key": "segment", "value": "exits"}
                ],
                "action": exits,
            },
        ]
        return {"segment-actions": list(actions), "attachment-policies": rules or default}


def sent(segment: str, action: str = "send-to") -> dict[str, Any]:
    return {
        "action": action,
        "segment": segment,
        "via": {"network-function-groups": ["inspection"]},
    }


def shared() -> dict[str, Any]:
    return {"action": "share", "mode": "attachment-route", "segment": "exits", "share-with": "*"}


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (sent("spokes"), "violated"),
        (sent("others"), "unverified where the core network core leads"),
        (sent("spokes", "send-via"), "unverified where the core network core leads"),
        (shared(), "unverified where the core network core leads"),
    ],
    ids=["sent to the exit", "of another segment", "between segments", "shared routes"],
)
def test_a_core_network_leads_where_its_policy_says(action: dict[str, Any], expected: str) -> None:
    net = Wan()
    net.govern(action)
    check(judged(net.stack, RULE), expected)


def test_a_static_route_of_a_segment_leads_to_the_attachment_that_it_names() -> None:
    net = Wan()
    written = {
        "action": "create-route",
        "segment": "spokes",
        "destination-cidr-blocks": [WORLD],
        "destinations": [net.beyond.id],
    }
    net.govern(written)
    check(judged(net.stack, RULE)[1:], "violated")


def test_a_condition_that_is_not_known_leaves_the_segment_open() -> None:
    net = Wan()
    by_tag = {"association-method": "tag", "tag-value-of-key": "segment"}
    account = [{"type": "account-id", "operator": "equals", "value": "1"}]
    net.govern(sent("spokes"), rules=[{"rule-number": 1, "conditions": account, "action": by_tag}])
    check(judged(net.stack, RULE), "unverified where the core network core leads")


BASE = json.dumps(Wan.policy(sent("spokes")))
NOWHERE = "unverified where the core network core leads"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"basePolicyDocument": BASE, "createBasePolicy": True}, "violated"),
        ({"basePolicyDocument": BASE}, NOWHERE),
        ({"basePolicyDocument": BASE, "createBasePolicy": UNKNOWN}, NOWHERE),
        ({"createBasePolicy": True}, NOWHERE),
    ],
    ids=["set", "not set", "perhaps set", "of AWS's own"],
)
def test_a_base_policy_counts_once_it_is_set(more: dict[str, Any], expected: str) -> None:
    check(judged(Wan(**more).stack, RULE), expected)


def test_an_attached_policy_replaces_the_base_policy() -> None:
    net = Wan(basePolicyDocument=BASE, createBasePolicy=True)
    net.govern(shared())
    check(judged(net.stack, RULE), NOWHERE)


def test_a_policy_of_some_core_network_leaves_open_whether_the_base_policy_counts() -> None:
    net = Wan(basePolicyDocument=BASE, createBasePolicy=True)
    token = "networkmanager/coreNetworkPolicyAttachment:CoreNetworkPolicyAttachment"
    net.stack.add(token, "policy", coreNetworkId=UNKNOWN, policyDocument="{}")
    check(judged(net.stack, RULE)[:1], NOWHERE)


class NativeWan(Wan):
    """The same by the resources of the native provider, whose core network has its policy."""

    core_network = "aws-native:networkmanager:CoreNetwork"
    attachment = "aws-native:networkmanager:VpcAttachment"
    arn = "coreNetworkArn"

    def tags(self, tags: dict[str, str]) -> Any:
        return [{"key": key, "value": value} for key, value in tags.items()]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (Wan.policy(sent("spokes")), "violated"),
        (Wan.policy(sent("others")), NOWHERE),
        (UNKNOWN, NOWHERE),
    ],
    ids=["to the exit", "of another segment", "out of sight"],
)
def test_a_native_core_network_leads_where_its_own_policy_says(policy: Any, expected: str) -> None:
    check(judged(NativeWan(policyDocument=policy).stack, RULE), expected)
