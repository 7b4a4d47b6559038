"""Endpoints of other services, judged where the configuration asks for their type."""

from collections.abc import Mapping
from typing import Final

from guardrails.model.security import endpoint_kind
from guardrails.pulumi_reader.types.type_row import Role, ServiceEndpoint, TypeRow

SERVICE_TYPES: Final[Mapping[str, TypeRow]] = {
    "aws:opensearch/vpcEndpoint:VpcEndpoint": TypeRow(
        Role.SERVICE_ENDPOINT, endpoint=ServiceEndpoint("securityGroupIds", within="vpcOptions")
    ),
    "aws:opensearch/serverlessVpcEndpoint:ServerlessVpcEndpoint": TypeRow(
        Role.SERVICE_ENDPOINT, endpoint=ServiceEndpoint("securityGroupIds")
    ),
    "aws:elasticsearch/vpcEndpoint:VpcEndpoint": TypeRow(
        Role.SERVICE_ENDPOINT, endpoint=ServiceEndpoint("securityGroupIds", within="vpcOptions")
    ),
    "aws:redshift/endpointAccess:EndpointAccess": TypeRow(
        Role.SERVICE_ENDPOINT, endpoint=ServiceEndpoint("vpcSecurityGroupIds")
    ),
    "aws:redshiftserverless/endpointAccess:EndpointAccess": TypeRow(
        Role.SERVICE_ENDPOINT, endpoint=ServiceEndpoint("vpcSecurityGroupIds")
    ),
    "aws:route53/resolverEndpoint:ResolverEndpoint": TypeRow(
        Role.SERVICE_ENDPOINT, endpoint=ServiceEndpoint("securityGroupIds")
    ),
    "aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint": TypeRow(
        Role.SERVICE_ENDPOINT, endpoint=ServiceEndpoint("securityGroupIds", subnets="subnetId")
    ),
    "aws:vpclattice/serviceNetworkVpcAssociation:ServiceNetworkVpcAssociation": TypeRow(
        Role.SERVICE_ENDPOINT,
        endpoint=ServiceEndpoint("securityGroupIds", vpc="vpcIdentifier", open_without=True),
    ),
    "aws:vpclattice/resourceGateway:ResourceGateway": TypeRow(
        Role.SERVICE_ENDPOINT, endpoint=ServiceEndpoint("securityGroupIds")
    ),
    "aws:verifiedaccess/endpoint:Endpoint": TypeRow(
        Role.SERVICE_ENDPOINT, endpoint=ServiceEndpoint("securityGroupIds")
    ),
    "aws:msk/vpcConnection:VpcConnection": TypeRow(
        Role.SERVICE_ENDPOINT, endpoint=ServiceEndpoint("securityGroups")
    ),
    "aws:rds/proxyEndpoint:ProxyEndpoint": TypeRow(
        Role.SERVICE_ENDPOINT,
        endpoint=ServiceEndpoint("vpcSecurityGroupIds", subnets="vpcSubnetIds"),
    ),
    "aws:neptunegraph/privateGraphEndpoint:PrivateGraphEndpoint": TypeRow(
        Role.SERVICE_ENDPOINT, endpoint=ServiceEndpoint("vpcSecurityGroupIds")
    ),
    "aws:opensearchingest/pipeline:Pipeline": TypeRow(
        Role.SERVICE_ENDPOINT, endpoint=ServiceEndpoint("securityGroupIds", within="vpcOptions")
    ),
    "aws:opensearchingest/pipelineEndpoint:PipelineEndpoint": TypeRow(
        Role.SERVICE_ENDPOINT, endpoint=ServiceEndpoint("securityGroupIds", within="vpcOptions")
    ),
    "aws-native:opensearchserverless:VpcEndpoint": TypeRow(
        Role.SERVICE_ENDPOINT, endpoint=ServiceEndpoint("securityGroupIds")
    ),
    "aws-native:redshift:EndpointAccess": TypeRow(
        Role.SERVICE_ENDPOINT, endpoint=ServiceEndpoint("vpcSecurityGroupIds")
    ),
    "aws-native:route53resolver:ResolverEndpoint": TypeRow(
        Role.SERVICE_ENDPOINT, endpoint=ServiceEndpoint("securityGroupIds")
    ),
    "aws-native:ec2:InstanceConnectEndpoint": TypeRow(
        Role.SERVICE_ENDPOINT, endpoint=ServiceEndpoint("securityGroupIds", subnets="subnetId")
    ),
    "aws-native:ec2:VerifiedAccessEndpoint": TypeRow(
        Role.SERVICE_ENDPOINT, endpoint=ServiceEndpoint("securityGroupIds")
    ),
    "aws-native:vpclattice:ServiceNetworkVpcAssociation": TypeRow(
        Role.SERVICE_ENDPOINT,
        endpoint=ServiceEndpoint("securityGroupIds", vpc="vpcIdentifier", open_without=True),
    ),
    "aws-native:vpclattice:ResourceGateway": TypeRow(
        Role.SERVICE_ENDPOINT, endpoint=ServiceEndpoint("securityGroupIds", vpc="vpcIdentifier")
    ),
    "aws-native:msk:VpcConnection": TypeRow(
        Role.SERVICE_ENDPOINT, endpoint=ServiceEndpoint("securityGroups")
    ),
    "aws-native:rds:DbProxyEndpoint": TypeRow(
        Role.SERVICE_ENDPOINT,
        endpoint=ServiceEndpoint("vpcSecurityGroupIds", subnets="vpcSubnetIds"),
    ),
    "aws-native:neptunegraph:PrivateGraphEndpoint": TypeRow(
        Role.SERVICE_ENDPOINT, endpoint=ServiceEndpoint("securityGroupIds")
    ),
}

SERVICE_KINDS: Final = tuple(map(endpoint_kind, SERVICE_TYPES))
"""What `Endpoint.kind` can be for other services."""
