"""The provider's process in a running sandbox: it ends with the cloud that it serves.

A provider that outlived its cloud would let `pulumi preview` answer "no changes" about resources
that are gone, in every shell that still has the sandbox's environment.
"""

import os
import signal
import sys
import threading
import time

from sandbox.processes import ServerProcess
from sandbox.provider.__main__ import main

_LOOK_EVERY_S = 0.2


def end_with(cloud: ServerProcess) -> None:
    """Wait for the end of the cloud's process, then end this one."""
    while cloud.find() is not None:
        time.sleep(_LOOK_EVERY_S)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    served = ServerProcess(int(sys.argv[1]), float(sys.argv[2]))
    threading.Thread(target=end_with, args=[served], daemon=True).start()
    sys.exit(main(sys.argv[3:]))
