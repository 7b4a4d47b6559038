"""The rules, one module each: a name, and a function from a case to its result."""

from collections.abc import Callable, Mapping

from guardrails.analysis.network_analysis import Case
from guardrails.rules import endpoints, private_subnets, virtual_ip, virtual_ip_complete
from guardrails.rules.result import Result

RULES: Mapping[str, Callable[[Case], Result]] = {
    rule.NAME: rule.judge for rule in (private_subnets, endpoints, virtual_ip, virtual_ip_complete)
}
