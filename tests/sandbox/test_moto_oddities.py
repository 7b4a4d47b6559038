"""What moto does and AWS does not, one test each: a moto upgrade shows here what changed."""

from collections.abc import Iterator
from typing import Any

import botocore.parsers
import pytest
from moto.server import ThreadedMotoServer

from sandbox.cloud import open_client
from tests.support.moto import (
    add_route,
    client_of_a_user,
    code_of,
    describe_instance,
    describe_interface,
    make_endpoint,
    make_instance,
    make_interface,
    make_subnet,
    replace_as,
    routes,
    switch_permissions,
)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="module")
def ec2(endpoint: str) -> Any:
    return open_client(endpoint, "ec2")


@pytest.fixture
def vpc(ec2: Any) -> str:
    return ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]


@pytest.fixture
def subnet(ec2: Any, vpc: str) -> str:
    return make_subnet(ec2, vpc, "10.0.1.0/24")


@pytest.fixture
def table(ec2: Any, vpc: str) -> str:
    return ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]


@pytest.fixture
def interface(ec2: Any, subnet: str) -> str:
    return make_interface(ec2, subnet)


def test_a_route_stays_active_when_its_interface_is_gone(
    ec2: Any, table: str, interface: str
) -> None:
    add_route(ec2, table, "20.0.0.100/32", interface)
    ec2.delete_network_interface(NetworkInterfaceId=interface)
    route = routes(ec2, table)["20.0.0.100/32"]
    assert (route["State"], route["NetworkInterfaceId"]) == ("active", interface)


def test_an_interface_ends_with_its_instance_though_it_was_to_stay(ec2: Any, subnet: str) -> None:
    """`sandbox.cloud_server` makes up for this and the next one."""
    wanted = {"DeviceIndex": 0, "SubnetId": subnet, "DeleteOnTermination": True}
    made = make_instance(ec2, NetworkInterfaces=[wanted])["NetworkInterfaces"][0]
    ec2.modify_network_interface_attribute(
        NetworkInterfaceId=made["NetworkInterfaceId"],
        Attachment={
            "AttachmentId": made["Attachment"]["AttachmentId"],
            "DeleteOnTermination": False,
        },
    )
    found = describe_interface(ec2, made["NetworkInterfaceId"])
    assert found["Attachment"]["DeleteOnTermination"] is True


def test_a_description_of_an_interface_cannot_be_taken_away(ec2: Any, interface: str) -> None:
    for text in ("kept", ""):
        ec2.modify_network_interface_attribute(
            NetworkInterfaceId=interface, Description={"Value": text}
        )
    assert describe_interface(ec2, interface)["Description"] == "kept"


def test_a_dry_run_of_create_route_makes_the_route(ec2: Any, table: str, interface: str) -> None:
    add_route(ec2, table, "20.0.0.100/32", interface, DryRun=True)
    assert "20.0.0.100/32" in routes(ec2, table)


def test_a_dry_run_of_replace_route_moves_the_route(
    ec2: Any, table: str, subnet: str, interface: str
) -> None:
    add_route(ec2, table, "20.0.0.100/32", interface)
    other = make_interface(ec2, subnet)
    ec2.replace_route(
        RouteTableId=table,
        DestinationCidrBlock="20.0.0.100/32",
        NetworkInterfaceId=other,
        DryRun=True,
    )
    assert routes(ec2, table)["20.0.0.100/32"]["NetworkInterfaceId"] == other


def test_a_dry_run_of_create_vpc_makes_the_vpc(ec2: Any) -> None:
    made = ec2.create_vpc(CidrBlock="10.77.0.0/16", DryRun=True)["Vpc"]["VpcId"]
    assert ec2.describe_vpcs(VpcIds=[made])["Vpcs"][0]["CidrBlock"] == "10.77.0.0/16"


def test_a_dry_run_of_describe_route_tables_answers(ec2: Any, table: str) -> None:
    found = ec2.describe_route_tables(RouteTableIds=[table], DryRun=True)
    assert len(found["RouteTables"]) == 1


def test_a_route_to_a_destination_that_exists_replaces_it_silently(
    ec2: Any, table: str, subnet: str, interface: str
) -> None:
    add_route(ec2, table, "20.0.0.100/32", interface)
    other = make_interface(ec2, subnet)
    add_route(ec2, table, "20.0.0.100/32", other)
    assert routes(ec2, table)["20.0.0.100/32"]["NetworkInterfaceId"] == other


@pytest.mark.parametrize("destination", ["300.0.0.1/32", "20.0.0.100/24"])
def test_a_route_to_an_interface_takes_any_text_for_its_destination(
    ec2: Any, table: str, interface: str, destination: str
) -> None:
    add_route(ec2, table, destination, interface)
    assert destination in routes(ec2, table)


def test_a_route_may_take_the_place_of_the_local_one(ec2: Any, table: str, interface: str) -> None:
    add_route(ec2, table, "10.0.0.0/16", interface)
    assert routes(ec2, table)["10.0.0.0/16"]["NetworkInterfaceId"] == interface


def test_a_second_table_for_a_subnet_is_ignored_without_an_error(
    ec2: Any, vpc: str, subnet: str, table: str
) -> None:
    first = ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)["AssociationId"]
    other = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    second = ec2.associate_route_table(RouteTableId=other, SubnetId=subnet)["AssociationId"]
    assert second == first
    assert ec2.describe_route_tables(RouteTableIds=[other])["RouteTables"][0]["Associations"] == []


def test_private_dns_of_an_endpoint_cannot_be_turned_off(ec2: Any, vpc: str, subnet: str) -> None:
    made = make_endpoint(ec2, vpc, [subnet], PrivateDnsEnabled=True)["VpcEndpointId"]
    ec2.modify_vpc_endpoint(VpcEndpointId=made, PrivateDnsEnabled=False)
    [endpoint] = ec2.describe_vpc_endpoints(VpcEndpointIds=[made])["VpcEndpoints"]
    assert endpoint["PrivateDnsEnabled"] is True


def test_an_endpoint_is_available_at_once_and_listed_after_its_deletion(
    ec2: Any, vpc: str, subnet: str
) -> None:
    made = make_endpoint(ec2, vpc, [subnet])
    assert made["State"] == "available"
    ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])
    [left] = ec2.describe_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])["VpcEndpoints"]
    assert left["State"] == "deleted"


def test_the_interfaces_of_an_endpoint_are_ordinary_ones_with_the_default_group(
    ec2: Any, vpc: str, subnet: str
) -> None:
    group = ec2.create_security_group(GroupName="own", Description="own", VpcId=vpc)["GroupId"]
    made = make_endpoint(ec2, vpc, [subnet], SecurityGroupIds=[group])
    interface = describe_interface(ec2, made["NetworkInterfaceIds"][0])
    assert [each["GroupName"] for each in interface["Groups"]] == ["default"]
    assert (interface["InterfaceType"], interface["RequesterManaged"]) == ("interface", False)
    assert not interface["PrivateIpAddress"].startswith("10.0.1.")


def test_the_interface_of_an_endpoint_outlives_the_removal_of_its_subnet(
    ec2: Any, vpc: str, subnet: str
) -> None:
    made = make_endpoint(ec2, vpc, [subnet, make_subnet(ec2, vpc, "10.0.2.0/24", "us-east-1b")])
    ec2.modify_vpc_endpoint(VpcEndpointId=made["VpcEndpointId"], RemoveSubnetIds=[subnet])
    left = [describe_interface(ec2, each)["SubnetId"] for each in made["NetworkInterfaceIds"]]
    assert subnet in left


def test_an_endpoint_takes_two_subnets_of_one_zone(ec2: Any, vpc: str, subnet: str) -> None:
    same_zone = make_subnet(ec2, vpc, "10.0.2.0/24")
    made = make_endpoint(ec2, vpc, [subnet, same_zone])
    assert set(made["SubnetIds"]) == {subnet, same_zone}


def test_an_endpoint_takes_a_service_that_does_not_exist(ec2: Any, vpc: str, subnet: str) -> None:
    made = make_endpoint(ec2, vpc, [subnet], ServiceName="com.amazonaws.us-east-1.nonsense")
    assert made["State"] == "available"


def test_private_dns_is_given_twice_and_without_the_attributes_of_the_vpc(
    ec2: Any, vpc: str, subnet: str
) -> None:
    asked = ec2.describe_vpc_attribute(VpcId=vpc, Attribute="enableDnsHostnames")
    assert asked["EnableDnsHostnames"]["Value"] is False
    for _ in range(2):
        made = make_endpoint(ec2, vpc, [subnet], PrivateDnsEnabled=True)
        assert made["PrivateDnsEnabled"] is True


def test_dns_host_names_may_be_on_while_dns_support_is_off(ec2: Any, vpc: str) -> None:
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsSupport={"Value": False})
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    asked = ec2.describe_vpc_attribute(VpcId=vpc, Attribute="enableDnsHostnames")
    assert asked["EnableDnsHostnames"]["Value"] is True


@pytest.fixture
def on_interface(ec2: Any, interface: str) -> dict[str, Any]:
    return make_instance(
        ec2,
        NetworkInterfaces=[{"DeviceIndex": 0, "NetworkInterfaceId": interface}],
        DisableApiTermination=True,
    )


def test_an_instance_tells_neither_the_check_nor_the_groups_of_its_interface(
    ec2: Any, interface: str, on_interface: dict[str, Any]
) -> None:
    ec2.modify_network_interface_attribute(
        NetworkInterfaceId=interface, SourceDestCheck={"Value": False}
    )
    told = describe_instance(ec2, on_interface["InstanceId"])
    assert (told["SourceDestCheck"], told["SecurityGroups"]) == (True, [])
    assert describe_interface(ec2, interface)["SourceDestCheck"] is False


def test_protection_from_termination_is_lost_at_launch(
    ec2: Any, on_interface: dict[str, Any]
) -> None:
    asked = ec2.describe_instance_attribute(
        InstanceId=on_interface["InstanceId"], Attribute="disableApiTermination"
    )
    assert asked["DisableApiTermination"]["Value"] is False


def test_a_terminated_instance_keeps_its_interface_in_use(
    ec2: Any, interface: str, on_interface: dict[str, Any]
) -> None:
    ec2.terminate_instances(InstanceIds=[on_interface["InstanceId"]])
    assert describe_interface(ec2, interface)["Status"] == "in-use"


@pytest.mark.usefixtures("on_interface")
def test_an_interface_in_use_can_be_deleted(ec2: Any, interface: str) -> None:
    ec2.delete_network_interface(NetworkInterfaceId=interface)
    gone = code_of(ec2.describe_network_interfaces, NetworkInterfaceIds=[interface])
    assert gone == "InvalidNetworkInterfaceID.NotFound"


def test_changing_one_metadata_option_drops_the_others(
    ec2: Any, on_interface: dict[str, Any]
) -> None:
    instance = on_interface["InstanceId"]
    ec2.modify_instance_metadata_options(
        InstanceId=instance, HttpTokens="required", HttpPutResponseHopLimit=1
    )
    ec2.modify_instance_metadata_options(InstanceId=instance, HttpEndpoint="enabled")
    options = describe_instance(ec2, instance)["MetadataOptions"]
    assert "HttpTokens" not in options


def test_speed_of_a_volume_made_at_launch_is_lost(ec2: Any, subnet: str) -> None:
    disk = {"VolumeSize": 20, "VolumeType": "gp3", "Iops": 4000, "Throughput": 250}
    made = make_instance(
        ec2, SubnetId=subnet, BlockDeviceMappings=[{"DeviceName": "/dev/sdb", "Ebs": disk}]
    )
    filters = [{"Name": "attachment.instance-id", "Values": [made["InstanceId"]]}]
    [volume] = ec2.describe_volumes(Filters=filters)["Volumes"]
    assert (volume["Size"], volume["Iops"], volume.get("Throughput")) == (20, 3000, None)


@pytest.mark.parametrize("name", ["route.state", "route.origin", "route.instance-id"])
def test_filters_of_route_tables_that_crash(ec2: Any, name: str) -> None:
    filters = [{"Name": name, "Values": ["active"]}]
    with pytest.raises(botocore.parsers.ResponseParserError, match="500 Internal Server Error"):
        ec2.describe_route_tables(Filters=filters)


def test_a_permission_for_one_table_by_its_arn_is_always_denied(
    endpoint: str, ec2: Any, table: str, interface: str
) -> None:
    add_route(ec2, table, "20.0.0.100/32", interface)
    for resource, expected in (
        ("*", None),
        (f"arn:aws:ec2:*:*:route-table/{table}", "AccessDenied"),
    ):
        client = client_of_a_user(endpoint, resource)
        switch_permissions(endpoint, after=0)
        try:
            seen = replace_as(client, table, interface)
        finally:
            switch_permissions(endpoint, after="inf")
        assert seen == expected
