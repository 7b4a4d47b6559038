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
    "clients_args",
    "cluster_description",
    "cluster_engine",
    "corosync",
    "expresscluster_forms",
    "forms",
    "documents",
    "drbd",
    "engine_args",
    "expresscluster",
    "expresscluster_args",
    "expresscluster_names",
    "expresscluster_summary",
    "launched_engine",
    "mirror_partition",
    "mirror_volume_args",
    "monitoring_documents",
    "node_user_data",
    "pacemaker",
    "pacemaker_args",
    "pacemaker_description",
    "pacemaker_elements",
    "pacemaker_fencing",
    "pacemaker_files",
    "partitions",
]
GUARDRAILS = "policy/guardrails"
SDK_HALF = {"pulumi_reader", "pack", "testing"}
BASICS = {"addresses", "findings", "patterns", "name_patterns"}
JUDGE_HALF = BASICS | {"configuration", "model", "analysis", "rules", "judge"}
LAYERS = {
    "addresses": set[str](),
    "findings": set[str](),
    "patterns": set[str](),
    "name_patterns": set[str](),
    "ids": set[str](),
    "html_page": set[str](),
    "configuration": {"addresses", "name_patterns"},
    "options": {
        "addresses",
        "configuration",
        "ids",
        "name_patterns",
        "options",
        "patterns",
        "rules",
    }
    | {"model"},
    "model": {"model"},
    "analysis": BASICS | {"configuration", "model", "analysis"},
    "rules": BASICS | {"configuration", "model", "analysis", "rules"},
    "judge": JUDGE_HALF - {"judge"},
    "": JUDGE_HALF,
    "pulumi_reader": {"model", "pulumi_reader"},
    "testing": {"pulumi_reader"},
    "report": {"html_page", "report"},
    "__main__": {"report", "pack"},
    "pack": JUDGE_HALF | {"pulumi_reader", "pack", "options", "ids"},
}
"""By layer, a folder or a module beside them: what it may import of guardrails ("": `__init__`)."""


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


def guardrails_name(path: Path) -> str:
    """A module's name within guardrails: `analysis.graph`, "" for guardrails itself."""
    parts = path.relative_to(ROOT / GUARDRAILS).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def layer_of(name: str) -> str:
    return name.partition(".")[0]


def guardrails_imports(path: Path) -> set[str]:
    """The modules of guardrails that a file imports, by their names within it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if (
            isinstance(node, ast.ImportFrom)
            and (node.module or "").partition(".")[0] == "guardrails"
        ):
            module = (node.module or "").partition(".")[2]
            folder = ROOT / GUARDRAILS / module.replace(".", "/")
            inside = [each.name for each in node.names] if folder.is_dir() else []
            modules = {each for each in inside if (folder / f"{each}.py").exists()}
            names |= {f"{module}.{each}".lstrip(".") for each in modules}
            names |= {module} if len(modules) < len(node.names) else set()
    return names


def reached_from(name: str, graph: dict[str, set[str]]) -> set[str]:
    """The modules that a module imports, directly or through others."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        new = graph[waiting.pop()] - found
        found |= new
        waiting += new
    return found


def outside(path: Path) -> set[str]:
    """What a file imports beyond the standard library and its own package."""
    return {name for name in imported(path) - STANDARD if not name.startswith(".")}


def test_the_program_composes_settings_and_components() -> None:
    own = {"settings", "preflight", "components"}
    assert outside(ROOT / "__main__.py") <= {"pulumi", "arguments", *own}
    assert outside(ROOT / "arguments.py") <= own


@pytest.mark.parametrize("path", files("settings"), ids=lambda path: path.name)
def test_settings_read_configuration_and_nothing_else(path: Path) -> None:
    assert outside(path) <= {"pulumi", "components"}


@pytest.mark.parametrize("path", files("preflight"), ids=lambda path: path.name)
def test_preflight_looks_up_and_builds_nothing(path: Path) -> None:
    assert outside(path) <= {"pulumi", "pulumi_aws", "settings", "components"}


@pytest.mark.parametrize("name", ["boot", "network_fit", "roll_out", "volumes", "vpc_fit"])
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


@pytest.mark.parametrize("path", files(GUARDRAILS), ids=guardrails_name)
def test_the_judge_uses_the_standard_library_alone(path: Path) -> None:
    of_the_sdk = layer_of(guardrails_name(path)) in SDK_HALF
    # yaml comes with pulumi, as google's and grpc's packages do.
    may = {"pulumi", "pulumi_policy", "google", "grpc", "yaml"} if of_the_sdk else set()
    assert outside(path) - {"guardrails"} <= may


@pytest.mark.parametrize("path", files(GUARDRAILS), ids=guardrails_name)
def test_a_layer_of_guardrails_leans_on_lower_layers_alone(path: Path) -> None:
    """`model` <- `analysis` <- `rules` <- `judge`; none of them knows a reader or the pack."""
    leans_on = {layer_of(name) for name in guardrails_imports(path)}
    assert leans_on <= LAYERS[layer_of(guardrails_name(path))]


@pytest.mark.parametrize(
    "folder", ["model", "analysis", "rules", "options", "pulumi_reader", "pack", "report"]
)
def test_no_module_of_guardrails_imports_itself_in_a_circle(folder: str) -> None:
    graph = {guardrails_name(path): guardrails_imports(path) for path in files(GUARDRAILS)}
    modules = {name for name in graph if layer_of(name) == folder}
    assert modules
    assert [name for name in sorted(modules) if name in reached_from(name, graph)] == []


@pytest.mark.parametrize("path", files(f"{GUARDRAILS}/pulumi_reader"), ids=guardrails_name)
def test_the_reader_knows_the_model_and_nothing_of_the_judgement(path: Path) -> None:
    assert {layer_of(name) for name in guardrails_imports(path)} <= {"model", "pulumi_reader"}


@pytest.mark.parametrize("path", files("ops"), ids=lambda path: str(path.relative_to(ROOT)))
def test_operations_need_only_boto3_and_the_judge(path: Path) -> None:
    assert outside(path) - {"ops"} <= {"boto3", "botocore", "guardrails"}
    used = {name.partition(".")[0] for name in guardrails_imports(path)}
    assert used <= JUDGE_HALF | {"html_page", "options"}


@pytest.mark.parametrize("path", files("agents"), ids=lambda path: str(path.relative_to(ROOT)))
def test_agents_are_made_of_operations_and_the_standard_library(path: Path) -> None:
    assert outside(path) <= {"agents", "ops"}


@pytest.mark.parametrize(
    "folder", ["settings", "preflight", "components", "policy", "ops", "sandbox"]
)
def test_nobody_but_tests_leans_on_the_agents(folder: str) -> None:
    assert files(folder)
    assert all("agents" not in imported(path) for path in files(folder))


@pytest.mark.parametrize("path", files("sandbox"), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_sandbox_does_not_lean_on_what_it_tries(path: Path) -> None:
    assert imported(path).isdisjoint(
        {"components", "settings", "guardrails", "pulumi_aws", "tests"}
    )


@pytest.mark.parametrize("folder", ["components", "policy"])
def test_nobody_but_tests_leans_on_the_sandbox(folder: str) -> None:
    assert all("sandbox" not in imported(path) for path in files(folder))


def lab_name(path: Path) -> str:
    """A module's dotted name: `lab.vpc.plan`, `lab` for its `__init__`."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def lab_imports(path: Path) -> set[str]:
    """The modules of the lab that a file imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            names |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return names & {lab_name(each) for each in files("lab")}


@pytest.mark.parametrize("path", files("lab"), ids=lab_name)
def test_the_lab_is_made_of_operations_and_the_sandbox(path: Path) -> None:
    """What the cluster is, it reads in a stack's outputs; its agent it builds by a command."""
    assert outside(path) - {"lab"} <= {"ops", "sandbox", "cryptography", "filelock"}


@pytest.mark.parametrize("folder", ["aws", "nodes", "vpc"])
def test_the_networks_and_machines_of_the_lab_know_nothing_of_the_sandbox(folder: str) -> None:
    assert files(f"lab/{folder}")
    assert all("sandbox" not in imported(path) for path in files(f"lab/{folder}"))


@pytest.mark.parametrize("name", ["nodes/first_process", "nodes/page", "drill/probe"])
def test_what_the_lab_starts_by_the_dozen_uses_the_standard_library_alone(name: str) -> None:
    assert outside(ROOT / "lab" / f"{name}.py") == set()


@pytest.mark.parametrize(
    "folder", ["settings", "preflight", "components", "policy", "agents", "ops", "sandbox"]
)
def test_nobody_but_tests_leans_on_the_lab(folder: str) -> None:
    assert files(folder)
    assert all("lab" not in imported(path) for path in files(folder))


def test_no_module_of_the_lab_imports_itself_in_a_circle() -> None:
    graph = {lab_name(path): lab_imports(path) for path in files("lab")}
    assert graph["lab.world"] >= {"lab.vpc.fabric", "lab.nodes.engine", "lab.sockets"}
    assert [name for name in sorted(graph) if name in reached_from(name, graph)] == []
