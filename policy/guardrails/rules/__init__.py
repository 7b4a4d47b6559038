"""The rules, one module each."""

from guardrails.rules import endpoints, private_subnets, virtual_ip, virtual_ip_complete
from guardrails.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    private_subnets.RULE,
    endpoints.RULE,
    virtual_ip.RULE,
    virtual_ip_complete.RULE,
)
