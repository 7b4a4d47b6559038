"""What a preview says, as the comment of a pull request and an exit code.

Standard library only. `policy/report --help` says how to run it.
"""

from guardrails.report.comment import write_comment
from guardrails.report.events import Change, Finding, Preview, read_events
from guardrails.report.outcome import Outcome, decide

__all__ = [
    "Change",
    "Finding",
    "Outcome",
    "Preview",
    "decide",
    "read_events",
    "write_comment",
]
