"""`make bench-peers`: this pack, Checkov and cfn-guard on the same estate, side by side.

The peers are installed under .sandbox/peers: Checkov from PyPI, cfn-guard from crates.io where
`cargo` is at hand. They run rules of theirs on the same network written in Terraform and in
CloudFormation: what is compared is time, not what they find (they find less). The time of cfn-guard
depends on what it has to report, so there are two estates: one kept, one violated everywhere.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from sandbox.runtime import Sandbox
from tests.bench.estate import HTTPS, cloudformation, elements, terraform
from tests.bench.estate import pulumi_state as state_of
from tests.bench.timing import Row, say, show, wall

ROOT = Path(__file__).parents[2]
PEERS = ROOT / ".sandbox" / "peers"
CHECKOV = "checkov==3.3.30"
CFN_GUARD = "cfn-guard@3.2.1"
SSH = 22
# The first two questions of this pack, as far as the language can ask: of the routes in tables
# to which a subnet is bound, and of what the groups of endpoints admit.
GUARD_RULES = """
let associations = Resources.*[ Type == 'AWS::EC2::SubnetRouteTableAssociation' ]
let tables = %associations.Properties.RouteTableId.Ref
let routes = Resources.*[
    Type == 'AWS::EC2::Route'
    Properties.RouteTableId.Ref IN %tables
]
rule no_route_to_a_gateway when %routes !empty {
    %routes.Properties.GatewayId not exists
    %routes.Properties.NatGatewayId not exists
    %routes.Properties.EgressOnlyInternetGatewayId not exists
}
let endpoints = Resources.*[ Type == 'AWS::EC2::VPCEndpoint' ]
let groups = %endpoints.Properties.SecurityGroupIds.*.Ref
let admitted = Resources.*[
    Type == 'AWS::EC2::SecurityGroupIngress'
    Properties.GroupId.Ref IN %groups
]
rule only_https_comes_in when %admitted !empty {
    %admitted.Properties { IpProtocol == 'tcp' FromPort == 443 ToPort == 443 }
}
"""


def run(*command: str, ends: tuple[int, ...] = (0, 1, 19)) -> None:
    """Run a command without its output; both peers have an exit code for "something is wrong"."""
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode not in ends:
        raise SystemExit(f"{command[0]} ended with {done.returncode}: {done.stderr[-2000:]}")


def install_checkov() -> Path:
    """Install Checkov into a virtual environment of its own and return its program."""
    program = PEERS / "checkov" / "bin" / "checkov"
    if not program.exists():
        say(f"installing {CHECKOV}")
        run(sys.executable, "-m", "venv", str(PEERS / "checkov"), ends=(0,))
        run(str(program.with_name("pip")), "install", "--quiet", CHECKOV, ends=(0,))
    return program


def install_cfn_guard() -> Path | None:
    """Build cfn-guard and return its program; None without a Rust toolchain."""
    program = PEERS / "cfn-guard" / "bin" / "cfn-guard"
    if program.exists():
        return program
    cargo = shutil.which("cargo")
    if cargo is None:
        say("cfn-guard is left out: there is no cargo on PATH to build it with")
        return None
    say(f"building {CFN_GUARD}: some minutes")
    run(
        cargo,
        "install",
        "--quiet",
        "--locked",
        "--root",
        str(PEERS / "cfn-guard"),
        CFN_GUARD,
        ends=(0,),
    )
    return program


def measure(size: int, port: int, runs: int) -> list[Row]:
    """Time all three on an estate of `size` resources, in turn within each run."""
    checkov, guard = install_checkov(), install_cfn_guard()
    estate = list(elements(size, port))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        state, template, rules = folder / "state.json", folder / "template.json", folder / "a.guard"
        state.write_text(state_of(estate))
        template.write_text(cloudformation(estate))
        rules.write_text(GUARD_RULES)
        (folder / "main.tf").write_text(terraform(estate))
        with Sandbox(folder / "sandbox", report=lambda _: None) as sandbox:
            analyze = ("policy", "analyze", "--file", str(state), "--policy-pack")
            module = ("--framework", "terraform", "-f", str(folder / "main.tf"))
            contestants = {
                f"pulumi policy analyze, {pack}": lambda pack=pack: sandbox.pulumi(
                    *analyze, str(ROOT / pack), cwd=folder, check=False
                )
                for pack in ("policy/closed-network", "policy")
            }
            contestants |= {
                "Checkov, all its checks": lambda: run(
                    str(checkov), "--quiet", "--compact", "--skip-download", *module
                ),
            }
            if guard:
                contestants["cfn-guard, two rules"] = lambda: run(
                    str(guard), "validate", "-d", str(template), "-r", str(rules)
                )
            seconds = [
                {what: wall(call) for what, call in contestants.items()} for _ in range(runs)
            ]
    return [(what, "", [each[what] for each in seconds]) for what in contestants]


def main() -> None:
    """Install what is missing, and measure."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.peers", description=__doc__)
    parser.add_argument("--size", type=int, default=5_000, help="resources (default 5000)")
    parser.add_argument("--runs", type=int, default=3, help="counted runs of each (default 3)")
    options = parser.parse_args()
    for what, port in (("that keeps every rule", HTTPS), ("whose endpoints all admit SSH", SSH)):
        show(f"{options.size} resources {what}", "s", measure(options.size, port, options.runs))


if __name__ == "__main__":
    main()
