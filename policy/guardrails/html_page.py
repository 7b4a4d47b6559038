"""A web page of one file: no script, and nothing in it is loaded from elsewhere."""

from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

_STYLE: Final = """
:root { color-scheme: light dark; --line: #8886; --bad: #c62828; --open: #b26a00; --good: #2e7d32; }
@media (prefers-color-scheme: dark) {
  :root { --bad: #ff8a80; --open: #ffb74d; --good: #81c784; }
}
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { border-left: .4rem solid var(--line); padding-left: .8rem; font-size: 1.5rem; }
h2 { margin-top: 2.5rem; font-size: 1.2rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .8rem .3rem 0; text-align: left; }
td { overflow-wrap: anywhere; vertical-align: top; }
"""
_HEAD: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
"""


def html_page(title: str, heading_class: str, blocks: Iterable[str], style: str) -> str:
    """Return the page; `title` and `blocks` are HTML, `style` is CSS beside the common one."""
    return "\n".join(
        [
            f"{_HEAD}<title>{title}</title>\n<style>{_STYLE}{style}</style>\n</head>\n<body>\n<main>",
            f'<h1 class="{heading_class}">{title}</h1>',
            *blocks,
            "</main>\n</body>\n</html>\n",
        ]
    )


def html_text(text: str, *, keep: str = "") -> str:
    """Return any text as text of a page; what cannot be seen is shown as such, but for `keep`.

    A character that turns the direction of text round could make a path read as another one.
    """
    seen = (
        each if each.isprintable() or each in keep else "\N{REPLACEMENT CHARACTER}" for each in text
    )
    return escape("".join(seen))


def html_table(title: str, head: Iterable[str], rows: Iterable[str]) -> Iterator[str]:
    """Yield a table under a title; `rows` are HTML. Nothing where there is no row."""
    every = list(rows)
    if every:
        cells = "".join(f"<th>{html_text(each)}</th>" for each in head)
        yield f"<h2>{html_text(title)}</h2>\n<table>\n<thead><tr>{cells}</tr></thead>\n<tbody>"
        yield from every
        yield "</tbody>\n</table>"
