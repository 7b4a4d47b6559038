"""The components as a package for every Pulumi language."""

import importlib.util
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.experimental.host import components_from_module

from tests.support.live import account, hand_built_network
from tests.support.stack_config import every_feature, host_vpc, pacemaker
from tests.support.survey import run

FOLDER = Path(__file__).parents[2] / "components"
NETWORKS = ("Network", "PrivateSubnets")


@pytest.fixture(scope="module")
def package() -> ModuleType:
    """The folder under the name that its pyproject.toml gives to it."""
    spec = importlib.util.spec_from_file_location(
        "hacluster", FOLDER / "__init__.py", submodule_search_locations=[str(FOLDER)]
    )
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["hacluster"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def schema(package: ModuleType) -> dict[str, Any]:
    provider = ComponentProvider(components_from_module(package), "hacluster")
    return yaml.safe_load(provider.schema)


def test_it_offers_exactly_these_components(schema: dict[str, Any]) -> None:
    assert set(schema["resources"]) == {
        "hacluster:index:Alarms",
        "hacluster:index:Cluster",
        "hacluster:index:Endpoints",
        "hacluster:index:FlowLogs",
        "hacluster:index:Network",
        "hacluster:index:PrivateSubnets",
    }


@pytest.mark.parametrize(
    "name", ["Network", "PrivateSubnets", "Endpoints", "Cluster", "FlowLogs", "Alarms"]
)
def test_the_schema_has_every_input_and_says_what_it_means(
    package: ModuleType, schema: dict[str, Any], name: str
) -> None:
    found = schema["resources"][f"hacluster:index:{name}"]
    fields = getattr(package, f"{name}Args").__annotations__
    assert set(found["inputProperties"]) == {camel(field) for field in fields}
    assert all(field["description"] for field in found["inputProperties"].values())
    assert all(field["description"] for field in found["properties"].values())


@pytest.mark.parametrize(
    ("name", "optional"),
    [
        ("Network", {"tags"}),
        ("PrivateSubnets", {"tags"}),
        ("FlowLogs", {"tags", "traffic"}),
        ("Alarms", {"tags"}),
        (
            "Endpoints",
            {"tags", "sharedSecurityGroup", "controlPermissions", "storage", "formerNames"},
        ),
        (
            "Cluster",
            {
                "tags",
                "applicationPorts",
                "clientReturn",
                "clients",
                "engine",
                "liveRouteTarget",
                "mirrorVolume",
                "moveRoutes",
                "pacemaker",
                "rollOut",
                "services",
                "terminationProtection",
            },
        ),
    ],
)
def test_only_what_has_a_safe_default_is_optional(
    schema: dict[str, Any], name: str, optional: set[str]
) -> None:
    found = schema["resources"][f"hacluster:index:{name}"]
    assert set(found["inputProperties"]) - set(found["requiredInputs"]) == optional


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("FlowLogs", set()),
        ("Alarms", {"clusterName", "nodes", "routeTableIds"}),
        ("Network", {"cidrBlock", "availabilityZones", "publicSubnets", "privateSubnets"}),
        (
            "PrivateSubnets",
            {"vpcCidrBlocks", "routeTableIds", "availabilityZones", "privateSubnets"},
        ),
        (
            "Endpoints",
            {"clientCidrBlocks", "formerNames", "services", "sharedSecurityGroup", "storage"},
        ),
        (
            "Cluster",
            {
                "adminCidrBlocks",
                "applicationPorts",
                "clientReturn",
                "clients",
                "clusterName",
                "engine",
                "expresscluster",
                "initialOwner",
                "liveRouteTarget",
                "mirrorVolume",
                "moveRoutes",
                "nodes",
                "pacemaker",
                "protectNodes",
                "rollOut",
                "routeTableIds",
                "services",
                "terminationProtection",
                "virtualIp",
                "vpcCidrBlocks",
            },
        ),
    ],
)
def test_only_what_decides_how_many_resources_exist_is_plain(
    schema: dict[str, Any], name: str, plain: set[str]
) -> None:
    fields = schema["resources"][f"hacluster:index:{name}"]["inputProperties"]
    assert {field for field, found in fields.items() if found.get("plain")} == plain


@pytest.mark.parametrize(
    ("child", "name"),
    [
        ("network", "Network"),
        ("endpoints", "Endpoints"),
        ("flow-logs", "FlowLogs"),
        ("alarms", "Alarms"),
        ("cluster", "Cluster"),
    ],
)
def test_a_component_registers_the_outputs_of_its_schema(
    schema: dict[str, Any], child: str, name: str
) -> None:
    properties = schema["resources"][f"hacluster:index:{name}"]["properties"]
    of_one_engine = [run(config, account()) for config in (every_feature(), pacemaker())]
    registered = [name for recorder in of_one_engine for name in recorder.outputs.get(child, {})]
    assert set(registered) == set(properties)


def test_subnets_in_another_s_vpc_register_the_outputs_of_a_network(schema: dict[str, Any]) -> None:
    recorder = run(host_vpc(), hand_built_network())
    networks = [schema["resources"][f"hacluster:index:{name}"] for name in NETWORKS]
    outputs = [set(found["properties"]) for found in networks]
    assert outputs[0] == outputs[1] == set(recorder.outputs["network"])


def test_the_package_is_named_as_its_tokens(package: ModuleType) -> None:
    project = tomllib.loads((FOLDER / "pyproject.toml").read_text())
    assert project["project"]["name"] == "hacluster"
    assert project["tool"]["setuptools"]["package-dir"] == {"hacluster": "."}
    assert yaml.safe_load((FOLDER / "PulumiPlugin.yaml").read_text()) == {"runtime": "python"}
    assert not (FOLDER / "__main__.py").exists()
    assert package.__all__


def test_no_output_is_a_list_or_a_map_of_objects(schema: dict[str, Any]) -> None:
    """Pulumi's host for components leaves the names in them as Python's: `instance_id`."""
    outputs = {
        f"{token}.{name}": {**found.get("items", {}), **found.get("additionalProperties", {})}
        for token, resource in schema["resources"].items()
        for name, found in resource["properties"].items()
    }
    assert outputs["hacluster:index:Cluster.instanceIds"]["type"] == "string"
    assert [name for name, of_each in outputs.items() if "$ref" in of_each] == []


def test_the_plugin_host_starts_under_the_package_s_name(tmp_path: Path) -> None:
    (tmp_path / "hacluster").symlink_to(FOLDER)
    program = (
        "import sys, hacluster;"
        "from pulumi.provider.experimental import host;"
        "from pulumi.run.plugin import __main__ as plugin;"
        "plugin.component_provider_host = lambda name, components:"
        " print(name, sorted(found.__name__ for found in components));"
        "sys.argv[1:] = ['hacluster']; plugin.main()"
    )
    started = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    names = ["Alarms", "Cluster", "Endpoints", "FlowLogs", "Network", "PrivateSubnets"]
    assert started.stdout == f"hacluster {names}\n"


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
