"""All endpoints of a live stack: taken over from earlier editions, regrouped, removed."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from components.documents import SERVICE_ACTIONS
from tests.support.cluster import PACK, ROOT, ClusterUnderTest, MakeCluster, changes, exported
from tests.support.sandbox import StackUnderTest
from tests.support.stack_config import EXPRESSCLUSTER

FORMER = (
    ("__main__.py", "components.Endpoints(", "FormerEndpoints("),
    ("__main__.py", "import preflight\n", "import preflight\nfrom former import FormerEndpoints\n"),
)


def former_edition(cluster: ClusterUnderTest, folder: Path) -> StackUnderTest:
    """Return the stack under a program that builds endpoints as earlier editions did."""
    stack = cluster.edited(folder, *FORMER)
    shutil.copy(ROOT / "tests" / "support" / "former_endpoints.py", folder / "former.py")
    return stack


@pytest.fixture(scope="module")
def cluster(
    make_cluster: MakeCluster, tmp_path_factory: pytest.TempPathFactory
) -> ClusterUnderTest:
    """The dev environment with every endpoint, protected, brought up by a former edition."""
    cluster = make_cluster()
    cluster.set("protectNodes", "true")
    cluster.set_object("endpoints", [each for each in SERVICE_ACTIONS if each != "s3"])
    cluster.set_object("expresscluster", EXPRESSCLUSTER)
    former_edition(cluster, tmp_path_factory.mktemp("former")).up(*PACK)
    return cluster


def endpoints(cluster: ClusterUnderTest) -> dict[str, dict[str, Any]]:
    """Return the cloud's endpoints by their service; moto lists deleted ones for good."""
    found = cluster.ec2.describe_vpc_endpoints()["VpcEndpoints"]
    return {
        each["ServiceName"].rpartition(".")[2]: each
        for each in found
        if each["State"].lower() != "deleted"
    }


def groups(cluster: ClusterUnderTest) -> dict[str, set[str]]:
    """Return the groups of each interface endpoint by its service."""
    return {
        service: {group["GroupId"] for group in found["Groups"]}
        for service, found in endpoints(cluster).items()
        if found["VpcEndpointType"] == "Interface"
    }


def https_groups(cluster: ClusterUnderTest) -> set[str]:
    """Return every group of the cloud that was made for endpoints."""
    found = cluster.ec2.describe_security_groups()["SecurityGroups"]
    return {each["GroupId"] for each in found if each["GroupName"].startswith("SG-HTTPS")}


def test_an_up_over_a_former_edition_keeps_every_endpoint_and_group(
    cluster: ClusterUnderTest,
) -> None:
    before = cluster.outputs()["endpoint_ids"]
    guarded, made = groups(cluster), https_groups(cluster)
    assert set(before) == {"ec2", *SERVICE_ACTIONS}
    done = changes(cluster.up(*PACK))
    assert not {"deleted", "replaced"} & set(done)
    assert cluster.outputs()["endpoint_ids"] == before
    assert {
        service: each["VpcEndpointId"] for service, each in endpoints(cluster).items()
    } == before
    assert (groups(cluster), https_groups(cluster)) == (guarded, made)
    components = {each["type"] for each in cluster.resources()}
    assert "hacluster:index:Endpoints" in components
    assert not {"hacluster:index:ControlEndpoint", "hacluster:index:StorageEndpoint"} & components
    cluster.up("--expect-no-changes")


def test_endpoints_move_to_one_group_and_back_without_being_replaced(
    cluster: ClusterUnderTest,
) -> None:
    before = cluster.outputs()["endpoint_ids"]
    cluster.set("endpointSecurityGroup", "shared")
    done = changes(cluster.up(*PACK))
    shared = cluster.outputs()["endpoint_security_group_id"]
    assert done["created"] == 2
    assert set(map(frozenset, groups(cluster).values())) == {frozenset({shared})}
    assert https_groups(cluster) == {shared}
    assert cluster.outputs()["endpoint_ids"] == before
    cluster.up("--expect-no-changes")
    cluster.unset("endpointSecurityGroup")
    cluster.up(*PACK)
    own = groups(cluster)
    assert len(set(map(frozenset, own.values()))) == len(own)
    assert shared not in https_groups(cluster)
    assert cluster.outputs()["endpoint_ids"] == before
    cluster.up("--expect-no-changes")


def test_s3_on_demand_stays_when_the_packages_go(cluster: ClusterUnderTest) -> None:
    before = cluster.outputs()["endpoint_ids"]["s3"]
    services = [*(each for each in SERVICE_ACTIONS if each != "s3"), "s3"]
    cluster.set_object("endpoints", services)
    cluster.up()
    assert '"s3:PutObject"' in endpoints(cluster)["s3"]["PolicyDocument"]
    assert cluster.outputs()["endpoint_ids"]["s3"] == before
    cluster.up("--expect-no-changes")


def test_a_protected_endpoint_is_removed_from_the_list_on_purpose_only(
    cluster: ClusterUnderTest,
) -> None:
    cluster.unset("endpoints")
    assert "cannot be deleted" in cluster.refused()
    cluster.set("protectNodes", "false")
    cluster.set_object("endpoints", [each for each in SERVICE_ACTIONS if each != "s3"])
    cluster.up()
    cluster.unset("endpoints")
    cluster.up(*PACK)
    assert set(endpoints(cluster)) == {"ec2", "s3"} == set(cluster.outputs()["endpoint_ids"])
    assert exported(cluster, "endpoints-ec2-endpoint")["id"]


def test_nothing_is_left(cluster: ClusterUnderTest) -> None:
    cluster.destroy()
    assert endpoints(cluster) == {}
    assert https_groups(cluster) == set()
