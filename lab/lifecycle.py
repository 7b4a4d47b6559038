"""Starting and ending a lab; what one leaves in its directory when it is killed is cleaned up."""

import contextlib
import json
import shutil
import sys
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from filelock import FileLock

from lab import control
from lab.errors import LabError
from lab.files import AGENT, OUTPUTS, RELAY
from lab.programs import SEARCH_PATH, require_programs
from sandbox.processes import ServerProcess, start_server, tail

_STATE, _LOG, _OUTPUT = "state.json", "lab.log", "lab.out"
_OURS = {"lock", _STATE, _LOG, _OUTPUT, OUTPUTS, RELAY, AGENT, control.NAME}
_PATIENCE_S = 120.0
_CHECKOUT = Path(__file__).parents[1]
Tell = Callable[[str], None]


def start(
    directory: Path, outputs: Mapping[str, Any], environment: Mapping[str, str], tell: Tell
) -> None:
    """Start a lab of the stack with these outputs; `environment` is the sandbox's.

    Raises LabError; then nothing of the lab runs, and its logs stay.
    """
    require_programs()
    endpoint = environment.get("AWS_ENDPOINT_URL", "")
    if not endpoint.startswith("http://127.0.0.1:"):
        raise LabError(
            'the lab shows a stack in the sandbox. Remedy: eval "$(python -m sandbox env)", or put '
            "`python -m sandbox run --` before the command"
        )
    with _alone(directory):
        if running(directory):
            tell("the lab runs already; python -m lab down ends it")
            return
        _require_own(directory)
        _clean(directory)
        (directory / OUTPUTS).write_text(json.dumps(outputs), encoding="utf-8")
        process = start_server(
            [sys.executable, "-m", "lab.supervisor", str(directory)],
            environment={**environment, "PATH": SEARCH_PATH},
            cwd=_CHECKOUT,
            log=directory / _LOG,
            output=directory / _OUTPUT,
        )
        (directory / _STATE).write_text(json.dumps(asdict(process)), encoding="utf-8")
        try:
            _await_ready(directory, process)
        except BaseException:
            process.end()
            raise


def end(directory: Path, tell: Tell) -> None:
    """End the lab, and remove its directory."""
    if not directory.exists():
        tell("no lab is there")
        return
    _require_own(directory)
    with _alone(directory):
        process = recorded(directory)
        ended = process is not None and process.end()
        tell("ended; nothing is left" if ended else "no lab was running")
    shutil.rmtree(directory, ignore_errors=True)


def running(directory: Path) -> bool:
    """Whether a lab of this directory runs."""
    process = recorded(directory)
    return process is not None and process.find() is not None


def recorded(directory: Path) -> ServerProcess | None:
    """Return the outer process of the lab that was started last, if one was."""
    try:
        return ServerProcess(**json.loads((directory / _STATE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _await_ready(directory: Path, process: ServerProcess) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        said = (directory / _OUTPUT).read_text(encoding="utf-8")
        if said.endswith("ready\n"):
            return
        if process.find() is None or time.monotonic() > deadline:
            reason = said.strip().removeprefix("error: ") or "it did not start"
            logs = "\n".join(tail(path) for path in sorted(directory.glob("*.log")))
            raise LabError(f"{reason}\n{logs}" if not said.startswith("error") else reason)
        time.sleep(0.05)


def _require_own(directory: Path) -> None:
    """Refuse a folder with anything else in it: whatever is there would be removed."""
    foreign = sorted(each.name for each in directory.iterdir() if not _is_ours(each))
    if foreign:
        raise LabError(
            f"{directory} holds {', '.join(foreign[:3])}, which is not the lab's. Remedy: let "
            "--directory name a folder that is empty or not there"
        )


def _is_ours(path: Path) -> bool:
    return path.name in _OURS or path.suffix == ".log"


def _clean(directory: Path) -> None:
    """Remove what a lab that was killed has left: files alone, its namespaces went with it."""
    for path in directory.iterdir():
        if path.name != "lock":
            shutil.rmtree(path) if path.is_dir() else path.unlink()


@contextlib.contextmanager
def _alone(directory: Path) -> Generator[None]:
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    with FileLock(directory / "lock"):
        yield
