"""Whether a cluster on the nodes may own the virtual IP, as a stack's outputs say it."""

from typing import Any

import pytest

from ops.cluster import Cluster, read_cluster
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


def test_a_cluster_of_which_nothing_is_known_counts_as_configured() -> None:
    assert Cluster(
        name="x", region="us-east-1", vpc_id="vpc-1", virtual_ip="20.0.0.100", nodes=()
    ).engine_configured
