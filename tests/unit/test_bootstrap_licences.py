"""Licences: each reaches the product, and nothing else ever has its content."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.support.cluster_machines import LICENCES, World, live


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.install(world.b)
    return world


def holders(root: Path) -> set[str]:
    """Return the files of a machine that hold a licence."""
    return {
        str(path.relative_to(root))
        for path in root.rglob("*")
        if path.is_file()
        and not path.is_symlink()
        and path.stat().st_size < 2**20
        and any(content.encode() in path.read_bytes() for content in LICENCES.values())
    }


def test_the_product_alone_has_the_licences_afterwards(world: World) -> None:
    done = world.a.boot()
    assert done.returncode == 0
    assert (live(world.a).parent / "licences").read_text() == "".join(LICENCES.values())
    assert holders(world.a.root) == {"opt/nec/clusterpro/etc/licences"}
    told = [done.stdout, done.stderr, *world.a.calls(), *world.a.status().values()]
    assert not any(content in text for text in told for content in LICENCES.values())
    assert not (world.a.root / "run/hacluster").exists()


def test_a_licence_lies_where_root_alone_can_read_it(world: World) -> None:
    seen = world.folder / "seen"
    command = world.folder / "product/bin/clplcnsc"
    command.write_text(f'{command.read_text()}stat -c "%a" "$2" "${{2%/*}}" >"{seen}"\n')
    assert world.a.boot().returncode == 0
    assert seen.read_text() == "600\n700\n"


def test_a_licence_that_is_refused_is_removed_and_its_content_is_in_no_message(
    world: World,
) -> None:
    world.fail("clplcnsc", LICENCES["licences/base.key"])  # as a product may quote its input
    done = world.a.boot()
    assert done.returncode == 1
    assert holders(world.a.root) == set()
    assert "SECRET" not in done.stdout + done.stderr + str(world.a.status())


def test_a_licence_is_removed_if_the_run_is_stopped_while_it_is_registered(world: World) -> None:
    command = world.folder / "product/bin/clplcnsc"
    whole = command.read_text()
    command.write_text(f'{whole}touch "{world.folder}/reached"; exec sleep 60\n')
    run = world.a.start()
    deadline = time.monotonic() + 30
    while not (world.folder / "reached").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    children = Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()
    os.kill(run.pid, signal.SIGTERM)
    for child in children:
        os.kill(int(child), signal.SIGTERM)
    _, said = run.communicate(timeout=30)
    assert run.returncode == 1
    assert not (world.a.root / "run/hacluster").exists()
    assert world.a.status()["state"] == "failed"
    assert "(step register_licences)" in said
    (live(world.a).parents[1] / "bin/clplcnsc").write_text(whole)
    assert world.a.boot().returncode == 0


def test_a_registered_licence_is_not_registered_again(world: World) -> None:
    second = world.stored("licences/replicator.key")
    away = second.rename(second.with_suffix(".away"))
    assert world.a.boot().returncode == 1
    away.rename(second)
    assert world.a.boot().returncode == 0
    assert (live(world.a).parent / "licences").read_text() == "".join(LICENCES.values())
