"""The workflows: what they pin, what they may do, and their scripts, run with stand-ins."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SHELLCHECK = Path(sys.executable).with_name("shellcheck")
MARKER = "<!-- guardrails: owner/repository/dev -->"
each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def workflow(name: str) -> dict[Any, Any]:
    return yaml.safe_load((ROOT / ".github" / "workflows" / f"{name}.yml").read_text())


def steps(file: Path) -> Iterator[dict[str, Any]]:
    for job in yaml.safe_load(file.read_text())["jobs"].values():
        yield from job.get("steps", [])


def script(step: str) -> str:
    """Return a script of the reusable workflow by its step's name."""
    (found,) = (
        each for each in workflow("enforce")["jobs"]["preview"]["steps"] if step_is(each, step)
    )
    return found["run"]


def step_is(step: dict[str, Any], name: str) -> bool:
    return step.get("name", "").startswith(name)


@each_file
def test_every_action_is_pinned_by_commit_with_its_tag_beside_it(file: Path) -> None:
    used = re.findall(r"uses: (.*)", file.read_text())
    others = [each for each in used if not each.startswith("./")]
    assert used
    for each in others:
        if "OWNER/" not in each:
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+", each)


def test_one_commit_of_an_action_serves_all_workflows() -> None:
    text = "".join(file.read_text() for file in FILES)
    pinned = set(re.findall(r"uses: ([\w-]+/[\w-]+)@([0-9a-f]{40})", text))
    assert len({action for action, _ in pinned}) == len(pinned) == 5


@each_file
def test_no_script_has_a_fault_that_shellcheck_knows(file: Path, tmp_path: Path) -> None:
    for place, step in enumerate(each for each in steps(file) if "run" in each):
        path = tmp_path / f"{place}.sh"
        path.write_text(f"#!/bin/bash\nset -eo pipefail\n{step['run']}")
        done = subprocess.run([SHELLCHECK, path], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


@each_file
def test_no_script_has_text_of_the_event_or_of_inputs_pasted_into_it(file: Path) -> None:
    assert all("${{" not in step.get("run", "") for step in steps(file))


@each_file
def test_no_checkout_leaves_its_token_on_the_disk(file: Path) -> None:
    for step in steps(file):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("name", ["preview", "drift"])
def test_a_caller_grants_what_the_reusable_workflow_needs_and_nothing_more(name: str) -> None:
    called = workflow("enforce")["jobs"]["preview"]["permissions"]
    (job,) = workflow(name)["jobs"].values()
    assert workflow(name)["permissions"] == workflow("enforce")["permissions"] == {}
    assert job["permissions"] == called
    assert called == {"contents": "read", "id-token": "write", "pull-requests": "write"}


@pytest.mark.parametrize("name", ["preview", "drift"])
def test_a_caller_names_inputs_and_secrets_that_exist(name: str) -> None:
    (job,) = workflow(name)["jobs"].values()
    call = workflow("enforce")[True]["workflow_call"]  # YAML 1.1 reads `on` as true
    assert job["with"].keys() <= call["inputs"].keys()
    assert job["secrets"].keys() <= call["secrets"].keys()


def test_a_pull_request_from_a_fork_gets_no_role() -> None:
    condition = workflow("preview")["jobs"]["preview"]["if"]
    assert "github.event.pull_request.head.repo.full_name == github.repository" in condition


def names_of_steps() -> list[str]:
    return [each.get("name", "") for each in workflow("enforce")["jobs"]["preview"]["steps"]]


def test_scripts_of_dependencies_run_before_there_are_credentials() -> None:
    places = {name.partition(",")[0]: place for place, name in enumerate(names_of_steps())}
    setup, role = places["Install the program's dependencies"], places["Assume the role"]
    assert places["Install the pack"] < setup < role < places["Preview"]


def stand_in(folder: Path, name: str, text: str) -> None:
    program = folder / name
    program.write_text(f"#!/bin/bash\n{text}\n")
    program.chmod(0o755)


def run(step: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script of the reusable workflow as GitHub's bash does, with stand-ins first on PATH."""
    given = {
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_REPOSITORY": "owner/repository",
        "GITHUB_WORKSPACE": "/workspace",
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        "RUNNER_TEMP": str(folder),
        "SEEN": str(folder / "seen"),
        **environment,
    }
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script(step)],
        env=given,
        capture_output=True,
        text=True,
        check=False,
    )


def words_of_make(target: str) -> list[str]:
    shown = subprocess.run(
        [
            "make",
            "--no-print-directory",
            "-n",
            "-o",
            "venv/.ready",
            "-o",
            "policy/venv/.ready",
            target,
            "STACK=prod",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return shown.stdout.split(" -- ")[1].split()


@pytest.mark.parametrize(("drift", "target"), [("false", "preview-check"), ("true", "drift-check")])
def test_the_workflow_runs_the_words_of_the_make_target(
    tmp_path: Path, drift: str, target: str
) -> None:
    stand_in(tmp_path, "python", 'printf "%s\\n" "$@" >"$SEEN"; echo "# comment"; exit 5')
    done = run("Preview", tmp_path, STACK="prod", DRIFT=drift, PACK_CONFIG="", DIRECTORY=".")
    assert done.returncode == 0, done.stderr
    program, report, *options = (tmp_path / "seen").read_text().splitlines()
    pack = "/workspace/.guardrails/policy"
    assert (program, report) == (f"{pack}/guardrails", "report")
    assert options[:3] == ["--name", "owner/repository/prod", "--"]
    assert options[3:] == [pack if word == "policy" else word for word in words_of_make(target)]
    assert (tmp_path / "output").read_text() == "code=5\n"
    assert (tmp_path / "summary").read_text() == "# comment\n"


def test_the_configuration_of_the_pack_is_a_file_of_the_calling_repository(tmp_path: Path) -> None:
    stand_in(tmp_path, "python", 'printf "%s\\n" "$@" >"$SEEN"')
    given = {"STACK": "a b", "DRIFT": "false", "PACK_CONFIG": "our pack.json", "DIRECTORY": "net"}
    run("Preview", tmp_path, **given)
    words = (tmp_path / "seen").read_text().splitlines()
    assert words[-6:] == [
        *("--stack", "a b", "--policy-pack", "/workspace/.guardrails/policy"),
        *("--policy-pack-config", "/workspace/our pack.json"),
    ]


def test_two_projects_of_a_repository_with_a_stack_of_one_name_have_a_comment_each(
    tmp_path: Path,
) -> None:
    stand_in(tmp_path, "python", 'echo "$4" >>"$SEEN"')
    for folder in (".", "network", "web/shop"):
        run("Preview", tmp_path, STACK="dev", DRIFT="false", PACK_CONFIG="", DIRECTORY=folder)
    assert (tmp_path / "seen").read_text().split() == [
        "owner/repository/dev",
        "owner/repository/network/dev",
        "owner/repository/web/shop/dev",
    ]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"REPOSITORY": "owner/pack", "COMMIT": "0" * 40}, 0),
        ({"REPOSITORY": "owner/pack", "COMMIT": ""}, 1),
        ({"REPOSITORY": "", "COMMIT": ""}, 1),
    ],
)
def test_the_calling_repository_is_never_taken_for_the_pack_s(
    tmp_path: Path, told: dict[str, str], code: int
) -> None:
    assert run("Know", tmp_path, **told).returncode == code


def test_a_module_of_the_calling_repository_is_not_run_in_place_of_the_standard_library_s(
    tmp_path: Path,
) -> None:
    requirements = tmp_path / ".guardrails" / "policy" / "requirements.txt"
    requirements.parent.mkdir(parents=True)
    requirements.touch()
    (tmp_path / "venv.py").write_text("raise SystemExit('shadowed')")
    stand_in(tmp_path, "python", f'cd {tmp_path}; exec {sys.executable} "$@" --without-pip')
    text = script("Install the pack").splitlines()[0]
    done = subprocess.run(
        ["bash", "-c", text],
        cwd=tmp_path,
        env={"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (requirements.parent / "venv" / "bin" / "python").exists()


def test_a_report_that_wrote_nothing_changes_no_comment(tmp_path: Path) -> None:
    (tmp_path / "comment.md").touch()
    stand_in(tmp_path, "gh", 'echo "$@" >"$SEEN"')
    assert run("Comment", tmp_path, NUMBER="7", GH_TOKEN="token").returncode == 1
    assert not (tmp_path / "seen").exists()


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ("", "--method POST repos/owner/repository/issues/7/comments"),
        ("41\n42", "--method PATCH repos/owner/repository/issues/comments/41"),
    ],
)
def test_a_comment_is_made_once_and_edited_from_then_on(
    tmp_path: Path, known: str, expected: str
) -> None:
    (tmp_path / "comment.md").write_text(f"{MARKER}\n## text\n")
    asked = f'[ "$2" != --paginate ] || {{ printf "%s" "$marker" >"$SEEN"; echo "{known}"; exit; }}'
    stand_in(tmp_path, "gh", f'{asked}\necho "$@"')
    done = run("Comment", tmp_path, NUMBER="7", GH_TOKEN="token")
    assert done.stdout == f"api {expected} -F body=@{tmp_path}/comment.md --silent\n"
    assert (tmp_path / "seen").read_text() == MARKER


@pytest.mark.parametrize("code", [0, 1, 5, 7])
def test_the_job_ends_as_the_report_did(tmp_path: Path, code: int) -> None:
    assert run("Fail", tmp_path, CODE=str(code)).returncode == code


def test_the_job_fails_when_the_report_said_nothing(tmp_path: Path) -> None:
    assert run("Fail", tmp_path, CODE="").returncode != 0
