"""Attachments of VPCs to transit gateways.

Upstream: transitgateway_vpc_attachment.go.
"""

from typing import Any, ClassVar

from sandbox.provider.cloud import Cloud
from sandbox.provider.ec2.transit_gateway import switch
from sandbox.provider.ec2.transit_gateway_link import (
    associate,
    associated_table,
    disassociate,
    find_association,
    find_propagation,
    propagate,
    stop_propagating,
)
from sandbox.provider.ec2.transit_gateway_live import default_tables
from sandbox.provider.injected_faults import exempt
from sandbox.provider.resource import Change, Resource
from sandbox.provider.schema import boolean, set_of, string
from sandbox.provider.tags import from_aws, specification
from sandbox.provider.wire import Properties

_ATTACHMENT_OPTIONS = {
    "applianceModeSupport": "ApplianceModeSupport",
    "dnsSupport": "DnsSupport",
    "ipv6Support": "Ipv6Support",
    "securityGroupReferencingSupport": "SecurityGroupReferencingSupport",
}
_ASSOCIATED = "transitGatewayDefaultRouteTableAssociation"
_PROPAGATED = "transitGatewayDefaultRouteTablePropagation"


class TransitGatewayVpcAttachment(Resource):
    """The attachment of a VPC to a transit gateway."""

    pulumi_name = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
    noun = "EC2 Transit Gateway VPC Attachment"
    properties: ClassVar = {
        "transitGatewayId": string(required=True, replaces=True),
        "vpcId": string(required=True, replaces=True),
        "subnetIds": set_of(string(), required=True, min_items=1),
        "applianceModeSupport": switch("disable"),
        "dnsSupport": switch("enable"),
        "ipv6Support": switch("disable"),
        "securityGroupReferencingSupport": switch(None),
        _ASSOCIATED: boolean(computed=True),
        _PROPAGATED: boolean(computed=True),
        "arn": string(output=True),
        "vpcOwnerId": string(output=True),
    }
    tagged = True
    delete_before_replace = True

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Attach the VPC; AWS links the attachment to the gateway's default tables."""
        answer = cloud.ec2.create_transit_gateway_vpc_attachment(
            TransitGatewayId=inputs["transitGatewayId"],
            VpcId=inputs["vpcId"],
            SubnetIds=inputs["subnetIds"],
            Options=_given(inputs),
            TagSpecifications=specification("transit-gateway-attachment", inputs),
        )
        identity: str = answer["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
        associated, propagated = default_tables(cloud, inputs["transitGatewayId"])
        with exempt():
            former = associated_table(cloud, identity)
            if former and not associated:  # moto knows no gateway without default tables
                disassociate(cloud, former, identity)
            if propagated:
                propagate(cloud, propagated, identity)
        return identity

    def configure(self, cloud: Cloud, identity: str, inputs: Properties) -> None:
        """Take the attachment from the default tables that it must not have."""
        associated, propagated = default_tables(cloud, inputs["transitGatewayId"])
        _associate_default(cloud, associated, identity, wanted=inputs.get(_ASSOCIATED) is not False)
        _propagate_default(cloud, propagated, identity, wanted=inputs.get(_PROPAGATED) is not False)

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
        associated, propagated = default_tables(cloud, found["TransitGatewayId"])
        return {
            **{name: options[key] for name, key in _ATTACHMENT_OPTIONS.items() if key in options},
            _ASSOCIATED: find_association(cloud, associated, identity) is not None,
            _PROPAGATED: find_propagation(cloud, propagated, identity) is not None,
            "arn": cloud.arn("ec2", f"transit-gateway-attachment/{identity}"),
            "subnetIds": found["SubnetIds"],
            "transitGatewayId": found["TransitGatewayId"],
            "vpcId": found["VpcId"],
            "vpcOwnerId": found["VpcOwnerId"],
            "tags": from_aws(found.get("Tags", [])),
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Change its subnets and options, and its links to the default tables."""
        if change.touches("subnetIds", *_ATTACHMENT_OPTIONS):
            self._modify(cloud, identity, change)
        associated, propagated = default_tables(cloud, change.state["transitGatewayId"])
        if change.touches(_ASSOCIATED):
            wanted = change.inputs[_ASSOCIATED]
            _associate_default(cloud, associated, identity, wanted=wanted)
        if change.touches(_PROPAGATED):
            wanted = change.inputs[_PROPAGATED]
            _propagate_default(cloud, propagated, identity, wanted=wanted)

    def _modify(self, cloud: Cloud, identity: str, change: Change) -> None:
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


def _associate_default(cloud: Cloud, table: str, attachment: str, *, wanted: bool) -> None:
    if table and wanted != bool(find_association(cloud, table, attachment)):
        (associate if wanted else disassociate)(cloud, table, attachment)


def _propagate_default(cloud: Cloud, table: str, attachment: str, *, wanted: bool) -> None:
    if table and wanted != bool(find_propagation(cloud, table, attachment)):
        (propagate if wanted else stop_propagating)(cloud, table, attachment)
