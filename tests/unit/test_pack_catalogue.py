"""The catalogue in the pack's README and the metadata that users see."""

from pathlib import Path

import pytest
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import EnforcementLevel, policy

from guardrails.options.table import OPTIONS
from guardrails.pack import policies
from guardrails.pack.catalogue import CATALOGUE, GATES
from guardrails.pack.readme import with_catalogue

README = Path(__file__).parents[2] / "policy" / "README.md"


def test_the_readme_holds_the_catalogue_of_this_pack() -> None:
    text = README.read_text()
    assert with_catalogue(text) == text, "run: python -m guardrails.pack.readme policy/README.md"


def test_a_readme_without_a_place_for_the_catalogue_is_refused() -> None:
    with pytest.raises(ValueError, match="no place for the catalogue"):
        with_catalogue("# Nothing\n")


def test_every_policy_says_how_bad_it_is_and_how_to_mend_it() -> None:
    for entry in (*CATALOGUE, *GATES):
        assert entry.url.startswith("https://"), entry.name
        assert entry.remedy.endswith("."), entry.name
        assert entry.description.endswith("."), entry.name


def test_every_option_has_a_default_and_a_meaning() -> None:
    for options in OPTIONS.values():
        for name, schema in options.items():
            assert "default" in schema, name
            assert schema["description"], name


def test_the_engine_gets_severity_framework_and_schema() -> None:
    servicer = policy._PolicyAnalyzerServicer(
        "closed-network", "0.1.0", policies(), EnforcementLevel.ADVISORY
    )
    info = servicer.GetAnalyzerInfo(None, None)
    rule = next(each for each in info.policies if each.name == CATALOGUE[0].name)
    assert rule.severity == analyzer_pb2.POLICY_SEVERITY_CRITICAL
    assert rule.framework.reference == "SC-7(5)"
    assert set(rule.configSchema.properties.fields) == set(OPTIONS[rule.name])
    assert rule.displayName == "Private subnets have no route to the internet"
    assert len(info.policies) == 13
