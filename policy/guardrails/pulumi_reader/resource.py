"""One resource as its readers see it: inputs and outputs fused, links kept, nothing raised."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache

from guardrails.pulumi_reader.fields import Fields
from guardrails.pulumi_reader.protobuf import HIDDEN, Hidden, Plain, Properties, has_hidden
from guardrails.pulumi_reader.providers import Place, Provider
from guardrails.pulumi_reader.types.kinds import Kind
from guardrails.pulumi_reader.types.table import kind_of, row_of

_SAID_BY_AWS = (
    "id",
    "awsId",
    "arn",
    "ownerId",
    "mainRouteTableId",
    "defaultSecurityGroupId",
    "availabilityZoneId",
    "securityGroupRuleId",
    "macAddress",
    "state",
)


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


class Resource(Fields):
    """A resource of the stack."""

    def __init__(  # noqa: PLR0913 - a resource is what it is
        self,
        urn: str,
        outputs: Properties,
        *,
        inputs: Properties | None = None,
        links: Mapping[str, Sequence[str]] | None = None,
        dependencies: Sequence[str] = (),
        provider: "Provider | None" = None,
        ignored: Sequence[str] = (),
        names: Mapping[str, str] | None = None,
        written_in: str = "",
    ) -> None:
        self.urn = urn
        self.type, self.name = type_and_name(urn)
        self.names: Mapping[str, str] = names or {}
        self.outputs = outputs
        self.inputs = inputs
        self._links = links or {}
        self._dependencies = dependencies
        self.provider = provider
        self._ignored = ignored
        self.written_in = written_in
        """The URN of the resource inside of which this one is written, "" if it is one itself."""
        super().__init__(f"{self.type.rpartition(':')[2]} {self.name}", self.names)

    @property
    def properties(self) -> set[str]:
        """Return the names of all properties that are shown or written."""
        return {*self.outputs, *(self.inputs or ())}

    @cached_property
    def only_read(self) -> bool:
        """Tell whether the stack only reads it (`.get()`), which the engine does not say to packs.

        State keeps as inputs what the program passed to `.get()`, without a check: no managed
        resource lacks what AWS requires, nor the defaults that the provider's check writes. What
        adopts a default group may well be managed without inputs.
        """
        if self.inputs is None:
            return False
        row = row_of(self.type)
        return (
            (not row.adopts and all(name == "region" for name in self.inputs))
            or any(not any(map(self._is_written, names)) for names in row.required)
            or (bool(row.defaulted) and all(map(self._is_shown_only, row.defaulted)))
        )

    def _is_written(self, name: str) -> bool:
        return self._written(self.spelling(name)) not in (None, "")

    def _is_shown_only(self, name: str) -> bool:
        return self._written(name) is None and self.outputs[name] not in (None, "", HIDDEN)

    def written(self, name: str) -> Plain:
        """Return what the author wrote, HIDDEN where the inputs are not shown."""
        return HIDDEN if self.inputs is None else self._written(self.spelling(name))

    def ignores(self, name: str) -> bool:
        """Tell whether the program ignores changes of the property (`ignoreChanges`)."""
        name = self.spelling(name)
        return any(each in self._ignored for each in (name, f'["{name}"]', "*"))

    @property
    def ignored_when_judged(self) -> tuple[str, ...]:
        """The properties that rules judge and of which the program ignores at least a part."""
        spelled = map(self.spelling, row_of(self.type).judged)
        return tuple(
            name for name in spelled if any(_is_part(each, name) for each in self._ignored)
        )

    @property
    def unnamed(self) -> bool:
        """Tell whether the resource's own id is not shown."""
        return not any(isinstance(self.outputs[name], str) for name in ("id", "awsId"))

    @cached_property
    def exists(self) -> bool:
        """Tell whether AWS has it, by anything that only AWS can have said.

        Otherwise it may be new, and AWS has added nothing to it that its author left out.
        """
        return any(isinstance(self.outputs[name], str) for name in _SAID_BY_AWS)

    def value(self, name: str, *, computed: bool = False) -> Plain:
        """Fuse what the provider says with what the author wrote.

        A preview shows as unknown both what the author left out and what is not known yet. Only
        the inputs tell the two apart.
        """
        name = self.spelling(name)
        shown = self.outputs[name]
        if isinstance(shown, str):
            return shown
        if self.inputs is None or not has_hidden(shown):
            return self._written(name) if shown is None else shown
        written = self.inputs[name]
        if written is not None:
            return written
        left_out = len(self.inputs) > 0 and not self.exists and not self.links(name)
        return None if left_out and not computed else shown

    def _written(self, name: str) -> Plain:
        return None if self.inputs is None else self.inputs[name]

    def links(self, name: str) -> Sequence[str]:
        """Return the URNs that the property was made from, as far as they are known by property."""
        return self._links.get(self.spelling(name), ())

    def likely_links(self, name: str) -> Sequence[str]:
        """Return the URNs that the property was made from, else all dependencies."""
        return self.links(name) or self._dependencies

    @property
    def all_links(self) -> Mapping[str, Sequence[str]]:
        """The URNs that each property was made from, by this resource's spelling."""
        return self._links

    def rows(self, name: str) -> Iterator[Row | Hidden]:
        """Return the members of an inline list; HIDDEN stands for any number of them."""
        yield from self.rows_of(name, self.value(name))

    def rows_of(self, name: str, value: Plain) -> Iterator[Row | Hidden]:
        """Return the members of one value of an inline list."""
        match value:
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
        region = self.value("region")
        provider = self.provider
        if isinstance(region, str) and region:
            return Place(region, provider.account if provider else "")
        if provider is None:
            return Place("", "")
        return Place(provider.region, provider.account)


def _is_part(path: str, name: str) -> bool:
    """Tell whether a property path of Pulumi's leads to the property or into it."""
    plain = path.removeprefix('["').replace('"]', "", 1) if path.startswith('["') else path
    return path == "*" or plain == name or plain.startswith((f"{name}[", f"{name}."))


def type_and_name(urn: str) -> tuple[str, str]:
    """Take a resource's own type and name from its URN, whatever is in it."""
    parts = urn.split("::", 3)
    if len(parts) != 4:  # noqa: PLR2004 - stack, project, qualified type, name
        return "", urn
    return parts[2].rpartition("$")[2], parts[3]


@lru_cache(maxsize=1 << 16)
def kind_of_urn(urn: str) -> Kind | None:
    """Return what the resource of a URN is to a property that refers to it."""
    return kind_of(type_and_name(urn)[0])
