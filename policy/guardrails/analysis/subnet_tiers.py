"""Which subnets are private: by configuration; by tags and names that agree; else by behaviour."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from guardrails.analysis.subnet_names import own_part
from guardrails.configuration import Configuration, Unclassified
from guardrails.model.knowledge import Sure, Unknown
from guardrails.model.network import Subnet, Tags
from guardrails.name_patterns import LONGEST_NAME, read_name
from guardrails.patterns import Patterns


class Tier(StrEnum):
    """What a subnet is meant to be; values are the words used in messages."""

    PRIVATE = "private"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for each tier, as messages call it; `hidden` is why a sign cannot be seen."""

    said: Mapping[Tier, Sequence[str]]
    hidden: Unknown | None

    @property
    def disagreement(self) -> str:
        """Return which signs say what if they disagree, else ""."""
        if len(self.said) < len(Tier):
            return ""
        return "; ".join(f"{tier} by {' and '.join(self.said[tier])}" for tier in Tier)


class SubnetTiers:
    """Tells a subnet's tier, or the fact that would.

    Signs that disagree decide nothing, even if one of them seems stronger. A sign that cannot be
    seen may disagree, so nothing is decided beside it either. Programs put the VPC's name into the
    names of its subnets: if a name says both tiers, that part of it does not count.
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
        self, subnet: Subnet, vpc: str = "", behaves_publicly: Callable[[], bool] = lambda: False
    ) -> Tier | Unknown:
        """Return the tier of `subnet` in the VPC of this name, or `Unknown` with what is missing.

        `behaves_publicly` is asked where nothing else tells and the configuration leaves it open.
        """
        return (
            self._configured(subnet)
            or self._by_signs(subnet, vpc)
            or self._otherwise_of(subnet, behaves_publicly)
        )

    def _configured(self, subnet: Subnet) -> Tier | None:
        return next(iter(self._explicit.of(subnet.key)), None)

    def _by_signs(self, subnet: Subnet, vpc: str) -> Tier | Unknown | None:
        if isinstance(subnet.tags, Unknown):
            return subnet.tags
        signs = self._signs(subnet, subnet.tags, vpc)
        if signs.disagreement:
            why = f"its signs disagree ({signs.disagreement})"
            return Unknown(f"whether subnet {subnet.name} is private: {why}")
        return signs.hidden or next(iter(signs.said), None)

    def _otherwise_of(self, subnet: Subnet, behaves_publicly: Callable[[], bool]) -> Tier | Unknown:
        if self._otherwise is not Unclassified.UNVERIFIED:
            return Tier(self._otherwise)
        if behaves_publicly():
            return Tier.PUBLIC
        return Unknown(f"whether subnet {subnet.name} is private: nothing classifies it")

    def _signs(self, subnet: Subnet, tags: Tags, vpc: str) -> Signs:
        said: dict[Tier, list[str]] = {}
        hidden: Unknown | None = None
        for tier, key, value in self._tag_signs(tags):
            if isinstance(value, Unknown):
                hidden = value
            else:
                said.setdefault(tier, []).append(f"its tag {key}")
        names = {subnet.name: "its name"}
        label = tags.get("Name", "")
        if isinstance(label, Unknown):
            hidden = hidden or label
        else:
            names.setdefault(label, f"its tag Name ({label})")
        for name, called in names.items():
            if len(name) > LONGEST_NAME:
                hidden = Unknown(f"what the name of subnet {name[:LONGEST_NAME]} ends with")
            for tier in self._signs_in(name[:LONGEST_NAME], vpc):
                said.setdefault(tier, []).append(called)
        return Signs(said, hidden)

    def _tag_signs(self, tags: Tags) -> Iterator[tuple[Tier, str, Sure[str]]]:
        """Yield the tags that are signs, or may be because their value cannot be seen."""
        for key, value in tags.items():
            for tier, signs in self._tags:
                values = signs.get(key.lower(), frozenset())
                if key.lower() in signs and (
                    isinstance(value, Unknown) or value.strip().lower() in values
                ):
                    yield tier, key, value

    def _signs_in(self, name: str, vpc: str) -> set[Tier]:
        said = self._search(name)
        own = self._search(own_part(name, vpc)) if len(said) > 1 else said
        return own if len(own) == 1 else said

    def _search(self, name: str) -> set[Tier]:
        """Return what a name says: a sign within a longer one (`non-public`) is part of that."""
        spans = [
            (tier, match.span())
            for tier, patterns in self._names
            for pattern in patterns
            for match in pattern.finditer(name)
        ]
        return {
            tier
            for tier, span in spans
            if not any(other is not tier and _is_part(span, of) for other, of in spans)
        }


def _is_part(span: tuple[int, int], of: tuple[int, int]) -> bool:
    return of != span and of[0] <= span[0] and span[1] <= of[1]


def _search(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(map(read_name, patterns))


def _lower(tags: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    return {key.lower(): frozenset(map(str.lower, values)) for key, values in tags.items()}
