"""What is wrong with nodes and volumes is found under its own id, on the program's cluster."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ops.verify.credits import credit_questions
from ops.verify.situation import Situation
from tests.support.broken_routes import interface_added, route_led_to
from tests.support.moto import make_instance
from tests.support.operations import (
    Operated,
    answered,
    examined,
    following,
    roots,
    with_answer,
    without,
)

pytestmark = pytest.mark.usefixtures("sound")


@pytest.mark.parametrize("number", [0, 1])
def test_a_node_checks_source_and_destination(operated: Operated, number: int) -> None:
    interface = operated.cluster.nodes[number].network_interface_id
    change = operated.ec2.modify_network_interface_attribute
    change(NetworkInterfaceId=interface, SourceDestCheck={"Value": True})
    try:
        report = operated.report()
    finally:
        change(NetworkInterfaceId=interface, SourceDestCheck={"Value": False})
    assert roots(report) == {("source-dest-check-on", interface)}
    assert following(report) == set()


@pytest.mark.parametrize("number", [0, 1])
def test_a_node_has_no_metadata_service(operated: Operated, number: int) -> None:
    """The local AWS forgets the options that a change does not name."""
    instance = operated.cluster.nodes[number].instance_id
    change = operated.ec2.modify_instance_metadata_options
    kept = {"HttpTokens": "required", "HttpPutResponseHopLimit": 1}
    change(InstanceId=instance, HttpEndpoint="disabled", **kept)
    try:
        report = operated.report()
    finally:
        change(InstanceId=instance, HttpEndpoint="enabled", **kept)
    assert roots(report) == {("metadata-unreachable", instance)}


def test_the_holders_interface_is_gone(operated: Operated) -> None:
    interface = operated.cluster.nodes[0].network_interface_id
    report = examined(without(operated.situation(), "interfaces", interface))
    assert roots(report) == {("node-interface-replaced", interface)}
    assert following(report) == {("virtual-ip-target-missing", "node-interface-replaced")}


def test_the_standbys_interface_is_gone(operated: Operated) -> None:
    interface = operated.cluster.nodes[1].network_interface_id
    report = examined(without(operated.situation(), "interfaces", interface))
    assert roots(report) == {("node-interface-replaced", interface)}
    assert following(report) == set()


def test_a_node_runs_with_another_interface(operated: Operated) -> None:
    node = operated.cluster.nodes[0]
    with interface_added(operated) as other:
        situation = operated.situation()
    attached = {"InstanceId": node.instance_id}
    situation = answered(situation, "interfaces", other, Attachment=attached)
    situation = answered(situation, "interfaces", node.network_interface_id, Attachment=None)
    report = examined(situation)
    assert roots(report) == {("node-interface-replaced", node.network_interface_id)}
    assert following(report) == {("virtual-ip-target-detached", "node-interface-replaced")}
    assert other in report.roots[0].found


def test_a_second_interface_beside_the_stacks_is_not_a_finding(
    operated: Operated,
) -> None:
    node = operated.cluster.nodes[0]
    with interface_added(operated) as other:
        situation = operated.situation()
    attached = {"InstanceId": node.instance_id}
    assert examined(answered(situation, "interfaces", other, Attachment=attached)).findings == ()


def test_the_virtual_ip_leads_to_the_interface_of_a_rebuilt_node(operated: Operated) -> None:
    """Somebody launched another instance under the node's tags, and its interface has the route."""
    node = operated.cluster.nodes[0]
    project, _, stack = operated.cluster.name.rpartition("-")
    tags = {"hacluster_node": node.name, "hacluster_project": project, "hacluster_stack": stack}
    with (
        interface_added(operated, **tags) as other,
        route_led_to(operated, "main", NetworkInterfaceId=other),
    ):
        situation = operated.situation()
    situation = answered(situation, "interfaces", other, Attachment={"InstanceId": "i-new"})
    situation = answered(situation, "interfaces", node.network_interface_id, Attachment=None)
    report = examined(situation)
    assert roots(report) == {("node-interface-replaced", node.network_interface_id)}
    assert ("virtual-ip-claimed-twice", "node-interface-replaced") in following(report)


def test_both_nodes_are_in_one_zone(operated: Operated) -> None:
    report = examined(
        answered(
            operated.situation(),
            "interfaces",
            operated.cluster.nodes[1].network_interface_id,
            SubnetId=operated.cluster.subnet_ids["private_a"],
        )
    )
    assert roots(report) == {("nodes-in-one-zone", "us-east-1a")}


def test_the_standby_is_stopped(operated: Operated) -> None:
    instance = operated.cluster.nodes[1].instance_id
    operated.ec2.stop_instances(InstanceIds=[instance])
    try:
        report = operated.report()
    finally:
        operated.ec2.start_instances(InstanceIds=[instance])
    assert roots(report) == {("instance-impaired", instance)}
    assert following(report) == set()


def test_the_standby_is_terminated(operated: Operated) -> None:
    """Its instance lets interface and volume go, as the local AWS does not."""
    node = operated.cluster.nodes[1]
    situation = operated.situation()
    over = {"State": {"Name": "terminated"}, "BlockDeviceMappings": []}
    situation = answered(situation, "instances", node.instance_id, **over)
    situation = answered(situation, "interfaces", node.network_interface_id, Attachment=None)
    situation = answered(situation, "volumes", node.mirror_volume_id, Attachments=[])
    report = examined(situation)
    assert roots(report) == {("instance-impaired", node.instance_id)}
    assert following(report) == {("mirror-volumes-differ", "instance-impaired")}


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ({"SystemStatus": {"Status": "impaired"}}, "system status impaired"),
        ({"InstanceStatus": {"Status": "impaired"}}, "instance status impaired"),
        ({"AttachedEbsStatus": {"Status": "impaired"}}, "status of attached volumes impaired"),
        (
            {"Events": [{"Code": "instance-retirement", "NotBefore": "2026-12-24"}]},
            "instance-retirement planned, not before 2026-12-24",
        ),
    ],
)
def test_aws_calls_a_node_impaired(operated: Operated, answer: dict[str, Any], found: str) -> None:
    instance = operated.cluster.nodes[0].instance_id
    report = examined(answered(operated.situation(), "statuses", instance, **answer))
    assert roots(report) == {("instance-impaired", instance)}
    assert report.findings[0].found == found


@pytest.mark.parametrize(
    "answer",
    [
        {"SystemStatus": {"Status": "initializing"}},
        {"InstanceStatus": {"Status": "insufficient-data"}},
        {"Events": [{"Code": "system-reboot", "Description": "[Completed] Rebooted"}]},
        {"Events": [{"Code": "system-reboot", "Description": "[Canceled] Rebooted"}]},
    ],
)
def test_what_is_over_or_not_known_yet_impairs_nothing(
    operated: Operated, answer: dict[str, Any]
) -> None:
    instance = operated.cluster.nodes[0].instance_id
    assert examined(answered(operated.situation(), "statuses", instance, **answer)).findings == ()


def burstable(operated: Operated, mode: str, balances: dict[str, float]) -> Situation:
    """The standby as a t3 instance in a mode, with a balance of credits."""
    node = operated.cluster.nodes[1].instance_id
    situation = answered(operated.situation(), "instances", node, InstanceType="t3.large")
    specified = [{"InstanceId": node, "CpuCredits": mode}]
    situation = with_answer(situation, "credit_specifications", specified)
    return with_answer(situation, "credit_balances", balances)


def test_a_node_is_about_to_run_out_of_credits(operated: Operated) -> None:
    node = operated.cluster.nodes[1].instance_id
    report = examined(burstable(operated, "standard", {node: 2.5}))
    assert roots(report) == {("cpu-credits-low", node)}
    assert report.findings[0].found == "2.5 credits in standard mode"


def test_enough_credits_or_unlimited_ones_are_not_a_finding(operated: Operated) -> None:
    node = operated.cluster.nodes[1].instance_id
    for situation in (
        burstable(operated, "standard", {node: 60}),
        burstable(operated, "unlimited", {node: 0}),
        burstable(operated, "unlimited", {}),
    ):
        report = examined(situation)
        assert report.findings == ()
        assert report.not_checked == ()


def test_credits_without_a_number_are_not_checked(operated: Operated) -> None:
    report = examined(burstable(operated, "standard", {}))
    assert report.findings == ()
    assert [each.id for each in report.not_checked] == ["cpu-credits-low"]


def test_credits_are_asked_of_burstable_instances_in_two_calls(operated: Operated) -> None:
    made = make_instance(
        operated.ec2, InstanceType="t3.small", CreditSpecification={"CpuCredits": "standard"}
    )
    key = made["InstanceId"]
    age = timedelta(minutes=6)
    operated.aws.client("cloudwatch").put_metric_data(
        Namespace="AWS/EC2",
        MetricData=[
            {
                "MetricName": "CPUCreditBalance",
                "Dimensions": [{"Name": "InstanceId", "Value": key}],
                "Value": 3,
                "Timestamp": datetime.now(UTC) - age,
            }
        ],
    )
    operated.aws.calls.clear()
    other = {"InstanceId": "i-other", "InstanceType": "m6i.large"}
    questions = credit_questions(operated.aws, [made, other])
    assert questions["credit_balances"]() == {key: 3}
    (specified,) = questions["credit_specifications"]()
    assert (specified["InstanceId"], specified["CpuCredits"]) == (key, "standard")
    assert operated.aws.calls == {
        "cloudwatch:GetMetricData": 1,
        "ec2:DescribeInstanceCreditSpecifications": 1,
    }
    operated.ec2.terminate_instances(InstanceIds=[key])


def test_a_mirror_volume_is_gone(operated: Operated) -> None:
    volume = operated.cluster.nodes[0].mirror_volume_id
    report = examined(without(operated.situation(), "volumes", volume))
    assert roots(report) == {("mirror-volumes-differ", volume)}


def test_a_mirror_volume_is_attached_to_nothing(operated: Operated) -> None:
    node = operated.cluster.nodes[1]
    where = {"InstanceId": node.instance_id, "Device": "/dev/xvdb"}
    operated.ec2.detach_volume(VolumeId=node.mirror_volume_id, **where)
    try:
        report = operated.report()
    finally:
        operated.ec2.attach_volume(VolumeId=node.mirror_volume_id, **where)
    assert roots(report) == {("mirror-volumes-differ", node.mirror_volume_id)}
    assert report.findings[0].found == "attached to nothing"


def test_a_mirror_volume_is_at_another_device_than_the_stacks(operated: Operated) -> None:
    node = operated.cluster.nodes[1]
    key, instance = node.mirror_volume_id, node.instance_id
    ec2 = operated.ec2
    ec2.detach_volume(VolumeId=key, InstanceId=instance, Device="/dev/xvdb")
    ec2.attach_volume(VolumeId=key, InstanceId=instance, Device="/dev/sdg")
    try:
        report = operated.report()
    finally:
        ec2.detach_volume(VolumeId=key, InstanceId=instance, Device="/dev/sdg")
        ec2.attach_volume(VolumeId=key, InstanceId=instance, Device="/dev/xvdb")
    assert roots(report) == {("mirror-volumes-differ", key)}
    assert report.findings[0].found == "device /dev/sdg of node-b"


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"Size": 30}, "on node-b: 30 GiB"),
        ({"Iops": 6000}, "on node-b: 6000 IOPS"),
        ({"Throughput": 500}, "on node-b: 500 MiB/s"),
    ],
)
def test_a_mirror_volume_is_unlike_the_other_one(
    operated: Operated, change: dict[str, int], found: str
) -> None:
    volume = operated.cluster.nodes[1].mirror_volume_id
    report = examined(answered(operated.situation(), "volumes", volume, **change))
    assert roots(report) == {("mirror-volumes-differ", volume)}
    assert report.findings[0].found == found


def test_a_mirror_volume_would_end_with_its_instance(operated: Operated) -> None:
    node = operated.cluster.nodes[0]
    situation = operated.situation()
    (instance,) = (
        each for each in situation.snapshot.get("instances") if node.instance_id in each.values()
    )
    mappings = [
        {**each, "Ebs": {**each["Ebs"], "DeleteOnTermination": True}}
        for each in instance["BlockDeviceMappings"]
    ]
    report = examined(
        answered(situation, "instances", node.instance_id, BlockDeviceMappings=mappings)
    )
    assert roots(report) == {("mirror-volumes-differ", node.mirror_volume_id)}
    assert report.findings[0].found == "DeleteOnTermination true"


def test_a_mirror_volume_is_not_encrypted(operated: Operated) -> None:
    volume = operated.cluster.nodes[1].mirror_volume_id
    report = examined(answered(operated.situation(), "volumes", volume, Encrypted=False))
    assert roots(report) == {("mirror-volume-unencrypted", volume)}
