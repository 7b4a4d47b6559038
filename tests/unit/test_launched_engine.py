"""Which engine a node was launched for, read out of its user data."""

import base64
from pathlib import Path

import pytest

from components.bootstrap import (
    ClusterBoot,
    NodeBoot,
    PacemakerBoot,
    linux_user_data,
    windows_user_data,
)
from components.launched_engine import engine_of
from tests.support import cluster_machines, pacemaker_machines
from tests.support.machine import NODE
from tests.support.windows import cluster, node


def linux(boot: ClusterBoot | PacemakerBoot | None, of: NodeBoot = NODE) -> bytes:
    """The user data of a Linux node as AWS gives them back."""
    return base64.b64decode(linux_user_data(of, boot))


def test_a_linux_node_names_the_engine_that_its_script_configures(tmp_path: Path) -> None:
    world = cluster_machines.World(tmp_path)
    assert engine_of(linux(world.boot)) == "expresscluster"
    assert engine_of(linux(pacemaker_machines.boot())) == "pacemaker"
    assert engine_of(linux(None)) == ""


def test_a_windows_node_names_it_too() -> None:
    assert engine_of(windows_user_data(node(), cluster()).encode()) == "expresscluster"
    assert engine_of(windows_user_data(node(), None).encode()) == ""


def test_a_script_that_is_not_packed_is_read_as_it_is() -> None:
    assert engine_of(b"#!/bin/bash\nCOROSYNC_CONF='totem {'\n") == "pacemaker"


@pytest.mark.parametrize(
    "foreign",
    [
        b"",
        b"#cloud-config\n",
        b"\x1f\x8bbroken",
        b"FromBase64String('AAAA')",
        b"echo PACKAGE_KEY=1",
    ],
)
def test_user_data_of_somebody_else_name_no_engine(foreign: bytes) -> None:
    assert engine_of(foreign) == ""
