"""A small Pulumi project under the real engine and the sandbox's own language host, without AWS."""

import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from sandbox.engine import link_engine
from sandbox.engine.build import built_engine
from tests.support.language_host import eventually

OWN_PYTHON = {"toolchain": "pip", "virtualenv": sys.prefix}


def link_engine_and_host(folder: Path) -> Path:
    """Fill a folder for PATH with the engine that meets the sandbox's own host."""
    link_engine(built_engine(print), folder)
    return folder


@dataclass(frozen=True)
class SmallProject:
    """A project in `folder` with its program in `code`, one stack `dev`, and state of its own."""

    folder: Path
    environment: dict[str, str]

    @classmethod
    def at(cls, folder: Path, engine: Path) -> "SmallProject":
        """Make the project `shop` below `folder`, for the engine in the folder `engine`."""
        for name in ("state", "project/code"):
            (folder / name).mkdir(parents=True)
        own = {name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")}
        environment = {
            **own,
            "PATH": f"{engine}:{os.environ['PATH']}",
            "PULUMI_BACKEND_URL": f"file://{folder}/state",
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_CONFIG_PASSPHRASE": "test",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }
        project = cls(folder / "project", environment)
        project.options(**OWN_PYTHON)
        project.pulumi("stack", "init", "dev")
        return project

    def options(self, **options: str) -> None:
        """Set the runtime options of the project; its program is found by `main` alone."""
        runtime = f"runtime:\n  name: python\n  options: {json.dumps(options)}\n"
        (self.folder / "Pulumi.yaml").write_text(f"name: shop\nmain: code\n{runtime}")

    def program(self, text: str) -> None:
        """Write the program."""
        (self.folder / "code" / "__main__.py").write_text(text)

    def pack(self, text: str, virtualenv: str = sys.prefix) -> str:
        """Write a policy pack and return its folder."""
        folder = self.folder / "pack"
        folder.mkdir()
        options = json.dumps({"toolchain": "pip", "virtualenv": virtualenv})
        (folder / "PulumiPolicy.yaml").write_text(
            f"runtime:\n  name: python\n  options: {options}\n"
        )
        (folder / "__main__.py").write_text(text)
        return str(folder)

    def pulumi(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        return subprocess.run(
            ["pulumi", *arguments, "--non-interactive", "--color", "never"],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    @contextmanager
    def updating(self) -> Iterator[tuple[subprocess.Popen[str], list[psutil.Process]]]:
        """Start an update that waits in its program; yield it and all the processes of it."""
        self.program("import pathlib, time; pathlib.Path('started').touch(); time.sleep(300)")
        process = subprocess.Popen(
            ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive"],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        eventually((self.folder / "code" / "started").exists)
        engine = psutil.Process(process.pid)
        try:
            yield process, [engine, *engine.children(recursive=True)]
        finally:
            process.kill()
            process.wait()


def environment_like_ours(folder: Path) -> None:
    """Make a virtual environment that sees what the tests' own has installed."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (site,) = folder.glob("lib/*/site-packages")
    (site / "ours.pth").write_text(sysconfig.get_path("purelib"))


def said(command: subprocess.CompletedProcess[str]) -> str:
    """Return all that a command wrote, on one line, for it breaks long lines anywhere."""
    return " ".join((command.stdout + command.stderr).split())
