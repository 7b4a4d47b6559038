"""Reads the endpoints of other services: interfaces of theirs in a VPC, with security groups."""

from collections.abc import Callable, Iterator, Sequence

from guardrails.model.knowledge import Reference, Unknown
from guardrails.model.security import Endpoint, GroupRule, SecurityGroup
from guardrails.pulumi_reader.fields import Fields
from guardrails.pulumi_reader.kinds import Kind
from guardrails.pulumi_reader.protobuf import Hidden
from guardrails.pulumi_reader.resource import Resource
from guardrails.pulumi_reader.stack import Stack

_NO_GROUP = "#no-group"
Reader = Callable[[Resource, Stack], Iterator[object]]


def endpoint_kind(token: str) -> str:
    """Return what `Endpoint.kind` is for another service's type: `aws:msk/vpcConnection`."""
    return token.rpartition(":")[0] if "/" in token and token.count(":") > 1 else token


def endpoint_like(
    groups: str,
    within: str = "",
    *,
    vpc: str = "vpcId",
    subnets: str = "subnetIds",
    open_without: bool = False,
) -> Reader:
    """Return a reader of another service's endpoint, whose groups are under property `groups`.

    `within` is the property that holds groups and subnets, if they are not the resource's own.
    `open_without`: without groups it lets everything in, instead of getting the VPC's default one.
    """

    def read(resource: Resource, stack: Stack) -> Iterator[object]:
        found: list[Reference] = []
        parts = list(resource.rows(within)) if within else [resource]
        for part in parts:
            if isinstance(part, Hidden):
                found.append(resource.missing(within))
            else:
                found.extend(stack.refer_many(part, groups, Kind.GROUP))
        if open_without and not found:
            found.append(f"{resource.urn}{_NO_GROUP}")
            yield from _open_door(resource)
        home = stack.required(resource, vpc, Kind.VPC)
        if isinstance(home, Unknown):
            seen = [part for part in parts if not isinstance(part, Hidden)]
            home = next(_vpcs_of_subnets(seen, subnets, stack), home)
        yield Endpoint(
            key=resource.urn,
            scope=resource.place.scope,
            name=resource.name,
            kind=endpoint_kind(resource.type),
            vpc=home,
            groups=tuple(found),
        )

    return read


def _vpcs_of_subnets(parts: Sequence[Fields], name: str, stack: Stack) -> Iterator[Reference]:
    """Yield the VPCs of the subnets that an endpoint is in, as far as the stack has them."""
    for part in parts:
        for subnet in stack.refer_many(part, name, Kind.SUBNET):
            if isinstance(subnet, str) and subnet in stack.resources:
                vpc = stack.refer(stack.resources[subnet], "vpcId", Kind.VPC, computed=True)
                if vpc is not None:
                    yield vpc


def _open_door(resource: Resource) -> Iterator[object]:
    """Stand in for the groups that nobody has put on an endpoint that has none by default.

    All clients in the VPC get in then (VPC Lattice guide, "Manage access to VPC Lattice services").
    """
    key = f"{resource.urn}{_NO_GROUP}"
    yield SecurityGroup(key=key, scope=resource.place.scope, name=resource.name, vpc=None)
    yield GroupRule(key=key, group=key, protocol="-1", from_port=None, to_port=None)


ENDPOINT_LIKE = {
    "aws:opensearch/vpcEndpoint:VpcEndpoint": endpoint_like("securityGroupIds", "vpcOptions"),
    "aws:opensearch/serverlessVpcEndpoint:ServerlessVpcEndpoint": endpoint_like("securityGroupIds"),
    "aws:elasticsearch/vpcEndpoint:VpcEndpoint": endpoint_like("securityGroupIds", "vpcOptions"),
    "aws:redshift/endpointAccess:EndpointAccess": endpoint_like("vpcSecurityGroupIds"),
    "aws:redshiftserverless/endpointAccess:EndpointAccess": endpoint_like("vpcSecurityGroupIds"),
    "aws:route53/resolverEndpoint:ResolverEndpoint": endpoint_like("securityGroupIds"),
    "aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint": endpoint_like(
        "securityGroupIds", subnets="subnetId"
    ),
    "aws:vpclattice/serviceNetworkVpcAssociation:ServiceNetworkVpcAssociation": endpoint_like(
        "securityGroupIds", vpc="vpcIdentifier", open_without=True
    ),
    "aws:vpclattice/resourceGateway:ResourceGateway": endpoint_like("securityGroupIds"),
    "aws:verifiedaccess/endpoint:Endpoint": endpoint_like("securityGroupIds"),
    "aws:msk/vpcConnection:VpcConnection": endpoint_like("securityGroups"),
    "aws:rds/proxyEndpoint:ProxyEndpoint": endpoint_like(
        "vpcSecurityGroupIds", subnets="vpcSubnetIds"
    ),
    "aws:neptunegraph/privateGraphEndpoint:PrivateGraphEndpoint": endpoint_like(
        "vpcSecurityGroupIds"
    ),
    "aws:opensearchingest/pipeline:Pipeline": endpoint_like("securityGroupIds", "vpcOptions"),
    "aws:opensearchingest/pipelineEndpoint:PipelineEndpoint": endpoint_like(
        "securityGroupIds", "vpcOptions"
    ),
    "aws-native:opensearchserverless:VpcEndpoint": endpoint_like("securityGroupIds"),
    "aws-native:redshift:EndpointAccess": endpoint_like("vpcSecurityGroupIds"),
    "aws-native:route53resolver:ResolverEndpoint": endpoint_like("securityGroupIds"),
    "aws-native:ec2:InstanceConnectEndpoint": endpoint_like("securityGroupIds", subnets="subnetId"),
    "aws-native:ec2:VerifiedAccessEndpoint": endpoint_like("securityGroupIds"),
    "aws-native:vpclattice:ServiceNetworkVpcAssociation": endpoint_like(
        "securityGroupIds", vpc="vpcIdentifier", open_without=True
    ),
    "aws-native:vpclattice:ResourceGateway": endpoint_like("securityGroupIds", vpc="vpcIdentifier"),
    "aws-native:msk:VpcConnection": endpoint_like("securityGroups"),
    "aws-native:rds:DbProxyEndpoint": endpoint_like("vpcSecurityGroupIds", subnets="vpcSubnetIds"),
    "aws-native:neptunegraph:PrivateGraphEndpoint": endpoint_like("securityGroupIds"),
}
"""Endpoints of other services, judged where the configuration asks for their type."""
