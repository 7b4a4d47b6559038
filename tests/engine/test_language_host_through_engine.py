import json
import signal
import sys
from pathlib import Path

import psutil
import pytest

from tests.support.language_host import eventually
from tests.support.small_project import SmallProject, link_engine_and_host, said


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return link_engine_and_host(tmp_path_factory.mktemp("bin"))


@pytest.fixture
def project(tmp_path: Path, engine: Path) -> SmallProject:
    return SmallProject.at(tmp_path, engine)


def test_a_program_is_found_by_main_and_sees_configuration_and_secrets(
    project: SmallProject,
) -> None:
    project.program(
        "import os, pulumi\n"
        "config = pulumi.Config()\n"
        "pulumi.export('name', config.require('name'))\n"
        "pulumi.export('token', config.require_secret('token'))\n"
        "pulumi.export('known', pulumi.runtime.is_config_secret('shop:token'))\n"
        "pulumi.export('place', [os.getcwd(), pulumi.get_organization(), pulumi.get_stack()])\n"
        "pulumi.export('dry', pulumi.runtime.is_dry_run())\n",
    )
    project.pulumi("config", "set", "name", "a b")
    project.pulumi("config", "set", "--secret", "token", "hidden")
    preview = project.pulumi("preview")
    assert (preview.returncode, "hidden" in preview.stdout) == (0, False)
    update = project.pulumi("up", "--yes", "--skip-preview")
    assert update.returncode == 0, update.stdout
    assert json.loads(project.pulumi("stack", "output", "--json", "--show-secrets").stdout) == {
        "name": "a b",
        "token": "hidden",
        "known": True,
        "place": [str(project.folder / "code"), "organization", "dev"],
        "dry": False,
    }
    assert json.loads(project.pulumi("stack", "output", "--json").stdout)["token"] == "[secret]"


def test_nothing_but_the_program_speaks(project: SmallProject) -> None:
    project.program("print('hello')")
    preview = project.pulumi("preview")
    assert preview.stderr == ""
    assert "warning" not in preview.stdout
    diagnostics = preview.stdout.split("Diagnostics:")[1].split("Resources:")[0]
    assert diagnostics.split() == ["pulumi:pulumi:Stack", "(shop-dev):", "hello"]


def test_a_program_that_fails_shows_its_own_error_and_no_second_one(project: SmallProject) -> None:
    project.program("raise ValueError('of my own')")
    preview = project.pulumi("preview")
    assert preview.returncode != 0
    assert preview.stdout.count("ValueError: of my own") == 1
    assert "exit" not in preview.stdout


def test_a_program_that_exits_by_itself_shows_its_exit_code(project: SmallProject) -> None:
    project.program("import os; os._exit(3)")
    preview = project.pulumi("preview")
    assert preview.returncode != 0
    assert "program exited with non-zero exit code: 3" in preview.stdout


def test_a_missing_virtual_environment_is_explained_and_install_makes_it(
    project: SmallProject,
) -> None:
    project.options(toolchain="pip", virtualenv="venv")
    project.program("")
    preview = project.pulumi("preview")
    assert preview.returncode != 0
    assert f"{project.folder}/venv, which does not exist; run `pulumi install`" in said(preview)
    install = project.pulumi("install")
    assert install.returncode == 0, install.stdout + install.stderr
    assert (project.folder / "venv" / "bin" / "python").exists()


def test_a_toolchain_that_pulumi_does_not_know_is_refused_by_name(project: SmallProject) -> None:
    project.options(toolchain="conda")
    project.program("")
    preview = project.pulumi("preview")
    assert preview.returncode != 0
    assert "conda" in said(preview)


def test_about_names_the_python_and_the_packages(project: SmallProject) -> None:
    project.program("")
    about = json.loads(project.pulumi("about", "--json").stdout)
    assert about["runtime"]["executable"] == sys.executable
    assert {"name": "aws", "kind": "resource"}.items() <= about["plugins"][0].items()
    assert "pulumi-aws" in {dependency["name"] for dependency in about["dependencies"]}


def all_gone(processes: list[psutil.Process]) -> bool:
    return not [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


def test_an_interrupt_ends_the_program_without_a_traceback_and_leaves_no_process(
    project: SmallProject,
) -> None:
    with project.updating() as (process, family):
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=30)
    assert "Traceback" not in output
    eventually(lambda: all_gone(family))


def test_an_engine_that_is_killed_leaves_no_process(project: SmallProject) -> None:
    with project.updating() as (process, family):
        assert len(family) >= 3
        process.kill()
    eventually(lambda: all_gone(family))
