import pytest

from guardrails import Topology, Verdict
from guardrails.model.knowledge import External, OneOf, Unknown
from guardrails.model.network import UnseenWriter, Vpc
from guardrails.model.security import (
    Endpoint,
    ExclusiveRules,
    GroupAttachment,
    GroupRule,
    SecurityGroup,
    default_group_of,
)
from tests.support.topologies import (
    ENDPOINT_RULE,
    REGION,
    findings,
    judged,
    network,
    paths,
    verdict,
)

INTERFACE_ID = External("eni-1")


def endpoint(**more: object) -> Endpoint:
    given = {"kind": "Interface", "vpc": "vpc", "groups": ("https",), **more}
    return Endpoint(key="ec2", scope=REGION, name="ec2", **given)


def group(key: str, **more: object) -> SecurityGroup:
    return SecurityGroup(key=key, scope=REGION, name=key, **{"vpc": "vpc", **more})


def rule(
    protocol: object = "tcp",
    first: object = 443,
    last: object = 443,
    of: object = "https",
    **more: object,
) -> GroupRule:
    given = {"key": f"rule-{of}", "sources": ("10.0.0.0/16",), **more}
    return GroupRule(group=of, protocol=protocol, from_port=first, to_port=last, **given)


def put(which: object, on: object, **more: object) -> GroupAttachment:
    return GroupAttachment(**{"key": f"put-{which}", "group": which, "target": on, **more})


def stack(*elements: object, **more: object) -> Topology:
    """An endpoint in a group that admits HTTPS, a group "ssh", and `elements` besides."""
    return network(
        endpoint(**more),
        group("https"),
        rule(),
        group("ssh"),
        rule("tcp", 22, 22, "ssh"),
        *elements,
    )


VIOLATED = {
    "another port": stack(rule("tcp", 80, 80)),
    "a wider range": stack(rule("tcp", 443, 8443)),
    "all ports of tcp": stack(rule("tcp", 0, 65535)),
    "udp on 443": stack(rule("udp")),
    "all protocols": stack(rule("-1", None, None)),
    "all protocols by its word": stack(rule("all", 0, 0)),
    "icmp": stack(rule("icmp", -1, -1)),
    "tcp without ports": stack(rule("tcp", None, None)),
    "no protocol": stack(rule(None)),
    "a wrong port with the rest unknown": stack(rule(Unknown("p"), 22, Unknown("q"))),
    "all protocols with unknown ports": stack(rule("-1", Unknown("p"), Unknown("q"))),
    "another port from itself only": stack(rule("tcp", 22, 22, sources=("itself",))),
    "a second group": stack(groups=("https", "ssh")),
    "either of two groups, both wrong": stack(
        group("all"), rule("-1", None, None, "all"), groups=("https", "ssh", OneOf(("ssh", "all")))
    ),
    "a group put on it later": stack(put("ssh", "ec2")),
    "a group put on its interface": stack(put("ssh", INTERFACE_ID), interfaces=(INTERFACE_ID,)),
    "no group, so the default one": stack(groups=()),
    "no group of its own and one put on beside the default": stack(put("https", "ec2"), groups=()),
    "the default group by name": stack(groups=(default_group_of("vpc"),)),
    "a managed default group that admits ssh": stack(
        group("default", default_of="vpc"), rule("tcp", 22, 22, "default"), groups=()
    ),
    "a rule written to the default group": stack(
        ExclusiveRules(key="x", group=default_group_of("vpc")),
        rule("tcp", 22, 22, default_group_of("vpc")),
        groups=(),
    ),
    "a rule written to a group elsewhere": stack(
        rule("tcp", 22, 22, External("sg-1")), groups=(External("sg-1"),)
    ),
    "an adopted default group with ssh, of a VPC elsewhere": stack(
        group("default", default_of=External("vpc-1")),
        rule("tcp", 22, 22, "default"),
        groups=(),
        vpc=External("vpc-1"),
    ),
    "a rule written to the default group of a VPC elsewhere": stack(
        rule("tcp", 22, 22, External(default_group_of("vpc-1"))),
        groups=(),
        vpc=External("vpc-1"),
    ),
    "a resource endpoint": stack(kind="Resource", groups=("ssh",)),
    "a service network endpoint": stack(kind="ServiceNetwork", groups=("ssh",)),
}

UNVERIFIED = {
    "rules that cannot be seen": stack(rule(Unknown("p"), Unknown("f"), Unknown("t"))),
    "an unknown protocol": stack(rule(Unknown("p"))),
    "an unknown port": stack(rule("tcp", 443, Unknown("t"))),
    "groups that cannot be seen": stack(groups=(Unknown("its groups"),)),
    "a further group that cannot be seen": stack(groups=("https", Unknown("others"))),
    "one of two groups": stack(groups=(OneOf(("https", "ssh")),)),
    "a group elsewhere": stack(groups=(External("sg-1"),)),
    "a group that nothing defines": stack(groups=("nowhere",)),
    "the default group of a VPC elsewhere": stack(groups=(), vpc=External("vpc-1")),
    "the default group of an unknown VPC": stack(groups=(), vpc=Unknown("its VPC")),
    "the default group of a VPC that is only read": stack(
        Vpc(key="read", scope=REGION, name="read", managed=False), groups=(), vpc="read"
    ),
    "a default group that something else may manage": stack(
        group("default", default_of=Unknown("its VPC")), groups=()
    ),
    "a group that may have adopted a default group with ssh": stack(
        group("adopted", default_of=Unknown("what it adopted")),
        rule("tcp", 22, 22, default_group_of("vpc")),
        groups=("adopted",),
    ),
    "a rule of an unknown group": stack(rule("tcp", 22, 22, Unknown("g"))),
    "a group put on something unknown": stack(put("ssh", Unknown("the target"))),
    "a group put on an interface that may be its own": stack(
        put("ssh", INTERFACE_ID), interfaces=(Unknown("its interfaces"),)
    ),
    "perhaps the default group": stack(
        put("https", "ec2", replaces_default=Unknown("whether it replaces")), groups=()
    ),
    "perhaps the default group, still shown": stack(
        put("https", "ec2", replaces_default=Unknown("whether it replaces")),
        groups=(default_group_of("vpc"),),
    ),
    "a kind that cannot be seen": stack(kind=Unknown("its kind"), groups=("ssh",)),
}

KEPT = {
    "HTTPS": stack(),
    "HTTPS by its number": stack(rule("6")),
    "HTTPS in capitals": stack(rule("TCP")),
    "HTTPS from anywhere": stack(rule(sources=("0.0.0.0/0", "::/0"))),
    "a group without rules": stack(group("empty"), groups=("https", "empty")),
    "either of two groups that are right": stack(
        group("also"), rule(of="also"), groups=(OneOf(("https", "also")),)
    ),
    "a group put on another machine": stack(put("ssh", "node-a")),
    "a group put on another interface": stack(
        put("ssh", External("eni-2")), interfaces=(INTERFACE_ID,)
    ),
    "a group in place of the default": stack(put("https", "ec2", replaces_default=True), groups=()),
    "a group in place of the default that is still shown": stack(
        put("https", "ec2", replaces_default=True), groups=(default_group_of("vpc"),)
    ),
    "a group in place of the adopted default that is still shown": stack(
        group("default", default_of="vpc"),
        rule("tcp", 22, 22, "default"),
        put("https", "ec2", replaces_default=True),
        groups=("default",),
    ),
    "a managed default group": stack(
        group("default", default_of="vpc"), rule(of="default"), groups=()
    ),
    "an adopted default group of a VPC elsewhere": stack(
        group("default", default_of=External("vpc-1")), groups=(), vpc=External("vpc-1")
    ),
    "a default group emptied for good": stack(
        ExclusiveRules(key="x", group=default_group_of("vpc")), groups=()
    ),
    "a right rule of an unknown group": stack(rule(of=Unknown("g"))),
    "a kind that cannot be seen": stack(kind=Unknown("its kind")),
}


@pytest.mark.parametrize("topology", VIOLATED.values(), ids=VIOLATED.keys())
def test_an_endpoint_is_violated_by(topology: Topology) -> None:
    assert verdict(topology, ENDPOINT_RULE, "ec2") is Verdict.VIOLATED


@pytest.mark.parametrize("topology", UNVERIFIED.values(), ids=UNVERIFIED.keys())
def test_an_endpoint_is_unverified_with(topology: Topology) -> None:
    assert verdict(topology, ENDPOINT_RULE, "ec2") is Verdict.UNVERIFIED
    assert all(each.missing for each in findings(topology, ENDPOINT_RULE))


@pytest.mark.parametrize("topology", KEPT.values(), ids=KEPT.keys())
def test_an_endpoint_is_kept_with(topology: Topology) -> None:
    assert verdict(topology, ENDPOINT_RULE, "ec2") is Verdict.KEPT


@pytest.mark.parametrize("kind", ["Gateway", "GatewayLoadBalancer"])
def test_an_endpoint_without_groups_is_skipped(kind: str) -> None:
    skipped = judged(stack(kind=kind, groups=())).coverage[ENDPOINT_RULE].skipped
    assert skipped == {"ec2": f"{kind} endpoints have no security groups"}


def test_what_is_like_an_endpoint_is_judged_when_asked() -> None:
    kind = "aws:opensearch/vpcEndpoint"
    topology = stack(kind=kind, groups=("ssh",))
    assert verdict(topology, ENDPOINT_RULE, "ec2") is None
    asked = {"endpoint_like": frozenset({kind})}
    assert verdict(topology, ENDPOINT_RULE, "ec2", **asked) is Verdict.VIOLATED


def test_a_group_elsewhere_that_is_known_is_believed() -> None:
    known = {"https_only_groups": frozenset({"sg-1"})}
    topology = stack(groups=(External("sg-1"),))
    assert verdict(topology, ENDPOINT_RULE, "ec2", **known) is Verdict.KEPT


def test_the_path_runs_from_the_endpoint_to_the_rule() -> None:
    assert paths(stack(put("ssh", "ec2")), ENDPOINT_RULE) == [
        (
            "endpoint ec2 -> attachment put-ssh -> security group ssh"
            " -> rule rule-ssh (tcp/22 from 10.0.0.0/16)"
        )
    ]


def test_the_default_group_is_named_with_its_reason() -> None:
    assert paths(stack(groups=()), ENDPOINT_RULE) == [
        (
            "endpoint ec2 -> no security group, so the VPC's default one"
            " -> default security group of VPC vpc -> rule made by AWS (all traffic from itself)"
        )
    ]


def test_what_writes_out_of_sight_is_named() -> None:
    writer = UnseenWriter(key="urn::script", scope="", what="local command")
    [found] = findings(stack(writer), ENDPOINT_RULE)
    assert found.message.startswith("script (local command) may change the network")
