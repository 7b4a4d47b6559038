"""Whether a cluster on the nodes may own the virtual IP, as a stack's outputs say it."""

from typing import Any

import pytest

from ops.cluster import Cluster, read_cluster
from ops.errors import UsageError
from tests.support.stack_outputs import OUTPUTS

PACKAGES = {"ec2": "vpce-1", "s3": "vpce-2"}


@pytest.mark.parametrize(
    ("summary", "endpoints", "configured"),
    [
        ({"configuration": "<root/>", "complete": True}, {"ec2": "vpce-1"}, True),
        ({"configuration": "<root/>", "complete": False}, PACKAGES, True),
        ({"configuration": "<root/>", "complete": False}, {"ec2": "vpce-1"}, False),
        ({"configuration": None, "complete": False}, PACKAGES, False),
        (None, PACKAGES, False),
    ],
)
def test_a_complete_configuration_or_packages_make_the_cluster_the_owner(
    summary: dict[str, Any] | None, endpoints: dict[str, str], *, configured: bool
) -> None:
    outputs = {**OUTPUTS, "expresscluster": summary, "endpoint_ids": endpoints}
    assert read_cluster(outputs, "a test").engine_configured is configured


@pytest.mark.parametrize(
    ("engine", "pacemaker", "configured"),
    [
        ("pacemaker", {"cib": "<cib/>"}, True),
        ("pacemaker", None, False),
        ("none", None, False),
    ],
)
def test_pacemaker_owns_the_address_and_nodes_without_an_engine_do_not(
    engine: str, pacemaker: dict[str, str] | None, *, configured: bool
) -> None:
    outputs = {**OUTPUTS, "engine": engine, "pacemaker": pacemaker, "endpoint_ids": PACKAGES}
    cluster = read_cluster(outputs, "a test")
    assert (cluster.engine_name, cluster.engine_configured) == (engine, configured)


def test_outputs_of_an_earlier_edition_are_those_of_expresscluster() -> None:
    assert read_cluster(OUTPUTS, "a test").engine.title == "EXPRESSCLUSTER"


def test_an_engine_that_ops_does_not_know_is_a_fault_of_the_outputs() -> None:
    with pytest.raises(UsageError, match="engine is not one of expresscluster, pacemaker, none"):
        read_cluster({**OUTPUTS, "engine": "keepalived"}, "a test")


def test_a_cluster_of_which_nothing_is_known_counts_as_configured() -> None:
    assert Cluster(
        name="x", region="us-east-1", vpc_id="vpc-1", virtual_ip="20.0.0.100", nodes=()
    ).engine_configured
