"""What stops a node on its way into the cluster: its message, and the run after it is gone."""

import dataclasses
from pathlib import Path

import pytest

from tests.support.cluster_machines import PACKAGE, World, live

PACKAGE_KEY = "expresscls-5.3.0-1.x86_64.rpm"
NETWORK = "see that node-b is up, and that the nodes' security group lets them reach each other"


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.install(world.b)
    return world


def refused(world: World, step: str, message: str) -> None:
    """Boot the first server and see it stop at a step, in log and status alike."""
    done = world.a.boot()
    lines = done.stderr.splitlines()
    short_name = [line.replace(str(world.a.root), "") for line in lines[-2:]]
    assert short_name[0] == f"hacluster: {message}"
    assert short_name[1] == (
        f"hacluster: this node is NOT configured (step {step}); after the cause is fixed,"
        " run this script again as root:"
        f" bash /var/lib/cloud/instance/scripts/part-001 {world.a.node.volume_id}"
    )
    status = world.a.status()
    assert (done.returncode, status["state"], status["step"]) == (1, "failed", step)
    assert status["message"].replace(str(world.a.root), "") == message
    assert not (live(world.a).parents[1] / "online").exists()


def ends(world: World) -> None:
    done = world.a.boot()
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        0,
        "hacluster: this node is configured",
    )
    assert world.a.status()["state"] == "configured"
    assert (live(world.a).parents[1] / "online").exists()


@pytest.mark.parametrize("key", [PACKAGE_KEY, "licences/replicator.key"])
def test_an_object_that_is_not_in_s3(world: World, key: str) -> None:
    stored = world.stored(key)
    away = stored.rename(stored.with_suffix(".away"))
    step = "install_package" if key == PACKAGE_KEY else "register_licences"
    said = (
        f's3://bucket/{key} was not fetched within 0 s (fatal error: Key "{key}" does not exist);'
    )
    said += " put it there, let this node's role read it,"
    refused(world, step, f"{said} and give its subnet a gateway endpoint for S3")
    away.rename(stored)
    ends(world)


def test_a_package_with_another_checksum_is_removed_and_never_installed(world: World) -> None:
    world.stored(PACKAGE_KEY).write_bytes(b"another package")
    refused(
        world,
        "install_package",
        f"s3://bucket/{PACKAGE_KEY} has the SHA-256"
        " b546622ee855bf07613305ac3afb43141452b0b6829e8edd0d2114e5164a93ae, not"
        f" {world.boot.package_sha256}: it was removed and nothing is installed; put the right"
        " package there, or correct the sum in the stack and roll this node out",
    )
    assert not (world.a.root / "var/lib/hacluster" / PACKAGE_KEY).exists()
    assert not any(call.startswith("rpm") for call in world.a.calls())
    world.stored(PACKAGE_KEY).write_bytes(PACKAGE)
    ends(world)


CALLS = {
    "rpm -i": (
        "install_package",
        (
            f"rpm -i /var/lib/hacluster/{PACKAGE_KEY} failed (no); a closed network has nowhere to"
            " install from: the image must bring what the package requires"
        ),
    ),
    "clplcnsc": (
        "register_licences",
        (
            "clplcnsc did not take the licence s3://bucket/licences/base.key (exit code 1);"
            " put a licence there that fits the product's version and this machine"
        ),
    ),
    "clpfwctrl.sh": (
        "open_firewall",
        "clpfwctrl.sh --add failed (no); see systemctl status firewalld",
    ),
    "clpcfctrl --push": (
        "configure",
        "clpcfctrl --push --force -x /var/lib/hacluster/pushed failed (no); " + NETWORK,
    ),
    "systemctl restart clusterpro_ib": (
        "restart_services",
        "clusterpro_ib did not restart; see systemctl status clusterpro_ib",
    ),
    "clpcl": (
        "start_cluster",
        (
            "clpcl -s failed (no), but clpstat does not show this server online after 0 s;"
            " see clpstat and /opt/nec/clusterpro/log"
        ),
    ),
    "clpstat": (
        "start_cluster",
        (
            "clpcl -s ended well, but clpstat does not show this server online after 0 s;"
            " see clpstat and /opt/nec/clusterpro/log"
        ),
    ),
}


@pytest.mark.parametrize("call", [call for call in CALLS if call != "clpstat"])
def test_a_command_that_fails(world: World, call: str) -> None:
    (world.a.root / "firewalld").touch()
    world.fail(call)
    refused(world, *CALLS[call])
    world.repair()
    ends(world)


def test_a_server_that_does_not_come_online(world: World) -> None:
    world.fail("clpstat")
    done = world.a.boot()
    assert f"hacluster: {CALLS['clpstat'][1]}" in done.stderr.replace(str(world.a.root), "")
    world.repair()
    ends(world)


def test_a_push_is_tried_five_times(world: World) -> None:
    world.fail("clpcfctrl --push")
    done = world.a.boot(PEER_PATIENCE="60", PAUSE="0")
    assert done.returncode == 1
    assert sum(call.startswith("clpcfctrl --push") for call in world.a.calls()) == 5


def test_a_peer_that_never_answers(world: World) -> None:
    up = live(world.b).parents[1] / "up"
    up.unlink()
    refused(
        world,
        "configure",
        "node-b did not answer http://10.0.120.10:29003 within 0 s; see"
        " /var/lib/hacluster/status there, and that the nodes' security group lets them reach"
        " each other",
    )
    assert not any("--push" in call for call in world.a.calls())
    up.touch()
    ends(world)


def test_a_second_server_that_no_configuration_reaches(world: World) -> None:
    assert world.b.boot().returncode == 1
    assert world.b.status()["message"] == (
        "no configuration came from node-a within 0 s; see /var/lib/hacluster/status there"
    )
    ends(world)
    assert world.b.boot().returncode == 0


def test_a_package_without_the_product_s_services(world: World) -> None:
    tool = world.a.tool("usr/bin/systemctl")
    whole = tool.read_text()
    world.a.replace("usr/bin/systemctl", "exit 1")
    refused(
        world,
        "restart_services",
        "systemd has no service of the product (clusterpro_webmgr clusterpro_alertsync"
        " clusterpro_ib clusterpro_nm clusterpro_md clusterpro clusterpro_api); see whether"
        f" s3://bucket/{PACKAGE_KEY} is EXPRESSCLUSTER for Linux",
    )
    tool.write_text(whole)
    ends(world)


def test_a_mirror_agent_that_is_not_active(world: World) -> None:
    tools = [world.a.tool(f"usr/bin/{name}") for name in ("journalctl", "systemctl")]
    whole = [tool.read_text() for tool in tools]
    world.a.replace("usr/bin/journalctl", "")
    world.a.replace("usr/bin/systemctl", '[[ "$1" != is-active ]]')
    refused(
        world,
        "await_mirror_agent",
        "the mirror agent is not active after 0 s; see systemctl status clusterpro_md:"
        " its driver exists only for kernels that NEC supports",
    )
    for tool, text in zip(tools, whole, strict=True):
        tool.write_text(text)
    (live(world.a).parents[1] / "agent").touch()  # as a restart by hand does
    ends(world)


def test_a_mirror_agent_that_is_active_and_silent_is_enough(world: World) -> None:
    world.a.replace("usr/bin/journalctl", "")
    done = world.a.boot()
    assert done.returncode == 0
    assert "the mirror agent is active, though the log does not say that it started" in done.stderr


def test_a_configuration_without_this_node_s_volume(world: World) -> None:
    whole = world.a.cluster
    other = world.boot.configuration.replace("vol0aaaaaaaaaaaaaaaa", "vol0cccccccccccccccc")
    world.a.cluster = dataclasses.replace(world.boot, configuration=other)
    refused(
        world,
        "write_configuration",
        "the stack's configuration does not name /dev/disk/by-id/"
        "nvme-Amazon_Elastic_Block_Store_vol0aaaaaaaaaaaaaaaa-part1, a partition of this node's"
        " mirror volume; let the stack name the volume vol-0aaaaaaaaaaaaaaaa, and roll both nodes"
        " out",
    )
    world.a.cluster = whole
    ends(world)


def test_a_name_that_leads_to_another_partition(world: World) -> None:
    world.a.boot(API_STATE="odd")
    link = Path(f"{world.a.link(world.a.node.volume_id)}-part2")
    right = link.readlink()
    link.unlink()
    link.symlink_to(world.a.root / "dev/nvme1n1p1")
    refused(
        world,
        "write_configuration",
        "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0aaaaaaaaaaaaaaaa-part2 does not lead"
        " to /dev/nvme1n1p2, which was prepared: udevadm trigger && udevadm settle",
    )
    link.unlink()
    link.symlink_to(right)
    ends(world)


def test_a_disk_of_nitro_that_has_no_lasting_name(world: World) -> None:
    link = world.a.link(world.a.node.volume_id)
    disk = link.readlink()
    link.unlink()
    (world.a.root / "dev/xvdb").symlink_to(disk)
    refused(
        world,
        "write_configuration",
        "udev made no /dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0aaaaaaaaaaaaaaaa, and the"
        " name of /dev/nvme1n1 does not hold: the image must bring udev's rules for persistent"
        " names",
    )
    link.symlink_to(disk)
    for number in (1, 2):
        Path(f"{link}-part{number}").symlink_to(f"{disk}p{number}")
    ends(world)
