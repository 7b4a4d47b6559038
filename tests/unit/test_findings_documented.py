"""docs/runbook.md has a section for what `verify` finds around a cluster and on its nodes."""

import re

from ops.verify import answer_checks, endpoint_checks, surrounding_checks, unmanaged_checks
from tests.support.cluster import ROOT

SECTIONS = set(re.findall(r"^### (\S+)$", (ROOT / "docs" / "runbook.md").read_text(), re.MULTILINE))


def test_every_id_has_a_section() -> None:
    modules = (endpoint_checks, surrounding_checks, unmanaged_checks, answer_checks)
    ids = {check.id for module in modules for check in module.CHECKS}
    assert ids - SECTIONS == set()
