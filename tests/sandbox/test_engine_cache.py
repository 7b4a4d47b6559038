import errno
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from sandbox.engine import Engine, EngineError, link_engine, provide_engine
from sandbox.engine.build import Report, build_arguments, built_engine, cache_key
from sandbox.engine.cache import cache_folder, made_once
from tests.support.language_host import eventually


@pytest.fixture
def reports() -> list[str]:
    return []


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("HA_CLUSTER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def fake_build(folder: Path, report: Report) -> None:
    report("building")
    (folder / "pulumi").write_text("#!/bin/sh\n")
    (folder / "pulumi-language-python-exec").write_text("")


def test_the_cache_is_where_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", "/x")
    monkeypatch.setenv("HA_CLUSTER_CACHE", "/own")
    assert cache_folder() == Path("/own")
    monkeypatch.delenv("HA_CLUSTER_CACHE")
    assert cache_folder() == Path("/x/ha-cluster")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == tmp_path / ".cache" / "ha-cluster"


def test_an_engine_is_built_once_and_then_taken_from_the_cache(
    cache: Path, reports: list[str]
) -> None:
    engine = built_engine(reports.append, fake_build)
    folder = cache / "engine" / cache_key()
    assert engine == Engine(folder / "pulumi", "3.259.0", "built", folder)
    assert engine.pulumi.exists()
    assert built_engine(reports.append, fake_build) == engine
    assert reports == ["building"]


def test_an_official_engine_is_preferred_to_a_build(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cache: Path, reports: list[str]
) -> None:
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    for name in ("pulumi", "pulumi-language-python"):
        (bin_folder / name).write_text("#!/bin/sh\necho v3.300.0\n")
        (bin_folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(bin_folder))
    assert provide_engine(reports.append).origin == "official"
    assert not cache.exists()


def test_the_key_changes_with_whatever_decides_what_is_built(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from sandbox.engine import build

    keys = {cache_key()}
    monkeypatch.setattr(build, "build_arguments", lambda: [*build_arguments(), "-race"])
    keys.add(cache_key())
    monkeypatch.setattr("platform.machine", lambda: "pdp11")
    keys.add(cache_key())
    for name in build.MODULE_FILES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((build.MODULE / name).read_bytes())
    monkeypatch.setattr(build, "MODULE", tmp_path)
    assert cache_key() in keys
    with (tmp_path / "go.sum").open("a") as sums:
        sums.write("\n")
    keys.add(cache_key())
    assert len(keys) == 4


def test_two_at_once_build_once_and_the_second_says_that_it_waits(
    tmp_path: Path, reports: list[str]
) -> None:
    made, go_on = [], threading.Event()

    def make(aside: Path) -> None:
        made.append(aside)
        (aside / "file").touch()
        assert go_on.wait(20)

    def second() -> None:
        made_once(tmp_path / "thing", make, reports.append)

    folders = [threading.Thread(target=second) for _ in range(2)]
    for thread in folders:
        thread.start()
    eventually(lambda: reports)
    go_on.set()
    for thread in folders:
        thread.join(20)
    assert reports == [f"waiting for another set-up that is making {tmp_path / 'thing'}"]
    assert len(made) == 1
    assert (tmp_path / "thing" / "file").exists()


def test_two_processes_at_once_build_once(tmp_path: Path) -> None:
    program = (
        "import sys, time, pathlib\n"
        "from sandbox.engine.cache import made_once\n"
        "def make(aside):\n"
        "    with open(sys.argv[1] + '/made', 'a') as made: made.write('x')\n"
        "    time.sleep(1)\n"
        "    (aside / 'file').touch()\n"
        "made_once(pathlib.Path(sys.argv[1]) / 'thing', make, print)\n"
    )
    processes = [subprocess.Popen([sys.executable, "-c", program, tmp_path]) for _ in range(3)]
    assert [process.wait(30) for process in processes] == [0, 0, 0]
    assert (tmp_path / "made").read_text() == "x"
    assert [path.name for path in (tmp_path / "thing").iterdir()] == ["file"]


def test_a_killed_build_leaves_nothing_that_looks_finished_and_the_next_one_clears_up(
    tmp_path: Path,
) -> None:
    program = (
        "import sys, time, pathlib\n"
        "from sandbox.engine.cache import made_once\n"
        "def make(aside):\n"
        "    (aside / 'half').touch()\n"
        "    print('half', flush=True)\n"
        "    time.sleep(300)\n"
        "made_once(pathlib.Path(sys.argv[1]) / 'thing', make, print)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program, tmp_path], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"half\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not (tmp_path / "thing").exists()
    assert len(list(tmp_path.glob(".thing.making-*"))) == 1
    made_once(tmp_path / "thing", lambda aside: (aside / "whole").touch(), print)
    assert [path.name for path in (tmp_path / "thing").iterdir()] == ["whole"]
    assert list(tmp_path.glob(".thing.making-*")) == []


def test_what_is_finished_appears_at_once_and_not_file_by_file(tmp_path: Path) -> None:
    aside = []
    made_once(tmp_path / "thing", lambda folder: aside.append(folder.stat().st_ino), print)
    assert aside == [(tmp_path / "thing").stat().st_ino]


def test_a_failed_build_leaves_nothing_and_may_be_tried_again(
    cache: Path, reports: list[str]
) -> None:
    def fail(folder: Path, _report: object) -> None:
        (folder / "pulumi").touch()
        raise EngineError("no")

    with pytest.raises(EngineError, match="no"):
        built_engine(reports.append, fail)
    assert [path.name for path in (cache / "engine").iterdir() if path.is_dir()] == []
    assert built_engine(reports.append, fake_build).pulumi.exists()


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk with the cache {} is full"),
        (errno.EROFS, "the cache {} cannot be written (Read-only file system)"),
        (errno.EACCES, "the cache {} cannot be written (Permission denied)"),
    ],
)
def test_a_cache_that_cannot_take_the_build_is_named_with_the_remedy(
    cache: Path, reports: list[str], number: int, words: str
) -> None:
    def fail(_folder: Path, _report: object) -> None:
        raise OSError(number, os.strerror(number))

    with pytest.raises(EngineError) as fault:
        built_engine(reports.append, fail)
    assert str(fault.value).startswith(words.format(cache / "engine"))
    assert "set HA_CLUSTER_CACHE to a folder" in str(fault.value)


def test_a_cache_below_a_file_is_refused_before_anything_is_built(
    cache: Path, reports: list[str]
) -> None:
    cache.write_text("")
    with pytest.raises(EngineError, match="cannot be written"):
        built_engine(reports.append, fake_build)
    assert reports == []


def test_a_command_in_use_is_replaced_without_a_moment_in_which_it_is_missing(
    tmp_path: Path,
) -> None:
    pulumi = tmp_path / "pulumi"
    pulumi.write_text("#!/bin/sh\nexit 0\n")
    pulumi.chmod(0o755)
    engine = Engine(pulumi, "3.259.0", "built", tmp_path / "tools")
    link_engine(engine, tmp_path / "bin")
    until = time.monotonic() + 1
    linker = threading.Thread(
        target=lambda: [link_engine(engine, tmp_path / "bin") for _ in range(200)]
    )
    linker.start()
    while linker.is_alive() and time.monotonic() < until:
        assert (tmp_path / "bin" / "pulumi").exists()
        assert (tmp_path / "bin" / "pulumi-language-python").exists()
    linker.join()
