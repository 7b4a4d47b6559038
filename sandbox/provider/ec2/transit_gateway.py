"""Transit gateways.

Upstream: transitgateway_.go.
"""

from typing import ClassVar

from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.ec2.transit_gateway_live import default_tables, find_gateway
from sandbox.provider.injected_faults import exempt
from sandbox.provider.resource import Change, Resource
from sandbox.provider.schema import Property, number, string
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


def switch(default: str | None, *, replaces: bool = False) -> Property:
    """Declare what is enabled or disabled; without a default AWS decides."""
    valid = (one_of("disable", "enable"),)
    return string(default=default, computed=default is None, replaces=replaces, valid=valid)


class TransitGateway(Resource):
    """A hub of VPCs."""

    pulumi_name = "aws:ec2transitgateway/transitGateway:TransitGateway"
    noun = "EC2 Transit Gateway"
    properties: ClassVar = {
        "amazonSideAsn": number(default=64512),
        "autoAcceptSharedAttachments": switch("disable"),
        "defaultRouteTableAssociation": switch("enable"),
        "defaultRouteTablePropagation": switch("enable"),
        "description": string(),
        "dnsSupport": switch("enable"),
        "encryptionSupport": string(output=True),
        "multicastSupport": switch("disable", replaces=True),
        "securityGroupReferencingSupport": switch("disable"),
        "vpnEcmpSupport": switch("enable"),
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
        gateway = answer["TransitGateway"]
        identity: str = gateway["TransitGatewayId"]
        if not any(default_tables(cloud, identity)):  # AWS makes no table then
            made = gateway["Options"]["AssociationDefaultRouteTableId"]
            with exempt():
                cloud.ec2.delete_transit_gateway_route_table(TransitGatewayRouteTableId=made)
        return identity

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Return the gateway."""
        del known
        found = find_gateway(cloud, identity)
        if found is None:
            return None
        options = found["Options"]
        associated, propagated = default_tables(cloud, identity)
        return {
            **{name: options[key] for name, key in _OPTIONS.items() if key in options},
            "amazonSideAsn": int(options["AmazonSideAsn"]),
            "arn": found["TransitGatewayArn"],
            "associationDefaultRouteTableId": associated,
            "description": found.get("Description", ""),
            "ownerId": found["OwnerId"],
            "propagationDefaultRouteTableId": propagated,
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
        if find_gateway(cloud, identity):
            cloud.ec2.delete_transit_gateway(TransitGatewayId=identity)
