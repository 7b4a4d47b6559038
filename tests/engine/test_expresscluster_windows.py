"""A stack that installs and configures EXPRESSCLUSTER on Windows."""

import base64

import pytest

from sandbox.runtime import Sandbox
from tests.support.cluster import PACK, ClusterUnderTest, MakeCluster, changes
from tests.support.stack_config import EXPRESSCLUSTER
from tests.support.windows import unpacked

PLANTED = "PLANTED-LICENCE-4711"
KEYS = {
    "packages": {**EXPRESSCLUSTER["packages"], "file": "ecx53w_x64.zip"},
    "licences": ["base.key"],
    "mirror": {"dataDrive": "G"},
}


@pytest.fixture(scope="module")
def windows(fresh_cloud: Sandbox, make_cluster: MakeCluster) -> ClusterUnderTest:
    """A Windows stack with its packages and a licence in S3, up."""
    images = fresh_cloud.client("ec2").describe_images(
        Filters=[{"Name": "platform", "Values": ["windows"]}]
    )["Images"]
    image = next(each["ImageId"] for each in images if each["Architecture"] == "x86_64")
    cluster = make_cluster()
    cluster.set("nodes.os", "windows")
    cluster.set("nodes.image", image)
    cluster.set_object("expresscluster", KEYS)
    storage = fresh_cloud.client("s3")
    storage.create_bucket(Bucket="media")
    storage.put_object(Bucket="media", Key="expresscluster/base.key", Body=PLANTED)
    preview = cluster.preview(*PACK)
    assert "mandatory" not in preview.stdout
    cluster.up(*PACK)
    return cluster


def test_the_configuration_waits_for_the_guids_of_the_volumes(windows: ClusterUnderTest) -> None:
    found = windows.outputs()["expresscluster"]
    assert not found["complete"]
    assert len(found["waiting_for"]) == 2
    root = windows.configuration()
    assert root.findtext("resource/md/parameters/volumemountpoint") == "G"
    assert [found.text for found in root.iterfind("resource/md/server/parameters/volumeguid")] == [
        "GUID-OF-DATA-PARTITION-OF-node-a",
        "GUID-OF-DATA-PARTITION-OF-node-b",
    ]


def test_each_node_may_write_its_own_object_alone(windows: ClusterUnderTest) -> None:
    iam = windows.sandbox.client("iam")
    role = windows.outputs()["node_role_arn"].rpartition("/")[2]
    [name] = [
        each for each in iam.list_role_policies(RoleName=role)["PolicyNames"] if "stor" in each
    ]
    statements = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]["Statement"]
    writing = {
        each["Resource"]: each["Condition"]["IpAddress"]["aws:EC2InstanceSourcePrivateIPv4"]
        for each in statements
        if each["Action"] == "s3:PutObject"
    }
    folder = "arn:aws:s3:::media/expresscluster/clusters/ha-cluster-dev"
    assert writing == {
        f"{folder}/node-a.json": "10.0.110.10/32",
        f"{folder}/node-b.json": "10.0.120.10/32",
    }


def test_the_mirror_volume_is_attached_under_a_name_of_windows(windows: ClusterUnderTest) -> None:
    [mapping] = [
        each
        for each in windows.instance("a")["BlockDeviceMappings"]
        if each["Ebs"]["VolumeId"] == windows.node("a")["mirror_volume_id"]
    ]
    assert mapping["DeviceName"] == "xvdf"


def test_no_licence_gets_into_the_state_or_the_script(windows: ClusterUnderTest) -> None:
    state = windows.pulumi("stack", "export", "--show-secrets").stdout
    assert (PLANTED in state, "expresscluster/base.key" in state) == (False, True)
    for letter in "ab":
        answer = windows.ec2.describe_instance_attribute(
            InstanceId=windows.node(letter)["instance_id"], Attribute="userData"
        )
        script = unpacked(base64.b64decode(answer["UserData"]["Value"]).decode())
        assert (PLANTED in script, "expresscluster/base.key" in script) == (False, True)


def test_a_second_up_changes_nothing(windows: ClusterUnderTest) -> None:
    assert set(changes(windows.up("--refresh"))) == {"unchanged"}


def test_everything_is_taken_down_again(windows: ClusterUnderTest) -> None:
    windows.destroy()
    assert windows.resources() == []
