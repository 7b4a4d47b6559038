"""Commands in the lab's namespaces; a command that fails is an error with what it printed."""

import subprocess
from collections.abc import Iterable, Sequence

from lab.errors import LabError


def run(*words: str, stdin: str | None = None, shown: str = "") -> str:
    """Run a command and return what it printed.

    Raises LabError, which calls the command `shown` where that is given.
    """
    done = subprocess.run(  # noqa: S603 - the lab's own commands
        words, input=stdin, capture_output=True, text=True, check=False
    )
    if done.returncode:
        text = (done.stderr or done.stdout).strip()
        raise LabError(f"`{shown or ' '.join(words)}` exited with {done.returncode}: {text}")
    return done.stdout


def forget(lines: Iterable[str], namespace: str) -> None:
    """Let iproute2 delete what there is of many things; the kernel may have done so already."""
    text = "".join(f"{line}\n" for line in lines)
    if text:
        words = ["ip", "-netns", namespace, "-force", "-batch", "-"]
        subprocess.run(words, input=text, capture_output=True, text=True, check=False)  # noqa: S603


def batch(lines: Iterable[str], namespace: str | None = None) -> None:
    """Let iproute2 take many lines at once, in a namespace or the lab's own."""
    text = "".join(f"{line}\n" for line in lines)
    if text:
        where = ["-netns", namespace] if namespace else []
        run("ip", *where, "-batch", "-", stdin=text)


def inside(namespace: str, words: Sequence[str]) -> list[str]:
    """Return the command that runs another one in a namespace."""
    return ["ip", "netns", "exec", namespace, *words]
