"""A preview with its outcome: what every format of the report tells of it."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from guardrails.report.events import Change, Preview
from guardrails.report.outcome import Outcome, failures
from guardrails.report.verdicts import undecided, violations

# In the order in which a reviewer wants to see them; the first ones take something away.
_OPERATIONS: Final = ("replace", "delete", "discard", "update", "import", "create")
TAKES_AWAY: Final = frozenset({"replace", "delete", "discard"})
_HEADLINES: Final = {
    Outcome.FINE: "no policy is violated",
    Outcome.FAILED: "the preview failed",
    Outcome.VIOLATED: "a policy is violated",
    Outcome.DIFFERS: "the stack differs from its program",
}


def slug(name: str) -> str:
    """Return the name of a stack by which later runs know a report, in harmless characters."""
    return re.sub(r"[^A-Za-z0-9._/]+", "-", name)


@dataclass(frozen=True, slots=True)
class JudgedPreview:
    """A preview of the stack `name`, and its outcome.

    `location` is the file to which a finding is attached where a format needs one, as a path from
    the root of the repository: the event log does not tell which line made a resource.
    """

    preview: Preview
    outcome: Outcome
    name: str
    location: str = "Pulumi.yaml"

    @property
    def headline(self) -> str:
        """The outcome in words."""
        return _HEADLINES[self.outcome]

    @property
    def counts(self) -> str:
        """How many findings, changes and unchanged resources there are; empty for none."""
        operations = Counter(change.operation for change in self.preview.changes)
        counts = [
            (len(violations(self.preview)), "violated"),
            (len(undecided(self.preview)), "unverified"),
            *((operations[each], f"to {each}") for each in _OPERATIONS),
            (self.preview.unchanged, "unchanged"),
        ]
        return ", ".join(f"{count} {what}" for count, what in counts if count)

    @property
    def changes(self) -> list[Change]:
        """The changes, those first that take something away."""
        return sorted(
            self.preview.changes,
            key=lambda each: (_OPERATIONS.index(each.operation), each.name, each.urn),
        )

    def reasons(self) -> Iterator[str]:
        """Yield why there is no verdict."""
        yield from failures(self.preview)
        if self.outcome is not Outcome.FAILED:
            return
        if not self.preview.finished:
            yield "The preview did not reach its end. The log of the run says why."
        elif self.preview.packs:
            yield "The command failed after the preview. The log of the run says why."
        elif failures(self.preview):
            yield "No policy pack judged the stack, because the preview failed before."
        else:
            yield "No policy pack judged the stack: add --policy-pack to the command."
