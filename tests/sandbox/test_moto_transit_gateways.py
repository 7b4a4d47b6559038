"""What moto does with transit gateways and AWS does not, one test each."""

from typing import Any

import botocore.parsers
import pytest

from tests.support.moto import make_subnet


@pytest.fixture
def gateway(ec2: Any) -> dict[str, Any]:
    options = {"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable"}
    return ec2.create_transit_gateway(Options=options)["TransitGateway"]


@pytest.fixture
def attachment(ec2: Any, gateway: dict[str, Any]) -> str:
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    made = ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=gateway["TransitGatewayId"],
        VpcId=vpc,
        SubnetIds=[make_subnet(ec2, vpc, "10.0.1.0/24", "ap-northeast-1a")],
    )
    return made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]


@pytest.fixture
def default(gateway: dict[str, Any]) -> str:
    return gateway["Options"]["AssociationDefaultRouteTableId"]


def make_table(ec2: Any, gateway: dict[str, Any]) -> str:
    made = ec2.create_transit_gateway_route_table(TransitGatewayId=gateway["TransitGatewayId"])
    return made["TransitGatewayRouteTable"]["TransitGatewayRouteTableId"]


def associated(ec2: Any, table: str) -> list[str]:
    answer = ec2.get_transit_gateway_route_table_associations(TransitGatewayRouteTableId=table)
    return [each["TransitGatewayAttachmentId"] for each in answer["Associations"]]


def propagated(ec2: Any, table: str) -> list[str]:
    answer = ec2.get_transit_gateway_route_table_propagations(TransitGatewayRouteTableId=table)
    found = answer["TransitGatewayRouteTablePropagations"]
    return [each["TransitGatewayAttachmentId"] for each in found]


def test_a_gateway_without_default_tables_has_one_that_takes_each_attachment(
    ec2: Any, default: str, attachment: str
) -> None:
    assert associated(ec2, default) == [attachment]


def test_the_default_association_ends_only_after_it_was_made_once_more(
    ec2: Any, default: str, attachment: str
) -> None:
    link = {"TransitGatewayRouteTableId": default, "TransitGatewayAttachmentId": attachment}
    with pytest.raises(botocore.parsers.ResponseParserError, match="500 Internal Server Error"):
        ec2.disassociate_transit_gateway_route_table(**link)
    ec2.associate_transit_gateway_route_table(**link)
    ec2.disassociate_transit_gateway_route_table(**link)
    assert associated(ec2, default) == []


def test_an_attachment_takes_a_second_association(
    ec2: Any, gateway: dict[str, Any], default: str, attachment: str
) -> None:
    table = make_table(ec2, gateway)
    ec2.associate_transit_gateway_route_table(
        TransitGatewayRouteTableId=table, TransitGatewayAttachmentId=attachment
    )
    assert (associated(ec2, default), associated(ec2, table)) == ([attachment], [attachment])


def test_the_second_of_two_propagations_cannot_be_ended(
    ec2: Any, gateway: dict[str, Any], attachment: str
) -> None:
    links = [
        {"TransitGatewayRouteTableId": table, "TransitGatewayAttachmentId": attachment}
        for table in (make_table(ec2, gateway), make_table(ec2, gateway))
    ]
    for link in links:
        ec2.enable_transit_gateway_route_table_propagation(**link)
    ec2.disable_transit_gateway_route_table_propagation(**links[0])
    with pytest.raises(botocore.parsers.ResponseParserError, match="500 Internal Server Error"):
        ec2.disable_transit_gateway_route_table_propagation(**links[1])


def test_links_outlive_their_attachment(
    ec2: Any, gateway: dict[str, Any], default: str, attachment: str
) -> None:
    tables = [make_table(ec2, gateway), make_table(ec2, gateway)]
    for table in tables:
        ec2.enable_transit_gateway_route_table_propagation(
            TransitGatewayRouteTableId=table, TransitGatewayAttachmentId=attachment
        )
    ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
    assert associated(ec2, default) == [attachment]
    assert [propagated(ec2, table) for table in tables] == [[attachment], []]
