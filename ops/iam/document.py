"""A policy document as data: statements whose elements are lists, whatever way they are written.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, cast

_DOCUMENT: Final = {"Version", "Id", "Statement"}
_STATEMENT: Final = {
    "Sid",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Principal",
    "NotPrincipal",
    "Condition",
}
_WITH_VARIABLES: Final = "2012-10-17"
_VERSIONS: Final = ("2008-10-17", _WITH_VARIABLES)
"""The first counts where none is written."""


class Effect(StrEnum):
    """What a statement does with the requests that it matches."""

    ALLOW = "Allow"
    DENY = "Deny"


@dataclass(frozen=True)
class Principal:
    """Who asks: `kind` is `AWS`, `Service`, `Federated` or `CanonicalUser`; `*` is of `AWS`."""

    kind: str
    value: str


@dataclass(frozen=True)
class Condition:
    """One key under one operator, as they are written; values are texts, booleans in lower case."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement. An element that is not written is None, one with an empty list is empty."""

    effect: Effect
    actions: tuple[str, ...] | None = None
    not_actions: tuple[str, ...] | None = None
    resources: tuple[str, ...] | None = None
    not_resources: tuple[str, ...] | None = None
    principals: tuple[Principal, ...] | None = None
    not_principals: tuple[Principal, ...] | None = None
    conditions: tuple[Condition, ...] = ()
    sid: str = ""


@dataclass(frozen=True)
class Document:
    """A policy. `name` is what messages call it; `has_variables` says what `${...}` means."""

    statements: tuple[Statement, ...]
    has_variables: bool = True
    name: str = ""


def read_document(text_or_mapping: str | Mapping[str, Any], name: str = "") -> Document:
    """Read a policy document. Raises ValueError that says what is wrong with it, and where."""
    written = text_or_mapping
    if isinstance(written, str):
        try:
            written = cast("Mapping[str, Any]", json.loads(written))
        except json.JSONDecodeError as error:
            raise ValueError(f"the document is not JSON: {error}") from None
    _require_mapping(written, "the document")
    _require_known(written, _DOCUMENT, "the document")
    version = written.get("Version", _VERSIONS[0])
    if version not in _VERSIONS:
        raise ValueError(f"Version: {version!r} is not one of {', '.join(_VERSIONS)}")
    if "Statement" not in written:
        raise ValueError("the document has no Statement")
    return Document(
        tuple(
            _statement(each, f"Statement[{number}]")
            for number, each in enumerate(_listed(written["Statement"]))
        ),
        has_variables=version == _WITH_VARIABLES,
        name=name,
    )


def _statement(written: Any, where: str) -> Statement:
    _require_mapping(written, where)
    _require_known(written, _STATEMENT, where)
    _require_one(written, ("Action", "NotAction"), where, required=True)
    _require_one(written, ("Resource", "NotResource"), where)
    _require_one(written, ("Principal", "NotPrincipal"), where)
    if written.get("Effect") not in tuple(Effect):
        raise ValueError(f"{where}.Effect: {written.get('Effect')!r} is not Allow or Deny")
    return Statement(
        effect=Effect(written["Effect"]),
        actions=_actions(written, "Action", where),
        not_actions=_actions(written, "NotAction", where),
        resources=_texts(written, "Resource", where),
        not_resources=_texts(written, "NotResource", where),
        principals=_principals(written, "Principal", where),
        not_principals=_principals(written, "NotPrincipal", where),
        conditions=tuple(_conditions(written.get("Condition", {}), f"{where}.Condition")),
        sid=str(written.get("Sid", "")),
    )


def _actions(written: Mapping[str, Any], element: str, where: str) -> tuple[str, ...] | None:
    actions = _texts(written, element, where)
    for action in actions or ():
        if ":" not in action and action.strip("*"):
            raise ValueError(
                f"{where}.{element}: {action!r} names no service, as in ec2:RunInstances"
            )
    return actions


def _texts(written: Mapping[str, Any], element: str, where: str) -> tuple[str, ...] | None:
    """Return an element that is a text or a list of texts; None where it is not written."""
    if element not in written:
        return None
    listed = _listed(written[element])
    for text in listed:
        if not isinstance(text, str):
            raise ValueError(f"{where}.{element}: {text!r} is not a text")  # noqa: TRY004 - as below
    return tuple(listed)


def _principals(
    written: Mapping[str, Any], element: str, where: str
) -> tuple[Principal, ...] | None:
    if element not in written:
        return None
    value = written[element]
    if value == "*":
        return (Principal("AWS", "*"),)
    _require_mapping(value, f"{where}.{element}")
    return tuple(
        Principal(kind, text)
        for kind in value
        for text in _texts(value, kind, f"{where}.{element}") or ()
    )


def _conditions(written: Any, where: str) -> Iterator[Condition]:
    _require_mapping(written, where)
    for operator, keys in written.items():
        _require_mapping(keys, f"{where}.{operator}")
        for key, value in keys.items():
            texts = tuple(_text(each, f"{where}.{operator}.{key}") for each in _listed(value))
            yield Condition(operator, key, texts)


def _listed(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else [value]


def _text(value: Any, where: str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise ValueError(f"{where}: {value!r} is not a text, a number or a boolean")


def _require_mapping(value: Any, where: str) -> None:
    if not isinstance(value, Mapping):
        raise ValueError(f"{where}: {value!r} is not an object")  # noqa: TRY004 - a wrong document


def _require_known(written: Mapping[str, Any], known: set[str], where: str) -> None:
    for element in written:
        if element not in known:
            raise ValueError(f"{where}: {element!r} is not an element of the policy language")


def _require_one(
    written: Mapping[str, Any], pair: tuple[str, str], where: str, *, required: bool = False
) -> None:
    both = [element for element in pair if element in written]
    if len(both) > 1:
        raise ValueError(f"{where}: it has both {pair[0]} and {pair[1]}")
    if required and not both:
        raise ValueError(f"{where}: it has neither {pair[0]} nor {pair[1]}")
