"""Turns the pack's configuration into what the judge is told, and finds every mistake in it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, TypeAlias, cast

from guardrails.configuration import (
    Configuration,
    Unclassified,
    read_internal_range,
    read_name,
    read_pattern,
    read_virtual_ip,
    read_vpc_range,
)
from guardrails.pack.options import (
    ENDPOINTS,
    EXEMPTION_KEYS,
    OPTIONS,
    ROUTES,
    RULES,
    VIRTUAL_IP,
)
from guardrails.pulumi_reader.read_services import ENDPOINT_LIKE, endpoint_kind

Given: TypeAlias = Mapping[str, Mapping[str, Any]]
"""By policy: the options as the engine hands them over."""


@dataclass(frozen=True, slots=True, order=True)
class Exemption:
    """A subject of a rule that may break it until the end of a day."""

    rule: str
    urn: str
    reason: str
    owner: str
    expires: date

    def covers(self, rule: str, subject: str) -> bool:
        """Tell whether the exemption is meant for this subject of this rule."""
        return rule == self.rule and _pattern(self.urn).fullmatch(subject) is not None


_pattern = lru_cache(read_pattern)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The whole configuration of the pack, checked. `mistakes` are sentences, sorted."""

    judge: Configuration = field(default_factory=Configuration)
    refused_when_unverified: frozenset[str] = frozenset()
    exemptions: tuple[Exemption, ...] = ()
    coverage: bool = False
    mistakes: tuple[str, ...] = ()


class _Reader:
    """Reads options one by one and notes what is wrong with them."""

    def __init__(self, given: Given) -> None:
        self._given = given
        self.mistakes: list[str] = []

    def refuse(self, policy: str, option: str, problem: str) -> None:
        self.mistakes.append(f"{policy}.{option}: {problem}")

    def value(self, policy: str, option: str) -> Any:
        given = self._given.get(policy, {}).get(option)
        return OPTIONS[policy][option]["default"] if given is None else given

    def texts(
        self, policy: str, option: str, check: Callable[[str], object] = str
    ) -> tuple[str, ...]:
        return self._members(policy, option, self.value(policy, option), check)

    def lists(
        self,
        policy: str,
        option: str,
        check: Callable[[str], object] = str,
        check_key: Callable[[str], object] = str,
    ) -> dict[str, tuple[str, ...]]:
        value = self.value(policy, option)
        if not isinstance(value, Mapping):
            self.refuse(policy, option, "is not a mapping of lists; write {key: [value, ...]}")
            return {}
        mapping = cast("Mapping[str, Any]", value)
        return {
            key: self._members(policy, f"{option}.{key}", members, check)
            for key, members in mapping.items()
            if self._is_usable(policy, option, key, check_key)
        }

    def _members(
        self, policy: str, option: str, value: Any, check: Callable[[str], object]
    ) -> tuple[str, ...]:
        if not isinstance(value, list):
            self.refuse(policy, option, "is not a list of texts; write [...]")
            return ()
        members = cast("list[Any]", value)
        return tuple(each for each in members if self._is_usable(policy, option, each, check))

    def _is_usable(
        self, policy: str, option: str, member: Any, check: Callable[[str], object]
    ) -> bool:
        try:
            if not isinstance(member, str):
                raise ValueError("not a text")  # noqa: TRY004, TRY301 - one way to say what is wrong
            check(member)
        except ValueError as error:
            self.refuse(policy, option, f"{member!r} is not usable: {error}")
            return False
        return True

    def choice(self, policy: str, option: str) -> str:
        value = self.value(policy, option)
        allowed: list[str] = OPTIONS[policy][option]["enum"]
        if value in allowed:
            return cast("str", value)
        self.refuse(policy, option, f"{value!r} is none of {', '.join(allowed)}")
        return cast("str", OPTIONS[policy][option]["default"])

    def flag(self, policy: str, option: str) -> bool:
        value = self.value(policy, option)
        if not isinstance(value, bool):
            self.refuse(policy, option, f"{value!r} is neither true nor false")
        return value is True

    def exemptions(self, policy: str) -> list[Exemption]:
        value = self.value(policy, "exemptions")
        if not isinstance(value, list):
            self.refuse(policy, "exemptions", "is not a list; write [{urn, reason, ...}]")
            return []
        read = [self._exemption(policy, each) for each in cast("list[Any]", value)]
        return [each for each in read if each is not None]

    def _exemption(self, policy: str, given: Any) -> Exemption | None:
        if not isinstance(given, Mapping):
            self.refuse(policy, "exemptions", f"{given!r} is not a mapping")
            return None
        entry = cast("Mapping[str, Any]", given)
        before = len(self.mistakes)
        for key in sorted(entry.keys() - set(EXEMPTION_KEYS)):
            self.refuse(policy, "exemptions", _typo(key, EXEMPTION_KEYS))
        for key in EXEMPTION_KEYS:
            text = entry.get(key)
            if not isinstance(text, str) or not text.strip():
                self.refuse(policy, "exemptions", f"an exemption needs `{key}`, a text")
        if len(self.mistakes) > before:
            return None
        if not _is_day(entry["expires"]):
            self.refuse(
                policy, "exemptions", f"expires {entry['expires']!r} is no day; write YYYY-MM-DD"
            )
            return None
        expires = date.fromisoformat(entry["expires"])
        return Exemption(policy, entry["urn"], entry["reason"], entry["owner"], expires)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _named(*prefixes: str, patterns: bool = False) -> Callable[[str], None]:
    """Return a check that a text names something by id or URN, or by a pattern over URNs.

    Anything else, a mere name above all, would match nothing and be passed over in silence.
    """
    ways = [f"an id ({' or '.join(f'{each}...' for each in prefixes)})", "a URN (urn:pulumi:...)"]
    ways += ["a pattern over URNs (*::name)"] if patterns else []

    def check(text: str) -> None:
        is_pattern = "*" in text or "?" in text
        if text != text.strip() or (is_pattern and not patterns):
            raise ValueError(f"write {', or '.join(ways)}")
        if not (is_pattern or text.startswith(("urn:", *prefixes))):
            raise ValueError(f"write {', or '.join(ways)}")

    return check


def _is_readable(token: str) -> None:
    known = [endpoint_kind(each) for each in ENDPOINT_LIKE]
    if endpoint_kind(token) not in known:
        raise ValueError(_typo(token, known))


def _is_key(text: str) -> None:
    if not text.strip():
        raise ValueError("a tag has a key")


def read_settings(given: Given, known: Sequence[str]) -> Settings:
    """Read the configuration of all policies. `known` are the names of the pack's policies."""
    reader = _Reader(given)
    reader.mistakes.extend(_typos(given, known))
    return Settings(
        judge=_judge(reader),
        refused_when_unverified=frozenset(
            rule for rule in RULES if reader.choice(rule, "onUnverified") == "mandatory"
        ),
        exemptions=tuple(sorted(each for rule in RULES for each in reader.exemptions(rule))),
        coverage=reader.flag("exemptions-are-current", "coverage"),
        mistakes=tuple(sorted(reader.mistakes)),
    )


def _judge(reader: _Reader) -> Configuration:
    subnets = _named("subnet-", patterns=True)
    return Configuration(
        private_subnets=reader.texts(ROUTES, "privateSubnets", subnets),
        public_subnets=reader.texts(ROUTES, "publicSubnets", subnets),
        private_tags=_sets(reader.lists(ROUTES, "privateTags", check_key=_is_key)),
        public_tags=_sets(reader.lists(ROUTES, "publicTags", check_key=_is_key)),
        private_names=reader.texts(ROUTES, "privateNames", read_name),
        public_names=reader.texts(ROUTES, "publicNames", read_name),
        unclassified=Unclassified(reader.choice(ROUTES, "unclassified")),
        internal_ranges=reader.texts(ROUTES, "internalRanges", read_internal_range),
        closed_tables=frozenset(reader.texts(ROUTES, "closedTables", _named("rtb-", "vpc-"))),
        https_only_groups=frozenset(
            reader.texts(ENDPOINTS, "httpsOnlyGroups", _named("sg-", "vpc-"))
        ),
        endpoint_like=frozenset(
            endpoint_kind(each) for each in reader.texts(ENDPOINTS, "endpointLike", _is_readable)
        ),
        virtual_ips=reader.texts(VIRTUAL_IP, "virtualIps", read_virtual_ip),
        vpc_ranges=_vpc_ranges(reader),
    )


def _vpc_ranges(reader: _Reader) -> dict[str, tuple[str, ...]]:
    given = reader.value(VIRTUAL_IP, "vpcRanges")
    told = reader.lists(VIRTUAL_IP, "vpcRanges", read_vpc_range, _named("vpc-"))
    for vpc in told:
        if given[vpc] == []:
            reader.refuse(VIRTUAL_IP, f"vpcRanges.{vpc}", "is empty, but a VPC has a range")
    return {vpc: ranges for vpc, ranges in told.items() if ranges}


def _sets(lists: Mapping[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    return {key: frozenset(value.lower() for value in values) for key, values in lists.items()}


def _typos(given: Given, known: Sequence[str]) -> list[str]:
    found = [_typo(policy, known) for policy in given if policy not in known and policy != "all"]
    found.extend(
        f"{policy}: {_typo(option, tuple(OPTIONS.get(policy, {})))}"
        for policy in given
        if policy in known
        for option in given[policy]
        if option not in OPTIONS.get(policy, {}) and option != "enforcementLevel"
    )
    return found


def _typo(word: str, known: Sequence[str]) -> str:
    near = get_close_matches(word, known, n=1, cutoff=0.5)
    if near:
        return f"{word!r} is not known; did you mean {near[0]!r}?"
    return f"{word!r} is not known; known are: {', '.join(known) or 'none'}"
