"""Security group rules in their two shapes: a program's inline rules and AWS's IpPermissions.

One inline rule may name many peers; AWS keeps one rule per peer. `Grant` is that smallest piece.
Rules: hashicorp/terraform-provider-aws, internal/service/ec2/vpc_security_group.go.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

_PROTOCOL_NAMES = {"58": "icmpv6", "17": "udp", "6": "tcp", "1": "icmp", "all": "-1"}
_PEER_KINDS = {  # inline list: (list in IpPermissions, key of the peer in it)
    "cidrBlocks": ("IpRanges", "CidrIp"),
    "ipv6CidrBlocks": ("Ipv6Ranges", "CidrIpv6"),
    "prefixListIds": ("PrefixListIds", "PrefixListId"),
    "securityGroups": ("UserIdGroupPairs", "GroupId"),
}


class Grant(NamedTuple):
    """One peer admitted on one range of ports.

    `peer_kind` is the inline rule's list that names it (a group's own id is in `securityGroups`).
    """

    protocol: str
    from_port: int
    to_port: int
    peer_kind: str
    peer: str
    description: str = ""

    @property
    def identity(self) -> tuple[str, int, int, str, str]:
        """What AWS compares to tell duplicates: everything but the description."""
        return self[:5]


def protocol_name(protocol: str) -> str:
    """Name a protocol as the state does: `6` is `tcp`, `all` is `-1`, others stay as they are."""
    lowered = str(protocol).lower()
    return _PROTOCOL_NAMES.get(lowered, lowered)


def grants_of(rule: Mapping[str, Any], group_id: str) -> list[Grant]:
    """Take an inline rule apart; `self` becomes the group itself."""
    protocol = protocol_name(rule["protocol"])
    ports = (0, 0) if protocol == "-1" else (int(rule["fromPort"]), int(rule["toPort"]))
    description = rule.get("description") or ""
    peers = [(kind, peer) for kind in _PEER_KINDS for peer in rule.get(kind) or ()]
    if rule.get("self"):
        peers.append(("securityGroups", group_id))
    return [Grant(protocol, *ports, kind, peer, description) for kind, peer in peers]


def grants_in(permissions: Iterable[Mapping[str, Any]], owner_id: str) -> list[Grant]:
    """Take the IpPermissions of DescribeSecurityGroups apart; a foreign group is `OWNER/GROUP`."""
    return [
        Grant(
            protocol_name(permission["IpProtocol"]),
            permission.get("FromPort", 0) if permission["IpProtocol"] != "-1" else 0,
            permission.get("ToPort", 0) if permission["IpProtocol"] != "-1" else 0,
            kind,
            _peer(entry, key, owner_id),
            entry.get("Description", ""),
        )
        for permission in permissions
        for kind, (entries, key) in _PEER_KINDS.items()
        for entry in permission.get(entries, ())
    ]


def permissions_of(grants: Iterable[Grant]) -> list[dict[str, Any]]:
    """Put grants into IpPermissions, one per protocol and range of ports."""
    permissions: dict[tuple[str, int, int], dict[str, Any]] = {}
    for grant in grants:
        permission = permissions.setdefault(grant[:3], _permission(grant))
        entries, key = _PEER_KINDS[grant.peer_kind]
        entry = {key: grant.peer}
        if grant.peer_kind == "securityGroups" and "/" in grant.peer:
            entry["UserId"], entry[key] = grant.peer.split("/", 1)
        if grant.description:
            entry["Description"] = grant.description
        permission.setdefault(entries, []).append(entry)
    return list(permissions.values())


def rules_as_live(
    rules: Iterable[Mapping[str, Any]], live: Iterable[Grant], group_id: str
) -> list[dict[str, Any]]:
    """Tell what a group holds, cut as the given rules cut it.

    A rule all of whose grants are live under one description keeps its shape and takes that
    description; what is left of the live grants follows, one rule per ports and description.
    """
    remaining = list(dict.fromkeys(live))
    kept: list[dict[str, Any]] = []
    for rule in rules:
        wanted = grants_of(rule, group_id)
        descriptions = dict.fromkeys(
            [rule.get("description") or "", *(grant.description for grant in remaining)]
        )
        for description in descriptions:
            found = [_as_kept(grant, description) for grant in wanted]
            if found and all(grant in remaining for grant in found):
                remaining = [grant for grant in remaining if grant not in found]
                kept.append(whole_rule({**rule, "description": description}))
                break
    return kept + _rules_of(remaining, group_id)


def whole_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Fill in every property that the state of an inline rule carries."""
    return {
        **{kind: list(rule.get(kind) or ()) for kind in _PEER_KINDS},
        "description": rule.get("description") or "",
        "fromPort": int(rule["fromPort"]),
        "protocol": protocol_name(rule["protocol"]),
        "self": bool(rule.get("self")),
        "toPort": int(rule["toPort"]),
    }


def _as_kept(grant: Grant, description: str) -> Grant:
    """Describe a grant as the local AWS does: moto forgets what is said of a prefix list."""
    forgotten = grant.peer_kind == "prefixListIds"
    return grant._replace(description="" if forgotten else description)


def _rules_of(grants: Iterable[Grant], group_id: str) -> list[dict[str, Any]]:
    rules: dict[tuple[Any, ...], dict[str, Any]] = defaultdict(dict)
    for grant in grants:
        rule = rules[(*grant[:3], grant.description)]
        rule |= {
            "protocol": grant.protocol,
            "fromPort": grant.from_port,
            "toPort": grant.to_port,
            "description": grant.description,
        }
        if grant.peer == group_id:
            rule["self"] = True
        else:
            rule.setdefault(grant.peer_kind, []).append(grant.peer)
    return [whole_rule(rule) for rule in rules.values()]


def _permission(grant: Grant) -> dict[str, Any]:
    permission: dict[str, Any] = {"IpProtocol": grant.protocol}
    if grant.protocol != "-1":
        permission |= {"FromPort": grant.from_port, "ToPort": grant.to_port}
    return permission


def _peer(entry: Mapping[str, Any], key: str, owner_id: str) -> str:
    owner = entry.get("UserId") or owner_id
    return entry[key] if owner == owner_id else f"{owner}/{entry[key]}"
