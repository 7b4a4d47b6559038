"""A preview's event log, turned into the comment of a pull request and an exit code."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from guardrails.__main__ import main
from guardrails.report import JudgedPreview, Outcome, decide, read_events, write_comment
from tests.support.event_logs import (
    LAST_WORDS,
    PATH,
    RULE,
    VIOLATION,
    ended,
    finding,
    judged,
    judged_preview,
    log,
    said,
    step,
)

STACK = "ha-cluster/dev"


def report(*events: Mapping[str, Any], exit_code: int = 0) -> tuple[int, str]:
    preview = judged_preview(*events, exit_code=exit_code, name=STACK)
    return preview.outcome, write_comment(preview)


def section(comment: str, title: str) -> str:
    return comment.partition(f"### {title}\n")[2].partition("\n### ")[0].strip()


def test_a_stack_that_every_policy_allows_is_fine() -> None:
    code, comment = report(step("same", "a"), judged(RULE), ended(same=1))
    assert code == 0
    assert comment.splitlines() == [
        "<!-- guardrails: ha-cluster/dev -->",
        "## `ha-cluster/dev`: no policy is violated",
        "",
        "1 unchanged",
        "",
        "### Verdicts",
        "",
        "| policy | verdict |",
        "| --- | --- |",
        f"| `{RULE}` | kept |",
    ]


def test_a_violation_is_5_although_the_command_line_exits_1_and_its_path_is_shown() -> None:
    code, comment = report(VIOLATION, judged(), LAST_WORDS, ended(create=1), exit_code=1)
    assert code == 5
    assert comment.splitlines()[1] == "## `ha-cluster/dev`: a policy is violated"
    assert f"`{RULE}` (mandatory, critical): `private-a`" in section(comment, "Violated")
    assert f"  {PATH}" in section(comment, "Violated").splitlines()
    assert f"| `{RULE}` | violated: 1 |" in section(comment, "Verdicts")
    assert "### Failed" not in comment


def test_a_violation_is_5_with_any_exit_code_that_a_later_command_line_may_have() -> None:
    assert report(VIOLATION, judged(), ended(), exit_code=5)[0] == 5
    assert report(VIOLATION, judged(), ended(), exit_code=0)[0] == 5


def test_changes_where_none_were_expected_are_7() -> None:
    differs = step("update", "interface-a", detailedDiff={"sourceDestCheck": {}})
    code, comment = report(differs, judged(RULE), ended(update=1), exit_code=7)
    assert code == 7
    assert comment.splitlines()[1] == "## `ha-cluster/dev`: the stack differs from its program"
    assert "| update | `interface-a` | `aws:ec2:Vpc` | `sourceDestCheck` |" in comment


def test_a_program_that_fails_is_1_and_no_policy_is_called_kept() -> None:
    code, comment = report(
        said("error", "The configuration has faults"), LAST_WORDS, ended(), exit_code=1
    )
    assert code == 1
    assert "The configuration has faults" in section(comment, "Failed")
    assert "the preview failed before" in section(comment, "Failed")
    assert "Verdicts" not in comment


def test_a_failure_outweighs_a_violation_because_verdicts_are_incomplete() -> None:
    code, comment = report(VIOLATION, said("error", "no such image"), ended(), exit_code=1)
    assert code == 1
    assert PATH in section(comment, "Violated")


@pytest.mark.parametrize("exit_code", [0, 1, 6, 7])
def test_a_log_that_breaks_off_is_a_failure(exit_code: int) -> None:
    lines = [*log(step("create", "a"), judged(RULE)), '{"summaryEvent": {"resou']
    preview = read_events(lines)
    assert decide(preview, exit_code) is Outcome.FAILED
    assert "did not reach its end" in write_comment(JudgedPreview(preview, Outcome.FAILED, STACK))


def test_a_preview_that_no_pack_judged_is_not_fine() -> None:
    code, comment = report(step("create", "a"), ended(create=1))
    assert code == 1
    assert "add --policy-pack" in section(comment, "Failed")


def test_an_exit_code_that_nothing_in_the_log_explains_is_a_failure() -> None:
    code, comment = report(judged(RULE), ended(same=1), exit_code=8)
    assert code == 1
    assert "The command failed after the preview" in section(comment, "Failed")


def test_an_undecided_rule_is_unverified_and_names_what_is_missing() -> None:
    missing = f"{RULE}: private-a may have a way out\n  not known: the routes of table elsewhere"
    code, comment = report(
        finding("facts-are-missing", "advisory", missing),
        judged(RULE, "endpoints-admit-only-https"),
        ended(same=3),
    )
    assert code == 0
    assert "not known: the routes of table elsewhere" in section(comment, "Unverified")
    assert section(comment, "Verdicts").splitlines()[2:] == [
        f"| `{RULE}` | unverified: 1 |",
        "| `endpoints-admit-only-https` | kept |",
    ]


def test_an_undecided_rule_that_must_be_decided_is_5_and_still_unverified() -> None:
    events = (finding("facts-are-missing-is-refused", "mandatory", f"{RULE}: may"), judged(RULE))
    code, comment = report(*events, LAST_WORDS, ended(), exit_code=1)
    assert code == 5
    assert f"| `{RULE}` | unverified: 1 |" in comment
    assert "### Violated" not in comment


def test_what_takes_something_away_comes_first() -> None:
    _, comment = report(
        step("create", "new"),
        step("update", "changed", detailedDiff={"tags": {}, "ami": {}}),
        step("delete", "volume", old={"retainOnDelete": True}),
        step("delete-replaced", "node"),
        step("replace", "node", keys=["ami"], detailedDiff={"ami": {}, "tags": {}}),
        step("create-replacement", "node", keys=["ami"], detailedDiff={"ami": {}, "tags": {}}),
        step("refresh", "seen"),
        judged(RULE),
        ended(create=1, update=1, delete=1, replace=1, same=4),
    )
    assert comment.splitlines()[3] == (
        "1 to replace, 1 to delete, 1 to update, 1 to create, 4 unchanged"
    )
    assert section(comment, "Changes").splitlines()[2:] == [
        "| **replace** | `node` | `aws:ec2:Vpc` | `ami` |",
        "| **delete** (AWS keeps it) | `volume` | `aws:ec2:Vpc` |  |",
        "| update | `changed` | `aws:ec2:Vpc` | `ami`, `tags` |",
        "| create | `new` | `aws:ec2:Vpc` |  |",
    ]


def test_a_provider_that_nobody_wrote_is_not_counted() -> None:
    provider = {"type": "pulumi:providers:aws"}
    _, comment = report(
        step("create", "default_7_51_1", **provider),
        step("create", "west", **provider),
        judged(RULE),
        ended(create=1),
    )
    assert comment.splitlines()[3] == "1 to create"
    assert "`west`" in comment


def test_warnings_and_remarks_are_shown_and_refuse_nothing() -> None:
    remark = finding("virtual-ip-is-complete", "advisory", "no route in table b")
    code, comment = report(
        remark, said("warning", "node-b keeps its type"), judged(RULE), ended(same=1)
    )
    assert code == 0
    assert "no route in table b" in section(comment, "Notes")
    assert "node-b keeps its type" in section(comment, "Warnings")
    assert "| `virtual-ip-is-complete` | noted: 1 |" in comment


def test_a_debug_message_is_not_shown_because_it_may_have_secrets() -> None:
    assert "hunter2" not in report(said("debug", "props: hunter2"), judged(RULE), ended())[1]


def test_no_text_of_a_program_leaves_its_block_of_code() -> None:
    text = "```\n@everyone\n## approved"
    _, comment = report(
        finding(RULE, "mandatory", text), step("create", "a`|@b\n"), judged(RULE), ended()
    )
    block = section(comment, "Violated").partition("\n\n")[2].splitlines()
    assert (block[0], block[-1]) == ("````text", "````")
    assert "| create | `a @b ` |" in comment


def test_a_name_cannot_end_the_line_by_which_a_comment_is_found() -> None:
    preview = read_events(log(judged(RULE), ended()))
    comment = write_comment(JudgedPreview(preview, Outcome.FINE, "a --> <b>\nc"))
    assert comment.splitlines()[0] == "<!-- guardrails: a-b-c -->"


def test_a_comment_stays_below_what_github_takes_and_counts_what_it_leaves_out() -> None:
    many = [finding(RULE, "mandatory", f"{number} {'x' * 9000}") for number in range(100)]
    created = [step("create", f"subnet-{number:04}") for number in range(5000)]
    code, comment = report(*many, *created, judged(RULE), LAST_WORDS, ended(create=5000))
    assert code == 5
    assert 50_000 < len(comment) < 65_536
    assert "100 violated, 5000 to create" in comment
    shown = section(comment, "Violated").count(f"`{RULE}`")
    assert f"{100 - shown} more: see the log of the run." in section(comment, "Violated")
    assert "see the log of the run" in section(comment, "Changes")


def test_the_command_reads_a_log_and_exits_with_the_outcome(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "events.json"
    file.write_text("\n".join(log(VIOLATION, judged(), LAST_WORDS, ended(create=1))))
    assert main(["report", "--name", STACK, "--events", str(file), "--exit-code", "1"]) == 5
    assert capsys.readouterr().out.startswith("<!-- guardrails: ha-cluster/dev -->\n")


def test_the_command_runs_a_preview_and_keeps_its_words_out_of_the_comment(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "pulumi"
    program.write_text(
        f"#!{sys.executable}\n"
        "import os, sys\n"
        "assert os.environ['PULUMI_DEBUG_COMMANDS'] == 'true'\n"
        "assert sys.argv[1:3] == ['preview', '--expect-no-changes']\n"
        "path = sys.argv[sys.argv.index('--event-log') + 1]\n"
        f"open(path, 'w').write({chr(10).join(log(judged(RULE), ended(update=1)))!r})\n"
        "print('Previewing', path, flush=True)\n"
        "sys.exit(7)\n"
    )
    program.chmod(0o755)
    assert main(["report", "--", str(program), "preview", "--expect-no-changes"]) == 7
    out, err = capfd.readouterr()
    assert "Previewing" not in out
    assert not Path(err.split()[1]).exists()


def test_a_command_that_does_not_exist_is_a_failure(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--", "/nonexistent/pulumi", "preview"]) == 1
    assert "/nonexistent/pulumi" in capfd.readouterr().err


def test_one_run_writes_every_format_that_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "events.json"
    file.write_text("\n".join(log(VIOLATION, judged(), LAST_WORDS, ended(create=1))))
    page, alerts = tmp_path / "report.html", tmp_path / "report.sarif"
    words = ["--format", f"html={page}", "--format", "comment", "--format", f"sarif={alerts}"]
    assert main(["report", *words, "--events", str(file), "--exit-code", "1"]) == 5
    assert capsys.readouterr().out.startswith("<!-- guardrails: preview -->\n")
    assert page.read_text().startswith("<!doctype html>\n")
    assert json.loads(alerts.read_text())["version"] == "2.1.0"


def test_a_report_that_cannot_be_written_is_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "events.json"
    file.write_text("\n".join(log(judged(RULE), ended())))
    nowhere = tmp_path / "nowhere" / "report.html"
    assert main(["report", "--format", f"html={nowhere}", "--events", str(file)]) == 1
    assert str(nowhere) in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        ([], "give either -- and a command, or --events and a file"),
        (["--events", "log", "--", "pulumi"], "give either -- and a command"),
        (["--format", "pdf", "--events", "log"], "'pdf' is none of comment, html, sarif"),
        (["--format", "html=", "--events", "log"], "'html=' names no file"),
        (
            ["--format", "html", "--format", "sarif", "--events", "log"],
            "two formats cannot share standard output: write FORMAT=FILE",
        ),
        (["--location", "/a/Pulumi.yaml", "--events", "log"], "not a path from the repository's"),
        (["--location", "../Pulumi.yaml", "--events", "log"], "not a path from the repository's"),
    ],
)
def test_a_mistake_in_the_words_is_2(
    words: list[str], remedy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["report", *words])
    assert refused.value.code == 2
    assert remedy in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["publish"]])
def test_a_command_is_named_first(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(words)
    assert refused.value.code == 2
    assert "guardrails: error" in capsys.readouterr().err
