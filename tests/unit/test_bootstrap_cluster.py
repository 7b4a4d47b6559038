"""Two nodes build their cluster: the boot script run for real on both, side by side."""

import dataclasses
from pathlib import Path

import pytest

from tests.support.cluster_machines import VOLUMES, World, changes, live, marks


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_two_nodes_that_boot_at_once_become_a_cluster(world: World) -> None:
    nodes = [world.b, world.a]
    runs = [node.start(PEER_PATIENCE="60") for node in nodes]
    said = [run.communicate(timeout=60)[1] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], said
    assert [lines.splitlines()[-1] for lines in said] == ["hacluster: this node is configured"] * 2
    assert live(world.a).read_text() == live(world.b).read_text() == world.boot.configuration
    assert [node.status()["state"] for node in nodes] == ["configured", "configured"]
    assert all((live(node).parents[1] / "online").exists() for node in nodes)


def test_the_first_server_calls_the_product_as_nec_s_recipes_do(world: World) -> None:
    world.install(world.b)
    assert world.a.boot().returncode == 0
    calls = world.a.calls()
    pushed = "clpcfctrl --push --force -x /var/lib/hacluster/pushed"
    start = "rpm -i /var/lib/hacluster/expresscls-5.3.0-1.x86_64.rpm"
    said = changes(world.a)
    assert [call for call in said[said.index(start) :] if not call.startswith("aws s3")] == [
        start,
        "clplcnsc -i /run/hacluster/licence",
        "clplcnsc -i /run/hacluster/licence",
        *["clpcfctrl --pull -h 10.0.120.10 -x /var/lib/hacluster/pulled"] * 3,
        pushed,
        "systemctl restart clusterpro_webmgr",
        "systemctl restart clusterpro_alertsync",
        "systemctl restart clusterpro_ib",
        "systemctl restart clusterpro_nm",
        "systemctl restart clusterpro_md",
        "systemctl restart clusterpro",
        "clpcl -s",
    ]
    assert calls.index("connect 10.0.120.10 29003") < calls.index("connect 20.0.0.100 29003")
    assert calls.index("connect 20.0.0.100 29003") < calls.index(pushed)


def test_the_second_server_pushes_nothing(world: World) -> None:
    world.build()
    assert not any("--push" in call for call in world.b.calls())
    assert live(world.b).read_text() == world.boot.configuration


def test_a_second_run_changes_nothing_and_leaves_a_running_server_alone(world: World) -> None:
    (world.a.root / "firewalld").touch()
    world.build()
    for node in (world.a, world.b):
        before = snapshot(node.root)
        node.calls_file.unlink()
        done = node.boot()
        assert done.returncode == 0
        assert "hacluster: this server runs already: it is left alone\n" in done.stderr
        assert changes(node) == [f"hostnamectl set-hostname {node.node.host_name}"]
        assert snapshot(node.root) == before


def snapshot(root: Path) -> dict[str, tuple[int, bytes]]:
    """Every file that the script could change, but for the status with its time."""
    return {
        str(path.relative_to(root)): (path.stat().st_mtime_ns, path.read_bytes())
        for folder in ("etc", "root", "opt", "var/lib/hacluster", "run", "mnt")
        for path in sorted((root / folder).rglob("*"))
        if path.is_file() and path.name != "status"
    }


def test_a_server_that_was_stopped_is_started_without_another_restart(world: World) -> None:
    world.build()
    (live(world.a).parents[1] / "online").unlink()
    world.a.calls_file.unlink()
    assert world.a.boot().returncode == 0
    assert [call for call in changes(world.a) if "host" not in call] == ["clpcl -s"]


def test_a_server_that_lost_its_configuration_restarts_its_services_with_the_new_one(
    world: World,
) -> None:
    world.build()
    (live(world.a).parents[1] / "online").unlink()
    live(world.a).unlink()
    world.a.calls_file.unlink()
    assert world.a.boot().returncode == 0
    assert "systemctl restart clusterpro_webmgr" in world.a.calls()


def test_a_node_has_what_the_cluster_needs_of_its_machine(world: World) -> None:
    hosts = world.a.tool("etc/hosts")
    hosts.write_text("127.0.0.1 localhost\n")
    (world.a.root / "firewalld").touch()
    world.build()
    assert hosts.read_text() == (
        "127.0.0.1 localhost\n"
        "# hacluster: begin\n10.0.110.10 node-a\n10.0.120.10 node-b\n# hacluster: end\n"
    )
    assert (world.a.root / "mnt/mirror").is_dir()
    assert "clpfwctrl.sh --add" in world.a.calls()
    assert not any("clpfwctrl" in call for call in world.b.calls())


def test_the_block_of_names_is_replaced_where_it_stands_and_other_lines_stay(world: World) -> None:
    hosts = world.a.tool("etc/hosts")
    hosts.write_text("# hacluster: begin\n10.0.0.9 node-a\n# hacluster: end\n::1 localhost\n")
    world.install(world.b)
    assert world.a.boot().returncode == 0
    assert hosts.read_text() == (
        "::1 localhost\n"
        "# hacluster: begin\n10.0.110.10 node-a\n10.0.120.10 node-b\n# hacluster: end\n"
    )


def test_a_product_that_the_image_brings_stays_as_it_is(world: World) -> None:
    assert world.a.boot().returncode == 1
    (marks(world.a) / "package").unlink()
    world.a.calls_file.unlink()
    done = world.a.boot()
    assert "hacluster: the product is installed already: it stays as it is\n" in done.stderr
    assert not any(call.startswith("rpm -i") for call in world.a.calls())


def test_a_package_for_debian_is_installed_with_dpkg(world: World) -> None:
    node = world.a
    key = "expresscls-5.3.0-1.amd64.deb"
    world.stored("expresscls-5.3.0-1.x86_64.rpm").rename(world.stored(key))
    node.cluster = dataclasses.replace(world.boot, package_key=key)
    rpm = node.tool("usr/bin/rpm")
    dpkg = rpm.read_text().replace("rpm", "dpkg")
    rpm.unlink()
    node.replace("usr/bin/dpkg", dpkg)
    node.replace("usr/bin/dpkg-deb", 'echo "dpkg-deb $*" >>"$CALLS"; echo expresscls')
    node.replace("usr/bin/dpkg-query", 'echo "dpkg-query $*" >>"$CALLS"; echo half-installed')
    world.install(world.b)
    assert node.boot().returncode == 0
    file = f"/var/lib/hacluster/{key}"
    assert [call for call in node.calls() if call.startswith("dpkg")] == [
        f"dpkg-deb -f {file} Package",
        "dpkg-query -W -f ${db:Status-Status} expresscls",
        f"dpkg -i {file}",
    ]
    (marks(node) / "package").unlink()
    node.replace("usr/bin/dpkg-query", "echo installed")
    node.calls_file.unlink()
    assert node.boot().returncode == 0
    assert f"dpkg -i {file}" not in node.calls()


def test_the_configuration_names_partitions_by_the_volume_and_never_by_their_order(
    world: World,
) -> None:
    world.build()
    text = live(world.a).read_text()
    for volume in VOLUMES.values():
        name = f"/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_{volume.replace('-', '')}"
        assert f">{name}-part1<" in text
        assert f">{name}-part2<" in text
    assert "nvme1n1" not in text


def test_on_xen_both_servers_are_configured_by_the_name_of_the_attachment(world: World) -> None:
    for node in (world.a, world.b):
        node.link(node.node.volume_id).unlink()
        node.add_disk("xvdb")
    world.build()
    text = live(world.a).read_text()
    assert text == live(world.b).read_text()
    assert "by-id" not in text
    assert (text.count(">/dev/xvdb1<"), text.count(">/dev/xvdb2<")) == (2, 2)
