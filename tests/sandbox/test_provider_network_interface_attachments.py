from typing import Any

import pytest

from sandbox.provider.wire import UNKNOWN
from tests.support.moto import IMAGE
from tests.support.provider import Created, FailedError, Instance, unknowns

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
INTERFACE = "aws:ec2/networkInterface:NetworkInterface"
ATTACHMENT = "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment"
GUARD = "aws:ec2/networkInterfaceSecurityGroupAttachment:NetworkInterfaceSecurityGroupAttachment"


@pytest.fixture
def vpc(aws: Instance) -> Created:
    return aws.create(VPC, cidrBlock="10.0.0.0/16")


@pytest.fixture
def subnet(aws: Instance, vpc: Created) -> str:
    zone = "ap-northeast-1a"
    return aws.create(SUBNET, vpcId=vpc.id, cidrBlock="10.0.1.0/24", availabilityZone=zone).id


@pytest.fixture
def interface(aws: Instance, subnet: str) -> Created:
    return aws.create(INTERFACE, subnetId=subnet)


@pytest.fixture
def instance(ec2: Any, subnet: str) -> str:
    answer = ec2.run_instances(
        ImageId=IMAGE, MinCount=1, MaxCount=1, SubnetId=subnet, InstanceType="t3.micro"
    )
    return answer["Instances"][0]["InstanceId"]


@pytest.fixture
def attachment(aws: Instance, interface: Created, instance: str) -> Created:
    return aws.create(
        ATTACHMENT, networkInterfaceId=interface.id, instanceId=instance, deviceIndex=1
    )


def live(ec2: Any, identity: str) -> dict[str, Any]:
    return ec2.describe_network_interfaces(NetworkInterfaceIds=[identity])["NetworkInterfaces"][0]


def groups(ec2: Any, identity: str) -> list[str]:
    return [each["GroupId"] for each in live(ec2, identity)["Groups"]]


def test_an_attachment_gives_the_interface_to_the_instance(
    ec2: Any, attachment: Created, interface: Created, instance: str
) -> None:
    found = live(ec2, interface.id)
    assert found["Status"] == "in-use"
    assert found["Attachment"]["InstanceId"] == instance
    assert attachment.id == attachment["attachmentId"] == found["Attachment"]["AttachmentId"]
    assert (attachment["status"], attachment["networkCardIndex"]) == ("attached", 0)


def test_a_preview_does_not_know_what_aws_decides(aws: Instance) -> None:
    outputs = aws.preview(ATTACHMENT, networkInterfaceId=UNKNOWN, instanceId=UNKNOWN, deviceIndex=1)
    assert unknowns(outputs) == {
        "attachmentId", "id", "instanceId", "networkCardIndex", "networkInterfaceId", "status",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("networkInterfaceId", "eni-1"),
        ("instanceId", "i-1"),
        ("deviceIndex", 2),
        ("networkCardIndex", 1),
        ("region", "us-west-2"),
    ],
)
def test_every_change_of_an_attachment_replaces_it(
    attachment: Created, name: str, value: Any
) -> None:
    assert attachment.diff(**{name: value}).replaces == [name]


def test_an_import_takes_the_attachments_id(
    aws: Instance, attachment: Created, instance: str
) -> None:
    found = aws.read(ATTACHMENT, attachment.id)
    assert found is not None
    assert (found.inputs["instanceId"], found.inputs["deviceIndex"]) == (instance, 1)


def test_delete_detaches_the_interface(
    aws: Instance, ec2: Any, attachment: Created, interface: Created
) -> None:
    attachment.delete()
    assert live(ec2, interface.id)["Status"] == "available"
    assert aws.read(ATTACHMENT, attachment.id) is None
    attachment.delete()


def test_an_interface_in_use_is_not_deleted(attachment: Created, interface: Created) -> None:
    message = f"InvalidParameterValue: Network interface '{interface.id}' is currently in use."
    with pytest.raises(FailedError, match=message):
        interface.delete()
    attachment.delete()
    interface.delete()


def test_an_interface_is_detached_first_when_its_state_knows_the_attachment(
    aws: Instance, attachment: Created, interface: Created
) -> None:
    found = interface.refresh()
    assert found is not None
    assert found["attachments"][0]["attachmentId"] == attachment.id
    found.delete()
    assert aws.read(INTERFACE, interface.id) is None


def test_the_first_interface_of_an_instance_is_not_detached(
    aws: Instance, ec2: Any, instance: str
) -> None:
    described = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
    first = aws.read(INTERFACE, described["NetworkInterfaces"][0]["NetworkInterfaceId"])
    assert first is not None
    message = "OperationNotPermitted: The network interface at device index 0 and networkCard"
    with pytest.raises(FailedError, match=message):
        first.delete()


def test_the_interface_of_a_terminated_instance_is_free(
    aws: Instance, ec2: Any, attachment: Created, interface: Created, instance: str
) -> None:
    ec2.terminate_instances(InstanceIds=[instance])
    assert aws.read(ATTACHMENT, attachment.id) is None
    found = interface.refresh()
    assert found is not None
    assert found["attachments"] == []
    found.delete()


def test_an_inline_attachment_moves_and_goes(
    aws: Instance, ec2: Any, subnet: str, instance: str
) -> None:
    place = {"instance": instance, "deviceIndex": 1}
    interface = aws.create(INTERFACE, subnetId=subnet, attachments=[place])
    assert live(ec2, interface.id)["Attachment"]["DeviceIndex"] == 1
    assert interface.diff().names == []
    moved = interface.update(attachments=[{**place, "deviceIndex": 2}])
    assert live(ec2, interface.id)["Attachment"]["DeviceIndex"] == 2
    moved.update(attachments=[])
    assert live(ec2, interface.id)["Status"] == "available"


def test_aws_refuses_a_second_place_and_a_taken_one(
    aws: Instance, attachment: Created, subnet: str, instance: str
) -> None:
    with pytest.raises(FailedError, match=r"InvalidNetworkInterface.InUse: Interface: \[eni-"):
        aws.create(ATTACHMENT, **{**attachment.given, "deviceIndex": 2})
    other = aws.create(INTERFACE, subnetId=subnet)
    message = (
        f"InvalidParameterValue: Instance '{instance}' already has an interface attached at "
        "device index '1'."
    )
    with pytest.raises(FailedError, match=message):
        aws.create(ATTACHMENT, **{**attachment.given, "networkInterfaceId": other.id})


def test_aws_refuses_another_zone(aws: Instance, vpc: Created, instance: str) -> None:
    zone = "ap-northeast-1c"
    away = aws.create(SUBNET, vpcId=vpc.id, cidrBlock="10.0.2.0/24", availabilityZone=zone)
    interface = aws.create(INTERFACE, subnetId=away.id)
    with pytest.raises(FailedError, match="InvalidParameterCombination: You may not attach"):
        aws.create(ATTACHMENT, networkInterfaceId=interface.id, instanceId=instance, deviceIndex=1)


def test_aws_refuses_what_does_not_exist(aws: Instance, interface: Created, instance: str) -> None:
    given = {"networkInterfaceId": interface.id, "instanceId": instance, "deviceIndex": 1}
    with pytest.raises(FailedError, match=r"InvalidNetworkInterfaceID\.NotFound"):
        aws.create(ATTACHMENT, **{**given, "networkInterfaceId": "eni-0"})
    with pytest.raises(FailedError, match=r"InvalidInstanceID\.NotFound"):
        aws.create(ATTACHMENT, **{**given, "instanceId": "i-0123456789abcdef0"})


def test_a_group_is_put_in_front_and_taken_away(
    aws: Instance, ec2: Any, interface: Created, vpc: Created
) -> None:
    group = aws.create(GROUP, vpcId=vpc.id).id
    default = vpc["defaultSecurityGroupId"]
    guard = aws.create(GUARD, networkInterfaceId=interface.id, securityGroupId=group)
    assert guard.id == f"{group}_{interface.id}"
    assert groups(ec2, interface.id) == [group, default]
    with pytest.raises(FailedError, match="already attached to EC2 Network Interface"):
        aws.create(GUARD, networkInterfaceId=interface.id, securityGroupId=group)
    assert guard.diff(securityGroupId="sg-1").replaces == ["securityGroupId"]
    assert guard.diff(networkInterfaceId="eni-1").replaces == ["networkInterfaceId"]
    guard.delete()
    assert groups(ec2, interface.id) == [default]
    assert guard.refresh() is None
    guard.delete()


def test_the_last_group_stays(aws: Instance, ec2: Any, subnet: str, vpc: Created) -> None:
    group = aws.create(GROUP, vpcId=vpc.id).id
    interface = aws.create(INTERFACE, subnetId=subnet)
    guard = aws.create(GUARD, networkInterfaceId=interface.id, securityGroupId=group)
    ec2.modify_network_interface_attribute(NetworkInterfaceId=interface.id, Groups=[group])
    with pytest.raises(FailedError, match="InvalidParameterCombination: No attributes specified"):
        guard.delete()


def test_an_import_of_a_group_takes_interface_and_group(
    aws: Instance, interface: Created, vpc: Created
) -> None:
    default = vpc["defaultSecurityGroupId"]
    found = aws.read(GUARD, f"{interface.id}_{default}")
    assert found is not None
    assert found.id == f"{default}_{interface.id}"
    assert found.given == {
        "networkInterfaceId": interface.id,
        "region": "ap-northeast-1",
        "securityGroupId": default,
    }
    with pytest.raises(FailedError, match="Unexpected format for import: eni-1"):
        aws.read(GUARD, "eni-1")
    with pytest.raises(FailedError, match="Security Group sg-1 is not attached to Network"):
        aws.read(GUARD, f"{interface.id}_sg-1")
