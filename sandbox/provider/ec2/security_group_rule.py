"""The older stand-alone rule, of many peers.

Upstream: internal/service/ec2/vpc_security_group_rule.go of hashicorp/terraform-provider-aws.
"""

import zlib
from typing import Any, ClassVar

from sandbox.provider.cloud import Cloud
from sandbox.provider.ec2.security_group import RULE_DESCRIPTION
from sandbox.provider.ec2.security_group_permissions import Grant, grants_of, protocol_name
from sandbox.provider.ec2.security_group_rules import (
    Direction,
    authorize,
    find_group,
    group_grants,
    live_rules,
    revoke,
)
from sandbox.provider.resource import Change, Resource
from sandbox.provider.schema import boolean, list_of, number, string
from sandbox.provider.values import ipv4_network, ipv6_network, length, one_of
from sandbox.provider.wire import Properties

_PEERS = ("cidrBlocks", "ipv6CidrBlocks", "prefixListIds", "self", "sourceSecurityGroupId")
_PROTOCOLS = ("tcp", "udp", "icmp", "icmpv6", "all")
_HIGHEST_ICMP = 255
_SHORTEST_IMPORT = 6  # parts of an import id


class SecurityGroupRule(Resource):
    """One protocol and range of ports, for one or more peers."""

    pulumi_name = "aws:ec2/securityGroupRule:SecurityGroupRule"
    noun = "Security Group Rule"
    properties: ClassVar = {
        "cidrBlocks": list_of(
            string(valid=(ipv4_network,)),
            replaces=True,
            conflicts_with=("sourceSecurityGroupId", "self"),
        ),
        "description": string(valid=RULE_DESCRIPTION),
        "fromPort": number(required=True, replaces=True),
        "ipv6CidrBlocks": list_of(
            string(valid=(ipv6_network,)),
            replaces=True,
            conflicts_with=("sourceSecurityGroupId", "self"),
        ),
        "prefixListIds": list_of(string(valid=(length(1, 255),)), replaces=True),
        "protocol": string(required=True, replaces=True, normal=protocol_name),
        "securityGroupId": string(required=True, replaces=True),
        "securityGroupRuleId": string(output=True),
        "self": boolean(
            default=False,
            replaces=True,
            conflicts_with=("cidrBlocks", "ipv6CidrBlocks", "sourceSecurityGroupId"),
        ),
        "sourceSecurityGroupId": string(
            computed=True,
            replaces=True,
            conflicts_with=("cidrBlocks", "ipv6CidrBlocks", "self"),
        ),
        "toPort": number(required=True, replaces=True),
        "type": string(required=True, replaces=True, valid=(one_of("ingress", "egress"),)),
    }
    at_least_one_of = (_PEERS,)
    delete_before_replace = True  # pulumi-aws, provider/resources.go

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Add the rule to its group."""
        group_id, direction, grants = _parts(inputs)
        authorize(cloud, group_id, direction, grants)
        return rule_id(group_id, direction, grants)

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Look whether the group still holds every grant of the rule."""
        del identity
        group_id, direction, grants = _parts(known)
        group = find_group(cloud, group_id)
        if group is None:
            return None
        live = {grant.identity: grant for grant in group_grants(group, direction)}
        if any(grant.identity not in live for grant in grants):
            return None
        described = [live[grant.identity].description for grant in grants]
        if all(grant.peer_kind == "prefixListIds" for grant in grants):
            described = [known.get("description") or ""]  # moto forgets it
        return {
            "description": next((words for words in described if words), ""),
            "protocol": grants[0].protocol,
            "fromPort": known["fromPort"],
            "toPort": known["toPort"],
            "securityGroupRuleId": _only_rule(cloud, group_id, direction, grants),
            "sourceSecurityGroupId": known.get("sourceSecurityGroupId") or "",
            "self": bool(known.get("self")),
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Change the description, the one thing that does not replace the rule.

        moto's UpdateSecurityGroupRuleDescriptions overlooks groups and prefix lists.
        """
        del identity
        if change.touches("description"):
            group_id, direction, grants = _parts(change.inputs)
            revoke(cloud, group_id, direction, grants)
            authorize(cloud, group_id, direction, grants)

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Take the rule from its group."""
        del identity
        group_id, direction, grants = _parts(state)
        revoke(cloud, group_id, direction, grants)

    def adopt(self, cloud: Cloud, import_id: str) -> tuple[str, Properties]:
        """Take `SECURITYGROUPID_TYPE_PROTOCOL_FROMPORT_TOPORT_SOURCE[_SOURCE]*` apart."""
        del cloud
        known = _parse(import_id)
        return rule_id(*_parts(known)), known


def rule_id(group_id: str, direction: Direction, grants: list[Grant]) -> str:
    """Compose upstream's id of a rule, a checksum over what it says."""
    protocol, first, last = grants[0][:3]
    by_kind = {kind: sorted(each.peer for each in grants if each.peer_kind == kind)
               for kind in ("cidrBlocks", "ipv6CidrBlocks", "prefixListIds")}  # fmt: skip
    groups = sorted(each.peer for each in grants if each.peer_kind == "securityGroups")
    parts = [
        group_id,
        *(str(port) for port in (first, last) if port > 0),
        protocol,
        direction,
        *(peer for peers in by_kind.values() for peer in peers),
    ]
    text = "".join(f"{part}-" for part in parts)
    text += "".join(f"{group.rpartition('/')[2]}--" for group in groups)
    return f"sgrule-{zlib.crc32(text.encode())}"


def _parts(properties: Properties) -> tuple[str, Direction, list[Grant]]:
    group_id = properties["securityGroupId"]
    source = properties.get("sourceSecurityGroupId")
    rule = {**properties, "securityGroups": [source] if source and source != group_id else []}
    if source == group_id:
        rule["self"] = True
    return group_id, Direction(properties["type"]), grants_of(rule, group_id)


def _only_rule(cloud: Cloud, group_id: str, direction: Direction, grants: list[Grant]) -> str:
    """Return AWS's id of the rule when it is one, as upstream tells it."""
    if len(grants) != 1:
        return ""
    ids = (
        rule.identity
        for rule in live_rules(cloud, group_id=group_id)
        if rule.direction is direction and rule.grant.identity == grants[0].identity
    )
    return next(ids, "")


def _parse(import_id: str) -> Properties:
    parts = import_id.split("_")
    if len(parts) < _SHORTEST_IMPORT:
        raise _malformed(import_id, "too few parts")
    group_id, direction, protocol, first, last, *sources = parts
    if not group_id.startswith("sg-"):
        raise _malformed(import_id, "invalid Security Group ID")
    if direction not in list(Direction):
        raise _malformed(import_id, "expecting 'ingress' or 'egress'")
    if protocol not in _PROTOCOLS and not protocol.lstrip("-").isdigit():
        raise _malformed(import_id, "protocol must be tcp/udp/icmp/icmpv6/all or a number")
    _check_ports(import_id, protocol_name(protocol), first, last)
    return {
        "securityGroupId": group_id,
        "type": direction,
        "protocol": protocol_name(protocol),
        "fromPort": int(first),
        "toPort": int(last),
        **_sort_sources(import_id, sources),
    }


def _check_ports(import_id: str, protocol: str, first: str, last: str) -> None:
    ports: list[int] = []
    is_icmp = protocol in ("icmp", "icmpv6")
    names = ("icmp type", "icmp code") if is_icmp else ("from_port", "to_port")
    for name, text in zip(names, (first, last), strict=True):
        if not text.lstrip("-").isdigit() or (is_icmp and not -1 <= int(text) <= _HIGHEST_ICMP):
            raise _malformed(import_id, f"invalid {name}")
        ports.append(int(text))
    if not is_icmp and ports[1] < ports[0]:
        raise _malformed(import_id, "to_port lower than from_port")


def _sort_sources(import_id: str, sources: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"self": False}
    for source in sources:
        if source == "self":
            found["self"] = True
        elif "sg-" in source:
            found["sourceSecurityGroupId"] = source
        elif ":" in source:
            found.setdefault("ipv6CidrBlocks", []).append(source)
        elif "pl-" in source:
            found.setdefault("prefixListIds", []).append(source)
        elif "." in source:
            found.setdefault("cidrBlocks", []).append(source)
        else:
            words = "source must be cidr, ipv6cidr, prefix list, 'self', or a Security Group ID"
            raise _malformed(import_id, words)
    return found


def _malformed(import_id: str, words: str) -> ValueError:
    return ValueError(
        f'unexpected format for ID ("{import_id}"), expected '
        f"SECURITYGROUPID_TYPE_PROTOCOL_FROMPORT_TOPORT_SOURCE[_SOURCE]*: {words}"
    )
