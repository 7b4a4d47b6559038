"""What a preview says: a comment for a pull request, a web page or SARIF, and an exit code.

Standard library only. `python -m guardrails report --help` says how to run it.
"""

from guardrails.report.comment import write_comment
from guardrails.report.events import Change, Finding, Preview, read_events
from guardrails.report.judged_preview import JudgedPreview
from guardrails.report.outcome import Outcome, decide
from guardrails.report.sarif import write_sarif
from guardrails.report.web_page import write_web_page

__all__ = [
    "Change",
    "Finding",
    "JudgedPreview",
    "Outcome",
    "Preview",
    "decide",
    "read_events",
    "write_comment",
    "write_sarif",
    "write_web_page",
]
