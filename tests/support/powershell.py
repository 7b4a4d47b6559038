"""The syntax tree of a PowerShell script, and questions to it."""

from collections.abc import Iterator

import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

_PARSER = Parser(Language(tree_sitter_powershell.language()))


def parse(script: str) -> Node:
    return _PARSER.parse(script.encode()).root_node


def text(node: Node) -> str:
    assert node.text is not None
    return node.text.decode()


def walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from walk(child)


def every(node: Node, *kinds: str) -> list[Node]:
    return [each for each in walk(node) if each.type in kinds]


def faults(script: str) -> list[str]:
    """What the grammar does not take: where it stumbled or missed something."""
    return [
        f"{each.type} at {each.start_point.row + 1}: {text(each)[:60]}"
        for each in walk(parse(script))
        if each.is_error or each.is_missing
    ]


def ancestors(node: Node, kind: str) -> list[Node]:
    found, parent = [], node.parent
    while parent is not None:
        if parent.type == kind:
            found.append(parent)
        parent = parent.parent
    return found


def functions(node: Node) -> dict[str, Node]:
    return {
        text(each.children[1]): each
        for each in every(node, "function_statement")
        if each.children[1].type == "function_name"
    }


def name_of(command: Node) -> str:
    """Return what a command calls, without the call operator."""
    return text(
        next(
            each for each in command.children if each.type in ("command_name", "command_name_expr")
        )
    )


def words_of(command: Node) -> list[str]:
    """Return a command's arguments as they stand, lists taken apart."""
    elements = next((each for each in command.children if each.type == "command_elements"), None)
    if elements is None:
        return []
    found: list[str] = []
    for each in elements.children:
        if each.type == "array_literal_expression":
            found += [text(item) for item in each.children if item.is_named]
        elif each.type not in ("command_argument_sep", ","):
            found.append(text(each))
    return found


def variable(node: Node) -> str:
    """Return a variable's name in lower case, as PowerShell compares it, without its braces."""
    return text(node).lstrip("$@").strip("{}").lower()
