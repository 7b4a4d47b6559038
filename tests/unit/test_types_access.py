"""Every type that decides what endpoints let in: one row for each type and case."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from guardrails.pack import policies
from guardrails.testing import UNKNOWN, analyze
from tests.support.policy_stacks import Made, Stack
from tests.support.type_rows import check, judged

RULE = "endpoints-admit-only-https"
HTTPS = {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["10.0.0.0/16"]}
SSH = {"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": ["10.0.0.0/16"]}
GROUP = "ec2/securityGroup:SecurityGroup"
DEFAULT_GROUP = "ec2/defaultSecurityGroup:DefaultSecurityGroup"
ENDPOINT = "ec2/vpcEndpoint:VpcEndpoint"
ON_ENDPOINT = "ec2/securityGroupAssociation:SecurityGroupAssociation"
ON_INTERFACE = "ec2/networkInterfaceSecurityGroupAttachment:NetworkInterfaceSecurityGroupAttachment"
OLD_RULE = "ec2/securityGroupRule:SecurityGroupRule"
NEW_RULE = "vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EXCLUSIVE = "ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive"
SHARED = "vpc/securityGroupVpcAssociation:SecurityGroupVpcAssociation"
OLD_SSH = {"type": "ingress", **SSH}
OLD_HTTPS = {"type": "ingress", **HTTPS}
NEW_SSH = {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "cidrIpv4": "10.0.0.0/16"}
NEW_HTTPS = {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "10.0.0.0/16"}


class Place:
    """A VPC with a group for each kind of rule, and an endpoint that a row may change."""

    def __init__(self) -> None:
        self.stack = Stack()
        self.vpc = self.stack.add("ec2/vpc:Vpc", "hub", cidrBlock="10.0.0.0/16")
        self.https = self.stack.add(GROUP, "https", vpcId=self.vpc, ingress=[HTTPS])
        self.ssh = self.stack.add(GROUP, "ssh", vpcId=self.vpc, ingress=[SSH])
        self.bare = self.stack.add(GROUP, "bare", vpcId=self.vpc)

    @property
    def default(self) -> Any:
        return self.vpc.output("defaultSecurityGroupId")

    def endpoint(self, *groups: Any, **more: Any) -> Made:
        given = {"vpcEndpointType": "Interface", "securityGroupIds": list(groups), **more}
        name = "com.amazonaws.us-east-1.ec2"
        return self.stack.add(ENDPOINT, "control", vpcId=self.vpc, serviceName=name, **given)

    def guarded(self, token: str, *, under: Any = None, **more: Any) -> None:
        """An endpoint with one group, and a resource that adds to this group."""
        group = under or self.bare
        self.endpoint(group)
        shown = {"securityGroupRuleId": "sgr-1"} if token in {OLD_RULE, NEW_RULE} else {}
        self.stack.add(token, "more", shown=shown, securityGroupId=group, **more)

    def ruled(self, rule: dict[str, Any]) -> Any:
        """The id of a group, taken from its rule, so that who uses it waits for the rule."""
        shown = {"securityGroupId": self.bare.id}
        made = self.stack.add(NEW_RULE, "rule", shown=shown, securityGroupId=self.bare, **rule)
        return made.output("securityGroupId")

    def exclusive(self, group: Any, *kept: Any) -> None:
        self.stack.add(EXCLUSIVE, "only", securityGroupId=group, ingressRuleIds=list(kept))

    def exclusive_for(self, *rules: dict[str, Any]) -> None:
        """An endpoint whose group keeps these rules and no others."""
        kept = [
            self.stack.add(
                NEW_RULE,
                f"rule-{number}",
                shown={"securityGroupRuleId": f"sgr-{number}"},
                securityGroupId=self.bare,
                **rule,
            )
            for number, rule in enumerate(rules)
        ]
        self.endpoint(self.bare)
        self.exclusive(self.bare, *(each.output("securityGroupRuleId") for each in kept))

    def later(self, group: Any, first: Any = None, **more: Any) -> None:
        made = self.endpoint(first or self.https)
        self.stack.add(ON_ENDPOINT, "later", vpcEndpointId=made, securityGroupId=group, **more)

    def elsewhere(self, group: Any) -> None:
        """A group put on an endpoint that is not in the stack."""
        self.stack.add(ON_ENDPOINT, "far", vpcEndpointId="vpce-0", securityGroupId=group)

    def on_interface(self, interface: Any, group: Any) -> None:
        self.endpoint(self.https, networkInterfaceIds=["eni-1"])
        self.stack.add(ON_INTERFACE, "later", networkInterfaceId=interface, securityGroupId=group)

    def adopted(self, *rules: dict[str, Any]) -> None:
        self.endpoint(self.default)
        self.stack.add(DEFAULT_GROUP, "own", vpcId=self.vpc, ingress=list(rules))

    def shared(self, group: Any) -> None:
        self.endpoint(group)
        self.stack.add(SHARED, "shared", securityGroupId=group, vpcId="vpc-other")


Build = Callable[[Place], object]
ROWS: dict[str, tuple[Build, str]] = {
    "endpoint with https": (lambda p: p.endpoint(p.https), "kept"),
    "endpoint with ssh too": (lambda p: p.endpoint(p.https, p.ssh), "violated"),
    "endpoint with a group out of sight": (lambda p: p.endpoint("sg-0"), "unverified sg-0"),
    "endpoint with groups not known yet": (
        lambda p: p.endpoint(UNKNOWN),
        "unverified securityGroupIds of VpcEndpoint control",
    ),
    "endpoint of type Resource": (
        lambda p: p.endpoint(p.ssh, vpcEndpointType="Resource"),
        "violated",
    ),
    "endpoint of type ServiceNetwork": (
        lambda p: p.endpoint(p.ssh, vpcEndpointType="ServiceNetwork"),
        "violated",
    ),
    "endpoint of type Gateway": (lambda p: p.endpoint(vpcEndpointType="Gateway"), "kept"),
    "endpoint of unknown type": (
        lambda p: p.endpoint(p.ssh, vpcEndpointType=UNKNOWN),
        "unverified vpcEndpointType of VpcEndpoint control",
    ),
    "endpoint with a group by its https rule": (
        lambda p: p.endpoint(p.ruled(NEW_HTTPS)),
        "kept",
    ),
    "endpoint with a group by its ssh rule": (
        lambda p: p.endpoint(p.ruled(NEW_SSH)),
        "violated",
    ),
    "association of https": (lambda p: p.later(p.https), "kept"),
    "association of ssh": (lambda p: p.later(p.ssh), "violated"),
    "association of a group out of sight": (lambda p: p.later("sg-0"), "unverified sg-0"),
    "association beside the default group": (lambda p: p.later(p.https, p.default), "violated"),
    "association in place of the default group": (
        lambda p: p.later(p.https, p.default, replaceDefaultAssociation=True),
        "kept",
    ),
    "association in place of another group": (
        lambda p: p.later(p.https, p.ssh, replaceDefaultAssociation=True),
        "violated",
    ),
    "association that may replace the default": (
        lambda p: p.later(p.https, p.default, replaceDefaultAssociation=UNKNOWN),
        "unverified replaceDefaultAssociation of SecurityGroupAssociation later",
    ),
    "association of https elsewhere": (lambda p: p.elsewhere(p.https), "kept"),
    "association of ssh elsewhere": (lambda p: p.elsewhere(p.ssh), "violated"),
    "association of a group out of sight elsewhere": (
        lambda p: p.elsewhere("sg-0"),
        "unverified sg-0",
    ),
    "attachment of https": (lambda p: p.on_interface("eni-1", p.https), "kept"),
    "attachment of ssh": (lambda p: p.on_interface("eni-1", p.ssh), "violated"),
    "attachment to another interface": (lambda p: p.on_interface("eni-2", p.ssh), "kept"),
    "attachment to an unknown interface": (
        lambda p: p.on_interface(UNKNOWN, p.ssh),
        "unverified networkInterfaceId of NetworkInterfaceSecurityGroupAttachment later",
    ),
    "group without rules": (lambda p: p.endpoint(p.bare), "kept"),
    "default group, adopted and empty": (lambda p: p.adopted(), "kept"),
    "default group, adopted with https": (lambda p: p.adopted(HTTPS), "kept"),
    "default group, adopted with ssh": (lambda p: p.adopted(SSH), "violated"),
    "default group, adopted with an unknown port": (
        lambda p: p.adopted({**HTTPS, "toPort": UNKNOWN}),
        "unverified toPort of ingress of DefaultSecurityGroup own",
    ),
    "default group, left to AWS": (lambda p: p.endpoint(p.default), "violated"),
    "legacy rule for https": (lambda p: p.guarded(OLD_RULE, **OLD_HTTPS), "kept"),
    "legacy rule for ssh": (lambda p: p.guarded(OLD_RULE, **OLD_SSH), "violated"),
    "legacy rule outbound": (lambda p: p.guarded(OLD_RULE, **{**SSH, "type": "egress"}), "kept"),
    "legacy rule from a group for all": (
        lambda p: p.guarded(
            OLD_RULE,
            type="ingress",
            protocol="all",
            fromPort=0,
            toPort=0,
            sourceSecurityGroupId=p.https,
        ),
        "violated",
    ),
    "legacy rule for protocol 6": (
        lambda p: p.guarded(OLD_RULE, **{**OLD_HTTPS, "protocol": "6"}),
        "kept",
    ),
    "legacy rule of unknown direction": (
        lambda p: p.guarded(OLD_RULE, **{**SSH, "type": UNKNOWN}),
        "unverified type of SecurityGroupRule more",
    ),
    "ingress rule for https": (lambda p: p.guarded(NEW_RULE, **NEW_HTTPS), "kept"),
    "ingress rule for ssh": (lambda p: p.guarded(NEW_RULE, **NEW_SSH), "violated"),
    "ingress rule without ports": (
        lambda p: p.guarded(NEW_RULE, ipProtocol="-1", referencedSecurityGroupId=p.https),
        "violated",
    ),
    "ingress rule with an unknown protocol": (
        lambda p: p.guarded(NEW_RULE, **{**NEW_HTTPS, "ipProtocol": UNKNOWN}),
        "unverified ipProtocol of SecurityGroupIngressRule more",
    ),
    "exclusive rules, none of the default group": (
        lambda p: (p.endpoint(p.default), p.exclusive(p.default)),
        "kept",
    ),
    "exclusive rules that keep https": (lambda p: p.exclusive_for(NEW_HTTPS), "kept"),
    "exclusive rules that keep two for https": (
        lambda p: p.exclusive_for(NEW_HTTPS, {**NEW_HTTPS, "cidrIpv4": "10.1.0.0/16"}),
        "kept",
    ),
    "exclusive rules that keep ssh": (lambda p: p.exclusive_for(NEW_SSH), "violated"),
    "exclusive rules that keep one out of sight": (
        lambda p: (p.endpoint(p.default), p.exclusive(p.default, "sgr-0")),
        "unverified sgr-0",
    ),
    "exclusive rules not known yet": (
        lambda p: (p.endpoint(p.bare), p.exclusive(p.bare, UNKNOWN)),
        "unverified ingressRuleIds of VpcSecurityGroupRulesExclusive only",
    ),
    "exclusive rules do not rescue an inline rule": (
        lambda p: (p.endpoint(p.ssh), p.exclusive(p.ssh)),
        "violated",
    ),
    "exclusive rules of a group not known yet": (
        lambda p: (p.endpoint(p.default), p.exclusive(UNKNOWN)),
        "unverified securityGroupId of VpcSecurityGroupRulesExclusive only",
    ),
    "group shared with another VPC, https": (lambda p: p.shared(p.https), "kept"),
    "group shared with another VPC, ssh": (lambda p: p.shared(p.ssh), "violated"),
    "group shared from out of sight": (lambda p: p.shared("sg-0"), "unverified sg-0"),
}


@pytest.mark.parametrize(("build", "expected"), ROWS.values(), ids=ROWS)
def test_what_an_endpoint_lets_in(build: Build, expected: str) -> None:
    place = Place()
    build(place)
    check(judged(place.stack, RULE), expected)


@pytest.mark.parametrize("ingress", [HTTPS, SSH])
def test_a_known_id_is_not_that_of_a_group_which_is_only_waited_for(
    ingress: dict[str, Any],
) -> None:
    stack = Stack()
    group = stack.add(GROUP, "own", ingress=[ingress])
    stack.add(ENDPOINT, "control", vpcEndpointType="Interface", securityGroupIds=["sg-0"])
    waiting = [replace(each, dependencies=[group.urn]) for each in stack.preview()]
    found = analyze(waiting, policies(), preview=True)
    assert found.of(RULE) == []
    assert "sg-0" in found.of("facts-are-missing")[0].message
