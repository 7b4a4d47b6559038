"""Names that a program leaves to the provider: the resource's own name and a random ending."""

import hashlib
import secrets
from dataclasses import dataclass
from enum import IntEnum

from sandbox.provider.check import Fault
from sandbox.provider.schema import Schema
from sandbox.provider.wire import Properties

DEFAULTS = "__defaults"
_RANDOM_DIGITS = 7


class Mode(IntEnum):
    """How binding the name is that the engine proposes (`pulumi:autonaming`)."""

    PROPOSE = 0
    ENFORCE = 1
    DISABLE = 2


@dataclass(frozen=True)
class Naming:
    """Where a name comes from: the resource's own, the engine's seed, the engine's proposal."""

    resource: str
    seed: bytes = b""
    proposal: str = ""
    mode: Mode = Mode.PROPOSE

    def fill(self, schema: Schema, inputs: Properties, former: Properties) -> list[Fault]:
        """Fill in the names that were not given, and note the fact as upstream does.

        A name that was made up once is kept; one that a program gave and gives no more is not.
        """
        made_up: list[str] = inputs.setdefault(DEFAULTS, [])
        for name, declared in schema.properties.items():
            if not declared.named or inputs.get(name) is not None:
                continue
            if any(inputs.get(rival) is not None for rival in declared.conflicts_with):
                continue
            if self.mode is Mode.DISABLE:
                return [Fault(name, f"{name} must be given: automatic naming is disabled")]
            kept = former.get(name) if name in former.get(DEFAULTS, ()) else None
            inputs[name] = kept or self._make(declared.max_length)
            made_up.append(name)
        return []

    def _make(self, longest: int) -> str:
        if self.proposal:
            return self.proposal
        if self.seed:
            digits = hashlib.sha256(self.seed).hexdigest()[:_RANDOM_DIGITS]
        else:
            digits = secrets.token_hex(_RANDOM_DIGITS)[:_RANDOM_DIGITS]
        return f"{self.resource[: longest - _RANDOM_DIGITS - 1]}-{digits}"
