"""Where an engine comes from: the machine, else the cache, else a build into the cache."""

from collections.abc import Callable

from sandbox.engine.build import built_engine
from sandbox.engine.engine import Engine
from sandbox.engine.official import official_engine


def provide_engine(report: Callable[[str], None]) -> Engine:
    """Return an engine to use, building one if need be, which takes minutes the first time.

    `report` gets one line of text at a time about what goes on. EngineError says why there is none.
    """
    return official_engine(report) or built_engine(report)
