"""The one way out of the lab: bytes pass both ways, and an end on one side ends the other."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab.relay import start_inward, start_outward

BIG = bytes(range(256)) * 4096
PATIENCE_S = 5.0


@dataclass(frozen=True)
class Relay:
    """Both halves: what connects to `inner` reaches the port `outer`, where a test listens."""

    inner: int
    outer: int

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.inner), PATIENCE_S)

    def listen(self) -> socket.socket:
        server = socket.create_server(("127.0.0.1", self.outer), reuse_port=True)
        server.settimeout(PATIENCE_S)
        return server


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relay]:
    path = tmp_path_factory.mktemp("relay") / "aws"
    with socket.socket() as reserved:  # nobody else is given its port, and nobody answers at it
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        reserved.bind(("127.0.0.1", 0))
        outer = reserved.getsockname()[1]
        start_outward(path, outer)
        yield Relay(start_inward(path, 0), outer)


@pytest.fixture
def ends(relay: Relay) -> Iterator[tuple[socket.socket, socket.socket]]:
    """A client inside, and the connection that the upstream outside has of it."""
    with relay.listen() as server, relay.connect() as client:
        upstream, _ = server.accept()
        upstream.settimeout(PATIENCE_S)
        with upstream:
            yield client, upstream


def received(way: socket.socket, count: int) -> bytes:
    """The next bytes, as many as these or all to the end."""
    found = b""
    while len(found) < count and (data := way.recv(1 << 16)):
        found += data
    return found


Ends = tuple[socket.socket, socket.socket]


def test_bytes_pass_both_ways_in_turn(ends: Ends) -> None:
    client, upstream = ends
    for question, answer in ((b"one", b"ONE"), (b"two", b"TWO")):
        client.sendall(question)
        assert received(upstream, 3) == question
        upstream.sendall(answer)
        assert received(client, 3) == answer


@pytest.mark.parametrize("reverse", [False, True], ids=["outward", "inward"])
def test_a_mebibyte_arrives_as_it_was_sent(ends: Ends, *, reverse: bool) -> None:
    sender, receiver = ends[::-1] if reverse else ends
    sending = threading.Thread(target=sender.sendall, args=(BIG,))
    sending.start()
    assert received(receiver, len(BIG)) == BIG
    sending.join()


@pytest.mark.parametrize("reverse", [False, True], ids=["the client", "the upstream"])
def test_the_end_of_one_side_is_the_end_for_the_other(ends: Ends, *, reverse: bool) -> None:
    first, other = ends[::-1] if reverse else ends
    first.sendall(b"the last words")
    first.close()
    assert received(other, 1 << 20) == b"the last words"


def test_connections_are_relayed_side_by_side(relay: Relay) -> None:
    with relay.listen() as server, relay.connect() as one, relay.connect() as other:
        one.sendall(b"1")
        other.sendall(b"2")
        upstreams = [server.accept()[0] for _ in range(2)]
        for each in upstreams:
            each.settimeout(PATIENCE_S)
        assert {received(each, 1) for each in upstreams} == {b"1", b"2"}
        for each in upstreams:
            each.close()


def test_an_upstream_that_is_dead_closes_the_connection_and_the_next_one_is_tried(
    relay: Relay,
) -> None:
    with relay.connect() as client:
        assert received(client, 1) == b""
    with relay.listen() as server, relay.connect() as client:
        upstream, _ = server.accept()
        upstream.sendall(b"ONE")
        upstream.close()
        assert received(client, 3) == b"ONE"


def test_an_outer_half_that_is_gone_closes_the_connection(tmp_path: Path) -> None:
    port = start_inward(tmp_path / "nobody", 0)
    with socket.create_connection(("127.0.0.1", port), PATIENCE_S) as client:
        assert received(client, 1) == b""
