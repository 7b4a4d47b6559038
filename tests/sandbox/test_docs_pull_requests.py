"""The recipes of docs/pull-requests.md, run with stand-ins for `pulumi` and `curl`."""

import base64
import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "pull-requests.md").read_text()
CHECK = Path(sys.executable).with_name("check-jsonschema")
FINDING = {
    "policyEvent": {
        "policyName": "a-rule",
        "enforcementLevel": "mandatory",
        "resourceUrn": "urn:pulumi:prod::group::aws:ec2/subnet:Subnet::private-a",
        "message": "path: private-a -> internet",
    }
}
EVENTS = [
    FINDING,
    {"policyAnalyzeStackSummaryEvent": {"policyPackName": "p"}},
    {"summaryEvent": {}},
]


def block(heading: str, language: str) -> str:
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    (found,) = re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)
    return found


def program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder with a `pulumi` whose preview violates a policy, and our own Python."""
    log = "\n".join(map(json.dumps, EVENTS))
    (tmp_path / "log").write_text(log)
    write_log = f'while [ "$1" != --event-log ]; do shift; done; cp {tmp_path}/log "$2"; exit 1'
    program(tmp_path / "pulumi", f'#!/bin/sh\necho "$@" >{tmp_path}/words\n{write_log}\n')
    program(tmp_path / "python3", f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    return tmp_path


def run(script: str, tools: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=tools,
        env={"PATH": path, "STACK": "prod", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_recipe_for_a_plain_shell_prints_the_comment_and_ends_with_its_code(
    tools: Path,
) -> None:
    done = run(block("A plain shell", "sh"), tools, PACK=str(ROOT / "policy"))
    assert done.returncode == 5, done.stderr
    assert done.stdout.startswith("<!-- guardrails: my-project/prod -->\n")
    assert "path: private-a -> internet" in done.stdout
    words = (tools / "words").read_text()
    assert words.startswith(f"preview --stack prod --policy-pack {ROOT / 'policy'} --event-log ")


@pytest.mark.parametrize(("log", "code"), [(EVENTS, 5), (EVENTS[:1], 1)])
def test_the_recipe_for_code_scanning_uploads_what_was_judged(
    tools: Path, log: list[Any], code: int
) -> None:
    (tools / "log").write_text("\n".join(map(json.dumps, log)))
    program(tools / "gh", f'#!/bin/sh\necho "$@" >{tools}/sent\n')
    given = {
        "PACK": str(ROOT / "policy"),
        "GITHUB_REPOSITORY": "us/net",
        "GITHUB_SHA": "abc",
        "GITHUB_REF": "refs/pull/7/merge",
        "GITHUB_STEP_SUMMARY": str(tools / "summary"),
    }
    done = run(block("GitHub: code scanning", "sh"), tools, **given)
    assert done.returncode == code, done.stderr
    assert (tools / "summary").read_text().startswith("<!-- guardrails: my-project/prod -->\n")
    assert (tools / "sent").exists() is (code == 5)
    if code == 5:
        assert (tools / "sent").read_text() == (
            "api --silent --method POST repos/us/net/code-scanning/sarifs"
            " -f commit_sha=abc -f ref=refs/pull/7/merge -F sarif=@closed-network.upload\n"
        )
        sent = gzip.decompress(base64.b64decode((tools / "closed-network.upload").read_text()))
        (result,) = json.loads(sent)["runs"][0]["results"]
        assert (result["ruleId"], result["level"]) == ("a-rule", "error")


def gitlab() -> dict[str, Any]:
    return yaml.safe_load(block("GitLab", "yaml"))["closed network"]


def test_the_recipe_for_gitlab_has_the_shape_that_gitlab_takes(tmp_path: Path) -> None:
    file = tmp_path / "gitlab-ci.yml"
    file.write_text(block("GitLab", "yaml"))
    command = [CHECK, "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", file]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ([], "--request POST --data-urlencode body@comment.md https://gitlab/notes\n"),
        (
            [{"id": 8, "body": "first"}, {"id": 9, "body": "<!-- guardrails: us/net/prod -->\n#"}],
            "--request PUT --data-urlencode body@comment.md https://gitlab/notes/9\n",
        ),
    ],
)
def test_the_recipe_for_gitlab_writes_one_note_and_ends_with_the_code(
    tools: Path, known: list[dict[str, Any]], expected: str
) -> None:
    (tools / "known").write_text(json.dumps(known))
    answer = f'case "$*" in *per_page*) cat {tools}/known;; *) echo "$@" >{tools}/sent;; esac'
    program(tools / "curl", f"#!/bin/sh\n{answer}\n")
    (script,) = gitlab()["script"]
    script = script.replace("/tmp/pack", str(ROOT))
    script = re.sub(r"notes=.*", "notes=https://gitlab/notes", script, count=1)
    done = run(script, tools, CI_PROJECT_PATH="us/net", NOTES_TOKEN="token")
    assert done.returncode == 5, done.stderr
    assert (tools / "sent").read_text().endswith(expected)
    assert "path: private-a -> internet" in (tools / "comment.md").read_text()


def test_the_call_from_another_repository_names_what_the_reusable_workflow_takes() -> None:
    (job,) = yaml.safe_load(block("GitHub: any other repository", "yaml"))["jobs"].values()
    path = job["uses"].partition("/ha-cluster/")[2].partition("@")[0]
    called = yaml.safe_load((ROOT / path).read_text())
    takes = called[True]["workflow_call"]  # YAML 1.1 reads `on` as true
    assert job["with"].keys() <= takes["inputs"].keys()
    assert job["secrets"].keys() <= takes["secrets"].keys()
    assert job["permissions"] == called["jobs"]["preview"]["permissions"]
