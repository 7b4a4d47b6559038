import zlib
from typing import Any

import pytest

from tests.support.compute import (
    VOLUME,
    ZONE_A,
    ZONE_C,
    Network,
    launch,
    make_network,
)
from tests.support.provider import Created, FailedError, Instance

ATTACHMENT = "aws:ec2/volumeAttachment:VolumeAttachment"


@pytest.fixture
def network(aws: Instance) -> Network:
    return make_network(aws)


@pytest.fixture
def node(aws: Instance, network: Network) -> Created:
    return launch(aws, network)


@pytest.fixture
def volume(aws: Instance) -> Created:
    return make_volume(aws)


def make_volume(aws: Instance, zone: str = ZONE_A) -> Created:
    return aws.create(VOLUME, availabilityZone=zone, size=4)


def attach(aws: Instance, volume: Created, node: Created, **more: Any) -> Created:
    place = {"deviceName": "/dev/sdf", "volumeId": volume.id, "instanceId": node.id}
    return aws.create(ATTACHMENT, **{**place, **more})


def state_of(ec2: Any, volume: Created) -> str:
    return ec2.describe_volumes(VolumeIds=[volume.id])["Volumes"][0]["State"]


def test_a_volume_is_attached_under_upstreams_id(
    aws: Instance, ec2: Any, volume: Created, node: Created
) -> None:
    attachment = attach(aws, volume, node)
    place = f"/dev/sdf-{node.id}-{volume.id}-"
    assert attachment.id == f"vai-{zlib.crc32(place.encode())}"
    assert state_of(ec2, volume) == "in-use"


def test_an_attachment_that_exists_is_taken_over(
    aws: Instance, ec2: Any, volume: Created, node: Created
) -> None:
    ec2.attach_volume(Device="/dev/sdf", VolumeId=volume.id, InstanceId=node.id)
    assert attach(aws, volume, node)["deviceName"] == "/dev/sdf"


@pytest.mark.parametrize("name", ["deviceName", "instanceId", "volumeId"])
def test_another_place_is_another_attachment(
    aws: Instance, volume: Created, node: Created, name: str
) -> None:
    diff = attach(aws, volume, node).diff(**{name: "other"})
    assert diff.kinds == {name: "UPDATE_REPLACE"}
    assert diff.replaces == [name]
    assert diff.delete_before_replace is False


@pytest.mark.parametrize("name", ["forceDetach", "skipDestroy", "stopInstanceBeforeDetaching"])
def test_how_to_detach_is_changed_in_place(
    aws: Instance, volume: Created, node: Created, name: str
) -> None:
    attachment = attach(aws, volume, node)
    diff = attachment.diff(**{name: True})
    assert list(diff.kinds) == [name]
    assert diff.replaces == []
    assert attachment.update(**{name: True})[name] is True


def test_a_detached_volume_is_free_again(
    aws: Instance, ec2: Any, volume: Created, node: Created
) -> None:
    attachment = attach(aws, volume, node)
    attachment.delete()
    assert state_of(ec2, volume) == "available"
    assert attachment.refresh() is None
    attachment.delete()


def test_a_volume_may_stay_attached(
    aws: Instance, ec2: Any, volume: Created, node: Created
) -> None:
    attach(aws, volume, node, skipDestroy=True).delete()
    assert state_of(ec2, volume) == "in-use"


def test_an_instance_may_be_stopped_before(aws: Instance, volume: Created, node: Created) -> None:
    attach(aws, volume, node, stopInstanceBeforeDetaching=True).delete()
    stopped = node.refresh()
    assert stopped is not None
    assert stopped["instanceState"] == "stopped"


def test_a_terminated_instance_lets_its_volume_go(
    aws: Instance, ec2: Any, volume: Created, node: Created
) -> None:
    attachment = attach(aws, volume, node)
    node.delete()
    assert attachment.refresh() is None
    attachment.delete()
    assert state_of(ec2, volume) == "available"


def test_an_instance_that_was_terminated_cannot_be_stopped_before(
    aws: Instance, ec2: Any, volume: Created, node: Created
) -> None:
    """As on AWS: hashicorp/terraform-provider-aws#20165."""
    attachment = attach(aws, volume, node, stopInstanceBeforeDetaching=True)
    ec2.terminate_instances(InstanceIds=[node.id])
    with pytest.raises(FailedError, match="IncorrectInstanceState: This instance"):
        attachment.delete()
    found = ec2.describe_instances(InstanceIds=[node.id])["Reservations"][0]["Instances"][0]
    assert found["State"]["Name"] == "terminated"
    assert attachment.refresh() is None


def test_an_attachment_is_imported_by_its_place(
    aws: Instance, volume: Created, node: Created
) -> None:
    attachment = attach(aws, volume, node)
    imported = aws.read(ATTACHMENT, f"/dev/sdf:{volume.id}:{node.id}")
    assert imported is not None
    assert imported.id == attachment.id
    assert imported.inputs["volumeId"] == volume.id


def test_an_import_id_of_another_form_is_explained(aws: Instance) -> None:
    with pytest.raises(FailedError, match="expected DEVICE_NAME:VOLUME_ID:INSTANCE_ID"):
        aws.read(ATTACHMENT, "vol-1:i-1")


def test_a_volume_of_another_zone_does_not_fit(aws: Instance, node: Created) -> None:
    other = make_volume(aws, ZONE_C)
    with pytest.raises(FailedError) as caught:
        attach(aws, other, node)
    assert str(caught.value) == (
        "creating EBS Volume Attachment: AttachVolume: InvalidVolume.ZoneMismatch: "
        f"The volume '{other.id}' is not in the same availability zone as instance '{node.id}'"
    )


def test_a_volume_is_attached_once(aws: Instance, volume: Created, node: Created) -> None:
    attach(aws, volume, node)
    with pytest.raises(FailedError) as caught:
        attach(aws, volume, node, deviceName="/dev/sdg")
    assert f"VolumeInUse: {volume.id} is already attached to an instance" in str(caught.value)


@pytest.mark.parametrize("device", ["/dev/sdf", "/dev/xvda"])
def test_a_device_name_is_used_once(
    aws: Instance, volume: Created, node: Created, device: str
) -> None:
    attach(aws, volume, node)
    with pytest.raises(FailedError) as caught:
        attach(aws, make_volume(aws), node, deviceName=device)
    assert f"Attachment point {device} is already in use" in str(caught.value)


def test_a_device_name_has_a_form(aws: Instance, volume: Created, node: Created) -> None:
    with pytest.raises(FailedError, match="disk1 is not a valid EBS device name"):
        attach(aws, volume, node, deviceName="disk1")


def test_an_attached_volume_is_not_deleted(aws: Instance, volume: Created, node: Created) -> None:
    attach(aws, volume, node)
    with pytest.raises(FailedError, match="VolumeInUse"):
        volume.delete()
