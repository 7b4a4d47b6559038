"""What surrounds the cluster: ways in from other networks, monitoring, quota, the next update."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from guardrails.findings import Severity
from ops.described import Described, target_of
from ops.errors import AwsError, NotCheckedError, OpsError
from ops.verify.check import RESTORE, Check, Fault
from ops.verify.situation import Situation
from ops.verify.surroundings import rule_kind, transit_kind

_DEFAULT_ROUTES: Final = 500
"""Routes in a table, unless the account has another quota; AWS raised it from 50 in June 2025.

https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
"""
_MOST_ROUTES: Final = 1000
_NEAR: Final = 0.9


def transit_route_missing(situation: Situation) -> Iterator[Fault]:
    """Find transit gateway tables that do not lead clients to the virtual IP here (F51)."""
    tables = situation.cluster.transit_tables
    if tables is None:
        raise NotCheckedError("which transit gateways lead here is not known without the outputs")
    yield from _as_far_as_read(_transit_faults(situation, table) for table in tables)


def monitoring_missing(situation: Situation) -> Iterator[Fault]:
    """Find alarms, flow log and rules of the stack that are gone or tell nobody (F52)."""
    if situation.cluster.transit_tables is None:
        raise NotCheckedError("what the stack monitors is not known without its outputs")
    rules = (_rule_faults(situation, name) for name in situation.cluster.route_change_rules)
    parts = (_alarm_faults(situation), _flow_log_faults(situation), *rules)
    yield from _as_far_as_read(parts)


def route_quota_near(situation: Situation) -> Iterator[Fault]:
    """Find tables of the cluster with at least 90 % of the routes that AWS allows (F17).

    Propagated routes do not count, and IPv6 counts by itself. A prefix list counts as one route
    here, and as its maximum of entries with AWS.
    """
    quota, whose = _route_quota(situation)
    for key, table in situation.own_tables.items():
        counted = _counted_routes(table)
        if counted >= _NEAR * quota:
            yield Fault(
                key,
                f"fewer than {_NEAR:.0%} of {quota} routes, {whose}",
                f"{counted} routes",
                _quota_remedy(quota),
            )


def update_would_move(situation: Situation) -> Iterator[Fault]:
    """Find routes whose target the stack's state would set back (F50)."""
    declared = situation.declared_targets
    if declared is None:
        raise NotCheckedError("the stack's state was not read: give --state")
    if isinstance(declared, OpsError):
        raise NotCheckedError(str(declared))
    for table, target in declared.items():
        route = situation.virtual_ip_routes.get(table)
        if route is not None and target_of(route) != target:
            yield Fault(
                table,
                "the target of the virtual IP's route is left to the cluster (ignoreChanges)",
                f"leads to {target_of(route)}, and the next update would lead it to {target}",
                "Look at pulumi preview --diff --refresh before any update: it must not change "
                "this route. If it does, fail over to the node that it names first",
                (target,),
            )


def _as_far_as_read(parts: Iterable[Iterator[Fault]]) -> Iterator[Fault]:
    """Yield the faults of all parts; what one of them was refused is raised after the others."""
    refused: AwsError | None = None
    for part in parts:
        try:
            yield from part
        except AwsError as error:
            refused = error
    if refused is not None:
        raise refused


def _transit_faults(situation: Situation, table: str) -> Iterator[Fault]:
    expected = (
        f"a static route to {situation.cluster.destination} that leads to "
        f"{situation.cluster.vpc_id}"
    )
    found = _transit_route(situation, table)
    if isinstance(found, str):
        yield Fault(table, expected, found, RESTORE)
        return
    if found.get("State") == "blackhole":
        yield Fault(table, expected, "blackhole: its attachment is gone", RESTORE)
    attachments: list[Described] = found.get("TransitGatewayAttachments") or []
    for each in attachments:
        if each.get("ResourceId", situation.cluster.vpc_id) != situation.cluster.vpc_id:
            led = f"{each.get('TransitGatewayAttachmentId')}, of {each['ResourceId']}"
            yield Fault(table, expected, f"leads to {led}", RESTORE)


def _transit_route(situation: Situation, table: str) -> Described | str:
    """Return the static route of the virtual IP, or what is there in its place."""
    try:
        routes: list[Described] = situation.snapshot.get(transit_kind(table))
    except AwsError as error:
        if error.code.endswith("NotFound"):
            return "the table is gone"
        raise
    present = [
        each
        for each in routes
        if each.get("DestinationCidrBlock") == situation.cluster.destination
        and each.get("State") not in ("deleting", "deleted")
    ]
    static = next((each for each in present if each.get("Type") == "static"), None)
    return static or ("a propagated route only" if present else "none")


def _alarm_faults(situation: Situation) -> Iterator[Fault]:
    found: dict[str, Described] = {
        each["AlarmName"]: each for each in situation.snapshot.get("alarms")
    }
    for name in situation.cluster.alarms:
        alarm = found.get(name)
        if alarm is None:
            yield Fault(name, "an alarm of CloudWatch", "gone", RESTORE)
        elif not alarm.get("ActionsEnabled", True):
            yield Fault(name, "an alarm with actions", "its actions are disabled", RESTORE)
        elif not alarm.get("AlarmActions"):
            yield Fault(name, "an alarm with actions", "it has none: it tells nobody", RESTORE)


def _flow_log_faults(situation: Situation) -> Iterator[Fault]:
    group = situation.cluster.flow_log_group
    if not group:
        return
    logs: list[Described] = situation.snapshot.get("flow_logs")
    own = [each for each in logs if _log_group(each) == group]
    if not any(each.get("FlowLogStatus", "ACTIVE") == "ACTIVE" for each in own):
        yield Fault(
            group,
            f"an active flow log of {situation.cluster.vpc_id} to this group",
            ", ".join(f"{each['FlowLogId']} {each['FlowLogStatus']}" for each in own) or "none",
            RESTORE,
        )


def _log_group(flow_log: Described) -> str:
    by_arn = flow_log.get("LogDestination", "").partition(":log-group:")[2].removesuffix(":*")
    return flow_log.get("LogGroupName") or by_arn


def _rule_faults(situation: Situation, name: str) -> Iterator[Fault]:
    try:
        state = situation.snapshot.get(rule_kind(name)).get("State", "ENABLED")
    except AwsError as error:
        if error.code != "ResourceNotFoundException":
            raise
        state = "gone"
    if not state.startswith("ENABLED"):
        yield Fault(name, "an enabled rule of EventBridge", state.lower(), RESTORE)


def _quota_remedy(quota: int) -> str:
    """Return what makes room; AWS grants no more than `_MOST_ROUTES`."""
    remove = "Remove routes that nobody needs"
    if quota >= _MOST_ROUTES:
        return remove
    return (
        f"{remove}, or aws service-quotas request-service-quota-increase --service-code vpc "
        f"--quota-code L-93826ACB --desired-value {min(2 * quota, _MOST_ROUTES)}"
    )


def _route_quota(situation: Situation) -> tuple[int, str]:
    try:
        return int(situation.snapshot.get("route_quota")), "the account's quota for each table"
    except AwsError:
        return _DEFAULT_ROUTES, "AWS's default quota, as the account's own was not read"


def _counted_routes(table: Mapping[str, list[Described]]) -> int:
    counting = [
        each for each in table["Routes"] if each.get("Origin") != "EnableVgwRoutePropagation"
    ]
    sixth = sum(1 for each in counting if each.get("DestinationIpv6CidrBlock"))
    return max(sixth, len(counting) - sixth)


CHECKS = (
    Check(id="transit-route-missing", severity=Severity.HIGH, judge=transit_route_missing),
    Check(id="monitoring-missing", severity=Severity.MEDIUM, judge=monitoring_missing),
    Check(id="route-quota-near", severity=Severity.MEDIUM, judge=route_quota_near),
    Check(id="update-would-move-virtual-ip", severity=Severity.HIGH, judge=update_would_move),
)
