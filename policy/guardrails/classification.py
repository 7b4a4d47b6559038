"""Which subnets are private: told by configuration, tags or names, in this order."""

import re
from collections.abc import Mapping
from enum import Enum, auto
from fnmatch import translate

from guardrails.configuration import Configuration, Unclassified
from guardrails.topology import Subnet
from guardrails.values import Unknown


class Tier(Enum):
    """What a subnet is meant to be."""

    PRIVATE = auto()
    PUBLIC = auto()


Patterns = tuple[re.Pattern[str], ...]


class Classifier:
    """Tells a subnet's tier, or the fact that would.

    A sign that cannot be seen (a tag's value) ends the search: a weaker sign must not overrule what
    the stronger one might say. Where two equal signs disagree, private wins.
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
        tags: dict[str, list[str | Unknown]] = {}
        for key, value in subnet.tags.items():
            tags.setdefault(key.lower(), []).append(value)
        hidden: Unknown | None = None
        for tier, signs in self._tags:
            for key, values in signs.items():
                for value in tags.get(key, ()):
                    if isinstance(value, Unknown):
                        hidden = value
                    elif value.lower() in values:
                        return tier if tier is Tier.PRIVATE else hidden or tier
        return hidden

    def _by_name(self, subnet: Subnet) -> Tier | Unknown | None:
        label = "" if isinstance(subnet.tags, Unknown) else subnet.tags.get("Name", "")
        hidden = label if isinstance(label, Unknown) else None
        names = [subnet.name] if isinstance(label, Unknown) else [subnet.name, label]
        for tier, patterns in self._names:
            if any(pattern.search(name) for pattern in patterns for name in names):
                return tier if tier is Tier.PRIVATE else hidden or tier
        return hidden


def _compile(patterns: tuple[str, ...]) -> Patterns:
    return tuple(re.compile(translate(pattern)) for pattern in patterns)


def _search(patterns: tuple[str, ...]) -> Patterns:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


def _lower(tags: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    return {key.lower(): frozenset(map(str.lower, values)) for key, values in tags.items()}
