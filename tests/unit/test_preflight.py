"""What is asked of AWS before anything is built, and what is refused."""

import hashlib
from typing import Any

import pulumi
import pytest

from preflight import Preflight
from settings import Fault, SettingsError
from tests.support.live import (
    IMAGE,
    OLD_IMAGE,
    TABLES,
    account,
    account_with_cluster,
    check,
    failing,
)
from tests.support.recorder import Answer
from tests.support.stack_config import changed, stack_config


def faults(config: dict[str, Any], answers: dict[str, Answer]) -> list[Fault]:
    with pytest.raises(SettingsError) as raised:
        check(config, answers)
    return list(raised.value.faults)


def test_a_first_up_has_no_target_yet_and_the_parameter_s_image() -> None:
    assert check(stack_config(), account()) == Preflight(IMAGE, None, move_routes=False)


def test_a_later_up_leads_new_routes_to_the_live_owner() -> None:
    answers = account_with_cluster(targets=dict.fromkeys(TABLES, "eni-b"))
    assert check(stack_config(), answers).live_route_target == "eni-b"


@pytest.mark.parametrize(
    ("answers", "key", "remedy"),
    [
        (
            {"ec2.getAmi": failing("Your query returned no results.")},
            "nodes.image",
            "name an image that this account can use in us-east-1: ",
        ),
        (
            {"ec2.getAmi": {"platform": "windows", "state": "available", "architecture": "x86_64"}},
            "nodes.image",
            "name an image of nodes.os, linux",
        ),
        (
            {"ec2.getAmi": {"platform": "", "state": "pending", "architecture": "x86_64"}},
            "nodes.image",
            "wait until it is available: it is pending",
        ),
        (
            {"ec2.getAmi": {"platform": "", "state": "available", "architecture": "arm64"}},
            "nodes.image",
            "name an image for x86_64, which is what m6i.large runs: this one is for arm64",
        ),
        (
            {"ec2.getInstanceType": failing("InvalidInstanceType: m6i.large")},
            "nodes.instanceType",
            "InvalidInstanceType: m6i.large",
        ),
        (
            {"ec2.getInstanceTypeOfferings": {"locations": ["us-east-1a", "us-east-1c"]}},
            "nodes.instanceType",
            "name a type that AWS offers in us-east-1b too, or other zones",
        ),
        (
            {"ec2.getVpcEndpointService": {"availabilityZones": ["us-east-1a"]}},
            "network.zones.b",
            "com.amazonaws.us-east-1.ec2 is offered in us-east-1a",
        ),
    ],
    ids=[
        "image unknown",
        "image of another system",
        "image not ready",
        "image for another processor",
        "type unknown",
        "type not in a zone",
        "endpoint not in a zone",
    ],
)
def test_what_aws_would_refuse_halfway_is_refused_before_anything_is_built(
    answers: dict[str, Answer], key: str, remedy: str
) -> None:
    (fault,) = faults(stack_config(), account(**answers))
    assert fault.key == f"ha-cluster:{key}"
    assert remedy in fault.remedy


def test_a_region_without_the_endpoint_service_is_named() -> None:
    answers = account(**{"ec2.getVpcEndpointService": failing("no matching service")})
    (fault,) = faults(stack_config(), answers)
    assert fault.key == "aws:region"
    assert "com.amazonaws.us-east-1.ec2: " in fault.remedy
    assert "no matching service" in fault.remedy


def test_a_service_that_lists_no_zones_refuses_none() -> None:
    """As in GovCloud, where the look-up finds the service and `availabilityZones` is empty."""
    answers = account(**{"ec2.getVpcEndpointService": {"availabilityZones": []}})
    assert check(stack_config(), answers).image_id == IMAGE


def test_all_faults_come_at_once() -> None:
    config = changed("nodes.addresses.b", "10.0.120.11")
    config["ha-cluster:network"]["zones"] = {"a": "us-east-1c"}
    config["ha-cluster:rollOut"] = "a"
    answers = account_with_cluster(**{"ec2.getAmi": failing("no results")})
    assert [fault.key for fault in faults(config, answers)] == [
        "ha-cluster:network.zones.a",
        "ha-cluster:nodes.addresses.b",
        "ha-cluster:rollOut",
        "ha-cluster:nodes.image",
    ]


def test_an_image_that_is_deregistered_while_the_nodes_run_on_it_stops_no_update() -> None:
    both = {letter: {"ami": OLD_IMAGE} for letter in "ab"}
    answers = account_with_cluster(instances=both, **{"ec2.getAmi": failing("no results")})
    assert check(changed("nodes.image", OLD_IMAGE), answers).image_id == OLD_IMAGE


def test_a_mistyped_image_is_refused_although_no_node_is_rolled_out() -> None:
    answers = account_with_cluster(**{"ec2.getAmi": failing("no results")})
    (fault,) = faults(changed("nodes.image", "ami-00000000"), answers)
    assert (fault.key, fault.value) == ("ha-cluster:nodes.image", "ami-00000000")


def test_a_parameter_that_cannot_be_read_is_named_without_a_traceback() -> None:
    answers = account(**{"ssm.getParameter": failing("ParameterNotFound")})
    with pytest.raises(pulumi.RunError) as raised:
        check(changed("nodes.image", "/no/such/parameter"), answers)
    assert str(raised.value).startswith("ha-cluster:nodes.image is /no/such/parameter: ")
    assert "ParameterNotFound" in str(raised.value)


def test_a_cluster_that_cannot_be_looked_up_is_said_without_a_traceback() -> None:
    answers = account(**{"ec2.getNetworkInterfaces": failing("UnauthorizedOperation")})
    with pytest.raises(pulumi.RunError) as raised:
        check(stack_config(), answers)
    assert str(raised.value).startswith("the live cluster cannot be looked up: ")
    assert "UnauthorizedOperation" in str(raised.value)


def test_two_clusters_of_one_name_are_told_apart_by_nobody() -> None:
    answers = account_with_cluster(**{"ec2.getNetworkInterfaces": {"ids": ["eni-a", "eni-2a"]}})
    with pytest.raises(pulumi.RunError, match="interfaces of two clusters carry the tags"):
        check(stack_config(), answers)


def test_an_interface_of_the_stack_that_no_node_has_is_left_out() -> None:
    token = "aws:ec2/getNetworkInterface:getNetworkInterface"
    of_nodes: Any = account_with_cluster()[token]

    def describe(args: dict[str, Any]) -> dict[str, Any]:
        if args["id"] == "eni-x":
            return {**of_nodes({"id": "eni-a"}), "id": "eni-x", "tags": {}}
        return of_nodes(args)

    answers = account_with_cluster(
        **{
            "ec2.getNetworkInterfaces": {"ids": ["eni-a", "eni-b", "eni-x"]},
            "ec2.getNetworkInterface": describe,
        }
    )
    assert check(stack_config(), answers).live_route_target == "eni-a"


@pytest.mark.parametrize(("system", "file"), [("linux", "ecx.rpm"), ("windows", "ecx.zip")])
def test_user_data_that_aws_would_not_take_is_refused_before_anything_is_made(
    system: str, file: str
) -> None:
    config = changed("nodes.os", system)
    names = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(300)]
    packages = {"bucket": "media", "file": file, "sha256": names[0]}
    config["ha-cluster:expresscluster"] = {"packages": packages, "licences": names}
    image = {"platform": "windows" if system == "windows" else "", "state": "available"}
    answers = account(**{"ec2.getAmi": {**image, "architecture": "x86_64"}})
    (fault,) = faults(config, answers)
    assert (fault.key, fault.value) == ("ha-cluster:expresscluster", "300 licences")
    assert "correct the packages: the user data of node-a ha" in fault.remedy
    assert "more than 16384" in fault.remedy
