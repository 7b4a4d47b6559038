"""The lab's inner process: python -m lab.inside DIRECTORY, in namespaces of its own.

`lab.supervisor` starts it. It builds the world, writes `ready` and serves the lab's commands.
"""

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

from lab import control, relay, shell
from lab.answers import Answers
from lab.errors import LabError
from lab.files import OUTPUTS, RELAY, TIMEOUT_VARIABLE
from lab.nodes.engine import read_configuration, with_token
from lab.world import World
from ops.aws import Aws, Place
from ops.cluster import read_cluster
from ops.errors import OpsError


def main(directory: Path) -> int:
    """Build the world in the process's namespaces and serve it."""
    os.chdir(directory)  # a path to a socket is short from here
    shell.run("mount", "-t", "tmpfs", "-o", "mode=0755", "lab", "/run")
    shell.batch(["link set lo up"])
    relay.start_inward(Path(RELAY), relay.aws_port())
    outputs = json.loads(Path(OUTPUTS).read_text(encoding="utf-8"))
    cluster = read_cluster(outputs, OUTPUTS)
    try:
        instances = {node.name: node.instance_id for node in cluster.nodes}
        configuration = read_configuration(outputs, instances)
        if token := os.environ.get(TIMEOUT_VARIABLE):
            text = with_token(configuration.corosync_conf, int(token))
            configuration = replace(configuration, corosync_conf=text)
        aws = Aws(Place(region=cluster.region))
        world = World(cluster, aws, configuration, directory, Path(RELAY))
    except (LabError, OpsError) as fault:
        print(f"error: {fault}", flush=True)  # noqa: T201 - the supervisor reads it
        return 1
    server = control.listen(Path(control.NAME), Answers(world).answer)
    print("ready", flush=True)  # noqa: T201 - the supervisor reads it
    server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
