"""A node that was replaced while its peer runs the cluster: it never configures the peer."""

from pathlib import Path

import pytest

from components.expresscluster import configuration
from tests.support.cluster_machines import World, describe, live
from tests.support.machine import Machine

IMAGES = Path(__file__).parents[2] / "docs/images.md"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Node b runs the cluster, with a change that somebody made in Cluster WebUI."""
    world = World(tmp_path)
    world.install(world.b)
    changed = world.boot.configuration.replace("<comment />", "<comment>by hand</comment>", 1)
    live(world.b).write_text(changed)
    (live(world.b).parents[1] / "online").touch()
    return world


def pushes(machine: Machine) -> list[str]:
    return [call for call in machine.calls() if "--push" in call]


def test_the_first_server_takes_the_live_configuration_and_leaves_its_peer_alone(
    world: World,
) -> None:
    before = (live(world.b).stat().st_mtime_ns, live(world.b).read_text())
    done = world.a.boot()
    assert done.returncode == 0
    assert pushes(world.a) == ["clpcfctrl --push -h 10.0.110.10 -x /var/lib/hacluster/pulled"]
    assert live(world.a).read_text() == before[1]
    assert (live(world.b).stat().st_mtime_ns, live(world.b).read_text()) == before
    assert world.b.calls() == []
    assert (
        "hacluster: node-b has a configuration of this cluster: this node takes it and leaves"
        " node-b alone\n" in done.stderr
    )


def test_the_second_server_does_the_same(world: World) -> None:
    world.install(world.a)
    live(world.a).write_text(live(world.b).read_text())
    replaced = world.add("node-b", "node-b-2")
    assert replaced.boot().returncode == 0
    assert pushes(replaced) == ["clpcfctrl --push -h 10.0.120.10 -x /var/lib/hacluster/pulled"]
    assert live(replaced).read_text() == live(world.a).read_text()
    assert world.a.calls() == []


def test_it_waits_for_a_peer_that_restarts_just_then(world: World) -> None:
    up, away = live(world.b), live(world.b).with_suffix(".away")
    (up.parents[1] / "up").unlink()
    up.rename(away)
    world.a.replace("usr/bin/sleep", f'[[ $1 == 0 ]] || mv -n "{away}" "{up}"')
    assert world.a.boot(PEER_PATIENCE="60").returncode == 0
    assert pushes(world.a) == ["clpcfctrl --push -h 10.0.110.10 -x /var/lib/hacluster/pulled"]


def test_nothing_is_pushed_while_the_virtual_ip_answers_and_the_peer_says_nothing(
    world: World,
) -> None:
    (world.folder / "servers/20.0.0.100").symlink_to(world.b.root)
    world.fail("clpcfctrl --pull")
    before = live(world.b).read_text()
    done = world.a.boot()
    assert done.returncode == 1
    assert done.stderr.splitlines()[-2] == (
        "hacluster: a cluster runs, as 20.0.0.100 answers, but node-b gave no configuration and"
        " nothing was pushed; on node-b run clpcfctrl --pull -x DIR, bring DIR here and run"
        " clpcfctrl --push -h 10.0.110.10 -x DIR"
    )
    by_hand = done.stderr.partition("bring DIR here and run ")[2].splitlines()[0]
    assert f"`{by_hand.replace('10.0.110.10', 'OWN')}`" in IMAGES.read_text()
    assert pushes(world.a) == []
    assert live(world.b).read_text() == before
    world.mend()
    assert world.a.boot().returncode == 0


def test_a_peer_of_another_cluster_is_left_alone(world: World) -> None:
    live(world.b).write_text(configuration(describe("other")))
    done = world.a.boot()
    assert done.returncode == 1
    assert done.stderr.splitlines()[-2] == (
        "hacluster: node-b belongs to the cluster other, not to ha: nothing was pushed;"
        " remove that cluster from node-b, or give this one its name"
    )
    assert pushes(world.a) == []
    live(world.b).write_text(world.boot.configuration)
    assert world.a.boot().returncode == 0


def test_a_live_configuration_without_this_node_s_volume_is_not_taken(world: World) -> None:
    right = live(world.b).read_text()
    live(world.b).write_text(right.replace("vol0aaaaaaaaaaaaaaaa", "vol0cccccccccccccccc"))
    done = world.a.boot()
    assert done.returncode == 1
    assert "mirror volume; correct it on node-b in Cluster WebUI\n" in done.stderr
    assert pushes(world.a) == []
    live(world.b).write_text(right)
    assert world.a.boot().returncode == 0


def test_a_push_that_reached_the_peer_alone_is_finished_by_the_next_run(world: World) -> None:
    live(world.b).write_text(world.boot.configuration)
    assert world.a.boot().returncode == 0
    assert live(world.a).read_text() == live(world.b).read_text()
