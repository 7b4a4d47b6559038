"""Two nodes become a cluster under Pacemaker: the boot script run for real on both."""

import dataclasses
import re
from pathlib import Path

import pytest

from components import bootstrap
from components.cluster_engine import PEER_PORTS
from tests.support.machine import NODE
from tests.support.pacemaker_machines import World, boot, changes

CONF, RESOURCE = "etc/corosync/corosync.conf", "etc/drbd.d/mirror.res"
PRIMARY = "drbdadm primary --force mirror"
LOAD = "cibadmin --replace --scope configuration --xml-file /var/lib/hacluster/cib.xml"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_two_nodes_that_boot_at_once_become_a_cluster(world: World) -> None:
    world.build()
    files = world.boot.files
    assert world.cib.read_text() == files["cib"]
    for node in (world.a, world.b):
        assert (node.root / CONF).read_text() == files["corosync_conf"]
        assert (node.root / RESOURCE).read_text() == files["drbd_resource"]
        assert node.status()["state"] == "configured"
        assert (node.root / "mnt/mirror").is_dir()


def test_the_first_node_seeds_the_mirror_and_then_loads_the_configuration(world: World) -> None:
    world.build()
    assert changes(world.a) == [
        "sfdisk --quiet /dev/nvme1n1",
        "drbdadm create-md --force mirror",
        "systemctl stop pacemaker corosync",
        "systemctl enable --quiet --now corosync",
        "systemctl enable --quiet --now pacemaker",
        "drbdadm up mirror",
        PRIMARY,
        "mkfs.ext4 -q -L data /dev/drbd0",
        "drbdadm secondary mirror",
        LOAD,
    ]


def test_the_second_node_forces_nothing_and_loads_nothing(world: World) -> None:
    world.build()
    assert changes(world.b) == [
        "sfdisk --quiet /dev/nvme1n1",
        "drbdadm create-md --force mirror",
        "systemctl stop pacemaker corosync",
        "systemctl enable --quiet --now corosync",
        "systemctl enable --quiet --now pacemaker",
        "drbdadm up mirror",
    ]


def test_each_node_tells_the_cluster_which_instance_it_is(world: World) -> None:
    world.build()
    for node in (world.a, world.b):
        name = node.node.host_name
        assert world.fenced_instance(name) == f"{name}:{node.instance}"


def test_a_second_run_changes_nothing(world: World) -> None:
    world.build()
    for node in (world.a, world.b):
        node.calls_file.unlink()
        assert node.boot().returncode == 0
        assert changes(node) == [
            "systemctl enable --quiet --now corosync",
            "systemctl enable --quiet --now pacemaker",
        ]


def test_a_configuration_that_was_changed_since_is_kept(world: World) -> None:
    world.build()
    conf = world.a.root / CONF
    conf.write_text(conf.read_text().replace("token: 1000", "token: 9000"))
    world.cib.write_text('<primitive id="other"/>')
    assert world.a.boot().returncode == 0
    assert "token: 9000" in conf.read_text()
    assert world.cib.read_text() == '<primitive id="other"/>'


def test_a_node_that_was_replaced_takes_the_cluster_as_it_is(world: World) -> None:
    world.build()
    loaded = world.cib.read_text()
    new = world.replace(world.a)
    records = world.a.root / "dev/nvme1n1p2.records"
    assert (new.root / "dev/nvme1n1p2.records").read_text() == records.read_text()
    done = new.boot()
    assert done.returncode == 0, done.stderr
    assert "the cluster has its configuration already: it is left alone" in done.stderr
    assert "has DRBD's records already" in done.stderr
    assert world.cib.read_text() == loaded
    assert not any(call.startswith(("drbdadm", "mkfs", LOAD)) for call in changes(new))
    assert world.fenced_instance("node-a") == f"node-a:{new.instance}"


def test_a_node_whose_volume_was_replaced_gets_its_data_from_the_peer(world: World) -> None:
    world.build()
    (world.folder / "members/node-a").unlink()
    new = world.add("node-a", "node-a-2")
    assert new.boot().returncode == 0
    assert "drbdadm create-md --force mirror" in changes(new)
    assert PRIMARY not in changes(new)


def test_a_blank_volume_is_not_forced_over_a_peer_with_data(world: World) -> None:
    """The cluster's configuration was lost: one volume is new, the other one has data."""
    world.build()
    world.cib.unlink()
    for member in (world.folder / "members").iterdir():
        member.unlink()
    old, world.b = world.b, world.add("node-b", "node-b-2")
    world.b.take_disk(old, world.b.node.volume_id)
    (world.b.root / "dev/nvme1n1p2.records").write_text("UpToDate\n")
    world.a = world.add("node-a", "node-a-2")
    world.build()
    assert PRIMARY not in world.a.calls() + world.b.calls()
    assert LOAD in world.a.calls()


def test_a_seed_that_was_cut_short_is_finished(world: World) -> None:
    world.b.replace("usr/sbin/cibadmin", "exit 1")
    assert world.b.boot().returncode == 1
    (world.b.root / "up").touch()
    world.a.replace("usr/sbin/mkfs.ext4", "exit 1")
    assert world.a.boot().returncode == 1
    assert not world.cib.exists()
    world.a.replace(
        "usr/sbin/mkfs.ext4", 'echo "mkfs $*" >>"$CALLS"; echo ext4 >"${@: -1}.signature"'
    )
    assert world.a.boot().returncode == 0
    assert "mkfs -q -L data /dev/drbd0" in world.a.calls()
    assert world.cib.exists()


def test_a_mirror_whose_peer_is_not_seen_is_not_decided(world: World) -> None:
    assert world.b.boot().returncode == 1
    done = world.a.boot()
    assert done.returncode == 1
    assert "DRBD shows the volumes as Inconsistent/DUnknown after 0 s" in done.stderr
    assert PRIMARY not in world.a.calls()
    assert not world.cib.exists()


def test_a_node_alone_loads_nothing_and_says_what_it_waits_for(world: World) -> None:
    done = world.a.boot()
    assert done.returncode == 1
    assert "node-b did not join within 0 s" in done.stderr
    assert "(5405/udp 7788/tcp)" in done.stderr
    assert not world.cib.exists()
    assert PRIMARY not in world.a.calls()


def test_a_configuration_that_is_not_taken_is_said_and_no_step_follows(world: World) -> None:
    (world.folder / "refused").touch()
    first = world.a.start(PEER_PATIENCE="60")
    assert world.b.boot(PEER_PATIENCE="3").returncode == 1
    said = first.communicate(timeout=60)[1]
    assert "cibadmin did not take /var/lib/hacluster/cib.xml (Update does not conform" in said
    assert world.a.status()["step"] == "load_cib"


def test_data_without_drbd_s_records_stops_the_script_before_anything_is_changed(
    world: World,
) -> None:
    assert world.a.call("make_partitions $ROOT/dev/nvme1n1").returncode == 0
    (world.a.root / "dev/nvme1n1p2.signature").write_text("ext4")
    world.a.calls_file.unlink()
    done = world.a.boot()
    assert done.returncode == 1
    assert (
        "/dev/nvme1n1p2 has data and no records of DRBD; nothing on it was changed" in done.stderr
    )
    assert "to discard all that is on it: wipefs --all " in done.stderr
    assert changes(world.a) == []


def test_records_that_are_gone_are_not_made_anew(world: World) -> None:
    world.build()
    (world.a.root / "up").unlink()
    (world.a.root / "dev/nvme1n1p2.records").unlink()
    done = world.a.boot()
    assert done.returncode == 1
    assert "drbdadm does not find the records of DRBD" in done.stderr
    assert "nothing was changed" in done.stderr


def test_all_that_the_image_lacks_is_named_before_anything_is_changed(world: World) -> None:
    lacks = (
        "usr/sbin/corosync",
        "usr/sbin/fence_aws",
        "usr/lib/ocf/resource.d/ha-cluster/virtual-ip",
        "usr/lib/ocf/resource.d/linbit/drbd",
    )
    for path in lacks:
        world.a.tool(path).unlink()
    done = world.a.boot()
    assert done.returncode == 1
    [line] = [each for each in done.stderr.splitlines() if "the image must bring" in each]
    named = line.replace(str(world.a.root), "").split(": not found")[0].split()
    assert set(named) >= {
        "corosync",
        "fence_aws",
        "/usr/lib/ocf/resource.d/ha-cluster/virtual-ip",
        "/usr/lib/ocf/resource.d/linbit/drbd",
    }
    assert world.a.calls() == []


def test_boto3_and_the_module_are_looked_for_as_well(world: World) -> None:
    for name in ("no-boto3", "no-module"):
        (world.a.root / name).touch()
    done = world.a.boot()
    assert done.returncode == 1
    missing = (
        "the image must bring boto3 for a /usr/bin/python3 of 3.11 or later, "
        "the module drbd for this kernel\n"
    )
    assert missing in done.stderr
    assert changes(world.a) == []


def test_without_fencing_no_fence_agent_is_needed_and_no_device_is_written(tmp_path: Path) -> None:
    world = World(tmp_path, fencing=False)
    for node in (world.a, world.b):
        node.tool("usr/sbin/fence_aws").unlink()
    world.build()
    assert not any(call.startswith("crm_resource") for call in world.a.calls())


def test_a_device_that_was_removed_is_said_and_does_not_stop_the_node(world: World) -> None:
    world.build()
    world.cib.write_text('<primitive id="virtual-ip"/>')
    done = world.a.boot()
    assert done.returncode == 0
    for device in ("fence-node-a", "fence-node-a-off"):
        assert f"the cluster has no {device}: it cannot fence this node by it" in done.stderr


def test_a_key_of_the_image_turns_encryption_on(world: World) -> None:
    for node in (world.a, world.b):
        node.tool("etc/corosync/authkey").write_text("SECRET")
    world.build()
    text = (world.a.root / CONF).read_text()
    assert "crypto_cipher: aes256\n" in text
    assert "crypto_hash: sha256\n" in text
    assert "SECRET" not in text


def test_without_a_key_the_log_says_that_nothing_is_encrypted(world: World) -> None:
    done = world.a.boot()
    assert "the image has no /etc/corosync/authkey: the nodes talk to each other unencrypted" in (
        done.stderr
    )


def test_what_an_image_kept_of_another_cluster_does_not_come_back(world: World) -> None:
    kept = world.a.tool("var/lib/pacemaker/cib/cib.xml")
    kept.write_text("<cib/>")
    world.a.boot()
    assert not kept.exists()
    assert kept.parent.is_dir()


def test_under_drbd_8_fencing_is_an_option_of_the_disk(world: World) -> None:
    (world.a.root / "drbd-version").write_text("8.4.11\n")
    world.a.boot()
    text = (world.a.root / RESOURCE).read_text()
    assert text.startswith(
        "resource mirror {\n    disk {\n        fencing resource-and-stonith;\n    }\n    net {\n"
        "        protocol C;\n"
    )
    assert re.findall(r'fence-peer "(.*)";', text) == [
        "/usr/lib/drbd/crm-fence-peer.sh --timeout 1000 --dc-timeout 1060",
        "/usr/lib/drbd/crm-unfence-peer.sh",
    ]
    assert ".9.sh" not in text


def test_a_disk_that_udev_does_not_name_by_its_volume_is_refused(world: World) -> None:
    world.a.link(world.a.node.volume_id).unlink()
    world.a.add_disk("xvdb")
    done = world.a.boot()
    assert done.returncode == 1
    assert "udev names a disk by its volume on Nitro alone" in done.stderr
    assert "drbdadm create-md --force mirror" not in world.a.calls()


def test_firewalld_opens_the_ports_of_the_security_group(world: World) -> None:
    (world.a.root / "firewalld").touch()
    world.a.boot()
    ports = [f"--add-port={first}/{protocol}" for protocol, first, _ in PEER_PORTS["pacemaker"]]
    assert f"firewall-cmd --permanent {' '.join(ports)}" in world.a.calls()
    assert "firewall-cmd --reload" in world.a.calls()


def test_xfs_is_made_on_the_mirrored_device(tmp_path: Path) -> None:
    world = World(tmp_path, file_system="xfs")
    for node in (world.a, world.b):
        node.change(mirror=dataclasses.replace(NODE.mirror, file_system="xfs"))
        node.replace("usr/sbin/mkfs.xfs", 'echo "mkfs.xfs $*" >>"$CALLS"')
    world.build()
    assert "mkfs.xfs -q -L data /dev/drbd0" in world.a.calls()


def test_the_user_data_leave_room(world: World) -> None:
    text = bootstrap.linux_user_data(world.a.node, boot(application_unit="a" * 251))
    assert len(text) < bootstrap.USER_DATA_LIMIT * 3 // 4


def test_the_script_is_one_of_two_nodes(world: World) -> None:
    stranger = dataclasses.replace(NODE, host_name="node-c")
    with pytest.raises(ValueError, match="node-c"):
        bootstrap.linux_user_data(stranger, world.boot)


def test_the_application_s_unit_is_left_to_pacemaker_alone(tmp_path: Path) -> None:
    world = World(tmp_path, application_unit="postgresql.service")
    world.build()
    for node in (world.a, world.b):
        calls = node.calls()
        disabled = calls.index("systemctl disable --quiet --now postgresql.service")
        assert disabled < calls.index("systemctl enable --quiet --now pacemaker")


def test_no_unit_is_disabled_where_none_is_named(world: World) -> None:
    world.build()
    assert not any(call.startswith("systemctl disable") for call in world.a.calls())
