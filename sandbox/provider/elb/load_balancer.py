"""aws:lb/loadBalancer:LoadBalancer (upstream: internal/service/elbv2/load_balancer.go).

Replacements: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetSubnets.html
tells which types can take subnets and give them back; upstream replaces where AWS cannot.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

from sandbox.provider.cloud import Cloud, refuse, unless_gone
from sandbox.provider.elb.attributes import from_aws, out_of_limits, to_aws
from sandbox.provider.elb.interfaces import (
    furnish,
    interfaces_by_subnet,
    mapping_of,
    remove_interfaces,
)
from sandbox.provider.elb.load_balancer_attributes import (
    APPLICATION,
    ATTRIBUTES,
    DECLARED,
    DELETION_PROTECTION,
    GATEWAY,
    NETWORK,
    TYPES,
)
from sandbox.provider.elb.names import LOAD_BALANCER_NAMING, suffix_of
from sandbox.provider.elb.places import (
    Subnet,
    mappings_of,
    needs_other_places,
    refuse_unreachable,
    refuse_without_ipv6,
    require_groups,
    require_places,
)
from sandbox.provider.elb.tags import change_tags, live_tags, new_tags
from sandbox.provider.names import name_from, prefix_of
from sandbox.provider.resource import Change, Resource, pick
from sandbox.provider.schema import boolean, number, object_of, set_of, string
from sandbox.provider.tags import Tags
from sandbox.provider.values import ipv4_address, one_of
from sandbox.provider.wire import UNKNOWN, Properties, contains_unknown

_SUBNET = object_of(
    {
        "allocationId": string(),
        "outpostId": string(output=True),
        "privateIpv4Address": string(valid=(ipv4_address,)),
        "subnetId": string(required=True),
    }
)


class LoadBalancer(Resource):
    """A load balancer with an interface in each of its subnets."""

    pulumi_name = "aws:lb/loadBalancer:LoadBalancer"
    noun = "ELBv2 Load Balancer"
    properties: ClassVar = {
        **LOAD_BALANCER_NAMING,
        **DECLARED,
        "loadBalancerType": string(default=APPLICATION, replaces=True, valid=(one_of(*TYPES),)),
        "internal": boolean(computed=True, replaces=True),
        "ipAddressType": string(computed=True, valid=(one_of("ipv4", "dualstack"),)),
        "securityGroups": set_of(string(), computed=True),
        "subnetMappings": set_of(_SUBNET, computed=True, unknown_after=("subnets",)),
        "subnets": set_of(string(), computed=True, unknown_after=("subnetMappings",)),
        "arn": string(output=True),
        "arnSuffix": string(output=True),
        "dnsName": string(output=True),
        "enablePrefixForIpv6SourceNat": string(output=True),
        "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic": string(output=True),
        "secondaryIpsAutoAssignedPerSubnet": number(output=True),
        "vpcId": string(output=True),
        "zoneId": string(output=True),
    }
    unmodelled = (
        "accessLogs",
        "connectionLogs",
        "customerOwnedIpv4Pool",
        "enablePrefixForIpv6SourceNat",
        "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
        "healthCheckLogs",
        "ipamPools",
        "minimumLoadBalancerCapacity",
        "secondaryIpsAutoAssignedPerSubnet",
        "subnetMappings.ipv6Address",
    )
    exactly_one_of = (("subnetMappings", "subnets"),)
    tagged = True

    def forces_replacement(self, name: str, state: Properties, inputs: Properties) -> bool:
        """Replace where AWS cannot take away subnets, or add or take away the first group."""
        old: list[Any] = state.get(name) or []
        new: Any = inputs.get(name) or []
        if new is UNKNOWN or contains_unknown(new):
            return False
        kind = inputs.get("loadBalancerType")
        if name == "securityGroups":
            return kind == NETWORK and bool(old) != bool(new)
        return name in ("subnets", "subnetMappings") and needs_other_places(kind, name, old, new)

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Create the load balancer and its interfaces."""
        name, kind = name_from(inputs), inputs["loadBalancerType"]
        _refuse_second(cloud, name)
        _refuse_limits("CreateLoadBalancer", kind, inputs)
        subnets = require_places(cloud, "CreateLoadBalancer", inputs)
        vpc = subnets[0]["VpcId"]
        refuse_unreachable(cloud, "CreateLoadBalancer", inputs, vpc)
        groups = require_groups(cloud, "CreateLoadBalancer", inputs, vpc)
        scheme = "internal" if inputs.get("internal") else "internet-facing"
        answer = cloud.client("elbv2").create_load_balancer(
            Name=name,
            Type=kind,
            Subnets=[subnet["SubnetId"] for subnet in subnets],
            SecurityGroups=groups,
            **new_tags(inputs),
            **({} if kind == GATEWAY else {"Scheme": scheme}),
            **pick(inputs, {"ipAddressType": "IpAddressType"}),
        )
        arn = answer["LoadBalancers"][0]["LoadBalancerArn"]
        furnish(cloud, "CreateLoadBalancer", arn, mappings_of(inputs), groups)
        return arn

    def configure(self, cloud: Cloud, identity: str, inputs: Properties) -> None:
        """Set all attributes that its type has."""
        _modify(cloud, identity, inputs, ATTRIBUTES)

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Describe the load balancer with its attributes."""
        elb = cloud.client("elbv2")
        live = elb.describe_load_balancers(LoadBalancerArns=[identity])["LoadBalancers"][0]
        kind = live["Type"]
        attributes = elb.describe_load_balancer_attributes(LoadBalancerArn=identity)["Attributes"]
        return {
            **from_aws(ATTRIBUTES, kind, attributes),
            # AWS cannot turn it off here; moto says that it is off.
            **({"enableCrossZoneLoadBalancing": True} if kind == APPLICATION else {}),
            "arn": identity,
            "arnSuffix": suffix_of(identity),
            "dnsName": live["DNSName"],
            "enablePrefixForIpv6SourceNat": "off" if kind == NETWORK else "",
            "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic": (
                "on" if kind == NETWORK and live["SecurityGroups"] else ""
            ),
            "internal": live.get("Scheme") == "internal",
            "ipAddressType": live["IpAddressType"],
            "loadBalancerType": kind,
            "name": live["LoadBalancerName"],
            "namePrefix": prefix_of(live["LoadBalancerName"]),
            "secondaryIpsAutoAssignedPerSubnet": 0,
            "securityGroups": live["SecurityGroups"],
            "subnetMappings": _live_mappings(cloud, live, known),
            "subnets": [zone["SubnetId"] for zone in live["AvailabilityZones"]],
            "vpcId": live["VpcId"],
            "zoneId": live["CanonicalHostedZoneId"],
            "tags": live_tags(cloud, identity),
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Change attributes, groups, subnets and address type, in upstream's order."""
        inputs, state = change.inputs, change.state
        elb = cloud.client("elbv2")
        _refuse_limits("ModifyLoadBalancerAttributes", state["loadBalancerType"], inputs)
        _modify(cloud, identity, inputs, change.names)
        groups = state["securityGroups"]
        if change.touches("securityGroups"):
            groups = require_groups(cloud, "SetSecurityGroups", inputs, state["vpcId"])
            elb.set_security_groups(LoadBalancerArn=identity, SecurityGroups=groups)
        mappings = state["subnetMappings"]
        if change.touches("subnets", "subnetMappings"):
            mappings = mappings_of(inputs)
            subnets = require_places(cloud, "SetSubnets", inputs, state["subnets"])
            elb.set_subnets(
                LoadBalancerArn=identity, Subnets=[subnet["SubnetId"] for subnet in subnets]
            )
        if change.touches("subnets", "subnetMappings", "securityGroups"):
            furnish(cloud, "SetSubnets", identity, mappings, groups)
        if change.touches("ipAddressType"):
            address_type = inputs["ipAddressType"]
            stands = _subnets(cloud, [each["subnetId"] for each in mappings])
            refuse_without_ipv6("SetIpAddressType", address_type, stands)
            elb.set_ip_address_type(LoadBalancerArn=identity, IpAddressType=address_type)

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Delete it with its listeners and interfaces, unless it is protected."""
        del state
        elb = cloud.client("elbv2")
        attributes = elb.describe_load_balancer_attributes(LoadBalancerArn=identity)["Attributes"]
        if {"Key": DELETION_PROTECTION, "Value": "true"} in attributes:
            words = (
                f"Load balancer '{identity}' cannot be deleted because deletion protection is "
                "enabled"
            )
            refuse("DeleteLoadBalancer", "OperationNotPermitted", words)
        elb.delete_load_balancer(LoadBalancerArn=identity)
        remove_interfaces(cloud, identity)

    def retag(self, cloud: Cloud, identity: str, removed: Iterable[str], added: Tags) -> None:
        """Change its tags."""
        change_tags(cloud, identity, removed, added)


def _refuse_second(cloud: Cloud, name: str) -> None:
    elb = cloud.client("elbv2")
    if unless_gone(lambda: elb.describe_load_balancers(Names=[name])):
        words = f"A load balancer with the same name '{name}' exists, but with different settings"
        refuse("CreateLoadBalancer", "DuplicateLoadBalancerName", words)


def _refuse_limits(operation: str, kind: str, inputs: Properties) -> None:
    words = out_of_limits(ATTRIBUTES, kind, inputs)
    if words:
        refuse(operation, "ValidationError", words)


def _modify(cloud: Cloud, identity: str, inputs: Properties, names: Iterable[str]) -> None:
    attributes = to_aws(ATTRIBUTES, inputs["loadBalancerType"], inputs, names)
    if attributes:
        cloud.client("elbv2").modify_load_balancer_attributes(
            LoadBalancerArn=identity, Attributes=attributes
        )


def _live_mappings(cloud: Cloud, live: dict[str, Any], known: Properties) -> list[dict[str, Any]]:
    interfaces = interfaces_by_subnet(cloud, live["LoadBalancerArn"])
    mappings: list[dict[str, Any]] = known.get("subnetMappings") or []
    fixed = {each["subnetId"] for each in mappings if each.get("privateIpv4Address")}
    subnets = [zone["SubnetId"] for zone in live["AvailabilityZones"]]
    return [mapping_of(subnet, interfaces.get(subnet), fixed=subnet in fixed) for subnet in subnets]


def _subnets(cloud: Cloud, identities: list[str]) -> list[Subnet]:
    return cloud.ec2.describe_subnets(SubnetIds=identities)["Subnets"]
