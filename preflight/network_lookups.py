"""Parts of a network that is there already, as AWS shows them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pulumi_aws as aws

from components.partitions import endpoint_service, gateway_service

NOBODY = "/"


@dataclass(frozen=True)
class ExistingVpc:
    """A VPC with its ranges, the first one first; `owner` is the stack that made it."""

    vpc_id: str
    arn: str
    cidr_blocks: Sequence[str]
    resolves_names: bool
    owner: str = NOBODY


@dataclass(frozen=True)
class ExistingSubnet:
    """A subnet with its range and the name of its zone; `owner` is the stack that made it."""

    subnet_id: str
    vpc_id: str
    cidr_block: str
    zone: str
    owner: str = NOBODY


@dataclass(frozen=True)
class ExistingTable:
    """A route table: the subnets that are bound to it, and the target of each range.

    `owner` is the stack that made it.
    """

    table_id: str
    is_main: bool
    subnet_ids: frozenset[str]
    routes: Mapping[str, str]
    owner: str = NOBODY


@dataclass(frozen=True)
class ExistingEndpoint:
    """An endpoint for a service; `owner` is the stack that made it.

    `table_ids` are the tables that a gateway endpoint has its routes in.
    """

    endpoint_id: str
    vpc_id: str
    service_name: str
    state: str
    private_dns: bool
    owner: str
    table_ids: frozenset[str] = frozenset()


@dataclass(frozen=True)
class FoundVpc:
    """A VPC, those of its tables that get the virtual IP's route, an endpoint to the EC2 API.

    `others` are endpoints for the other services that the stack is to make one for, by service.
    """

    vpc: ExistingVpc
    tables: Sequence[ExistingTable]
    endpoint: ExistingEndpoint | None
    others: Mapping[str, ExistingEndpoint]


def owner_of(tags: Mapping[str, str]) -> str:
    """Return the stack that made something, as `project/stack`; `NOBODY` for another maker."""
    return "/".join(tags.get(f"hacluster:{each}", "") for each in ("project", "stack"))


def find_vpc(vpc_id: str) -> ExistingVpc:
    """Look up a VPC."""
    found = aws.ec2.get_vpc(id=vpc_id)
    return ExistingVpc(
        found.id,
        found.arn,
        _ranges(found),
        resolves_names=found.enable_dns_support and found.enable_dns_hostnames,
        owner=owner_of(found.tags),
    )


def _ranges(vpc: aws.ec2.AwaitableGetVpcResult) -> list[str]:
    """Return the VPC's ranges, the first one first."""
    others = [
        each.cidr_block
        for each in vpc.cidr_block_associations
        if each.state == "associated" and each.cidr_block != vpc.cidr_block
    ]
    return [vpc.cidr_block, *sorted(others)]


def find_subnet(identity: str) -> ExistingSubnet:
    """Look up a subnet."""
    found = aws.ec2.get_subnet(id=identity)
    return ExistingSubnet(
        identity,
        found.vpc_id,
        found.cidr_block,
        found.availability_zone,
        owner_of(found.tags),
    )


def find_tables(vpc_id: str) -> list[ExistingTable]:
    """Look up every table of a VPC."""
    return [_table(each) for each in aws.ec2.get_route_tables(vpc_id=vpc_id).ids]


def _table(identity: str) -> ExistingTable:
    found = aws.ec2.get_route_table(route_table_id=identity)
    return ExistingTable(
        identity,
        is_main=any(each.main for each in found.associations),
        subnet_ids=frozenset(each.subnet_id for each in found.associations if each.subnet_id),
        routes={
            each.cidr_block or each.ipv6_cidr_block: _target(each)
            for each in found.routes
            if each.cidr_block or each.ipv6_cidr_block
        },
        owner=owner_of(found.tags),
    )


def _target(route: aws.ec2.outputs.GetRouteTableRouteResult) -> str:
    targets = (
        route.gateway_id,
        route.nat_gateway_id,
        route.egress_only_gateway_id,
        route.network_interface_id,
        route.transit_gateway_id,
        route.vpc_peering_connection_id,
        route.carrier_gateway_id,
        route.local_gateway_id,
        route.core_network_arn,
    )
    return next((each for each in targets if each), "")


def find_endpoint(region: str, vpc_id: str, endpoint_id: str | None) -> ExistingEndpoint | None:
    """Return the endpoint that is named, or one for the EC2 API that is in the way."""
    if endpoint_id:
        return _endpoint(aws.ec2.get_vpc_endpoint(id=endpoint_id))
    return _find_for(endpoint_service(region, "ec2"), vpc_id, "Interface")


def find_other_endpoints(
    region: str, vpc_id: str, services: Iterable[str]
) -> dict[str, ExistingEndpoint]:
    """Return the endpoints that a VPC has already for services beside the EC2 API."""
    found: dict[str, ExistingEndpoint] = {}
    for service in services:
        if service == "ec2":
            continue
        is_gateway = service == "s3"
        named = gateway_service if is_gateway else endpoint_service
        kind = "Gateway" if is_gateway else "Interface"
        endpoint = _find_for(named(region, service), vpc_id, kind)
        if endpoint:
            found[service] = endpoint
    return found


def _find_for(service_name: str, vpc_id: str, kind: str) -> ExistingEndpoint | None:
    of_kind = aws.ec2.GetVpcEndpointFilterArgs(name="vpc-endpoint-type", values=[kind])
    try:
        return _endpoint(
            aws.ec2.get_vpc_endpoint(
                vpc_id=vpc_id, service_name=service_name, state="available", filters=[of_kind]
            )
        )
    except Exception as error:
        if "no matching" in str(error):
            return None
        raise


def _endpoint(found: aws.ec2.AwaitableGetVpcEndpointResult) -> ExistingEndpoint:
    return ExistingEndpoint(
        found.id,
        found.vpc_id,
        found.service_name,
        found.state,
        found.private_dns_enabled,
        owner_of(found.tags),
        frozenset(found.route_table_ids),
    )
