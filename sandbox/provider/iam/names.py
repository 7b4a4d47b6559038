"""Names in IAM: what they may look like, and those that are made from a prefix.

Rules: internal/service/iam/validate.go and internal/create of hashicorp/terraform-provider-aws.
"""

import itertools
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from sandbox.provider.schema import Property, string
from sandbox.provider.values import length, matches
from sandbox.provider.wire import Properties

_SUFFIX = 26  # a time of eighteen digits and a counter of eight
_CHARACTERS = matches(r"[\w+=,.@-]*", "match [\\w+=,.@-]")
_COUNTER = itertools.count(1)


def naming(longest: int) -> Mapping[str, Property]:
    """Declare `name` and `namePrefix` for names of at most `longest` characters."""
    return {
        "name": string(
            computed=True,
            replaces=True,
            named=True,
            max_length=longest,
            conflicts_with=("namePrefix",),
            valid=(length(1, longest), _CHARACTERS),
        ),
        "namePrefix": string(
            computed=True,
            replaces=True,
            conflicts_with=("name",),
            valid=(length(1, longest - _SUFFIX), _CHARACTERS),
        ),
    }


def name_from(inputs: Properties) -> str:
    """Return the given name, else one that starts with the given prefix."""
    if inputs.get("name"):
        return inputs["name"]
    now = datetime.now(tz=UTC).strftime("%Y%m%d%H%M%S%f")[:18]
    return f"{inputs.get('namePrefix') or 'terraform-'}{now}{next(_COUNTER):08x}"


def prefix_of(name: str) -> str:
    """Return the prefix from which a name was made; "" when it was not."""
    made = re.fullmatch(rf"(.*)[0-9]{{18}}[0-9a-f]{{{_SUFFIX - 18}}}", name)
    return made[1] if made else ""
