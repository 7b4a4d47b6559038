"""Look-ups: what they find, and what they say when they find nothing or too much."""

from typing import Any

import pytest

from tests.support.compute import ZONE_A, Network, make_network
from tests.support.provider import FailedError, Instance, unique

AZS = "aws:index/getAvailabilityZones:getAvailabilityZones"
AZ = "aws:index/getAvailabilityZone:getAvailabilityZone"
VPC = "aws:ec2/getVpc:getVpc"
SUBNET = "aws:ec2/getSubnet:getSubnet"
SUBNETS = "aws:ec2/getSubnets:getSubnets"
TABLE = "aws:ec2/getRouteTable:getRouteTable"
SERVICE = "aws:ec2/getVpcEndpointService:getVpcEndpointService"
AMI = "aws:ec2/getAmi:getAmi"
PARAMETER = "aws:ssm/getParameter:getParameter"
LINUX = {"name": "name", "values": ["al2023-ami-2023.*-x86_64"]}


@pytest.fixture
def network(aws: Instance) -> Network:
    return make_network(aws)


def failure(aws: Instance, token: str, **arguments: Any) -> str:
    with pytest.raises(FailedError) as caught:
        aws.invoke(token, **arguments)
    return str(caught.value).removeprefix(f"{token}: ")


def test_the_provider_knows_its_region_partition_and_caller(aws: Instance) -> None:
    region = aws.invoke("aws:index/getRegion:getRegion")
    assert region["id"] == region["name"] == region["region"] == "ap-northeast-1"
    assert region["description"] == "Asia Pacific (Tokyo)"
    assert region["endpoint"] == "ec2.ap-northeast-1.amazonaws.com"
    assert aws.invoke("aws:index/getPartition:getPartition") == {
        "id": "aws",
        "partition": "aws",
        "dnsSuffix": "amazonaws.com",
        "reverseDnsPrefix": "com.amazonaws",
    }
    caller = aws.invoke("aws:index/getCallerIdentity:getCallerIdentity")
    assert caller["id"] == caller["accountId"] == "123456789012"
    assert caller["arn"].startswith("arn:aws:sts::123456789012:")
    assert caller["userId"]


def test_zones_come_sorted_with_their_ids(aws: Instance) -> None:
    zones = aws.invoke(AZS, state="available")
    assert zones["id"] == "ap-northeast-1"
    assert zones["names"] == ["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"]
    assert len(zones["zoneIds"]) == 3
    assert zones["groupNames"] == ["ap-northeast-1-zg-1"]


def test_zones_may_be_left_out(aws: Instance) -> None:
    left = aws.invoke(AZS, excludeNames=[ZONE_A])["names"]
    assert left == ["ap-northeast-1c", "ap-northeast-1d"]
    zone_id = aws.invoke(AZ, name=ZONE_A)["zoneId"]
    assert aws.invoke(AZS, excludeZoneIds=[zone_id])["names"] == left
    filters = [{"name": "zone-name", "values": ["*1c", "*1d"]}]
    assert aws.invoke(AZS, filters=filters)["names"] == left


def test_a_look_up_may_name_another_region(aws: Instance) -> None:
    zones = aws.invoke(AZS, region="us-east-1")
    assert zones["region"] == zones["id"] == "us-east-1"
    assert zones["names"][0] == "us-east-1a"


def test_one_zone_is_described(aws: Instance) -> None:
    zone = aws.invoke(AZ, name=ZONE_A)
    assert zone["id"] == zone["name"] == ZONE_A
    assert zone["nameSuffix"] == "a"
    assert zone["zoneType"] == "availability-zone"
    assert zone["optInStatus"] == "opt-in-not-required"
    assert failure(aws, AZ, name="x") == "no matching EC2 Availability Zone found"
    assert failure(aws, AZ) == (
        "multiple EC2 Availability Zones matched; use additional constraints to reduce matches "
        "to a single EC2 Availability Zone"
    )


def test_a_filter_that_is_not_modelled_is_named(aws: Instance) -> None:
    message = failure(aws, AZS, filters=[{"name": "moon", "values": ["full"]}])
    assert message.endswith("The sandbox does not model the filter 'moon'.")


def test_a_vpc_is_found_by_id_tag_and_filter(aws: Instance) -> None:
    name = unique("vpc")
    vpc = aws.create("aws:ec2/vpc:Vpc", cidrBlock="10.7.0.0/16", tags={"Name": name})
    found = aws.invoke(VPC, id=vpc.id)
    assert found["arn"] == vpc["arn"]
    assert found["cidrBlock"] == "10.7.0.0/16"
    assert found["mainRouteTableId"] == vpc["mainRouteTableId"]
    assert found["enableDnsSupport"] is True
    assert found["default"] is found["enableDnsHostnames"] is False
    assert found["state"] == "available"
    assert found["tags"] == {"Name": name}
    (association,) = found["cidrBlockAssociations"]
    assert association["cidrBlock"] == "10.7.0.0/16"
    assert association["state"] == "associated"
    assert aws.invoke(VPC, tags={"Name": name})["id"] == vpc.id
    filters = [{"name": "tag:Name", "values": [f"{name[:-1]}?"]}]
    assert aws.invoke(VPC, filters=filters)["id"] == vpc.id
    listed = aws.invoke("aws:ec2/getVpcs:getVpcs", filters=filters)
    assert listed["ids"] == [vpc.id]


def test_the_default_vpc_is_found(aws: Instance) -> None:
    assert aws.invoke(VPC, default=True)["cidrBlock"] == "172.31.0.0/16"


def test_no_vpc_and_several_vpcs_are_errors(aws: Instance, network: Network) -> None:
    assert failure(aws, VPC, id="vpc-12345678") == "no matching EC2 VPC found"
    assert network.vpc.id
    assert failure(aws, VPC) == (
        "multiple EC2 VPCs matched; use additional constraints to reduce matches to a single "
        "EC2 VPC"
    )


def test_a_subnet_is_found_by_what_it_is(aws: Instance, network: Network) -> None:
    subnet = network.subnet_a
    found = aws.invoke(SUBNET, vpcId=network.vpc.id, availabilityZone=ZONE_A)
    assert found["id"] == subnet.id
    assert found["arn"] == subnet["arn"]
    assert found["availableIpAddressCount"] == 251
    assert found["mapPublicIpOnLaunch"] is found["defaultForAz"] is False
    assert found["privateDnsHostnameTypeOnLaunch"] == "ip-name"
    assert found["ipv6CidrBlock"] == ""
    by_range = aws.invoke(SUBNET, vpcId=network.vpc.id, cidrBlock="10.0.1.0/24")
    assert by_range["id"] == subnet.id
    zone = found["availabilityZoneId"]
    assert aws.invoke(SUBNET, vpcId=network.vpc.id, availabilityZoneId=zone)["id"] == subnet.id


def test_no_subnet_and_several_subnets_are_errors(aws: Instance, network: Network) -> None:
    assert failure(aws, SUBNET, id="subnet-12345678") == "no matching EC2 Subnet found"
    assert failure(aws, SUBNET, vpcId=network.vpc.id).startswith("multiple EC2 Subnets matched; ")


def test_subnets_are_listed_and_may_be_none(aws: Instance, network: Network) -> None:
    filters = [{"name": "vpc-id", "values": [network.vpc.id]}]
    listed = aws.invoke(SUBNETS, filters=filters)
    assert set(listed["ids"]) == {network.subnet_a.id, network.subnet_c.id}
    assert listed["id"] == "ap-northeast-1"
    assert aws.invoke(SUBNETS, filters=filters, tags={"Tier": "none"})["ids"] == []


def test_a_table_is_found_with_the_routes_that_programs_write(
    aws: Instance, ec2: Any, network: Network
) -> None:
    main = network.vpc["mainRouteTableId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=network.vpc.id)
    ec2.create_route(RouteTableId=main, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    found = aws.invoke(TABLE, vpcId=network.vpc.id)
    assert found["id"] == found["routeTableId"] == main
    (route,) = found["routes"]
    assert route["cidrBlock"] == "0.0.0.0/0"
    assert route["gatewayId"] == gateway
    assert route["networkInterfaceId"] == route["ipv6CidrBlock"] == route["vpcEndpointId"] == ""
    assert len(route) == 15
    (association,) = found["associations"]
    assert association["main"] is True
    assert association["subnetId"] == ""


def test_a_table_is_found_by_its_subnet(aws: Instance, ec2: Any, network: Network) -> None:
    subnet = network.subnet_a.id
    table = ec2.create_route_table(VpcId=network.vpc.id)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    found = aws.invoke(TABLE, subnetId=subnet)
    assert (found["id"], found["subnetId"]) == (table, subnet)
    assert failure(aws, TABLE, vpcId=network.vpc.id) == (
        "multiple Route Tables matched; use additional constraints to reduce matches to a "
        "single Route Table"
    )
    assert failure(aws, TABLE, subnetId=network.subnet_c.id) == (
        "query returned no results. Please change your search criteria and try again"
    )
    assert failure(aws, TABLE).startswith("one of route_table_id, vpc_id, subnet_id, gateway_id")


def test_an_endpoint_service_is_found(aws: Instance) -> None:
    service = aws.invoke(SERVICE, service="ec2")
    name = "com.amazonaws.ap-northeast-1.ec2"
    assert service["serviceName"] == name
    assert service["serviceType"] == "Interface"
    assert service["privateDnsName"] == "ec2.ap-northeast-1.amazonaws.com"
    assert service["owner"] == "amazon"
    assert service["vpcEndpointPolicySupported"] is True
    assert ZONE_A in service["availabilityZones"]
    assert aws.invoke(SERVICE, serviceName=name)["serviceId"] == service["serviceId"]
    assert aws.invoke(SERVICE, service="s3", serviceType="Gateway")["serviceType"] == "Gateway"


def test_no_service_and_several_services_are_errors(aws: Instance) -> None:
    assert failure(aws, SERVICE, service="moon") == "no matching EC2 VPC Endpoint Service found"
    assert failure(aws, SERVICE, service="s3").startswith(
        "multiple EC2 VPC Endpoint Services matched; "
    )


def test_an_image_is_found_by_name_and_owner(aws: Instance) -> None:
    image = aws.invoke(AMI, mostRecent=True, owners=["amazon"], filters=[LINUX])
    assert image["id"] == image["imageId"]
    assert image["arn"] == f"arn:aws:ec2:ap-northeast-1::image/{image['id']}"
    assert image["architecture"] == "x86_64"
    assert image["name"].startswith("al2023-ami-2023.")
    assert image["rootDeviceName"] == "/dev/xvda"
    assert image["stateReason"] == {"code": "UNSET", "message": "UNSET"}
    (device,) = image["blockDeviceMappings"]
    assert device["deviceName"] == "/dev/xvda"
    assert device["ebs"]["snapshot_id"] == image["rootSnapshotId"]
    assert device["ebs"]["encrypted"] == "false"
    by_regex = aws.invoke(AMI, mostRecent=True, owners=["amazon"], nameRegex="^al2023-ami-2023")
    assert by_regex["name"].startswith("al2023-ami-2023")


def test_images_are_looked_for_with_care(aws: Instance) -> None:
    assert failure(aws, AMI, mostRecent=True, filters=[LINUX]).startswith(
        'Most Recent Image Not Filtered: "most_recent" is set to "true"'
    )
    assert aws.invoke(AMI, mostRecent=True, allowUnsafeFilter=True, filters=[LINUX])["id"]
    assert failure(aws, AMI, owners=["amazon"]).startswith(
        "Your query returned more than one result. "
    )
    assert failure(aws, AMI, owners=["self"]).startswith("Your query returned no results. ")


def test_a_parameter_is_read(aws: Instance) -> None:
    name = f"/{unique('image')}"
    aws.create("aws:ssm/parameter:Parameter", name=name, type="String", value="ami-1")
    found = aws.invoke(PARAMETER, name=name)
    assert found["id"] == found["name"] == name
    assert found["value"] == found["insecureValue"] == "ami-1"
    assert (found["type"], found["version"], found["withDecryption"]) == ("String", 1, True)
    assert failure(aws, PARAMETER, name="/none") == (
        "reading SSM Parameter (/none): couldn't find resource"
    )


def test_a_secure_parameter_has_no_insecure_value(aws: Instance) -> None:
    name = f"/{unique('secret')}"
    aws.create("aws:ssm/parameter:Parameter", name=name, type="SecureString", value="s3cret")
    found = aws.invoke(PARAMETER, name=name)
    assert (found["value"], found["insecureValue"]) == ("s3cret", "")


def test_an_endpoint_is_found_by_its_service_in_a_vpc(aws: Instance, network: Network) -> None:
    service = "com.amazonaws.ap-northeast-1.s3"
    made = aws.create("aws:ec2/vpcEndpoint:VpcEndpoint", vpcId=network.vpc.id, serviceName=service)
    criteria = {"vpcId": network.vpc.id, "serviceName": service, "state": "available"}
    found = aws.invoke("aws:ec2/getVpcEndpoint:getVpcEndpoint", **criteria)
    assert (found["id"], found["vpcEndpointType"]) == (made.id, "Gateway")
    assert found["prefixListId"] == made["prefixListId"]
    assert found["privateDnsEnabled"] is False
    assert found == aws.invoke("aws:ec2/getVpcEndpoint:getVpcEndpoint", id=made.id)
    other = {**criteria, "serviceName": "com.amazonaws.ap-northeast-1.ec2"}
    message = failure(aws, "aws:ec2/getVpcEndpoint:getVpcEndpoint", **other)
    assert message == "no matching EC2 VPC Endpoint found"
