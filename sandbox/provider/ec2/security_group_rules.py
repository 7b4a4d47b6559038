"""The rules that a live security group holds: telling, adding and taking away.

moto accepts duplicates that differ in their description, peers of other networks and port ranges
that end before they begin; it also compares descriptions when it revokes. So rules are checked
here before they are added, and taken away by their ids.
"""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import Any, NamedTuple

from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.ec2.security_group_permissions import Grant, grants_in, permissions_of

_HIGHEST_PORT = 65535
_NAMED_PROTOCOLS = ("tcp", "udp", "icmp", "icmpv6", "-1")
_HIGHEST_PROTOCOL = 255


class Direction(StrEnum):
    """Which way a rule admits traffic."""

    INGRESS = "ingress"
    EGRESS = "egress"


class LiveRule(NamedTuple):
    """A rule as AWS keeps it: one grant with an id and tags of its own."""

    identity: str
    group_id: str
    direction: Direction
    grant: Grant
    tags: list[dict[str, str]]


def find_group(cloud: Cloud, group_id: str) -> dict[str, Any] | None:
    """Describe a group, or None when there is none."""
    return cloud.find("describe_security_groups", "SecurityGroups", GroupIds=[group_id])


def group_grants(group: dict[str, Any], direction: Direction) -> list[Grant]:
    """Tell what a described group admits in one direction."""
    key = "IpPermissions" if direction is Direction.INGRESS else "IpPermissionsEgress"
    return grants_in(group[key], group["OwnerId"])


def live_rules(cloud: Cloud, **filters: str | list[str]) -> list[LiveRule]:
    """List rules by the filters of DescribeSecurityGroupRules; without one, all of the region."""
    described = cloud.list_all("describe_security_group_rules", "SecurityGroupRules", **filters)
    return [_live_rule(cloud, rule) for rule in described]


def find_rule(cloud: Cloud, rule_id: str) -> LiveRule | None:
    """Find one rule by its id, or None when there is none."""
    found = cloud.find(
        "describe_security_group_rules", "SecurityGroupRules", SecurityGroupRuleIds=[rule_id]
    )
    if not found:
        return None
    rule = _live_rule(cloud, found)
    return rule._replace(grant=_with_description(cloud, rule))


def authorize(
    cloud: Cloud, group_id: str, direction: Direction, grants: Iterable[Grant]
) -> list[str]:
    """Add grants to a group, all or none, and return the ids of the rules of the last one."""
    added = list(grants)
    if not added:
        return []
    operation = f"AuthorizeSecurityGroup{direction.capitalize()}"
    group = find_group(cloud, group_id)
    if group is None:
        missing = f"The security group '{group_id}' does not exist"
        refuse(operation, "InvalidGroup.NotFound", missing)
    refuse_bad_grants(cloud, operation, group, direction, added)
    call = getattr(cloud.ec2, f"authorize_security_group_{direction}")
    answer = call(GroupId=group_id, IpPermissions=permissions_of(added))
    return [rule["SecurityGroupRuleId"] for rule in answer["SecurityGroupRules"]]


def revoke(cloud: Cloud, group_id: str, direction: Direction, grants: Iterable[Grant]) -> None:
    """Take grants from a group, whatever their descriptions."""
    ids = {
        rule.grant.identity: rule.identity
        for rule in live_rules(cloud, group_id=group_id)
        if rule.direction is direction
    }
    wanted = [grant.identity for grant in grants]
    if any(identity not in ids for identity in wanted):
        refuse(
            f"RevokeSecurityGroup{direction.capitalize()}",
            "InvalidPermission.NotFound",
            "The specified rule does not exist in this security group.",
        )
    revoke_ids(cloud, group_id, direction, [ids[identity] for identity in wanted])


def revoke_ids(cloud: Cloud, group_id: str, direction: Direction, rule_ids: list[str]) -> None:
    """Take rules from a group by their ids."""
    if rule_ids:
        call = getattr(cloud.ec2, f"revoke_security_group_{direction}")
        call(GroupId=group_id, SecurityGroupRuleIds=rule_ids)


def revoke_everything(cloud: Cloud, group_id: str) -> None:
    """Take every rule from a group."""
    rules = live_rules(cloud, group_id=group_id)
    for direction in Direction:
        ids = [rule.identity for rule in rules if rule.direction is direction]
        revoke_ids(cloud, group_id, direction, ids)


def refuse_bad_grants(
    cloud: Cloud,
    operation: str,
    group: dict[str, Any],
    direction: Direction,
    grants: list[Grant],
) -> None:
    """Refuse what AWS refuses and moto accepts: ports, foreign peers, duplicates."""
    for grant in grants:
        _refuse_bad_ports(operation, grant)
        _refuse_bad_peer(cloud, operation, group, grant)
    counted = Counter(grant.identity for grant in grants)
    if max(counted.values()) > 1:
        words = "The same permission must not appear multiple times"
        refuse(operation, "InvalidParameterValue", words)
    existing = {grant.identity for grant in group_grants(group, direction)}
    for grant in grants:
        if grant.identity in existing:
            words = f'the specified rule "{_describe(grant)}" already exists'
            refuse(operation, "InvalidPermission.Duplicate", words)


def _refuse_bad_ports(operation: str, grant: Grant) -> None:
    protocol, first, last = grant.protocol, grant.from_port, grant.to_port
    if protocol not in _NAMED_PROTOCOLS and not (
        protocol.isdigit() and int(protocol) <= _HIGHEST_PROTOCOL
    ):
        words = f"Invalid value '{protocol}' for IP protocol. Unknown protocol."
        refuse(operation, "InvalidParameterValue", words)
    if protocol not in ("tcp", "udp"):
        return
    if first < 0 or last < 0:
        words = (
            f"Invalid value '{min(first, last)}' for portRange. "
            "Must specify both from and to ports with TCP/UDP."
        )
        refuse(operation, "InvalidParameterValue", words)
    if first > last or last > _HIGHEST_PORT:
        words = f"Invalid TCP/UDP port range ({first}:{last})"
        refuse(operation, "InvalidParameterValue", words)


def _refuse_bad_peer(cloud: Cloud, operation: str, group: dict[str, Any], grant: Grant) -> None:
    if grant.peer_kind == "securityGroups" and "/" not in grant.peer:
        peer = find_group(cloud, grant.peer)
        if peer is None:
            words = f"The security group '{grant.peer}' does not exist"
            refuse(operation, "InvalidGroup.NotFound", words)
        if peer["VpcId"] != group["VpcId"]:
            words = "You have specified two resources that belong to different networks."
            refuse(operation, "InvalidGroup.NotFound", words)
    if grant.peer_kind == "prefixListIds":
        found = cloud.find(
            "describe_managed_prefix_lists", "PrefixLists", PrefixListIds=[grant.peer]
        )
        if found is None:
            words = f"The prefix list ID '{grant.peer}' does not exist"
            refuse(operation, "InvalidPrefixListID.NotFound", words)


def _describe(grant: Grant) -> str:
    if grant.protocol == "-1":
        return f"peer: {grant.peer}, ALL, ALLOW"
    ports = f"from port: {grant.from_port}, to port: {grant.to_port}"
    return f"peer: {grant.peer}, {grant.protocol.upper()}, {ports}, ALLOW"


def _live_rule(cloud: Cloud, rule: dict[str, Any]) -> LiveRule:
    kind, peer = _peer_of(cloud, rule)
    protocol = rule["IpProtocol"]
    ports = (0, 0) if protocol == "-1" else (rule["FromPort"], rule["ToPort"])
    return LiveRule(
        identity=rule["SecurityGroupRuleId"],
        group_id=rule["GroupId"],
        direction=Direction.EGRESS if rule["IsEgress"] else Direction.INGRESS,
        grant=Grant(protocol, *ports, kind, peer, rule.get("Description", "")),
        tags=rule.get("Tags", []),
    )


def _peer_of(cloud: Cloud, rule: dict[str, Any]) -> tuple[str, str]:
    if "CidrIpv4" in rule:
        return "cidrBlocks", rule["CidrIpv4"]
    if "CidrIpv6" in rule:
        return "ipv6CidrBlocks", rule["CidrIpv6"]
    if "PrefixListId" in rule:
        return "prefixListIds", rule["PrefixListId"]
    peer = rule["ReferencedGroupInfo"]
    owner = peer.get("UserId") or cloud.account
    foreign = "" if owner == cloud.account else f"{owner}/"
    return "securityGroups", f"{foreign}{peer['GroupId']}"


def _with_description(cloud: Cloud, rule: LiveRule) -> Grant:
    """Complete the description: moto tells that of a group's rule only where it lists groups."""
    group = find_group(cloud, rule.group_id)
    if rule.grant.description or group is None:
        return rule.grant
    listed = group_grants(group, rule.direction)
    described = (each.description for each in listed if each.identity == rule.grant.identity)
    return rule.grant._replace(description=next(described, ""))
