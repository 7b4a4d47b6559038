"""Which change of an instance replaces it, and which are carried out in place."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.provider.wire import UNKNOWN
from tests.support.compute import Network, launch, make_interface, make_network
from tests.support.provider import Created, FailedError, Instance, unique

IAM = "aws:iam/instanceProfile:InstanceProfile"
TRUST = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",'
    '"Principal":{"Service":"ec2.amazonaws.com"}}]}'
)
KEY = "arn:aws:kms:ap-northeast-1:123456789012:key/6c1a2b30-0000-4000-8000-000000000000"
ROOT = {"volumeType": "gp3", "volumeSize": 20}
DEVICE = {"deviceName": "/dev/sdf", "volumeSize": 8, "volumeType": "gp3"}


@pytest.fixture(scope="module")
def shared_aws(provider_port: int) -> Iterator[Instance]:
    instance = Instance(provider_port)
    yield instance
    instance.close()


@pytest.fixture(scope="module")
def shared_network(shared_aws: Instance) -> Network:
    return make_network(shared_aws)


@pytest.fixture(scope="module")
def shared(shared_aws: Instance, shared_network: Network) -> Created:
    """One instance for all diffs: they change nothing."""
    return launch(
        shared_aws,
        shared_network,
        userData="old",
        keyName=None,
        rootBlockDevice=ROOT,
        ebsBlockDevices=[DEVICE],
        metadataOptions={"httpTokens": "required"},
    )


@pytest.fixture(scope="module")
def shared_on_interface(shared_aws: Instance, shared_network: Network, ec2: Any) -> Created:
    interface = make_interface(ec2, shared_network.subnet_a)
    given = [{"networkInterfaceId": interface, "deviceIndex": 0}]
    return launch(shared_aws, shared_network, networkInterfaces=given)


@pytest.fixture
def network(aws: Instance) -> Network:
    return make_network(aws)


@pytest.fixture
def profile(aws: Instance) -> Created:
    role = aws.create("aws:iam/role:Role", name=unique("node"), assumeRolePolicy=TRUST)
    return aws.create(IAM, name=unique("node"), role=role.id)


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ({"ami": "ami-12345678"}, {"ami": "UPDATE_REPLACE"}),
        ({"associatePublicIpAddress": True}, {"associatePublicIpAddress": "UPDATE_REPLACE"}),
        ({"availabilityZone": "x"}, {"availabilityZone": "UPDATE_REPLACE"}),
        ({"ebsOptimized": True}, {"ebsOptimized": "UPDATE_REPLACE"}),
        ({"keyName": "k"}, {"keyName": "UPDATE_REPLACE"}),
        ({"privateIp": "10.0.1.99"}, {"privateIp": "UPDATE_REPLACE"}),
        ({"subnetId": "subnet-1"}, {"subnetId": "UPDATE_REPLACE"}),
        ({"subnetId": UNKNOWN}, {"subnetId": "UPDATE_REPLACE"}),
        ({"tenancy": "dedicated"}, {"tenancy": "UPDATE_REPLACE"}),
        ({"instanceType": "t4g.small"}, {"instanceType": "UPDATE_REPLACE"}),
        (
            {"rootBlockDevice": {**ROOT, "encrypted": True}},
            {"rootBlockDevice.encrypted": "UPDATE_REPLACE"},
        ),
        (
            {"rootBlockDevice": {**ROOT, "kmsKeyId": KEY}},
            {"rootBlockDevice.kmsKeyId": "UPDATE_REPLACE"},
        ),
        (
            {"ebsBlockDevices": [{**DEVICE, "volumeSize": 9}]},
            {"ebsBlockDevices[0].volumeSize": "UPDATE_REPLACE"},
        ),
        (
            {"ebsBlockDevices": [DEVICE, {**DEVICE, "deviceName": "/dev/sdg"}]},
            {"ebsBlockDevices[1]": "ADD_REPLACE"},
        ),
        (
            {"userData": "new", "userDataReplaceOnChange": True},
            {"userData": "UPDATE_REPLACE", "userDataReplaceOnChange": "UPDATE"},
        ),
    ],
)
def test_these_changes_replace(
    shared: Created, change: dict[str, Any], kinds: dict[str, str]
) -> None:
    assert shared.diff(**change).kinds == kinds


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ({"instanceType": "t3.large"}, {"instanceType": "UPDATE"}),
        ({"userData": "new"}, {"userData": "UPDATE"}),
        ({"userDataReplaceOnChange": True}, {"userDataReplaceOnChange": "UPDATE"}),
        ({"iamInstanceProfile": "p"}, {"iamInstanceProfile": "UPDATE"}),
        ({"sourceDestCheck": False}, {"sourceDestCheck": "UPDATE"}),
        ({"vpcSecurityGroupIds": ["sg-1"]}, {"vpcSecurityGroupIds[0]": "UPDATE"}),
        ({"secondaryPrivateIps": ["10.0.1.9"]}, {"secondaryPrivateIps[0]": "ADD"}),
        ({"disableApiTermination": True}, {"disableApiTermination": "UPDATE"}),
        ({"disableApiStop": True}, {"disableApiStop": "UPDATE"}),
        (
            {"instanceInitiatedShutdownBehavior": "terminate"},
            {"instanceInitiatedShutdownBehavior": "UPDATE"},
        ),
        ({"monitoring": True}, {"monitoring": "UPDATE"}),
        (
            {"creditSpecification": {"cpuCredits": "standard"}},
            {"creditSpecification.cpuCredits": "UPDATE"},
        ),
        (
            {"metadataOptions": {"httpTokens": "optional"}},
            {"metadataOptions.httpTokens": "UPDATE"},
        ),
        (
            {"rootBlockDevice": {**ROOT, "volumeSize": 30}},
            {"rootBlockDevice.volumeSize": "UPDATE"},
        ),
        (
            {"rootBlockDevice": {**ROOT, "volumeType": "gp2"}},
            {"rootBlockDevice.volumeType": "UPDATE"},
        ),
        (
            {"rootBlockDevice": {**ROOT, "iops": 4000, "throughput": 200}},
            {"rootBlockDevice.iops": "UPDATE", "rootBlockDevice.throughput": "UPDATE"},
        ),
        (
            {"rootBlockDevice": {**ROOT, "deleteOnTermination": False}},
            {"rootBlockDevice.deleteOnTermination": "UPDATE"},
        ),
        (
            {"rootBlockDevice": {**ROOT, "tags": {"a": "b"}}},
            {"rootBlockDevice.tags.a": "ADD"},
        ),
        (
            {"ebsBlockDevices": [{**DEVICE, "tags": {"a": "b"}}]},
            {"ebsBlockDevices[0].tags.a": "ADD"},
        ),
        ({"volumeTags": {"a": "b"}}, {"volumeTags": "ADD"}),
        ({"tags": {"a": "b"}}, {"tags.a": "ADD", "tagsAll.a": "ADD"}),
        ({"forceDestroy": True}, {"forceDestroy": "UPDATE"}),
    ],
)
def test_these_changes_are_made_in_place(
    shared: Created, change: dict[str, Any], kinds: dict[str, str]
) -> None:
    diff = shared.diff(**change)
    assert diff.kinds == kinds
    assert diff.replaces == []


@pytest.mark.parametrize(
    "change",
    [
        {"rootBlockDevice": None},
        {"ebsBlockDevices": None},
        {"metadataOptions": None},
        {"creditSpecification": None},
        {"userData": base64.b64encode(b"old").decode()},
        {"rootBlockDevice": {"volumeSize": 20}},
    ],
)
def test_these_changes_change_nothing(shared: Created, change: dict[str, Any]) -> None:
    assert shared.diff(**change).kinds == {}


def test_credits_that_are_given_no_more_stay_as_they_are(aws: Instance, network: Network) -> None:
    node = launch(aws, network, creditSpecification={"cpuCredits": "standard"})
    changed = node.update(creditSpecification=None, tags={"Name": "n"})
    assert changed["creditSpecification"] == {"cpuCredits": "standard"}


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"networkInterfaceId": "eni-12345678", "deviceIndex": 0}, "networkInterfaceId"),
    ],
)
def test_another_interface_is_another_instance(
    shared_on_interface: Created, given: dict[str, Any], path: str
) -> None:
    diff = shared_on_interface.diff(networkInterfaces=[given])
    assert diff.kinds == {f"networkInterfaces[0].{path}": "UPDATE_REPLACE"}


def test_a_restart_makes_the_public_address_unknown(shared: Created) -> None:
    outputs = shared.preview(instanceType="t3.large")
    assert outputs["publicIp"] is outputs["publicDns"] is UNKNOWN
    assert outputs["privateIp"] == shared["privateIp"]


def test_type_and_user_data_change_through_a_restart(
    aws: Instance, ec2: Any, network: Network
) -> None:
    node = launch(aws, network).update(instanceType="t3.large", userData="new")
    assert (node["instanceType"], node["userData"]) == ("t3.large", "new")
    assert node["instanceState"] == "running"
    told = ec2.describe_instance_attribute(InstanceId=node.id, Attribute="userData")
    assert base64.b64decode(told["UserData"]["Value"]) == b"new"


def test_a_node_that_must_not_stop_keeps_its_type(aws: Instance, network: Network) -> None:
    node = launch(aws, network, disableApiStop=True)
    with pytest.raises(FailedError, match="may not be stopped") as caught:
        node.update(instanceType="t3.large")
    assert "StopInstances: OperationNotPermitted" in str(caught.value)


@pytest.mark.parametrize(
    ("change", "operation"),
    [
        ({"instanceType": "t3.large"}, "StopInstances"),
        ({"sourceDestCheck": False}, "ModifyInstanceAttribute"),
        ({"disableApiStop": True}, "ModifyInstanceAttribute"),
        ({"instanceInitiatedShutdownBehavior": "terminate"}, "ModifyInstanceAttribute"),
    ],
)
def test_a_node_that_was_terminated_elsewhere_is_not_changed(
    aws: Instance, ec2: Any, network: Network, change: dict[str, Any], operation: str
) -> None:
    node = launch(aws, network)
    ec2.terminate_instances(InstanceIds=[node.id])
    with pytest.raises(FailedError, match=f"{operation}: IncorrectInstanceState"):
        node.update(**change)
    assert node.refresh() is None


def test_metadata_options_keep_what_is_not_named(aws: Instance, network: Network) -> None:
    node = launch(aws, network, metadataOptions={"httpTokens": "required"})
    changed = node.update(metadataOptions={"httpPutResponseHopLimit": 2})["metadataOptions"]
    assert changed["httpPutResponseHopLimit"] == 2
    assert changed["httpTokens"] == "required"
    assert changed["httpEndpoint"] == "enabled"


def test_the_root_device_changes_in_place(aws: Instance, ec2: Any, network: Network) -> None:
    node = launch(aws, network, rootBlockDevice={**ROOT, "tags": {"a": "1", "b": "1"}})
    wanted = {**ROOT, "volumeSize": 30, "throughput": 250, "deleteOnTermination": False,
              "tags": {"a": "2"}}  # fmt: skip
    root = node.update(rootBlockDevice=wanted)["rootBlockDevice"]
    assert wanted.items() <= root.items()
    volume = ec2.describe_volumes(VolumeIds=[root["volumeId"]])["Volumes"][0]
    assert (volume["Size"], volume["Throughput"]) == (30, 250)


def test_groups_and_source_check_are_set_on_the_interface(
    aws: Instance, ec2: Any, network: Network
) -> None:
    group = ec2.create_security_group(GroupName="nodes", Description="d", VpcId=network.vpc.id)[
        "GroupId"
    ]
    node = launch(aws, network).update(vpcSecurityGroupIds=[group], sourceDestCheck=False)
    assert node["vpcSecurityGroupIds"] == [group]
    assert node["sourceDestCheck"] is False
    interface = ec2.describe_network_interfaces(
        NetworkInterfaceIds=[node["primaryNetworkInterfaceId"]]
    )["NetworkInterfaces"][0]
    assert [each["GroupId"] for each in interface["Groups"]] == [group]
    assert interface["SourceDestCheck"] is False


def test_secondary_addresses_come_and_go(aws: Instance, network: Network) -> None:
    node = launch(aws, network, secondaryPrivateIps=["10.0.1.70"])
    assert node["secondaryPrivateIps"] == ["10.0.1.70"]
    assert node.update(secondaryPrivateIps=["10.0.1.71"])["secondaryPrivateIps"] == ["10.0.1.71"]


def test_a_profile_is_put_in_and_taken_out(
    aws: Instance, network: Network, profile: Created
) -> None:
    node = launch(aws, network)
    assert node["iamInstanceProfile"] == ""
    node = node.update(iamInstanceProfile=profile["name"])
    assert node["iamInstanceProfile"] == profile["name"]
    assert node.update(iamInstanceProfile="")["iamInstanceProfile"] == ""


def test_a_profile_given_at_launch_is_told(
    aws: Instance, network: Network, profile: Created
) -> None:
    node = launch(aws, network, iamInstanceProfile=profile["name"])
    assert node["iamInstanceProfile"] == profile["name"]


def test_monitoring_of_a_running_instance_is_not_modelled(aws: Instance, network: Network) -> None:
    node = launch(aws, network, monitoring=True)
    assert node["monitoring"] is True
    with pytest.raises(FailedError, match="sandbox cannot change monitoring"):
        node.update(monitoring=False)
