"""What a stack tells of its cluster: whether the configuration is complete, and what to heed."""

import pytest

from components.expresscluster import configuration
from components.expresscluster_summary import ExpressclusterSummary, summarize
from tests.support.clusters import linux_cluster, windows_cluster

WITNESS = ("10.0.10.20", 80)


def told(system: str = "linux", **switches: bool) -> ExpressclusterSummary:
    make = linux_cluster if system == "linux" else windows_cluster
    witness = WITNESS if switches.pop("witness", True) else None
    given = {"installs": True, "licensed": True, "forced_stop": False, **switches}
    return summarize(make(partition_witness=witness), **given)


def warnings(system: str = "linux", **switches: bool) -> list[str]:
    return [text.partition(":")[0] for text in told(system, **switches)["warnings"]]


def test_on_linux_the_stack_alone_completes_the_configuration() -> None:
    found = told()
    assert found["configuration"] == configuration(linux_cluster(partition_witness=WITNESS))
    assert (found["complete"], found["waiting_for"]) == (True, [])


def test_on_windows_it_waits_for_what_only_the_nodes_know() -> None:
    found = told("windows")
    guids = "the volume GUIDs of the data and the cluster partition, which only the node knows:"
    assert not found["complete"]
    assert found["waiting_for"] == [f"{guids} node-a", f"{guids} node-b"]
    for part in ("DATA", "CLUSTER"):
        for name in ("node-a", "node-b"):
            assert f"GUID-OF-{part}-PARTITION-OF-{name}<" in str(found["configuration"])


@pytest.mark.parametrize(
    ("switches", "warning"),
    [
        ({"witness": False}, "Split brain"),
        ({"installs": False}, "Nodes boot prepared but without a cluster"),
        ({"licensed": False}, "No licence is registered"),
        ({}, "Forced stop is off"),
        ({"forced_stop": True}, "Forced stop"),
    ],
)
def test_what_is_missing_is_said(switches: dict[str, bool], warning: str) -> None:
    assert warning in warnings(**switches)


def test_a_cluster_with_everything_hears_only_what_cannot_be_checked_here() -> None:
    assert warnings(forced_stop=True) == ["Forced stop", "Not verified"]
    assert warnings("windows", forced_stop=True) == ["Forced stop", "Not verified", "Not verified"]


def test_the_delay_to_check_by_hand_is_named() -> None:
    assert told()["warnings"][-1].endswith("Check in Cluster WebUI that it is 98 s")
