"""A node that was replaced while its peer runs the cluster: it never configures the peer."""

import dataclasses
from pathlib import Path

import jmespath
import pytest

from components.expresscluster import configuration
from tests.support.cluster_machines import World, describe, live
from tests.support.machine import Machine

IMAGES = Path(__file__).parents[2] / "docs/images.md"
TO_ITSELF = ["clpcfctrl --push -h 10.0.110.10 -x /var/lib/hacluster/pulled"]
BY_HAND = (
    "hacluster: if there is a cluster: on node-b run clpcfctrl --pull -x DIR, bring DIR here, run"
    " clpcfctrl --push -h 10.0.110.10 -x DIR, then this script again"
)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Node b runs the cluster, changed in Cluster WebUI; node a is new and has its old volume."""
    world = World(tmp_path)
    world.build()
    changed = world.boot.configuration.replace("<comment />", "<comment>by hand</comment>", 1)
    live(world.b).write_text(changed)
    world.b.calls_file.unlink()
    world.a = world.replace(world.a)
    return world


def pushes(machine: Machine) -> list[str]:
    return [call for call in machine.calls() if "--push" in call]


def by_hand(stderr: str, beginning: str) -> str:
    """Return what the log says after a beginning, to the end of the line."""
    [found] = {line.partition(beginning)[2] for line in stderr.splitlines() if beginning in line}
    return found


def test_the_first_server_takes_the_live_configuration_and_leaves_its_peer_alone(
    world: World,
) -> None:
    before = (live(world.b).stat().st_mtime_ns, live(world.b).read_text())
    done = world.a.boot()
    assert done.returncode == 0
    assert pushes(world.a) == TO_ITSELF
    assert live(world.a).read_text() == before[1]
    assert (live(world.b).stat().st_mtime_ns, live(world.b).read_text()) == before
    assert world.b.calls() == []
    assert (
        "hacluster: node-b has a configuration of this cluster: this node takes it and leaves"
        " node-b alone\n" in done.stderr
    )


def test_the_second_server_does_the_same(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.build()
    world.a.calls_file.unlink()
    replaced = world.replace(world.b)
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
    assert pushes(world.a) == TO_ITSELF


def test_nothing_is_pushed_where_the_volume_held_data_and_the_peer_gives_no_configuration(
    world: World,
) -> None:
    world.fail("clpcfctrl --pull")
    before = live(world.b).read_text()
    done = world.a.boot()
    assert done.returncode == 1
    script = f"{world.a.root}/var/lib/cloud/instance/scripts/part-001"
    held, cluster, none = done.stderr.splitlines()[-4:-1]
    assert held == (
        "hacluster: node-b gave no configuration, and vol-0aaaaaaaaaaaaaaaa held data before this"
        " instance came: a cluster may exist, so nothing was pushed"
    )
    assert cluster == BY_HAND
    assert none == (
        "hacluster: if there is no cluster yet, as root:"
        f" bash {script} vol-0aaaaaaaaaaaaaaaa first-push"
    )
    assert pushes(world.a) == []
    assert not (live(world.a).parents[1] / "online").exists()
    assert live(world.b).read_text() == before


def test_the_log_s_own_commands_bring_the_configuration_by_hand(world: World) -> None:
    world.fail("clpcfctrl --pull")
    done = world.a.boot()
    command = by_hand(done.stderr, "bring DIR here, run ").partition(",")[0]
    assert f"`{command.replace('10.0.110.10', 'OWN')}`" in IMAGES.read_text()
    brought = world.folder / "brought"
    brought.mkdir()
    (brought / "clp.conf").write_text(live(world.b).read_text())
    product = f"export ROOT={world.a.root} WORLD={world.folder}; {live(world.a).parents[1]}/bin/"
    assert world.a.type(product + command.replace("DIR", str(brought))).returncode == 0
    assert world.a.boot().returncode == 0
    assert pushes(world.a) == [command.replace("DIR", str(brought))]
    assert live(world.a).read_text() == live(world.b).read_text()


def test_somebody_who_knows_that_there_is_no_cluster_allows_the_first_push(world: World) -> None:
    world.fail("clpcfctrl --pull")
    for path in (live(world.b), live(world.b).parents[1] / "online"):
        path.unlink()
    command = by_hand(world.a.boot().stderr, "no cluster yet, as root: ")
    done = world.a.type(command)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        0,
        "hacluster: this node is configured",
    )
    assert pushes(world.a) == ["clpcfctrl --push --force -x /var/lib/hacluster/pushed"]
    page = IMAGES.read_text()
    assert command.replace(str(world.a.root), "").replace("vol-0aaaaaaaaaaaaaaaa", "VOLUME") in page


def test_another_word_than_first_push_stops_before_anything_is_changed(world: World) -> None:
    done = world.a.type(f"bash {world.a.script()} vol-0aaaaaaaaaaaaaaaa force")
    assert done.returncode == 1
    assert done.stderr.startswith(
        "hacluster: force is not first-push, the only word after the id of a volume\n"
    )
    assert world.a.calls() == []


def test_a_peer_that_answers_and_gives_no_configuration_is_asked_twelve_times(
    world: World,
) -> None:
    world.fail("clpcfctrl --pull")
    assert world.a.boot(PEER_PATIENCE="60", PAUSE="0").returncode == 1
    assert sum(call.startswith("clpcfctrl --pull") for call in world.a.calls()) == 12


def test_a_server_that_was_in_the_cluster_never_pushes_to_both_again(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.build()
    for path in (live(world.a), live(world.a).parents[1] / "online", world.a.calls_file):
        path.unlink()
    world.fail("clpcfctrl --pull")
    assert world.a.boot().returncode == 1
    assert pushes(world.a) == []


@pytest.mark.parametrize("step", ["mkfs.ext4", "describe-vpcs", "--push", "md"])
def test_a_first_boot_that_failed_halfway_may_still_push(tmp_path: Path, step: str) -> None:
    world = World(tmp_path)
    world.install(world.b)
    broken = world.a.tool("usr/sbin/mkfs.ext4")
    whole = broken.read_text()
    if step == "mkfs.ext4":  # it made a part
        world.a.replace("usr/sbin/mkfs.ext4", 'echo ext4 >"${@: -1}.signature"; exit 1')
    calls = {"--push": "clpcfctrl --push", "md": "systemctl restart clusterpro_md"}
    world.fail(calls.get(step, "nothing"))
    assert world.a.boot(API_STATE="odd" if step == "describe-vpcs" else "ok").returncode == 1
    broken.write_text(whole)
    world.repair()
    assert world.a.boot().returncode == 0
    assert live(world.b).read_text() == world.boot.configuration
    assert pushes(world.a)[-1] == "clpcfctrl --push --force -x /var/lib/hacluster/pushed"


def test_the_permission_is_for_the_volume_that_was_blank_and_no_other(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.install(world.b)
    assert world.a.boot(API_STATE="odd").returncode == 1
    other, disk = "vol-0cccccccccccccccc", world.a.add_disk("nvme2n1")
    for suffix, text in {"": "gpt", "p2": "ext4"}.items():
        Path(f"{disk}{suffix}.signature").write_text(text)
    world.a.attach(disk, other)
    for number, name in enumerate(("cluster", "data"), 1):
        Path(f"{disk}.name{number}").write_text(name)
        Path(f"{world.a.link(other)}-part{number}").symlink_to(
            world.a.add_disk(f"nvme2n1p{number}")
        )
    text = world.boot.configuration.replace("vol0aaaaaaaaaaaaaaaa", other.replace("-", ""))
    world.a.cluster = dataclasses.replace(world.boot, configuration=text)
    done = world.a.type(f"bash {world.a.script()} {other}")
    assert f"{other} held data before this instance came" in done.stderr
    assert pushes(world.a) == []


def test_one_pull_that_fails_is_not_enough_for_a_push_to_both(tmp_path: Path) -> None:
    world = World(tmp_path)  # its volumes are blank
    world.install(world.b)
    changed = world.boot.configuration.replace("<comment />", "<comment>by hand</comment>", 1)
    live(world.b).write_text(changed)
    world.fail("clpcfctrl --pull")
    world.a.replace("usr/bin/sleep", f'rm -f "{world.folder}/fail"')
    assert world.a.boot().returncode == 0
    assert pushes(world.a) == TO_ITSELF
    assert live(world.a).read_text() == live(world.b).read_text() == changed


@pytest.mark.parametrize("virtual_ip", ["20.0.0.100", "20.0.0.99"])
def test_nothing_is_pushed_while_a_virtual_ip_answers_that_stack_or_routes_name(
    tmp_path: Path, virtual_ip: str
) -> None:
    world = World(tmp_path)  # its volumes are blank
    world.install(world.b)
    live(world.b).write_text(world.boot.configuration.replace("20.0.0.100", virtual_ip))
    world.route("10.1.0.0", virtual_ip)
    world.answer(virtual_ip, world.b)
    world.fail("clpcfctrl --pull")
    before = live(world.b).read_text()
    done = world.a.boot()
    assert done.returncode == 1
    runs, cluster = done.stderr.splitlines()[-3:-1]
    assert runs == (
        f"hacluster: a cluster runs, as {virtual_ip} answers, but node-b gave no configuration and"
        " nothing was pushed"
    )
    assert cluster == BY_HAND
    assert pushes(world.a) == []
    assert live(world.b).read_text() == before
    assert world.a.calls().count(f"connect {virtual_ip} 29003") == 1
    world.repair()
    assert world.a.boot().returncode == 0


def test_nothing_is_pushed_where_the_routes_are_not_known(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.install(world.b)
    (world.folder / "routes").unlink()
    done = world.a.boot()
    assert done.returncode == 1
    assert "hacluster: the route tables of vpc-0123456789abcdef0 are not known (" in done.stderr
    assert pushes(world.a) == []
    world.route("20.0.0.100")
    assert world.a.boot().returncode == 0


def test_the_routes_to_interfaces_are_taken_from_the_answer_of_the_api(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.install(world.b)
    world.a.boot()
    [call] = {call for call in world.a.calls() if "describe-route-tables" in call}
    filters, _, query = call.partition(" --output text --query ")
    assert filters == (
        "aws ec2 describe-route-tables --filters Name=vpc-id,Values=vpc-0123456789abcdef0"
    )
    local = {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local"}
    prefix_list = {"DestinationPrefixListId": "pl-1", "NetworkInterfaceId": "eni-a"}
    virtual_ip = {"DestinationCidrBlock": "20.0.0.100/32", "NetworkInterfaceId": "eni-a"}
    tables = [{"Routes": [local, virtual_ip]}, {"Routes": [local]}, {"Routes": [prefix_list]}]
    assert jmespath.search(query, {"RouteTables": tables}) == ["20.0.0.100/32"]


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


def test_a_push_that_reached_the_peer_alone_is_finished_by_the_next_run(world: World) -> None:
    live(world.b).write_text(world.boot.configuration)
    assert world.a.boot().returncode == 0
    assert live(world.a).read_text() == live(world.b).read_text()
