"""What a node of the lab consists of: nothing of the caller's environment, folders of its own."""

import sys
from pathlib import Path
from typing import Any

import pytest

from lab.nodes.engine import Configuration
from lab.nodes.system import Image, environment, system_of

IMAGE = Image(
    Configuration("totem {}\n", "<cib/>"), "the authority", {"ha-cluster/virtual-ip": Path("/a/b")}
)


def system(*, privileged: bool = False) -> dict[str, Any]:
    return system_of("node-a", IMAGE, privileged=privileged)


def test_nothing_of_the_callers_environment_reaches_a_node(monkeypatch: pytest.MonkeyPatch) -> None:
    before = environment()
    for name in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "HTTPS_PROXY", "PATH", "PYTHONPATH"):
        monkeypatch.setenv(name, "the caller's")
    assert environment() == before
    assert before == {
        "PATH": f"{Path(sys.executable).parent}:/usr/sbin:/usr/bin:/sbin:/bin",
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": "/run/lab",
        "LANG": "C.UTF-8",
        "AWS_CA_BUNDLE": "/run/lab/ca.pem",
    }


def test_a_node_has_empty_folders_where_the_machine_keeps_a_clusters_state() -> None:
    assert system()["folders"] == [
        "/run",
        "/dev/shm",
        "/etc/corosync",
        "/var/lib/corosync",
        "/var/log/corosync",
        "/var/lib/pacemaker",
        "/var/log/pacemaker",
    ]
    assert system()["inner_folders"] == [
        "/run/crm",
        "/var/lib/pacemaker/blackbox",
        "/var/lib/pacemaker/cib",
        "/var/lib/pacemaker/cores",
        "/var/lib/pacemaker/pengine",
    ]


def test_every_file_of_a_node_is_in_a_folder_of_its_own() -> None:
    found = system()
    assert all(path.startswith(tuple(found["folders"])) for path in found["files"])
    assert [source for source, _ in found["binds"]] == [
        "/run/lab/hosts",
        "/run/lab/passwd",
        "/run/lab/group",
    ]
    assert {source for source, _ in found["binds"]} <= found["files"].keys()
    assert found["files"]["/run/lab/ca.pem"] == "the authority"


def test_corosync_does_without_privileges_only_where_there_are_none() -> None:
    of_corosync = "/etc/corosync/corosync.conf"
    assert system(privileged=True)["files"][of_corosync] == "totem {}\n"
    without = system()["files"][of_corosync]
    assert without.startswith("totem {}\n")
    assert "sched_rr: no" in without
    assert "allow_knet_handle_fallback: yes" in without


def test_pacemakers_user_is_root_on_a_node_and_all_others_are_as_they_were() -> None:
    files = system()["files"]
    users = Path("/etc/passwd").read_text().splitlines()
    groups = Path("/etc/group").read_text().splitlines()
    assert files["/run/lab/passwd"].splitlines() == [
        "hacluster:x:0:0::/:" if user.startswith("hacluster:") else user for user in users
    ]
    assert files["/run/lab/group"].splitlines() == [
        "haclient:x:0:" if group.startswith("haclient:") else group for group in groups
    ]


def test_a_node_starts_its_page_and_then_the_engine() -> None:
    assert system()["name"] == "node-a"
    assert system()["commands"] == [
        [sys.executable, "-m", "lab.nodes.page", "29003", "node-a"],
        ["corosync", "-f"],
        ["pacemakerd", "-f"],
    ]
    assert system()["agents"] == {"ha-cluster/virtual-ip": "/a/b"}
