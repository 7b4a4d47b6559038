"""The rules, one module each."""

from guardrails.rules import endpoints, private_subnets
from guardrails.rules.rule import Rule

RULES: tuple[Rule, ...] = (private_subnets.RULE, endpoints.RULE)
