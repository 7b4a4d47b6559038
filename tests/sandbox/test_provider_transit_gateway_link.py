"""Associations and propagations of attachments with route tables of a transit gateway."""

from typing import Any

import pytest

from tests.support.provider import Created, FailedError, Instance, unknowns

GATEWAY = "aws:ec2transitgateway/transitGateway:TransitGateway"
ATTACHMENT = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
TABLE = "aws:ec2transitgateway/routeTable:RouteTable"
ASSOCIATION = "aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation"
PROPAGATION = "aws:ec2transitgateway/routeTablePropagation:RouteTablePropagation"
BOTH = pytest.mark.parametrize("kind", [ASSOCIATION, PROPAGATION])


@pytest.fixture
def gateway(aws: Instance) -> Created:
    """A gateway without default tables."""
    return aws.create(
        GATEWAY, defaultRouteTableAssociation="disable", defaultRouteTablePropagation="disable"
    )


@pytest.fixture
def table(aws: Instance, gateway: Created) -> Created:
    return aws.create(TABLE, transitGatewayId=gateway.id)


@pytest.fixture
def other(aws: Instance, gateway: Created) -> Created:
    return aws.create(TABLE, transitGatewayId=gateway.id)


def attach(aws: Instance, gateway: Created) -> Created:
    vpc = aws.create("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")
    subnet = aws.create("aws:ec2/subnet:Subnet", vpcId=vpc.id, cidrBlock="10.0.0.0/24")
    return aws.create(ATTACHMENT, transitGatewayId=gateway.id, vpcId=vpc.id, subnetIds=[subnet.id])


@pytest.fixture
def attachment(aws: Instance, gateway: Created) -> Created:
    return attach(aws, gateway)


def ends(table: Created, attachment: Created) -> dict[str, Any]:
    return {
        "transitGatewayRouteTableId": table.id,
        "transitGatewayAttachmentId": attachment.id,
    }


@BOTH
def test_a_link_is_previewed_imported_and_deleted(
    aws: Instance, table: Created, attachment: Created, kind: str
) -> None:
    given = ends(table, attachment)
    assert unknowns(aws.preview(kind, **given)) == {"id", "resourceId", "resourceType"}
    link = aws.create(kind, **given)
    assert link.id == f"{table.id}_{attachment.id}"
    assert (link["resourceId"], link["resourceType"]) == (attachment["vpcId"], "vpc")
    found = aws.read(kind, link.id)
    assert found is not None
    assert aws.diff(found, link.inputs).kinds == {}
    link.delete()
    assert link.refresh() is None
    link.delete()


@BOTH
def test_another_end_needs_another_link(
    aws: Instance, table: Created, attachment: Created, kind: str
) -> None:
    link = aws.create(kind, **ends(table, attachment))
    for name in ("transitGatewayRouteTableId", "transitGatewayAttachmentId"):
        diff = link.diff(**{name: "another"})
        assert (diff.replaces, diff.delete_before_replace) == ([name], False)


@BOTH
def test_an_import_asks_for_both_ends(aws: Instance, kind: str) -> None:
    with pytest.raises(FailedError, match="expected TRANSIT-GATEWAY-ROUTE-TABLE-ID_TRANSIT-"):
        aws.read(kind, "tgw-rtb-1")


@BOTH
@pytest.mark.parametrize(
    ("end", "code"),
    [
        ("transitGatewayRouteTableId", "InvalidRouteTableID.NotFound"),
        ("transitGatewayAttachmentId", "InvalidTransitGatewayAttachmentID.NotFound"),
    ],
)
def test_both_ends_must_exist(
    aws: Instance, table: Created, attachment: Created, kind: str, end: str, code: str
) -> None:
    with pytest.raises(FailedError, match=code):
        aws.create(kind, **(ends(table, attachment) | {end: "tgw-0"}))


@BOTH
def test_both_ends_belong_to_one_gateway(aws: Instance, table: Created, kind: str) -> None:
    elsewhere = attach(aws, aws.create(GATEWAY))
    with pytest.raises(FailedError, match=f"InvalidParameterValue: {table.id} belongs to"):
        aws.create(kind, **ends(table, elsewhere))


def test_an_attachment_has_one_association_and_a_table_many(
    aws: Instance, gateway: Created, table: Created, other: Created, attachment: Created
) -> None:
    aws.create(ASSOCIATION, **ends(table, attachment))
    aws.create(ASSOCIATION, **ends(table, attach(aws, gateway)))
    with pytest.raises(FailedError) as failure:
        aws.create(ASSOCIATION, **ends(other, attachment))
    assert str(failure.value) == (
        "creating EC2 Transit Gateway Route Table Association: AssociateTransitGatewayRouteTable: "
        f"Resource.AlreadyAssociated: Transit Gateway Attachment {attachment.id} is already "
        "associated to a route table."
    )


def test_an_attachment_in_the_default_table_is_associated_already(aws: Instance) -> None:
    gateway = aws.create(GATEWAY)
    attachment = attach(aws, gateway)
    table = aws.create(TABLE, transitGatewayId=gateway.id)
    with pytest.raises(FailedError, match=r"Resource\.AlreadyAssociated"):
        aws.create(ASSOCIATION, **ends(table, attachment))
    moved = aws.create(ASSOCIATION, replaceExistingAssociation=True, **ends(table, attachment))
    live = attachment.refresh()
    assert live is not None
    assert live["transitGatewayDefaultRouteTableAssociation"] is False
    assert moved.refresh() is not None


def test_an_association_that_another_one_replaced_is_gone(
    aws: Instance, table: Created, other: Created, attachment: Created
) -> None:
    first = aws.create(ASSOCIATION, **ends(table, attachment))
    second = aws.create(ASSOCIATION, replaceExistingAssociation=True, **ends(other, attachment))
    assert first.refresh() is None
    first.delete()
    assert second.refresh() is not None


def test_whether_it_replaces_another_one_is_of_no_matter_later(
    aws: Instance, table: Created, attachment: Created
) -> None:
    link = aws.create(ASSOCIATION, **ends(table, attachment))
    changed = link.diff(replaceExistingAssociation=True)
    assert changed.kinds == {"replaceExistingAssociation": "UPDATE"}
    assert link.update(replaceExistingAssociation=True).refresh() is not None


def test_an_attachment_propagates_to_many_tables_once(
    aws: Instance, table: Created, other: Created, attachment: Created
) -> None:
    first = aws.create(PROPAGATION, **ends(table, attachment))
    second = aws.create(PROPAGATION, **ends(other, attachment))
    with pytest.raises(FailedError, match=r"TransitGatewayRouteTablePropagation\.Duplicate"):
        aws.create(PROPAGATION, **ends(table, attachment))
    first.delete()
    assert first.refresh() is None
    assert second.refresh() is not None
    second.delete()
    assert second.refresh() is None


def test_the_links_of_an_attachment_end_with_it(
    aws: Instance, table: Created, attachment: Created
) -> None:
    links = [aws.create(kind, **ends(table, attachment)) for kind in (ASSOCIATION, PROPAGATION)]
    attachment.delete()
    assert [link.refresh() for link in links] == [None, None]
    table.delete()


def test_a_table_is_not_deleted_before_its_associations(
    aws: Instance, table: Created, attachment: Created
) -> None:
    aws.create(PROPAGATION, **ends(table, attachment))
    association = aws.create(ASSOCIATION, **ends(table, attachment))
    with pytest.raises(FailedError, match="DeleteTransitGatewayRouteTable: IncorrectState"):
        table.delete()
    association.delete()
    table.delete()
    assert table.refresh() is None
