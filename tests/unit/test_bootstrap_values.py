"""What a configuration must say of the node that takes it, and how the boot script reads it."""

import dataclasses
import re
from pathlib import Path

import pytest

from tests.support.cluster_machines import World, live
from tests.support.machine import Machine

RUNBOOK = Path(__file__).parents[2] / "docs/runbook.md"
PARTITION = "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0bbbbbbbbbbbbbbbb-part"


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.build()
    return world


def refused(machine: Machine, holder: str, *values: str) -> None:
    """Boot a machine and see it stop without a push and without a start, naming these values."""
    done = machine.boot()
    assert done.returncode == 1
    said, *named = done.stderr.splitlines()[-2 - len(values) : -1]
    assert said == (
        f"hacluster: the configuration of {holder} is not for this node as it is now; nothing was"
        " pushed or started. Change these values on node-a first (docs/runbook.md, Change a node's"
        " address), then run this script again"
    )
    assert named == [f"hacluster: {value}" for value in values]
    assert machine.status()["step"] == "configure"
    changed = ("clpcfctrl --push", "clpcl", "systemctl restart")
    assert [call for call in machine.calls() if call.startswith(changed)] == []


def moved(world: World) -> Machine:
    """Replace node b by an instance with another address and another interface."""
    address = "10.0.120.99"
    world.boot = dataclasses.replace(
        world.boot,
        configuration=world.boot.configuration.replace("10.0.120.10", address).replace(
            "eni-b", "eni-new"
        ),
        addresses={**world.boot.addresses, "node-b": address},
    )
    return world.replace(world.b)


def test_a_node_that_was_replaced_under_a_new_address_waits_for_the_peer_to_know_it(
    world: World,
) -> None:
    replaced = moved(world)
    refused(
        replaced,
        "node-a",
        "heartbeat address (lan, 0): 10.0.120.10 there, 10.0.120.99 here",
        "mirror address (mdc, 400): 10.0.120.10 there, 10.0.120.99 here",
        "mirror address (mdc, 400, mdc): 10.0.120.10 there, 10.0.120.99 here",
        "interface id (awsvip1): eni-b there, eni-new here",
    )
    assert "node-b" not in live(replaced).read_text()
    assert "\n## Change a node's address\n" in RUNBOOK.read_text()
    live(world.a).write_text(world.boot.configuration)
    assert replaced.boot().returncode == 0
    assert live(replaced).read_text() == world.boot.configuration


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("<type>lan</type>\n      <info>", "heartbeat address (lan, 0): X there, 10.0.120.10 here"),
        ("<type>mdc</type>\n      <info>", "mirror address (mdc, 400): X there, 10.0.120.10 here"),
        ("<mdc>\n        <info>", "mirror address (mdc, 400, mdc): X there, 10.0.120.10 here"),
        ("<eniid>", "interface id (awsvip1): X there, eni-b here"),
        ("<point>", "mount point (md1): X there, /mnt/mirror here"),
        ("<dppath>", f"data partition (md1): X there, {PARTITION}2 here"),
        ("<cppath>", f"cluster partition (md1): X there, {PARTITION}1 here"),
    ],
)
def test_each_value_of_the_node_counts_alone(world: World, path: str, value: str) -> None:
    before, _, after = live(world.a).read_text().rpartition(path)
    live(world.a).write_text(f"{before}{path}X{after[after.index('<') :]}")
    refused(world.replace(world.b), "node-a", value)


def test_a_live_configuration_of_the_node_itself_must_fit_as_well(world: World) -> None:
    (live(world.b).parents[1] / "online").unlink()
    live(world.b).write_text(live(world.b).read_text().replace("eni-b", "eni-old"))
    world.b.calls_file.unlink()
    refused(world.b, "this server", "interface id (awsvip1): eni-old there, eni-b here")


def test_values_of_the_other_server_may_differ(world: World) -> None:
    changed = re.sub("eni-a|10.0.110.10", "other", live(world.a).read_text())
    live(world.a).write_text(changed)
    replaced = world.replace(world.b)
    assert replaced.boot().returncode == 0
    assert live(replaced).read_text() == changed


def test_a_node_says_nothing_of_itself_where_the_peer_does_not_know_it(world: World) -> None:
    live(world.a).write_text("<root><cluster><name>ha</name></cluster></root>")
    done = world.replace(world.b).boot()
    assert done.returncode == 1
    assert done.stderr.count(": missing there, ") == 7


def test_the_stack_s_own_configuration_has_every_value_of_both_servers(world: World) -> None:
    for machine in (world.a, world.b):
        name = machine.node.host_name
        said = machine.call(f'own_values "{live(machine)}"').stdout.splitlines()
        letter, disk = name[-1], machine.link(machine.node.volume_id).name
        assert said == [
            f"heartbeat address (lan, 0)={world.boot.addresses[name]}",
            f"mirror address (mdc, 400)={world.boot.addresses[name]}",
            f"mirror address (mdc, 400, mdc)={world.boot.addresses[name]}",
            f"interface id (awsvip1)=eni-{letter}",
            "mount point (md1)=/mnt/mirror",
            f"data partition (md1)=/dev/disk/by-id/{disk}-part2",
            f"cluster partition (md1)=/dev/disk/by-id/{disk}-part1",
        ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<root><a><b>1</b></a></root>", "1"),
        ('<?xml version="1.0"?>\r\n<root>\r\n <a>\r\n\t<b>\r\n1 </b>\r\n</a></root>\r\n', "1"),
        ("<root><!-- <b>2</b> --><c/><d /><a><e>3</e><b>1</b><b2>4</b2></a></root>", "1"),
        ('<root><a name="x"><b>2</b></a><a id="y"><b>3</b></a></root>', ""),
        ("<root><b>2</b><a /></root>", ""),
        ("</root></a>", ""),
        ("<root><a><b>1", ""),
        ("", ""),
    ],
)
def test_a_text_is_read_by_its_path(world: World, text: str, said: str) -> None:
    file = world.folder / "text"
    file.write_bytes(text.encode())
    assert world.a.call(f'text_at "{file}" a/b').stdout == f"{said}\n"


def test_a_named_and_a_numbered_element_are_told_apart(world: World) -> None:
    file = world.folder / "text"
    file.write_text('<root><a name="x y"><b id="4">1</b></a><a name="z"><b id="4">2</b></a></root>')
    assert (
        world.a.call(f'text_at "{file}" "a@x y/b@4"; text_at "{file}" a@z/b@4').stdout == "1\n2\n"
    )
