"""Keeps provider instances apart: each has a connection of its own, and a configuration with it."""

import os
import threading

import psutil

from sandbox.provider.configuration import Configuration


class NotConfiguredError(Exception):
    """A request came over a connection whose provider instance was never configured."""


class Connections:
    """The configurations of the provider instances that are connected now, by gRPC peer."""

    def __init__(self) -> None:
        self._by_peer: dict[str, Configuration] = {}
        self._lock = threading.Lock()
        self._process = psutil.Process(os.getpid())

    def open(self, peer: str) -> None:
        """Begin anew for a peer: a former connection may have had the same port."""
        with self._lock:
            self._by_peer.pop(peer, None)

    def configure(self, peer: str, configuration: Configuration) -> None:
        """Keep the configuration of a peer, and forget those whose connection has ended.

        gRPC tells a server nothing of a connection's end, so the open sockets are asked.
        """
        with self._lock:
            # Asked under the lock: whoever is in the map by now was connected before.
            connected = self._connected()
            self._by_peer[peer] = configuration
            for other in list(self._by_peer):
                if other != peer and other.partition(":")[2] not in connected:
                    del self._by_peer[other]

    def configuration(self, peer: str) -> Configuration:
        """Return the configuration of a peer."""
        with self._lock:
            if peer not in self._by_peer:
                raise NotConfiguredError(f"the provider instance at {peer} was not configured")
            return self._by_peer[peer]

    def _connected(self) -> set[str]:
        return {
            # gRPC's sockets take IPv4 as mapped IPv6.
            f"{connection.raddr.ip.removeprefix('::ffff:')}:{connection.raddr.port}"
            for connection in self._process.net_connections("tcp")
            if connection.raddr
        }

    def __len__(self) -> int:
        with self._lock:
            return len(self._by_peer)
