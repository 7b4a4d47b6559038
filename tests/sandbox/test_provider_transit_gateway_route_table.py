from typing import Any

import pytest

from tests.support.provider import Created, FailedError, Instance, unknowns

GATEWAY = "aws:ec2transitgateway/transitGateway:TransitGateway"
ATTACHMENT = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
TABLE = "aws:ec2transitgateway/routeTable:RouteTable"
ROUTE = "aws:ec2transitgateway/route:Route"


@pytest.fixture
def gateway(aws: Instance) -> Created:
    """A gateway without default tables."""
    return aws.create(
        GATEWAY, defaultRouteTableAssociation="disable", defaultRouteTablePropagation="disable"
    )


@pytest.fixture
def table(aws: Instance, gateway: Created) -> Created:
    return aws.create(TABLE, transitGatewayId=gateway.id, tags={"Name": "spokes"})


def attach(aws: Instance, gateway: Created) -> Created:
    vpc = aws.create("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")
    subnet = aws.create("aws:ec2/subnet:Subnet", vpcId=vpc.id, cidrBlock="10.0.0.0/24")
    return aws.create(ATTACHMENT, transitGatewayId=gateway.id, vpcId=vpc.id, subnetIds=[subnet.id])


@pytest.fixture
def attachment(aws: Instance, gateway: Created) -> Created:
    return attach(aws, gateway)


def test_a_preview_leaves_to_aws_what_aws_decides(aws: Instance) -> None:
    assert unknowns(aws.preview(TABLE, transitGatewayId="tgw-1")) == {
        "id", "arn", "defaultAssociationRouteTable", "defaultPropagationRouteTable",
    }  # fmt: skip


def test_a_table_is_tagged_imported_and_deleted(aws: Instance, table: Created) -> None:
    assert table["defaultAssociationRouteTable"] is False
    found = aws.read(TABLE, table.id)
    assert found is not None
    assert aws.diff(found, table.inputs).kinds == {}
    assert table.diff(transitGatewayId="tgw-2").kinds == {"transitGatewayId": "UPDATE_REPLACE"}
    assert table.update(tags={"Name": "hub"})["tags"] == {"Name": "hub"}
    table.delete()
    assert table.refresh() is None


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"destinationCidrBlock": "10.8.0.0/16"}, "destinationCidrBlock"),
        ({"blackhole": False}, "blackhole"),
    ],
)
def test_whatever_changes_of_a_route_needs_another_one(
    aws: Instance, table: Created, changes: dict[str, Any], path: str
) -> None:
    given = {"transitGatewayRouteTableId": table.id, "destinationCidrBlock": "10.9.0.0/16"}
    route = aws.create(ROUTE, blackhole=True, **given)
    assert route.id == f"{table.id}_10.9.0.0/16"
    assert route["blackhole"] is True
    other = {"transitGatewayAttachmentId": "a"} if path == "blackhole" else {}
    assert path in route.diff(**changes, **other).replaces
    assert route.diff().kinds == {}
    route.delete()
    assert route.refresh() is None


def test_a_route_has_one_target_and_a_table_one_route_to_a_destination(
    aws: Instance, table: Created, attachment: Created
) -> None:
    given = {"transitGatewayRouteTableId": table.id, "destinationCidrBlock": "0.0.0.0/0"}
    message = "one of transitGatewayAttachmentId and blackhole must be given"
    assert aws.failures(ROUTE, **given) == {"transitGatewayAttachmentId": message}
    aws.create(ROUTE, transitGatewayAttachmentId=attachment.id, **given)
    with pytest.raises(FailedError, match="RouteAlreadyExists"):
        aws.create(ROUTE, blackhole=True, **given)
    other = {**given, "destinationCidrBlock": "10.7.0.0/16"}
    with pytest.raises(FailedError, match=r"InvalidTransitGatewayAttachmentID\.NotFound"):
        aws.create(ROUTE, transitGatewayAttachmentId="tgw-attach-0", **other)
