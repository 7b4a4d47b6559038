"""The syntax tree of a PowerShell script, and questions to it."""

import re
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


def commands(tree: Node, name: str) -> list[Node]:
    return [each for each in every(tree, "command") if name_of(each) == name]


def tool_commands(tree: Node, *words: str) -> list[Node]:
    found = commands(tree, "Invoke-Tool")
    return [each for each in found if words_of(each)[: len(words)] == list(words)]


def pushes(tree: Node) -> list[Node]:
    return tool_commands(tree, "clpcfctrl", "'--push'")


def assigned(tree: Node, name: str) -> Node:
    """The one assignment to a variable in this function."""
    (found,) = [
        each for each in every(tree, "assignment_expression") if text(each.children[0]) == name
    ]
    return found


def filled(string: str, values: dict[str, str]) -> str:
    """Return what PowerShell makes of a string in double quotes."""
    return re.sub(r"\$\{?(\w+)\}?", lambda name: values[name[1]], string)


def function_of(node: Node) -> str:
    found = ancestors(node, "function_statement")
    return text(found[0].children[1]) if found else ""


def conditions(node: Node) -> list[str]:
    """What must be true where a command stands, the innermost condition first."""
    return [text(each.children[2]) for each in ancestors(node, "if_statement")]
