import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from sandbox.servers import CHECKOUT
from sandbox.state import read_state


def open_demo(directory: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "sandbox", "--directory", str(directory), "demo"],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def users_of(directory: Path) -> list[list[str]]:
    """Return the command lines of all processes that name the folder, but for this one's."""
    found = []
    for process in psutil.process_iter(["cmdline", "environ", "pid"]):
        words = process.info["cmdline"] or []
        surroundings = (process.info["environ"] or {}).values()
        if any(str(directory) in text for text in [*words, *surroundings]):
            found.append(words)
    return found


def test_the_demo_plays_to_its_end_with_a_proof_for_each_step(tmp_path: Path) -> None:
    with open_demo(tmp_path) as demo:
        told, _ = demo.communicate(timeout=300)
    assert demo.returncode == 0, told
    proofs = (
        "resources would be made; no rule is broken; none exists",
        "failover group failover1",
        "AWS Virtual IP resource awsvip1",
        "IP address: 20.0.0.100",
        "data partition of node-b: /dev/disk/by-id/",
        "20.0.0.100 leads to node-a",
        "no finding",
        "20.0.0.100/32 leads to node-a in all 4 route tables",
        "the private subnets' tables hold no route to the internet",
        "by 443/tcp and nothing else",
        "final state: node-a holds 20.0.0.100 in all tables, as before",
        "result: passed",
        "0 violations",
        "cluster.svg",
        "20.0.0.100/32 leads to node-b in all 4 route tables",
        "nothing changed",
        "node-a has a new instance on the same interface, address and disk",
        "refused before anything was made:",
        "route 0.0.0.0/0 -> NAT gateway shortcut",
        "the cloud is as empty as before",
        "All 12 steps held",
    )
    places = [told.find(proof) for proof in proofs]
    assert -1 not in places, told
    assert places == sorted(places)
    # Kept by the audit, violated by the shortcut.
    assert told.count("private-subnets-have-no-internet-route") == 2
    assert users_of(tmp_path) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_demo_leaves_no_process(tmp_path: Path, number: int) -> None:
    with open_demo(tmp_path) as demo:
        assert demo.stdout is not None
        for line in demo.stdout:
            if line.startswith("3. "):
                break
        time.sleep(2)  # the engine, the program and the pack are at work
        demo.send_signal(number)
        rest = demo.stdout.read()
        demo.wait(timeout=60)
    assert (demo.returncode, "Traceback" in rest) == (130, False), rest
    deadline = time.monotonic() + 10
    while users_of(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert users_of(tmp_path) == []
    state = read_state(tmp_path / "demo" / "state.json")
    assert state is not None
    assert [server.alive for server in state.servers] == [False, False]
