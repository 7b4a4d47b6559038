import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.servers import CHECKOUT
from tests.support.sandbox import clone_of_checkout

SESSION = """
set -e
eval "$("$PYTHON" -m sandbox env)"
pulumi stack init dev
pulumi config set extra value
pulumi config set --secret hidden value
pulumi config
pulumi stack ls
cat .sandbox/project/Pulumi.dev.yaml
pulumi stack export --file state.json
pulumi policy analyze --file state.json --policy-pack policy
(cd docs && pulumi stack graph stack.dot && pulumi stack ls --json >stacks.json)
pulumi -C elsewhere stack init other
(cd elsewhere && pulumi config set place here && pulumi stack ls)
"""


def git(folder: Path, *words: str) -> str:
    command = ["git", "-C", str(folder), "-c", "user.name=t", "-c", "user.email=t@example", *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Path]:
    folder = clone_of_checkout(tmp_path / "clone")
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "Pulumi.yaml").write_text("name: elsewhere\nruntime: python\n")
    (folder / "venv").symlink_to(sys.prefix)
    (folder / "policy" / "venv").symlink_to(CHECKOUT / "policy" / "venv")
    git(folder, "init", "-q")
    with (folder / ".git" / "info" / "exclude").open("a") as file:
        file.write("venv\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "as it is")
    yield folder
    sandbox(folder, "stop")


def sandbox(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sandbox", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_commands_typed_in_the_checkout_leave_it_as_it_was(clone: Path) -> None:
    started = sandbox(clone, "start")
    assert started.returncode == 0, started.stderr
    environment = {**os.environ, "PYTHON": sys.executable}
    typed = subprocess.run(
        ["sh", "-c", SESSION],
        cwd=clone,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert typed.returncode == 0, typed.stdout + typed.stderr
    assert "encryptionsalt:" in typed.stdout
    made = ("docs/stack.dot", "docs/stacks.json", "elsewhere/Pulumi.other.yaml", "state.json")
    assert git(clone, "status", "--porcelain").splitlines() == [f"?? {name}" for name in made]
    assert "digraph" in (clone / "docs" / "stack.dot").read_text()
    assert json.loads((clone / "docs" / "stacks.json").read_text())[0]["name"] == "dev"
    assert "elsewhere:place: here" in (clone / "elsewhere" / "Pulumi.other.yaml").read_text()
    assert "error" not in typed.stderr, typed.stderr
    ran = sandbox(clone, "run", "--", "pulumi", "stack", "ls")
    assert "dev" in ran.stdout, ran.stderr
    status = sandbox(clone, "status")
    assert "ha-cluster/dev" in status.stdout, status.stderr


def typed_from_readme(clone: Path, heading: str) -> subprocess.CompletedProcess[str]:
    """Type the six commands that follow a text of the README, in one shell."""
    _, _, after = (clone / "README.md").read_text().partition(heading)
    commands = after.split("```sh\n", 1)[1].split("```", 1)[0]
    assert commands.count("\n") == 6
    return subprocess.run(
        ["sh", "-e", "-c", commands], cwd=clone, capture_output=True, text=True, check=False
    )


def test_the_commands_of_the_readme_run_as_they_stand_there_and_leave_nothing(clone: Path) -> None:
    typed = typed_from_readme(clone, "To type commands yourself:")
    assert typed.returncode == 0, typed.stdout + typed.stderr
    assert "+ 46 created" in typed.stdout
    assert "'GatewayId': 'igw-" in typed.stdout
    assert "- 46 deleted" in typed.stdout
    assert git(clone, "status", "--porcelain") == ""


def test_the_readme_s_section_on_pull_requests_runs_as_it_stands_there(clone: Path) -> None:
    for file in (*clone.glob("requirements*.txt"), *(clone / "policy").glob("*.t*")):
        os.utime(file, (0, 0))  # for `make`: what they name is installed
    typed = typed_from_readme(clone, "## Pull requests")
    assert typed.returncode == 0, typed.stdout + typed.stderr
    headline = "## `ha-cluster/dev`: no policy is violated"
    preview, drift = typed.stdout.split(f"{headline}\n\n")[1:]
    assert preview.startswith("46 to create\n")
    assert drift.startswith("46 unchanged\n")
    assert git(clone, "status", "--porcelain") == ""
