from typing import Any

import pytest

from sandbox.provider.wire import UNKNOWN
from tests.support.provider import Created, FailedError, Instance, unknowns

VPC = "aws:ec2/vpc:Vpc"
TABLE = "aws:ec2/routeTable:RouteTable"
DEFAULT = "aws:ec2/defaultRouteTable:DefaultRouteTable"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
MAIN = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation"
ANYWHERE = "0.0.0.0/0"


@pytest.fixture
def vpc(aws: Instance) -> Created:
    return aws.create(VPC, cidrBlock="10.0.0.0/16")


@pytest.fixture
def gateway(aws: Instance, vpc: Created) -> Created:
    return aws.create("aws:ec2/internetGateway:InternetGateway", vpcId=vpc.id)


@pytest.fixture
def subnet(aws: Instance, vpc: Created) -> Created:
    return aws.create("aws:ec2/subnet:Subnet", vpcId=vpc.id, cidrBlock="10.0.10.0/24")


@pytest.fixture
def table(aws: Instance, vpc: Created, gateway: Created) -> Created:
    routes = [
        {"cidrBlock": ANYWHERE, "gatewayId": gateway.id},
        {"cidrBlock": "192.0.2.0/24", "gatewayId": gateway.id},
    ]
    return aws.create(TABLE, vpcId=vpc.id, routes=routes)


def destinations(table: Created) -> list[str]:
    return sorted(route["cidrBlock"] for route in table["routes"])


def test_the_local_route_is_not_the_programs(table: Created) -> None:
    assert destinations(table) == [ANYWHERE, "192.0.2.0/24"]


def test_routes_left_out_are_left_to_others(aws: Instance, vpc: Created, gateway: Created) -> None:
    table = aws.create(TABLE, vpcId=vpc.id)
    route = {"routeTableId": table.id, "destinationCidrBlock": ANYWHERE, "gatewayId": gateway.id}
    aws.create("aws:ec2/route:Route", **route)
    found = table.refresh()

    assert destinations(found) == [ANYWHERE]
    assert "routes" not in found.inputs
    assert found.diff().kinds == {}
    assert aws.preview(TABLE, vpcId=vpc.id)["routes"] is UNKNOWN


def test_a_preview_leaves_to_aws_what_aws_decides(aws: Instance) -> None:
    outputs = aws.preview(TABLE, vpcId=UNKNOWN, routes=[{"cidrBlock": ANYWHERE, "gatewayId": "x"}])

    assert unknowns(outputs) == {"id", "arn", "ownerId", "propagatingVgws", "vpcId"}
    assert outputs["routes"] == [{"cidrBlock": ANYWHERE, "gatewayId": "x"}]


def test_the_order_of_routes_means_nothing(table: Created) -> None:
    assert table.diff(routes=table.inputs["routes"][::-1]).kinds == {}


def test_inline_routes_are_added_moved_and_removed(
    aws: Instance, vpc: Created, table: Created, gateway: Created, ec2: Any
) -> None:
    subnet = aws.create("aws:ec2/subnet:Subnet", vpcId=vpc.id, cidrBlock="10.0.10.0/24")
    interface = ec2.create_network_interface(SubnetId=subnet.id)["NetworkInterface"]
    moved = {"cidrBlock": ANYWHERE, "networkInterfaceId": interface["NetworkInterfaceId"]}
    wanted = [moved, {"cidrBlock": "198.51.100.0/24", "gatewayId": gateway.id}]
    diff = table.diff(routes=wanted)

    assert diff.names == ["routes"]
    assert diff.replaces == []
    assert diff.kinds["routes[0].gatewayId"] == "DELETE"
    assert diff.kinds["routes[0].networkInterfaceId"] == "UPDATE"
    after = table.update(routes=wanted)
    assert destinations(after) == [ANYWHERE, "198.51.100.0/24"]
    assert after.diff().kinds == {}
    assert destinations(after.update(routes=[])) == []


def test_a_route_that_was_added_by_hand_is_drift(
    table: Created, gateway: Created, ec2: Any
) -> None:
    ec2.create_route(
        RouteTableId=table.id, DestinationCidrBlock="198.51.100.0/24", GatewayId=gateway.id
    )
    found = table.refresh()

    assert len(found.inputs["routes"]) == 3
    assert found.diff(routes=table.inputs["routes"]).kinds == {"routes[2]": "DELETE"}


@pytest.mark.parametrize(
    ("route", "path"),
    [
        ({"gatewayId": "x"}, "routes[0]"),
        ({"cidrBlock": ANYWHERE}, "routes[0]"),
        ({"cidrBlock": ANYWHERE, "gatewayId": "x", "natGatewayId": "y"}, "routes[0]"),
        ({"cidrBlock": "10.0.0.1/8", "gatewayId": "x"}, "routes[0].cidrBlock"),
        ({"ipv6CidrBlock": ANYWHERE, "gatewayId": "x"}, "routes[0].ipv6CidrBlock"),
        ({"cidrBlock": ANYWHERE, "coreNetworkArn": "x"}, "routes[0].coreNetworkArn"),
        ({"cidrBlok": ANYWHERE, "gatewayId": "x"}, "routes[0].cidrBlok"),
    ],
)
def test_bad_routes_are_refused(aws: Instance, route: dict[str, str], path: str) -> None:
    assert list(aws.failures(TABLE, vpcId="vpc-1", routes=[route])) == [path]


def test_a_tables_vpc_replaces_it(table: Created) -> None:
    assert table.diff(vpcId="vpc-2").kinds == {"vpcId": "UPDATE_REPLACE"}


def test_an_import_gives_the_inputs_of_a_program(
    aws: Instance, table: Created, vpc: Created, gateway: Created
) -> None:
    found = aws.read(TABLE, table.id)

    assert found.inputs["vpcId"] == vpc.id
    assert found.inputs["routes"] == [
        {"cidrBlock": ANYWHERE, "gatewayId": gateway.id},
        {"cidrBlock": "192.0.2.0/24", "gatewayId": gateway.id},
    ]
    assert aws.diff(found, table.inputs).kinds == {}


def test_deleting_a_table_undoes_its_associations(
    aws: Instance, table: Created, subnet: Created
) -> None:
    association = aws.create(ASSOCIATION, routeTableId=table.id, subnetId=subnet.id)
    table.delete()

    assert table.refresh() is None
    assert association.refresh() is None


def test_a_main_table_is_not_deleted(aws: Instance, table: Created, vpc: Created) -> None:
    main = aws.create(MAIN, vpcId=vpc.id, routeTableId=table.id)
    with pytest.raises(FailedError, match="DeleteRouteTable: DependencyViolation"):
        table.delete()

    main.delete()
    table.delete()


def test_the_default_table_is_adopted_with_its_routes_taken_over(
    aws: Instance, vpc: Created, gateway: Created, ec2: Any
) -> None:
    own = vpc["defaultRouteTableId"]
    ec2.create_route(RouteTableId=own, DestinationCidrBlock=ANYWHERE, GatewayId=gateway.id)
    routes = [{"cidrBlock": "192.0.2.0/24", "gatewayId": gateway.id}]
    table = aws.create(DEFAULT, defaultRouteTableId=own, routes=routes, tags={"Name": "own"})

    assert (table.id, table["vpcId"]) == (own, vpc.id)
    assert destinations(table) == ["192.0.2.0/24"]
    assert table["tagsAll"] == {"Name": "own"}
    assert table.diff(defaultRouteTableId="rtb-2").kinds == {
        "defaultRouteTableId": "UPDATE_REPLACE"
    }


def test_forgetting_the_default_table_changes_nothing(aws: Instance, vpc: Created) -> None:
    table = aws.create(DEFAULT, defaultRouteTableId=vpc["defaultRouteTableId"], routes=[])
    table.delete()

    assert table.refresh().inputs == table.inputs


def test_the_default_table_is_imported_by_its_vpc(aws: Instance, vpc: Created) -> None:
    found = aws.read(DEFAULT, vpc.id)

    assert found.id == vpc["defaultRouteTableId"]
    assert found.inputs["defaultRouteTableId"] == found.id
    with pytest.raises(FailedError, match="the import id must be that of a VPC"):
        aws.read(DEFAULT, "rtb-12345678")


def test_a_subnet_has_one_association(aws: Instance, table: Created, subnet: Created) -> None:
    other = aws.create(TABLE, vpcId=table["vpcId"])
    aws.create(ASSOCIATION, routeTableId=table.id, subnetId=subnet.id)
    with pytest.raises(FailedError) as failure:
        aws.create(ASSOCIATION, routeTableId=other.id, subnetId=subnet.id)

    assert str(failure.value) == (
        "creating Route Table Association: AssociateRouteTable: Resource.AlreadyAssociated: the "
        f"specified association for route table {other.id} conflicts with an existing association"
    )


def test_an_association_moves_to_another_table_in_place(
    aws: Instance, table: Created, subnet: Created
) -> None:
    other = aws.create(TABLE, vpcId=table["vpcId"])
    association = aws.create(ASSOCIATION, routeTableId=table.id, subnetId=subnet.id)
    assert association.diff(routeTableId=other.id).kinds == {"routeTableId": "UPDATE"}
    assert association.diff(subnetId="subnet-2").kinds == {"subnetId": "UPDATE_REPLACE"}

    moved = association.update(routeTableId=other.id)
    assert moved.refresh()["routeTableId"] == other.id
    moved.delete()
    assert moved.refresh() is None


def test_an_association_is_imported_by_subnet_and_table(
    aws: Instance, table: Created, subnet: Created
) -> None:
    association = aws.create(ASSOCIATION, routeTableId=table.id, subnetId=subnet.id)
    found = aws.read(ASSOCIATION, f"{subnet.id}/{table.id}")

    assert (found.id, found.inputs) == (association.id, association.inputs)
    assert aws.read(ASSOCIATION, association.id).id == association.id
    with pytest.raises(FailedError, match="no association found between rtb-1 and"):
        aws.read(ASSOCIATION, f"{subnet.id}/rtb-1")
    with pytest.raises(FailedError, match="SUBNETID/ROUTETABLEID or GATEWAYID/ROUTETABLEID"):
        aws.read(ASSOCIATION, subnet.id)


def test_a_gateway_may_have_a_table(aws: Instance, table: Created, gateway: Created) -> None:
    association = aws.create(ASSOCIATION, routeTableId=table.id, gatewayId=gateway.id)

    assert association.refresh()["gatewayId"] == gateway.id
    assert aws.read(ASSOCIATION, f"{gateway.id}/{table.id}").id == association.id


def test_an_association_is_of_a_subnet_or_of_a_gateway(aws: Instance) -> None:
    both = {"routeTableId": "rtb-1", "subnetId": "subnet-1", "gatewayId": "igw-1"}

    assert list(aws.failures(ASSOCIATION, **both)) == ["subnetId"]
    assert list(aws.failures(ASSOCIATION, routeTableId="rtb-1")) == ["subnetId"]


def test_a_table_of_another_vpc_is_refused(aws: Instance, subnet: Created) -> None:
    other = aws.create(VPC, cidrBlock="10.9.0.0/16")
    with pytest.raises(FailedError, match="belong to different networks"):
        aws.create(ASSOCIATION, routeTableId=other["mainRouteTableId"], subnetId=subnet.id)


def test_the_main_table_changes_and_changes_back(
    aws: Instance, vpc: Created, table: Created
) -> None:
    main = aws.create(MAIN, vpcId=vpc.id, routeTableId=table.id)
    assert main["originalRouteTableId"] == vpc["mainRouteTableId"]
    shown = vpc.refresh()
    assert shown["mainRouteTableId"] == shown["defaultRouteTableId"] == table.id
    assert main.refresh().state == main.state
    assert main.diff(routeTableId="rtb-2", vpcId="vpc-2").kinds == {
        "routeTableId": "UPDATE",
        "vpcId": "UPDATE",
    }

    main.delete()
    assert vpc.refresh()["mainRouteTableId"] == vpc["mainRouteTableId"]


def test_a_main_association_cannot_be_imported(aws: Instance) -> None:
    with pytest.raises(FailedError, match="this type cannot be imported"):
        aws.read(MAIN, "rtbassoc-12345678")
