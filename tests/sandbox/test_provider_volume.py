from typing import Any

import pytest

from sandbox.provider.wire import UNKNOWN
from tests.support.compute import VOLUME, ZONE_A
from tests.support.provider import Created, FailedError, Instance, unknowns

GP3 = {"availabilityZone": ZONE_A, "size": 10, "type": "gp3"}
KEY = "arn:aws:kms:ap-northeast-1:123456789012:key/6c1a2b30-0000-4000-8000-000000000000"


def live(ec2: Any, volume: Created) -> dict[str, Any]:
    return ec2.describe_volumes(VolumeIds=[volume.id])["Volumes"][0]


def test_a_volume_says_everything_that_aws_decided(aws: Instance) -> None:
    volume = aws.create(VOLUME, **GP3, tags={"Name": "mirror"})
    assert volume.id.startswith("vol-")
    assert volume["arn"] == f"arn:aws:ec2:ap-northeast-1:123456789012:volume/{volume.id}"
    assert (volume["iops"], volume["throughput"]) == (3000, 125)
    assert volume["encrypted"] is False
    assert volume["kmsKeyId"] == ""
    assert volume["snapshotId"] == ""
    assert volume["finalSnapshot"] is False
    assert volume["createTime"].endswith("Z")
    assert volume["tagsAll"] == {"Name": "mirror"}


def test_a_volume_is_of_type_gp2_when_nobody_says(aws: Instance) -> None:
    volume = aws.create(VOLUME, availabilityZone=ZONE_A, size=100)
    assert volume["type"] == "gp2"
    assert volume["iops"] == 300
    assert volume["throughput"] == 0


def test_an_encrypted_volume_has_a_key(aws: Instance, ec2: Any) -> None:
    volume = aws.create(VOLUME, **GP3, encrypted=True)
    assert live(ec2, volume)["Encrypted"] is True
    assert volume["kmsKeyId"].startswith("arn:aws:kms:ap-northeast-1:123456789012:key/")


def test_performance_reaches_aws(aws: Instance, ec2: Any) -> None:
    volume = aws.create(VOLUME, **GP3, iops=4000, throughput=250)
    assert live(ec2, volume)["Iops"] == 4000
    assert live(ec2, volume)["Throughput"] == 250


def test_a_preview_does_not_know_what_aws_decides(aws: Instance) -> None:
    outputs = aws.preview(VOLUME, availabilityZone=UNKNOWN, size=10)
    assert unknowns(outputs) == {
        "arn", "availabilityZone", "createTime", "encrypted", "id", "iops", "kmsKeyId",
        "snapshotId", "throughput", "type",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ({"size": 20}, {"size": "UPDATE"}),
        ({"type": "gp2"}, {"type": "UPDATE"}),
        ({"iops": 4000}, {"iops": "UPDATE"}),
        ({"throughput": 500}, {"throughput": "UPDATE"}),
        ({"finalSnapshot": True}, {"finalSnapshot": "UPDATE"}),
        ({"tags": {"a": "b"}}, {"tags.a": "ADD", "tagsAll.a": "ADD"}),
        ({"availabilityZone": "x"}, {"availabilityZone": "UPDATE_REPLACE"}),
        ({"encrypted": True}, {"encrypted": "UPDATE_REPLACE"}),
        ({"kmsKeyId": KEY}, {"kmsKeyId": "UPDATE_REPLACE"}),
        ({"snapshotId": "snap-1"}, {"snapshotId": "UPDATE_REPLACE"}),
        ({"encrypted": False}, {}),
        ({"type": None}, {}),
    ],
)
def test_a_change_of_a_volume_updates_or_replaces(
    aws: Instance, change: dict[str, Any], kinds: dict[str, str]
) -> None:
    assert aws.create(VOLUME, **GP3).diff(**change).kinds == kinds


def test_a_volume_grows_in_place(aws: Instance, ec2: Any) -> None:
    volume = aws.create(VOLUME, **GP3).update(size=20, throughput=250, tags={"a": "b"})
    assert live(ec2, volume)["Size"] == 20
    assert (volume["size"], volume["throughput"], volume["iops"]) == (20, 250, 3000)
    assert volume["tags"] == {"a": "b"}


def test_a_refresh_shows_what_was_changed_elsewhere(aws: Instance, ec2: Any) -> None:
    volume = aws.create(VOLUME, **GP3)
    ec2.modify_volume(VolumeId=volume.id, Size=30)
    refreshed = volume.refresh()
    assert refreshed is not None
    assert refreshed.inputs["size"] == 30
    assert refreshed.diff(size=10).kinds == {"size": "UPDATE"}


def test_a_volume_is_imported_by_its_id(aws: Instance) -> None:
    volume = aws.create(VOLUME, **GP3, encrypted=True)
    imported = aws.read(VOLUME, volume.id)
    assert imported is not None
    assert imported.inputs["availabilityZone"] == ZONE_A
    assert imported.inputs["size"] == 10
    assert imported.inputs["encrypted"] is True


def test_an_import_leaves_out_the_iops_that_a_type_has_without_asking(aws: Instance) -> None:
    volume = aws.create(VOLUME, availabilityZone=ZONE_A, size=100, type="gp2")
    imported = aws.read(VOLUME, volume.id)
    assert imported["iops"] == 300
    assert "iops" not in imported.inputs
    assert aws.failures(VOLUME, **imported.given) == {}


def test_a_deleted_volume_is_gone(aws: Instance) -> None:
    volume = aws.create(VOLUME, **GP3)
    volume.delete()
    assert volume.refresh() is None
    volume.delete()


def test_a_last_snapshot_outlives_the_volume(aws: Instance, ec2: Any) -> None:
    volume = aws.create(VOLUME, **GP3, finalSnapshot=True, tags={"Name": "kept"})
    volume.delete()
    snapshots = ec2.describe_snapshots(Filters=[{"Name": "volume-id", "Values": [volume.id]}])
    assert snapshots["Snapshots"][0]["Tags"] == [{"Key": "Name", "Value": "kept"}]


@pytest.mark.parametrize(
    ("given", "failures"),
    [
        (
            {"availabilityZone": ZONE_A},
            {"size": "at least one of size, snapshotId must be given"},
        ),
        (
            {"size": 1},
            {"availabilityZone": "availabilityZone is required but was not given"},
        ),
        (
            {**GP3, "type": "io1"},
            {"iops": "'iops' must be set when 'type' is 'io1'"},
        ),
        (
            {"availabilityZone": ZONE_A, "size": 1, "iops": 100},
            {"iops": "'iops' must not be set when 'type' is ''"},
        ),
        (
            {**GP3, "type": "st1", "throughput": 200},
            {"throughput": "'throughput' must not be set when 'type' is 'st1'"},
        ),
        (
            {**GP3, "throughput": 100},
            {"throughput": "throughput must lie between 125 and 2000; it is 100"},
        ),
        (
            {**GP3, "kmsKeyId": "my-key"},
            {"kmsKeyId": "kmsKeyId must be an ARN (arn:PARTITION:SERVICE:...); it is 'my-key'"},
        ),
    ],
)
def test_a_bad_volume_is_refused_in_the_preview(
    aws: Instance, given: dict[str, Any], failures: dict[str, str]
) -> None:
    assert aws.failures(VOLUME, **given) == failures


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"iops": 5001}, "Iops to volume size ratio of 500.100000 is too high; maximum is 500"),
        ({"iops": 2999}, "Volume iops of 2999 is too low; minimum is 3000."),
        ({"iops": 80001}, "Volume iops of 80001 is too high; maximum is 80000."),
        ({"throughput": 1000}, "Throughput (MiBps) to iops ratio of 0.333333 is too high; maxi"),
        ({"type": "st1", "size": 9}, "Volume of 9GiB is too small for volume type st1; minimum "),
        ({"type": "standard", "size": 2000}, "Volume of 2000GiB is too large for volume type "),
    ],
)
def test_aws_refuses_a_size_or_performance_that_it_does_not_offer(
    aws: Instance, given: dict[str, Any], message: str
) -> None:
    with pytest.raises(FailedError) as caught:
        aws.create(VOLUME, **{**GP3, **given})
    refusal = "creating EBS Volume: CreateVolume: InvalidParameterValue: "
    assert str(caught.value).startswith(refusal + message)


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        (
            {"availabilityZone": "ap-northeast-1z"},
            "InvalidZone.NotFound: The zone 'ap-northeast-1z' does not exist.",
        ),
        (
            {"type": "gp9"},
            "UnknownVolumeType: Unsupported volume type 'gp9' for volume creation.",
        ),
        ({"type": None, "snapshotId": "snap-12345678"}, "InvalidSnapshot.NotFound: "),
        ({"kmsKeyId": KEY}, "InvalidParameterDependency: "),
    ],
)
def test_aws_refuses_a_zone_a_type_and_a_snapshot_that_it_does_not_have(
    aws: Instance, given: dict[str, Any], refusal: str
) -> None:
    with pytest.raises(FailedError) as caught:
        aws.create(VOLUME, **{**GP3, **given})
    assert str(caught.value).startswith(f"creating EBS Volume: CreateVolume: {refusal}")


def test_the_base_of_gp3_is_not_held_against_a_small_volume(aws: Instance) -> None:
    assert aws.create(VOLUME, **{**GP3, "size": 1}, iops=3000)["iops"] == 3000


def test_a_volume_may_be_said_to_be_attached_once(aws: Instance) -> None:
    volume = aws.create(VOLUME, **GP3, multiAttachEnabled=False)
    assert volume["multiAttachEnabled"] is False
    failures = aws.failures(VOLUME, **{**GP3, "type": "io2"}, iops=100, multiAttachEnabled=True)
    assert "the sandbox does not model it" in failures["multiAttachEnabled"]


def test_a_volume_does_not_shrink(aws: Instance) -> None:
    volume = aws.create(VOLUME, **GP3)
    with pytest.raises(FailedError, match="New size cannot be smaller than existing size"):
        volume.update(size=5)


def test_a_fifth_modification_within_a_day_is_refused(aws: Instance) -> None:
    volume = aws.create(VOLUME, **GP3)
    for iops in (3100, 3200, 3300, 3400):
        volume = volume.update(iops=iops)
    with pytest.raises(FailedError, match="VolumeModificationRateExceeded"):
        volume.update(iops=3500)
    assert volume.update(tags={"a": "b"})["iops"] == 3400
