"""aws:networkfirewall/firewallPolicy:FirewallPolicy (upstream: networkfirewall/firewall_policy.go).

What goes together: https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_FirewallPolicy.html
"""

from collections.abc import Sequence
from typing import ClassVar

from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.network_firewall import store
from sandbox.provider.network_firewall.managed_rule_groups import is_managed, managed_order
from sandbox.provider.network_firewall.rule_group import order_of
from sandbox.provider.network_firewall.rules import (
    CUSTOM_ACTIONS,
    NAME,
    RULE_ORDERS,
    named_sets,
    rule_order,
)
from sandbox.provider.network_firewall.stored_resource import StoredResource
from sandbox.provider.resource import Change
from sandbox.provider.schema import Property, boolean, number, object_of, set_of, string
from sandbox.provider.values import arn, between, length, one_of
from sandbox.provider.wire import UNKNOWN, Properties

_STRICT_ORDER = RULE_ORDERS[1]
_KEPT = ("description", "firewallPolicy")
_STANDARD_ACTIONS = frozenset({"aws:pass", "aws:drop", "aws:forward_to_sfe"})

_ENGINE = object_of(
    {
        "flowTimeouts": object_of({"tcpIdleTimeoutSeconds": number(valid=(between(60, 6000),))}),
        "ruleOrder": string(valid=(one_of(*RULE_ORDERS),)),
        "streamExceptionPolicy": string(valid=(one_of("DROP", "CONTINUE", "REJECT"),)),
    }
)
_STATEFUL = set_of(
    object_of(
        {
            "deepThreatInspection": string(),
            "override": object_of({"action": string(valid=(one_of("DROP_TO_ALERT"),))}),
            "priority": number(valid=(between(1, 65535),)),
            "resourceArn": string(required=True, valid=(arn,)),
        }
    )
)
_STATELESS = set_of(
    object_of(
        {
            "priority": number(required=True, valid=(between(1, 65535),)),
            "resourceArn": string(required=True, valid=(arn,)),
        }
    )
)
_POLICY: Property = object_of(
    {
        "enableTlsSessionHolding": boolean(),
        "policyVariables": object_of({"ruleVariables": named_sets("ipSet")}),
        "statefulDefaultActions": set_of(string()),
        "statefulEngineOptions": _ENGINE,
        "statefulRuleGroupReferences": _STATEFUL,
        "statelessCustomActions": CUSTOM_ACTIONS,
        "statelessDefaultActions": set_of(string(), required=True),
        "statelessFragmentDefaultActions": set_of(string(), required=True),
        "statelessRuleGroupReferences": _STATELESS,
    },
    required=True,
)


class FirewallPolicy(StoredResource):
    """What a firewall does with packets: its rule groups, and its actions where none applies."""

    pulumi_name = "aws:networkfirewall/firewallPolicy:FirewallPolicy"
    noun = "NetworkFirewall Firewall Policy"
    properties: ClassVar = {
        "description": string(valid=(length(0, 512),)),
        "firewallPolicy": _POLICY,
        "name": string(named=True, replaces=True, valid=NAME),
        "arn": string(output=True),
        "updateToken": string(output=True),
    }
    unmodelled = (
        "encryptionConfiguration",
        "firewallPolicy.tlsInspectionConfigurationArn",
    )

    def forces_replacement(self, name: str, state: Properties, inputs: Properties) -> bool:
        """Replace for another order of rules, unless the default is only named or left out."""
        wanted = inputs.get("firewallPolicy")
        if name != "firewallPolicy" or wanted is UNKNOWN:
            return False
        return _order(state.get("firewallPolicy")) != _order(wanted)

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Create the policy."""
        _refuse_policy(cloud, "CreateFirewallPolicy", inputs["firewallPolicy"])
        return store.add(cloud, "CreateFirewallPolicy", store.POLICY, inputs, _KEPT)

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Change rules and description."""
        record = store.find(cloud, identity)
        if record is None or not change.touches(*_KEPT):
            return
        _refuse_policy(cloud, "UpdateFirewallPolicy", change.inputs["firewallPolicy"])
        store.refuse_outdated("UpdateFirewallPolicy", record, change.state)
        store.change(cloud, "UpdateFirewallPolicy", record, change.inputs, _KEPT)

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Delete the policy unless a firewall uses it."""
        del state
        users = store.listed(cloud, store.FIREWALL)
        in_use = any(each.properties["firewallPolicyArn"] == identity for each in users)
        store.remove(cloud, "DeleteFirewallPolicy", identity, in_use=in_use)


def _order(policy: Properties | None) -> str:
    return rule_order(policy and policy.get("statefulEngineOptions"))


def _refuse_policy(cloud: Cloud, operation: str, policy: Properties) -> None:
    actions: Sequence[Properties] = policy.get("statelessCustomActions") or []
    custom: set[str] = {each["actionName"] for each in actions}
    for name in ("statelessDefaultActions", "statelessFragmentDefaultActions"):
        _refuse_actions(operation, name, policy[name], custom)
    order = _order(policy)
    if policy.get("statefulDefaultActions") and order != _STRICT_ORDER:
        _invalid(operation, "StatefulDefaultActions", "needs the rule order STRICT_ORDER")
    stateful: Sequence[Properties] = policy.get("statefulRuleGroupReferences") or []
    for each in stateful:
        if (each.get("priority") is not None) != (order == _STRICT_ORDER):
            _invalid(operation, "Priority", "is for the rule order STRICT_ORDER, which needs it")
        if _stateful_order(cloud, each["resourceArn"]) != order:
            _invalid(operation, each["resourceArn"], f"is not a stateful group of order {order}")
    stateless: Sequence[Properties] = policy.get("statelessRuleGroupReferences") or []
    for each in stateless:
        if ":stateless-rulegroup/" not in each["resourceArn"] or not store.find(
            cloud, each["resourceArn"]
        ):
            _invalid(operation, each["resourceArn"], "is not a stateless group")
    if len({each["priority"] for each in stateless}) < len(stateless):
        _invalid(operation, "Priority", "must differ between stateless groups")


def _refuse_actions(operation: str, name: str, actions: Sequence[str], custom: set[str]) -> None:
    """Ask for one standard action; beside it only custom ones of the policy may stand."""
    standard = [each for each in actions if each in _STANDARD_ACTIONS]
    if len(standard) != 1 or not set(actions) - _STANDARD_ACTIONS <= custom:
        _invalid(operation, name, "needs one of aws:pass, aws:drop, aws:forward_to_sfe")


def _stateful_order(cloud: Cloud, group: str) -> str | None:
    if is_managed(group):
        return managed_order(group)
    record = store.find(cloud, group) if ":stateful-rulegroup/" in group else None
    return order_of(record.properties["ruleGroup"]) if record else None


def _invalid(operation: str, parameter: str, reason: str) -> None:
    words = f"parameter is invalid, parameter: [{parameter}], context: it {reason}"
    refuse(operation, "InvalidRequestException", words)
