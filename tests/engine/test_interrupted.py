"""An update that fails anywhere is taken up again, and nobody edits the state by hand."""

from collections.abc import Callable, Mapping

import pytest

from sandbox import demo_checks
from tests.support.cluster import ClusterUnderTest, changes, said
from tests.support.sandbox import Completed

# What creates the resources of the program, in AWS's words, and how many it creates so.
CREATING = {
    "CreateVpc": 1,
    "ModifyVpcAttribute": 1,
    "CreateRole": 1,
    "CreateInternetGateway": 1,
    "AttachInternetGateway": 1,
    "CreateSubnet": 3,
    "CreateRouteTable": 3,
    "CreateSecurityGroup": 2,
    "CreateInstanceProfile": 1,
    "AddRoleToInstanceProfile": 1,
    "AuthorizeSecurityGroupIngress": 9,
    "AuthorizeSecurityGroupEgress": 2,
    "AssociateRouteTable": 3,
    "PutRolePolicy": 1,
    "CreateNetworkInterface": 2,
    "ModifyNetworkInterfaceAttribute": 2,
    "CreateVolume": 2,
    "CreateRoute": 5,
    "RunInstances": 2,
    "AttachVolume": 2,
    "CreateVpcEndpoint": 1,
}
# A volume is let go by the end of its instance.
DELETING = {
    "DeleteVpcEndpoints": 1,
    "TerminateInstances": 2,
    "DeleteRoute": 5,
    "DeleteVolume": 2,
    "DeleteNetworkInterface": 2,
    "RevokeSecurityGroupIngress": 9,
    "RevokeSecurityGroupEgress": 2,
    "DeleteRolePolicy": 1,
    "DisassociateRouteTable": 3,
    "DeleteSubnet": 3,
    "DeleteSecurityGroup": 2,
    "RemoveRoleFromInstanceProfile": 1,
    "DeleteInstanceProfile": 1,
    "DeleteRole": 1,
    "DeleteRouteTable": 3,
    "DetachInternetGateway": 1,
    "DeleteInternetGateway": 1,
    "DeleteVpc": 1,
}
CODE = "InternalError"


@pytest.fixture
def cluster(new_cluster: ClusterUnderTest) -> ClusterUnderTest:
    return new_cluster


def take_up(
    run: Callable[[], Completed],
    cluster: ClusterUnderTest,
    operations: Mapping[str, int],
    options: tuple[str, ...],
) -> None:
    """Let each operation fail, and run again until a run has nothing left to do.

    It fails as often as resources need it; once where each run takes longer by a refresh.
    """
    for operation, resources in operations.items():
        cluster.sandbox.fail(operation, CODE, times=1 if options else resources)
    for _ in range(2 * sum(operations.values())):
        before = {fault.operation for fault in cluster.sandbox.pending_faults()}
        done = run()
        failed = before - {fault.operation for fault in cluster.sandbox.pending_faults()}
        assert cluster.pending_operations() == []
        assert all(f"{operation}: {CODE}" in said(done) for operation in failed), said(done)
        assert not failed or done.returncode != 0
        if done.returncode == 0 and set(changes(done)) <= {"unchanged"}:
            assert before == set()
            return
    raise AssertionError("the update never came to its end")


@pytest.mark.parametrize("options", [(), ("--refresh",)], ids=["up", "up --refresh"])
def test_an_up_that_fails_at_each_resource_is_taken_up_until_the_stack_is_whole(
    cluster: ClusterUnderTest, options: tuple[str, ...]
) -> None:
    take_up(lambda: cluster.up(*options, check=False), cluster, CREATING, options)
    demo_checks.check_vip(cluster.ec2, cluster.outputs(), owner=0)
    demo_checks.check_closed(cluster.ec2, cluster.outputs())
    demo_checks.check_endpoint(cluster.ec2, cluster.outputs())
    demo_checks.check_nodes(cluster.ec2, cluster.outputs())
    cluster.preview("--refresh", "--expect-no-changes")
    assert len(cluster.resources()) == len(
        {each["urn"] for each in cluster.resources()}
    )  # nothing is left to delete


@pytest.mark.parametrize("options", [(), ("--refresh",)], ids=["destroy", "destroy --refresh"])
def test_a_destroy_that_fails_at_each_resource_is_taken_up_until_nothing_is_left(
    cluster: ClusterUnderTest, options: tuple[str, ...]
) -> None:
    before = demo_checks.inventory(cluster.sandbox.client)
    cluster.up()
    take_up(lambda: cluster.destroy(*options, check=False), cluster, DELETING, options)
    assert cluster.resources() == []
    assert demo_checks.inventory(cluster.sandbox.client) == before


@pytest.mark.parametrize("options", [(), ("--refresh",)], ids=["up", "up --refresh"])
def test_a_roll_out_without_capacity_is_taken_up_and_the_other_node_keeps_the_address(
    cluster: ClusterUnderTest, options: tuple[str, ...]
) -> None:
    cluster.up()
    volume = cluster.node("b")["mirror_volume_id"]
    on_a = cluster.node("a")["network_interface_id"]
    node_a = cluster.node("a")
    image = demo_checks.other_image(cluster.ec2)
    cluster.set("nodes.image", image)
    cluster.set("rollOut", "b")
    cluster.sandbox.fail("RunInstances", "InsufficientInstanceCapacity")
    failed = cluster.up(check=False)
    assert "10 times" in said(failed)
    assert set(cluster.owners().values()) == {on_a}
    cluster.up(*options)
    assert cluster.instance("b")["ImageId"] == image
    assert cluster.node("b")["mirror_volume_id"] == volume
    assert cluster.node("a") == node_a
    demo_checks.check_nodes(cluster.ec2, cluster.outputs())
    cluster.up("--refresh", "--expect-no-changes")


def test_a_node_that_a_failed_change_of_its_type_left_stopped_is_named_until_it_runs(
    cluster: ClusterUnderTest,
) -> None:
    cluster.up()
    node_b = cluster.node("b")["instance_id"]
    cluster.set("nodes.instanceType", "m6i.xlarge")
    cluster.set("rollOut", "b")
    cluster.sandbox.fail("ModifyInstanceAttribute", CODE)
    assert cluster.up(check=False).returncode != 0
    assert cluster.instance("b")["State"]["Name"] == "stopped"
    notice = f"node-b does not run: {node_b} is stopped"
    assert notice in said(cluster.up())
    cluster.ec2.start_instances(InstanceIds=[node_b])
    assert "does not run" not in said(cluster.up("--refresh"))
    assert cluster.instance("b")["InstanceType"] == "m6i.xlarge"
    assert cluster.instance("b")["State"]["Name"] == "running"


def test_a_node_that_somebody_terminated_is_made_again_on_its_interface_and_disk(
    cluster: ClusterUnderTest,
) -> None:
    cluster.up()
    before = cluster.node("b")
    cluster.ec2.terminate_instances(InstanceIds=[before["instance_id"]])
    assert "node-b does not run" in said(cluster.preview())
    done = cluster.up("--refresh")
    after = cluster.node("b")
    assert changes(done)["created"] == 2
    assert after.pop("instance_id") != before.pop("instance_id")
    assert after == before
    demo_checks.check_nodes(cluster.ec2, cluster.outputs())


def test_a_stack_whose_node_somebody_terminated_is_destroyed(cluster: ClusterUnderTest) -> None:
    before = demo_checks.inventory(cluster.sandbox.client)
    cluster.up()
    cluster.ec2.terminate_instances(InstanceIds=[cluster.node("a")["instance_id"]])
    cluster.destroy()
    assert demo_checks.inventory(cluster.sandbox.client) == before
