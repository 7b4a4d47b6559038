"""The stateful rule groups that AWS manages, which policies of every account may use.

https://docs.aws.amazon.com/network-firewall/latest/developerguide/nwfw-managed-rule-groups.html
"""

import re

_SIGNATURES = (
    "Botnet", "BotnetWeb", "BotnetWindows", "DoS", "EmergingEvents", "Exploits", "FUP", "IOC",
    "Malware", "MalwareCoinmining", "MalwareMobile", "MalwareWeb", "Phishing", "Scanners",
    "Suspect", "WebAttacks",
)  # fmt: skip
_NAMES = frozenset(
    {
        "AbusedLegitBotNetCommandAndControlDomains", "AbusedLegitMalwareDomains",
        "AttackInfrastructure", "BotNetCommandAndControlDomains", "MalwareDomains",
        *(f"ThreatSignatures{each}" for each in _SIGNATURES),
    }
)  # fmt: skip
_ARN = re.compile(
    r"arn:[^:]+:network-firewall:[^:]+:aws-managed:stateful-rulegroup/"
    r"(?P<name>\w+?)(?P<order>ActionOrder|StrictOrder)"
)


def managed_order(arn: str) -> str | None:
    """Return the rule order of a group that AWS manages; None when AWS has no such group."""
    found = _ARN.fullmatch(arn)
    if found is None or found["name"] not in _NAMES:
        return None
    return "STRICT_ORDER" if found["order"] == "StrictOrder" else "DEFAULT_ACTION_ORDER"


def is_managed(arn: str) -> bool:
    """Tell whether an ARN says that AWS manages the group."""
    return ":aws-managed:" in arn
