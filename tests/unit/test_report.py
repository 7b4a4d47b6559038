"""A preview's event log, turned into the comment of a pull request and an exit code."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from guardrails.report import Outcome, decide, read_events, write_comment
from guardrails.report.__main__ import main

STACK = "ha-cluster/dev"
RULE = "private-subnets-have-no-internet-route"
PATH = "path: subnet private-a -> route table inner -> route 0.0.0.0/0 -> internet gateway out"


def step(operation: str, name: str, **facts: Any) -> dict[str, Any]:
    type_ = facts.pop("type", "aws:ec2/vpc:Vpc")
    urn = f"urn:pulumi:dev::ha-cluster::{type_}::{name}"
    return {"resourcePreEvent": {"metadata": {"op": operation, "urn": urn, "type": type_, **facts}}}


def said(severity: str, message: str) -> dict[str, Any]:
    return {"diagnosticEvent": {"severity": severity, "message": f"{message}\n"}}


def finding(policy: str, level: str, text: str, severity: str = "high") -> dict[str, Any]:
    return {
        "policyEvent": {
            "policyName": policy,
            "enforcementLevel": level,
            "severity": severity,
            "resourceUrn": "urn:pulumi:dev::ha-cluster::aws:ec2/subnet:Subnet::private-a",
            "message": f"What the policy promises.\n{text}\n",
        }
    }


def judged(*policies: str) -> dict[str, Any]:
    return {
        "policyAnalyzeStackSummaryEvent": {"policyPackName": "closed-network", "passed": policies}
    }


def ended(**counts: int) -> dict[str, Any]:
    return {"summaryEvent": {"resourceChanges": counts}}


VIOLATION = finding(RULE, "mandatory", f"private-a reaches the internet\n  {PATH}", "critical")
LAST_WORDS = said("error", "preview failed")


def log(*events: Mapping[str, Any]) -> list[str]:
    return [json.dumps(event) for event in events]


def report(*events: Mapping[str, Any], exit_code: int = 0) -> tuple[int, str]:
    preview = read_events(log(*events))
    outcome = decide(preview, exit_code)
    return outcome, write_comment(preview, outcome, STACK)


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
    assert "did not reach its end" in write_comment(preview, Outcome.FAILED, STACK)


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
    comment = write_comment(preview, Outcome.FINE, "a --> <b>\nc")
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
    assert main(["--name", STACK, "--events", str(file), "--exit-code", "1"]) == 5
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
    assert main(["--", str(program), "preview", "--expect-no-changes"]) == 7
    out, err = capfd.readouterr()
    assert "Previewing" not in out
    assert not Path(err.split()[1]).exists()


def test_a_command_that_does_not_exist_is_a_failure(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["--", "/nonexistent/pulumi", "preview"]) == 1
    assert "/nonexistent/pulumi" in capfd.readouterr().err


@pytest.mark.parametrize("words", [[], ["--events", "log", "--", "pulumi"]])
def test_a_mistake_in_the_words_is_2(words: list[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(words)
    assert refused.value.code == 2
