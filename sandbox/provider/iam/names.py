"""Names in IAM: what they may look like.

Rules: internal/service/iam/validate.go of hashicorp/terraform-provider-aws.
"""

from collections.abc import Mapping

from sandbox.provider.names import SUFFIX, declare_names
from sandbox.provider.schema import Property
from sandbox.provider.values import length, matches

_CHARACTERS = matches(r"[\w+=,.@-]*", "match [\\w+=,.@-]")


def naming(longest: int) -> Mapping[str, Property]:
    """Declare `name` and `namePrefix` for names of at most `longest` characters."""
    return declare_names(
        longest,
        (length(1, longest), _CHARACTERS),
        (length(1, longest - SUFFIX), _CHARACTERS),
    )
