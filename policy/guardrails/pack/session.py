"""One analyzer process's view of one stack: what the engine has shown, judged once for all."""

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum, auto
from traceback import extract_tb
from typing import Any

from pulumi.runtime.proto import analyzer_pb2

from guardrails.findings import Finding
from guardrails.ids import ids_within
from guardrails.options.settings import Settings, read_settings
from guardrails.options.table import GUESSING, RULES
from guardrails.pack.engine_messages import registered_resource
from guardrails.pack.gates.gate import Gate
from guardrails.pack.gates.guesses import Guesses
from guardrails.pack.redaction import redact
from guardrails.pack.stack_judgement import StackJudgement
from guardrails.pulumi_reader.providers import Provider
from guardrails.pulumi_reader.types.service_types import SERVICE_KINDS


class Phase(Enum):
    """What the engine is doing: only during an update can a resource still be blocked."""

    PREVIEW = auto()
    UPDATE = auto()
    STATE = auto()
    """`pulumi policy analyze`, which tells a pack nothing about the stack."""


class Session:
    """Collects what the engine sends and judges the stack once, whichever policy asks first."""

    def __init__(self, known: Sequence[str] = ()) -> None:
        self.known = tuple(known)
        self.unsupported = ""
        """Why the policy SDK cannot hand over the stack, "" if it can."""
        self.settings = Settings()
        self.levels: Mapping[str, int] = {}
        self.phase = Phase.STATE
        self.inputs: dict[str, Any] = {}
        self._gates = _gates()
        self._providers = dict[str, Provider]()
        self._at_hand: dict[str, Any] = {}
        self.faults: list[str] = []
        self.secrets: set[str] = set()
        self._verdicts: StackJudgement | None = None

    def configure(self, given: Mapping[str, Mapping[str, Any]], levels: Mapping[str, int]) -> None:
        """Take the configuration of all policies, and their enforcement levels."""
        self.settings = read_settings(given, self.known, SERVICE_KINDS)
        self.levels = levels
        self._verdicts = None

    def start(self, phase: Phase, stack_configuration: Iterable[str]) -> None:
        """Take what the engine is about to do, and the values of the stack's configuration."""
        self.phase = phase
        self._gates = _gates(ids_within(stack_configuration))

    @property
    def verdicts(self) -> StackJudgement:
        """The judgement of the stack that the engine has sent."""
        if self._verdicts is None:
            raise LookupError("the policy SDK did not hand over the stack")
        return self._verdicts

    def fault(self, policy: str, error: Exception) -> str:
        """Note that a policy failed, and return what is said about it: never a value."""
        step = extract_tb(error.__traceback__)[-1]
        place = f"{step.filename.rpartition('/')[2]}:{step.lineno}"
        text = f"{policy} failed with {type(error).__name__} at {place}"
        if text not in self.faults:
            self.faults.append(text)
        return text

    def see(self, request: Any) -> None:
        """Remember the inputs of one resource, as the engine registers it."""
        self.inputs[request.urn] = request.properties
        if self.phase is Phase.UPDATE:
            self._at_hand[request.urn] = request

    def completed_by(self, urn: str, rule: str) -> list[Finding]:
        """Return the violations of `rule` that the resource which is being registered completes."""
        request = self._at_hand.get(urn)
        if request is None:
            return []
        resource = registered_resource(request, self._providers, self.secrets)
        found = self._gates[rule].completed_by(resource, self.settings)
        return [finding for finding in found if finding.rule == rule]

    def printable(self, text: str) -> str:
        """Return the text with every secret value that was read blotted out.

        The engine registers resources at the same time: while one message is written, the secrets
        of another resource are read. So this takes a copy, which Python makes in one piece.
        """
        return redact(text, frozenset(self.secrets))

    def begin(self, request: Any) -> None:
        """Take the whole stack; nothing is read before a policy asks."""
        self._verdicts = StackJudgement(
            request.resources,
            self.inputs,
            self.settings,
            self.secrets,
            preview=self.phase is Phase.PREVIEW,
            disabled=frozenset(
                name for name, level in self.levels.items() if level == analyzer_pb2.DISABLED
            ),
        )


def _gates(foreign: frozenset[str] = frozenset()) -> dict[str, Gate]:
    """Return the gate of each rule: one for all that need not guess, as they see the same."""
    certain = Gate([rule for rule in RULES if rule not in GUESSING])
    return {
        rule: Gate((rule,), Guesses(foreign)) if rule in GUESSING else certain for rule in RULES
    }
