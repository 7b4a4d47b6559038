"""The words in which a resource type or a function declares its properties.

A declaration says what the upstream schema says (Terraform's `Required`, `Optional`, `Computed`,
`ForceNew`, `Default`, `ConflictsWith`, `ValidateFunc`, ...); checking, previewing, comparing and
reading are derived from it. A property with neither `required`, `computed` nor `output` is
Optional; `computed=True` is Optional+Computed; `output=True` is Computed only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypedDict, Unpack

Validator = Callable[[Any], str | None]
"""Takes a known value; returns what is wrong with it (to follow "must ..."), or None."""

Suppressor = Callable[[Any, Any, Mapping[str, Any]], bool]
"""Takes the old and the new value, and all new inputs."""


class Kind(StrEnum):
    """What a property's value is; a set is a list whose order means nothing."""

    STRING = "string"
    NUMBER = "number"
    BOOLEAN = "boolean"
    LIST = "list"
    SET = "set"
    MAP = "map"
    OBJECT = "object"


class Traits(TypedDict, total=False):
    """Everything that a declaration may say of a property besides its kind."""

    required: bool
    computed: bool
    output: bool
    derived: bool
    replaces: bool
    default: Any
    conflicts_with: tuple[str, ...]
    required_with: tuple[str, ...]
    valid: tuple[Validator, ...]
    normal: Callable[[Any], Any]
    stored: Callable[[Any], Any]
    suppressed: Suppressor
    min_items: int
    max_items: int
    unknown_after: tuple[str, ...]
    named: bool
    max_length: int
    secret: bool
    document: bool


@dataclass(frozen=True, kw_only=True)
class Property:
    """One property: its kind and what the declaration says of it.

    `normal` gives the form in which two values are compared, so that equal ones make no diff.
    `stored` gives the form that the state holds (upstream's `StateFunc`), in previews too.
    `suppressed` tells of an old and a new value, beside all inputs, that they make no diff
    although they differ (upstream's `DiffSuppressFunc`); it is asked for properties of the top
    level.
    `unknown_after` names the properties whose change makes this output unknown in a preview.
    `derived`: a program cannot set it; the provider adds it to the inputs.
    `named` asks for a name made from the resource's own when none is given, of `max_length`.
    `document` is a JSON text that a program may also give as the object which it says.
    """

    kind: Kind
    required: bool = False
    computed: bool = False
    output: bool = False
    derived: bool = False
    replaces: bool = False
    default: Any = None
    conflicts_with: tuple[str, ...] = ()
    required_with: tuple[str, ...] = ()
    valid: tuple[Validator, ...] = ()
    normal: Callable[[Any], Any] | None = None
    stored: Callable[[Any], Any] | None = None
    suppressed: Suppressor | None = None
    min_items: int = 0
    max_items: int | None = None
    unknown_after: tuple[str, ...] = ()
    named: bool = False
    max_length: int = 255
    secret: bool = False
    document: bool = False
    element: "Property | None" = None
    fields: "Mapping[str, Property]" = field(default_factory=dict[str, "Property"])

    @property
    def settable(self) -> bool:
        """Whether a program may give it."""
        return not (self.output or self.derived)

    @property
    def compared(self) -> bool:
        """Whether a difference between state and inputs is a change."""
        return not self.output

    @property
    def decided_by_aws(self) -> bool:
        """Whether it gets a value from AWS when the program gives none."""
        return self.output or self.computed


def string(**traits: Unpack[Traits]) -> Property:
    """Declare a string."""
    return Property(kind=Kind.STRING, **traits)


def number(**traits: Unpack[Traits]) -> Property:
    """Declare a number."""
    return Property(kind=Kind.NUMBER, **traits)


def boolean(**traits: Unpack[Traits]) -> Property:
    """Declare a boolean."""
    return Property(kind=Kind.BOOLEAN, **traits)


def list_of(element: Property, **traits: Unpack[Traits]) -> Property:
    """Declare a list, whose order counts."""
    return Property(kind=Kind.LIST, element=element, **traits)


def set_of(element: Property, **traits: Unpack[Traits]) -> Property:
    """Declare a set: a list on the wire, whose order means nothing."""
    return Property(kind=Kind.SET, element=element, **traits)


def map_of(element: Property, **traits: Unpack[Traits]) -> Property:
    """Declare a map from any key to elements of one kind."""
    return Property(kind=Kind.MAP, element=element, **traits)


def object_of(fields: Mapping[str, Property], **traits: Unpack[Traits]) -> Property:
    """Declare an object with named fields (upstream: a block of at most one item)."""
    return Property(kind=Kind.OBJECT, fields=fields, **traits)


@dataclass(frozen=True, kw_only=True)
class Schema:
    """All that a resource type or a function takes and gives.

    `unmodelled` are properties of the real one that the sandbox does not model; giving one is an
    error that says so. Of each group in `exactly_one_of` one must be given, of `at_least_one_of`
    one or more.
    """

    name: str
    properties: Mapping[str, Property]
    unmodelled: tuple[str, ...] = ()
    exactly_one_of: tuple[tuple[str, ...], ...] = ()
    at_least_one_of: tuple[tuple[str, ...], ...] = ()

    @property
    def inputs(self) -> Mapping[str, Property]:
        """The properties that a program may give."""
        return {name: each for name, each in self.properties.items() if each.settable}
