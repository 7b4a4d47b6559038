"""Taking the address, watching it, and giving it up."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from agents.virtual_ip import devices, exits
from agents.virtual_ip.cloud import Cloud
from agents.virtual_ip.decision import Facts, Verdict, decide, owner, strays
from agents.virtual_ip.membership import peer_is_member
from agents.virtual_ip.parameters import Parameters
from agents.virtual_ip.report import Outcome, Report
from agents.virtual_ip.result import unmoved
from agents.virtual_ip.watch import Watch
from agents.virtual_ip.yielded import Note
from ops.errors import OpsError
from ops.move.takeover import Takeover

_SETTLE_SECONDS = 2.0
"""Between seeing that routes lead elsewhere and leading them back.

When a partition begins, the other node may see it, and take over, a moment before this one.
"""


class Owning:
    """The virtual IP as this node owns it, or does not."""

    def __init__(
        self,
        parameters: Parameters,
        note: Note,
        *,
        cloud: Cloud | None = None,
        peer: Callable[[], bool | None] = peer_is_member,
    ) -> None:
        self._ip = parameters.ip
        self._parameters = parameters
        self._note = note
        self._cloud = cloud or Cloud(parameters)
        self._peer = peer

    def warm(self) -> None:
        """Make ready what a takeover needs. Raises OpsError."""
        self._cloud.warm(self._device().mac)

    def start(self, watch: Watch, report: Report) -> Outcome:
        """Take the address and lead all tables here."""
        self._cloud.begin(watch)
        device = self._device()
        own = self._cloud.interface_of(device.mac)
        refusal = self._refusal(own)
        if refusal:
            return report.end(exits.ERR_PERM, refusal)
        self._add_address(device, watch, report)
        with ThreadPoolExecutor(1) as pool:
            fault = pool.submit(self._own_fault, own)
            takeover = self._take_over(own)
        return self._end_start(takeover, fault.result(), own, report)

    def monitor(self, watch: Watch, report: Report) -> Outcome:
        """Watch the routes while the address is here."""
        self._cloud.begin(watch)
        own = self._cloud.interface_of(self._device().mac)
        facts = self._facts(own, report)
        if decide(facts) is Verdict.REASSERT:
            self._cloud.caller.sleep(_SETTLE_SECONDS)
            facts = self._facts(own, report)
        verdict = decide(facts)
        targets = facts.targets or {}
        if verdict is Verdict.REASSERT:
            return self._reassert(targets, own, report)
        if verdict is Verdict.YIELD:
            return self._yield(targets, facts, report)
        if verdict is Verdict.UNDECIDED:
            report.warn(
                f"{_list(strays(targets, own))}, and Pacemaker does not say whether the other node "
                "is a member, so nothing is changed"
            )
        return report.end(exits.SUCCESS)

    def _device(self) -> devices.Device:
        return devices.choose_device(devices.read_devices(), self._parameters.interface)

    def _facts(self, own: str, report: Report) -> Facts:
        """Read what a monitor decides by; more is read only if routes lead elsewhere."""
        try:
            targets = self._cloud.targets(own)
            led = strays(targets, own)
            able = self._cloud.able(led.values()) if led else frozenset[str]()
        except OpsError as error:
            report.warn(f"the routes cannot be read, so only the address was looked at: {error}")
            return Facts(has_address=True, own=own, targets=None)
        for table in self._parameters.route_tables:
            if table not in targets:
                report.warn(
                    f"{table} has no route to {self._ip}/32, and the node cannot create one"
                )
        peer = self._peer() if led else None
        return Facts(has_address=True, own=own, targets=targets, able=able, peer=peer)

    def _refusal(self, own: str) -> str:
        """Return why a start must not take the address, "" if it may. Raises OpsError."""
        noted = self._note.read()
        if noted is None:
            return ""
        if not self._peer():
            targets = self._cloud.targets(own)
            found = owner(targets, own, self._cloud.able(strays(targets, own).values()))
            if found not in {own, ""}:
                return (
                    f"this node gave {self._ip} up at {noted.at}, because {found} took it over "
                    "while the nodes did not see each other, which is still so. If the other node "
                    f"is off, remove {self._note.path} and run `crm_resource --cleanup`"
                )
        self._note.remove()
        return ""

    def _add_address(self, device: devices.Device, watch: Watch, report: Report) -> None:
        watch.require_time(f"the addition of {self._ip} to {device.name}")
        if not device.has(self._ip):
            devices.add_address(self._ip, device.name)
            report.info(f"{self._ip} was added to {device.name}")
        others = devices.remove_address(self._ip, devices.read_devices(), keep=device.name)
        if others:
            report.warn(f"{self._ip} was on {', '.join(others)} too, and was removed there")

    def _own_fault(self, own: str) -> str:
        """Return what keeps the interface from serving; "" also where AWS does not say."""
        try:
            return self._cloud.fault_of(own)
        except OpsError:
            return ""

    def _take_over(self, own: str) -> Takeover:
        """Lead all tables here; once more where the other node did so at the same time."""
        takeover = self._cloud.take_over(own)
        if takeover.routes is None:
            return takeover
        taken = {
            table: target
            for table, target in strays(takeover.routes.targets, own).items()
            if table in takeover.replies and takeover.replies[table].error is None
        }
        if taken and owner(takeover.routes.targets, own, frozenset(taken.values())) == own:
            return self._cloud.take_over(own)
        return takeover

    def _end_start(self, takeover: Takeover, fault: str, own: str, report: Report) -> Outcome:
        listed = self._parameters.route_tables
        faults = unmoved(takeover, listed, own, self._ip)
        moved = [table for table in listed if table not in faults]
        if takeover.unread is not None:
            report.warn(f"AWS confirmed the routes, but they cannot be read: {takeover.unread}")
        elif takeover.routes is not None:
            for table, target in strays(takeover.routes.targets, own).items():
                if table not in listed:
                    report.warn(
                        f"{table} leads to {target}: it has a route to {self._ip}/32 as well, "
                        "but is not in route_tables, and could not be moved"
                    )
        if not faults and not fault:
            seconds = takeover.ended - takeover.began
            report.info(f"{self._ip} leads to {own} in {len(moved)} tables, after {seconds:.3f} s")
            return report.end(exits.SUCCESS)
        if not moved:
            devices.remove_address(self._ip, devices.read_devices())
        there = ", ".join(moved) or "none"
        reasons = [*faults.values(), *([fault] if fault else [])]
        return report.end(
            exits.ERR_GENERIC,
            f"{self._ip} does not lead here in all tables. Moved: {there}. {'; '.join(reasons)}",
        )

    def _reassert(self, targets: Mapping[str, str], own: str, report: Report) -> Outcome:
        led = strays(targets, own)
        replies = self._cloud.replace(led, own)
        failed = {table: reply.error for table, reply in replies.items() if reply.error is not None}
        done = {table: target for table, target in led.items() if table not in failed}
        if done:
            report.warn(f"{_list(done)}: led back to {own}")
        for table, error in failed.items():
            report.warn(f"{table} leads to {targets[table]} and cannot be led back: {error}")
        if len(failed) == len(targets):
            return report.end(exits.ERR_GENERIC, "no table leads here, and none can be led back")
        return report.end(exits.SUCCESS)

    def _yield(self, targets: Mapping[str, str], facts: Facts, report: Report) -> Outcome:
        devices.remove_address(self._ip, devices.read_devices())
        new = owner(targets, facts.own, facts.able)
        fault = self._note.write(new, targets)
        if fault:
            report.warn(
                f"{self._note.path} cannot be written, so the helper alone remembers: {fault}"
            )
        return report.end(
            exits.NOT_RUNNING,
            f"{new} took {self._ip} over while the nodes do not see each other ({_list(targets)}); "
            "this node gave the address up",
        )


def _list(targets: Mapping[str, str]) -> str:
    return ", ".join(f"{table} leads to {target}" for table, target in targets.items())
