"""`guardrails validate`: every mistake in a configuration file, without a stack."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from guardrails.__main__ import main
from guardrails.pack.configuration_file import mistakes_in

ROOT = Path(__file__).parents[2]
ROUTES = "private-subnets-have-no-internet-route"
VIRTUAL_IP = "virtual-ip-outside-vpc-cidr"


def mistakes(document: Any) -> list[str]:
    return mistakes_in(json.dumps(document))


def test_the_example_of_the_readme_has_no_mistake() -> None:
    text = (ROOT / "policy" / "README.md").read_text()
    (example,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    assert mistakes_in(example) == []


@pytest.mark.parametrize(
    "text", ["", " \n", "{}", '{"all": "advisory"}', '{"environments": ["network/pack"]}']
)
def test_what_the_engine_takes_is_no_mistake(text: str) -> None:
    assert mistakes_in(text) == []


def test_all_mistakes_are_said_at_once_with_the_nearest_word() -> None:
    document = {
        ROUTES: {"enforcementLevel": "mandatry", "privateSubnet": [], "privateNames": ["*a"]},
        "virtual-ip-is-complet": "mandatory",
    }
    assert mistakes(document) == [
        "'virtual-ip-is-complet' is not known; did you mean 'virtual-ip-is-complete'?",
        f"{ROUTES}.enforcementLevel: 'mandatry' is not known; did you mean 'mandatory'?",
        f"{ROUTES}.privateNames: '*a' is not usable: nothing to repeat at position 0",
        f"{ROUTES}: 'privateSubnet' is not known; did you mean 'privateSubnets'?",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "the file is not valid JSON, which is all that the engine reads: Expecting"),
        ("a: 1\n", "the file is not valid JSON, which is all that the engine reads"),
        ("[" * 100_000, "the file is not valid JSON, which is all that the engine reads"),
        ('{"all": NaN}', "NaN is not a JSON number"),
        ("[]", "the file holds no mapping; write {POLICY: {OPTION: VALUE, ...}, ...}"),
        ('{"environments": "a"}', "environments: is not a list of texts"),
        ('{"environments": [1]}', "environments: is not a list of texts"),
        (f'{{"{VIRTUAL_IP}": true}}', f"{VIRTUAL_IP}: write a level (advisory, mandatory,"),
        (f'{{"{VIRTUAL_IP}": null}}', f"{VIRTUAL_IP}: write a level (advisory, mandatory,"),
        (f'{{"{VIRTUAL_IP}": {{"enforcementLevel": 1}}}}', "enforcementLevel: 1 is not a text"),
        (f'{{"{VIRTUAL_IP}": {{"virtualIps": null}}}}', "virtualIps: is not a list of texts"),
        ('{"all": {"virtualIps": []}}', "all: 'virtualIps' is not known; known are: none"),
        (
            f'{{"{VIRTUAL_IP}": "advisory", "{VIRTUAL_IP}": {{}}}}',
            f"'{VIRTUAL_IP}' is written 2 times in one mapping; only the last one counts",
        ),
    ],
)
def test_a_mistake_is_said_once(text: str, said: str) -> None:
    (found,) = mistakes_in(text)
    assert said in found


def test_the_command_prints_each_mistake_behind_the_file_and_ends_with_5(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "pack.json"
    file.write_text('{"al": "advisory", "private": {}}')
    assert main(["validate", str(file)]) == 5
    assert len(capsys.readouterr().out.splitlines()) == 2
    file.write_text('{"all": "advisory"}')
    assert main(["validate", str(file)]) == 0
    assert capsys.readouterr().out == f"{file}: no mistake\n"


@pytest.mark.parametrize("content", [None, b"\xff"])
def test_a_file_that_cannot_be_read_is_a_failure(
    tmp_path: Path, content: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "pack.json"
    if content is not None:
        file.write_bytes(content)
    assert main(["validate", str(file)]) == 1
    assert str(file) in capsys.readouterr().err


@pytest.mark.parametrize("words", [["validate"], ["validate", "a", "b"], ["schema", "a"]])
def test_a_mistake_in_the_words_is_2(words: list[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(words)
    assert refused.value.code == 2


def run(*words: str, cwd: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("words", "pythonpath"),
    [
        (["-m", "guardrails"], {"PYTHONPATH": str(ROOT / "policy")}),
        ([f"{ROOT}/policy/guardrails"], {}),
    ],
)
def test_the_folder_and_the_module_are_the_same_command(
    tmp_path: Path, words: list[str], pythonpath: dict[str, str]
) -> None:
    done = run(*words, "schema", cwd=tmp_path, environment=pythonpath)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["properties"].keys() >= {"all", ROUTES}


def test_the_report_runs_where_the_sdk_is_missing_and_the_others_name_what_they_need(
    tmp_path: Path,
) -> None:
    folder = str(ROOT / "policy" / "guardrails")
    # -S leaves out what is installed, as a Python without the SDK has it.
    assert run("-S", folder, "report", "--help", cwd=tmp_path, environment={}).returncode == 0
    done = run("-S", folder, "validate", "x", cwd=tmp_path, environment={})
    assert done.returncode == 1
    assert "validate needs the module pulumi" in done.stderr
    assert f"{ROOT / 'policy'}/venv/bin/python" in done.stderr
