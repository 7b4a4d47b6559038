"""Who may import whom: docs/architecture.md in code. A lazy import inside a function counts too."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STANDARD = frozenset(sys.stdlib_module_names)
PURE = [
    "addressing",
    "application_ports",
    "cluster_description",
    "documents",
    "expresscluster",
    "expresscluster_args",
    "expresscluster_names",
    "expresscluster_summary",
    "node_user_data",
    "partitions",
]
SDK_HALF = ["pulumi_reader", "pack", "testing"]


def imported(path: Path) -> set[str]:
    """The top-level names that a file imports; those of its own package are written `.module`."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = (node.module or "").split(".")[0]
            inside = [module] if module else [alias.name for alias in node.names]
            names |= {f".{name}" for name in inside} if node.level else {module}
    return names


def files(folder: str) -> list[Path]:
    return [path for path in sorted((ROOT / folder).rglob("*.py")) if "venv" not in path.parts]


def outside(path: Path) -> set[str]:
    """What a file imports beyond the standard library and its own package."""
    return {name for name in imported(path) - STANDARD if not name.startswith(".")}


def test_the_program_composes_settings_and_components() -> None:
    assert outside(ROOT / "__main__.py") <= {"pulumi", "settings", "preflight", "components"}


@pytest.mark.parametrize("path", files("settings"), ids=lambda path: path.name)
def test_settings_read_configuration_and_nothing_else(path: Path) -> None:
    assert outside(path) <= {"pulumi", "components"}


@pytest.mark.parametrize("path", files("preflight"), ids=lambda path: path.name)
def test_preflight_looks_up_and_builds_nothing(path: Path) -> None:
    assert outside(path) <= {"pulumi", "pulumi_aws", "settings", "components"}


@pytest.mark.parametrize("name", ["boot", "network_fit", "roll_out"])
def test_what_decides_in_preflight_asks_nobody(name: str) -> None:
    assert outside(ROOT / "preflight" / f"{name}.py") <= {"settings", "components"}


@pytest.mark.parametrize(
    "path", [*files("settings"), *files("preflight")], ids=lambda path: str(path.relative_to(ROOT))
)
def test_settings_and_preflight_use_pure_modules_of_the_components_alone(path: Path) -> None:
    used = {
        name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("components")
        for name in ([alias.name for alias in node.names] if node.module == "components" else [])
        or [(node.module or "").split(".")[1]]
    }
    assert used <= set(PURE)


@pytest.mark.parametrize("path", files("components"), ids=lambda path: path.name)
def test_components_build_with_pulumi_alone(path: Path) -> None:
    assert outside(path) <= {"pulumi", "pulumi_aws"}


@pytest.mark.parametrize("path", files("components"), ids=lambda path: path.name)
def test_components_read_no_configuration_and_no_environment(path: Path) -> None:
    read = {
        node.attr
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
    }
    assert read.isdisjoint({"Config", "environ", "getenv", "get_caller_identity", "get_ami"})


@pytest.mark.parametrize("name", PURE)
def test_pure_modules_use_the_standard_library_alone(name: str) -> None:
    assert outside(ROOT / "components" / f"{name}.py") == set()


@pytest.mark.parametrize("path", files("policy/guardrails"), ids=lambda path: path.name)
def test_the_judge_uses_the_standard_library_alone(path: Path) -> None:
    may = {"pulumi", "pulumi_policy", "google", "grpc"} if is_of_the_sdk(path) else set()
    assert outside(path) - {"guardrails"} <= may


@pytest.mark.parametrize("path", files("policy/guardrails"), ids=lambda path: path.name)
def test_the_judge_does_not_lean_on_the_half_that_needs_the_sdk(path: Path) -> None:
    if not is_of_the_sdk(path):
        assert imported(path).isdisjoint(f".{name}" for name in SDK_HALF)


@pytest.mark.parametrize("path", files("sandbox"), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_sandbox_does_not_lean_on_what_it_tries(path: Path) -> None:
    assert imported(path).isdisjoint(
        {"components", "settings", "guardrails", "pulumi_aws", "tests"}
    )


@pytest.mark.parametrize("folder", ["components", "policy"])
def test_nobody_but_tests_leans_on_the_sandbox(folder: str) -> None:
    assert all("sandbox" not in imported(path) for path in files(folder))


def is_of_the_sdk(path: Path) -> bool:
    parts = path.relative_to(ROOT / "policy" / "guardrails").with_suffix("").parts
    return parts[0].startswith(tuple(SDK_HALF))
