"""The lab's outer process: python -m lab.supervisor DIRECTORY.

It makes the namespaces, and is the one way out of them: a relay to the sandbox's AWS. When it ends,
however that happens, the kernel ends everything in the namespaces and removes them.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

from lab.files import RELAY
from lab.programs import user_namespace
from lab.relay import aws_port, start_outward

_CHECKOUT = Path(__file__).parents[1]
_NAMESPACES = ("--mount", "--net", "--pid", "--ipc", "--uts")


def enter() -> list[str]:
    """Return the words that run a command in new namespaces, which end with their parent."""
    options = [*user_namespace(), *_NAMESPACES, "--fork", "--kill-child", "--mount-proc"]
    return ["setpriv", "--pdeathsig", "KILL", "unshare", *options]


def main(directory: Path) -> int:
    """Run the lab until it ends or this process is told to."""
    os.chdir(directory)
    Path(RELAY).unlink(missing_ok=True)
    start_outward(Path(RELAY), aws_port())
    words = [*enter(), sys.executable, "-m", "lab.inside", str(directory)]
    with subprocess.Popen(  # noqa: S603 - our own module
        words, stdin=subprocess.DEVNULL, cwd=_CHECKOUT
    ) as inner:

        def end(_number: int, _frame: object) -> None:
            inner.kill()

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        return inner.wait()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
