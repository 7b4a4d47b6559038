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


def test_leaving_the_default_tables_is_not_modelled(aws: Instance) -> None:
    name = "transitGatewayDefaultRouteTablePropagation"
    given = {"transitGatewayId": "x", "vpcId": "y", "subnetIds": ["z"], name: False}

    assert aws.failures(ATTACHMENT, **given) == {
        name: f"{name} = false is not modelled by the sandbox"
    }
