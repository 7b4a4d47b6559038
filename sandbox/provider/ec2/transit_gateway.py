"""Transit gateways and their attachments to VPCs.

Upstream: transitgateway_.go, transitgateway_vpc_attachment.go.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

from sandbox.provider.check import Fault
from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.resource import Change, Resource
from sandbox.provider.schema import Property, boolean, number, set_of, string
from sandbox.provider.tags import from_aws, specification
from sandbox.provider.values import one_of
from sandbox.provider.wire import Properties

_OPTIONS = {
    "amazonSideAsn": "AmazonSideAsn",
    "autoAcceptSharedAttachments": "AutoAcceptSharedAttachments",
    "defaultRouteTableAssociation": "DefaultRouteTableAssociation",
    "defaultRouteTablePropagation": "DefaultRouteTablePropagation",
    "dnsSupport": "DnsSupport",
    "multicastSupport": "MulticastSupport",
    "securityGroupReferencingSupport": "SecurityGroupReferencingSupport",
    "vpnEcmpSupport": "VpnEcmpSupport",
}
_ATTACHMENT_OPTIONS = {
    "applianceModeSupport": "ApplianceModeSupport",
    "dnsSupport": "DnsSupport",
    "ipv6Support": "Ipv6Support",
    "securityGroupReferencingSupport": "SecurityGroupReferencingSupport",
}
_DEFAULT_TABLES = (
    "transitGatewayDefaultRouteTableAssociation",
    "transitGatewayDefaultRouteTablePropagation",
)


def _switch(default: str | None, *, replaces: bool = False) -> Property:
    valid = (one_of("disable", "enable"),)
    return string(default=default, computed=default is None, replaces=replaces, valid=valid)


class TransitGateway(Resource):
    """A hub of VPCs."""

    pulumi_name = "aws:ec2transitgateway/transitGateway:TransitGateway"
    noun = "EC2 Transit Gateway"
    properties: ClassVar = {
        "amazonSideAsn": number(default=64512),
        "autoAcceptSharedAttachments": _switch("disable"),
        "defaultRouteTableAssociation": _switch("enable"),
        "defaultRouteTablePropagation": _switch("enable"),
        "description": string(),
        "dnsSupport": _switch("enable"),
        "encryptionSupport": string(output=True),
        "multicastSupport": _switch("disable", replaces=True),
        "securityGroupReferencingSupport": _switch("disable"),
        "vpnEcmpSupport": _switch("enable"),
        "arn": string(output=True),
        "associationDefaultRouteTableId": string(output=True),
        "ownerId": string(output=True),
        "propagationDefaultRouteTableId": string(output=True),
    }
    unmodelled = ("encryptionSupport", "transitGatewayCidrBlocks")
    tagged = True

    def forces_replacement(self, name: str, state: Properties, inputs: Properties) -> bool:
        """Replace a gateway whose default tables are to be used after all."""
        switches = ("defaultRouteTableAssociation", "defaultRouteTablePropagation")
        return name in switches and (state.get(name), inputs.get(name)) == ("disable", "enable")

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Create the gateway."""
        answer = cloud.ec2.create_transit_gateway(
            Description=inputs.get("description") or "",
            Options={argument: inputs[name] for name, argument in _OPTIONS.items()},
            TagSpecifications=specification("transit-gateway", inputs),
        )
        return answer["TransitGateway"]["TransitGatewayId"]

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Return the gateway."""
        del known
        found = _find_gateway(cloud, identity)
        if found is None:
            return None
        options = found["Options"]
        return {
            **{name: options[key] for name, key in _OPTIONS.items() if key in options},
            "amazonSideAsn": int(options["AmazonSideAsn"]),
            "arn": found["TransitGatewayArn"],
            "associationDefaultRouteTableId": options.get("AssociationDefaultRouteTableId", ""),
            "description": found.get("Description", ""),
            "ownerId": found["OwnerId"],
            "propagationDefaultRouteTableId": options.get("PropagationDefaultRouteTableId", ""),
            "tags": from_aws(found.get("Tags", [])),
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Change its description and options."""
        options = {
            argument: change.inputs[name]
            for name, argument in _OPTIONS.items()
            if change.touches(name)
        }
        if options or change.touches("description"):
            cloud.ec2.modify_transit_gateway(
                TransitGatewayId=identity,
                Description=change.inputs.get("description") or "",
                Options=options,
            )

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Delete a gateway to which nothing is attached."""
        del state
        attachments = cloud.list_all(
            "describe_transit_gateway_attachments",
            "TransitGatewayAttachments",
            transit_gateway_id=identity,
        )
        living = [
            each["TransitGatewayAttachmentId"]
            for each in attachments
            if each["State"] not in ("deleted", "deleting")
        ]
        if living:
            refuse(
                "DeleteTransitGateway",
                "IncorrectState",
                f"{identity} has non-deleted VPC Attachments: {', '.join(living)}.",
            )
        if _find_gateway(cloud, identity):
            cloud.ec2.delete_transit_gateway(TransitGatewayId=identity)


class TransitGatewayVpcAttachment(Resource):
    """The attachment of a VPC to a transit gateway."""

    pulumi_name = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
    noun = "EC2 Transit Gateway VPC Attachment"
    properties: ClassVar = {
        "transitGatewayId": string(required=True, replaces=True),
        "vpcId": string(required=True, replaces=True),
        "subnetIds": set_of(string(), required=True, min_items=1),
        "applianceModeSupport": _switch("disable"),
        "dnsSupport": _switch("enable"),
        "ipv6Support": _switch("disable"),
        "securityGroupReferencingSupport": _switch(None),
        "transitGatewayDefaultRouteTableAssociation": boolean(default=True),
        "transitGatewayDefaultRouteTablePropagation": boolean(default=True),
        "arn": string(output=True),
        "vpcOwnerId": string(output=True),
    }
    tagged = True
    delete_before_replace = True

    def faults(self, inputs: Properties) -> Iterable[Fault]:
        """Refuse to leave the gateway's default tables: the sandbox models no others."""
        for name in _DEFAULT_TABLES:
            if inputs.get(name) is False:
                yield Fault(name, f"{name} = false is not modelled by the sandbox")

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Attach the VPC."""
        answer = cloud.ec2.create_transit_gateway_vpc_attachment(
            TransitGatewayId=inputs["transitGatewayId"],
            VpcId=inputs["vpcId"],
            SubnetIds=inputs["subnetIds"],
            Options=_given(inputs),
            TagSpecifications=specification("transit-gateway-attachment", inputs),
        )
        return answer["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Return the attachment unless it was deleted."""
        del known
        found = cloud.find(
            "describe_transit_gateway_vpc_attachments",
            "TransitGatewayVpcAttachments",
            TransitGatewayAttachmentIds=[identity],
        )
        if found is None or found["State"] in ("deleted", "deleting"):
            return None
        options = found["Options"]
        return {
            **{name: options[key] for name, key in _ATTACHMENT_OPTIONS.items() if key in options},
            "arn": cloud.arn("ec2", f"transit-gateway-attachment/{identity}"),
            "subnetIds": found["SubnetIds"],
            "transitGatewayId": found["TransitGatewayId"],
            "vpcId": found["VpcId"],
            "vpcOwnerId": found["VpcOwnerId"],
            "tags": from_aws(found.get("Tags", [])),
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Change its subnets and options."""
        if not change.touches("subnetIds", *_ATTACHMENT_OPTIONS):
            return
        old, new = set(change.state["subnetIds"]), set(change.inputs["subnetIds"])
        subnets = {"AddSubnetIds": sorted(new - old), "RemoveSubnetIds": sorted(old - new)}
        cloud.ec2.modify_transit_gateway_vpc_attachment(
            TransitGatewayAttachmentId=identity,
            Options=_given(change.inputs),
            **{argument: names for argument, names in subnets.items() if names},
        )

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Detach the VPC."""
        if self.read(cloud, identity, state):
            cloud.ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=identity)


def _given(inputs: Properties) -> dict[str, Any]:
    return {key: inputs[name] for name, key in _ATTACHMENT_OPTIONS.items() if inputs.get(name)}


def _find_gateway(cloud: Cloud, identity: str) -> dict[str, Any] | None:
    found = cloud.find("describe_transit_gateways", "TransitGateways", TransitGatewayIds=[identity])
    return None if found is None or found["State"] in ("deleted", "deleting") else found
