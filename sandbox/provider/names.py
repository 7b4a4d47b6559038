"""Names that a program gives, and those that the provider makes from a prefix.

Rules: internal/create of hashicorp/terraform-provider-aws.
"""

import itertools
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from sandbox.provider.schema import Property, Validator, string
from sandbox.provider.wire import Properties

SUFFIX = 26
"""How much is added to a prefix: a time of eighteen digits and a counter of eight."""
_COUNTER = itertools.count(1)


def declare_names(
    longest: int, of_name: tuple[Validator, ...], of_prefix: tuple[Validator, ...]
) -> Mapping[str, Property]:
    """Declare `name`, of at most `longest` characters, and `namePrefix`, and what each takes."""
    return {
        "name": string(
            computed=True,
            replaces=True,
            named=True,
            max_length=longest,
            conflicts_with=("namePrefix",),
            valid=of_name,
        ),
        "namePrefix": string(
            computed=True, replaces=True, conflicts_with=("name",), valid=of_prefix
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
    made = re.fullmatch(rf"(.*)[0-9]{{18}}[0-9a-f]{{{SUFFIX - 18}}}", name)
    return made[1] if made else ""
