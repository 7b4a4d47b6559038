"""The shapes of rules: what a rule group holds, and what it shares with policies.

Upstream: internal/service/networkfirewall/rule_group.go and the schemas that it uses.
"""

from typing import Any

from sandbox.provider.schema import Property, list_of, number, object_of, set_of, string
from sandbox.provider.values import arn, between, ipv4_network, length, matches, one_of
from sandbox.provider.wire import UNKNOWN

KEY = (
    length(1, 32),
    matches(r"[A-Za-z][0-9A-Za-z_]*", "begin with a letter and hold letters, digits and _ only"),
)
NAME = (length(1, 128), matches(r"[0-9A-Za-z-]+", "hold letters, digits and hyphens only"))
RULE_ORDERS = ("DEFAULT_ACTION_ORDER", "STRICT_ORDER")
_FLAGS = ("FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR")
_PROTOCOLS = (
    "IP", "TCP", "UDP", "ICMP", "HTTP", "FTP", "TLS", "SMB", "DNS", "DCERPC", "SSH", "SMTP",
    "IMAP", "MSN", "KRB5", "IKEV2", "TFTP", "NTP", "DHCP", "HTTP2", "QUIC",
)  # fmt: skip

CUSTOM_ACTIONS: Property = set_of(
    object_of(
        {
            "actionDefinition": object_of(
                {
                    "publishMetricAction": object_of(
                        {
                            "dimensions": set_of(
                                object_of({"value": string(required=True)}), required=True
                            )
                        },
                        required=True,
                    )
                },
                required=True,
            ),
            "actionName": string(required=True, valid=(matches(r"[0-9A-Za-z]+", "be a word"),)),
        }
    )
)


def named_sets(kind: str) -> Property:
    """Declare sets of addresses or ports under names, `kind` being `ipSet` or `portSet`."""
    return set_of(
        object_of(
            {
                "key": string(required=True, valid=KEY),
                kind: object_of(
                    {"definitions": set_of(string(), required=True)},
                    required=True,
                ),
            }
        )
    )


def _addresses() -> Property:
    return set_of(object_of({"addressDefinition": string(required=True, valid=(ipv4_network,))}))


def _ports() -> Property:
    return set_of(object_of({"fromPort": number(required=True), "toPort": number()}))


_MATCH = object_of(
    {
        "destinationPorts": _ports(),
        "destinations": _addresses(),
        "protocols": set_of(number(valid=(between(0, 255),))),
        "sourcePorts": _ports(),
        "sources": _addresses(),
        "tcpFlags": set_of(
            object_of(
                {
                    "flags": set_of(string(valid=(one_of(*_FLAGS),)), required=True),
                    "masks": set_of(string(valid=(one_of(*_FLAGS),))),
                }
            )
        ),
    },
    required=True,
)
_STATELESS = object_of(
    {
        "customActions": CUSTOM_ACTIONS,
        "statelessRules": set_of(
            object_of(
                {
                    "priority": number(required=True, valid=(between(1, 65535),)),
                    "ruleDefinition": object_of(
                        {
                            "actions": set_of(string(), required=True),
                            "matchAttributes": _MATCH,
                        },
                        required=True,
                    ),
                }
            ),
            required=True,
        ),
    }
)
_HEADER = object_of(
    {
        "destination": string(required=True),
        "destinationPort": string(required=True),
        "direction": string(required=True, valid=(one_of("FORWARD", "ANY"),)),
        "protocol": string(required=True, valid=(one_of(*_PROTOCOLS),)),
        "source": string(required=True),
        "sourcePort": string(required=True),
    },
    required=True,
)
_STATEFUL = list_of(
    object_of(
        {
            "action": string(required=True, valid=(one_of("PASS", "DROP", "ALERT", "REJECT"),)),
            "header": _HEADER,
            "ruleOptions": set_of(
                object_of({"keyword": string(required=True), "settings": set_of(string())}),
                required=True,
            ),
        }
    )
)
_DOMAINS = object_of(
    {
        "generatedRulesType": string(
            required=True,
            valid=(one_of("ALLOWLIST", "DENYLIST", "REJECTLIST", "ALERTLIST"),),
        ),
        "targetTypes": set_of(string(valid=(one_of("TLS_SNI", "HTTP_HOST"),)), required=True),
        "targets": set_of(string(), required=True),
    }
)

RULE_GROUP: Property = object_of(
    {
        "referenceSets": object_of(
            {
                "ipSetReferences": set_of(
                    object_of(
                        {
                            "ipSetReferences": list_of(
                                object_of({"referenceArn": string(required=True, valid=(arn,))}),
                                required=True,
                            ),
                            "key": string(required=True, valid=KEY),
                        }
                    ),
                    max_items=5,
                )
            }
        ),
        "ruleVariables": object_of(
            {"ipSets": named_sets("ipSet"), "portSets": named_sets("portSet")}
        ),
        "rulesSource": object_of(
            {
                "rulesSourceList": _DOMAINS,
                "rulesString": string(),
                "statefulRules": _STATEFUL,
                "statelessRulesAndCustomActions": _STATELESS,
            },
            required=True,
        ),
        "statefulRuleOptions": object_of(
            {"ruleOrder": string(required=True, valid=(one_of(*RULE_ORDERS),))}
        ),
    },
    computed=True,
)


def rule_order(options: Any) -> str:
    """Return the order that the options of stateful rules name; the default where they do not."""
    if not options or options is UNKNOWN:
        return RULE_ORDERS[0]
    return options.get("ruleOrder") or RULE_ORDERS[0]
