"""Which subnets are private: by configuration, tags or names, in this order; else by behaviour."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from guardrails.configuration import Configuration, Unclassified, read_name
from guardrails.model.knowledge import Sure, Unknown
from guardrails.model.network import Subnet
from guardrails.patterns import Patterns


class Tier(Enum):
    """What a subnet is meant to be."""

    PRIVATE = auto()
    PUBLIC = auto()


_ROLE = "kubernetes.io/role/"
Signs = tuple[re.Pattern[str], ...]
Said = dict[Tier, list[str]]


@dataclass(frozen=True, slots=True)
class NameSigns:
    """What the names of a subnet say. `private_last`: the private sign is the only or last one.

    `hidden` is why its `Name` tag, which may say more, is not known.
    """

    private_last: bool
    private: bool
    public: bool
    hidden: Unknown | None


class SubnetTiers:
    """Tells a subnet's tier, or the fact that would.

    A sign that cannot be seen (a tag's value) ends the search, because a weaker sign must not
    overrule what the stronger one might say. Signs that disagree never make a subnet public. They
    make it private where the private one is the stronger, or the last one in a name, with these
    exceptions that are unknown: the name supports the public one of two tags; the private tag only
    says that Kubernetes may put internal load balancers there; a name has the public sign behind
    the private one (`internal-tools-public-a`); the subnet hands out public addresses.
    """

    def __init__(self, configuration: Configuration) -> None:
        self._explicit = Patterns(
            (
                *((text, Tier.PRIVATE) for text in configuration.private_subnets),
                *((text, Tier.PUBLIC) for text in configuration.public_subnets),
            )
        )
        self._tags = (
            (Tier.PRIVATE, _lower(configuration.private_tags)),
            (Tier.PUBLIC, _lower(configuration.public_tags)),
        )
        self._names = (
            (Tier.PRIVATE, _search(configuration.private_names)),
            (Tier.PUBLIC, _search(configuration.public_names)),
        )
        self._otherwise = configuration.unclassified

    def tier(
        self, subnet: Subnet, behaves_publicly: Callable[[], bool] = lambda: False
    ) -> Tier | Unknown:
        """Return the tier of `subnet`, or `Unknown` with what is missing.

        `behaves_publicly` is asked where nothing else tells and the configuration leaves it open.
        """
        for tier in self._explicit.of(subnet.key):
            return tier
        found = self._by_tags(subnet) or self._by_name(subnet)
        if found is Tier.PRIVATE:
            return self._doubt_of_behaviour(subnet) or found
        if found:
            return found
        if self._otherwise is Unclassified.UNVERIFIED and behaves_publicly():
            return Tier.PUBLIC
        if self._otherwise is Unclassified.UNVERIFIED:
            return Unknown(f"whether subnet {subnet.name} is private: nothing classifies it")
        return Tier.PRIVATE if self._otherwise is Unclassified.PRIVATE else Tier.PUBLIC

    def _by_tags(self, subnet: Subnet) -> Tier | Unknown | None:
        if isinstance(subnet.tags, Unknown):
            return subnet.tags
        said, hidden = self._said_by(subnet.tags)
        if Tier.PRIVATE not in said:
            return hidden or (self._publicly_tagged(subnet) if said else None)
        if Tier.PUBLIC not in said and not hidden:
            return Tier.PRIVATE
        named = self._by_name(subnet)
        roles_only = all(key.startswith(_ROLE) for key in said[Tier.PRIVATE])
        if named is Tier.PRIVATE or (named is None and not roles_only):
            return Tier.PRIVATE
        return hidden or Unknown(f"whether subnet {subnet.name} is private: its tags say both")

    def _said_by(self, given: Mapping[str, Sure[str]]) -> tuple[Said, Unknown | None]:
        """Return the keys that speak for each tier, and why the value of one is not known."""
        tags: dict[str, list[Sure[str]]] = {}
        for key, value in given.items():
            tags.setdefault(key.lower(), []).append(value)
        said: Said = {}
        hidden: Unknown | None = None
        for tier, signs in self._tags:
            for key, values in signs.items():
                for value in tags.get(key, ()):
                    if isinstance(value, Unknown):
                        hidden = value
                    elif value.strip().lower() in values:
                        said.setdefault(tier, []).append(key)
        return said, hidden

    def _publicly_tagged(self, subnet: Subnet) -> Tier | Unknown:
        name = self._signs_of_name(subnet)
        if name.private_last:
            return Unknown(
                f"whether subnet {subnet.name} is private: its name says so, its tags say public"
            )
        return name.hidden or Tier.PUBLIC

    def _by_name(self, subnet: Subnet) -> Tier | Unknown | None:
        name = self._signs_of_name(subnet)
        if name.private_last:
            return Tier.PRIVATE
        if name.hidden or not name.public:
            return name.hidden
        if not name.private:
            return Tier.PUBLIC
        return Unknown(f"whether subnet {subnet.name} is private: its name says both")

    def _signs_of_name(self, subnet: Subnet) -> NameSigns:
        label = "" if isinstance(subnet.tags, Unknown) else subnet.tags.get("Name", "")
        hidden = label if isinstance(label, Unknown) else None
        names = [subnet.name] if isinstance(label, Unknown) else [subnet.name, label]
        ends = [[_last(name, patterns) for _, patterns in self._names] for name in names]
        return NameSigns(
            private_last=any(private >= max(public, 0) for private, public in ends),
            private=any(private >= 0 for private, _ in ends),
            public=any(public >= 0 for _, public in ends),
            hidden=hidden,
        )

    def _doubt_of_behaviour(self, subnet: Subnet) -> Unknown | None:
        """Return the doubt that one of several signs is right which the behaviour contradicts."""
        handed_out = subnet.hands_out_public_addresses
        if handed_out is False or isinstance(subnet.tags, Unknown):
            return None
        said, hidden = self._said_by(subnet.tags)
        name = self._signs_of_name(subnet)
        if not (Tier.PUBLIC in said or hidden or name.public or name.hidden):
            return None
        if isinstance(handed_out, Unknown):
            return handed_out
        return Unknown(
            f"whether subnet {subnet.name} is private: it hands out public addresses, and its tags "
            "and names say both"
        )


def _last(name: str, patterns: Signs) -> int:
    """Return where the last sign in `name` ends, -1 if there is none."""
    found = (match.end() for pattern in patterns for match in pattern.finditer(name))
    return max(found, default=-1)


def _search(patterns: tuple[str, ...]) -> Signs:
    return tuple(map(read_name, patterns))


def _lower(tags: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    return {key.lower(): frozenset(map(str.lower, values)) for key, values in tags.items()}
