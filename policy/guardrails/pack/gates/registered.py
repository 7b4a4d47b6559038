"""What one update has registered so far, by the ids that its inputs mention."""

from collections import defaultdict
from collections.abc import Iterator

from guardrails.options.settings import Settings
from guardrails.pack.gates.guesses import Guesses
from guardrails.pack.gates.harmless import ONE_OF_MANY
from guardrails.pack.gates.id_mentions import mentions_of
from guardrails.pulumi_reader.resource import Resource
from guardrails.pulumi_reader.types.table import row_of
from guardrails.pulumi_reader.types.type_row import Role


class Registrations:
    """The registered resources, by the ids that they mention.

    With `guesses`, an id also leads to the resource that it is taken for.
    """

    def __init__(self, guesses: Guesses | None = None) -> None:
        self.guesses = guesses
        self._parts: dict[str, dict[str, Resource]] = defaultdict(dict)
        self._users: dict[str, dict[str, Resource]] = defaultdict(dict)
        self._ranges: dict[str, dict[str, Resource]] = defaultdict(dict)
        self._resources: dict[str, Resource] = {}
        self._mentioned: dict[str, dict[str, bool]] = {}

    def add(self, resource: Resource, settings: Settings) -> None:
        """Register `resource`."""
        ids = mentions_of(resource)
        self._resources[resource.urn] = resource
        leading = {value: used for value, used in ids.items() if _leads_on(resource, value)}
        self._mentioned[resource.urn] = leading
        for value, used in leading.items():
            (self._users if used else self._parts)[value][resource.urn] = resource
            if _is_range(resource):
                self._ranges[value][resource.urn] = resource
        if self.guesses is not None:
            self.guesses.add(resource, ids, settings)

    def note(self, resource: Resource, settings: Settings) -> None:
        """Tell the guesses only which ids `resource` mentions, without registering it."""
        if self.guesses is not None:
            self.guesses.add(resource, mentions_of(resource), settings)

    def remove(self, resource: Resource) -> None:
        """Forget a resource that was blocked."""
        del self._resources[resource.urn]
        for value in self._mentioned.pop(resource.urn):
            for mentioning in (self._parts, self._users, self._ranges):
                mentioning[value].pop(resource.urn, None)
        if self.guesses is not None:
            self.guesses.remove(resource)

    def around(self, resource: Resource, *, up: bool = True) -> list[Resource]:
        """Return what may decide about `resource` and about what uses it, itself included.

        Without `up` it leaves out what uses it. From a route the way leads up to the subnets that
        use its table, and down to its target; never up again from there, to the other routes with
        that target. Each id is followed once each way, so the time grows with what is found.
        """
        found = {resource.urn: resource}
        followed: set[tuple[str, bool]] = set()
        waiting = [(resource, up)]
        while waiting:
            at, onwards = waiting.pop()
            for value, used in self._mentioned[at.urn].items():
                step = (value, onwards and not used)
                if step in followed or (value, True) in followed:
                    continue
                followed.add(step)
                alone = step[1] or at is resource
                for each, on in self._next_to(value, at, up=step[1], alone=alone):
                    if each.urn not in found or (on and each.urn != resource.urn):
                        found[each.urn] = each
                        waiting.append((each, on))
        return list(found.values())

    def _next_to(
        self, value: str, at: Resource, *, up: bool, alone: bool
    ) -> Iterator[tuple[Resource, bool]]:
        """Yield what an id is taken for, and what mentions it too: users only on the way up.

        `alone`: one of many routes or rules comes without the others of its table or group.
        """
        meant = None
        if self.guesses is not None:
            meant = self.guesses.meaning(value) or self.guesses.table_like_all(value)
        if meant is not None:
            yield meant, up
        for each in self._mentioning(value, at, up=up, alone=alone):
            yield each, up

    def _mentioning(self, value: str, at: Resource, *, up: bool, alone: bool) -> Iterator[Resource]:
        if value.startswith("vpc-") and not _is_range(at):
            yield from self._ranges[value].values()
            return
        role = row_of(at.type).role
        for each in self._parts[value].values():
            if not (alone and role in ONE_OF_MANY and row_of(each.type).role is role):
                yield each
        if up:
            yield from self._users[value].values()


def _leads_on(resource: Resource, value: str) -> bool:
    """Tell False of the security groups of a machine: no rule asks for them."""
    machine = row_of(resource.type).role in {Role.INTERFACE, Role.INSTANCE}
    return not (machine and value.startswith("sg-"))


def _is_range(resource: Resource) -> bool:
    """Tell whether a resource concerns everything in its VPC."""
    return row_of(resource.type).role is Role.VPC_RANGE
