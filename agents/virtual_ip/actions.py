"""The actions of the agent, each from what it reads to an exit code and lines for the log."""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING

from agents.virtual_ip import devices, exits
from agents.virtual_ip.asking import folder_of
from agents.virtual_ip.errors import AgentError
from agents.virtual_ip.membership import peer_is_member
from agents.virtual_ip.parameters import read_ip, read_parameters
from agents.virtual_ip.report import Outcome, Report
from agents.virtual_ip.watch import Watch
from agents.virtual_ip.yielded import Note
from ops.errors import OpsError

if TYPE_CHECKING:
    from agents.virtual_ip.site import Site


class Resource:
    """The resource on this node; it stays between the actions of a helper."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        ip = environment.get("OCF_RESKEY_ip", "").strip()
        self._note = Note(folder_of(environment), ip)
        self._site: Site | None = None

    def act(self, action: str, watch: Watch) -> Outcome:
        """Do an action; what keeps it from being done is the reason of the outcome."""
        report = Report()
        try:
            return {
                "start": self._start,
                "stop": self._stop,
                "monitor": self._monitor,
                "validate-all": self._validate,
            }[action](watch, report)
        except AgentError as error:
            return report.end(error.code, str(error))
        except OpsError as error:
            return report.end(exits.ERR_GENERIC, str(error))
        except ImportError as error:
            return report.end(exits.ERR_INSTALLED, f"{error}: install the package python3-boto3")
        except Exception as error:  # noqa: BLE001 - the helper answers the next action all the same
            text = f"{type(error).__name__}: {error}. This is a fault of the agent"
            return report.end(exits.ERR_GENERIC, text)

    def warm(self) -> None:
        """Load what the actions need; a fault shows when one of them needs it."""
        try:
            self._opened().warm()
        except (OpsError, ImportError):
            return

    def _start(self, watch: Watch, report: Report) -> Outcome:
        site = self._opened()
        from agents.virtual_ip.start import start

        return start(site, watch, report)

    def _monitor(self, watch: Watch, report: Report) -> Outcome:
        parameters = read_parameters(self._environment)
        found = devices.read_devices()
        device = devices.choose_device(found, parameters.interface)
        if device.is_up and device.has(parameters.ip):
            site = self._opened()
            from agents.virtual_ip.monitor import monitor

            return monitor(site, device, watch, report)
        held = [each.name for each in found if each.has(parameters.ip)]
        if held:
            report.warn(f"{parameters.ip} is on {', '.join(held)}, which cannot serve it")
        if self._note.read() is not None and peer_is_member():
            self._note.remove()
        return report.end(exits.NOT_RUNNING)

    def _stop(self, _: Watch, report: Report) -> Outcome:
        ip = read_ip(self._environment)
        removed = devices.remove_address(ip, devices.read_devices())
        if removed:
            report.info(f"{ip} was removed from {', '.join(removed)}")
        return report.end(exits.SUCCESS)

    def _validate(self, _: Watch, report: Report) -> Outcome:
        parameters = read_parameters(self._environment)
        devices.choose_device(devices.read_devices(), parameters.interface)
        if find_spec("boto3") is None:
            raise ModuleNotFoundError("No module named 'boto3'")
        return report.end(exits.SUCCESS)

    def _opened(self) -> "Site":
        """Return what an action works with, made at first use: it imports boto3."""
        if self._site is None:
            from agents.virtual_ip.cloud import Cloud
            from agents.virtual_ip.site import Site

            parameters = read_parameters(self._environment)
            self._site = Site(parameters, Cloud(parameters), self._note, peer_is_member)
        return self._site


def act(action: str, environment: Mapping[str, str], watch: Watch) -> Outcome:
    """Do one action in this process."""
    return Resource(environment).act(action, watch)
