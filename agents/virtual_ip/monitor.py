"""Watching the routes while the address is on this node's device."""

from collections.abc import Mapping

from agents.virtual_ip import devices, exits
from agents.virtual_ip.decision import Facts, Verdict, decide, owner, strays
from agents.virtual_ip.report import Outcome, Report
from agents.virtual_ip.site import Site, listed
from agents.virtual_ip.watch import Watch
from ops.errors import OpsError

_SETTLE_SECONDS = 2.0
"""Between seeing that routes lead elsewhere and leading them back.

When a partition begins, the other node may see it, and take over, a moment before this one.
"""


def monitor(site: Site, device: devices.Device, watch: Watch, report: Report) -> Outcome:
    """Compare the routes with what Pacemaker wants, which is the address on this device."""
    site.cloud.begin(watch)
    facts = _read(site, device)
    if decide(facts) is Verdict.REASSERT:
        site.cloud.caller.sleep(_SETTLE_SECONDS)
        facts = _read(site, device)
    return _act(site, facts, report)


def _read(site: Site, device: devices.Device) -> Facts:
    """Read what a monitor decides by; more is read only if routes lead elsewhere."""
    try:
        own = site.cloud.interface_of(device.mac)
        targets = site.cloud.targets(own)
        led = strays(targets, own)
        able = site.cloud.able(led.values()) if led else frozenset[str]()
    except OpsError as error:
        return Facts(has_address=True, own="", targets=None, unread=str(error))
    peer = site.peer() if led else None
    return Facts(has_address=True, own=own, targets=targets, able=able, peer=peer)


def _act(site: Site, facts: Facts, report: Report) -> Outcome:
    if facts.targets is None:
        report.warn(f"only the address was looked at, as routes cannot be read: {facts.unread}")
        return report.end(exits.SUCCESS)
    for table in site.parameters.route_tables:
        if table not in facts.targets:
            report.warn(f"{table} has no route to {site.ip}/32, and a node cannot create one")
    led = strays(facts.targets, facts.own)
    verdict = decide(facts)
    if verdict is Verdict.REASSERT:
        return _reassert(site, led, facts, report)
    if verdict is Verdict.YIELD:
        return _yield(site, led, facts, report)
    if verdict is Verdict.UNDECIDED:
        report.warn(
            f"{listed(led)}, which is left so: Pacemaker does not say whether the other node is a "
            "member, see `crm_node --partition`"
        )
    return report.end(exits.SUCCESS)


def _reassert(site: Site, led: Mapping[str, str], facts: Facts, report: Report) -> Outcome:
    replies = site.cloud.replace(led, facts.own)
    failed = {table: reply.error for table, reply in replies.items() if reply.error is not None}
    done = {table: target for table, target in led.items() if table not in failed}
    if done:
        before = ", ".join(f"{table} led to {target}" for table, target in done.items())
        report.warn(f"another program changed routes, now restored to this node: {before}")
    for table, error in failed.items():
        report.warn(f"{table} leads to {led[table]} and cannot be restored to this node: {error}")
    if len(failed) == len(facts.targets or {}):
        return report.end(
            exits.ERR_GENERIC, "no table leads to this node, and none can be restored"
        )
    return report.end(exits.SUCCESS)


def _yield(site: Site, led: Mapping[str, str], facts: Facts, report: Report) -> Outcome:
    """Give the address up at once, and note that a start must not take it back."""
    devices.remove_address(site.ip, devices.read_devices())
    new = owner(facts.targets or {}, facts.own, facts.able)
    fault = site.note.write(new, led)
    if fault:
        report.warn(f"{site.note.path} cannot be written, only the helper remembers: {fault}")
    return report.end(
        exits.NOT_RUNNING,
        f"this node gave {site.ip} up, because {new} took it over and the nodes do not see each "
        f"other: {listed(led)}",
    )
