"""Which packages a project's Python has, and which Pulumi plugins they ask for."""

from __future__ import annotations

import base64
import json
import os
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pulumi.runtime.proto import plugin_pb2

from sandbox.engine.toolchain import LOCKS, PIP, ProjectError, nearest, output, tool_version

if TYPE_CHECKING:
    from sandbox.engine.python_project import PythonProject

PROBE = Path(__file__).parent / "probe" / "pulumi_packages.py"
# The policy SDK is named like a provider's package but has no plugin.
WITHOUT_PLUGIN = ("pulumi-policy", "pulumi-esc-sdk")
PRERELEASES = {"a": "alpha", "b": "beta", "rc": "rc"}


def required_packages(project: PythonProject) -> list[Any]:
    """Return a `PackageDependency` for each installed package whose plugin has to be installed.

    A provider that is attached to the engine needs no plugin: `pulumi new` and `pulumi install`
    would look for one on the internet.
    """
    found = json.loads(_output(project, [str(PROBE)]))
    dependencies = filter(None, (_dependency(**package) for package in found))
    attached = _attached(os.environ.get("PULUMI_DEBUG_PROVIDERS", ""))
    return [each for each in dependencies if each.name not in attached]


def _attached(debug_providers: str) -> set[str]:
    """Return the names in `aws:4567,random:4568`."""
    return {each.partition(":")[0] for each in debug_providers.split(",")}


def installed_packages(project: PythonProject, *, transitive: bool) -> list[tuple[str, str]]:
    """Return name and version of each package; not those that others need, unless `transitive`."""
    if project.toolchain != PIP:
        return _locked_packages(project, transitive=transitive)
    options = [] if transitive else ["--not-required"]
    command = ["-m", "pip", "--disable-pip-version-check", "list", "--format", "json", *options]
    listed = json.loads(_output(project, command))
    return [(normal_name(package["name"]), package["version"]) for package in listed]


def python_facts(project: PythonProject) -> dict[str, str]:
    """Return the `executable` and the `version` of the project's Python, and of its toolchain."""
    script = (
        "import json, platform, sys; print(json.dumps([sys.executable, platform.python_version()]))"
    )
    executable, version = json.loads(_output(project, ["-c", script]))
    pip = "import importlib.metadata as m; print(m.version('pip'))"
    own = project.toolchain == PIP
    tool = _output(project, ["-c", pip]).strip() if own else tool_version(project.toolchain)
    return {"executable": executable, "version": version, "tool": tool}


def plugin_version(version: str) -> str | None:
    """Translate a package's version into its plugin's, None if that cannot be told.

    1.0 is 1.0.0, 1.2.3a4 is 1.2.3-alpha.4, 1.2.3.post4.dev5 is 1.2.3+post4dev5 (PEP 440, SemVer).
    """
    pattern = r"(\d+(?:\.\d+)*)(?:(a|b|rc)(\d+))?(?:\.(post\d+))?(?:\.(dev\d+))?"
    match = re.fullmatch(pattern, version, re.ASCII)
    if match is None:
        return None
    numbers, stage, serial, post, dev = match.groups()
    release = ".".join([*numbers.split("."), "0", "0"][: max(3, numbers.count(".") + 1)])
    prerelease = f"-{PRERELEASES[stage]}.{serial}" if stage else ""
    build = f"{post or ''}{dev or ''}"
    return release + prerelease + (f"+{build}" if build else "")


def normal_name(name: str) -> str:
    """Spell a package's name as indexes do: lower case, hyphens (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _dependency(name: str, version: str, plugin: dict[str, Any] | None) -> Any:
    plugin = plugin or {"resource": name not in WITHOUT_PLUGIN}
    required = plugin.get("version") or plugin_version(version)
    if not plugin.get("resource") or required is None:
        return None
    return plugin_pb2.PackageDependency(
        name=plugin.get("name") or name.removeprefix("pulumi-"),
        kind="resource",
        version="v" + required.removeprefix("v"),
        server=plugin.get("server", ""),
        parameterization=_parameterization(plugin.get("parameterization")),
    )


def _parameterization(value: dict[str, str] | None) -> Any:
    if value is None:
        return None
    return plugin_pb2.PackageParameterization(
        name=value["name"], version=value["version"], value=base64.b64decode(value["value"])
    )


def _locked_packages(project: PythonProject, *, transitive: bool) -> list[tuple[str, str]]:
    """Read packages from the toolchain's lock; uv's environments have no pip to list them."""
    lock = LOCKS[project.toolchain]
    folder = nearest(project.directory, lock)
    if folder is None:
        raise ProjectError(f"there is no {lock} in or above {project.directory}")
    locked = tomllib.loads((folder / lock).read_text("utf-8")).get("package", [])
    packages = [
        (normal_name(package["name"]), package.get("version", ""))
        for package in locked
        if "virtual" not in package.get("source", {})
    ]
    if transitive:
        return packages
    pyproject = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
    texts = pyproject.get("project", {}).get("dependencies", [])
    named = {re.split(r"[^\w.-]", text.strip(), maxsplit=1)[0] for text in texts}
    named |= set(pyproject.get("tool", {}).get("poetry", {}).get("dependencies", {}))
    direct = {normal_name(name) for name in named}
    return [package for package in packages if package[0] in direct]


def _output(project: PythonProject, arguments: list[str]) -> str:
    return output([str(project.interpreter()), *arguments], Path.cwd(), os.environ)
