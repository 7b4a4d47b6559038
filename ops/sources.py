"""Where the description of a cluster comes from: Pulumi, a file, or the tags of its nodes."""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ops.aws import Aws
from ops.cluster import Cluster, read_cluster
from ops.errors import OpsError, UsageError
from ops.options import place_of
from ops.pulumi_command import pulumi_command, run_pulumi
from ops.stack_state import targets_of_file, targets_of_stack
from ops.tagged_cluster import find_tagged_cluster


def find_cluster(arguments: argparse.Namespace) -> Cluster:
    """Return the cluster that `arguments` mean, as `ops.options.of_cluster` declares them.

    Without any of the options: the selected stack in a Pulumi project, else the only cluster in
    the region. Raises UsageError where there is none, or more than one.
    """
    if arguments.cluster or not (arguments.outputs or arguments.stack or _in_project()):
        return find_tagged_cluster(Aws(place_of(arguments)), arguments.cluster)
    return read_cluster(*read_outputs(arguments))


def read_outputs(arguments: argparse.Namespace) -> tuple[Mapping[str, Any], str]:
    """Return the outputs of the stack that `arguments` mean, and where they come from.

    Raises UsageError, also for a cluster that is to be found by its tags.
    """
    if arguments.outputs:
        return _from_file(arguments.outputs)
    if arguments.cluster:
        raise UsageError(
            f"--cluster {arguments.cluster}: give --stack or --outputs: tags do not do"
        )
    return _from_pulumi(arguments.stack)


def find_declared_targets(
    arguments: argparse.Namespace, cluster: Cluster
) -> Mapping[str, str] | OpsError | None:
    """Return what the stack's state says of the virtual IP's routes (`ops.stack_state`).

    It is read from `--state`, or from Pulumi where the cluster comes from there; else None.
    """
    if arguments.state:
        return targets_of_file(arguments.state, cluster)
    if arguments.outputs or arguments.cluster or not (arguments.stack or _in_project()):
        return None
    return targets_of_stack(arguments.stack, cluster)


def _from_file(name: str) -> tuple[Mapping[str, Any], str]:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
        return _mapping(json.loads(text)), f"--outputs {name}"
    except OSError as error:
        raise UsageError(f"--outputs {name}: {error.strerror}") from None
    except ValueError as error:
        raise UsageError(
            f"--outputs {name} is not valid JSON: {error}. "
            "Write it with `pulumi stack output --json`"
        ) from None


def _from_pulumi(stack: str | None) -> tuple[Mapping[str, Any], str]:
    command = pulumi_command("stack", "output", "--json", stack=stack)
    return _mapping(json.loads(run_pulumi(command))), f"`{' '.join(command)}`"


def _mapping(read: Any) -> Mapping[str, Any]:
    if not isinstance(read, dict):
        raise ValueError("it holds no object")  # noqa: TRY004  # as json.loads reports it
    return read  # pyright: ignore[reportUnknownVariableType]


def _in_project() -> bool:
    """Tell whether `pulumi` would find a project from here: it looks in all folders above."""
    here = Path.cwd()
    return any((folder / "Pulumi.yaml").is_file() for folder in (here, *here.parents))
