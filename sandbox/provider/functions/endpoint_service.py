"""aws.ec2.getVpcEndpointService.

Rules: internal/service/ec2/vpc_endpoint_service_data_source.go of
hashicorp/terraform-provider-aws.
"""

import zlib
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from sandbox.provider.cloud import Cloud, error_code
from sandbox.provider.function import Function
from sandbox.provider.functions.filters import FILTERS, Names, Thing, asked, choose
from sandbox.provider.schema import boolean, map_of, set_of, string
from sandbox.provider.tags import from_aws
from sandbox.provider.values import one_of
from sandbox.provider.wire import Properties

_NAMES: Names = {
    "owner": "Owner",
    "service-name": "ServiceName",
    "service-type": lambda service: (each["ServiceType"] for each in service["ServiceType"]),
    "supported-ip-address-types": lambda service: service.get("SupportedIpAddressTypes", []),
}


class GetVpcEndpointService(Function):
    """A service that a VPC endpoint may lead to."""

    pulumi_name = "aws:ec2/getVpcEndpointService:getVpcEndpointService"
    properties: ClassVar = {
        "acceptanceRequired": boolean(output=True),
        "arn": string(output=True),
        "availabilityZones": set_of(string(), output=True),
        "baseEndpointDnsNames": set_of(string(), output=True),
        "filters": FILTERS,
        "id": string(output=True),
        "managesVpcEndpoints": boolean(output=True),
        "owner": string(output=True),
        "privateDnsName": string(output=True),
        "privateDnsNames": set_of(string(), output=True),
        "region": string(output=True),
        "service": string(conflicts_with=("serviceName",)),
        "serviceId": string(output=True),
        "serviceName": string(computed=True, conflicts_with=("service",)),
        "serviceRegion": string(output=True),
        "serviceType": string(
            computed=True, valid=(one_of("Interface", "Gateway", "GatewayLoadBalancer"),)
        ),
        "supportedIpAddressTypes": set_of(string(), output=True),
        "tags": map_of(string(), computed=True),
        "vpcEndpointPolicySupported": boolean(output=True),
    }
    unmodelled = ("serviceRegions",)
    regional = False

    def call(self, cloud: Cloud, arguments: Properties) -> Properties:
        """Find the service."""
        service = _find(cloud, arguments)
        identity, name = service["ServiceId"], service["ServiceName"]
        return {
            "acceptanceRequired": service["AcceptanceRequired"],
            "arn": cloud.arn("ec2", f"vpc-endpoint-service/{identity}"),
            "availabilityZones": service["AvailabilityZones"],
            "baseEndpointDnsNames": service["BaseEndpointDnsNames"],
            "id": str(zlib.crc32(name.encode())),
            "managesVpcEndpoints": service["ManagesVpcEndpoints"],
            "owner": service["Owner"],
            "privateDnsName": service.get("PrivateDnsName", ""),
            "privateDnsNames": [
                each["PrivateDnsName"] for each in service.get("PrivateDnsNames", [])
            ],
            "region": cloud.region,
            "serviceId": identity,
            "serviceName": name,
            "serviceRegion": cloud.region,
            "serviceType": service["ServiceType"][0]["ServiceType"],
            "supportedIpAddressTypes": service.get("SupportedIpAddressTypes", ["ipv4"]),
            "tags": from_aws(service.get("Tags", [])),
            "vpcEndpointPolicySupported": service["VpcEndpointPolicySupported"],
        }


def _find(cloud: Cloud, arguments: Properties) -> Thing:
    name = arguments.get("serviceName")
    if arguments.get("service"):
        name = f"com.amazonaws.{cloud.region}.{arguments['service']}"
    filters = asked(arguments, {"service-type": arguments.get("serviceType")})
    services = _services(cloud, name)
    found = choose("DescribeVpcEndpointServices", services, filters, _NAMES)
    if not found:
        raise LookupError("no matching EC2 VPC Endpoint Service found")
    if len(found) > 1:
        raise LookupError(
            "multiple EC2 VPC Endpoint Services matched; use additional constraints to reduce "
            "matches to a single EC2 VPC Endpoint Service"
        )
    return found[0]


def _services(cloud: Cloud, name: str | None) -> list[Thing]:
    arguments: dict[str, Any] = {"ServiceNames": [name]} if name else {}
    try:
        return cloud.ec2.describe_vpc_endpoint_services(**arguments)["ServiceDetails"]
    except ClientError as error:
        if error_code(error) == "InvalidServiceName":
            return []
        raise
