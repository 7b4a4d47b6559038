from typing import Any

import pytest

from tests.support.provider import Created, FailedError, Instance, unknowns

GATEWAY = "aws:ec2transitgateway/transitGateway:TransitGateway"
ATTACHMENT = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"


@pytest.fixture
def gateway(aws: Instance) -> Created:
    return aws.create(GATEWAY, description="hub", tags={"Name": "hub"})


@pytest.fixture
def attachment(aws: Instance, gateway: Created) -> Created:
    vpc = aws.create("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")
    subnet = aws.create("aws:ec2/subnet:Subnet", vpcId=vpc.id, cidrBlock="10.0.0.0/24")
    given = {"transitGatewayId": gateway.id, "vpcId": vpc.id}
    return aws.create(ATTACHMENT, subnetIds=[subnet.id], **given)


def test_a_preview_leaves_to_aws_what_aws_decides(aws: Instance) -> None:
    assert unknowns(aws.preview(GATEWAY)) == {
        "id",
        "arn",
        "associationDefaultRouteTableId",
        "encryptionSupport",
        "ownerId",
        "propagationDefaultRouteTableId",
    }


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({"amazonSideAsn": 64600}, {"amazonSideAsn": "UPDATE"}),
        ({"multicastSupport": "enable"}, {"multicastSupport": "UPDATE_REPLACE"}),
        ({"dnsSupport": "disable"}, {"dnsSupport": "UPDATE"}),
        ({"defaultRouteTableAssociation": "disable"}, {"defaultRouteTableAssociation": "UPDATE"}),
        ({"description": "x"}, {"description": "UPDATE"}),
        ({}, {}),
    ],
)
def test_what_a_change_does(
    gateway: Created, changes: dict[str, Any], kinds: dict[str, str]
) -> None:
    assert gateway.diff(**changes).kinds == kinds


def test_default_tables_once_given_up_need_another_gateway(aws: Instance) -> None:
    gateway = aws.create(GATEWAY, defaultRouteTablePropagation="disable")

    assert gateway.diff(defaultRouteTablePropagation="enable").replaces == [
        "defaultRouteTablePropagation"
    ]


def test_a_gateway_is_changed_imported_and_deleted(aws: Instance, gateway: Created) -> None:
    gateway = gateway.update(dnsSupport="disable", description="x", amazonSideAsn=64600)
    found = aws.read(GATEWAY, gateway.id)

    assert (found["dnsSupport"], found["description"]) == ("disable", "x")
    assert found["amazonSideAsn"] == 64600
    assert aws.diff(found, gateway.inputs).kinds == {}
    gateway.delete()
    assert gateway.refresh() is None


def test_an_attachment_moves_between_subnets_in_place(aws: Instance, attachment: Created) -> None:
    other = aws.create("aws:ec2/subnet:Subnet", vpcId=attachment["vpcId"], cidrBlock="10.0.1.0/24")
    assert attachment.diff(subnetIds=[other.id]).replaces == []
    moved = attachment.update(subnetIds=[other.id])

    assert moved.refresh()["subnetIds"] == [other.id]
    assert moved.diff().kinds == {}


def test_another_vpc_needs_another_attachment_after_the_first_is_gone(
    attachment: Created,
) -> None:
    diff = attachment.diff(vpcId="vpc-2")

    assert diff.kinds == {"vpcId": "UPDATE_REPLACE"}
    assert diff.delete_before_replace is True


def test_a_gateway_is_not_deleted_before_its_attachments(
    gateway: Created, attachment: Created
) -> None:
    with pytest.raises(FailedError, match="DeleteTransitGateway: IncorrectState"):
        gateway.delete()

    attachment.delete()
    assert attachment.refresh() is None
    gateway.delete()


def test_a_route_may_lead_to_it(aws: Instance, gateway: Created, attachment: Created) -> None:
    table = aws.create("aws:ec2/routeTable:RouteTable", vpcId=attachment["vpcId"])
    given = {"routeTableId": table.id, "destinationCidrBlock": "192.0.2.0/24"}
    route = aws.create("aws:ec2/route:Route", transitGatewayId=gateway.id, **given)

    assert route.refresh()["transitGatewayId"] == gateway.id


ASSOCIATED = "transitGatewayDefaultRouteTableAssociation"
PROPAGATED = "transitGatewayDefaultRouteTablePropagation"


def links(attachment: Created) -> tuple[bool, bool]:
    live = attachment.refresh()
    assert live is not None
    return live[ASSOCIATED], live[PROPAGATED]


def test_a_new_attachment_has_the_default_tables_and_may_leave_and_join_them(
    attachment: Created,
) -> None:
    assert (attachment[ASSOCIATED], attachment[PROPAGATED]) == (True, True)
    assert attachment.diff().kinds == {}
    alone = attachment.update(**{ASSOCIATED: False, PROPAGATED: False})
    assert links(alone) == (False, False)
    assert links(alone.update(**{ASSOCIATED: True})) == (True, False)
    assert links(alone.update(**{PROPAGATED: True})) == (True, True)


def test_an_attachment_can_be_made_without_the_default_tables(
    aws: Instance, attachment: Created
) -> None:
    given = {**attachment.given, ASSOCIATED: False, PROPAGATED: False}
    attachment.delete()
    made = aws.create(ATTACHMENT, **given)
    assert links(made) == (False, False)
    assert made.diff().kinds == {}


@pytest.mark.parametrize(
    ("association", "propagation", "expected"),
    [
        ("disable", "disable", (False, False)),
        ("disable", "enable", (False, True)),
        ("enable", "disable", (True, False)),
    ],
)
def test_a_gateway_has_the_default_tables_that_it_enables(
    aws: Instance, association: str, propagation: str, expected: tuple[bool, bool]
) -> None:
    gateway = aws.create(
        GATEWAY,
        defaultRouteTableAssociation=association,
        defaultRouteTablePropagation=propagation,
    )
    tables = ("associationDefaultRouteTableId", "propagationDefaultRouteTableId")
    assert tuple(gateway[name].startswith("tgw-rtb-") for name in tables) == expected
    vpc = aws.create("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")
    subnet = aws.create("aws:ec2/subnet:Subnet", vpcId=vpc.id, cidrBlock="10.0.0.0/24")
    given = {"transitGatewayId": gateway.id, "vpcId": vpc.id, "subnetIds": [subnet.id]}
    assert links(aws.create(ATTACHMENT, **given)) == expected


def test_an_attachment_is_looked_up(aws: Instance, gateway: Created, attachment: Created) -> None:
    token = "aws:ec2transitgateway/getAttachment:getAttachment"
    found = aws.invoke(token, transitGatewayAttachmentId=attachment.id)
    assert (found["id"], found["state"]) == (attachment.id, "available")
    assert (found["transitGatewayId"], found["resourceType"]) == (gateway.id, "vpc")
    assert found["resourceId"] == attachment["vpcId"]
    assert found["arn"] == attachment["arn"]
    with pytest.raises(FailedError, match="no matching EC2 Transit Gateway Attachment found"):
        aws.invoke(token, transitGatewayAttachmentId="tgw-attach-0123456789abcdef0")
