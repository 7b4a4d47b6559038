from typing import Any

import pytest

from sandbox.provider.wire import UNKNOWN
from tests.support.provider import Created, FailedError, Instance, unknowns

ROUTE = "aws:ec2/route:Route"
TABLE = "aws:ec2/routeTable:RouteTable"
GATEWAY = "aws:ec2/internetGateway:InternetGateway"
VIP = "20.0.0.100/32"
TARGETS = (
    "carrierGatewayId",
    "egressOnlyGatewayId",
    "gatewayId",
    "natGatewayId",
    "networkInterfaceId",
    "transitGatewayId",
    "vpcEndpointId",
    "vpcPeeringConnectionId",
)


@pytest.fixture
def vpc(aws: Instance) -> Created:
    return aws.create("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")


@pytest.fixture
def table(aws: Instance, vpc: Created) -> Created:
    return aws.create(TABLE, vpcId=vpc.id)


@pytest.fixture
def gateway(aws: Instance, vpc: Created) -> Created:
    return aws.create(GATEWAY, vpcId=vpc.id)


@pytest.fixture
def interfaces(aws: Instance, vpc: Created, ec2: Any) -> list[str]:
    subnet = aws.create("aws:ec2/subnet:Subnet", vpcId=vpc.id, cidrBlock="10.0.110.0/24")
    made = [ec2.create_network_interface(SubnetId=subnet.id) for _ in range(2)]
    return [each["NetworkInterface"]["NetworkInterfaceId"] for each in made]


@pytest.fixture
def route(aws: Instance, table: Created, interfaces: list[str]) -> Created:
    given = {"destinationCidrBlock": VIP, "networkInterfaceId": interfaces[0]}
    return aws.create(ROUTE, "vip", routeTableId=table.id, **given)


def live_targets(ec2: Any, table: str) -> dict[str, str]:
    (found,) = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    keys = ("GatewayId", "NetworkInterfaceId")
    return {
        each["DestinationCidrBlock"]: next(each[key] for key in keys if each.get(key))
        for each in found["Routes"]
    }


def test_its_id_is_made_as_upstream_makes_it(route: Created, table: Created) -> None:
    assert route.id == f"r-{table.id}27060164"


def test_a_preview_leaves_to_aws_what_aws_decides(aws: Instance) -> None:
    given = {"routeTableId": UNKNOWN, "destinationCidrBlock": VIP, "networkInterfaceId": UNKNOWN}
    outputs = aws.preview(ROUTE, **given)

    assert unknowns(outputs) == {
        "id",
        "instanceId",
        "instanceOwnerId",
        "networkInterfaceId",
        "origin",
        "routeTableId",
        "state",
    }
    assert outputs["destinationCidrBlock"] == VIP
    to_gateway = aws.preview(ROUTE, routeTableId="x", destinationCidrBlock=VIP, gatewayId="igw-1")
    assert to_gateway["networkInterfaceId"] is UNKNOWN


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({"networkInterfaceId": "eni-2"}, {"networkInterfaceId": "UPDATE"}),
        ({"networkInterfaceId": UNKNOWN}, {"networkInterfaceId": "UPDATE"}),
        ({"networkInterfaceId": None, "gatewayId": "igw-1"}, {"gatewayId": "UPDATE"}),
        ({"routeTableId": "rtb-2"}, {"routeTableId": "UPDATE_REPLACE"}),
        ({"destinationCidrBlock": "20.0.0.101/32"}, {"destinationCidrBlock": "UPDATE_REPLACE"}),
        (
            {"destinationCidrBlock": None, "destinationIpv6CidrBlock": "::/0"},
            {
                "destinationCidrBlock": "DELETE_REPLACE",
                "destinationIpv6CidrBlock": "ADD_REPLACE",
            },
        ),
        ({}, {}),
    ],
)
def test_what_a_change_does(route: Created, changes: dict[str, Any], kinds: dict[str, str]) -> None:
    assert route.diff(**changes).kinds == kinds


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"destinationCidrBlock": "20.0.0.100/24", "gatewayId": "x"}, {"destinationCidrBlock"}),
        ({"destinationCidrBlock": "300.0.0.1/32", "gatewayId": "x"}, {"destinationCidrBlock"}),
        ({"destinationIpv6CidrBlock": "0.0.0.0/0", "gatewayId": "x"}, {"destinationIpv6CidrBlock"}),
        ({"gatewayId": "x"}, {"destinationCidrBlock"}),
        ({"destinationCidrBlock": VIP}, {"carrierGatewayId"}),
        ({"destinationCidrBlock": VIP, "gatewayId": "x", "natGatewayId": "y"}, {"gatewayId"}),
        (
            {"destinationCidrBlock": VIP, "destinationPrefixListId": "y", "gatewayId": "x"},
            {"destinationCidrBlock"},
        ),
        (
            {"destinationCidrBlock": VIP, "egressOnlyGatewayId": "x"},
            {"egressOnlyGatewayId"},
        ),
        (
            {"destinationIpv6CidrBlock": "::/0", "carrierGatewayId": "x"},
            {"carrierGatewayId"},
        ),
        ({"destinationPrefixListId": "x", "vpcEndpointId": "x"}, {"vpcEndpointId"}),
        (
            {"destinationCidrBlock": VIP, "gatewayId": "x", "localGatewayId": "x"},
            {"localGatewayId"},
        ),
        ({"destinationCidrBlock": VIP, "gatewayId": "x", "instanceId": "x"}, {"instanceId"}),
    ],
)
def test_bad_inputs_are_refused(aws: Instance, given: dict[str, Any], names: set[str]) -> None:
    assert set(aws.failures(ROUTE, routeTableId="rtb-1", **given)) == names


def test_a_target_is_still_to_be_chosen_while_one_is_unknown(aws: Instance) -> None:
    given = {"routeTableId": "rtb-1", "destinationCidrBlock": VIP, "natGatewayId": UNKNOWN}

    assert aws.failures(ROUTE, **given) == {}


def test_it_moves_to_another_target_in_place(
    route: Created, table: Created, interfaces: list[str], gateway: Created, ec2: Any
) -> None:
    moved = route.update(networkInterfaceId=interfaces[1])
    assert live_targets(ec2, table.id)[VIP] == interfaces[1]

    moved = moved.update(networkInterfaceId=None, gatewayId=gateway.id)
    assert live_targets(ec2, table.id)[VIP] == gateway.id
    assert (moved["gatewayId"], moved["networkInterfaceId"]) == (gateway.id, "")
    assert moved.diff().kinds == {}


def test_a_nat_gateway_given_as_a_gateway_is_shown_as_what_it_is(
    aws: Instance, table: Created, vpc: Created
) -> None:
    subnet = aws.create("aws:ec2/subnet:Subnet", vpcId=vpc.id, cidrBlock="10.0.9.0/24")
    nat = aws.create(
        "aws:ec2/natGateway:NatGateway", subnetId=subnet.id, connectivityType="private"
    )
    given = {"routeTableId": table.id, "destinationCidrBlock": "0.0.0.0/0", "gatewayId": nat.id}
    route = aws.create(ROUTE, **given)

    assert (route["gatewayId"], route["natGatewayId"]) == ("", nat.id)
    assert route.refresh().diff(**given).names == ["gatewayId", "natGatewayId"]


def test_a_failover_is_seen_after_a_refresh_unless_it_is_ignored(
    aws: Instance, route: Created, table: Created, interfaces: list[str], ec2: Any
) -> None:
    ec2.replace_route(
        RouteTableId=table.id, DestinationCidrBlock=VIP, NetworkInterfaceId=interfaces[1]
    )
    found = route.refresh()

    assert found.inputs["networkInterfaceId"] == interfaces[1]
    assert aws.diff(found, route.inputs).kinds == {"networkInterfaceId": "UPDATE"}
    assert aws.diff(found, route.inputs, ("networkInterfaceId",)).kinds == {}
    assert aws.diff(route, route.inputs).kinds == {}


def test_a_destination_that_exists_is_refused(
    aws: Instance, route: Created, table: Created, gateway: Created
) -> None:
    with pytest.raises(FailedError) as failure:
        aws.create(ROUTE, routeTableId=table.id, destinationCidrBlock=VIP, gatewayId=gateway.id)

    assert str(failure.value) == (
        f"creating Route: CreateRoute: RouteAlreadyExists: The route identified by {VIP} "
        "already exists."
    )
    assert route.refresh().inputs == route.inputs


@pytest.mark.parametrize("target", ["interface", "gateway"])
def test_the_range_of_the_vpc_has_its_local_route_already(
    aws: Instance, interfaces: list[str], gateway: Created, target: str, vpc: Created
) -> None:
    six = vpc.update(assignGeneratedIpv6CidrBlock=True)["ipv6CidrBlock"]
    kind = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
    table = aws.create(TABLE, vpcId=vpc.id)
    aws.create(kind, vpcId=vpc.id, cidrBlock="10.50.0.0/16")
    given = {"networkInterfaceId": interfaces[0]}
    if target == "gateway":
        given = {"gatewayId": gateway.id}
    for destination in ("10.0.0.0/16", "10.50.0.0/16", six):
        name = "destinationIpv6CidrBlock" if ":" in destination else "destinationCidrBlock"
        with pytest.raises(FailedError, match="RouteAlreadyExists") as failure:
            aws.create(ROUTE, routeTableId=table.id, **{name: destination}, **given)
        assert f"The route identified by {destination} already exists." in str(failure.value)


INSIDE = (
    "InvalidParameterValue: The destination CIDR block {} is equal to or more specific than one "
    "of this VPC's CIDR blocks. This route can target only an interface or an instance."
)


@pytest.mark.parametrize(
    ("destination", "code"),
    [
        ("10.0.0.0/16", "RouteAlreadyExists: The route identified by 10.0.0.0/16"),
        ("10.0.110.0/24", INSIDE.format("10.0.110.0/24")),
        ("10.0.200.1/32", INSIDE.format("10.0.200.1/32")),
    ],
)
def test_a_route_inside_the_vpc_leads_to_no_gateway(
    aws: Instance, table: Created, gateway: Created, destination: str, code: str
) -> None:
    with pytest.raises(FailedError) as failure:
        aws.create(
            ROUTE, routeTableId=table.id, destinationCidrBlock=destination, gatewayId=gateway.id
        )

    assert code in str(failure.value)


def test_an_interface_may_stand_before_a_whole_subnet_only(
    aws: Instance, table: Created, interfaces: list[str]
) -> None:
    given = {"routeTableId": table.id, "networkInterfaceId": interfaces[0]}
    aws.create(ROUTE, destinationCidrBlock="10.0.110.0/24", **given)

    with pytest.raises(FailedError, match="Route destination doesn't match any subnet CIDR blocks"):
        aws.create(ROUTE, destinationCidrBlock="10.0.110.0/25", **given)


@pytest.mark.parametrize("name", ["networkInterfaceId", "gatewayId"])
def test_targets_of_another_vpc_are_refused(
    aws: Instance, interfaces: list[str], gateway: Created, name: str
) -> None:
    target, what = {
        "networkInterfaceId": (interfaces[0], f"interface {interfaces[0]}"),
        "gatewayId": (gateway.id, f"network gateway {gateway.id}"),
    }[name]
    other = aws.create("aws:ec2/vpc:Vpc", cidrBlock="10.9.0.0/16")
    table = aws.create(TABLE, vpcId=other.id)
    with pytest.raises(FailedError) as failure:
        aws.create(ROUTE, routeTableId=table.id, destinationCidrBlock=VIP, **{name: target})

    assert str(failure.value).endswith(
        f"InvalidParameterValue: route table {table.id} and {what} belong to different networks"
    )


@pytest.mark.parametrize(
    ("name", "target", "code"),
    [
        ("networkInterfaceId", "eni-12345678", "InvalidNetworkInterfaceID.NotFound"),
        ("gatewayId", "igw-12345678", "InvalidInternetGatewayID.NotFound"),
        ("natGatewayId", "nat-12345678", "InvalidNatGatewayID.NotFound"),
        ("vpcPeeringConnectionId", "pcx-12345678", "InvalidVpcPeeringConnectionId.NotFound"),
    ],
)
def test_targets_that_do_not_exist_are_refused(
    aws: Instance, table: Created, name: str, target: str, code: str
) -> None:
    with pytest.raises(FailedError) as failure:
        aws.create(ROUTE, routeTableId=table.id, destinationCidrBlock=VIP, **{name: target})

    assert f"CreateRoute: {code}" in str(failure.value)


def test_an_ipv6_route_is_compared_by_meaning(aws: Instance, vpc: Created, table: Created) -> None:
    kind = "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway"
    out = aws.create(kind, vpcId=vpc.id)
    given = {"routeTableId": table.id, "egressOnlyGatewayId": out.id}
    route = aws.create(ROUTE, destinationIpv6CidrBlock="2001:DB8::/32", **given)

    assert route.diff(destinationIpv6CidrBlock="2001:db8::/32").kinds == {}
    assert aws.read(ROUTE, f"{table.id}_2001:db8::/32")["egressOnlyGatewayId"] == out.id
    with pytest.raises(FailedError, match="RouteAlreadyExists"):
        aws.create(ROUTE, destinationIpv6CidrBlock="2001:db8:0::/32", **given)


def test_an_import_takes_the_table_and_the_destination(
    aws: Instance, route: Created, table: Created, interfaces: list[str]
) -> None:
    found = aws.read(ROUTE, f"{table.id}_{VIP}")

    assert found.id == route.id
    assert found.state == route.state
    assert found.inputs == {
        "routeTableId": table.id,
        "destinationCidrBlock": VIP,
        "networkInterfaceId": interfaces[0],
        "region": "ap-northeast-1",
        "__defaults": [],
    }
    assert aws.read(ROUTE, f"{table.id}_20.0.0.101/32") is None
    assert aws.read(ROUTE, f"rtb-12345678_{VIP}") is None


def test_a_deleted_route_is_gone_and_may_be_deleted_again(
    route: Created, table: Created, ec2: Any
) -> None:
    route.delete()
    assert VIP not in live_targets(ec2, table.id)
    assert route.refresh() is None
    route.delete()
