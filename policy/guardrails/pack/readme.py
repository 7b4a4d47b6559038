"""Writes the catalogue into the pack's README: `python -m guardrails.pack.readme FILE`."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from guardrails.options.table import OPTIONS
from guardrails.pack.catalogue import CATALOGUE, GATES, Entry

_BEGIN: Final = "<!-- catalogue: written by guardrails.pack.readme -->\n"
_END: Final = "<!-- end of catalogue -->\n"


def catalogue() -> str:
    """Return the catalogue as Markdown."""
    lines = ["| policy | level | severity | promise |", "|---|---|---|---|"]
    lines.extend(
        f"| `{entry.name}` | {entry.level.value} | {entry.severity.value} | {entry.description} |"
        for entry in (*CATALOGUE, *GATES)
    )
    for entry in CATALOGUE:
        lines.extend(_section(entry))
    return "\n".join(lines) + "\n"


def _section(entry: Entry) -> Iterator[str]:
    yield ""
    yield f"### {entry.name}"
    yield ""
    yield f"{entry.remedy} [More]({entry.url})."
    if entry.framework is not None:
        framework = entry.framework
        yield ""
        yield (
            f"{framework.name}, {framework.version}: {framework.reference}."
            f" {framework.specification}"
        )
    options = OPTIONS.get(entry.name, {})
    if not options:
        return
    yield ""
    yield "| option | default | meaning |"
    yield "|---|---|---|"
    for name, schema in options.items():
        default = json.dumps(schema["default"]).replace("|", "\\|")
        yield f"| `{name}` | `{default}` | {schema['description']} |"


def with_catalogue(readme: str) -> str:
    """Return the README's text with the catalogue in its place.

    ValueError: the text has no place for it.
    """
    before, begin, rest = readme.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"no place for the catalogue: write {_BEGIN!r} and {_END!r} into the file")
    return before + begin + catalogue() + end + after


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(with_catalogue(file.read_text()))
