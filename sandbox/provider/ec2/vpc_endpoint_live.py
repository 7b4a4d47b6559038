"""Live VPC endpoints: finding them, their names and prefix lists, and changing what they reach.

moto lists deleted endpoints and gives one odd DNS name; it forgets the routes of tables that are
added later and ignores `ResetPolicy`.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sandbox.provider.cloud import Cloud, refuse, unless_gone
from sandbox.provider.ec2.network_interface_live import find_subnet
from sandbox.provider.ec2.vpc_endpoint_interfaces import furnish, remove_interfaces
from sandbox.provider.ec2.vpc_endpoint_refusals import (
    find_service,
    refuse_foreign_groups,
    refuse_foreign_tables,
    refuse_subnets,
)
from sandbox.provider.injected_faults import exempt

INTERFACE, GATEWAY = "Interface", "Gateway"
# https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
DEFAULT_POLICY = json.dumps(
    {
        "Version": "2008-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
    }
)


class Reach(NamedTuple):
    """What is added to an endpoint, or taken from it."""

    subnets: list[str]
    groups: list[str]
    tables: list[str]

    @staticmethod
    def of(
        subnets: Iterable[str] = (), groups: Iterable[str] = (), tables: Iterable[str] = ()
    ) -> "Reach":
        """Gather ids."""
        return Reach(list(subnets), list(groups), list(tables))


def find_endpoint(cloud: Cloud, identity: str) -> dict[str, Any] | None:
    """Describe an endpoint, or None when there is none any more."""
    found = cloud.find("describe_vpc_endpoints", "VpcEndpoints", VpcEndpointIds=[identity])
    return None if found is None or found["State"] == "deleted" else found


def require_endpoint(cloud: Cloud, operation: str, identity: str) -> dict[str, Any]:
    """Describe an endpoint, or refuse when there is none."""
    found = find_endpoint(cloud, identity)
    if found is None:
        words = f"The Vpc Endpoint Id '{identity}' does not exist"
        refuse(operation, "InvalidVpcEndpointId.NotFound", words)
    return found


def modify_reach(
    cloud: Cloud,
    identity: str,
    added: Reach,
    removed: Reach,
    fixed: Mapping[str, str] | None = None,
) -> None:
    """Change an endpoint's subnets, security groups and route tables, with all that follows."""
    operation = "ModifyVpcEndpoint"
    endpoint = require_endpoint(cloud, operation, identity)
    staying = [each for each in endpoint["SubnetIds"] if each not in removed.subnets]
    service = find_service(cloud, operation, endpoint["ServiceName"])
    refuse_subnets(cloud, operation, endpoint["VpcId"], service, added.subnets, staying)
    refuse_foreign_groups(cloud, operation, endpoint["VpcId"], added.groups)
    prefix_list = prefix_list_of(cloud, endpoint["ServiceName"])
    refuse_foreign_tables(cloud, operation, endpoint["VpcId"], added.tables, prefix_list)
    cloud.ec2.modify_vpc_endpoint(
        VpcEndpointId=identity,
        AddSubnetIds=added.subnets,
        RemoveSubnetIds=removed.subnets,
        AddSecurityGroupIds=added.groups,
        RemoveSecurityGroupIds=removed.groups,
        AddRouteTableIds=added.tables,
        RemoveRouteTableIds=removed.tables,
    )
    _create_routes(cloud, identity, added.tables, prefix_list)
    _delete_routes(cloud, removed.tables, prefix_list)
    if endpoint["VpcEndpointType"] == INTERFACE:
        changed = require_endpoint(cloud, operation, identity)
        furnish(cloud, operation, changed, fixed or {})


def delete_endpoint(cloud: Cloud, endpoint: Mapping[str, Any]) -> None:
    """Delete an endpoint with its routes and interfaces.

    moto gives up half-way when one of the routes, or its table, is gone already.
    """
    identity, tables = endpoint["VpcEndpointId"], endpoint["RouteTableIds"]
    with exempt():
        cloud.ec2.modify_vpc_endpoint(VpcEndpointId=identity, RemoveRouteTableIds=tables)
    _delete_routes(cloud, tables, prefix_list_of(cloud, endpoint["ServiceName"]))
    cloud.ec2.delete_vpc_endpoints(VpcEndpointIds=[identity])
    remove_interfaces(cloud, identity, but=[])


def set_policy(cloud: Cloud, identity: str, document: str) -> None:
    """Give an endpoint a policy; without one it gets back AWS's, which allows everything."""
    require_endpoint(cloud, "ModifyVpcEndpoint", identity)
    cloud.ec2.modify_vpc_endpoint(VpcEndpointId=identity, PolicyDocument=document or DEFAULT_POLICY)


def prefix_list_of(cloud: Cloud, service_name: str) -> str:
    """Return the id of the AWS-managed prefix list of a service's addresses, or nothing."""
    listing = ("describe_managed_prefix_lists", "PrefixLists")
    found = cloud.list_all(*listing, prefix_list_name=service_name)
    return found[0]["PrefixListId"] if found else ""


def ranges_of(cloud: Cloud, prefix_list: str) -> list[str]:
    """Return the ranges of a prefix list."""
    entries = cloud.ec2.get_managed_prefix_list_entries(PrefixListId=prefix_list)["Entries"]
    return [entry["Cidr"] for entry in entries]


def dns_entries(cloud: Cloud, endpoint: Mapping[str, Any]) -> list[dict[str, str]]:
    """Compose an interface endpoint's names: regional, one per zone, and the private ones.

    https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
    """
    if endpoint["VpcEndpointType"] != INTERFACE or not endpoint["DnsEntries"]:
        return []
    first = endpoint["DnsEntries"][0]
    label, zone_id = first["DnsName"].partition(".")[0], first["HostedZoneId"]
    service = find_service(cloud, "DescribeVpcEndpoints", endpoint["ServiceName"])
    base = service["BaseEndpointDnsNames"][0]
    subnets = (find_subnet(cloud, "DescribeSubnets", each) for each in endpoint["SubnetIds"])
    zones = sorted({subnet["AvailabilityZone"] for subnet in subnets})
    names = [f"{label}.{base}", *(f"{label}-{zone}.{base}" for zone in zones)]
    if endpoint["PrivateDnsEnabled"]:
        names += [each["PrivateDnsName"] for each in service.get("PrivateDnsNames", [])]
    return [{"dnsName": name, "hostedZoneId": zone_id} for name in names]


@exempt()
def _create_routes(cloud: Cloud, identity: str, tables: list[str], prefix_list: str) -> None:
    for table in tables:
        cloud.ec2.create_route(
            RouteTableId=table, DestinationPrefixListId=prefix_list, GatewayId=identity
        )


@exempt()
def _delete_routes(cloud: Cloud, tables: list[str], prefix_list: str) -> None:
    for table in tables:
        where = {"RouteTableId": table, "DestinationPrefixListId": prefix_list}
        unless_gone(lambda where=where: cloud.ec2.delete_route(**where))
