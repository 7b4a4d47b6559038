"""The hook into the policy SDK: what it checks before it wraps anything, and what it says."""

import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pulumi_policy import policy

from guardrails.pack import policies, sdk_hook
from guardrails.pack.sdk_hook import install
from guardrails.testing import analyze
from tests.support.policy_stacks import closed_network

ROOT = Path(__file__).parents[2]
FIX = "\n  fix: pip install 'pulumi-policy==1.21.*'"


def servicer(**changed: Any) -> type:
    """A class as the SDK's is, but for what is changed or, with None, missing."""

    def start(self: Any) -> None:
        self._PolicyAnalyzerServicer__policies = []

    def method(self: Any, request: Any, _context: Any) -> None:
        del self, request

    names = ("Configure", "ConfigureStack", "Analyze", "AnalyzeStack", "Remediate")
    members = {**dict.fromkeys(names, method), "__init__": start, **changed}
    return type("_PolicyAnalyzerServicer", (), {k: v for k, v in members.items() if v})


def refused(monkeypatch: pytest.MonkeyPatch, found: Any, version: str = "1.21.3") -> str:
    monkeypatch.setattr(sdk_hook, "version", lambda _: version)
    monkeypatch.setattr(policy, "_PolicyAnalyzerServicer", found)
    return install()


def test_a_servicer_of_the_right_version_and_shape_is_wrapped_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: Any = servicer()
    monkeypatch.setattr(policy, "_PolicyAnalyzerServicer", made)
    assert install() == ""
    wrapped = made.Analyze
    assert wrapped is not servicer().Analyze
    assert install() == ""
    assert made.Analyze is wrapped


@pytest.mark.parametrize("version", ["1.20.9", "1.22.0", "2.21.0", "1.210.0"])
def test_another_version_is_refused_even_if_its_shape_fits(
    monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    assert refused(monkeypatch, servicer(), version) == (
        f"the pack judges nothing: it needs pulumi-policy 1.21.x and found {version}:"
        f" its version is another one{FIX}"
    )


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        (None, "pulumi_policy.policy has no _PolicyAnalyzerServicer"),
        (servicer(AnalyzeStack=None), "_PolicyAnalyzerServicer has no method AnalyzeStack"),
        (
            servicer(Analyze=lambda self, request: (self, request)),
            "_PolicyAnalyzerServicer.Analyze takes (self, request)",
        ),
        (
            servicer(__init__=lambda self: setattr(self, "policies", [])),
            "_PolicyAnalyzerServicer does not keep its policies in __policies",
        ),
    ],
)
def test_another_shape_is_refused_with_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, found: Any, problem: str
) -> None:
    start = "the pack judges nothing: it needs pulumi-policy 1.21.x and found 1.21.3"
    assert refused(monkeypatch, found) == f"{start}: {problem}{FIX}"


def test_nothing_of_a_servicer_that_does_not_fit_is_wrapped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: Any = servicer(Remediate=None)
    before = dict(vars(made))
    assert refused(monkeypatch, made)
    assert dict(vars(made)) == before


def test_a_pack_on_an_sdk_that_does_not_fit_says_so_once_and_mandatorily(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    module = sys.modules[policies.__module__]
    monkeypatch.setattr(module, "install", lambda: "the pack judges nothing")
    stack, _ = closed_network()
    outcome = analyze(stack.preview(), policies())
    (finding,) = outcome.violations
    assert (finding.policy, finding.level) == ("pack-is-sound", "mandatory")
    assert "the pack judges nothing" in finding.message
    assert outcome.refused


def test_the_supported_version_is_the_required_one() -> None:
    project = tomllib.loads((ROOT / "policy" / "pyproject.toml").read_text())
    required = project["project"]["optional-dependencies"]["pulumi"]
    assert required == ["pulumi-policy>=1.21,<1.22"]
    assert "pulumi-policy>=1.21,<1.22" in (ROOT / "policy" / "requirements.txt").read_text()
    assert sdk_hook._SUPPORTED == "1.21"
