"""`make bench`: the project's figures as medians, each beside its goal. It judges nothing.

python -m tests.bench            the sandbox's figures, then the pack's
python -m tests.bench --cold     also the set-up from nothing, in a clone with empty caches
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from ops.aws import Aws, Place
from ops.cluster import read_cluster
from ops.verify.snapshot import take
from sandbox.project import refresh_project
from sandbox.runtime import Sandbox
from tests.bench.timing import show, wall
from tests.support.sandbox import aws_environment

ROOT = Path(__file__).parents[2]


def run(*command: str, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    """Run a command without its output; a failure is an error, not a figure."""
    subprocess.run(command, cwd=cwd, env=env, check=True, stdout=subprocess.DEVNULL)


def measure_demo(runs: int) -> list[float]:
    """Time the warm demo, from the command line to its end."""
    return [wall(lambda: run(sys.executable, "-m", "sandbox", "demo")) for _ in range(runs)]


def measure_stack(runs: int) -> dict[str, list[float]]:
    """Time `pulumi up` of the dev stack from nothing, an unchanged preview, and verify."""
    seconds: dict[str, list[float]] = {"up": [], "preview": [], "verify": []}
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder, "project")
        with Sandbox(Path(folder, "sandbox"), report=lambda _: None) as sandbox:
            refresh_project(ROOT, project)
            sandbox.pulumi("stack", "init", "dev", cwd=project)
            up = ("up", "--yes", "--skip-preview")
            preview = ("preview", "--expect-no-changes")
            for _ in range(runs):
                seconds["up"].append(wall(lambda: sandbox.pulumi(*up, cwd=project)))
                seconds["preview"] += [
                    wall(lambda: sandbox.pulumi(*preview, cwd=project)) for _ in range(2)
                ]
                seconds["verify"] += measure_verify(sandbox, project, runs=3)
                sandbox.pulumi(
                    "destroy", "--yes", "--skip-preview", "--ignore-protect", cwd=project
                )
    return seconds


def measure_verify(sandbox: Sandbox, project: Path, runs: int) -> list[float]:
    """Time all calls of `ops verify`, from the first question to the last answer."""
    shown = sandbox.pulumi("stack", "output", "--json", cwd=project).stdout
    cluster = read_cluster(json.loads(shown), "the dev stack")
    with aws_environment(sandbox):
        aws = Aws(Place(cluster.region))
        take(aws, cluster)
        return [wall(lambda: take(aws, cluster)) for _ in range(runs)]


def measure_cold_setup() -> list[float]:
    """Time `make setup` in a fresh clone with an empty home and empty caches."""
    with tempfile.TemporaryDirectory() as folder:
        clone, home = Path(folder, "clone"), Path(folder, "home")
        home.mkdir()
        run("git", "clone", "--quiet", str(ROOT), str(clone))
        kept = {"PATH", "LANG", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT"}
        env = {name: value for name, value in os.environ.items() if name in kept}
        env |= {"HOME": str(home), "GOFLAGS": "-modcacherw"}
        return [wall(lambda: run("make", "setup", cwd=clone, env=env))]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="counted runs of each (default 3)")
    parser.add_argument("--cold", action="store_true", help="also the set-up from nothing")
    options = parser.parse_args()
    stack = measure_stack(options.runs)
    figures = [
        ("pulumi up of the dev stack", "6 s", stack["up"]),
        ("pulumi preview without changes", "3 s", stack["preview"]),
        ("ops verify, all calls", "0.5 s", stack["verify"]),
        ("warm demo", "45 s", measure_demo(options.runs)),
    ]
    if options.cold:
        figures.append(("set-up from nothing", "480 s", measure_cold_setup()))
    show("the sandbox", "s", figures)


if __name__ == "__main__":
    main()
