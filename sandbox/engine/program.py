"""How a Pulumi program in Python is run: command line, configuration, exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.engine.engine import EXECUTOR
from sandbox.engine.python_project import PythonProject, refuse_debugger

if TYPE_CHECKING:
    from argparse import Namespace

# Pulumi's executor exits with it after it has shown the user an error that needs no second one.
ERROR_WAS_SHOWN = 32


def program_command(request: Any, host: Namespace) -> list[str]:
    """Return the command that runs the program of a `RunRequest` under Pulumi's executor."""
    refuse_debugger(request)
    options = {
        "monitor": request.monitor_address,
        "engine": host.engine_address,
        "project": request.project,
        "root_directory": request.info.root_directory,
        "stack": request.stack,
        "pwd": request.pwd,
        "dry_run": "true" if request.dryRun else "false",
        "parallel": str(request.parallel),
        "tracing": host.tracing,
        "organization": request.organization,
    }
    python, executor = PythonProject.of(request.info).interpreter(), Path(host.tools, EXECUTOR)
    command = [str(python), "-u", str(executor)]
    for name, value in options.items():
        if value:
            command += [f"--{name}", value]
    return [*command, request.info.entry_point, *request.args]


def program_environment(request: Any) -> dict[str, str]:
    """Return the environment of the program: its virtual environment and its configuration."""
    configuration = {
        "PULUMI_CONFIG": json.dumps(dict(request.config)),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
    }
    return PythonProject.of(request.info).environment(configuration)


def program_result(code: int) -> tuple[str, bool]:
    """Return the error and the `bail` of a `RunResponse` for an exit code."""
    if code == ERROR_WAS_SHOWN:
        return "", True
    if code < 0:
        return f"program was ended by signal {-code}", False
    return (f"program exited with non-zero exit code: {code}" if code else ""), False
