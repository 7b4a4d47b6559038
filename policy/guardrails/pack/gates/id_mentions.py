"""The AWS ids that a text or a resource mentions."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from guardrails.pulumi_reader.protobuf import Plain
from guardrails.pulumi_reader.resource import Resource

_AN_ID: Final = re.compile(r"[a-z]+-[0-9a-z]+")
_AN_ID_WITHIN: Final = re.compile(r"\b[a-z]+-[0-9a-f]{8,17}\b")
_PART_OF: Final = {
    "aws:ec2/route:Route": {"routeTableId"},
    "aws:ec2/routeTable:RouteTable": set[str](),
    "aws:ec2/defaultRouteTable:DefaultRouteTable": {"defaultRouteTableId"},
    "aws:ec2/routeTableAssociation:RouteTableAssociation": {"subnetId", "gatewayId"},
    "aws:ec2/securityGroup:SecurityGroup": set[str](),
    "aws:ec2/securityGroupRule:SecurityGroupRule": {"securityGroupId"},
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {"securityGroupId"},
    "aws:ec2/vpcEndpoint:VpcEndpoint": {"routeTableIds"},
    "aws-native:ec2:Route": {"routeTableId"},
    "aws-native:ec2:RouteTable": set[str](),
    "aws-native:ec2:SubnetRouteTableAssociation": {"subnetId"},
    "aws-native:ec2:SecurityGroup": set[str](),
    "aws-native:ec2:SecurityGroupIngress": {"groupId"},
    "aws-native:ec2:VpcEndpoint": {"routeTableIds"},
}
"""By type: whose ids say what a resource belongs to. It merely uses its others, as many may do.

A type that is not here is taken to belong to all that it mentions, which is slower and as right.
"""


def ids_within(texts: Iterable[str]) -> frozenset[str]:
    """Return what looks like an AWS id in texts that may hold more, JSON for instance."""
    return frozenset(each for text in texts for each in _AN_ID_WITHIN.findall(text))


def mentions_of(resource: Resource) -> dict[str, bool]:
    """Return every text in the inputs that looks like an AWS id, and whether it is merely used."""
    part_of = _PART_OF.get(resource.type)
    found: dict[str, bool] = {}
    for name in sorted(resource.properties):
        used = part_of is not None and name not in part_of
        for value in _ids_among(resource.value(name)):
            found[value] = used and found.get(value, True)
    return found


def _ids_among(value: Plain) -> Iterator[str]:
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str(text) if _AN_ID.fullmatch(text):
                yield text
            case list(members):
                waiting.extend(members)
            case dict(members):
                waiting.extend(members.values())
            case _:
                pass
