"""All checks, in the order in which their ids are documented (docs/runbook.md)."""

from ops.verify import permission_checks, route_checks, target_checks
from ops.verify.check import Check

CHECKS: tuple[Check, ...] = (*target_checks.CHECKS, *route_checks.CHECKS, *permission_checks.CHECKS)
