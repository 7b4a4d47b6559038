"""All checks, in the order in which their ids are documented (docs/findings.md)."""

from ops.verify import (
    endpoint_checks,
    route_checks,
    surrounding_checks,
    target_checks,
    unmanaged_checks,
)
from ops.verify.check import Check

CHECKS: tuple[Check, ...] = (
    *target_checks.CHECKS,
    *route_checks.CHECKS,
    *endpoint_checks.CHECKS,
    *surrounding_checks.CHECKS,
    *unmanaged_checks.CHECKS,
)
