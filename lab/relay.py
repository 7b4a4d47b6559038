"""The one way out of the lab: connections to its socket go to the sandbox's AWS on loopback."""

import asyncio
import contextlib
import os
import socket
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit


def aws_port() -> int:
    """Return the port of the sandbox's AWS, as the environment names it."""
    return urlsplit(os.environ["AWS_ENDPOINT_URL"]).port or 80


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    writer.close()


Way = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def _leading_to(
    connect: Callable[[], Awaitable[Way]],
) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    """Return what joins an accepted connection with a new one, or closes it where there is none."""

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            other = await connect()
        except OSError:
            writer.close()
            return
        await asyncio.gather(_pipe(reader, other[1]), _pipe(other[0], writer))

    return accept


async def _serve(listener: socket.socket, connect: Callable[[], Awaitable[Way]]) -> None:
    accept = _leading_to(connect)
    kind = asyncio.start_unix_server if listener.family == socket.AF_UNIX else asyncio.start_server
    async with await kind(accept, sock=listener) as server:
        await server.serve_forever()


def _start(listener: socket.socket, connect: Callable[[], Awaitable[Way]]) -> None:
    """Serve in a thread from now on; the listener takes connections already."""
    threading.Thread(target=lambda: asyncio.run(_serve(listener, connect)), daemon=True).start()


def start_outward(path: Path, port: int) -> None:
    """Accept at a new Unix socket, connect to a port of 127.0.0.1; this is outside of the lab."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    _start(listener, lambda: asyncio.open_connection("127.0.0.1", port))


def start_inward(path: Path, port: int) -> int:
    """Listen at the sandbox's own address inside the lab, so that every tool works there too.

    Return the port, which the system chooses for 0.
    """
    listener = socket.create_server(("127.0.0.1", port))
    _start(listener, lambda: asyncio.open_unix_connection(path))
    return listener.getsockname()[1]
