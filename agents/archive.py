"""Makes one executable file of a module and everything of this project that it imports."""

import ast
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
_SOURCES: Final = (ROOT, ROOT / "policy")
"""Where this project's packages lie: `agents` and `ops`, and `guardrails`."""
_PACKAGES: Final = frozenset({"agents", "ops", "guardrails"})
_SHEBANG: Final = b"#!/usr/bin/python3\n"
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
"""The only time that all files of an archive have, so that equal sources make equal archives."""
_EXECUTABLE: Final = 0o755


def build(module: str, output: Path) -> None:
    """Write an archive that calls `run` of a module."""
    main = f"from {module} import run\n\nraise SystemExit(run())\n"
    content = io.BytesIO()
    content.write(_SHEBANG)
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(_entry("__main__.py"), main)
        for name, path in sorted(_files(module).items()):
            archive.writestr(_entry(name), path.read_bytes())
    output.parent.mkdir(parents=True, exist_ok=True)
    output.unlink(missing_ok=True)
    output.write_bytes(content.getvalue())
    output.chmod(_EXECUTABLE)


def modules(module: str) -> set[str]:
    """Return the names of a module and of all modules of this project that it needs."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        path = _path(name)
        if name in found or path is None:
            continue
        found.add(name)
        waiting += [name.rpartition(".")[0], *_imports(path)]
    return found


def _files(module: str) -> dict[str, Path]:
    """Return the files of all modules, by their names within the archive."""
    paths = {name: _path(name) for name in modules(module)}
    return {
        next(
            str(path.relative_to(each)) for each in reversed(_SOURCES) if each in path.parents
        ): path
        for path in paths.values()
        if path is not None
    }


def _path(module: str) -> Path | None:
    """Return the file of a module of this project, None for other names."""
    parts = module.split(".")
    if parts[0] not in _PACKAGES:
        return None
    for source in _SOURCES:
        for path in (
            source.joinpath(*parts, "__init__.py"),
            source.joinpath(*parts).with_suffix(".py"),
        ):
            if path.is_file():
                return path
    return None


def _imports(path: Path) -> Iterator[str]:
    """Yield what a file imports, also within functions; names that are no modules as well."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EARLIEST)
    entry.external_attr = 0o644 << 16
    return entry
