"""What is wrong with a configuration, as one message."""

import json
from dataclasses import dataclass
from typing import Any

import pulumi


@dataclass(frozen=True)
class Fault:
    """One thing wrong with the configuration: where, what stands there, what to write instead."""

    key: str
    value: Any
    remedy: str

    def __str__(self) -> str:
        shown = "not set" if self.value is None else json.dumps(self.value, default=str)
        return f"{self.key} is {shown}: {self.remedy}"


class SettingsError(pulumi.RunError):
    """The configuration cannot be built; `faults` are all the reasons."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n  - ".join(["The configuration has faults:", *map(str, faults)]))
