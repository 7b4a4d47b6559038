import json
from pathlib import Path

import pytest

from tests.support.small_project import (
    SmallProject,
    environment_like_ours,
    link_engine_and_host,
    said,
)

PACK = """
import pulumi
from pulumi_policy import EnforcementLevel, PolicyPack, StackValidationPolicy

def judge(args, report):
    sizes = sum(len(str(value)) for r in args.resources for value in r.props.values())
    report(f"{pulumi.get_stack()} {pulumi.Config('shop').get('name')} {sizes}")

PolicyPack("pack", [StackValidationPolicy("judge", "Judges.", judge)], EnforcementLevel.MANDATORY)
"""
PARTS = """
from typing import TypedDict
import pulumi

class PartArgs(TypedDict):
    size: pulumi.Input[str]

class Part(pulumi.ComponentResource):
    def __init__(self, name: str, args: PartArgs, opts: pulumi.ResourceOptions = None):
        super().__init__("my-parts:index:Part", name, {}, opts)
"""
# Builds the package without asking an index for a build tool.
BACKEND = """
import zipfile

def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = "my_parts-1.0-py3-none-any.whl"
    facts = {
        "METADATA": "Metadata-Version: 2.1\\nName: my-parts\\nVersion: 1.0\\n",
        "WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        "RECORD": "",
    }
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        wheel.write("my_parts.py")
        for file, content in facts.items():
            wheel.writestr(f"my_parts-1.0.dist-info/{file}", content)
    return name
"""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return link_engine_and_host(tmp_path_factory.mktemp("bin"))


@pytest.fixture
def project(tmp_path: Path, engine: Path) -> SmallProject:
    return SmallProject.at(tmp_path, engine)


def test_a_policy_pack_judges_in_its_own_environment_and_knows_the_stack(
    project: SmallProject,
) -> None:
    environment_like_ours(project.folder / "pack-environment")
    project.program("")
    project.pulumi("config", "set", "name", "n")
    where = "import sys; print(sys.prefix, file=sys.stderr)\n"
    folder = project.pack(where + PACK, virtualenv=str(project.folder / "pack-environment"))
    preview = project.pulumi("preview", "--policy-pack", folder)
    assert preview.returncode != 0
    assert "dev n 0" in preview.stdout
    assert "KeyboardInterrupt" not in preview.stdout
    assert f"{project.folder}/pack-environment" in preview.stdout


def test_a_policy_pack_judges_properties_of_many_megabytes(project: SmallProject) -> None:
    project.program(
        "import pulumi\n"
        "class Part(pulumi.ComponentResource):\n"
        "    def __init__(self):\n"
        "        super().__init__('shop:index:Part', 'part')\n"
        "        self.register_outputs({'text': 'x' * 6_000_000})\n"
        "Part()\n",
    )
    preview = project.pulumi("preview", "--policy-pack", project.pack(PACK))
    assert "dev None 6000000" in preview.stdout


def test_a_policy_pack_that_breaks_shows_why(project: SmallProject) -> None:
    project.program("")
    preview = project.pulumi("preview", "--policy-pack", project.pack("import no_such_module"))
    assert preview.returncode != 0
    assert "No module named 'no_such_module'" in said(preview)


def test_a_policy_pack_without_its_environment_names_the_remedy(project: SmallProject) -> None:
    project.program("")
    preview = project.pulumi("preview", "--policy-pack", project.pack(PACK, virtualenv="venv"))
    assert preview.returncode != 0
    assert f"{project.folder}/pack/venv, which does not exist" in said(preview)
    assert "`pulumi policy install`" in said(preview)


def test_a_package_of_components_is_installed_and_tells_its_schema(project: SmallProject) -> None:
    parts = project.folder / "my_parts"
    parts.mkdir()
    environment_like_ours(parts / "venv")
    (parts / "PulumiPlugin.yaml").write_text("runtime: python\n")
    (parts / "pyproject.toml").write_text(
        '[project]\nname = "my-parts"\n'
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    (parts / "backend.py").write_text(BACKEND)
    (parts / "my_parts.py").write_text(PARTS)
    schema = project.pulumi("package", "get-schema", str(parts))
    assert schema.returncode == 0, schema.stderr
    resources = json.loads(schema.stdout)["resources"]
    assert list(resources["my-parts:index:Part"]["inputProperties"]) == ["size"]


def test_code_generation_is_refused_with_the_remedy(project: SmallProject) -> None:
    (project.folder / "schema.json").write_text('{"name": "parts", "version": "1.0.0"}')
    refusal = project.pulumi("package", "gen-sdk", "schema.json", "--language", "python")
    assert refusal.returncode != 0
    assert "does not generate code, so it cannot generate an SDK" in said(refusal)
    assert "use the official Pulumi for that" in said(refusal)
