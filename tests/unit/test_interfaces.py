"""docs/interfaces.md says what Pulumi.yaml, settings/ and the program really do."""

import json
import re
from typing import Any

import pytest
import yaml

import settings
from tests.support.live import account
from tests.support.stack_config import ROOT, pacemaker, stack_config
from tests.support.survey import run

TYPES = {str: "string", list: "list", dict: "map"}


def table(heading: str) -> list[dict[str, str]]:
    """The rows of the table under a heading, by column."""
    page = (ROOT / "docs" / "interfaces.md").read_text()
    section = page.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    columns, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [dict(zip(columns, row, strict=True)) for row in rows]


def words(text: str) -> list[str]:
    return re.findall(r"`([^`]*)`", text)


@pytest.fixture
def documented() -> dict[str, dict[str, str]]:
    return {words(row["key"])[0]: row for row in table("Configuration")}


@pytest.fixture
def schema() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]


@pytest.fixture
def exports() -> dict[str, Any]:
    return run(stack_config(), account()).exports


def test_the_page_has_every_key_of_the_schema_with_its_type_and_default(
    documented: dict[str, dict[str, str]], schema: dict[str, Any]
) -> None:
    declared = {
        key: (
            field["type"],
            [json.dumps(field["default"]).strip('"')] if "default" in field else [],
        )
        for key, field in schema.items()
    }
    assert declared == {
        key: (row["type"], words(row["default"]))
        for key, row in documented.items()
        if "." not in key
    }


def test_the_page_has_every_key_that_settings_read(documented: dict[str, dict[str, str]]) -> None:
    read = {
        *settings.KEYS,
        *(f"network.{key}" for key in settings.NETWORK_KEYS),
        *(f"existingNetwork.{key}" for key in settings.EXISTING_NETWORK_KEYS),
        *(f"nodes.{key}" for key in settings.NODE_KEYS),
        *(f"nodes.pacemaker.{key}" for key in settings.PACEMAKER_KEYS),
        *(f"nodes.mirrorVolumeOptions.{key}" for key in settings.MIRROR_VOLUME_KEYS),
        *(f"applicationPorts[].{key}" for key in settings.APPLICATION_PORT_KEYS),
        *(f"clients.{key}" for key in settings.CLIENT_KEYS),
        *(f"flowLogs.{key}" for key in settings.FLOW_LOG_KEYS),
        *(f"alarms.{key}" for key in settings.ALARM_KEYS),
        *(f"expresscluster.{key}" for key in settings.EXPRESSCLUSTER_KEYS),
        *(f"expresscluster.packages.{key}" for key in settings.PACKAGE_KEYS),
        *(f"expresscluster.mirror.{key}" for key in settings.MIRROR_KEYS),
    }
    assert read == set(documented)


def test_every_key_of_the_schema_is_explained_to_the_command_line(schema: dict[str, Any]) -> None:
    assert all(field["description"].endswith(".") for field in schema.values())


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_an_environment_sets_what_has_no_default(environment: str, schema: dict[str, Any]) -> None:
    given = {key.removeprefix("ha-cluster:") for key in stack_config(environment)}
    assert {key for key, field in schema.items() if "default" not in field} < given
    assert "network" in given


def test_the_program_exports_exactly_what_the_page_names(exports: dict[str, Any]) -> None:
    named = {words(row["output"])[0]: row["type"] for row in table("Stack outputs")}
    of_pacemaker = run(pacemaker(), account()).exports
    exported = {**exports, "pacemaker": of_pacemaker["pacemaker"]}
    assert named == {name: TYPES[type(value)] for name, value in exported.items()}
    assert of_pacemaker.keys() == named.keys() - {"webui_url", "expresscluster"}


def test_the_page_names_the_files_of_pacemaker() -> None:
    (meaning,) = [
        row["meaning"] for row in table("Stack outputs") if "`pacemaker`" in row["output"]
    ]
    assert words(meaning) == list(run(pacemaker(), account()).exports["pacemaker"])


def test_the_page_names_the_fields_of_each_output(exports: dict[str, Any]) -> None:
    meanings = {words(row["output"])[0]: words(row["meaning"]) for row in table("Stack outputs")}
    for name in ("subnet_ids", "route_table_ids", "expresscluster"):
        assert meanings[name] == list(exports[name])
    assert meanings["endpoint_ids"] == ["ec2", "endpoints", "expresscluster.packages", "s3"]
    assert meanings["nodes"] == ["a", *exports["nodes"][0]]
