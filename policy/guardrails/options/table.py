"""What a user may set for each policy: one table for the schema, its defaults and the catalogue."""

from collections.abc import Mapping
from typing import Any, Final

from guardrails.configuration import Configuration, Exit, Unclassified
from guardrails.rules import (
    endpoints,
    private_subnets,
    usable_and_narrow,
    vip_check,
    vip_outside_vpc,
)

ROUTES: Final = private_subnets.RULE.name
ENDPOINTS: Final = endpoints.RULE.name
VIRTUAL_IP: Final = vip_outside_vpc.RULE.name
COMPLETE: Final = vip_check.RULE.name
ADVISORY_EXITS: Final = "private-subnets-use-no-advisory-exit"
NARROW: Final = usable_and_narrow.RULE.name
SOUND: Final = "pack-is-sound"
RULES: Final = (ROUTES, ENDPOINTS, VIRTUAL_IP)
GUESSING: Final = frozenset({ROUTES})
"""Rules whose gate has to guess which resource an id belongs to."""
LEVEL: Final = "enforcementLevel"
"""What every policy has beside its options."""

Schema = dict[str, Any]


def _texts(description: str, default: tuple[str, ...] | frozenset[str] = ()) -> Schema:
    return {
        "type": "array",
        "items": {"type": "string"},
        "default": sorted(default) if isinstance(default, frozenset) else list(default),
        "description": description,
    }


def _words(description: str, allowed: tuple[Exit, ...]) -> Schema:
    return {
        "type": "array",
        "items": {"type": "string", "enum": [each.value for each in allowed]},
        "default": [],
        "description": f"{description} One of {', '.join(f'`{each}`' for each in allowed)}.",
    }


def _lists(description: str, default: Mapping[str, frozenset[str]] | None = None) -> Schema:
    return {
        "type": "object",
        "additionalProperties": {"type": "array", "items": {"type": "string"}},
        "default": {key: sorted(values) for key, values in (default or {}).items()},
        "description": description,
    }


EXEMPTION_KEYS: Final = ("urn", "reason", "owner", "expires")

_EXEMPTIONS: Final[Schema] = {
    "type": "array",
    "default": [],
    "description": "Subjects that may break the rule until a day. `urn` is a pattern (`*`, `?`)"
    " over the subject's URN; `expires` is the last day, as YYYY-MM-DD.",
    "items": {
        "type": "object",
        "properties": {key: {"type": "string", "minLength": 1} for key in EXEMPTION_KEYS},
        "required": list(EXEMPTION_KEYS),
        "additionalProperties": False,
    },
}
_ON_UNVERIFIED: Final[Schema] = {
    "type": "string",
    "enum": ["advisory", "mandatory"],
    "default": "advisory",
    "description": "What happens to subjects for which a fact is missing: a note, or a refusal.",
}
_DEFAULTS: Final = Configuration()

OPTIONS: Final[Mapping[str, Mapping[str, Schema]]] = {
    ROUTES: {
        "privateSubnets": _texts(
            "URNs, URN patterns or ids of private subnets.", _DEFAULTS.private_subnets
        ),
        "publicSubnets": _texts(
            "URNs, URN patterns or ids of public subnets.", _DEFAULTS.public_subnets
        ),
        "privateTags": _lists(
            "Tags of private subnets: keys with the values that count.", _DEFAULTS.private_tags
        ),
        "publicTags": _lists(
            "Tags of public subnets: keys with the values that count.", _DEFAULTS.public_tags
        ),
        "privateNames": _texts(
            "Regular expressions over the names of private subnets.", _DEFAULTS.private_names
        ),
        "publicNames": _texts(
            "Regular expressions over the names of public subnets.", _DEFAULTS.public_names
        ),
        "unclassified": {
            "type": "string",
            "enum": [each.value for each in Unclassified],
            "default": _DEFAULTS.unclassified.value,
            "description": "What a subnet is that nothing classifies.",
        },
        "allowedExits": _words(
            "Kinds of exit that private subnets may use; the strict rule allows none."
            " `nat-instance` is any machine that a default route leads to.",
            (Exit.NAT, Exit.NAT_INSTANCE, Exit.EGRESS_ONLY),
        ),
        "advisoryExits": _words(
            "Kinds of exit that `private-subnets-use-no-advisory-exit` reports in place of this"
            " policy.",
            tuple(Exit),
        ),
        "internalRanges": _texts(
            "Public address ranges that the organisation uses inside.", _DEFAULTS.internal_ranges
        ),
        "closedTables": _texts(
            "Ids or URNs of route tables outside of the stack that have no egress; a VPC "
            "stands for its main table.",
            _DEFAULTS.closed_tables,
        ),
        "closedTargets": _texts(
            "Ids, ARNs or URNs of route targets behind which nothing leads to the internet: VPN"
            " gateways, peering connections, core networks; and, outside of the stack, transit"
            " gateways, endpoints of firewalls, interfaces and instances.",
            _DEFAULTS.closed_targets,
        ),
        "onUnverified": _ON_UNVERIFIED,
        "exemptions": _EXEMPTIONS,
    },
    ENDPOINTS: {
        "httpsOnlyGroups": _texts(
            "Ids or URNs of security groups outside of the stack that admit only tcp/443."
            " A VPC's stands for its default group.",
            _DEFAULTS.https_only_groups,
        ),
        "endpointLike": _texts(
            "Types of other services' endpoints that are judged too"
            " (`aws:opensearch/vpcEndpoint:VpcEndpoint`).",
            _DEFAULTS.endpoint_like,
        ),
        "onUnverified": _ON_UNVERIFIED,
        "exemptions": _EXEMPTIONS,
    },
    VIRTUAL_IP: {
        "virtualIps": _texts(
            "Virtual IP addresses, besides those that a route or a cluster shows.",
            _DEFAULTS.virtual_ips,
        ),
        "vpcRanges": _lists("All address ranges of a VPC, by its id or URN: complete."),
        "onUnverified": _ON_UNVERIFIED,
        "exemptions": _EXEMPTIONS,
    },
    COMPLETE: {"exemptions": _EXEMPTIONS},
    NARROW: {"exemptions": _EXEMPTIONS},
    SOUND: {
        "sharedConfiguration": {
            "type": "boolean",
            "default": False,
            "description": "This configuration serves several stacks: what does nothing in one of"
            " them is no mistake, and only the coverage names it.",
        },
    },
    "exemptions-are-current": {
        "coverage": {
            "type": "boolean",
            "default": False,
            "description": "Report what every rule judged, skipped and exempted.",
        },
    },
}
"""By policy: the options with their JSON Schema."""


def policies_with(option: str) -> list[str]:
    """Return the policies that have an option of this name."""
    return [policy for policy, options in OPTIONS.items() if option in options]
