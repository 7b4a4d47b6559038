"""The cluster's engine with the inputs that belong to it, checked against each other; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import cluster_engine as engines
from .expresscluster_args import ExpressclusterArgs, PackagesArgs
from .pacemaker_args import PacemakerArgs, check_pacemaker, has_fencing


@dataclass(frozen=True)
class EngineArgs:
    """What the nodes boot into: the engine by its name, and the inputs of each engine.

    The inputs of EXPRESSCLUSTER hold the operating system whatever the engine is.
    """

    name: str
    expresscluster: ExpressclusterArgs
    pacemaker: PacemakerArgs = field(default_factory=PacemakerArgs)

    @property
    def system(self) -> str:
        """Operating system of the nodes."""
        return self.expresscluster["system"]

    @property
    def packages(self) -> PackagesArgs | None:
        """Where EXPRESSCLUSTER lies; None where no node installs it."""
        return self.expresscluster.get("packages")

    @property
    def is_pacemaker(self) -> bool:
        """Whether the nodes boot into a cluster under Pacemaker."""
        return self.name == engines.PACEMAKER

    @property
    def fences(self) -> bool:
        """Whether Pacemaker stops the instance of a node that was lost."""
        return self.is_pacemaker and has_fencing(self.pacemaker)


def engine_of(args: Mapping[str, Any]) -> EngineArgs:
    """Return the engine from the inputs of a cluster. Raises ValueError where they do not fit."""
    name: str = args.get("engine", engines.EXPRESSCLUSTER)
    given: PacemakerArgs | None = args.get("pacemaker")
    found = EngineArgs(name, args["expresscluster"], given or {})
    if name not in engines.ENGINES:
        raise ValueError(f"engine: {name!r} is not known; take {' or '.join(engines.ENGINES)}")
    if found.is_pacemaker and found.system != "linux":
        raise ValueError("engine: Pacemaker runs on Linux alone; take expresscluster or none")
    if given is not None and not found.is_pacemaker:
        raise ValueError(f"pacemaker: the engine is {name}; leave it out, or set engine: pacemaker")
    foreign = [key for key, value in found.expresscluster.items() if value and key != "system"]
    if foreign and name != engines.EXPRESSCLUSTER:
        raise ValueError(f"expresscluster.{foreign[0]}: the engine is {name}; leave it out")
    check_pacemaker(found.pacemaker)
    return found
