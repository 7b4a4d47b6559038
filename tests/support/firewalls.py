"""What tests of network firewalls stand on: a policy, and rules for it."""

from typing import Any

from tests.support.provider import Created, Instance, unique

FIREWALL = "aws:networkfirewall/firewall:Firewall"
POLICY = "aws:networkfirewall/firewallPolicy:FirewallPolicy"
RULES = "aws:networkfirewall/ruleGroup:RuleGroup"
FORWARD = {
    "statelessDefaultActions": ["aws:forward_to_sfe"],
    "statelessFragmentDefaultActions": ["aws:drop"],
}
DOMAINS = {
    "rulesSourceList": {
        "generatedRulesType": "ALLOWLIST",
        "targetTypes": ["TLS_SNI"],
        "targets": [".example.com"],
    }
}
STATELESS = {
    "statelessRulesAndCustomActions": {
        "statelessRules": [
            {
                "priority": 1,
                "ruleDefinition": {
                    "actions": ["aws:drop"],
                    "matchAttributes": {
                        "protocols": [6],
                        "sources": [{"addressDefinition": "10.0.0.0/8"}],
                        "destinationPorts": [{"fromPort": 22, "toPort": 22}],
                    },
                },
            }
        ]
    }
}


def make_policy(aws: Instance, **more: Any) -> Created:
    """Create a policy that hands all packets to stateful rules, unless `more` says otherwise."""
    return aws.create(POLICY, name=unique("policy"), firewallPolicy={**FORWARD, **more})


def make_rules(aws: Instance, source: dict[str, Any] | None = None, **more: Any) -> Created:
    """Create a stateful rule group of allowed domains, unless told otherwise."""
    group = {"rulesSource": source or DOMAINS, **more.pop("ruleGroup", {})}
    given = {"capacity": 100, "type": "STATEFUL", "ruleGroup": group, **more}
    return aws.create(RULES, **{"name": unique("rules"), **given})
