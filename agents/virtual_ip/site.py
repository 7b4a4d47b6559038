"""What an action on this node works with: parameters, AWS, the note of a yield, and the peer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from agents.virtual_ip import devices
from agents.virtual_ip.cloud import Cloud
from agents.virtual_ip.decision import owner, strays
from agents.virtual_ip.parameters import Parameters
from agents.virtual_ip.yielded import Note

Peer = Callable[[], bool | None]
"""Tells whether the other node is in this node's partition, None where that is unknown."""


@dataclass(frozen=True)
class Site:
    """The resource on this node."""

    parameters: Parameters
    cloud: Cloud
    note: Note
    peer: Peer

    @property
    def ip(self) -> str:
        """Return the virtual IP."""
        return self.parameters.ip

    def warm(self) -> None:
        """Make ready what a takeover needs. Raises OpsError."""
        device = devices.choose_device(devices.read_devices(), self.parameters.interface)
        self.cloud.warm(device.mac)

    def owner(self, own: str) -> str:
        """Return the interface that owns the address as AWS shows it now. Raises OpsError."""
        targets = self.cloud.targets(own)
        return owner(targets, own, self.cloud.able(strays(targets, own).values()))


def listed(targets: Mapping[str, str]) -> str:
    """Return tables and their targets as a message shows them."""
    return ", ".join(f"{table} leads to {target}" for table, target in targets.items())
