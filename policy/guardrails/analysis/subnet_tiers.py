"""Which subnets are private: by configuration, tags or names, in this order."""

import re
from collections.abc import Mapping
from enum import Enum, auto

from guardrails.configuration import Configuration, Unclassified, read_name, read_pattern
from guardrails.model.knowledge import Sure, Unknown
from guardrails.model.network import Subnet


class Tier(Enum):
    """What a subnet is meant to be."""

    PRIVATE = auto()
    PUBLIC = auto()


_ROLE = "kubernetes.io/role/"
Patterns = tuple[re.Pattern[str], ...]
Said = dict[Tier, list[str]]


class SubnetTiers:
    """Tells a subnet's tier, or the fact that would.

    A sign that cannot be seen (a tag's value) ends the search, because a weaker sign must not
    overrule what the stronger one might say. Where two equal signs disagree, private wins, with
    three exceptions that are unknown: the name supports the public one of two tags; the private tag
    only says that Kubernetes may put internal load balancers there; a name has the public sign
    behind the private one (`internal-tools-public-a`).
    """

    def __init__(self, configuration: Configuration) -> None:
        self._explicit = (
            (Tier.PRIVATE, _compile(configuration.private_subnets)),
            (Tier.PUBLIC, _compile(configuration.public_subnets)),
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

    def tier(self, subnet: Subnet) -> Tier | Unknown:
        """Return the tier of `subnet`, or `Unknown` with what is missing."""
        for tier, patterns in self._explicit:
            if any(pattern.fullmatch(subnet.key) for pattern in patterns):
                return tier
        found = self._by_tags(subnet) or self._by_name(subnet)
        if found:
            return found
        if self._otherwise is Unclassified.UNVERIFIED:
            return Unknown(f"whether subnet {subnet.name} is private: nothing classifies it")
        return Tier.PRIVATE if self._otherwise is Unclassified.PRIVATE else Tier.PUBLIC

    def _by_tags(self, subnet: Subnet) -> Tier | Unknown | None:
        if isinstance(subnet.tags, Unknown):
            return subnet.tags
        said, hidden = self._said_by(subnet.tags)
        if Tier.PRIVATE not in said:
            return hidden or next(iter(said), None)
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

    def _by_name(self, subnet: Subnet) -> Tier | Unknown | None:
        label = "" if isinstance(subnet.tags, Unknown) else subnet.tags.get("Name", "")
        hidden = label if isinstance(label, Unknown) else None
        names = [subnet.name] if isinstance(label, Unknown) else [subnet.name, label]
        ends = [[_last(name, patterns) for _, patterns in self._names] for name in names]
        if any(private >= max(public, 0) for private, public in ends):
            return Tier.PRIVATE
        if hidden or all(public < 0 for _, public in ends):
            return hidden
        if all(private < 0 for private, _ in ends):
            return Tier.PUBLIC
        return Unknown(f"whether subnet {subnet.name} is private: its name says both")


def _last(name: str, patterns: Patterns) -> int:
    """Return where the last sign in `name` ends, -1 if there is none."""
    found = (match.end() for pattern in patterns for match in pattern.finditer(name))
    return max(found, default=-1)


def _compile(patterns: tuple[str, ...]) -> Patterns:
    return tuple(map(read_pattern, patterns))


def _search(patterns: tuple[str, ...]) -> Patterns:
    return tuple(map(read_name, patterns))


def _lower(tags: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    return {key.lower(): frozenset(map(str.lower, values)) for key, values in tags.items()}
