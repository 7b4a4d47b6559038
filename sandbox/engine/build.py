"""The engine built from Pulumi's Go modules, as go.mod and go.sum of this folder pin them.

With it comes what the sandbox's language host runs: Pulumi's executor of Python programs, a script,
and a command around its proxy of policy packs, whose source is in the folder policy-proxy.
"""

import hashlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from sandbox.engine.cache import cache_folder, made_once
from sandbox.engine.engine import EXECUTOR, POLICY_PROXY, Engine, EngineError
from sandbox.engine.go_command import SETTINGS, GoCommand
from sandbox.engine.go_toolchain import go_toolchain

MODULE = Path(__file__).parent
MODULE_FILES = ("go.mod", "go.sum", "tools.go", f"{POLICY_PROXY}/main.go")
COMMAND = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
SDK = "github.com/pulumi/pulumi/sdk/v3"

Report = Callable[[str], None]


def compile_engine(folder: Path, report: Report) -> None:
    """Fill `folder` with the command line, executor and policy proxy; minutes at first."""
    version = engine_version()
    go = go_toolchain(oldest_go(), folder.parents[1], report)
    report(f"building Pulumi {version} with Go {go.version}: some minutes, the first time only")
    with tempfile.TemporaryDirectory(dir=folder) as module:
        for name in MODULE_FILES:
            Path(module, name).parent.mkdir(exist_ok=True)
            shutil.copyfile(MODULE / name, Path(module, name))
        command = GoCommand(go, Path(module), folder.parent / "build.log", report)
        command.run("build", *build_arguments(), "-o", f"{folder}/", COMMAND, f"./{POLICY_PROXY}")
        sdk = command.run("list", "-m", "-f", "{{.Dir}}", SDK).strip()
    shutil.copyfile(Path(sdk) / "python" / "cmd" / EXECUTOR, folder / EXECUTOR)
    said = subprocess.run(  # noqa: S603 - it was just built
        [folder / "pulumi", "version"], capture_output=True, text=True, check=False
    ).stdout.strip()
    if said != f"v{version}":
        raise EngineError(f"the Pulumi that was built says its version is {said!r}, not v{version}")


def built_engine(report: Report, build: Callable[[Path, Report], None] = compile_engine) -> Engine:
    """Return the engine from the cache, after `build` has filled a folder there with it."""
    folder = cache_folder() / "engine" / cache_key()
    made_once(folder, lambda aside: build(aside, report), report)
    return Engine(folder / "pulumi", engine_version(), "built", folder)


def engine_version() -> str:
    """Return the version of Pulumi that go.mod pins, like "3.259.0"."""
    return _pinned(r"github\.com/pulumi/pulumi/pkg/v3 v(\S+)")


def build_arguments() -> list[str]:
    """Return the arguments of `go build`: small, reproducible, and aware of its own version."""
    # Without the version in it the command line says 0.0.0 and refuses some things.
    version = f"-X {SDK}/go/common/version.Version=v{engine_version()}"
    tags = ["-tags", "osusergo,grpcnotrace"]
    return ["-v", "-trimpath", *tags, "-ldflags", f"-s -w {version}"]


def cache_key() -> str:
    """Return a name for all that decides what is built: pins, arguments, platform."""
    digest = hashlib.sha256()
    for name in MODULE_FILES:
        digest.update((MODULE / name).read_bytes())
    flags = [*build_arguments(), *map("=".join, SETTINGS.items())]
    digest.update("\0".join([*flags, sys.platform, platform.machine()]).encode())
    return digest.hexdigest()[:16]


def oldest_go() -> str:
    """Return the version of Go that the engine's module asks for."""
    return _pinned(r"(?m)^go (\S+)")


def _pinned(pattern: str) -> str:
    match = re.search(pattern, (MODULE / "go.mod").read_text("utf-8"))
    if match is None:
        raise EngineError(f"{MODULE / 'go.mod'} has nothing that matches {pattern}")
    return match[1]
