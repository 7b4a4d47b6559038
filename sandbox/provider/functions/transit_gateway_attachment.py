"""aws.ec2transitgateway.getAttachment.

Rules: internal/service/ec2/transitgateway_attachment_data_source.go of
hashicorp/terraform-provider-aws.
"""

from typing import ClassVar

from sandbox.provider.cloud import Cloud
from sandbox.provider.function import Function
from sandbox.provider.functions.filters import FILTERS, Names, asked, choose, only
from sandbox.provider.schema import map_of, string
from sandbox.provider.tags import from_aws
from sandbox.provider.wire import Properties

_OUTPUTS = {
    "resourceId": "ResourceId",
    "resourceOwnerId": "ResourceOwnerId",
    "resourceType": "ResourceType",
    "state": "State",
    "transitGatewayId": "TransitGatewayId",
    "transitGatewayOwnerId": "TransitGatewayOwnerId",
}
_NAMES: Names = {
    "resource-id": "ResourceId",
    "resource-owner-id": "ResourceOwnerId",
    "resource-type": "ResourceType",
    "state": "State",
    "transit-gateway-attachment-id": "TransitGatewayAttachmentId",
    "transit-gateway-id": "TransitGatewayId",
    "transit-gateway-owner-id": "TransitGatewayOwnerId",
}


class GetTransitGatewayAttachment(Function):
    """One attachment of a VPC, a VPN or another network to a transit gateway."""

    pulumi_name = "aws:ec2transitgateway/getAttachment:getAttachment"
    properties: ClassVar = {
        **{name: string(output=True) for name in _OUTPUTS},
        "arn": string(output=True),
        "associationState": string(output=True),
        "associationTransitGatewayRouteTableId": string(output=True),
        "filters": FILTERS,
        "id": string(output=True),
        "tags": map_of(string(), computed=True),
        "transitGatewayAttachmentId": string(computed=True),
    }

    def call(self, cloud: Cloud, arguments: Properties) -> Properties:
        """Find the attachment."""
        wanted = {"transit-gateway-attachment-id": arguments.get("transitGatewayAttachmentId")}
        operation = "describe_transit_gateway_attachments"
        listed = cloud.list_all(operation, "TransitGatewayAttachments")
        filters = asked(arguments, wanted)
        found = only(
            choose("DescribeTransitGatewayAttachments", listed, filters, _NAMES),
            "EC2 Transit Gateway Attachment",
        )
        identity = found["TransitGatewayAttachmentId"]
        association = found.get("Association", {})
        return {
            **{name: found.get(key, "") for name, key in _OUTPUTS.items()},
            "arn": cloud.arn(
                "ec2", f"transit-gateway-attachment/{identity}", found["ResourceOwnerId"]
            ),
            "associationState": association.get("State", ""),
            "associationTransitGatewayRouteTableId": association.get(
                "TransitGatewayRouteTableId", ""
            ),
            "id": identity,
            "tags": from_aws(found.get("Tags", [])),
            "transitGatewayAttachmentId": identity,
        }
