"""Linux user data: the script, packed, with the node's values in front."""

import base64
import dataclasses
import gzip
import random
import subprocess
from pathlib import Path

import pytest

from components import bootstrap
from components.bootstrap.linux import linux_script
from components.cluster_description import LinuxMirror, WindowsMirror
from tests.support.cluster_machines import World
from tests.support.machine import NODE, VOLUME, Machine

SECTIONS = Path(bootstrap.__file__).parent / "linux"
FIVE_LICENCES = tuple(f"expresscluster/licences/X5_{name}_Lin.key" for name in range(5))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_the_values_of_a_node_stand_after_the_first_line() -> None:
    lines = linux_script(NODE, None).splitlines()
    assert lines[:7] == [
        "#!/bin/bash",
        "HOST_NAME=node-a",
        "REGION=eu-west-1",
        "VPC_ID=vpc-0123456789abcdef0",
        f"MIRROR_VOLUME={VOLUME}",
        "MIRROR_DEVICE=/dev/xvdb",
        "FILE_SYSTEM=ext4",
    ]
    assert lines[7:9] == (SECTIONS / "base.sh").read_text().splitlines()[1:3]


def test_those_of_a_cluster_follow_and_lists_are_arrays(world: World) -> None:
    text = linux_script(world.a.node, world.boot)
    shown = subprocess.run(
        [
            "bash",
            "-c",
            f"{text.partition('set -euo')[0]}\ndeclare -p SERVERS LICENCE_KEYS PRIORITY",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.splitlines() == [
        'declare -a SERVERS=([0]="node-a" [1]="node-b")',
        'declare -a LICENCE_KEYS=([0]="licences/base.key" [1]="licences/replicator.key")',
        'declare -- PRIORITY="0"',
    ]


def test_the_second_server_knows_its_place(world: World) -> None:
    lines = linux_script(world.b.node, world.boot).splitlines()
    assert {"PRIORITY=1", "OWN_ADDRESS=10.0.120.10", "PEER=node-a"} <= set(lines)
    assert "PEER_ADDRESS=10.0.110.10" in lines


def test_every_section_is_in_the_script_of_a_server(world: World) -> None:
    text = linux_script(world.a.node, world.boot)
    for section in SECTIONS.glob("*.sh"):
        assert section.read_text().splitlines()[-1] in text.splitlines()


def test_without_a_cluster_the_script_has_nothing_of_the_product() -> None:
    assert "clpcfctrl" not in linux_script(NODE, None)


@pytest.mark.parametrize(
    "name", ["HOST_NAME", "VPC_ID", "FILE_SYSTEM", "BUCKET", "LICENCE_KEYS", "PEER_ADDRESS"]
)
def test_a_value_that_is_not_given_stops_the_script(world: World, name: str) -> None:
    script = world.a.script()
    lines = script.read_text().splitlines()
    script.write_text("\n".join(line for line in lines if not line.startswith(f"{name}=")))
    done = world.a.type(f"bash {script}")
    assert done.returncode == 1
    assert done.stderr.startswith(f"hacluster: the script has no value for {name}\n")
    assert world.a.calls() == []


def test_the_script_says_what_it_is_and_leaves_all_other_comments_out(world: World) -> None:
    text = linux_script(world.a.node, world.boot)
    first, _, rest = text.partition("set -euo pipefail\n")
    assert first.count("\n# ") == (SECTIONS / "base.sh").read_text().partition("set -")[0].count(
        "\n# "
    )
    comments = [line.strip() for line in rest.splitlines() if line.strip().startswith("#")]
    assert all(line.startswith("# shellcheck disable=") for line in comments)
    kept = dataclasses.replace(world.boot, configuration="<root>\n# of a value\n</root>\n")
    assert "\n# of a value\n" in linux_script(world.a.node, kept)


def test_a_hostile_value_stays_a_value(tmp_path: Path) -> None:
    node = dataclasses.replace(NODE, host_name="$(touch hacked); 'x")
    text = linux_script(node, None)
    shown = subprocess.run(
        ["bash", "-c", f'{text.splitlines()[1]}\necho "$HOST_NAME"'],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert shown.stdout == "$(touch hacked); 'x\n"
    assert list(tmp_path.iterdir()) == []


def test_cloud_init_unpacks_the_script_and_every_day_packs_it_alike(world: World) -> None:
    text = bootstrap.linux_user_data(world.a.node, world.boot)
    packed = base64.b64decode(text, validate=True)
    assert gzip.decompress(packed).decode() == linux_script(world.a.node, world.boot)
    assert packed[:4] == b"\x1f\x8b\x08\x00"
    assert packed[4:8] == bytes(4)  # the time, which would replace a node
    assert bootstrap.linux_user_data(world.a.node, world.boot) == text


def test_a_cluster_with_five_licences_fits_into_what_aws_takes(world: World) -> None:
    cluster = dataclasses.replace(world.boot, licence_keys=FIVE_LICENCES, bucket="b" * 63)
    size = len(bootstrap.linux_user_data(world.a.node, cluster))
    assert 13_000 < size < 14_500 < bootstrap.USER_DATA_LIMIT


def test_what_does_not_fit_is_refused_with_its_size(world: World) -> None:
    letters = random.Random(1).choices("abcdefghijklmnopqrstuvwxyz", k=10_000)
    cluster = dataclasses.replace(world.boot, licence_keys=("".join(letters),))
    with pytest.raises(ValueError, match=r"^the user data of node-a has \d{5} characters, more"):
        bootstrap.linux_user_data(world.a.node, cluster)


@pytest.mark.parametrize(
    "mirror", [WindowsMirror("sync", "E", "F"), LinuxMirror("sync", "btrfs", "/mnt")]
)
def test_a_mirror_that_linux_cannot_have_is_refused(mirror: LinuxMirror | WindowsMirror) -> None:
    with pytest.raises(ValueError, match=r"^node-a: a Linux node mirrors ext4 or xfs$"):
        linux_script(dataclasses.replace(NODE, mirror=mirror), None)


def test_a_package_of_another_kind_is_refused(world: World) -> None:
    cluster = dataclasses.replace(world.boot, package_key="ecx5.zip")
    with pytest.raises(ValueError, match=r"^ecx5\.zip is not a package: it must end in "):
        linux_script(world.a.node, cluster)


def test_a_node_that_is_not_one_of_two_servers_is_refused(world: World) -> None:
    cluster = dataclasses.replace(world.boot, addresses={"node-a": "10.0.0.1"})
    with pytest.raises(
        ValueError, match=r"^node-a must be one of two servers, not of \['node-a'\]"
    ):
        linux_script(world.a.node, cluster)


def test_one_run_at_a_time_and_a_killed_one_holds_nobody_up(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    run = machine.start(PATIENCE="60")
    while not (machine.root / "run/hacluster/pid").exists():
        assert run.poll() is None
    again = machine.type(f"bash {machine.root}/var/lib/cloud/instance/scripts/part-001")
    assert (again.returncode, again.stderr) == (
        1,
        f"hacluster: process {run.pid} runs this script already: wait until it ends\n",
    )
    run.kill()
    run.communicate()
    machine.attach(machine.add_disk())
    assert machine.boot().returncode == 0
