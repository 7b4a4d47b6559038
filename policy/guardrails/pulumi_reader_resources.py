"""One resource as its readers see it: inputs and outputs fused, links kept, nothing raised."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from guardrails.pulumi_reader_values import HIDDEN, Hidden, Plain, Properties, has_hidden
from guardrails.values import Many, Maybe, Sure, Unknown


class Message(Protocol):
    """What `AnalyzeRequest` and `AnalyzerResource` of the engine's protocol have in common."""

    urn: str
    type: str
    name: str
    properties: Any

    def HasField(self, field_name: str) -> bool:  # noqa: N802 - protobuf's spelling
        """Tell whether a message-valued field is set."""
        ...


class Fields:
    """Properties under the names that readers use; every answer is a fact or an `Unknown`."""

    def __init__(self, label: str, names: Mapping[str, str]) -> None:
        self.label = label
        self._names = names

    def value(self, name: str, *, computed: bool = False) -> Plain:
        """Return the value, None where it is known to be unset, HIDDEN where it cannot be seen.

        `computed`: AWS fills the property in when the author leaves it out.
        """
        raise NotImplementedError

    def spelling(self, name: str) -> str:
        """Return how this resource's own schema spells the property."""
        return self._names.get(name, name)

    def missing(self, name: str) -> Unknown:
        """Return the fact that would have to be known."""
        return Unknown(f"{self.spelling(name)} of {self.label}")

    def text(self, name: str, *, computed: bool = False) -> Maybe[str]:
        """Return a text; the empty string, which the provider writes for unset ones, is None."""
        match self.value(name, computed=computed):
            case None | "":
                return None
            case str(value):
                return value
            case int(value) if not isinstance(value, bool):
                return str(value)
            case _:
                return self.missing(name)

    def sure_text(self, name: str) -> Sure[str]:
        """Return a text that AWS fills in when the author leaves it out."""
        value = self.text(name, computed=True)
        return self.missing(name) if value is None else value

    def number(self, name: str) -> Maybe[int]:
        """Return a whole number, whether it is written as a number or as text."""
        match self.value(name):
            case None | "":
                return None
            case int(value) if not isinstance(value, bool):
                return value
            case str(value) if value.strip().lstrip("-").isdecimal() and len(value) <= 10:  # noqa: PLR2004 - no port or rule number is longer
                return int(value)
            case _:
                return self.missing(name)

    def flag(self, name: str, *, computed: bool = False) -> Maybe[bool]:
        """Return a truth value, whether it is written as one or as text."""
        match self.value(name, computed=computed):
            case None | "":
                return None
            case bool(value):
                return value
            case "true" | "True":
                return True
            case "false" | "False":
                return False
            case _:
                return self.missing(name)

    def sure_flag(self, name: str, *, default: bool) -> Sure[bool]:
        """Return a truth value that is `default` when nobody sets it."""
        value = self.flag(name)
        return default if value is None else value

    def texts(self, name: str, *, computed: bool = False) -> Many[str]:
        """Return a list of texts."""
        match self.value(name, computed=computed):
            case None | "":
                return ()
            case list(members):
                return tuple(
                    member if isinstance(member, str) and member else self.missing(name)
                    for member in members
                    if member is not None
                )
            case str(value):
                return (value,)
            case _:
                return (self.missing(name),)


class Row(Fields):
    """One member of a list that is written inside of a resource, an inline route for instance."""

    def __init__(self, owner: "Resource", within: str, fields: Mapping[str, Plain]) -> None:
        super().__init__(f"{within} of {owner.label}", owner.names)
        self.owner = owner
        self.within = within
        self._fields = fields

    def value(self, name: str, *, computed: bool = False) -> Plain:  # noqa: ARG002 - written by the author
        """Return the member's value: what is absent from a member is unset."""
        return self._fields.get(self.spelling(name))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a resource lives, as far as its provider tells: ids are unique within a region."""

    region: str
    account: str

    @property
    def scope(self) -> str:
        """Return one text for both."""
        return f"{self.account}/{self.region}" if self.account else self.region


class Resource(Fields):
    """A resource of the stack, or one that the stack only refers to (`read`)."""

    def __init__(  # noqa: PLR0913 - a resource is what it is
        self,
        urn: str,
        outputs: Properties | None,
        *,
        inputs: Properties | None = None,
        links: Mapping[str, Sequence[str]] | None = None,
        dependencies: Sequence[str] = (),
        provider: "Provider | None" = None,
        names: Mapping[str, str] | None = None,
    ) -> None:
        self.urn = urn
        self.type, self.name = type_and_name(urn)
        self.names: Mapping[str, str] = names or {}
        self.outputs = outputs
        self.inputs = inputs
        self._links = links or {}
        self._dependencies = dependencies
        self.provider = provider
        noun = self.type.rpartition(":")[2]
        read = ", which is only read so that no policy sees it" if outputs is None else ""
        super().__init__(f"{noun} {self.name}{read}", self.names)

    @property
    def read(self) -> bool:
        """Tell whether the stack only refers to the resource (`.get()`): nothing of it is seen."""
        return self.outputs is None

    @property
    def properties(self) -> set[str]:
        """Return the names of all properties that are shown or written."""
        return {*(self.outputs or ()), *(self.inputs or ())}

    @cached_property
    def created(self) -> bool:
        """Tell whether the resource does not exist yet, so that AWS has added nothing to it."""
        return self.outputs is not None and not isinstance(self.outputs["id"], str)

    @property
    def unnamed(self) -> bool:
        """Tell whether the resource's own id is not shown."""
        return self.outputs is None or not any(
            isinstance(self.outputs[name], str) for name in ("id", "awsId")
        )

    @property
    def exists_without_id(self) -> bool:
        """Tell whether the resource exists, by its ARN, although its id is hidden."""
        return self.unnamed and self.outputs is not None and isinstance(self.outputs["arn"], str)

    def value(self, name: str, *, computed: bool = False) -> Plain:
        """Fuse what the provider says with what the author wrote.

        A preview shows as unknown both what the author left out and what is not known yet. Only
        the inputs tell the two apart.
        """
        if self.outputs is None:
            return HIDDEN
        name = self.spelling(name)
        shown = self.outputs[name]
        if self.inputs is None or not has_hidden(shown):
            return self._written(name) if shown is None else shown
        written = self.inputs[name]
        if written is not None:
            return written
        left_out = len(self.inputs) > 0 and self.created and not self.links(name)
        return None if left_out and not computed else shown

    def _written(self, name: str) -> Plain:
        return None if self.inputs is None else self.inputs[name]

    def links(self, name: str) -> Sequence[str]:
        """Return the URNs that the property was made from, in this resource's spelling.

        A program that names no properties at all still gives its dependencies as a whole.
        """
        return self._links.get(self.spelling(name), ()) if self._links else self._dependencies

    @property
    def linked(self) -> Iterator[str]:
        """Return every URN that the resource depends on, in a stable order."""
        yield from sorted({urn for urns in self._links.values() for urn in urns})
        yield from self._dependencies

    def rows(self, name: str) -> Iterator[Row | Hidden]:
        """Return the members of an inline list; HIDDEN stands for any number of them."""
        match self.value(name):
            case None | "":
                return
            case list(members):
                for member in members:
                    if isinstance(member, dict):
                        yield Row(self, self.spelling(name), member)
                    elif member is not None:
                        yield HIDDEN
            case dict(member):
                yield Row(self, self.spelling(name), member)
            case _:
                yield HIDDEN

    @cached_property
    def place(self) -> Place:
        """Return the region and account: the resource's own region, else its provider's."""
        region = self.value("region") if self.outputs is not None else None
        provider = self.provider
        if isinstance(region, str) and region:
            return Place(region, provider.account if provider else "")
        if provider is None:
            return Place("", "")
        return Place(provider.region, provider.account)


class Provider:
    """What a provider's configuration says of all resources that it manages."""

    def __init__(self, name: str, properties: Properties) -> None:
        self.name = name
        region = properties["region"]
        self.region = region if isinstance(region, str) else ""
        self.account = _account(properties)
        self.default_tags = _default_tags(properties)


def _nested(value: Plain) -> Plain:
    """Decode a provider's nested setting, which the engine stores as JSON text."""
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            decoded: Plain = json.loads(value)
        except (ValueError, RecursionError):
            return HIDDEN
        return decoded
    return value


def _account(properties: Properties) -> str:
    """Return a text that is equal for providers that work in one account, as far as they say."""
    for name in ("assumeRoles", "assumeRole", "allowedAccountIds", "profile"):
        value = _nested(properties[name])
        if value is not None and not has_hidden(value):
            return json.dumps(value, sort_keys=True)
    return ""


def _default_tags(properties: Properties) -> dict[str, Plain] | Hidden:
    match _nested(properties["defaultTags"]):
        case None | "":
            return {}
        case {"tags": dict(tags)}:
            return tags
        case dict():
            return {}
        case _:
            return HIDDEN


def type_and_name(urn: str) -> tuple[str, str]:
    """Take a resource's own type and name from its URN, whatever is in it."""
    parts = urn.split("::", 3)
    if len(parts) != 4:  # noqa: PLR2004 - stack, project, qualified type, name
        return "", urn
    return parts[2].rpartition("$")[2], parts[3]
