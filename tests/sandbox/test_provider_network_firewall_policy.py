from typing import Any

import pytest

from tests.support.compute import make_network
from tests.support.firewalls import (
    DOMAINS,
    FIREWALL,
    FORWARD,
    POLICY,
    RULES,
    STATELESS,
    make_policy,
    make_rules,
)
from tests.support.provider import Created, FailedError, Instance, unique, unknowns

MANAGED = (
    "arn:aws:network-firewall:ap-northeast-1:aws-managed:stateful-rulegroup/"
    "ThreatSignaturesBotnetStrictOrder"
)
STRICT = {"statefulEngineOptions": {"ruleOrder": "STRICT_ORDER"}}
STRICT_RULES = {"statefulRuleOptions": {"ruleOrder": "STRICT_ORDER"}}
SURICATA = 'drop tcp any any -> any 22 (msg:"no ssh"; sid:1;)'
HEADER = {
    "destination": "ANY",
    "destinationPort": "22",
    "direction": "ANY",
    "protocol": "SSH",
    "source": "10.0.0.0/8",
    "sourcePort": "ANY",
}
STATEFUL = {
    "statefulRules": [
        {
            "action": "DROP",
            "header": HEADER,
            "ruleOptions": [{"keyword": "sid", "settings": ["1"]}],
        }
    ]
}


@pytest.fixture
def rules(aws: Instance) -> Created:
    return make_rules(aws)


def test_a_preview_leaves_to_aws_what_aws_decides(aws: Instance) -> None:
    assert unknowns(aws.preview(POLICY, firewallPolicy=FORWARD)) == {"id", "arn", "updateToken"}
    given = {"capacity": 1, "type": "STATEFUL"}
    assert unknowns(aws.preview(RULES, rules=SURICATA, **given)) == {
        "id", "arn", "ruleGroup", "updateToken",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "group"),
    [
        ("STATEFUL", {"rulesSource": DOMAINS}),
        ("STATEFUL", {"rulesSource": STATEFUL}),
        ("STATEFUL", {"rulesSource": {"rulesString": SURICATA}, **STRICT_RULES}),
        ("STATELESS", {"rulesSource": STATELESS}),
        (
            "STATEFUL",
            {
                "rulesSource": DOMAINS,
                "ruleVariables": {
                    "ipSets": [{"key": "HOME_NET", "ipSet": {"definitions": ["10.0.0.0/8"]}}],
                    "portSets": [{"key": "WEB", "portSet": {"definitions": ["80"]}}],
                },
            },
        ),
    ],
)
def test_a_group_of_rules_is_what_was_asked_for(
    aws: Instance, kind: str, group: dict[str, Any]
) -> None:
    made = aws.create(RULES, name=unique("rules"), capacity=100, type=kind, ruleGroup=group)
    assert f":{kind.lower()}-rulegroup/" in made.id
    assert made.diff().kinds == {}
    refreshed = made.refresh()
    assert refreshed is not None
    assert refreshed.state == made.state
    imported = aws.read(RULES, made.id)
    assert imported is not None
    assert aws.diff(imported, made.inputs).kinds == {}


def test_aws_makes_a_group_of_a_text_of_rules(aws: Instance) -> None:
    made = aws.create(RULES, name=unique("rules"), capacity=9, type="STATEFUL", rules=SURICATA)
    assert made["ruleGroup"] == {"rulesSource": {"rulesString": SURICATA}}
    assert made.diff().kinds == {}
    other = SURICATA.replace("22", "23")
    changed = made.update(rules=other)
    assert changed["ruleGroup"] == {"rulesSource": {"rulesString": other}}


@pytest.mark.parametrize(
    ("changes", "replaces"),
    [
        ({"capacity": 101}, ["capacity"]),
        ({"name": "other"}, ["name"]),
        ({"ruleGroup": {"rulesSource": DOMAINS, **STRICT_RULES}}, ["ruleGroup"]),
        (
            {
                "ruleGroup": {
                    "rulesSource": DOMAINS,
                    "statefulRuleOptions": {"ruleOrder": "DEFAULT_ACTION_ORDER"},
                }
            },
            [],
        ),
        ({"ruleGroup": {"rulesSource": STATEFUL}}, []),
        ({"description": "x"}, []),
    ],
)
def test_which_change_needs_another_group(
    rules: Created, changes: dict[str, Any], replaces: list[str]
) -> None:
    difference = rules.diff(**changes)
    assert difference.kinds != {}
    assert difference.replaces == replaces


def test_rules_change_in_place(rules: Created) -> None:
    changed = rules.update(
        ruleGroup={"rulesSource": STATEFUL}, description="ssh", tags={"Name": "ssh"}
    )
    assert changed["ruleGroup"]["rulesSource"] == STATEFUL
    assert (changed["description"], changed["tags"]) == ("ssh", {"Name": "ssh"})
    assert changed["updateToken"] != rules["updateToken"]
    with pytest.raises(FailedError, match="InvalidTokenException"):
        rules.update(description="older")
    with pytest.raises(FailedError, match="the type of a rule group cannot be changed"):
        changed.update(type="STATELESS")


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("STATELESS", {"ruleGroup": {"rulesSource": DOMAINS}}),
        ("STATEFUL", {"ruleGroup": {"rulesSource": STATELESS}}),
        ("STATEFUL", {"ruleGroup": {"rulesSource": {**DOMAINS, **STATEFUL}}}),
        ("STATEFUL", {"ruleGroup": {"rulesSource": {}}}),
        ("STATELESS", {"rules": SURICATA}),
    ],
)
def test_rules_must_fit_the_type(aws: Instance, kind: str, given: dict[str, Any]) -> None:
    with pytest.raises(FailedError, match="CreateRuleGroup: InvalidRequestException: parameter is"):
        aws.create(RULES, name=unique("rules"), capacity=1, type=kind, **given)


def test_a_group_needs_rules(aws: Instance) -> None:
    found = aws.failures(RULES, capacity=1, type="STATEFUL")
    assert found == {"ruleGroup": "one of ruleGroup and rules must be given"}


def test_a_policy_uses_groups_of_both_types(aws: Instance, rules: Created) -> None:
    stateless = make_rules(aws, STATELESS, type="STATELESS")
    policy = make_policy(
        aws,
        statefulRuleGroupReferences=[{"resourceArn": rules.id}],
        statelessRuleGroupReferences=[{"resourceArn": stateless.id, "priority": 1}],
    )
    assert policy.id.endswith(f":firewall-policy/{policy['name']}")
    assert policy.diff().kinds == {}
    for used in (rules, stateless):
        with pytest.raises(FailedError) as caught:
            used.delete()
        assert str(caught.value) == (
            f"deleting NetworkFirewall Rule Group ({used.id}): DeleteRuleGroup: "
            "InvalidOperationException: Unable to delete the object because it is still in use"
        )
    policy.delete()
    rules.delete()
    assert rules.refresh() is None


def test_a_strict_policy_gives_its_groups_an_order(aws: Instance) -> None:
    strict = make_rules(aws, ruleGroup=STRICT_RULES)
    policy = make_policy(
        aws,
        **STRICT,
        statefulDefaultActions=["aws:drop_strict"],
        statefulRuleGroupReferences=[
            {"resourceArn": strict.id, "priority": 1},
            {"resourceArn": MANAGED, "priority": 2},
        ],
    )
    assert policy.diff().kinds == {}
    relaxed = {"firewallPolicy": FORWARD}
    assert policy.diff(**relaxed).replaces == ["firewallPolicy"]


@pytest.mark.parametrize(
    ("more", "parameter"),
    [
        ({"statelessDefaultActions": ["aws:drop", "aws:pass"]}, "statelessDefaultActions"),
        ({"statelessDefaultActions": ["count"]}, "statelessDefaultActions"),
        ({"statelessFragmentDefaultActions": ["aws:reject"]}, "statelessFragmentDefaultActions"),
        ({"statefulDefaultActions": ["aws:drop_strict"]}, "StatefulDefaultActions"),
        ({"statefulRuleGroupReferences": [{"resourceArn": MANAGED}]}, "ThreatSignaturesBotnet"),
        ({"statefulRuleGroupReferences": [{"resourceArn": MANAGED, "priority": 1}]}, "Priority"),
        (
            {
                **STRICT,
                "statefulRuleGroupReferences": [
                    {"resourceArn": MANAGED.replace("Botnet", "Nobody"), "priority": 1}
                ],
            },
            "ThreatSignaturesNobody",
        ),
        (
            {"statelessRuleGroupReferences": [{"resourceArn": MANAGED, "priority": 1}]},
            "ThreatSignaturesBotnet",
        ),
    ],
)
def test_aws_refuses_a_policy(aws: Instance, more: dict[str, Any], parameter: str) -> None:
    with pytest.raises(FailedError, match=rf"parameter is invalid, parameter: \[.*{parameter}"):
        make_policy(aws, **more)


def test_groups_of_another_order_and_of_no_place_are_refused(aws: Instance, rules: Created) -> None:
    with pytest.raises(FailedError, match="it is not a stateful group of order STRICT_ORDER"):
        make_policy(
            aws, **STRICT, statefulRuleGroupReferences=[{"resourceArn": rules.id, "priority": 1}]
        )
    rules.delete()
    with pytest.raises(
        FailedError, match="it is not a stateful group of order DEFAULT_ACTION_ORDER"
    ):
        make_policy(aws, statefulRuleGroupReferences=[{"resourceArn": rules.id}])


def test_a_custom_action_may_stand_beside_a_standard_one(aws: Instance) -> None:
    metric = {"publishMetricAction": {"dimensions": [{"value": "dropped"}]}}
    custom = [{"actionName": "count", "actionDefinition": metric}]
    actions = ["aws:drop", "count"]
    policy = make_policy(aws, statelessCustomActions=custom, statelessDefaultActions=actions)
    assert policy.diff().kinds == {}


def test_a_policy_changes_in_place_and_is_imported(aws: Instance, rules: Created) -> None:
    policy = make_policy(aws)
    wider = {**FORWARD, "statefulRuleGroupReferences": [{"resourceArn": rules.id}]}
    changed = policy.update(firewallPolicy=wider, description="wider", tags={"Name": "wider"})
    assert changed["firewallPolicy"]["statefulRuleGroupReferences"] == [{"resourceArn": rules.id}]
    assert (changed["description"], changed["tags"]) == ("wider", {"Name": "wider"})
    imported = aws.read(POLICY, policy.id)
    assert imported is not None
    assert aws.diff(imported, changed.inputs).kinds == {}
    with pytest.raises(FailedError, match="InvalidTokenException"):
        policy.update(description="older")


def test_a_policy_in_use_is_not_deleted(aws: Instance) -> None:
    network, policy = make_network(aws), make_policy(aws)
    firewall = aws.create(
        FIREWALL,
        name=unique("fw"),
        vpcId=network.vpc.id,
        firewallPolicyArn=policy.id,
        subnetMappings=[{"subnetId": network.subnet_a.id}],
    )
    with pytest.raises(FailedError) as caught:
        policy.delete()
    assert str(caught.value) == (
        f"deleting NetworkFirewall Firewall Policy ({policy.id}): DeleteFirewallPolicy: "
        "InvalidOperationException: Unable to delete the object because it is still in use"
    )
    firewall.delete()
    policy.delete()
    assert policy.refresh() is None
    policy.delete()


@pytest.mark.parametrize(
    ("given", "path", "reason"),
    [
        ({"firewallPolicy": None}, "firewallPolicy", "is required"),
        (
            {"firewallPolicy": {**FORWARD, "tlsInspectionConfigurationArn": "arn"}},
            "firewallPolicy.tlsInspectionConfigurationArn",
            "not modelled by the sandbox",
        ),
        (
            {"firewallPolicy": {**FORWARD, "statefulEngineOptions": {"ruleOrder": "ANY"}}},
            "firewallPolicy.statefulEngineOptions.ruleOrder",
            "be one of",
        ),
        ({"name": "a b"}, "name", "letters, digits and hyphens"),
    ],
)
def test_a_preview_names_what_is_wrong_with_a_policy(
    aws: Instance, given: dict[str, Any], path: str, reason: str
) -> None:
    assert reason in aws.failures(POLICY, **{"firewallPolicy": FORWARD, **given})[path]
