"""The rules, one module each: a `Rule`, and a function from the analyses to its result."""

from collections.abc import Callable, Mapping

from guardrails.analysis.network_analysis import NetworkAnalysis
from guardrails.rules import (
    endpoints,
    private_subnets,
    usable_and_narrow,
    vip_complete,
    vip_outside_vpc,
)
from guardrails.rules.result import Result

RULES: Mapping[str, Callable[[NetworkAnalysis], Result]] = {
    rule.RULE.name: rule.judge
    for rule in (private_subnets, endpoints, vip_outside_vpc, vip_complete, usable_and_narrow)
}
