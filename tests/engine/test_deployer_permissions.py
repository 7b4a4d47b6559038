"""The deployer's policies, against what a stack with every feature asked of AWS in the sandbox."""

import fnmatch
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from components.documents import SERVICE_ACTIONS
from sandbox.runtime import Sandbox
from tests.support.cluster import ROOT, ClusterUnderTest, MakeCluster, TransitGateway
from tests.support.recording import Recording
from tests.support.stack_config import EXPRESSCLUSTER

READING = ("first preview", "preview", "refresh")
PORTS = [{"protocol": "tcp", "port": 443, "from": ["10.0.0.0/16"]}]

# What the sandbox's provider asks moto where AWS does the work by itself.
IN_PLACE_OF_AWS = {
    "ec2:AssignPrivateIpAddresses": "moto's endpoint interfaces get the addresses of AWS's",
    "ec2:DescribeAvailabilityZones": "AWS refuses zones that it does not have",
    "ec2:DescribeManagedPrefixLists": "upstream's plugin reads ec2:DescribePrefixLists",
    "ec2:DescribeTransitGatewayRouteTables": "AWS refuses tables that do not exist",
    "ec2:GetManagedPrefixListEntries": "the answer of ec2:DescribePrefixLists has the ranges",
    "ec2:UnassignPrivateIpAddresses": "moto's endpoint interfaces get the addresses of AWS's",
    "iam:ListInstanceProfiles": "AWS refuses profiles that do not exist",
    "sts:GetCallerIdentity": "everybody may ask it: AWS needs no permission for it",
}
# What a deployer needs although no call of that name was seen.
UNSEEN = {
    "ec2:DeleteTags": "a tag that leaves the configuration is taken away",
    "ec2:DescribeInstanceCreditSpecifications": "upstream's plugin reads it of t types",
    "ec2:DescribePrefixLists": "upstream's plugin reads the gateway endpoint's ranges with it",
    "cloudwatch:TagResource": "PutMetricAlarm with tags",
    "events:TagResource": "PutRule with tags",
    "iam:PassRole": "RunInstances, AddRoleToInstanceProfile and CreateFlowLogs hand a role on",
    "iam:TagInstanceProfile": "CreateInstanceProfile with tags",
    "iam:TagRole": "CreateRole with tags",
    "logs:TagResource": "CreateLogGroup with tags",
    "route53:AssociateVPCWithHostedZone": "CreateVpcEndpoint with private DNS",
}


def statements(name: str) -> list[dict[str, Any]]:
    return json.loads((ROOT / "docs" / "deployer" / f"{name}.json").read_text())["Statement"]


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def allowed(name: str) -> frozenset[str]:
    return frozenset(each for found in statements(name) for each in listed(found["Action"]))


@dataclass(frozen=True)
class Seen:
    """What was called, and what the tags and names were on which conditions rest."""

    recording: Recording
    projects: frozenset[str]
    role: str
    profile: str


@pytest.fixture(scope="module")
def seen(make_cluster: MakeCluster, sandbox: Sandbox) -> Seen:
    """A stack with every feature, from its first preview to the end; each step is recorded."""
    cluster = make_cluster()
    cluster.set("nodes.monitorZones", "true")
    cluster.set_object("expresscluster", EXPRESSCLUSTER)
    cluster.set_object("applicationPorts", PORTS)
    cluster.set_object("endpoints", list(SERVICE_ACTIONS))
    cluster.set_object(
        "nodes.mirrorVolumeOptions", {"iops": 4000, "throughput": 250, "retain": False}
    )
    cluster.set("nodes.terminationProtection", "true")
    cluster.set("flowLogs.retentionDays", "30")
    cluster.set("alarms.topicArn", "arn:aws:sns:us-east-1:123456789012:operators")
    recording = Recording(sandbox)
    with recording.part("first preview"):
        cluster.preview()
    with recording.part("up"):
        cluster.up()
    role = cluster.outputs()["node_role_arn"]
    profile = cluster.instance("a")["IamInstanceProfile"]["Arn"]
    projects = frozenset(project for letter in "ab" for project in projects_of(cluster, letter))
    gateway = TransitGateway.attach_to(cluster, tables=1)
    cluster.set_object("clients", {**gateway.clients, "cidrs": ["192.168.0.0/16"]})
    with recording.part("second up"):
        cluster.up()
    with recording.part("preview"):
        cluster.preview("--refresh")
    with recording.part("refresh"):
        cluster.refresh()
    roll_out(cluster, recording)
    with recording.part("destroy"):
        cluster.destroy()
    return Seen(recording, projects, role, profile)


def roll_out(cluster: ClusterUnderTest, recording: Recording) -> None:
    """Restart the owner with another type and less permissions, then replace the other node."""
    cluster.set("rollOut", "a")
    cluster.set("rollOutOwner", "true")
    cluster.set("nodes.instanceType", "m6i.xlarge")
    cluster.set("nodes.mirrorVolumeGib", "30")
    cluster.set("expresscluster.forcedStop", "false")
    with recording.part("roll-out in place"):
        cluster.up()
    cluster.set("rollOut", "b")
    cluster.set("expresscluster.heartbeatTimeoutSeconds", "60")
    with recording.part("roll-out by replacement"):
        cluster.up()


def projects_of(cluster: ClusterUnderTest, letter: str) -> Iterator[str]:
    """Yield the project that the tags of a node's instance and of its mirror volume name."""
    volume = cluster.node(letter)["mirror_volume_id"]
    (found,) = cluster.ec2.describe_volumes(VolumeIds=[volume])["Volumes"]
    for each in (cluster.instance(letter), found):
        tags = {tag["Key"]: tag["Value"] for tag in each["Tags"]}
        yield tags.get("hacluster:project", "")


def test_a_preview_may_do_what_previews_and_refreshes_did_and_nothing_else(seen: Seen) -> None:
    called = seen.recording.actions(*READING) - IN_PLACE_OF_AWS.keys()
    assert called - allowed("preview") == set()
    assert allowed("preview") - called - UNSEEN.keys() == set()


def test_what_a_preview_may_do_changes_nothing() -> None:
    assert all(re.match(r"\w+:(Describe|Get|List|Search)", name) for name in allowed("preview"))


def test_a_deployer_may_do_what_was_done_and_nothing_else(seen: Seen) -> None:
    called = seen.recording.actions() - IN_PLACE_OF_AWS.keys()
    assert called - allowed("preview") - allowed("up") == set()
    assert allowed("up") - called - UNSEEN.keys() == set()


def test_the_two_policies_share_no_action() -> None:
    assert allowed("up") & allowed("preview") == set()


def test_no_exception_is_left_over(seen: Seen) -> None:
    called = seen.recording.actions()
    once = {"sts:GetCallerIdentity"}  # a provider asks it once, perhaps for an earlier test
    assert IN_PLACE_OF_AWS.keys() - once <= called
    assert called & UNSEEN.keys() == set()
    assert UNSEEN.keys() <= allowed("up") | allowed("preview")


def test_no_statement_allows_a_whole_service() -> None:
    assert all("*" not in action for name in ("preview", "up") for action in allowed(name))


def test_the_tag_that_guards_nodes_and_volumes_is_on_all_of_them(seen: Seen) -> None:
    (guarded,) = (each for each in statements("up") if each["Sid"] == "StopAndRemoveOwnNodes")
    (project,) = guarded["Condition"]["StringEquals"].values()
    assert seen.projects == {project}
    assert list(guarded["Condition"]["StringEquals"]) == ["aws:ResourceTag/hacluster:project"]


def test_role_and_profile_have_the_names_to_which_the_policies_are_limited(seen: Seen) -> None:
    named = {
        pattern
        for name in ("preview", "up")
        for found in statements(name)
        if listed(found["Action"])[0].startswith("iam:")
        for pattern in listed(found["Resource"])
    }
    for arn in (seen.role, seen.profile):
        here = {re.sub("ACCOUNT", arn.split(":")[4], each) for each in named}
        assert sum(fnmatch.fnmatchcase(arn, each) for each in here) == 1
