"""What a stack's exported state says of the virtual IP's routes: where an update leads them."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ops.cluster import Cluster
from ops.errors import OpsError, UsageError
from ops.pulumi_command import pulumi_command, run_pulumi

_ROUTE = "aws:ec2/route:Route"
_TARGET = "networkInterfaceId"


def declared_targets(exported: Mapping[str, Any], cluster: Cluster) -> dict[str, str]:
    """Return, by route table, the interface to which an update leads the virtual IP.

    A table is left out where the stack leaves the target to the cluster (`ignoreChanges`).
    """
    return {
        inputs["routeTableId"]: inputs[_TARGET]
        for inputs in map(_inputs, _routes(exported))
        if inputs.get("destinationCidrBlock") == cluster.destination
        and isinstance(inputs.get(_TARGET), str)
    }


def targets_of_file(name: str, cluster: Cluster) -> dict[str, str]:
    """Read a file that `pulumi stack export` wrote. Raises UsageError."""
    try:
        return declared_targets(json.loads(Path(name).read_text(encoding="utf-8")), cluster)
    except OSError as error:
        raise UsageError(f"--state {name}: {error.strerror}") from None
    except (ValueError, AttributeError, KeyError, TypeError):
        raise UsageError(
            f"--state {name} is not the state of a stack. Write it with `pulumi stack export`"
        ) from None


def targets_of_stack(stack: str | None, cluster: Cluster) -> dict[str, str] | OpsError:
    """Export the state of a stack and read it; the error that says why it cannot be read."""
    try:
        exported = run_pulumi(pulumi_command("stack", "export", stack=stack))
    except OpsError as error:
        return error
    return declared_targets(json.loads(exported), cluster)


def _routes(exported: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Return the stack's routes whose target an update would set."""
    resources: list[Mapping[str, Any]] = exported["deployment"].get("resources") or []
    for each in resources:
        is_route = each.get("type") == _ROUTE and not each.get("delete")
        if is_route and _TARGET not in (each.get("ignoreChanges") or []):
            yield each


def _inputs(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    return resource.get("inputs") or {}
