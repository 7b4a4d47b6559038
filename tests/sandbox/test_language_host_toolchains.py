"""What poetry and uv are told for a project that uses them; the tools themselves are stand-ins."""

import sys
from pathlib import Path
from typing import Any

import pytest

from sandbox.engine.install import install_steps
from sandbox.engine.packages import installed_packages, python_facts
from sandbox.engine.python_project import PythonProject
from sandbox.engine.toolchain import ProjectError
from tests.support.language_host import program_info

POETRY = """
case "$*" in
  "--version --no-ansi --no-plugins") echo "Poetry (version 2.1.3)";;
  "env info --path") test -e made && echo "$PWD/made";;
  *) exit 9;;
esac
"""
UV = """
case "$*" in
  "--version") echo "uv 0.9.2 (Homebrew 2025-10-10)";;
  "sync --inexact") echo "$PWD $UV_PROJECT_ENVIRONMENT" >>"$LOG";;
  *) exit 9;;
esac
"""
LOCK = """
[[package]]
name = "Shop"
version = "0.1.0"
source = { virtual = "." }
[[package]]
name = "pulumi_aws"
version = "7.51.0"
[[package]]
name = "parver"
version = "0.5"
"""


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH but the system's, with neither tool in it yet."""
    folder = tmp_path / "tools"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv("LOG", str(tmp_path / "log"))
    monkeypatch.delenv("UV_PROJECT_ENVIRONMENT", raising=False)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "shop"\ndependencies = ["pulumi-aws>=7"]\n'
    )
    return folder


def give(tools: Path, name: str, script: str) -> None:
    (tools / name).write_text(f"#!/bin/sh\n{script}")
    (tools / name).chmod(0o755)


def make_environment(virtualenv: Path) -> None:
    (virtualenv / "bin").mkdir(parents=True)
    (virtualenv / "pyvenv.cfg").touch()
    (virtualenv / "bin" / "python").symlink_to(sys.executable)


def project(folder: Path, toolchain: str | None, **options: Any) -> PythonProject:
    given = {"toolchain": toolchain, "virtualenv": None, **options}
    return PythonProject.of(program_info(folder, **given))


def installs(made: PythonProject) -> list[list[str]]:
    return [command for _, command in install_steps(made, is_plugin=False)]


@pytest.mark.parametrize("tool", ["poetry", "uv"])
def test_a_tool_that_is_missing_is_named_once_with_the_remedy(
    tools: Path, folder: Path, tool: str
) -> None:
    assert list(tools.iterdir()) == []
    with pytest.raises(ProjectError) as refused:
        project(folder, tool)
    assert str(refused.value) == (
        f"the project's toolchain is {tool}, and there is no `{tool}` on PATH; "
        f"install {tool}, or set the runtime option `toolchain: pip`"
    )


@pytest.mark.parametrize(
    ("tool", "told", "oldest"),
    [("poetry", "Poetry (version 1.7.9)", "1.8.0"), ("uv", "uv 0.4.25", "0.4.26"), ("uv", "", "0")],
)
def test_a_tool_that_is_too_old_for_pulumi_is_refused(
    tools: Path, folder: Path, tool: str, told: str, oldest: str
) -> None:
    give(tools, tool, f'echo "{told}"\n')
    with pytest.raises(ProjectError, match=f"Pulumi needs {oldest}"):
        project(folder, tool)


def test_poetry_names_its_environment_and_makes_it_at_install(tools: Path, folder: Path) -> None:
    give(tools, "poetry", POETRY)
    before = project(folder, "poetry")
    assert installs(before) == [["poetry", "install", "--no-ansi"]]
    with pytest.raises(ProjectError, match="run `pulumi install` to create it"):
        before.interpreter()
    make_environment(folder / "made")
    after = project(folder, "poetry", virtualenv="ignored")
    assert after.interpreter() == folder / "made" / "bin" / "python"
    assert after.environment()["PATH"].startswith(f"{folder}/made/bin:")
    assert python_facts(after)["tool"] == "2.1.3"


def test_uv_is_told_its_environment_and_syncs_before_anything_runs(
    tools: Path, folder: Path, tmp_path: Path
) -> None:
    give(tools, "uv", UV)
    made = project(folder, "uv")
    creation = ["uv", "venv", "--quiet", "--allow-existing", f"{folder}/.venv"]
    assert installs(made) == [creation, ["uv", "sync"]]
    assert made.environment()["UV_PROJECT_ENVIRONMENT"] == f"{folder}/.venv"
    make_environment(folder / ".venv")
    assert installs(made) == [["uv", "sync"]]
    assert made.interpreter() == folder / ".venv" / "bin" / "python"
    assert (tmp_path / "log").read_text() == f"{folder} {folder}/.venv\n"


def test_the_environment_of_uv_lies_beside_the_lock_or_where_it_is_asked_for(
    tools: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(tools, "uv", UV)
    inner = folder / "inner"
    inner.mkdir()
    assert project(inner, "uv").virtualenv == folder / ".venv"
    (inner / "uv.lock").touch()
    assert project(inner, None).virtualenv == inner / ".venv"
    monkeypatch.setenv("UV_PROJECT_ENVIRONMENT", "other")
    assert project(inner, "uv").virtualenv == inner / "other"
    assert project(inner, "uv", virtualenv="mine").virtualenv == inner / "mine"


def test_a_failed_sync_tells_what_uv_said(tools: Path, folder: Path) -> None:
    give(tools, "uv", UV.replace('echo "$PWD', 'echo "no network" >&2; exit 2; echo "'))
    make_environment(folder / ".venv")
    with pytest.raises(ProjectError, match="`uv sync --inexact` failed:\nno network"):
        project(folder, "uv").interpreter()


def test_the_lock_in_or_above_the_program_chooses_uv_before_poetry(
    tools: Path, folder: Path
) -> None:
    give(tools, "poetry", POETRY)
    give(tools, "uv", UV)
    (folder / "inner").mkdir()
    assert project(folder / "inner", None).toolchain == "pip"
    (folder / "poetry.lock").touch()
    assert project(folder / "inner", None).toolchain == "poetry"
    (folder / "uv.lock").touch()
    assert project(folder / "inner", None).toolchain == "uv"
    assert project(folder / "inner", "pip").toolchain == "pip"


@pytest.mark.parametrize("tool", ["poetry", "uv"])
def test_packages_are_those_of_the_lock_without_the_project_itself(
    tools: Path, folder: Path, tool: str
) -> None:
    give(tools, tool, POETRY if tool == "poetry" else UV)
    (folder / f"{tool}.lock").write_text(LOCK)
    made = project(folder, tool)
    every = [("pulumi-aws", "7.51.0"), ("parver", "0.5")]
    assert installed_packages(made, transitive=True) == every
    assert installed_packages(made, transitive=False) == every[:1]


def test_a_project_without_pyproject_is_not_converted(tools: Path, folder: Path) -> None:
    give(tools, "uv", UV)
    (folder / "pyproject.toml").unlink()
    with pytest.raises(ProjectError, match=r"has no pyproject\.toml"):
        installs(project(folder, "uv"))
