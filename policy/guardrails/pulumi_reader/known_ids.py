"""What an AWS id in a property means: a resource of the stack, or what AWS made with one."""

from collections.abc import Iterable, Sequence

from guardrails.model.knowledge import External, OneOf, Reference
from guardrails.pulumi_reader.identities import MADE
from guardrails.pulumi_reader.index import ResourceIndex
from guardrails.pulumi_reader.resource import Resource, kind_of_urn
from guardrails.pulumi_reader.types.kinds import Kind

_TABLES = frozenset({Kind.ROUTE_TABLE})


class KnownIds(ResourceIndex):
    """Resolves the ids that properties show."""

    def __init__(
        self, resources: Iterable[Resource], others: Iterable[str] = (), *, preview: bool = False
    ) -> None:
        super().__init__(resources, others, preview=preview)
        self._adopted: dict[str, str] = {}
        """By the key that an AWS-made table or group has: the resource that stands for it."""

    def meant_by_id(
        self, owner: Resource, name: str, value: str, kinds: frozenset[Kind]
    ) -> Reference:
        """Return what an id means in a property of `owner`, None if nothing in the stack tells."""
        known = (
            self._shown_by_a_resource(owner, name, value, kinds)
            or self._made_with_a_resource(owner, name, value, kinds)
            or self._by_source(value, kinds)
        )
        if known:
            return known
        likely = self.links_of(owner, name, kinds)
        likely = likely or self._of_kinds(owner.likely_links(name), kinds)
        unnamed = [urn for urn in likely if any(urn in self._unnamed.get(k, ()) for k in kinds)]
        return unnamed[0] if len(unnamed) == 1 else None

    def _shown_by_a_resource(
        self, owner: Resource, name: str, value: str, kinds: frozenset[Kind]
    ) -> Reference:
        """Return the resource that shows an id as its own: the one that is linked, if any is.

        Where providers may work in different accounts, the id may as well be foreign.
        """
        found = self.find(value, kinds, owner)
        elsewhere = any(self.may_be_elsewhere(urn, owner) for urn in found)
        if len(found) == 1 and not elsewhere and self.is_only_one(value):
            return found[0]
        linked = self.linked_by_id(value, self.links_of(owner, name, kinds))
        return self.one_of(linked or ([*found, value] if elsewhere else found))

    def _made_with_a_resource(
        self, owner: Resource, name: str, value: str, kinds: frozenset[Kind]
    ) -> Reference:
        """Return what AWS made with the resource that shows this id of it."""
        links = owner.links(name)
        for maker, made in self.makers_of(value, kinds, owner.place, links):
            key = self.made_with(maker.urn, made)
            sure = maker.urn in links or not self.may_be_elsewhere(maker.urn, owner)
            return key if sure else OneOf((key, value))
        return None

    def _by_source(self, value: str, kinds: frozenset[Kind]) -> Reference:
        """Return what an id means by what programs took it from, None if that does not tell."""
        if value in self._read:
            return External(self._made_with_read(self._read[value], kinds))
        if value in self._taken_from and kinds >= _TABLES:
            return OneOf((self.made_with(self._taken_from[value], Kind.ROUTE_TABLE), value))
        return None

    def keys_of(self, value: str) -> list[str]:
        """Return the keys of everything that has the AWS id `value`, whatever its kind."""
        keys = [resource.urn for resource in self._by_id.get(value, ())]
        if value in self._read:
            keys.append(self._read[value])
        made = [self.made_with(maker.urn, kind) for maker, kind in self._made_with.get(value, ())]
        return keys or made

    def made_with(self, maker: str, made: Kind) -> str:
        """Return the key of what AWS made with a resource: that of its adopter if it has one."""
        key = MADE[made].key_of(maker)
        return self._adopted.get(key, key)

    def _made_with_read(self, urn: str, kinds: frozenset[Kind]) -> str:
        """Resolve an id read via `.get()`: the resource itself, or what AWS made with it."""
        kind = kind_of_urn(urn)
        made = [each for each in kinds & MADE.keys() if MADE[each].maker is kind]
        return urn if kind in kinds or not made else self.made_with(urn, made[0])

    def one_of(self, keys: Sequence[str]) -> Reference:
        """Return the reference to exactly one of `keys`: read ones are outside of the stack."""
        if not keys:
            return None
        if len(keys) > 1:
            return OneOf(tuple(keys))
        return keys[0] if self._managed(keys[0]) else External(keys[0])
