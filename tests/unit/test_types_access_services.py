"""Endpoints of services of their own: judged where the configuration names their type."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.policy_stacks import Stack
from tests.support.type_rows import check, judged

RULE = "endpoints-admit-only-https"
GROUP = "ec2/securityGroup:SecurityGroup"


class Place:
    """A VPC with a group that admits HTTPS and one that admits SSH."""

    def __init__(self) -> None:
        self.stack = Stack()
        self.vpc = self.stack.add("ec2/vpc:Vpc", "hub", cidrBlock="10.0.0.0/16")
        self.subnet = self.stack.add("ec2/subnet:Subnet", "private-a", vpcId=self.vpc)
        self.https = self._group("https", 443)
        self.ssh = self._group("ssh", 22)

    def _group(self, name: str, port: int) -> Any:
        rule = {"protocol": "tcp", "fromPort": port, "toPort": port, "cidrBlocks": ["10.0.0.0/16"]}
        return self.stack.add(GROUP, name, vpcId=self.vpc, ingress=[rule])


Like = Callable[[Place, list[Any]], dict[str, Any]]
LIKE: dict[str, tuple[Like, str]] = {
    "opensearch/vpcEndpoint:VpcEndpoint": (
        lambda _, g: {"vpcOptions": {"subnetIds": ["subnet-1"], **some(securityGroupIds=g)}},
        "unverified vpcId of VpcEndpoint door",
    ),
    "opensearch/serverlessVpcEndpoint:ServerlessVpcEndpoint": (
        lambda p, g: {"vpcId": p.vpc, **some(securityGroupIds=g)},
        "violated",
    ),
    "elasticsearch/vpcEndpoint:VpcEndpoint": (
        lambda _, g: {"vpcOptions": {"subnetIds": ["subnet-1"], **some(securityGroupIds=g)}},
        "unverified vpcId of VpcEndpoint door",
    ),
    "redshift/endpointAccess:EndpointAccess": (
        lambda _, g: some(vpcSecurityGroupIds=g),
        "unverified vpcId of EndpointAccess door",
    ),
    "redshiftserverless/endpointAccess:EndpointAccess": (
        lambda _, g: some(vpcSecurityGroupIds=g),
        "unverified vpcId of EndpointAccess door",
    ),
    "route53/resolverEndpoint:ResolverEndpoint": (
        lambda _, g: {"direction": "INBOUND", **some(securityGroupIds=g)},
        "unverified vpcId of ResolverEndpoint door",
    ),
    "ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint": (
        lambda _, g: {"subnetId": "subnet-1", **some(securityGroupIds=g)},
        "unverified vpcId of InstanceConnectEndpoint door",
    ),
    "vpclattice/serviceNetworkVpcAssociation:ServiceNetworkVpcAssociation": (
        lambda p, g: {"vpcIdentifier": p.vpc, **some(securityGroupIds=g)},
        "violated",
    ),
    "vpclattice/resourceGateway:ResourceGateway": (
        lambda p, g: {"vpcId": p.vpc, **some(securityGroupIds=g)},
        "violated",
    ),
    "verifiedaccess/endpoint:Endpoint": (
        lambda _, g: {"endpointType": "load-balancer", **some(securityGroupIds=g)},
        "unverified vpcId of Endpoint door",
    ),
    "msk/vpcConnection:VpcConnection": (
        lambda p, g: {"vpcId": p.vpc, **some(securityGroups=g)},
        "violated",
    ),
    "rds/proxyEndpoint:ProxyEndpoint": (
        lambda _, g: some(vpcSecurityGroupIds=g),
        "unverified vpcId of ProxyEndpoint door",
    ),
    "neptunegraph/privateGraphEndpoint:PrivateGraphEndpoint": (
        lambda p, g: {"vpcId": p.vpc, **some(vpcSecurityGroupIds=g)},
        "violated",
    ),
    "aws-native:vpclattice:ResourceGateway": (
        lambda p, g: {"vpcIdentifier": p.vpc, **some(securityGroupIds=g)},
        "violated",
    ),
    "aws-native:rds:DbProxyEndpoint": (
        lambda p, g: {"vpcSubnetIds": [p.subnet], **some(vpcSecurityGroupIds=g)},
        "violated",
    ),
    "aws-native:ec2:InstanceConnectEndpoint": (
        lambda p, g: {"subnetId": p.subnet, **some(securityGroupIds=g)},
        "violated",
    ),
    "opensearchingest/pipelineEndpoint:PipelineEndpoint": (
        lambda _, g: {"vpcOptions": {"subnetIds": ["subnet-1"], **some(securityGroupIds=g)}},
        "unverified vpcId of PipelineEndpoint door",
    ),
}


THROUGH_A_SUBNET: dict[str, Like] = {
    "opensearch/vpcEndpoint:VpcEndpoint": lambda p, _: {"vpcOptions": {"subnetIds": [p.subnet]}},
    "redshiftserverless/endpointAccess:EndpointAccess": lambda p, _: {"subnetIds": [p.subnet]},
    "ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint": (
        lambda p, _: {"subnetId": p.subnet}
    ),
    "rds/proxyEndpoint:ProxyEndpoint": lambda p, _: {"vpcSubnetIds": [p.subnet]},
}


def full(token: str) -> str:
    return token if token.startswith("aws-native:") else f"aws:{token}"


def some(**groups: list[Any]) -> dict[str, Any]:
    """The property if there is anything in it."""
    return {name: members for name, members in groups.items() if members}


GROUPS: dict[str, tuple[Callable[[Place], list[Any]], str]] = {
    "https": (lambda p: [p.https], "kept"),
    "ssh": (lambda p: [p.https, p.ssh], "violated"),
    "out of sight": (lambda _: ["sg-0"], "unverified sg-0"),
}


def door(token: str, choose: Callable[[Place], list[Any]]) -> Stack:
    place = Place()
    place.stack.add(token, "door", **LIKE[token][0](place, choose(place)))
    return place.stack


@pytest.mark.parametrize(("choose", "expected"), GROUPS.values(), ids=GROUPS)
@pytest.mark.parametrize("token", LIKE)
def test_what_another_services_endpoint_lets_in(
    token: str, choose: Callable[[Place], list[Any]], expected: str
) -> None:
    check(judged(door(token, choose), RULE, endpointLike=[full(token)]), expected)


@pytest.mark.parametrize("token", LIKE)
def test_another_services_endpoint_without_groups(token: str) -> None:
    stack = door(token, lambda _: [])
    check(judged(stack, RULE, endpointLike=[full(token)]), LIKE[token][1])


@pytest.mark.parametrize("token", THROUGH_A_SUBNET)
def test_another_services_endpoint_without_groups_is_in_the_vpc_of_its_subnet(token: str) -> None:
    place = Place()
    place.stack.add(token, "door", **THROUGH_A_SUBNET[token](place, []))
    check(judged(place.stack, RULE, endpointLike=[full(token)]), "violated")


@pytest.mark.parametrize("token", LIKE)
def test_another_services_endpoint_that_is_not_configured_is_not_judged(token: str) -> None:
    assert judged(door(token, lambda p: [p.ssh]), RULE) == ["kept", "kept"]
