from pathlib import Path

import pytest
from pulumi import _types
from pulumi_aws import ProviderArgs

from sandbox.provider.configuration import REFUSED, SCHEMA, TAKEN, check_configuration
from sandbox.provider.registry import Registry
from sandbox.provider.table import compose

PAGE = Path(__file__).parents[2] / "docs" / "sandbox-provider.md"


def test_the_page_says_what_is_modelled() -> None:
    """Run `python -m sandbox.provider.table` when this fails."""
    assert PAGE.read_text(encoding="utf-8") == compose(Registry())


def test_a_row_tells_required_decided_and_replacing_properties() -> None:
    row = next(line for line in compose(Registry()).splitlines() if "ec2/subnet:" in line)

    assert "**`vpcId`**↻" in row
    assert "`availabilityZone`?↻" in row
    assert " `mapPublicIpOnLaunch` " in row
    assert "`outpostArn`" in row.rpartition("|")[0].rpartition("|")[2]


def test_the_page_tells_of_every_setting_of_the_official_provider() -> None:
    settings = {name for _, name, _ in _types._py_properties(ProviderArgs)}
    sent_along = {"version", "pluginDownloadURL"}

    assert settings == (TAKEN.keys() - sent_along) | REFUSED.keys()
    assert TAKEN.keys() == SCHEMA.properties.keys()
    page = compose(Registry())
    assert "| `maxRetries` | how often an error says " in page
    assert "| `endpoints` | refused: the sandbox's calls go to its own cloud on 127.0.0.1 " in page


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_setting_points_to_the_page(name: str) -> None:
    _, faults = check_configuration({"region": "us-east-1", name: "x"})
    assert [(fault.path, fault.reason.rpartition("; ")[2]) for fault in faults] == [
        (name, "docs/sandbox-provider.md lists what is")
    ]
