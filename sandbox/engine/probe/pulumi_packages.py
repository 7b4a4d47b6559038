"""Print, as JSON, the Pulumi packages that the Python running this script has installed.

One object per distribution that carries a pulumi-plugin.json or is named pulumi-*: its `name`,
`version` and `plugin`, the content of that file or null.
"""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from importlib.metadata import distributions
from pathlib import Path


def plugin_file(module: str) -> Path | None:
    """Find the pulumi-plugin.json in a top-level package, without importing the package."""
    try:
        spec = importlib.util.find_spec(module)
    except (ImportError, ValueError):
        return None
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (file := Path(folder) / "pulumi-plugin.json").is_file():
            return file
    return None


def main() -> None:
    """Write one JSON list to standard output."""
    found: dict[str, dict[str, object]] = {}
    for distribution in distributions():
        name = re.sub(r"[-_.]+", "-", distribution.metadata["Name"] or "").lower()
        if not name or name in found:
            continue
        file = plugin_file(name.replace("-", "_"))
        if file or name.startswith("pulumi-"):
            plugin = json.loads(file.read_text("utf-8")) if file else None
            found[name] = {"name": name, "version": distribution.version, "plugin": plugin}
    json.dump(list(found.values()), sys.stdout)


main()
