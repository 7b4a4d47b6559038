from pathlib import Path

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
