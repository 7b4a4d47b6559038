"""What Pacemaker starts for each action: asks the helper, or does the work itself.

Whatever this imports before the helper is asked delays a takeover.
"""

import os
import sys
import time
from collections.abc import Mapping, Sequence

from agents.virtual_ip import exits

ACTIONS = ("start", "stop", "monitor", "meta-data", "validate-all")
_ASKED = ("start", "monitor")
"""What the helper does. A stop works without it: it calls nothing in AWS."""
_DEFAULT_SECONDS = 60.0
_SHARES = {"start": 0.4, "monitor": 0.25}
"""Of the time that Pacemaker gives an action, in which calls to AWS may begin.

One that began last may take ten seconds more, and its outcome has to be told in time.
"""
_PATIENCE = 0.75
"""Of that time, how long a client waits for the helper."""


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Do an action of OCF; `arguments` are the agent's file and the action."""
    try:
        return _main(arguments, environment)
    except KeyboardInterrupt:
        return exits.ERR_GENERIC
    except Exception as error:  # noqa: BLE001 - Pacemaker shows lines, and no operator a traceback
        _write(2, f"ocf-exit-reason:{type(error).__name__}: {error}. This is a fault of the agent")
        return exits.ERR_GENERIC


def _main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    archive, action = os.path.abspath(arguments[0]), "".join(arguments[1:2])
    if action == "meta-data":
        from agents.virtual_ip.metadata import METADATA

        _write(1, METADATA)
        return exits.SUCCESS
    if action == "serve" and len(arguments) == 3:  # noqa: PLR2004 - with the listener's number
        from agents.virtual_ip.helper import serve_archive

        return serve_archive(archive, int(arguments[2]), environment)
    if action not in ACTIONS:
        _write(2, f"ERROR: {action!r} is not an action of this agent: use {', '.join(ACTIONS)}")
        return exits.ERR_UNIMPLEMENTED
    return _act(archive, action, environment)


def _act(archive: str, action: str, environment: Mapping[str, str]) -> int:
    seconds = _seconds(environment)
    budget = seconds * _SHARES.get(action, 1.0)
    ends = time.monotonic() + budget
    if action in _ASKED:
        from agents.virtual_ip.asking import ask

        patience = seconds * _PATIENCE
        answer = ask(archive, action, environment, budget=budget, patience=patience)
        if answer.words:
            return _show(int(answer.words[0]), answer.words[1:])
        if answer.fault:
            _write(2, f"WARNING: {answer.fault}")
    from agents.virtual_ip.actions import act
    from agents.virtual_ip.watch import Watch

    done = act(action, environment, Watch(max(ends - time.monotonic(), 0.0)))
    return _show(done.code, done.lines)


def _seconds(environment: Mapping[str, str]) -> float:
    """Return how long Pacemaker lets the action run."""
    written = environment.get("OCF_RESKEY_CRM_meta_timeout", "")
    return int(written) / 1000 if written.isdigit() and int(written) else _DEFAULT_SECONDS


def _show(code: int, lines: Sequence[str]) -> int:
    for line in lines:
        _write(2, line)
    return code


def _write(stream: int, text: str) -> None:
    """Write a line, also when nobody reads it."""
    try:
        os.write(stream, f"{text}\n".encode(errors="surrogateescape"))
    except OSError:
        return


def run() -> int:
    """Do what this process was started for."""
    return main(sys.argv, os.environ)
