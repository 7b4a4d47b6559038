"""What `pulumi` means where it is typed: the first `pulumi` on PATH in the sandbox's shell.

In this checkout it works on the copy of the program, so that no tracked file changes. To whoever
types it the copy must not show: paths are those of the folder where they are typed. In any other
project, and for commands that concern no stack, the engine gets the words as they are.
"""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.project import refresh_project

CHECKOUT = Path(__file__).resolve().parents[1]
_PROJECT_FILES = ("Pulumi.json", "Pulumi.yaml", "Pulumi.yml")
PATH_OPTIONS = (
    "config-file",
    "event-log",
    "file",
    "generate-resources",
    "git-auth-ssh-private-key-path",
    "import-file",
    "otel-traces",
    "out",
    "plan",
    "policy-pack",
    "policy-pack-config",
    "profiling",
    "save-plan",
    "tracing",
)
_ADDRESSES = ("otel-traces", "tracing")
_FILE_SCHEMES = ("file://", "file:")
_LISTS = ("policy-pack", "policy-pack-config")
# Options whose value is not a path, where the value could be taken for a word of the command.
OTHER_OPTIONS = (
    "color",
    "cwd",
    "dependency-edge-color",
    "dot-fragment",
    "memprofilerate",
    "parent-edge-color",
    "stack",
    "tracing-header",
    "verbose",
)
_LETTERS = {"C": "cwd", "s": "stack", "v": "verbose"}
_LETTERS_OF_IMPORT = {"f": "file", "o": "out"}
# These make or read files where they are typed, or ask a service; none writes a stack's settings.
IN_PLACE = (
    *("api", "convert", "convert-trace", "env", "events", "gen-completion", "gen-markdown"),
    *("generate-cli-spec", "help", "insights", "install", "login", "logout", "new", "org"),
    *("package", "plugin", "policy", "project", "replay-events", "schema", "template"),
    *("version", "view-trace", "whoami"),
)
ON_THE_PROJECT = (("package", "add"), ("package", "remove"), ("policy", "analyze"))
_TAKE_PATHS = ("package", "up", "update")


@dataclass(frozen=True)
class _Word:
    """An option with a value, or (`option` is "") any other word."""

    option: str
    value: str

    def __str__(self) -> str:
        return f"--{self.option}={self.value}" if self.option else self.value


def main() -> None:
    """Become the engine, or say why that is not possible."""
    engine, copy, *words = sys.argv[1:]
    try:
        meant = engine_words(words, Path.cwd(), CHECKOUT, Path(copy))
        if meant != words:
            refresh_copy(Path(copy))
        os.execv(engine, [engine, *meant])  # noqa: S606 - the user typed this very command
    except (SandboxError, OSError) as fault:
        sys.exit(f"error: {fault}")


def engine_words(words: list[str], folder: Path, checkout: Path, copy: Path) -> list[str]:
    """Return what the engine must be told so that it does what `words` mean in `folder`."""
    command = _command(_parsed(words, _LETTERS))
    letters = _LETTERS | (_LETTERS_OF_IMPORT if command[:1] == ["import"] else {})
    parsed = list(_parsed(words, letters))
    chosen = [word.value for word in parsed if word.option == "cwd"]
    place = folder / chosen[-1] if chosen else folder
    if _nearest_project(place) != checkout or _works_in_place(command):
        return words
    told = [word for word in parsed if word.option != "cwd"]
    return ["--cwd", str(copy), *(str(_absolute(word, command, place)) for word in told)]


def _parsed(words: Sequence[str], letters: Mapping[str, str]) -> Iterator[_Word]:
    """Read words as the command line does, but for options that concern nothing here."""
    rest = iter(words)
    for word in rest:
        if word == "--":
            yield from (_Word("", other) for other in [word, *rest])
            return
        name, given, value = word[2:].partition("=")
        if word[:1] == "-" and word[1:2] in letters:
            name, given, value = letters[word[1]], word[2:], word[2:].removeprefix("=")
        elif not word.startswith("--") or name not in PATH_OPTIONS + OTHER_OPTIONS:
            yield _Word("", word)
            continue
        if not given and (value := next(rest, None)) is None:
            yield _Word("", word)  # its value is missing, and the engine says so
        else:
            yield _Word(name, value)


def _command(words: Iterator[_Word]) -> list[str]:
    return [word.value for word in words if not word.option and word.value[:1] != "-"][:2]


def _works_in_place(command: list[str]) -> bool:
    return command[:1] != [] and command[0] in IN_PLACE and tuple(command) not in ON_THE_PROJECT


def _absolute(word: _Word, command: list[str], folder: Path) -> _Word:
    """Return the word with the paths in it made absolute."""
    paths = [word.value]
    before = ""
    if word.option in _ADDRESSES:
        before = next((start for start in _FILE_SCHEMES if word.value.startswith(start)), "")
        paths = [word.value.removeprefix(before)] if before else []
    elif word.option in _LISTS:
        paths = word.value.split(",")
    elif word.option not in PATH_OPTIONS and not _is_path(word, command):
        paths = []
    absolute = ",".join(path and str(folder / path) for path in paths)
    return _Word(word.option, before + absolute) if paths else word


def _is_path(word: _Word, command: list[str]) -> bool:
    """Whether a word that is not an option's value names a file or folder."""
    if word.option or word.value[:1] == "-":
        return False
    if command == ["stack", "graph"]:
        return word.value not in command
    return command[:1] != [] and command[0] in _TAKE_PATHS and word.value.startswith(("./", "../"))


def _nearest_project(folder: Path) -> Path | None:
    """Find the project as the engine does: upwards from a folder."""
    folder = folder.resolve()
    for candidate in (folder, *folder.parents):
        if any((candidate / name).is_file() for name in _PROJECT_FILES):
            return candidate
    return None


def refresh_copy(copy: Path) -> None:
    """Bring the program's copy up to date, and say what of it was copied again."""
    first = not copy.exists()
    renewed = refresh_project(CHECKOUT, copy)
    if renewed and not first:
        names = ", ".join(renewed)
        sys.stderr.write(f"copied again, since the checkout's changed: {names}\n")
