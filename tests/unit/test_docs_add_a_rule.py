"""The page on how to add a rule: its rule, its test and its entry work as they stand there."""

import importlib
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import guardrails.rules
from guardrails.options import table as options
from guardrails.pack import catalogue, policies, reports
from guardrails.testing import analyze
from tests.support.policy_stacks import Stack

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "add-a-rule.md").read_text()
RULE, TEST, ENTRY = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
NAME = "endpoints-answer-public-names"


@pytest.fixture
def rule(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The page's module, where the page puts it."""
    module = ModuleType("guardrails.rules.endpoint_names")
    exec(RULE, vars(module))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(guardrails.rules, "endpoint_names", module, raising=False)
    return module


def test_the_test_of_the_page_passes(tmp_path: Path) -> None:
    (tmp_path / "endpoint_names.py").write_text(RULE)
    (tmp_path / "conftest.py").write_text(
        f"import sys, guardrails.rules\nguardrails.rules.__path__.append({str(tmp_path)!r})\n"
    )
    (tmp_path / "test_endpoint_names.py").write_text(TEST)
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", str(tmp_path), "-c", "pyproject.toml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout
    assert "4 passed" in run.stdout


@pytest.fixture
def entry(rule: ModuleType, monkeypatch: pytest.MonkeyPatch) -> catalogue.Entry:
    """The page's entry, in a pack that has the page's rule."""
    entry = eval(ENTRY, {**vars(catalogue), "endpoint_names": rule})
    pack = importlib.import_module("guardrails.pack.policies")
    monkeypatch.setitem(guardrails.rules.RULES, NAME, rule.judge)
    monkeypatch.setitem(reports.REPORTS, NAME, reports.violations_of(NAME))
    monkeypatch.setattr(pack, "CATALOGUE", (entry, *catalogue.CATALOGUE))
    monkeypatch.setattr(pack, "NAMES", (NAME, *catalogue.NAMES))
    return entry


def two_endpoints() -> Stack:
    """Two endpoints, one of which breaks the page's rule."""
    stack = Stack()
    vpc = stack.add("ec2/vpc:Vpc", "main", cidrBlock="10.0.0.0/16")
    group = stack.add("ec2/securityGroup:SecurityGroup", "https", vpcId=vpc)
    for name, answers in (("api", True), ("logs", False)):
        stack.add(
            "ec2/vpcEndpoint:VpcEndpoint",
            name,
            vpcId=vpc,
            vpcEndpointType="Interface",
            serviceName="com.amazonaws.us-east-1.logs",
            securityGroupIds=[group],
            privateDnsEnabled=answers,
        )
    return stack


def test_the_rule_of_the_page_reports_in_the_pack(rule: ModuleType, entry: catalogue.Entry) -> None:
    (said,) = analyze(two_endpoints().preview(), policies()).of(NAME)
    assert said.level == "advisory"
    assert said.message == (
        "Every interface endpoint has private DNS.\n"
        "endpoint logs does not answer under its service's public name\n"
        "  path: endpoint logs\n"
        "  fix: set privateDnsEnabled of the endpoint to true"
    )
    assert entry.remedy == "Set privateDnsEnabled of the endpoint to true."
    assert entry.severity.value == rule.RULE.severity == "medium"


@pytest.mark.usefixtures("entry")
def test_a_row_of_options_is_all_that_exemptions_from_the_rule_need(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = options.OPTIONS[options.NARROW]["exemptions"]
    monkeypatch.setitem(options.OPTIONS, NAME, {"exemptions": row})
    exempt = {"urn": "*::logs", "reason": "moves", "owner": "network", "expires": "2999-12-31"}
    config = {NAME: {"exemptions": [exempt]}}
    verdict = analyze(two_endpoints().preview(), policies(), config=config)
    assert verdict.of(NAME) == []
    (used,) = verdict.of("exemptions-are-current")
    assert f"{NAME} is not enforced until 2999-12-31: moves (network)" in used.message
