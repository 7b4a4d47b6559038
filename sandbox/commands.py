"""What each command of the sandbox does; each returns the exit code."""

import argparse
import os
import signal

from rich.table import Table

from sandbox.environment import failing_line, shell_lines
from sandbox.project import PROGRAM
from sandbox.runtime import START, Sandbox
from sandbox.stacks import names_of, stack_exists
from sandbox.status import survey
from sandbox.terminal import out, tell, write_lines
from sandbox.typed_command import refresh_copy

_NOT_EXECUTABLE, _NOT_FOUND = 126, 127  # what every shell answers


def start(arguments: argparse.Namespace) -> int:
    """Start the sandbox, or say that it runs already."""
    sandbox = _sandbox(arguments)
    sandbox.start(
        fresh=arguments.fresh, prepare=lambda: refresh_copy(sandbox.directory / "project")
    )
    made = stack_exists(sandbox.backend, PROGRAM, "dev")
    steps = "pulumi up" if made else "pulumi stack init dev; pulumi up"
    tell(f'next: eval "$(python -m sandbox env)", then {steps}')
    return 0


def stop(arguments: argparse.Namespace) -> int:
    """Stop the sandbox, and say which stacks its cloud takes with it."""
    sandbox = _sandbox(arguments)
    if sandbox.stop() and (lost := sandbox.stacks_with_resources()):
        tell(f"gone with the cloud: {names_of(lost)}; next: {START} --fresh")
    return 0


def status(arguments: argparse.Namespace) -> int:
    """Show what runs; the exit code is 1 when the sandbox is not ready for use."""
    report = survey(_sandbox(arguments))
    for name, value in (
        ("cloud", report.cloud),
        ("provider", report.provider),
        ("engine", report.engine),
    ):
        out.print(f"{name + ':':<10}{value}")
    if report.stacks:
        table = Table("stack", "in the cloud", "its cloud")
        for stack in report.stacks:
            lost = bool(stack.resources) and report.stacks_are_lost
            name = f"{stack.project}/{stack.name}"
            table.add_row(name, str(stack.resources), "gone" if lost else "this one")
        out.print(table)
    if report.fault:
        tell(f"error: {report.fault}")
    return 1 if report.fault else 0


def env(arguments: argparse.Namespace) -> int:
    """Print the shell commands that turn the caller's environment to the sandbox.

    An `eval` of nothing would succeed, and what is typed next would reach the real cloud.
    """
    sandbox = _sandbox(arguments)
    try:
        target = sandbox.environment_from(os.environ)
    except BaseException:
        write_lines([failing_line(arguments.shell)])
        raise
    write_lines(shell_lines(os.environ, target, arguments.shell))
    return 0


def run(arguments: argparse.Namespace) -> int:
    """Become the given command: its exit code, its signals and its terminal are its own."""
    words = arguments.words[1:] if arguments.words[:1] == ["--"] else arguments.words
    if not words:
        arguments.usage_error("which command? For example: run -- pulumi preview")
    target = _sandbox(arguments).environment_from(os.environ)
    try:
        os.execvpe(words[0], words, target)  # noqa: S606 - the user typed this very command
    except FileNotFoundError:
        tell(f"error: there is no command {words[0]!r} on PATH")
        return _NOT_FOUND
    except OSError as fault:
        tell(f"error: {words[0]}: {fault.strerror}")
        return _NOT_EXECUTABLE


def fail(arguments: argparse.Namespace) -> int:
    """Inject a fault, list those that wait, or clear them."""
    sandbox = _sandbox(arguments)
    named: list[str] = [word for word in (arguments.operation, arguments.code) if word]
    if bool(named) + arguments.list + arguments.clear != 1:
        arguments.usage_error("give OPERATION CODE, OPERATION --hold, --list, or --clear")
    if arguments.hold and (len(named) != 1 or arguments.message or arguments.times != 1):
        arguments.usage_error("--hold takes an operation and --after, and nothing else")
    if len(named) == 1 and not arguments.hold:
        arguments.usage_error(f"which error code? For example: fail {named[0]} Unavailable")
    if arguments.clear:
        sandbox.clear_faults()
    elif arguments.list:
        write_lines([str(fault) for fault in sandbox.pending_faults()])
    elif arguments.hold:
        tell(f"will be held: {sandbox.hold(arguments.operation, after=arguments.after)}")
    else:
        rules = {"times": arguments.times, "after": arguments.after}
        fault = sandbox.fail(*named, message=arguments.message, **rules)
        tell(f"will fail: {fault}")
    return 0


def demo(arguments: argparse.Namespace) -> int:
    """Show the whole project at work, apart from a sandbox that the user has started."""
    from sandbox.demo import play  # noqa: PLC0415 - the other commands start faster without it

    for number in (signal.SIGTERM, signal.SIGHUP):  # end like Ctrl-C: with everything stopped
        signal.signal(number, signal.default_int_handler)
    return play(arguments.directory / "demo")


def _sandbox(arguments: argparse.Namespace) -> Sandbox:
    return Sandbox(arguments.directory, report=tell)
