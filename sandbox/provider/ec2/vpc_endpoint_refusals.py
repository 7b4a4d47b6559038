"""What AWS refuses of VPC endpoints and moto accepts, in the words of the EC2 API."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from sandbox.provider.cloud import Cloud, error_code, refuse
from sandbox.provider.ec2.network_interface_live import choose_addresses, find_subnet
from sandbox.provider.wire import Properties

Service = Mapping[str, Any]


def find_service(
    cloud: Cloud, operation: str, name: str, endpoint_type: str | None = None
) -> Service:
    """Describe an endpoint service, or refuse when there is none (of that type)."""
    try:
        answer = cloud.ec2.describe_vpc_endpoint_services(ServiceNames=[name])
    except ClientError as error:
        words = error.response.get("Error", {}).get("Message", "")
        refuse(operation, error_code(error), words)
    by_type: dict[str, Service] = {
        each["ServiceType"]: service
        for service in answer["ServiceDetails"]
        for each in service["ServiceType"]
    }
    if endpoint_type is not None and endpoint_type not in by_type:
        words = (
            f"Endpoint type ({endpoint_type}) does not match available service types "
            f"([{', '.join(sorted(by_type))}])."
        )
        refuse(operation, "InvalidParameter", words)
    return by_type[endpoint_type] if endpoint_type else next(iter(by_type.values()))


def refuse_creation(cloud: Cloud, inputs: Properties, groups: list[str], prefix_list: str) -> None:
    """Refuse an endpoint that AWS would not create."""
    operation, vpc = "CreateVpcEndpoint", inputs["vpcId"]
    kind, name = inputs["vpcEndpointType"], inputs["serviceName"]
    if cloud.find("describe_vpcs", "Vpcs", VpcIds=[vpc]) is None:
        refuse(operation, "InvalidVpcId.NotFound", f"The Vpc Id {vpc} does not exist")
    service = find_service(cloud, operation, name, kind)
    _refuse_other_kind(operation, kind, inputs)
    refuse_subnets(cloud, operation, vpc, service, list(inputs.get("subnetIds") or ()), [])
    _refuse_configurations(cloud, operation, inputs)
    refuse_foreign_groups(cloud, operation, vpc, groups)
    tables: list[str] = inputs.get("routeTableIds") or []
    refuse_foreign_tables(cloud, operation, vpc, tables, prefix_list)
    if inputs.get("privateDnsEnabled"):
        _refuse_private_dns(cloud, operation, vpc, service)
        _refuse_inbound_only(cloud, operation, inputs)


def refuse_subnets(
    cloud: Cloud, operation: str, vpc: str, service: Service, added: list[str], present: list[str]
) -> None:
    """Refuse subnets of another VPC, of a zone without the service, or two of one zone."""
    zones = {find_subnet(cloud, operation, each)["AvailabilityZone"] for each in present}
    for subnet_id in added:
        subnet = find_subnet(cloud, operation, subnet_id)
        zone = subnet["AvailabilityZone"]
        if subnet["VpcId"] != vpc:
            words = f"The subnet '{subnet_id}' does not belong to the VPC '{vpc}'"
            refuse(operation, "InvalidParameter", words)
        if zone not in service["AvailabilityZones"]:
            words = (
                f"The VPC endpoint service {service['ServiceName']} does not support the "
                f"availability zone of the subnet: {subnet_id}."
            )
            refuse(operation, "InvalidParameter", words)
        if zone in zones:
            words = (
                f"Found another VPC endpoint subnet in the availability zone of {subnet_id}. VPC "
                "endpoint subnets should be in different availability zones supported by the VPC "
                "endpoint service."
            )
            refuse(operation, "DuplicateSubnetsInSameZone", words)
        zones.add(zone)


def refuse_foreign_groups(cloud: Cloud, operation: str, vpc: str, groups: list[str]) -> None:
    """Refuse security groups that do not exist or belong to another VPC."""
    for group_id in groups:
        group = cloud.find("describe_security_groups", "SecurityGroups", GroupIds=[group_id])
        if group is None:
            words = f"The security group '{group_id}' does not exist"
            refuse(operation, "InvalidGroup.NotFound", words)
        if group["VpcId"] != vpc:
            words = f"The security group '{group_id}' does not belong to the VPC '{vpc}'"
            refuse(operation, "InvalidParameter", words)


def refuse_foreign_tables(
    cloud: Cloud, operation: str, vpc: str, tables: list[str], prefix_list: str
) -> None:
    """Refuse route tables of another VPC, or with a route to the service already."""
    for table_id in tables:
        table = cloud.find("describe_route_tables", "RouteTables", RouteTableIds=[table_id])
        if table is None:
            words = f"The route table ID '{table_id}' does not exist"
            refuse(operation, "InvalidRouteTableId.NotFound", words)
        if table["VpcId"] != vpc:
            words = f"The route table '{table_id}' does not belong to the VPC '{vpc}'"
            refuse(operation, "InvalidParameter", words)
        if prefix_list in [route.get("DestinationPrefixListId") for route in table["Routes"]]:
            words = (
                f"route table {table_id} already has a route with "
                f"destination-prefix-list-id {prefix_list}"
            )
            refuse(operation, "RouteAlreadyExists", words)


def _refuse_other_kind(operation: str, kind: str, inputs: Properties) -> None:
    """Refuse what only the other type of endpoint has."""
    only_interface = {
        "subnetIds": "Subnet IDs are only supported for Interface and GatewayLoadBalancer type "
        "VPC Endpoints.",
        "securityGroupIds": "Security group IDs are only supported for Interface type VPC "
        "Endpoints.",
        "privateDnsEnabled": "Private DNS is only supported for Interface type VPC Endpoints.",
    }
    only_gateway = {
        "routeTableIds": "Route table IDs are only supported for Gateway type VPC Endpoint."
    }
    for name, words in (only_gateway if kind == "Interface" else only_interface).items():
        if inputs.get(name):
            refuse(operation, "InvalidParameter", words)
    options: Properties = inputs.get("dnsOptions") or {}
    if kind != "Interface" and options.get("privateDnsOnlyForInboundResolverEndpoint"):
        words = (
            "DnsOptions PrivateDnsOnlyForInboundResolverEndpoint is applicable only to Interface "
            "VPC Endpoints."
        )
        refuse(operation, "InvalidParameter", words)


def _refuse_configurations(cloud: Cloud, operation: str, inputs: Properties) -> None:
    """Refuse addresses in subnets that the endpoint is not in, or that these cannot give."""
    for each in inputs.get("subnetConfigurations") or ():
        subnet_id = each.get("subnetId")
        if subnet_id not in (inputs.get("subnetIds") or ()):
            words = f"The subnet '{subnet_id}' of a subnet configuration is not the endpoint's"
            refuse(operation, "InvalidParameter", words)
        if each.get("ipv4"):
            subnet = find_subnet(cloud, operation, subnet_id)
            choose_addresses(cloud, operation, subnet, [each["ipv4"]], 1)


def _refuse_private_dns(cloud: Cloud, operation: str, vpc: str, service: Service) -> None:
    """Refuse private DNS where the VPC cannot serve it, or serves the name already."""
    name = service["ServiceName"]
    domain = service.get("PrivateDnsName")
    if not domain:
        words = (
            f"Private DNS can't be enabled because the service {name} does not provide a private "
            "DNS name."
        )
        refuse(operation, "InvalidParameter", words)
    for attribute in ("enableDnsSupport", "enableDnsHostnames"):
        answer = cloud.ec2.describe_vpc_attribute(VpcId=vpc, Attribute=attribute)
        if not answer[attribute[0].upper() + attribute[1:]]["Value"]:
            words = (
                "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC "
                f"attributes set to true for {vpc}"
            )
            refuse(operation, "InvalidParameter", words)
    if any(each["PrivateDnsEnabled"] for each in _siblings(cloud, vpc, name, "Interface")):
        words = (
            "private-dns-enabled cannot be set because there is already a conflicting DNS domain "
            f"for {domain} in the VPC {vpc}"
        )
        refuse(operation, "InvalidParameter", words)


def _refuse_inbound_only(cloud: Cloud, operation: str, inputs: Properties) -> None:
    vpc = inputs["vpcId"]
    options: Properties = inputs.get("dnsOptions") or {}
    if not options.get("privateDnsOnlyForInboundResolverEndpoint"):
        return
    if not _siblings(cloud, vpc, inputs["serviceName"], "Gateway"):
        words = (
            f"To set PrivateDnsOnlyForInboundResolverEndpoint to true, the VPC {vpc} must have a "
            "Gateway endpoint for the service."
        )
        refuse(operation, "InvalidParameter", words)


def _siblings(cloud: Cloud, vpc: str, service_name: str, kind: str) -> list[dict[str, Any]]:
    return [
        each
        for each in cloud.ec2.describe_vpc_endpoints()["VpcEndpoints"]
        if each["State"] != "deleted"
        and (each["VpcId"], each["ServiceName"], each["VpcEndpointType"])
        == (vpc, service_name, kind)
    ]
