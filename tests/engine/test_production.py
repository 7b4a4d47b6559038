"""The production environment with every endpoint, up under the pack, and taken down on purpose."""

import pytest

from tests.support.cluster import PACK, ClusterUnderTest, MakeCluster, changes

INTERFACES = (
    "ssm",
    "ssmmessages",
    "ec2messages",
    "logs",
    "monitoring",
    "sts",
    "kms",
    "secretsmanager",
)


@pytest.fixture(scope="module")
def production(make_cluster: MakeCluster) -> ClusterUnderTest:
    """The prod environment with every service's endpoint and volumes that outlive it."""
    made = make_cluster("prod")
    made.set_object("endpoints", [*INTERFACES, "s3"])
    made.set("nodes.mirrorVolumeOptions.retain", "true")
    made.up(*PACK)
    return made


def test_a_preview_under_the_pack_finds_nothing_to_do_and_nothing_to_say(
    production: ClusterUnderTest,
) -> None:
    preview = production.preview("--refresh", "--expect-no-changes", *PACK)
    assert set(changes(preview)) == {"unchanged"}
    assert not any(f"[{level}]" in preview.stdout for level in ("mandatory", "advisory"))


def test_every_service_has_its_endpoint(production: ClusterUnderTest) -> None:
    ids = production.outputs()["endpoint_ids"]
    assert set(ids) == {"ec2", "s3", *INTERFACES}
    found = production.ec2.describe_vpc_endpoints(VpcEndpointIds=list(ids.values()))
    kinds = {each["VpcEndpointId"]: each["VpcEndpointType"] for each in found["VpcEndpoints"]}
    assert {name for name, identity in ids.items() if kinds[identity] == "Gateway"} == {"s3"}


def test_only_a_destroy_that_ignores_protection_takes_it_down_but_for_the_mirror_volumes(
    production: ClusterUnderTest,
) -> None:
    volumes = {production.node(letter)["mirror_volume_id"] for letter in "ab"}
    vpc = production.outputs()["vpc_id"]
    refused = production.pulumi("destroy", "--yes", "--skip-preview", check=False)
    assert refused.returncode != 0
    found = production.ec2.describe_volumes(VolumeIds=list(volumes))["Volumes"]
    assert [each["State"] for each in found] == ["in-use", "in-use"]
    production.destroy()
    assert production.resources() == []
    assert {each["VolumeId"] for each in production.ec2.describe_volumes()["Volumes"]} == volumes
    in_vpc = [{"Name": "vpc-id", "Values": [vpc]}]
    assert production.ec2.describe_vpcs(Filters=in_vpc)["Vpcs"] == []
