"""What a Pulumi engine is to this project, and what can be wrong with one."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


class EngineError(Exception):
    """No engine could be provided; the message says why and what to do."""


@dataclass(frozen=True)
class Engine:
    """A Pulumi command line that is ready to use.

    `version` is like "3.259.0". `language_executor` is Pulumi's script that runs a Python program;
    only an engine that was built here has it, an official one brings its own language host.
    """

    pulumi: Path
    version: str
    origin: Literal["official", "built"]
    language_executor: Path | None
