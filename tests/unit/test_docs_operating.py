"""docs/operating.md says what each endpoint admits."""

import re

from components.documents import NOT_GRANTED, SERVICE_ACTIONS
from tests.support.stack_config import ROOT

PAGE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
TABLE = PAGE.split("## A shell on a node")[0]
ROWS = re.findall(r"^\| (`.+?) \| .+? \| (.+) \|$", TABLE, re.MULTILINE)


def words(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def test_the_page_has_a_row_for_every_service() -> None:
    named = [name for services, _ in ROWS for name in words(services)]
    assert named[1:] == list(SERVICE_ACTIONS)


def test_a_row_names_the_actions_that_the_endpoint_admits() -> None:
    for services, text in ROWS[1:]:
        (name, *others) = words(services)
        actions = [each for each in words(text) if ":" in each]
        if name not in ("ssm", "ec2messages"):  # whose rows count the actions
            assert (others, tuple(actions)) == ([], SERVICE_ACTIONS[name])
        assert text.startswith("none: a policy of yours") == (name in NOT_GRANTED)
