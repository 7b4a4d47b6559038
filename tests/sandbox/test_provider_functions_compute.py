"""Look-ups of instances, their types, interfaces, profiles, and lists of route tables."""

import base64
import hashlib
import time
from typing import Any

import pytest

from tests.support.compute import ZONE_A, ZONE_C, Network, launch, make_interface, make_network
from tests.support.provider import Created, FailedError, Instance, unique

INSTANCE = "aws:ec2/getInstance:getInstance"
INSTANCES = "aws:ec2/getInstances:getInstances"
INTERFACE = "aws:ec2/getNetworkInterface:getNetworkInterface"
INTERFACES = "aws:ec2/getNetworkInterfaces:getNetworkInterfaces"
TABLES = "aws:ec2/getRouteTables:getRouteTables"
TYPE = "aws:ec2/getInstanceType:getInstanceType"
OFFERING = "aws:ec2/getInstanceTypeOffering:getInstanceTypeOffering"
OFFERINGS = "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings"
PROFILE = "aws:iam/getInstanceProfile:getInstanceProfile"


@pytest.fixture
def network(aws: Instance) -> Network:
    return make_network(aws)


def by(name: str, *values: str) -> dict[str, Any]:
    return {"name": name, "values": list(values)}


def failure(aws: Instance, token: str, **arguments: Any) -> str:
    with pytest.raises(FailedError) as caught:
        aws.invoke(token, **arguments)
    return str(caught.value).removeprefix(f"{token}: ")


def launch_on(aws: Instance, network: Network, interface: str, **more: Any) -> Created:
    return launch(aws, network, primaryNetworkInterface={"networkInterfaceId": interface}, **more)


def test_an_instance_is_found_with_what_it_runs(aws: Instance, ec2: Any, network: Network) -> None:
    cluster = unique("cluster")
    interface = make_interface(ec2, network.subnet_a)
    node = launch_on(aws, network, interface, userData="#!/bin/sh\n", tags={"Cluster": cluster})
    found = aws.invoke(INSTANCE, instanceTags={"Cluster": cluster})
    assert found["id"] == node.id
    assert found["arn"] == node["arn"]
    assert (found["instanceState"], found["instanceType"]) == ("running", "t3.small")
    assert found["ami"] == node["ami"]
    assert found["availabilityZone"] == ZONE_A
    assert found["networkInterfaceId"] == interface
    assert found["subnetId"] == network.subnet_a.id
    assert found["privateIp"] == node["privateIp"]
    assert found["tags"] == found["instanceTags"] == {"Cluster": cluster}
    (root,) = found["rootBlockDevices"]
    assert root["volumeId"] == node["rootBlockDevice"]["volumeId"]
    assert "tagsAll" not in root
    assert found["metadataOptions"] == [node["metadataOptions"]]
    assert found["creditSpecifications"] == [{"cpuCredits": "unlimited"}]


def test_user_data_is_a_hash_unless_it_is_asked_for(aws: Instance, network: Network) -> None:
    script = "#!/bin/sh\n"
    node = launch(aws, network, userData=script)
    found = aws.invoke(INSTANCE, instanceId=node.id)
    assert found["userData"] == hashlib.sha1(script.encode()).hexdigest()
    assert found["userDataBase64"] == ""
    asked = aws.invoke(INSTANCE, instanceId=node.id, getUserData=True)
    assert asked["userDataBase64"] == base64.b64encode(script.encode()).decode()
    plain = launch(aws, network)
    assert aws.invoke(INSTANCE, instanceId=plain.id)["userData"] == ""


def test_no_instance_and_several_instances_are_errors(aws: Instance, network: Network) -> None:
    assert failure(aws, INSTANCE, instanceId="i-12345678") == "no matching EC2 Instance found"
    launch(aws, network)
    launch(aws, network)
    assert failure(aws, INSTANCE, filters=[by("vpc-id", network.vpc.id)]) == (
        "multiple EC2 Instances matched; use additional constraints to reduce matches to a "
        "single EC2 Instance"
    )


def test_a_terminated_instance_is_still_found_without_its_network(
    aws: Instance, ec2: Any, network: Network
) -> None:
    tags = {"Cluster": unique("cluster")}
    node = launch_on(aws, network, make_interface(ec2, network.subnet_a), tags=tags)
    node.delete()
    ended = aws.invoke(INSTANCE, instanceTags=tags)
    assert (ended["id"], ended["instanceState"]) == (node.id, "terminated")
    assert ended["networkInterfaceId"] == ended["privateIp"] == ended["subnetId"] == ""
    assert ended["rootBlockDevices"] == []
    assert failure(aws, INSTANCE, filters=[by("vpc-id", network.vpc.id)]) == (
        "no matching EC2 Instance found"
    )
    launch(aws, network, tags=tags)
    assert failure(aws, INSTANCE, instanceTags=tags).startswith("multiple EC2 Instances matched; ")


def test_instances_are_listed_while_they_run(aws: Instance, ec2: Any, network: Network) -> None:
    tags = {"Cluster": unique("cluster")}
    assert aws.invoke(INSTANCES, instanceTags=tags)["ids"] == []
    running, stopped, ended = (launch(aws, network, tags=tags) for _ in range(3))
    ec2.stop_instances(InstanceIds=[stopped.id])
    ended.delete()
    listed = aws.invoke(INSTANCES, instanceTags=tags)
    assert listed["ids"] == [running.id]
    assert listed["privateIps"] == [running["privateIp"]]
    assert (listed["id"], listed["publicIps"]) == ("ap-northeast-1", [])
    states = ["stopped", "terminated"]
    others = aws.invoke(INSTANCES, instanceTags=tags, instanceStateNames=states)
    assert set(others["ids"]) == {stopped.id, ended.id}
    assert others["privateIps"] == [stopped["privateIp"]]


def test_instances_are_chosen_by_filters(aws: Instance, ec2: Any, network: Network) -> None:
    interface = make_interface(ec2, network.subnet_c)
    node = launch_on(aws, network, interface)
    launch(aws, network)
    here = by("vpc-id", network.vpc.id)
    for name, value in (
        ("network-interface.network-interface-id", interface),
        ("network-interface.subnet-id", network.subnet_c.id),
        ("private-ip-address", node["privateIp"]),
        ("network-interface.addresses.private-ip-address", node["privateIp"]),
        ("availability-zone", ZONE_C),
        ("instance-id", node.id),
    ):
        assert aws.invoke(INSTANCES, filters=[here, by(name, value)])["ids"] == [node.id], name


def test_a_network_interface_is_found_with_its_instance(
    aws: Instance, ec2: Any, network: Network
) -> None:
    interface = make_interface(ec2, network.subnet_a)
    node = launch_on(aws, network, interface)
    found = aws.invoke(INTERFACE, id=interface)
    assert found["arn"].endswith(f":network-interface/{interface}")
    assert found["availabilityZone"] == ZONE_A
    assert (found["subnetId"], found["vpcId"]) == (network.subnet_a.id, network.vpc.id)
    assert found["privateIp"] == node["privateIp"]
    assert found["privateIps"] == [node["privateIp"]]
    assert found["securityGroups"] == node["vpcSecurityGroupIds"]
    assert found["associations"] == []
    assert found["interfaceType"] == "interface"
    (attachment,) = found["attachments"]
    assert (attachment["instanceId"], attachment["deviceIndex"]) == (node.id, 0)
    by_instance = aws.invoke(INTERFACE, filters=[by("attachment.instance-id", node.id)])
    assert by_instance["id"] == interface


def test_an_interface_whose_instance_ended_is_free(
    aws: Instance, ec2: Any, network: Network
) -> None:
    kept = make_interface(ec2, network.subnet_a)
    here = by("vpc-id", network.vpc.id)
    node = launch_on(aws, network, kept)
    own = launch(aws, network)
    in_use = by("status", "in-use")
    assert aws.invoke(INTERFACES, filters=[here, in_use])["ids"] == [
        kept,
        own["primaryNetworkInterfaceId"],
    ]
    node.delete()
    own.delete()
    assert aws.invoke(INTERFACE, id=kept)["attachments"] == []
    assert aws.invoke(INTERFACES, filters=[here])["ids"] == [kept]
    assert aws.invoke(INTERFACES, filters=[here, by("status", "available")])["ids"] == [kept]


def test_no_interface_and_several_interfaces_are_errors(
    aws: Instance, ec2: Any, network: Network
) -> None:
    assert failure(aws, INTERFACE, id="eni-12345678") == "no matching EC2 Network Interface found"
    for _ in range(2):
        make_interface(ec2, network.subnet_a)
    assert failure(aws, INTERFACE, filters=[by("subnet-id", network.subnet_a.id)]).startswith(
        "multiple EC2 Network Interfaces matched; "
    )


def test_interfaces_are_listed_by_tags_and_may_be_none(
    aws: Instance, ec2: Any, network: Network
) -> None:
    tags = {"hacluster:node": unique("node")}
    assert aws.invoke(INTERFACES, tags=tags)["ids"] == []
    interface = make_interface(ec2, network.subnet_a)
    ec2.create_tags(
        Resources=[interface], Tags=[{"Key": key, "Value": value} for key, value in tags.items()]
    )
    listed = aws.invoke(INTERFACES, tags=tags)
    assert (listed["id"], listed["ids"]) == ("ap-northeast-1", [interface])
    assert aws.invoke(INTERFACE, id=interface)["tags"] == tags


def test_the_tags_of_one_interface_are_an_answer_and_no_criterion(
    aws: Instance, ec2: Any, network: Network
) -> None:
    interface = make_interface(ec2, network.subnet_a)
    assert aws.invoke(INTERFACE, id=interface, tags={"Name": "other"})["tags"] == {}


def test_an_endpoint_s_interfaces_are_listed_as_such(aws: Instance, network: Network) -> None:
    aws.create(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        vpcId=network.vpc.id,
        serviceName="com.amazonaws.ap-northeast-1.ec2",
        vpcEndpointType="Interface",
        subnetIds=[network.subnet_a.id],
    )
    found = aws.invoke(
        INTERFACE, filters=[by("vpc-id", network.vpc.id), by("interface-type", "vpc_endpoint")]
    )
    assert found["subnetId"] == network.subnet_a.id
    assert found["interfaceType"] == "vpc_endpoint"


def test_route_tables_are_listed_by_vpc_and_tags(aws: Instance, network: Network) -> None:
    table = aws.create(
        "aws:ec2/routeTable:RouteTable", vpcId=network.vpc.id, tags={"Name": "Route-A"}
    )
    main = network.vpc["mainRouteTableId"]
    assert set(aws.invoke(TABLES, vpcId=network.vpc.id)["ids"]) == {main, table.id}
    named = aws.invoke(TABLES, vpcId=network.vpc.id, tags={"Name": "Route-A"})
    assert named["ids"] == [table.id]
    filters = [by("association.main", "true")]
    assert aws.invoke(TABLES, vpcId=network.vpc.id, filters=filters)["ids"] == [main]
    assert aws.invoke(TABLES, vpcId="vpc-12345678")["ids"] == []


def test_an_instance_type_is_described(aws: Instance) -> None:
    kind = aws.invoke(TYPE, instanceType="t3.small")
    assert kind["id"] == kind["instanceType"] == "t3.small"
    assert kind["supportedArchitectures"] == ["x86_64"]
    assert (kind["defaultVcpus"], kind["memorySize"]) == (2, 2048)
    assert kind["burstablePerformanceSupported"] is True
    assert kind["bareMetal"] is False
    assert kind["maximumNetworkInterfaces"] == 3
    assert kind["validThreadsPerCores"] == [1, 2]
    assert kind["gpuses"] == []
    for graviton in ("t4g.small", "m7g.large"):
        assert aws.invoke(TYPE, instanceType=graviton)["supportedArchitectures"] == ["arm64"]
    gpu = aws.invoke(TYPE, instanceType="g6.xlarge")["gpuses"]
    assert gpu == [{"count": 1, "manufacturer": "NVIDIA", "memorySize": 22888, "name": "L4"}]


def test_an_instance_type_that_does_not_exist_is_refused(aws: Instance) -> None:
    assert failure(aws, TYPE, instanceType="moon.small") == (
        "DescribeInstanceTypes: InvalidInstanceType: "
        "The following supplied instance types do not exist: [moon.small]"
    )


def test_offerings_tell_in_which_zones_a_type_is(aws: Instance) -> None:
    zones = {"locationType": "availability-zone"}
    everywhere = aws.invoke(OFFERINGS, filters=[by("instance-type", "t3.small")], **zones)
    assert sorted(everywhere["locations"]) == [
        "ap-northeast-1a",
        "ap-northeast-1c",
        "ap-northeast-1d",
    ]
    assert everywhere["instanceTypes"] == ["t3.small"] * 3
    assert everywhere["locationTypes"] == ["availability-zone"] * 3
    partly = aws.invoke(OFFERINGS, filters=[by("instance-type", "t3a.small")], **zones)
    assert sorted(partly["locations"]) == ["ap-northeast-1a", "ap-northeast-1d"]
    graviton = [by("instance-type", "t4g.small"), by("location", ZONE_A)]
    assert aws.invoke(OFFERINGS, filters=graviton, **zones)["instanceTypes"] == ["t4g.small"]
    nowhere = aws.invoke(OFFERINGS, filters=[by("instance-type", "moon.small")], **zones)
    assert (nowhere["id"], nowhere["instanceTypes"]) == ("ap-northeast-1", [])


def test_one_offering_is_the_preferred_one(aws: Instance) -> None:
    filters = [by("location", ZONE_C), by("instance-type", "t3a.small", "t3.small", "t4g.small")]
    asked: dict[str, Any] = {"filters": filters, "locationType": "availability-zone"}
    preferred = ["t3a.small", "t4g.small", "t3.small"]
    found = aws.invoke(OFFERING, preferredInstanceTypes=preferred, **asked)
    assert found["id"] == found["instanceType"] == "t4g.small"
    assert (found["location"], found["locationType"]) == (ZONE_C, "availability-zone")
    assert failure(aws, OFFERING, **asked) == (
        "multiple EC2 Instance Offerings found matching criteria; try different search"
    )
    assert failure(aws, OFFERING, filters=[by("instance-type", "moon.small")]) == (
        "no EC2 Instance Type Offerings found matching criteria; try different search"
    )
    only = aws.invoke(OFFERING, filters=[by("instance-type", "t3.small")])
    assert (only["instanceType"], only["location"]) == ("t3.small", "ap-northeast-1")


def test_an_instance_profile_is_found_with_its_role(aws: Instance) -> None:
    name = unique("profile")
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": "ec2.amazonaws.com"},
            }
        ],
    }
    role = aws.create("aws:iam/role:Role", name=unique("role"), assumeRolePolicy=trust)
    profile = aws.create("aws:iam/instanceProfile:InstanceProfile", name=name, role=role.id)
    found = aws.invoke(PROFILE, name=name)
    assert found["id"] == profile["uniqueId"]
    assert (found["arn"], found["path"]) == (profile["arn"], "/")
    assert found["roleArn"] == role["arn"]
    assert (found["roleName"], found["roleId"]) == (role.id, role["uniqueId"])
    time.strptime(found["createDate"], "%Y-%m-%d %H:%M:%S +0000 UTC")
    bare = aws.create("aws:iam/instanceProfile:InstanceProfile", name=unique("bare"))
    assert aws.invoke(PROFILE, name=bare.id)["roleName"] == ""
    assert failure(aws, PROFILE, name="none") == (
        "reading IAM Instance Profile (none): couldn't find resource"
    )
