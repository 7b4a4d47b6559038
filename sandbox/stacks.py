"""The stacks in the sandbox's own backend, and the cloud that they were made against."""

import gzip
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from sandbox.errors import SandboxError


@dataclass(frozen=True)
class Stack:
    """A stack by its project and name, with the number of cloud resources in its checkpoint."""

    project: str
    name: str
    resources: int

    def __str__(self) -> str:
        return f"{self.project}/{self.name} ({self.resources} resources)"


def list_stacks(backend: Path) -> list[Stack]:
    """All stacks of a `file://` backend (its layout: .pulumi/stacks/PROJECT/STACK.json)."""
    return [
        Stack(path.parent.name, path.name.split(".json")[0], _resources(path))
        for path in _checkpoints(backend)
    ]


def stack_exists(backend: Path, project: str, name: str) -> bool:
    """Whether a backend has this stack, readable or not."""
    return any(
        path.parent.name == project and path.name.split(".json")[0] == name
        for path in _checkpoints(backend)
    )


def discard_stacks(backend: Path) -> tuple[list[str], list[Stack]]:
    """Remove each stack that has resources, or may have them; return these and what is left.

    A stack without resources lost nothing with its cloud: its settings and history are kept.
    """
    discarded: list[str] = []
    kept: list[Stack] = []
    for path in list(_checkpoints(backend)):
        project, name = path.parent.name, path.name.split(".json")[0]
        try:
            stack = Stack(project, name, _resources(path))
        except SandboxError:
            discarded.append(f"{project}/{name} (its checkpoint cannot be read)")
        else:
            if not stack.resources:
                kept.append(stack)
                continue
            discarded.append(str(stack))
        _remove(backend / ".pulumi", project, name)
    return discarded, kept


def _remove(store: Path, project: str, name: str) -> None:
    """Remove what the engine keeps of a stack: its checkpoints, history, backups and locks."""
    for path in list((store / "stacks" / project).glob("*.json*")):
        if path.name.split(".json")[0] == name:
            path.unlink()
    for folder in ("history", "backups", "locks/organization"):
        shutil.rmtree(store / folder / project / name, ignore_errors=True)


def names_of(stacks: list[Stack]) -> str:
    """Name stacks in one line."""
    return ", ".join(str(stack) for stack in stacks)


def recorded_cloud(backend: Path) -> str | None:
    """Return the id of the cloud in which the backend's stacks have their resources."""
    try:
        return _record(backend).read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def record_cloud(backend: Path, cloud_id: str) -> None:
    """Say that whatever this backend's stacks create from now on is created in this cloud."""
    backend.mkdir(parents=True, exist_ok=True)
    aside = _record(backend).with_suffix(".new")
    aside.write_text(cloud_id + "\n", encoding="utf-8")
    aside.replace(_record(backend))


def _record(backend: Path) -> Path:
    return backend / "cloud-id"


def _checkpoints(backend: Path) -> Iterator[Path]:
    for path in sorted((backend / ".pulumi" / "stacks").glob("*/*")):
        if path.name.endswith((".json", ".json.gz")):
            yield path


def _resources(path: Path) -> int:
    try:
        data = path.read_bytes()
        text = gzip.decompress(data) if path.suffix == ".gz" else data
        checkpoint = cast("dict[str, Any]", json.loads(text))["checkpoint"]
        latest = cast("dict[str, Any]", checkpoint.get("latest") or {})
    except (OSError, ValueError, KeyError, AttributeError) as fault:
        raise SandboxError(
            f"the checkpoint {path} cannot be read ({fault!r}). "
            "Remedy: python -m sandbox start --fresh discards the sandbox's stacks"
        ) from fault
    kept = cast("list[dict[str, Any]]", latest.get("resources") or [])
    pending = cast("list[dict[str, Any]]", latest.get("pending_operations") or [])
    resources = kept + [cast("dict[str, Any]", operation["resource"]) for operation in pending]
    return sum(1 for resource in resources if _in_the_cloud(resource))


def _in_the_cloud(resource: dict[str, Any]) -> bool:
    return bool(resource.get("custom")) and not str(resource.get("type")).startswith("pulumi:")
