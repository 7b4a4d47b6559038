"""The one way out of the lab: connections to its socket go to the sandbox's AWS on loopback."""

import asyncio
import contextlib
import threading
from pathlib import Path


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    writer.close()


async def _join(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    other: tuple[asyncio.StreamReader, asyncio.StreamWriter],
) -> None:
    await asyncio.gather(_pipe(reader, other[1]), _pipe(other[0], writer))


async def relay_outward(path: Path, port: int) -> None:
    """Accept at a Unix socket, connect to a port of 127.0.0.1; this runs outside of the lab."""

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            other = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.close()
            return
        await _join(reader, writer, other)

    server = await asyncio.start_unix_server(accept, path)
    async with server:
        await server.serve_forever()


async def _relay_inward(path: Path, port: int, ready: threading.Event) -> None:
    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            other = await asyncio.open_unix_connection(path)
        except OSError:
            writer.close()
            return
        await _join(reader, writer, other)

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
