"""What a Pulumi engine is to this project, and what can be wrong with one."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

EXECUTOR = "pulumi-language-python-exec"
POLICY_PROXY = "policy-proxy"


class EngineError(Exception):
    """No engine could be provided; the message says why and what to do."""


@dataclass(frozen=True)
class Engine:
    """A Pulumi command line that is ready to use.

    `version` is like "3.259.0". `tools` is the folder of what the sandbox's language host runs:
    Pulumi's EXECUTOR of programs and its POLICY_PROXY. Only an engine that was built here
    has it, an official one brings its own language host.
    """

    pulumi: Path
    version: str
    origin: Literal["official", "built"]
    tools: Path | None
