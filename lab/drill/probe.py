"""A client that asks for the page all the time: python -m lab.drill.probe ADDRESS PORT.

It opens a connection every 10 ms, whatever became of the former ones, and gives each of them a
quarter of a second. A line is written for each: when it began (`time.monotonic`), how long it took,
and which node answered, or `-`.
"""

import asyncio
import re
import sys
import time

INTERVAL_S = 0.01
PATIENCE_S = 0.25
_TITLE = re.compile(rb"<title>([^<]*)</title>")


async def ask(address: str, port: int) -> str:
    """Ask for the page once; return the node's name, or `-`."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            reader, writer = await asyncio.open_connection(address, port)
            try:
                writer.write(b"GET / HTTP/1.0\r\n\r\n")
                found = _TITLE.search(await reader.read())
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return "-"
    return found[1].decode() if found else "-"


async def probe(address: str, port: int) -> None:
    """Ask for ever, in equal steps of time."""

    async def once() -> None:
        began = time.monotonic()
        name = await ask(address, port)
        sys.stdout.write(f"{began:.4f} {time.monotonic() - began:.4f} {name}\n")
        sys.stdout.flush()

    kept: set[asyncio.Task[None]] = set()
    due = time.monotonic()
    while True:
        task = asyncio.create_task(once())
        kept.add(task)
        task.add_done_callback(kept.discard)
        due += INTERVAL_S
        await asyncio.sleep(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    asyncio.run(probe(sys.argv[1], int(sys.argv[2])))
