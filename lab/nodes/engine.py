"""Pacemaker and corosync on the nodes, as the stack's outputs configure them."""

import re
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from lab.errors import LabError
from lab.nodes.cib import has_fencing, with_instances, without_fencing, without_mirror
from lab.nodes.machine import Machine

RESOURCE: Final = "virtual-ip"
_PATIENCE_S = 60.0


@dataclass(frozen=True)
class Configuration:
    """The texts of corosync.conf and of the cluster's configuration (CIB), which has no mirror."""

    corosync_conf: str
    cib: str
    """Without fencing, so that scenarios show the virtual IP alone."""
    fenced_cib: str = ""
    """With fencing; empty where the stack has none."""


@dataclass(frozen=True)
class Status:
    """What a node's engine says: who is online, where the virtual IP runs, and what failed."""

    online: frozenset[str]
    owner: str = ""
    failures: tuple[str, ...] = ()


def with_token(corosync_conf: str, milliseconds: int) -> str:
    """Let corosync take a node for lost after another time than the stack says."""
    return re.sub(r"(?m)^(\s*token:\s*)\d+$", rf"\g<1>{milliseconds}", corosync_conf)


def read_configuration(outputs: Mapping[str, Any], instances: Mapping[str, str]) -> Configuration:
    """Return the configuration in a stack's outputs. Raises LabError for another engine.

    `instances` are the nodes' instance ids by node.
    """
    written: Mapping[str, str] = outputs.get("pacemaker") or {}
    if "cib" not in written:
        raise LabError(
            f"the nodes' engine is {outputs.get('engine', 'expresscluster')!r}, which is "
            "proprietary or none: the lab runs Pacemaker. Remedy: pulumi config set --path "
            "ha-cluster:nodes.engine pacemaker, then pulumi up, or `make lab`"
        )
    cib = with_instances(without_mirror(written["cib"]), instances)
    fenced = cib if has_fencing(cib) else ""
    return Configuration(written["corosync_conf"], without_fencing(cib), fenced)


class Engine:
    """The cluster engine of all machines."""

    def __init__(self, machines: Mapping[str, Machine]) -> None:
        self._machines = machines

    def load(self, cib: str) -> None:
        """Give the engine its configuration, once all nodes are online. Raises LabError."""
        self.await_status(
            lambda status: status.online == frozenset(self._machines), "all nodes online"
        )
        machine = self._running()
        machine.run("sh", "-c", f"cat > {_CIB} <<'END'\n{cib}\nEND")
        machine.run("cibadmin", "--replace", "--xml-file", _CIB)
        self.await_status(lambda status: bool(status.owner), f"{RESOURCE} started")

    def replace(self, cib: str) -> None:
        """Give the engine another configuration: what ran is stopped first. Raises LabError."""
        machine = self._running()
        machine.run("crm_attribute", "--name", "stop-all-resources", "--update", "true")
        self.await_status(lambda status: not status.owner, f"{RESOURCE} stopped")
        machine.run("sh", "-c", f"cat > {_CIB} <<'END'\n{cib}\nEND")
        machine.run("cibadmin", "--replace", "--scope", "configuration", "--xml-file", _CIB)
        self.await_status(lambda status: bool(status.owner), f"{RESOURCE} started")

    def status(self, machine: Machine | None = None) -> Status:
        """Ask a node, by default any that runs. Raises LabError."""
        asked = machine or self._running()
        return read_status(asked.run("crm_mon", "--one-shot", "--output-as", "xml"))

    def move(self, node: str) -> None:
        """Move the virtual IP as an operator does, and wait until the engine has nothing to do."""
        machine = self._running()
        machine.run("crm_resource", "--resource", RESOURCE, "--clear")
        machine.run("crm_resource", "--resource", RESOURCE, "--move", "--node", node)
        self.settle()

    def settle(self) -> None:
        """Wait until the engine has nothing to do. Raises LabError."""
        self._running().run("crm_resource", "--wait", "--timeout", f"{_PATIENCE_S:.0f}s")

    def clear(self) -> None:
        """Take back what `move` and failures leave behind."""
        machine = self._running()
        machine.run("crm_resource", "--resource", RESOURCE, "--clear")
        machine.run("crm_resource", "--resource", RESOURCE, "--cleanup")

    def await_status(
        self, holds: Callable[[Status], bool], what: str, patience: float = _PATIENCE_S
    ) -> Status:
        """Wait for a status. Raises LabError with the last one."""
        deadline = time.monotonic() + patience
        last = "the engine did not answer"
        while time.monotonic() < deadline:
            try:
                status = self.status()
            except LabError as fault:
                last = str(fault)
            else:
                if holds(status):
                    return status
                last = str(status)
            time.sleep(0.2)
        raise LabError(f"not within {patience:.0f} s: {what}. {last}")

    def _running(self) -> Machine:
        for machine in self._machines.values():
            if machine.runs:
                return machine
        raise LabError("no node is on")


_CIB = "/run/cib.xml"


def read_status(text: str) -> Status:
    """Read what `crm_mon --output-as xml` writes."""
    root = ET.fromstring(text)  # noqa: S314 - Pacemaker's own answer
    online = {
        node.get("name", "")
        for node in root.iterfind("./nodes/node")
        if node.get("online") == "true"
    }
    return Status(frozenset(online), _owner(root), tuple(_failures(root.iter("failure"))))


def _owner(root: ET.Element) -> str:
    for resource in root.iter("resource"):
        started = resource.get("role") == "Started" and resource.get("failed") != "true"
        if resource.get("id") == RESOURCE and started and resource.get("active") == "true":
            names = [node.get("name", "") for node in resource.iter("node")]
            return names[0] if len(names) == 1 else ""
    return ""


def _failures(found: Iterable[ET.Element]) -> Iterable[str]:
    for failure in found:
        reason = failure.get("exitreason") or failure.get("exitstatus")
        yield f"{failure.get('op_key')} on {failure.get('node')}: {reason}"
