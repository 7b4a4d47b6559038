"""The keys of the engine, and each fault with its remedy."""

from typing import Any

import pytest

from settings import NodeSettings, read_settings
from tests.support.configured import configured, faults_of
from tests.support.stack_config import EXPRESSCLUSTER, changed, pacemaker

DEFAULTS = {
    "token_milliseconds": 1000,
    "fencing": True,
    "file_system": "ext4",
    "mount_point": "/mnt/md1",
}


def nodes(config: dict[str, Any]) -> NodeSettings:
    with configured(config):
        return read_settings().nodes


def test_the_engine_is_expresscluster_where_none_is_named() -> None:
    found = nodes(changed("nodes.os", "linux"))
    assert (found.engine, found.pacemaker) == ("expresscluster", None)


def test_under_pacemaker_nothing_else_needs_to_be_set() -> None:
    found = nodes(pacemaker())
    assert (found.engine, found.pacemaker) == ("pacemaker", DEFAULTS)


def test_everything_can_be_set_under_pacemaker() -> None:
    config = pacemaker(
        tokenMilliseconds=5000,
        fencing=False,
        applicationUnit="postgresql@16-main.service",
        fileSystem="xfs",
        mountPoint="/srv/data",
    )
    assert nodes(config).pacemaker == {
        "token_milliseconds": 5000,
        "fencing": False,
        "application_unit": "postgresql@16-main.service",
        "file_system": "xfs",
        "mount_point": "/srv/data",
    }


def test_windows_nodes_can_boot_without_an_engine() -> None:
    config = changed("nodes.engine", "none")
    config["ha-cluster:nodes"]["os"] = "windows"
    assert nodes(config).engine == "none"


@pytest.mark.parametrize(
    ("key", "value", "remedy"),
    [
        ("tokenMilliseconds", 499, "a whole number of milliseconds, 500 to 60000"),
        ("tokenMilliseconds", 60_001, "a whole number of milliseconds, 500 to 60000"),
        ("tokenMilliseconds", "1000", "a whole number of milliseconds, 500 to 60000"),
        ("fencing", "maybe", "write true or false"),
        ("applicationUnit", "my app", "name a systemd unit of the image"),
        ("applicationUnit", "../app", "name a systemd unit of the image"),
        ("fileSystem", "btrfs", "write ext4 or xfs"),
        ("mountPoint", "/etc", "name a folder of its own"),
        ("tokenMillisecond", 1000, "did you mean tokenMilliseconds?"),
    ],
)
def test_a_fault_of_pacemaker_names_key_value_and_remedy(
    key: str, value: object, remedy: str
) -> None:
    (fault,) = faults_of(pacemaker(**{key: value}))
    assert (fault.key, fault.value) == (f"ha-cluster:nodes.pacemaker.{key}", value)
    assert remedy in fault.remedy


def test_an_unknown_engine_is_one_fault() -> None:
    (fault,) = faults_of(changed("nodes.engine", "keepalived"))
    assert (fault.key, fault.value) == ("ha-cluster:nodes.engine", "keepalived")
    assert fault.remedy == "write expresscluster, pacemaker or none"


def test_pacemaker_on_windows_is_refused() -> None:
    config = pacemaker()
    config["ha-cluster:nodes"]["os"] = "windows"
    (fault,) = faults_of(config)
    assert fault.key == "ha-cluster:nodes.engine"
    assert "Pacemaker runs on Linux alone, and nodes.os is windows" in fault.remedy


@pytest.mark.parametrize("engine", ["expresscluster", "none"])
def test_keys_of_pacemaker_are_refused_under_another_engine(engine: str) -> None:
    config = pacemaker(fencing=True)
    config["ha-cluster:nodes"]["engine"] = engine
    (fault,) = faults_of(config)
    assert fault.key == "ha-cluster:nodes.pacemaker"
    remedy = f"remove it: nodes.engine is {engine}; or set nodes.engine: pacemaker"
    assert fault.remedy == remedy


@pytest.mark.parametrize("engine", ["pacemaker", "none"])
def test_every_key_of_expresscluster_is_refused_under_another_engine(engine: str) -> None:
    config = changed("nodes.engine", engine)
    config["ha-cluster:nodes"]["monitorZones"] = True
    config["ha-cluster:expresscluster"] = EXPRESSCLUSTER
    faults = faults_of(config)
    assert {fault.key for fault in faults} == {
        "ha-cluster:nodes.monitorZones",
        *(f"ha-cluster:expresscluster.{key}" for key in EXPRESSCLUSTER),
    }
    remedy = f"remove it: nodes.engine is {engine}, and this key is of EXPRESSCLUSTER"
    assert {fault.remedy for fault in faults} == {remedy}
