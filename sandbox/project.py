"""The working copy of the program, so that nothing is left behind in the checkout.

`pulumi stack init` writes a salt into the stack's file. So the sandbox's `pulumi` works in a folder
where the project's and the stacks' files are copies and everything else is a link to the checkout.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import yaml
from filelock import FileLock

from sandbox.errors import SandboxError

PROGRAM = "ha-cluster"
_RECORD = ".copies.json"
# What the engine adds to a stack's file for the stack's secrets; a refreshed copy keeps it.
_KEPT_KEYS = ("encryptionsalt", "secretsprovider", "encryptedkey")


def refresh_project(checkout: Path, copy: Path) -> list[str]:
    """Bring the working copy up to date and name the files that were copied again.

    A file is copied when the checkout's differs from the one copied last, so what `pulumi config
    set` wrote into the copy stays until then; the engine's salt stays always.
    """
    copy.mkdir(parents=True, exist_ok=True)
    with FileLock(copy.with_name(f"{copy.name}.lock")):  # two commands may be typed at once
        return _renew(checkout, copy)


def _renew(checkout: Path, copy: Path) -> list[str]:
    known = _read_record(copy)
    originals = {path.name: path for path in checkout.glob("Pulumi*.yaml") if path.is_file()}
    renewed: list[str] = []
    digests: dict[str, str] = {}
    for name, original in sorted(originals.items()):
        content = original.read_bytes()
        digests[name] = hashlib.sha256(content).hexdigest()
        if known.get(name) != digests[name] or not (copy / name).exists():
            settings = _engine_settings(copy / name, original)
            _replace(copy / name, content + settings)
            renewed.append(name)
    for name in known.keys() - digests.keys():
        (copy / name).unlink(missing_ok=True)
    _link_others(checkout, copy, {*originals, _RECORD})
    if digests != known:
        _replace(copy / _RECORD, json.dumps(digests, indent=2).encode())
    return renewed


def forget_stack_files(copy: Path, kept: set[str]) -> None:
    """Remove the stacks' files from the working copy, but those of the stacks named in `kept`."""
    for path in copy.glob("Pulumi.*.yaml"):
        if path.name.removeprefix("Pulumi.").removesuffix(".yaml") not in kept:
            path.unlink()


def _engine_settings(copied: Path, original: Path) -> bytes:
    """Return the engine's own top-level keys of the copy that the new original lacks."""
    new = _top_level(original)
    present = _top_level(copied) if copied.exists() else {}
    kept = {key: present[key] for key in _KEPT_KEYS if key in present and key not in new}
    if not kept:
        return b""
    return b"\n" * (not original.read_bytes().endswith(b"\n")) + yaml.safe_dump(kept).encode()


def _top_level(path: Path) -> dict[str, object]:
    try:
        with path.open("rb") as file:  # PyYAML takes the name of the file into its message
            loaded: object = yaml.safe_load(file)
    except yaml.YAMLError as fault:
        raise SandboxError(f"{path} is not YAML: {fault}. Remedy: correct it") from fault
    return cast("dict[str, object]", loaded) if isinstance(loaded, dict) else {}


def _link_others(checkout: Path, copy: Path, copied: set[str]) -> None:
    wanted = {path.name: path for path in _linkable(checkout) if path.name not in copied}
    for name, target in wanted.items():
        link = copy / name
        if link.is_symlink() and link.readlink() == target:
            continue
        if link.is_symlink():
            link.unlink()
        elif link.exists():
            raise SandboxError(f"{link} is in the way of a link to {target}. Remedy: delete it")
        link.symlink_to(target)
    for link in copy.iterdir():
        if link.is_symlink() and link.name not in wanted:
            link.unlink()


def _linkable(checkout: Path) -> Iterator[Path]:
    for path in checkout.iterdir():
        if not path.name.startswith(".") and path.name != "__pycache__":
            yield path


def _read_record(copy: Path) -> dict[str, str]:
    try:
        return cast("dict[str, str]", json.loads((copy / _RECORD).read_text()))
    except (FileNotFoundError, ValueError):
        return {}


def _replace(path: Path, content: bytes) -> None:
    aside = path.with_name(f"{path.name}.new")
    aside.write_bytes(content)
    aside.replace(path)
