from collections.abc import Callable, Iterator
from typing import Any

import pytest
from moto.server import ThreadedMotoServer

from sandbox import demo_checks as checks
from sandbox.cloud import open_client
from sandbox.errors import SandboxError
from tests.support.moto import add_route, make_endpoint, make_instance, make_subnet

VIP = "20.0.0.100/32"


@pytest.fixture(scope="module")
def client() -> Iterator[Callable[[str], Any]]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield lambda service: open_client(f"http://{host}:{port}", service)
    server.stop()


@pytest.fixture(scope="module")
def ec2(client: Callable[[str], Any]) -> Any:
    return client("ec2")


def make_node(ec2: Any, zone: str, subnet: str, address: str) -> dict[str, Any]:
    interface = ec2.create_network_interface(SubnetId=subnet, PrivateIpAddress=address)
    identifier = interface["NetworkInterface"]["NetworkInterfaceId"]
    ec2.modify_network_interface_attribute(
        NetworkInterfaceId=identifier, SourceDestCheck={"Value": False}
    )
    attached = [{"DeviceIndex": 0, "NetworkInterfaceId": identifier}]
    return {
        "name": f"cluster-{zone}",
        "instance_id": make_instance(ec2, NetworkInterfaces=attached)["InstanceId"],
        "network_interface_id": identifier,
        "private_ip": address,
    }


@pytest.fixture
def outputs(ec2: Any) -> dict[str, Any]:
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = {
        "private_a": make_subnet(ec2, vpc, "10.0.110.0/24", "us-east-1a"),
        "private_b": make_subnet(ec2, vpc, "10.0.120.0/24", "us-east-1b"),
    }
    filters = [{"Name": "vpc-id", "Values": [vpc]}]
    tables = {
        "main": ec2.describe_route_tables(Filters=filters)["RouteTables"][0]["RouteTableId"],
        **{
            name: ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
            for name in ("public", "private_a", "private_b")
        },
    }
    nodes = [
        make_node(ec2, "a", subnets["private_a"], "10.0.110.10"),
        make_node(ec2, "b", subnets["private_b"], "10.0.120.10"),
    ]
    for table in tables.values():
        add_route(ec2, table, VIP, nodes[0]["network_interface_id"])
    group = ec2.create_security_group(GroupName="guard", Description="guard", VpcId=vpc)["GroupId"]
    admit(ec2, group, 443)
    endpoint = make_endpoint(
        ec2, vpc, list(subnets.values()), SecurityGroupIds=[group], PrivateDnsEnabled=True
    )
    return {
        "virtual_ip": "20.0.0.100",
        "vpc_id": vpc,
        "vpc_cidrs": ["10.0.0.0/16"],
        "subnet_ids": subnets,
        "route_table_ids": tables,
        "endpoint_ids": {"ec2": endpoint["VpcEndpointId"]},
        "endpoint_security_group_id": group,
        "nodes": nodes,
    }


def admit(ec2: Any, group: str, port: int) -> None:
    ec2.authorize_security_group_ingress(
        GroupId=group, IpProtocol="tcp", FromPort=port, ToPort=port, CidrIp="10.0.0.0/16"
    )


def test_a_sound_cluster_is_described_in_plain_words(ec2: Any, outputs: dict[str, Any]) -> None:
    assert checks.check_vip(ec2, outputs, owner=0) == (
        "20.0.0.100/32 leads to cluster-a in all 4 route tables"
    )
    assert checks.check_endpoint(ec2, outputs) == (
        "com.amazonaws.us-east-1.ec2 is reached inside the network, by 443/tcp and nothing else"
    )
    assert checks.check_closed(ec2, outputs) == (
        "the private subnets' tables hold no route to the internet"
    )
    assert checks.check_nodes(ec2, outputs) == (
        "cluster-a (10.0.110.10) and cluster-b (10.0.120.10) run"
        " and take packets for addresses other than their own"
    )


def test_moving_the_vip_moves_it_in_every_table(ec2: Any, outputs: dict[str, Any]) -> None:
    checks.move_vip(ec2, outputs, owner=1)
    assert "leads to cluster-b in all 4" in checks.check_vip(ec2, outputs, owner=1)
    with pytest.raises(SandboxError, match="do not send the virtual IP to cluster-a"):
        checks.check_vip(ec2, outputs, owner=0)


def test_one_table_without_the_vip_is_named(ec2: Any, outputs: dict[str, Any]) -> None:
    table = outputs["route_table_ids"]["private_b"]
    ec2.delete_route(RouteTableId=table, DestinationCidrBlock=VIP)
    with pytest.raises(SandboxError, match=rf"do not send .* \{{'{table}': None\}}"):
        checks.check_vip(ec2, outputs, owner=0)


def test_a_table_that_the_stack_does_not_know_is_found(ec2: Any, outputs: dict[str, Any]) -> None:
    ec2.create_route_table(VpcId=outputs["vpc_id"])
    with pytest.raises(SandboxError, match="the VPC's tables are"):
        checks.check_vip(ec2, outputs, owner=0)


def test_a_second_port_into_the_endpoint_is_found(ec2: Any, outputs: dict[str, Any]) -> None:
    admit(ec2, outputs["endpoint_security_group_id"], 80)
    with pytest.raises(SandboxError, match=r"group admits .*80"):
        checks.check_endpoint(ec2, outputs)


def test_another_group_at_the_endpoint_is_found(ec2: Any, outputs: dict[str, Any]) -> None:
    outputs["endpoint_security_group_id"] = "sg-other"
    with pytest.raises(SandboxError, match="the endpoint has the groups"):
        checks.check_endpoint(ec2, outputs)


def test_an_endpoint_in_one_subnet_only_is_found(ec2: Any, outputs: dict[str, Any]) -> None:
    ec2.modify_vpc_endpoint(
        VpcEndpointId=outputs["endpoint_ids"]["ec2"],
        RemoveSubnetIds=[outputs["subnet_ids"]["private_b"]],
    )
    with pytest.raises(SandboxError, match="not in both private subnets"):
        checks.check_endpoint(ec2, outputs)


def test_a_way_out_of_a_private_subnet_is_found(ec2: Any, outputs: dict[str, Any]) -> None:
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=outputs["vpc_id"])
    table = outputs["route_table_ids"]["private_a"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    with pytest.raises(SandboxError, match=rf"{table} holds .*0\.0\.0\.0/0"):
        checks.check_closed(ec2, outputs)


def test_a_node_that_drops_the_vips_packets_is_found(ec2: Any, outputs: dict[str, Any]) -> None:
    ec2.modify_network_interface_attribute(
        NetworkInterfaceId=outputs["nodes"][1]["network_interface_id"],
        SourceDestCheck={"Value": True},
    )
    with pytest.raises(SandboxError, match="cluster-b drops packets for the virtual IP"):
        checks.check_nodes(ec2, outputs)


def test_a_node_that_was_stopped_is_found(ec2: Any, outputs: dict[str, Any]) -> None:
    ec2.stop_instances(InstanceIds=[outputs["nodes"][0]["instance_id"]])
    with pytest.raises(SandboxError, match="cluster-a is stopped"):
        checks.check_nodes(ec2, outputs)


@pytest.mark.parametrize(
    ("service", "call", "arguments"),
    [
        ("ec2", "create_volume", {"AvailabilityZone": "us-east-1a", "Size": 1}),
        ("ec2", "allocate_address", {"Domain": "vpc"}),
        ("ec2", "create_vpc", {"CidrBlock": "10.8.0.0/16"}),
        ("iam", "create_role", {"RoleName": "left", "AssumeRolePolicyDocument": "{}"}),
        ("iam", "create_instance_profile", {"InstanceProfileName": "left"}),
    ],
)
def test_whatever_is_left_behind_shows_in_the_inventory(
    client: Callable[[str], Any], service: str, call: str, arguments: dict[str, Any]
) -> None:
    before = checks.inventory(client)
    getattr(client(service), call)(**arguments)
    assert checks.inventory(client) > before


BEFORE = [
    {"name": "node-a", "instance_id": "i-1", "mirror_volume_id": "vol-1"},
    {"name": "node-b", "instance_id": "i-2", "mirror_volume_id": "vol-2"},
]


def test_a_node_with_another_instance_and_all_else_as_before_was_rolled_out() -> None:
    after = [{**BEFORE[0], "instance_id": "i-3"}, BEFORE[1]]
    assert checks.check_rolled_out(BEFORE, after, rolled=0) == (
        "node-a has a new instance on the same interface, address and disk; node-b was not touched"
    )


@pytest.mark.parametrize(
    ("after", "message"),
    [
        (BEFORE, "node-a still has its old instance"),
        (
            [{**BEFORE[0], "instance_id": "i-3", "mirror_volume_id": "vol-3"}, BEFORE[1]],
            "node-a kept",
        ),
        (
            [{**BEFORE[0], "instance_id": "i-3"}, {**BEFORE[1], "instance_id": "i-4"}],
            "other nodes changed too",
        ),
    ],
)
def test_a_roll_out_that_did_nothing_or_too_much_is_named(
    after: list[dict[str, str]], message: str
) -> None:
    with pytest.raises(SandboxError, match=message):
        checks.check_rolled_out(BEFORE, after, rolled=0)
