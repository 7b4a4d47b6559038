"""The one way out of the lab: connections to its socket go to the sandbox's AWS on loopback."""

import asyncio
import contextlib
import os
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


async def relay_outward(path: Path, port: int) -> None:
    """Accept at a Unix socket, connect to a port of 127.0.0.1; this runs outside of the lab."""
    accept = _leading_to(lambda: asyncio.open_connection("127.0.0.1", port))
    server = await asyncio.start_unix_server(accept, path)
    async with server:
        await server.serve_forever()


async def _relay_inward(path: Path, port: int, ready: threading.Event) -> None:
    accept = _leading_to(lambda: asyncio.open_unix_connection(path))
    server = await asyncio.start_server(accept, "127.0.0.1", port)
    ready.set()
    async with server:
        await server.serve_forever()


def start_inward(path: Path, port: int) -> None:
    """Listen at the sandbox's own address inside the lab, so that every tool works there too."""
    ready = threading.Event()
    threading.Thread(
        target=lambda: asyncio.run(_relay_inward(path, port, ready)), daemon=True
    ).start()
    ready.wait(5)
