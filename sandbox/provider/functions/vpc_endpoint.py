"""aws.ec2.getVpcEndpoint.

Rules: internal/service/ec2/vpc_endpoint_data_source.go of hashicorp/terraform-provider-aws.
"""

from typing import Any, ClassVar

from sandbox.provider.cloud import Cloud
from sandbox.provider.ec2.vpc_endpoint import VpcEndpoint
from sandbox.provider.function import Function
from sandbox.provider.functions.filters import FILTERS, Names, asked, choose, only
from sandbox.provider.schema import boolean, list_of, map_of, object_of, set_of, string
from sandbox.provider.tags import from_aws
from sandbox.provider.wire import Properties

_NAMES: Names = {
    "service-name": "ServiceName",
    "service-region": lambda endpoint: [endpoint["ServiceName"].split(".")[-2]],
    "vpc-endpoint-id": "VpcEndpointId",
    "vpc-endpoint-state": "State",
    "vpc-endpoint-type": "VpcEndpointType",
    "vpc-id": "VpcId",
}
_SETS = ("cidrBlocks", "networkInterfaceIds", "routeTableIds", "securityGroupIds", "subnetIds")
_TEXTS = ("arn", "ipAddressType", "ownerId", "policy", "prefixListId")


class GetVpcEndpoint(Function):
    """One VPC endpoint. Deleted ones stay listed for a while, as with AWS: ask for a state."""

    pulumi_name = "aws:ec2/getVpcEndpoint:getVpcEndpoint"
    properties: ClassVar = {
        **{name: set_of(string(), output=True) for name in _SETS},
        **{name: string(output=True) for name in _TEXTS},
        "dnsEntries": list_of(object_of({}), output=True),
        "dnsOptions": list_of(object_of({}), output=True),
        "filters": FILTERS,
        "id": string(computed=True),
        "privateDnsEnabled": boolean(output=True),
        "requesterManaged": boolean(output=True),
        "serviceName": string(computed=True),
        "serviceRegion": string(computed=True),
        "state": string(computed=True),
        "tags": map_of(string(), computed=True),
        "vpcEndpointType": string(computed=True),
        "vpcId": string(computed=True),
    }

    def call(self, cloud: Cloud, arguments: Properties) -> Properties:
        """Find the endpoint."""
        wanted = {
            "service-name": arguments.get("serviceName"),
            "service-region": arguments.get("serviceRegion"),
            "vpc-endpoint-id": arguments.get("id"),
            "vpc-endpoint-state": arguments.get("state"),
            "vpc-endpoint-type": arguments.get("vpcEndpointType"),
            "vpc-id": arguments.get("vpcId"),
        }
        listed = cloud.list_all("describe_vpc_endpoints", "VpcEndpoints")
        filters = asked(arguments, wanted)
        found = only(choose("DescribeVpcEndpoints", listed, filters, _NAMES), "EC2 VPC Endpoint")
        return _described(cloud, found)


def _described(cloud: Cloud, found: dict[str, Any]) -> Properties:
    known: Properties = VpcEndpoint().read(cloud, found["VpcEndpointId"], {}) or {}
    options = known.get("dnsOptions")
    answers = {name: known.get(name) for name in GetVpcEndpoint.properties if name in known}
    return {
        **answers,
        "dnsOptions": [options] if options else [],
        "id": found["VpcEndpointId"],
        "networkInterfaceIds": found.get("NetworkInterfaceIds", []),
        "serviceName": found["ServiceName"],
        "serviceRegion": cloud.region,
        "state": found["State"],
        "tags": from_aws(found.get("Tags", [])),
        "vpcId": found["VpcId"],
    }
