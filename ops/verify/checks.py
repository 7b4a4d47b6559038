"""All checks, in the order in which their ids are documented (docs/runbook.md)."""

from ops.verify import (
    acl_checks,
    dns_checks,
    endpoint_checks,
    filter_checks,
    node_checks,
    permission_checks,
    route_checks,
    surrounding_checks,
    target_checks,
    unmanaged_checks,
    volume_checks,
)
from ops.verify.check import Check

CHECKS: tuple[Check, ...] = (
    *target_checks.CHECKS,
    *route_checks.CHECKS,
    *node_checks.CHECKS,
    *volume_checks.CHECKS,
    *filter_checks.CHECKS,
    *acl_checks.CHECKS,
    *dns_checks.CHECKS,
    *endpoint_checks.CHECKS,
    *permission_checks.CHECKS,
    *surrounding_checks.CHECKS,
    *unmanaged_checks.CHECKS,
)
