"""`python -m agents build`: see docs/agent.md."""

import argparse
import sys
from pathlib import Path

from agents.archive import build

ENTRY = "agents.virtual_ip.client"
_OUTPUT = Path("dist/virtual-ip")


def main() -> int:
    """Build the agent."""
    parser = argparse.ArgumentParser(prog="python -m agents", description="Resource agents.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    of_build = commands.add_parser("build", help="write the agent virtual-ip as one file")
    of_build.add_argument("--output", type=Path, default=_OUTPUT, metavar="FILE")
    output: Path = parser.parse_args().output
    build(ENTRY, output)
    sys.stdout.write(f"{output}: install it as /usr/lib/ocf/resource.d/ha-cluster/virtual-ip\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
