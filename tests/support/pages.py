"""Tables and policies of the documentation, for tests that compare them with what is true."""

import json
import re
from typing import Any


def rows_below(text: str, header: str) -> list[list[str]]:
    """Return the cells of each row of the table whose first line begins with `header`."""
    table = text.partition(header)[2].partition("\n\n")[0]
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]
    ]


def policy_in(text: str) -> dict[str, Any]:
    """Return the policy document of a page that has one block of JSON."""
    [written] = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    return json.loads(written)
