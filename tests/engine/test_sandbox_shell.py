"""The launcher's list of options against what the real command line declares."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sandbox.runtime import Sandbox
from sandbox.typed_command import IN_PLACE, ON_THE_PROJECT, OTHER_OPTIONS, PATH_OPTIONS

# Options whose description speaks of files or folders, though their value is no path on this disk.
NO_PATHS = {
    "config": "a key and its value",
    "cwd": "the launcher looks at it itself",
    "executor-root-path": "on Pulumi Cloud's machine",
    "folder": "within the repository",
    "git-repo-dir": "within the repository",
    "package": "a package, or a path that `pulumi do` documents for plugins",
    "path": "what `pulumi watch` watches, where the copy and its links would not do anyway",
    "path-filter": "within the repository",
}

_FILES = re.compile(r"\b(file|path|folder|directory)\b", re.IGNORECASE)


def options(node: dict[str, Any], command: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
    """Yield what is declared of each option, but for commands that work in place."""
    if command and command[0] in IN_PLACE and command[:2] not in ON_THE_PROJECT:
        return
    yield from (node.get("flags") or {}).values()
    for name, below in (node.get("commands") or {}).items():
        yield from options(below, (*command, name))


def test_every_option_that_takes_a_path_is_known_to_the_launcher(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    debug = {"PULUMI_DEBUG_COMMANDS": "true"}
    told = sandbox.pulumi("generate-cli-spec", cwd=tmp_path, env=debug)
    declared = list(options(json.loads(told.stdout)))
    texts = {option["name"]: option for option in declared if option["type"] == "string"}
    about_files = {
        option["name"]
        for option in declared
        if option["type"] == "string" and _FILES.search(option.get("description", ""))
    }
    assert about_files - set(PATH_OPTIONS) == set(NO_PATHS)
    assert set(PATH_OPTIONS) - set(texts) == set()
    without_value = {option["name"] for option in declared if option["type"] == "boolean"}
    assert without_value & {*PATH_OPTIONS, *OTHER_OPTIONS} == set()
