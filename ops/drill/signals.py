"""Signals that end a program, taken as Ctrl-C while a drill runs."""

import contextlib
import signal
import threading
from collections.abc import Generator
from typing import Final

_NAMES: Final = ("SIGTERM", "SIGHUP")
"""Windows has no SIGHUP."""


@contextlib.contextmanager
def taken_as_interrupts() -> Generator[None]:
    """Raise KeyboardInterrupt on SIGTERM and SIGHUP, so that the drill restores the former owner.

    A signal that is ignored stays ignored: `nohup` asks for that. Only the main thread may set
    handlers; in another thread this changes nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    known = [signal.Signals[name] for name in _NAMES if name in signal.Signals.__members__]
    former = {each: signal.getsignal(each) for each in known}
    changed = [each for each in known if former[each] is not signal.SIG_IGN]
    try:
        for each in changed:
            signal.signal(each, signal.default_int_handler)
        yield
    finally:
        for each in changed:
            signal.signal(each, former[each] or signal.SIG_DFL)
