"""Taking the address: first on the device, so that the first packet is answered, then by AWS."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from agents.virtual_ip import devices, exits
from agents.virtual_ip.decision import owner, strays
from agents.virtual_ip.errors import AgentError
from agents.virtual_ip.report import Outcome, Report
from agents.virtual_ip.result import Left, left_behind, must_fail, unlisted
from agents.virtual_ip.site import Site
from agents.virtual_ip.watch import Watch
from ops.errors import OpsError
from ops.move.takeover import Takeover


def start(site: Site, watch: Watch, report: Report) -> Outcome:
    """Take the address and lead all tables here. Raises OpsError."""
    site.cloud.begin(watch)
    found = devices.read_devices()
    device = devices.choose_device(found, site.parameters.interface)
    own = site.cloud.interface_of(device.mac)
    refusal = _refusal(site, own)
    if refusal:
        return report.end(exits.ERR_PERM, refusal)
    watch.require_time(f"the addition of {site.ip} to {device.name}")
    _add_address(site.ip, device, found, report)
    with ThreadPoolExecutor(1) as pool:
        fault = pool.submit(site.cloud.fault_of, own)
        takeover = _take_over(site, own)
    try:
        faults = [fault.result()] if fault.result() else []
    except OpsError as error:
        faults: list[str] = []
        report.warn(f"whether the source/destination check of {own} is off is not known: {error}")
    return _end(site, takeover, faults, report)


def _refusal(site: Site, own: str) -> str:
    """Return why a start must not take the address, "" if it may. Raises OpsError.

    Without this, the nodes of a partition would take the address from each other for ever.
    """
    noted = site.note.read()
    if noted is None:
        return ""
    if not site.peer():
        found = site.owner(own)
        if found not in {own, ""}:
            return (
                f"this node gave {site.ip} up to {noted.owner} at {noted.at}, as the nodes did not "
                f"see each other, which is still so, and {found} has it. If the other node is off, "
                f"remove {site.note.path} and run `crm_resource --cleanup`"
            )
    site.note.remove()
    return ""


def _add_address(
    ip: str, device: devices.Device, found: Iterable[devices.Device], report: Report
) -> None:
    if not device.is_up:
        raise AgentError(f"the device {device.name} is down: set it up before {ip} is started")
    if not device.has(ip):
        devices.add_address(ip, device.name)
        report.info(f"{ip} was added to {device.name}")
    others = devices.remove_address(ip, found, keep=device.name)
    if others:
        report.warn(f"{ip} was on {', '.join(others)} too, and was removed there")


def _take_over(site: Site, own: str) -> Takeover:
    """Lead all tables here; once more where the other node did so at the same time, and lost."""
    takeover = site.cloud.take_over(own)
    if takeover.routes is None:
        return takeover
    taken = {
        table: target
        for table, target in strays(takeover.routes.targets, own).items()
        if table in takeover.replies and takeover.replies[table].error is None
    }
    if taken and owner(takeover.routes.targets, own, frozenset(taken.values())) == own:
        return site.cloud.take_over(own)
    return takeover


def _end(site: Site, takeover: Takeover, faults: list[str], report: Report) -> Outcome:
    """End a start; its reason begins with what matters, as Pacemaker shows 128 characters."""
    tables = site.parameters.route_tables
    own = takeover.node.network_interface_id
    left = left_behind(takeover, tables, site.ip)
    moved = len(tables) - len(left)
    for line in unlisted(takeover, tables, site.ip):
        report.warn(line)
    if takeover.unread is not None:
        report.warn(f"the routes cannot be read after they were replaced: {takeover.unread}")
    reasons = [*faults, *(each.reason for each in left)]
    if not moved:
        devices.remove_address(site.ip, devices.read_devices())
    if faults or not moved or _is_better_elsewhere(site, left):
        there = f"{moved} of {len(tables)} tables lead to this node"
        return report.end(exits.ERR_GENERIC, "; ".join([*reasons, there]))
    for reason in reasons:
        report.warn(reason)
    seconds = takeover.ended - takeover.began
    report.info(f"{site.ip} leads to {own} in {moved} tables, after {seconds:.3f} s")
    return report.end(exits.SUCCESS)


def _is_better_elsewhere(site: Site, left: list[Left]) -> bool:
    if not left:
        return False
    try:
        able = site.cloud.able(each.target for each in left if each.target)
    except OpsError:
        able = frozenset(each.target for each in left if each.target)
    return must_fail(left, able, peer=site.peer())
