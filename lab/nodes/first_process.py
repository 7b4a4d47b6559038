"""The first process of a node: it makes the node's file system and name, starts, and reaps.

It reads from its standard input: `name`; `folders`, empty ones that hide the host's, and
`inner_folders` in them; `binds`, files or folders that are shown elsewhere; `files` to write; and
`commands` to start, in their order. It writes `ready` and lives until it is killed; what it started
ends with it.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

_AGENTS = Path("/usr/lib/ocf/resource.d")


def main() -> None:
    """Be the first process."""
    system: dict[str, Any] = json.load(sys.stdin)
    socket.sethostname(system["name"])
    _mount("--make-rprivate", "/")
    for path in system["folders"]:
        _mount("-t", "tmpfs", "-o", "mode=0755", "lab", path)
    for path in system["inner_folders"]:
        Path(path).mkdir(parents=True, exist_ok=True)
    for path, text in system["files"].items():
        _write(Path(path), text)
    for source, target in system["binds"]:
        _mount("--bind", source, target)
    if system.get("agents"):
        _show_agents(system["agents"])
    for words in system["commands"]:
        subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=sys.stderr)  # noqa: S603
    print("ready", flush=True)  # noqa: T201 - this is the answer
    os.dup2(2, 1)
    while True:
        try:
            os.wait()
        except ChildProcessError:
            signal.pause()


def _show_agents(added: dict[str, str]) -> None:
    """Add resource agents, `PROVIDER/NAME`, beside those of the host."""
    aside = Path("/run/agents")
    aside.mkdir()
    _mount("--bind", str(_AGENTS), str(aside))
    _mount("-t", "tmpfs", "lab", str(_AGENTS))
    for provider in sorted(aside.iterdir()):
        (_AGENTS / provider.name).mkdir()
        _mount("--bind", str(provider), str(_AGENTS / provider.name))
    for name, source in added.items():
        target = _AGENTS / name
        target.parent.mkdir(exist_ok=True)
        shutil.copy(source, target)
        target.chmod(0o755)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True, stdin=subprocess.DEVNULL)  # noqa: S603, S607


if __name__ == "__main__":
    main()
