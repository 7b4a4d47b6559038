"""What a live cluster keeps: its hypervisor, and the script that its nodes were launched with."""

from typing import Any

import pulumi
import pytest

from components.node_user_data import user_data
from settings import Fault, SettingsError, read_settings
from tests.support.configured import configured
from tests.support.live import STACK_TAGS, VIP, WINDOWS_IMAGE, account, account_with_cluster, check
from tests.support.recorder import Answer
from tests.support.stack_config import EXPRESSCLUSTER, changed, stack_config


def faults(config: dict[str, Any], answers: dict[str, Answer]) -> list[Fault]:
    with pytest.raises(SettingsError) as raised:
        check(config, answers)
    return list(raised.value.faults)


@pytest.fixture
def warned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The warnings that the operator sees."""
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", said.append)
    return said


def with_hypervisors(**found: str) -> Answer:
    """Answer for instance types by the first part of their name."""
    return lambda args: {
        "supportedArchitectures": ["x86_64"],
        "hypervisor": found[args["instanceType"].partition(".")[0]],
    }


def test_a_windows_node_needs_a_type_on_nitro() -> None:
    config = changed("nodes.os", "windows")
    config["ha-cluster:nodes"]["instanceType"] = "t2.large"
    answers = account(
        **{"ec2.getAmi": WINDOWS_IMAGE, "ec2.getInstanceType": with_hypervisors(t2="xen")}
    )
    (fault,) = faults(config, answers)
    assert (fault.key, fault.value) == ("ha-cluster:nodes.instanceType", "t2.large")
    assert fault.remedy.startswith("name a type on Nitro")


@pytest.mark.parametrize("tags", [{}, {**STACK_TAGS, "hacluster:stack": "prod"}])
def test_nodes_in_a_vpc_that_the_stack_did_not_make_keep_it(tags: dict[str, str]) -> None:
    vpc = {"cidrBlock": "10.0.0.0/16", "tags": tags}
    (fault,) = faults(stack_config(), account_with_cluster(**{"ec2.getVpc": vpc}))
    assert (fault.key, fault.value) == ("ha-cluster:network.vpcId", None)
    assert fault.remedy == (
        "restore vpc-1, in network or existingNetwork as it was: the nodes are there, and this "
        "stack did not make it (docs/runbook.md#another-vpc-range-or-zone). To take over a VPC "
        "that was built by hand, give it the stack's tags first (docs/adopting.md)"
    )


def test_an_interface_that_would_end_with_its_instance_is_named_until_it_is_kept(
    warned: list[str],
) -> None:
    check(stack_config(), account_with_cluster())
    assert warned == []
    check(stack_config(), account_with_cluster(ending=["eni-b"]))
    (said,) = warned
    assert said.startswith("node-b must not end before its interface is kept")
    assert "--network-interface-id eni-b --attachment AttachmentId=attach-b," in said


def test_a_node_whose_interface_would_end_with_it_is_not_rolled_out() -> None:
    config = {**stack_config(), "ha-cluster:rollOut": "b"}
    (fault,) = faults(config, account_with_cluster(ending=["eni-a", "eni-b"]))
    assert (fault.key, fault.value) == ("ha-cluster:rollOut", "b")
    assert fault.remedy.startswith("keep its interface first: AWS deletes eni-b with its instance")


@pytest.mark.parametrize(("present", "wanted"), [("t2", "m6i"), ("m6i", "t2")])
def test_a_cluster_keeps_its_hypervisor(present: str, wanted: str) -> None:
    instances = {letter: {"instanceType": f"{present}.large"} for letter in "ab"}
    answers = account_with_cluster(
        instances=instances, **{"ec2.getInstanceType": with_hypervisors(t2="xen", m6i="nitro")}
    )
    (fault,) = faults(changed("nodes.instanceType", f"{wanted}.large"), answers)
    assert fault.remedy.startswith(f"name a type on {'xen' if present == 't2' else 'nitro'}, like")


def test_bare_metal_names_its_disks_as_nitro_does() -> None:
    instances = {letter: {"instanceType": "m6i.large"} for letter in "ab"}
    answers = account_with_cluster(
        instances=instances, **{"ec2.getInstanceType": with_hypervisors(c5="", m6i="nitro")}
    )
    check(changed("nodes.instanceType", "c5.metal"), answers)


def booted(config: dict[str, Any], warned: list[str], **given: Any) -> list[str]:
    """Return what is said of the boot scripts of a cluster that was launched with `given`."""
    with configured({**config, **given}):
        launched = read_settings()
    facts = {
        "name": "ha-cluster-test",
        "region": "us-east-1",
        "virtual_ip": VIP,
        "vpc_id": "vpc-1",
        "nodes": [
            {
                "name": f"node-{letter}",
                "address": launched.nodes.addresses[letter],
                "availability_zone": f"us-east-1{letter}",
                "interface_id": f"eni-{letter}",
                "volume_id": f"vol-{letter}",
            }
            for letter in "ab"
        ],
    }
    instances = {
        letter: {
            "userDataBase64": user_data(launched.engine, facts, priority),
            "ebsBlockDevices": [
                {
                    "deviceName": "/dev/xvdb",
                    "volumeId": f"vol-{letter}",
                    "volumeSize": 20,
                    "kmsKeyId": "key-1",
                }
            ],
        }
        for priority, letter in enumerate("ab")
    }
    check(config, account_with_cluster(instances=instances))
    return [text for text in warned if "boot script" in text]


def test_nodes_that_boot_as_the_stack_says_are_not_named(
    warned: list[str],
) -> None:
    assert booted(changed("expresscluster", EXPRESSCLUSTER), warned) == []


def test_a_changed_configuration_of_the_cluster_is_said_of_each_node_that_keeps_the_old_one(
    warned: list[str],
) -> None:
    other = {**EXPRESSCLUSTER, "partitionWitness": "10.0.10.21:80"}
    config = changed("expresscluster", EXPRESSCLUSTER)
    said = booted(config, warned, **{"ha-cluster:expresscluster": other})
    assert [text.partition(" keeps ")[0] for text in said] == ["node-a", "node-b"]


def test_a_node_that_is_rolled_out_keeps_nothing(warned: list[str]) -> None:
    config = {**changed("expresscluster", EXPRESSCLUSTER), "ha-cluster:rollOut": "b"}
    said = booted(config, warned, **{"ha-cluster:expresscluster": {}, "ha-cluster:rollOut": "none"})
    assert [text.partition(" keeps ")[0] for text in said] == ["node-a"]
