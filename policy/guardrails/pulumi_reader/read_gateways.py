"""Reads what routes lead to: gateways, peerings, transit gateways."""

from collections.abc import Iterator

from guardrails.model.knowledge import External, Reference, Sure
from guardrails.model.routing import Gateway, TargetKind, TransitAttachment, TransitRoute
from guardrails.pulumi_reader.resource import Resource
from guardrails.pulumi_reader.stack import Stack
from guardrails.pulumi_reader.types.kinds import Kind
from guardrails.pulumi_reader.types.table import row_of


def read_gateway(resource: Resource, stack: Stack) -> Iterator[object]:
    """Read a gateway that does nothing but lead out, to what its type's row says."""
    yield Gateway(
        key=resource.urn,
        scope=resource.place.scope,
        kind=row_of(resource.type).leads_to,
        vpc=stack.refer(resource, "vpcId", Kind.VPC),
    )


def read_nat_gateway(resource: Resource, stack: Stack) -> Iterator[object]:
    """Read a NAT gateway: public unless its connectivity says private; regional ones too."""
    connectivity = resource.text("connectivityType")
    private: Sure[bool] = connectivity == "private"
    if not isinstance(connectivity, str | None):
        private = connectivity
    subnet = stack.refer(resource, "subnetId", Kind.SUBNET)
    yield Gateway(
        key=resource.urn,
        scope=resource.place.scope,
        kind=TargetKind.NAT,
        vpc=stack.refer(resource, "vpcId", Kind.VPC),
        private=private,
        subnets=() if subnet is None else (subnet,),
    )


def read_peering(resource: Resource, stack: Stack) -> Iterator[object]:
    """Read a peering connection with both of its VPCs."""
    yield Gateway(
        key=resource.urn,
        scope=resource.place.scope,
        kind=TargetKind.PEERING,
        vpc=stack.refer(resource, "vpcId", Kind.VPC, computed=True),
        peer=stack.refer(resource, "peerVpcId", Kind.VPC, computed=True),
    )


def read_transit_attachment(resource: Resource, stack: Stack) -> Iterator[object]:
    """Read what joins a VPC to a transit gateway."""
    yield TransitAttachment(
        key=resource.urn,
        transit=stack.required(resource, "transitGatewayId", Kind.TRANSIT_GATEWAY),
        vpc=stack.refer(resource, "vpcId", Kind.VPC),
        subnets=stack.refer_many(resource, "subnetIds", Kind.SUBNET),
        table=_transit_table(resource, stack),
    )


def _transit_table(resource: Resource, stack: Stack) -> Reference:
    """Return the transit table that the attachment looks up: an association, else the default."""
    associated = stack.attached.transit_table_of.get(resource.urn)
    if associated is not None:
        return associated
    default = resource.flag("transitGatewayDefaultRouteTableAssociation")
    transit = stack.required(resource, "transitGatewayId", Kind.TRANSIT_GATEWAY)
    if default not in {None, True} or not isinstance(transit, str):
        return resource.missing("route table")
    if any(each == transit or not _is_sure(each) for each in stack.attached.new_transit_defaults):
        return resource.missing("route table")
    return stack.made_with(transit, Kind.TRANSIT_TABLE)


def _is_sure(reference: Reference) -> bool:
    return isinstance(reference, (str, External))


def read_transit_route(resource: Resource, stack: Stack) -> Iterator[object]:
    """Read a static route of a transit gateway, or its reference to a prefix list."""
    lists = stack.refer(resource, "prefixListId", Kind.PREFIX_LIST)
    yield TransitRoute(
        key=resource.urn,
        table=stack.required(resource, "transitGatewayRouteTableId", Kind.TRANSIT_TABLE),
        cidr=resource.sure_text("destinationCidrBlock") if lists is None else None,
        prefix_list=lists,
        attachment=stack.refer(resource, "transitGatewayAttachmentId", Kind.ATTACHMENT),
        blackhole=resource.sure_flag("blackhole", default=False),
    )
