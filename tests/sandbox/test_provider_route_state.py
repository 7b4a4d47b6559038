"""Whether a route leads anywhere: AWS calls one to nothing a blackhole."""

from typing import Any

import pytest

from tests.support.compute import Network, launch, make_interface, make_network
from tests.support.provider import Created, FailedError, Instance

ROUTE = "aws:ec2/route:Route"
INTERFACE = "aws:ec2/networkInterface:NetworkInterface"
VIP = "20.0.0.100/32"


@pytest.fixture
def network(aws: Instance) -> Network:
    return make_network(aws)


@pytest.fixture
def table(aws: Instance, network: Network) -> Created:
    return aws.create("aws:ec2/routeTable:RouteTable", vpcId=network.vpc.id)


@pytest.fixture
def interface(ec2: Any, network: Network) -> str:
    return make_interface(ec2, network.subnet_a)


@pytest.fixture
def node(aws: Instance, network: Network, interface: str) -> Created:
    return launch(aws, network, primaryNetworkInterface={"networkInterfaceId": interface})


def lead(aws: Instance, table: Created, **target: str) -> Created:
    return aws.create(ROUTE, routeTableId=table.id, destinationCidrBlock=VIP, **target)


def where(route: Created) -> tuple[str, str]:
    """The state and the instance of a route as a refresh tells them."""
    found = route.refresh()
    assert found is not None
    return found["state"], found["instanceId"]


def test_a_route_to_the_interface_of_a_running_instance_is_active(
    aws: Instance, table: Created, interface: str, node: Created
) -> None:
    route = lead(aws, table, networkInterfaceId=interface)
    assert (route["state"], route["instanceId"]) == ("active", node.id)
    assert route["instanceOwnerId"] == "123456789012"


def test_a_route_to_an_interface_without_an_instance_is_a_blackhole(
    aws: Instance, table: Created, interface: str
) -> None:
    assert lead(aws, table, networkInterfaceId=interface)["state"] == "blackhole"


def test_a_route_follows_the_life_of_its_instance(
    aws: Instance, ec2: Any, table: Created, interface: str, node: Created
) -> None:
    route = lead(aws, table, networkInterfaceId=interface)
    ec2.stop_instances(InstanceIds=[node.id])
    assert where(route) == ("blackhole", node.id)
    ec2.start_instances(InstanceIds=[node.id])
    assert where(route) == ("active", node.id)
    node.delete()
    assert where(route) == ("blackhole", "")


def test_an_interface_goes_though_a_route_leads_to_it(
    aws: Instance, table: Created, network: Network
) -> None:
    own = aws.create(INTERFACE, subnetId=network.subnet_a.id)
    route = lead(aws, table, networkInterfaceId=own.id)
    own.delete()
    assert own.refresh() is None
    assert where(route) == ("blackhole", "")
    found = route.refresh()
    assert found is not None
    assert found["networkInterfaceId"] == own.id


def test_a_route_cannot_be_moved_to_an_interface_that_is_gone(
    aws: Instance, ec2: Any, table: Created, network: Network, interface: str
) -> None:
    gone = make_interface(ec2, network.subnet_a)
    ec2.delete_network_interface(NetworkInterfaceId=gone)
    route = lead(aws, table, networkInterfaceId=interface)
    with pytest.raises(FailedError, match=r"InvalidNetworkInterfaceID\.NotFound"):
        route.update(networkInterfaceId=gone)


def test_a_route_to_a_gateway_that_was_detached_is_a_blackhole(
    aws: Instance, ec2: Any, table: Created, network: Network
) -> None:
    gateway = aws.create("aws:ec2/internetGateway:InternetGateway", vpcId=network.vpc.id)
    route = lead(aws, table, gatewayId=gateway.id)
    assert route["state"] == "active"
    ec2.detach_internet_gateway(InternetGatewayId=gateway.id, VpcId=network.vpc.id)
    assert where(route) == ("blackhole", "")


def test_a_route_to_a_nat_gateway_that_was_deleted_is_a_blackhole(
    aws: Instance, ec2: Any, table: Created, network: Network
) -> None:
    nat = aws.create(
        "aws:ec2/natGateway:NatGateway", subnetId=network.subnet_a.id, connectivityType="private"
    )
    route = lead(aws, table, natGatewayId=nat.id)
    assert route["state"] == "active"
    ec2.delete_nat_gateway(NatGatewayId=nat.id)
    assert where(route) == ("blackhole", "")
