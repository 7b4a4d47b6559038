"""An image that was made of a node: what that node did and ran with is not this one's."""

import shutil
from pathlib import Path

import pytest

from tests.support.cluster_machines import World, live
from tests.support.machine import Machine


@pytest.fixture
def world(tmp_path: Path) -> World:
    """The cluster runs, changed in Cluster WebUI; node a is new, from an image of the old one."""
    world = World(tmp_path)
    world.build()
    old, world.a = world.a, world.replace(world.a)
    for folder in ("var/lib/hacluster", "opt"):
        shutil.copytree(old.root / folder, world.a.root / folder)  # the time of files stays
    (live(world.a).parents[1] / "online").unlink()
    changed = world.boot.configuration.replace("<comment />", "<comment>by hand</comment>", 1)
    live(world.b).write_text(changed)
    return world


def pushes(machine: Machine) -> list[str]:
    return [call for call in machine.calls() if "--push" in call]


def test_a_node_takes_its_peer_s_configuration_and_not_the_one_of_its_image(world: World) -> None:
    assert world.a.boot().returncode == 0
    assert live(world.a).read_text() == live(world.b).read_text()
    assert pushes(world.a) == ["clpcfctrl --push -h 10.0.110.10 -x /var/lib/hacluster/pulled"]


def test_a_node_does_its_own_steps_whatever_its_image_says_is_done(world: World) -> None:
    (world.a.root / "firewalld").touch()
    assert world.a.boot().returncode == 0
    calls = world.a.calls()
    assert calls.count("clplcnsc -i /run/hacluster/licence") == 2
    assert "clpfwctrl.sh --add" in calls
    assert "systemctl restart clusterpro_md" in calls


def test_the_right_to_push_to_both_does_not_come_with_an_image(world: World) -> None:
    """The image is of a node that found this volume blank and never had a cluster."""
    done = world.a.root / "var/lib/hacluster/done"
    for mark in done.glob("*/configured"):
        mark.unlink()
    assert list(done.glob("*/blank-vol-0aaaaaaaaaaaaaaaa"))
    world.fail("clpcfctrl --pull")
    stopped = world.a.boot()
    assert stopped.returncode == 1
    assert "a cluster may exist, so nothing was pushed" in stopped.stderr
    assert pushes(world.a) == []


def test_a_server_that_runs_with_what_its_image_brought_is_not_configured_under_way(
    world: World,
) -> None:
    online = live(world.a).parents[1] / "online"
    online.touch()
    done = world.a.boot()
    assert done.returncode == 1
    assert done.stderr.splitlines()[-2] == (
        "hacluster: this server runs, but not with a configuration that this instance was given: an"
        " image may have brought it; stop the server (clpcl -t) and run this script again"
    )
    assert pushes(world.a) == []
    online.unlink()
    assert world.a.boot().returncode == 0
    assert live(world.a).read_text() == live(world.b).read_text()


@pytest.mark.parametrize("text", [None, "", "nocloud\n"])
def test_a_machine_that_does_not_know_its_instance_is_not_changed(
    tmp_path: Path, text: str | None
) -> None:
    machine = Machine(tmp_path)
    machine.attach(machine.add_disk())
    script = machine.script()
    file = machine.root / "var/lib/cloud/data/instance-id"
    file.unlink()
    if text is not None:
        file.write_text(text)
    done = machine.type(f"bash {script}")
    assert done.returncode == 1
    assert done.stderr.startswith(
        "hacluster: /var/lib/cloud/data/instance-id does not hold the id of this instance (i-...)"
    )
    assert machine.calls() == []
