"""Names and ARNs of load balancers and target groups.

Rules: internal/service/elbv2/validate.go of hashicorp/terraform-provider-aws.
"""

from collections.abc import Mapping

from sandbox.provider.names import SUFFIX, declare_names
from sandbox.provider.schema import Property, Validator
from sandbox.provider.values import length, matches

LONGEST = 32
_CHARACTERS = matches(r"[0-9A-Za-z-]*", "hold letters, digits and hyphens only")
_FIRST = matches(r"(?!-).*", "not begin with a hyphen")
_LAST = matches(r".*(?<!-)", "not end with a hyphen")
_NOT_INTERNAL = matches(r"(?!internal-).*", "not begin with 'internal-', which AWS puts there")


def naming(*others: Validator) -> Mapping[str, Property]:
    """Declare `name` and `namePrefix`; `others` hold for both."""
    return declare_names(
        LONGEST,
        (length(0, LONGEST), _CHARACTERS, _FIRST, _LAST, *others),
        (length(1, LONGEST - SUFFIX), _CHARACTERS, _FIRST, *others),
    )


LOAD_BALANCER_NAMING = naming(_NOT_INTERNAL)
TARGET_GROUP_NAMING = naming()


def suffix_of(arn: str) -> str:
    """Return what CloudWatch calls a load balancer: `app/web/50dc6c495c0c9188`."""
    return arn.partition(":loadbalancer/")[2]
