import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2

from sandbox.engine.packages import plugin_version, required_packages
from sandbox.engine.python_project import PythonProject
from tests.support.language_host import Host, program_info, running_host


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    with running_host(tmp_path) as host:
        yield host


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def installed(
    folder: Path, name: str, plugin: dict[str, object] | None, number: int = "1.2.3"
) -> None:
    """Put a package into a project's own virtual environment by hand, as pip leaves it."""
    module = folder / name.replace("-", "_")
    module.mkdir()
    (module / "__init__.py").write_text("raise RuntimeError('it is not to be imported')")
    if plugin is not None:
        (module / "pulumi-plugin.json").write_text(json.dumps(plugin))
    facts = folder / f"{module.name}-{number}.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {number}\n")


def test_the_engine_learns_the_plugins_of_the_projects_own_environment(
    host: Host, project: Path
) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", project / "venv"], check=True)
    (site,) = (project / "venv").glob("lib/*/site-packages")
    installed(site, "pulumi-cloud", {"resource": True, "name": "cloud", "version": "3.2.1"})
    installed(site, "pulumi_sky", {"resource": True, "server": "https://sky.example"}, "2.0a4")
    installed(site, "pulumi-old", None, "5.1")
    installed(site, "pulumi-tools", {"resource": False})
    installed(site, "pulumi-policy", None)
    installed(site, "other", {"resource": True, "name": "other", "version": "v0.1.0"})
    installed(site, "plain", None)
    parameters = {"name": "base", "version": "1.0.0", "value": "aGVsbG8="}
    installed(site, "pulumi-made", {"resource": True, "parameterization": parameters})
    request = language_pb2.GetRequiredPackagesRequest(info=program_info(project, virtualenv="venv"))
    packages = {
        package.name: package for package in host.service.GetRequiredPackages(request).packages
    }
    assert {name: package.version for name, package in packages.items()} == {
        "cloud": "v3.2.1",
        "sky": "v2.0.0-alpha.4",
        "old": "v5.1.0",
        "other": "v0.1.0",
        "made": "v1.2.3",
    }
    assert {package.kind for package in packages.values()} == {"resource"}
    assert packages["sky"].server == "https://sky.example"
    assert packages["made"].parameterization.value == b"hello"


def test_the_real_aws_package_asks_for_the_aws_plugin_of_its_version(
    host: Host, project: Path
) -> None:
    request = language_pb2.GetRequiredPackagesRequest(info=program_info(project))
    packages = {p.name: p.version for p in host.service.GetRequiredPackages(request).packages}
    assert packages == {"aws": f"v{version('pulumi-aws')}"}


def test_a_provider_that_is_attached_needs_no_plugin(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = PythonProject.of(program_info(project))
    monkeypatch.setenv("PULUMI_DEBUG_PROVIDERS", "random:4568")
    assert [each.name for each in required_packages(own)] == ["aws"]
    monkeypatch.setenv("PULUMI_DEBUG_PROVIDERS", "random:4568,aws:4567")
    assert required_packages(own) == []


@pytest.mark.parametrize(
    ("package", "plugin"),
    [
        ("1.0", "1.0.0"),
        ("1.2.3.4", "1.2.3.4"),
        ("1.2.3rc4", "1.2.3-rc.4"),
        ("1.2.3b4.post5", "1.2.3-beta.4+post5"),
        ("1.2.3.post4.dev5", "1.2.3+post4dev5"),
        ("1.2.3.dev5", "1.2.3+dev5"),
        ("1!1.2.3", None),
        ("1.2.3+local", None),
        ("\u0661.0", None),
    ],
)
def test_a_plugins_version_follows_from_its_packages_if_it_can(
    package: str, plugin: str | None
) -> None:
    assert plugin_version(package) == plugin


def test_a_missing_environment_is_reported_when_the_packages_are_asked_for(
    host: Host, project: Path
) -> None:
    info = program_info(project, virtualenv="venv")
    with pytest.raises(grpc.RpcError) as refusal:
        host.service.GetRequiredPackages(language_pb2.GetRequiredPackagesRequest(info=info))
    assert "run `pulumi install`" in refusal.value.details()


def test_the_dependencies_of_a_program_are_listed_with_and_without_what_they_need(
    host: Host, project: Path
) -> None:
    request = language_pb2.GetProgramDependenciesRequest(info=program_info(project))
    direct = {d.name for d in host.service.GetProgramDependencies(request).dependencies}
    request.transitiveDependencies = True
    every = {d.name: d.version for d in host.service.GetProgramDependencies(request).dependencies}
    assert every["pulumi"] == version("pulumi")
    assert "pulumi-aws" in direct
    assert "pulumi" not in direct
    assert direct < set(every)


def test_about_names_the_python_of_the_project(host: Host, project: Path) -> None:
    about = host.service.About(language_pb2.AboutRequest(info=program_info(project)))
    assert about.executable == sys.executable
    assert about.version == ".".join(map(str, sys.version_info[:3]))
    assert about.metadata["toolchain"] == "Pip"
    assert about.metadata["toolchainVersion"] == version("pip")


def test_the_host_is_of_the_engines_version(host: Host) -> None:
    assert host.service.GetPluginInfo(empty_pb2.Empty()).version == "3.259.0"


def test_a_new_project_is_asked_for_its_toolchain_then_for_its_environment(
    host: Host, project: Path
) -> None:
    def asked(**options: Any) -> list[tuple[str, str]]:
        info = program_info(project, **{"toolchain": None, "virtualenv": None, **options})
        request = language_pb2.RuntimeOptionsRequest(info=info)
        return [
            (prompt.key, prompt.default.stringValue)
            for prompt in host.service.RuntimeOptionsPrompts(request).prompts
        ]

    assert asked() == [("toolchain", "pip")]
    assert asked(toolchain="pip") == [("virtualenv", "venv")]
    assert asked(toolchain="pip", virtualenv="here") == []


def test_a_template_stays_a_project_of_pip(host: Host, project: Path) -> None:
    host.service.Template(language_pb2.TemplateRequest(info=program_info(project)))
    info = program_info(project, toolchain="conda")
    with pytest.raises(grpc.RpcError) as refusal:
        host.service.Template(language_pb2.TemplateRequest(info=info))
    assert "`toolchain: conda` is none of pip, poetry, uv" in refusal.value.details()


@pytest.mark.parametrize(
    ("method", "request_type", "deed"),
    [
        ("Link", language_pb2.LinkRequest, "link a local package"),
        ("Pack", language_pb2.PackRequest, "pack an SDK"),
        ("GenerateProgram", language_pb2.GenerateProgramRequest, "generate a program"),
        ("GenerateProject", language_pb2.GenerateProjectRequest, "generate a project"),
        ("GeneratePackage", language_pb2.GeneratePackageRequest, "generate an SDK"),
    ],
)
def test_what_the_host_does_not_offer_says_so_and_names_the_official_pulumi(
    host: Host, method: str, request_type: type, deed: str
) -> None:
    with pytest.raises(grpc.RpcError) as refusal:
        getattr(host.service, method)(request_type())
    assert refusal.value.code() == grpc.StatusCode.UNIMPLEMENTED
    assert deed in refusal.value.details()
    assert "use the official Pulumi" in refusal.value.details()


def small_wheel(folder: Path) -> str:
    """Write a package that pip can install without an index, and return its file's name."""
    name = "small-1.0-py3-none-any.whl"
    facts = "Metadata-Version: 2.1\nName: small\nVersion: 1.0\n"
    kind = "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(folder / name, "w") as wheel:
        wheel.writestr("small.py", "")
        wheel.writestr("small-1.0.dist-info/METADATA", facts)
        wheel.writestr("small-1.0.dist-info/WHEEL", kind)
        wheel.writestr("small-1.0.dist-info/RECORD", "")
    return name


def install(host: Host, project: Path, **fields: Any) -> str:
    fields = {"info": program_info(project, virtualenv="venv"), **fields}
    request = language_pb2.InstallDependenciesRequest(**fields)
    return b"".join(
        answer.stdout + answer.stderr for answer in host.service.InstallDependencies(request)
    ).decode()


def test_install_makes_the_environment_and_fills_it_from_the_requirements(
    host: Host, project: Path
) -> None:
    (project / "requirements.txt").write_text(f"./{small_wheel(project)}\n")
    output = install(host, project)
    assert f"Creating virtual environment {project}/venv" in output
    assert "Successfully installed small-1.0" in output
    again = install(host, project)
    assert "Creating" not in again
    assert "Installing collected packages" not in again


def test_install_that_fails_shows_what_pip_said_and_the_command(host: Host, project: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", project / "venv"], check=True)
    (project / "requirements.txt").write_text("anything\n")
    request = language_pb2.InstallDependenciesRequest(info=program_info(project, virtualenv="venv"))
    call = host.service.InstallDependencies(request)
    output = []
    with pytest.raises(grpc.RpcError) as refusal:
        output.extend(answer.stderr for answer in call)
    assert b"No module named pip" in b"".join(output)
    assert f"-r {project}/requirements.txt` failed with exit code 1" in refusal.value.details()


def test_install_does_not_overwrite_what_is_no_virtual_environment(
    host: Host, project: Path
) -> None:
    (project / "venv").mkdir()
    (project / "venv" / "thesis.txt").touch()
    with pytest.raises(grpc.RpcError) as refusal:
        install(host, project)
    assert "is there but is not a virtual environment" in refusal.value.details()
    assert [path.name for path in (project / "venv").iterdir()] == ["thesis.txt"]


def test_install_does_not_install_python_itself(host: Host, project: Path) -> None:
    with pytest.raises(grpc.RpcError) as refusal:
        install(host, project, use_language_version_tools=True)
    assert "does not install Python itself" in refusal.value.details()
