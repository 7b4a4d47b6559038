"""aws:networkfirewall/ruleGroup:RuleGroup (upstream: networkfirewall/rule_group.go)."""

from collections.abc import Iterator
from typing import ClassVar

from sandbox.provider.check import Fault
from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.network_firewall import store
from sandbox.provider.network_firewall.rules import NAME, RULE_GROUP, rule_order
from sandbox.provider.network_firewall.stored_resource import StoredResource
from sandbox.provider.resource import Change
from sandbox.provider.schema import number, string
from sandbox.provider.values import length, one_of
from sandbox.provider.wire import UNKNOWN, Properties

_KEPT = ("capacity", "description", "ruleGroup", "type")
_STATELESS = "statelessRulesAndCustomActions"


class RuleGroup(StoredResource):
    """Rules for packets, one by one (STATELESS) or as parts of a flow (STATEFUL)."""

    pulumi_name = "aws:networkfirewall/ruleGroup:RuleGroup"
    noun = "NetworkFirewall Rule Group"
    properties: ClassVar = {
        "capacity": number(required=True, replaces=True),
        "description": string(valid=(length(0, 512),)),
        "name": string(named=True, replaces=True, valid=NAME),
        "ruleGroup": RULE_GROUP,
        "rules": string(),
        "type": string(required=True, valid=(one_of("STATELESS", "STATEFUL"),)),
        "arn": string(output=True),
        "updateToken": string(output=True),
    }
    unmodelled = ("encryptionConfiguration",)

    def faults(self, inputs: Properties) -> Iterator[Fault]:
        """Ask for rules in one of both forms; AWS says so only when the group is made."""
        if inputs.get("ruleGroup") is None and inputs.get("rules") is None:
            yield Fault("ruleGroup", "one of ruleGroup and rules must be given")

    def forces_replacement(self, name: str, state: Properties, inputs: Properties) -> bool:
        """Replace for another order of rules, unless the default is only named or left out."""
        wanted = inputs.get("ruleGroup")
        if name != "ruleGroup" or wanted is UNKNOWN:
            return False
        return order_of(state.get("ruleGroup")) != order_of(wanted)

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Create the group."""
        _refuse_foreign_rules("CreateRuleGroup", inputs)
        kind = f"{inputs['type'].lower()}-rulegroup"
        return store.add(cloud, "CreateRuleGroup", kind, _with_rules(inputs), _KEPT)

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Change the rules and the description."""
        record = store.find(cloud, identity)
        if record is None or not change.names - {"tags", "tagsAll"}:
            return
        if change.touches("type"):
            words = "the type of a rule group cannot be changed, parameter: [Type]"
            refuse("UpdateRuleGroup", "InvalidRequestException", words)
        inputs = _with_rules(change.inputs)
        _refuse_foreign_rules("UpdateRuleGroup", inputs)
        store.refuse_outdated("UpdateRuleGroup", record, change.state)
        kept = {"ruleGroup": record.properties["ruleGroup"], **inputs}
        store.change(cloud, "UpdateRuleGroup", record, kept, ("description", "ruleGroup"))

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Delete the group unless a policy uses it."""
        del state
        users = store.listed(cloud, store.POLICY)
        in_use = any(identity in groups_of(each.properties) for each in users)
        store.remove(cloud, "DeleteRuleGroup", identity, in_use=in_use)


def order_of(group: Properties | None) -> str:
    """Return the order in which a group's stateful rules are evaluated."""
    return rule_order(group and group.get("statefulRuleOptions"))


def groups_of(policy: Properties) -> set[str]:
    """Return the ARNs of the groups that a policy's properties refer to."""
    inner: Properties = policy["firewallPolicy"]
    references: list[Properties] = [
        *(inner.get("statefulRuleGroupReferences") or []),
        *(inner.get("statelessRuleGroupReferences") or []),
    ]
    return {each["resourceArn"] for each in references}


def _with_rules(inputs: Properties) -> Properties:
    """Turn the text of `rules` into the group that AWS makes of it."""
    if not inputs.get("rules"):
        return inputs
    return {**inputs, "ruleGroup": {"rulesSource": {"rulesString": inputs["rules"]}}}


def _refuse_foreign_rules(operation: str, inputs: Properties) -> None:
    """Refuse rules of the other type, and none or several sources of rules."""
    if inputs.get("rules") and inputs["type"] != "STATEFUL":
        refuse(operation, "InvalidRequestException", "parameter is invalid, parameter: [Rules]")
    if inputs.get("ruleGroup") is None:
        return
    sources = [name for name, value in inputs["ruleGroup"]["rulesSource"].items() if value]
    fits = (sources == [_STATELESS]) == (inputs["type"] == "STATELESS")
    if len(sources) != 1 or not fits:
        words = "parameter is invalid, parameter: [RulesSource]"
        refuse(operation, "InvalidRequestException", words)
