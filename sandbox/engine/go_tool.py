"""`python -m sandbox.engine.go_tool PACKAGE@VERSION ...`: run a program of Go's registry.

Its Go is the one that the engine is built with, so a machine without any takes it from PyPI.
"""

# ruff: noqa: T201 - a command prints

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from sandbox.engine.build import oldest_go
from sandbox.engine.cache import cache_folder
from sandbox.engine.engine import EngineError
from sandbox.engine.go_toolchain import go_toolchain


def main(words: Sequence[str]) -> NoReturn:
    """Become `go run` with these words."""
    try:
        go = go_toolchain(oldest_go(), cache_folder(), lambda line: print(line, file=sys.stderr))
    except EngineError as error:
        sys.exit(f"error: {error}")
    os.execve(go.command, [str(go.command), "run", *words], go.environment())  # noqa: S606 - the caller's words


if __name__ == "__main__":
    main(sys.argv[1:])
