"""`python -m sandbox.engine`: provide an engine and say what it is."""

# ruff: noqa: T201 - a command prints

import sys

from sandbox.engine import EngineError, provide_engine


def main() -> int:
    """Print one fact about the engine per line; its progress goes to standard error."""
    try:
        engine = provide_engine(lambda line: print(line, file=sys.stderr, flush=True))
    except EngineError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(f"pulumi: {engine.pulumi}")
    print(f"version: {engine.version}")
    print(f"origin: {engine.origin}")
    print(f"language host: {'its own' if engine.tools is None else 'of the sandbox'}")
    return 0


sys.exit(main())
