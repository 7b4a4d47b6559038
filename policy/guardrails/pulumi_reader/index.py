"""All resources of a stack, by URN and by every AWS id that they show."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property

from guardrails.pulumi_reader.identities import MADE, identities, ids_made_with, passed_on
from guardrails.pulumi_reader.providers import Place
from guardrails.pulumi_reader.resource import Resource, kind_of_urn
from guardrails.pulumi_reader.types.kinds import Kind
from guardrails.pulumi_reader.types.table import kind_of, row_of
from guardrails.pulumi_reader.types.type_row import Role


class ResourceIndex:
    """Every resource of the stack by URN, and by the ids under which others may name it."""

    def __init__(
        self, resources: Iterable[Resource], others: Iterable[str] = (), *, preview: bool = False
    ) -> None:
        self.preview = preview
        self.resources = {resource.urn: resource for resource in resources}
        self.urns = self.resources.keys() | set(others)
        """Every URN of the stack, resources that no reader is interested in (`others`) included."""
        self._unnamed: dict[Kind, set[str]] = defaultdict(set)
        """What exists without showing its id, by kind: any id that nothing shows may be its."""
        self._by_id: dict[str, list[Resource]] = defaultdict(list)
        self.same: dict[str, str] = {}
        """By the URN of a resource that manages the same thing as another: that one's URN."""
        self._read: dict[str, str] = {}
        """By id: the URN of a resource that others refer to although the stack only reads it."""
        self._made_with: dict[str, list[tuple[Resource, Kind]]] = defaultdict(list)
        """By id: the resource together with which AWS made the thing, and its kind."""
        self._taken_from: dict[str, str] = {}
        """By id of a table outside of the stack: the VPC that a program took it from."""
        for resource in self.resources.values():
            kind = kind_of(resource.type)
            if kind is not None:
                self._index(resource, kind)
                if resource.unnamed and (resource.exists or not preview):
                    self._unnamed[kind].add(resource.urn)
            self._learn_what_is_read(resource)
            self._learn_what_is_taken(resource)

    def _index(self, resource: Resource, kind: Kind) -> None:
        for value in identities(resource, kind):
            if resource not in self._by_id[value]:
                self._by_id[value].append(resource)
        for made, by in MADE.items():
            if by.maker is kind:
                for value in ids_made_with(resource, made):
                    self._made_with[value].append((resource, made))

    def _learn_what_is_read(self, resource: Resource) -> None:
        """Note the ids of what the stack only reads (`.get()`): links alone show it."""
        for name, urns in resource.all_links.items():
            if len(urns) == 1 and urns[0] not in self.urns:
                value = resource.value(name)
                if isinstance(value, str) and value:
                    self._read.setdefault(value, urns[0])

    def _learn_what_is_taken(self, resource: Resource) -> None:
        """Note the ids of tables that only a VPC can have given: links alone show it.

        A VPC shows its main table. If that is another one by now, AWS's own may hide behind it.
        """
        for name, urns in resource.all_links.items():
            value = resource.value(name)
            vpcs = self._of_kinds(urns, frozenset({Kind.VPC}))
            if isinstance(value, str) and value.startswith("rtb-") and len(vpcs) == len(urns) == 1:
                self._taken_from.setdefault(value, vpcs[0])

    @cached_property
    def _by_role(self) -> dict[Role | None, list[Resource]]:
        found: dict[Role | None, list[Resource]] = defaultdict(list)
        for resource in self.resources.values():
            found[row_of(resource.type).role].append(resource)
        return found

    def of_role(self, role: Role) -> Sequence[Resource]:
        """Return the resources of a role, in the order of the stack."""
        return self._by_role.get(role, ())

    def makers_of(
        self, value: str, kinds: frozenset[Kind], place: Place, links: Sequence[str] = ()
    ) -> list[tuple[Resource, Kind]]:
        """Return the resources together with which AWS made the thing of this id, and its kind.

        A plain table that the stack manages is none of AWS's: a main association made it main.
        """
        return [
            (maker, made)
            for maker, made in self._made_with.get(value, ())
            if made in kinds
            and (maker.urn in links or not maker.place.is_apart_from(place))
            and not (made is Kind.ROUTE_TABLE and self.makes_table(value))
        ]

    def makes_table(self, value: str) -> bool:
        """Tell whether the stack itself makes the table of this id."""
        return any(
            row_of(each.type).role is Role.ROUTE_TABLE
            and not row_of(each.type).adopts
            and not each.only_read
            for each in self._by_id.get(value, ())
        )

    def shown_at(self, key: str) -> str:
        """Return the URN of the resource at which something is shown, "" if the stack has none."""
        resource = self.resources.get(key)
        shown = resource.written_in or key if resource is not None else key
        return shown if shown in self.urns else ""

    def find(self, value: str, kinds: frozenset[Kind], owner: Resource) -> list[str]:
        """Return the URNs of the resources that `owner` may call `value`, the likeliest alone.

        An id is one thing within a region, and two where providers work in different accounts.
        """
        place = owner.place
        found = [
            each
            for each in self._by_id.get(value, ())
            if kind_of(each.type) in kinds and not each.place.is_apart_from(place)
        ]
        here = [each for each in found if each.place == place]
        near = here or [each for each in found if each.place.region == place.region]
        return list(dict.fromkeys(self.same.get(each.urn, each.urn) for each in near or found))

    def is_only_one(self, value: str) -> bool:
        """Tell whether one resource of the whole stack is called `value`."""
        return len(self._by_id.get(value, ())) == 1

    def linked_by_id(self, value: str, links: Iterable[str]) -> list[str]:
        """Return those of the linked resources that are called `value`, wherever they are."""
        named = {self.same.get(each.urn, each.urn) for each in self._by_id.get(value, ())}
        return [urn for urn in links if urn in named]

    def may_be_elsewhere(self, urn: str, owner: Resource) -> bool:
        """Tell whether a resource's provider may work in another account than that of `owner`."""
        found = self.resources.get(urn)
        return found is not None and found.place.account != owner.place.account

    def _of_kinds(self, urns: Iterable[str], kinds: frozenset[Kind]) -> list[str]:
        found = (urn for urn in urns if kind_of_urn(urn) in kinds)
        return sorted({self.same.get(urn, urn) for urn in found})

    def links_of(self, owner: Resource, name: str, kinds: frozenset[Kind]) -> list[str]:
        """Return those of a property's links that are of a wanted kind, read ones included."""
        links = owner.links(name)
        found = self._of_kinds(links, kinds)
        return found or self._of_kinds(passed_on(self.resources, links, name), kinds)

    def _managed(self, key: str) -> bool:
        """Tell whether the stack manages what `key` names, itself or through the VPC it is in."""
        return key.partition("#")[0] in self.urns
