"""The newer stand-alone rules, of one peer each: `SecurityGroupIngressRule` and `...EgressRule`.

Upstream: internal/service/ec2/vpc_security_group_ingress_rule.go of
hashicorp/terraform-provider-aws, which holds what both share.
"""

from typing import Any, ClassVar

from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.ec2.security_group_permissions import Grant, protocol_name
from sandbox.provider.ec2.security_group_rules import (
    Direction,
    authorize,
    find_group,
    find_rule,
    refuse_bad_grants,
    revoke_ids,
)
from sandbox.provider.resource import Change, Resource
from sandbox.provider.schema import number, string
from sandbox.provider.tags import from_aws
from sandbox.provider.values import between, ipv4_network, ipv6_network
from sandbox.provider.wire import Properties

_PEERS = {  # property: (kind of peer, argument of ModifySecurityGroupRules)
    "cidrIpv4": ("cidrBlocks", "CidrIpv4"),
    "cidrIpv6": ("ipv6CidrBlocks", "CidrIpv6"),
    "prefixListId": ("prefixListIds", "PrefixListId"),
    "referencedSecurityGroupId": ("securityGroups", "ReferencedGroupId"),
}
_PORT = number(valid=(between(-1, 65535),))
_ALL_PORTS = -1


class _OneWayRule(Resource):
    """A rule with an id of its own."""

    noun = "VPC Security Group Rule"
    direction: ClassVar[Direction]
    properties: ClassVar = {
        "arn": string(output=True),
        "cidrIpv4": string(valid=(ipv4_network,)),
        "cidrIpv6": string(valid=(ipv6_network,)),
        "description": string(),
        "fromPort": _PORT,
        "ipProtocol": string(required=True, normal=protocol_name),
        "prefixListId": string(),
        "referencedSecurityGroupId": string(),
        "securityGroupId": string(required=True, replaces=True),
        "securityGroupRuleId": string(output=True),
        "toPort": _PORT,
    }
    exactly_one_of = (tuple(_PEERS),)
    tagged = True
    on_plugin_framework = True

    def forces_replacement(self, name: str, state: Properties, inputs: Properties) -> bool:
        """Replace a rule that gets another kind of peer."""
        return name in _PEERS and _kind(state) != _kind(inputs)

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Add the rule to its group."""
        _refuse_missing_ports(f"AuthorizeSecurityGroup{self.direction.capitalize()}", inputs)
        group_id = inputs["securityGroupId"]
        return authorize(cloud, group_id, self.direction, [_grant(inputs)])[0]

    def configure(self, cloud: Cloud, identity: str, inputs: Properties) -> None:
        """Tag the rule: upstream does so once it exists."""
        self.retag(cloud, identity, (), inputs.get("tagsAll") or {})

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Describe the rule, unless it goes the other way."""
        rule = find_rule(cloud, identity)
        if rule is None or rule.direction is not self.direction:
            return None
        grant = rule.grant
        spelled = known.get("ipProtocol") or grant.protocol
        description = grant.description
        if grant.peer_kind == "prefixListIds":
            description = description or known.get("description")  # moto forgets it
        peers = {kind: name for name, (kind, _) in _PEERS.items()}
        return {
            **dict.fromkeys(_PEERS),
            peers[grant.peer_kind]: grant.peer,
            "arn": cloud.arn("ec2", f"security-group-rule/{identity}"),
            "description": description or None,
            "fromPort": _port(grant, grant.from_port, known.get("fromPort")),
            "toPort": _port(grant, grant.to_port, known.get("toPort")),
            "ipProtocol": spelled if protocol_name(spelled) == grant.protocol else grant.protocol,
            "securityGroupId": rule.group_id,
            "securityGroupRuleId": identity,
            "tags": from_aws(rule.tags),
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Change the rule in place, keeping its id."""
        if not change.names - {"tags", "tagsAll"}:
            return
        inputs = change.inputs
        operation = "ModifySecurityGroupRules"
        _refuse_missing_ports(operation, inputs)
        _refuse_unmodelled(operation, change)
        grant, group_id = _grant(inputs), inputs["securityGroupId"]
        group = find_group(cloud, group_id)
        if group and grant.identity != _grant(change.state).identity:
            refuse_bad_grants(cloud, operation, group, self.direction, [grant])
        _, argument = _PEERS[_kind(inputs)]
        every_port = grant.protocol == "-1"
        rule = {
            argument: grant.peer,
            "IpProtocol": grant.protocol,
            "FromPort": _ALL_PORTS if every_port else grant.from_port,
            "ToPort": _ALL_PORTS if every_port else grant.to_port,
            "Description": grant.description,
        }
        cloud.ec2.modify_security_group_rules(
            GroupId=group_id,
            SecurityGroupRules=[{"SecurityGroupRuleId": identity, "SecurityGroupRule": rule}],
        )

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Take the rule from its group."""
        if find_rule(cloud, identity):
            revoke_ids(cloud, state["securityGroupId"], self.direction, [identity])


class SecurityGroupIngressRule(_OneWayRule):
    """What may come in."""

    pulumi_name = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    direction = Direction.INGRESS


class SecurityGroupEgressRule(_OneWayRule):
    """What may go out."""

    pulumi_name = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
    direction = Direction.EGRESS


def _kind(properties: Properties) -> str:
    return next((name for name in _PEERS if properties.get(name) is not None), "")


def _grant(properties: Properties) -> Grant:
    name = _kind(properties)
    protocol = protocol_name(properties["ipProtocol"])
    ports = (properties.get("fromPort"), properties.get("toPort"))
    first, last = (0 if protocol == "-1" or port is None else port for port in ports)
    description = properties.get("description") or ""
    return Grant(protocol, first, last, _PEERS[name][0], properties[name], description)


def _port(grant: Grant, live: int, known: Any) -> int | None:
    """Tell a port as upstream does: the -1 of a rule that gave none is none."""
    if grant.protocol == "-1":
        live = _ALL_PORTS
    return None if live == _ALL_PORTS and known is None else live


def _refuse_missing_ports(operation: str, inputs: Properties) -> None:
    if protocol_name(inputs["ipProtocol"]) not in ("tcp", "udp"):
        return
    if inputs.get("fromPort") is None or inputs.get("toPort") is None:
        words = "Invalid value for portRange. Must specify both from and to ports with TCP/UDP."
        refuse(operation, "InvalidParameterValue", words)


def _refuse_unmodelled(operation: str, change: Change) -> None:
    """Say what moto would silently leave as it was."""
    kept = sorted(change.names & (_PEERS.keys() - {"cidrIpv4"}))
    if kept:
        words = (
            f"the sandbox cannot change {kept[0]} of a rule in place, as AWS can; replace the "
            "rule with `pulumi up --replace URN`"
        )
        refuse(operation, "UnsupportedOperation", words)
