"""The node's network devices and their addresses, read and changed by iproute2's `ip`."""

import json
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from agents.virtual_ip import exits
from agents.virtual_ip.errors import AgentError

_SECONDS = 10


@dataclass(frozen=True)
class Device:
    """A network device; `addresses` are IPv4 ones with their prefix lengths."""

    name: str
    mac: str
    is_up: bool
    addresses: tuple[str, ...]

    def has(self, ip: str) -> bool:
        """Tell whether the device has an address, with whatever prefix length."""
        return any(each.partition("/")[0] == ip for each in self.addresses)


def read_devices() -> tuple[Device, ...]:
    """Return all devices of this node. Raises AgentError."""
    return tuple(
        Device(
            name=found["ifname"],
            mac=found.get("address", ""),
            is_up="UP" in found.get("flags", ()),
            addresses=tuple(
                f"{each['local']}/{each['prefixlen']}"
                for each in found.get("addr_info", ())
                if each.get("family") == "inet" and "local" in each
            ),
        )
        for found in _listed("address", "show")
        if "ifname" in found
    )


def choose_device(devices: Iterable[Device], name: str) -> Device:
    """Return a device by its name, or without a name that of the default route.

    Raises AgentError.
    """
    by_name = {each.name: each for each in devices}
    if name:
        if name not in by_name:
            found = ", ".join(sorted(by_name))
            raise AgentError(
                f"interface {name}: this node has no such device, only {found}", exits.ERR_ARGS
            )
        return by_name[name]
    routes = _listed("-4", "route", "show", "default")
    routes.sort(key=lambda route: int(route.get("metric", 0)))
    found = next((route["dev"] for route in routes if route.get("dev") in by_name), None)
    if found is None:
        raise AgentError(
            "this node has no IPv4 default route, so set the parameter interface to the device "
            "that takes the virtual IP",
            exits.ERR_ARGS,
        )
    return by_name[found]


def add_address(ip: str, device: str) -> None:
    """Give a device the address, if it has it not yet. Raises AgentError."""
    _ip("-4", "address", "replace", f"{ip}/32", "dev", device)


def remove_address(ip: str, devices: Iterable[Device], *, keep: str = "") -> list[str]:
    """Remove the address from all devices but `keep`; return their names. Raises AgentError."""
    removed: list[str] = []
    for device in devices:
        for address in device.addresses:
            if device.name != keep and address.partition("/")[0] == ip:
                _ip("-4", "address", "delete", address, "dev", device.name)
                removed.append(device.name)
    return removed


def _listed(*words: str) -> list[dict[str, Any]]:
    output = _ip("-json", *words)
    try:
        return json.loads(output or "[]")
    except ValueError:
        raise AgentError(f"`ip -json {' '.join(words)}` printed no JSON: {output[:80]!r}") from None


def _ip(*words: str) -> str:
    command = ["ip", *words]
    try:
        done = subprocess.run(  # noqa: S603 - `ip`, and checked words
            command, capture_output=True, text=True, check=False, timeout=_SECONDS
        )
    except FileNotFoundError:
        text = "the program ip is missing: install iproute2"
        raise AgentError(text, exits.ERR_INSTALLED) from None
    except subprocess.TimeoutExpired:
        raise AgentError(f"`{' '.join(command)}` did not end within {_SECONDS} s") from None
    if done.returncode:
        raise AgentError(f"`{' '.join(command)}` failed: {done.stderr.strip()}")
    return done.stdout
