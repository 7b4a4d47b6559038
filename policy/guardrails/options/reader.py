"""Reads the options of the pack's policies one by one, and notes what is wrong with them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Any, TypeAlias, cast

from guardrails.options.exemptions import Exemption
from guardrails.options.table import EXEMPTION_KEYS, OPTIONS
from guardrails.patterns import refuse_every_urn

GivenOptions: TypeAlias = Mapping[str, Mapping[str, Any]]
"""By policy: the options as the engine hands them over."""
Check: TypeAlias = Callable[[str], object]
"""Raises ValueError for a text that cannot be used."""


class OptionReader:
    """Reads options one by one and notes what is wrong with them."""

    def __init__(self, given: GivenOptions) -> None:
        self.given = given
        self.mistakes: list[str] = []
        self.checks: dict[tuple[str, str], Check] = {}
        """By policy and option: how its texts were checked."""
        self.key_checks: dict[tuple[str, str], Check] = {}

    def reject(self, policy: str, option: str, problem: str) -> None:
        """Note what is wrong with an option."""
        self.mistakes.append(f"{policy}.{option}: {problem}")

    def value(self, policy: str, option: str) -> Any:
        """Return an option as it is given, else its default."""
        return self.given.get(policy, {}).get(option, OPTIONS[policy][option]["default"])

    def texts(self, policy: str, option: str, check: Check = str) -> tuple[str, ...]:
        """Return the members of a list that are texts and pass `check`."""
        self.checks[policy, option] = check
        return self._members(policy, option, self.value(policy, option), check)

    def words(self, policy: str, option: str) -> frozenset[str]:
        """Return the members of a list of the words that its schema allows."""
        allowed: list[str] = OPTIONS[policy][option]["items"]["enum"]

        def check(word: str) -> None:
            if word not in allowed:
                raise ValueError(typo(word, allowed))

        return frozenset(self.texts(policy, option, check))

    def lists(
        self,
        policy: str,
        option: str,
        check: Check = str,
        check_key: Check = str,
    ) -> dict[str, tuple[str, ...]]:
        """Return a mapping of lists, without keys and members that do not pass their check."""
        self.key_checks[policy, option] = check_key
        value = self.value(policy, option)
        if not isinstance(value, Mapping):
            self.reject(policy, option, "is not a mapping of lists; write {key: [value, ...]}")
            return {}
        mapping = cast("Mapping[str, Any]", value)
        return {
            key: self._members(policy, f"{option}.{key}", members, check)
            for key, members in mapping.items()
            if self._is_usable(policy, option, key, check_key)
        }

    def _members(self, policy: str, option: str, value: Any, check: Check) -> tuple[str, ...]:
        if not isinstance(value, list):
            self.reject(policy, option, "is not a list of texts; write [...]")
            return ()
        members = cast("list[Any]", value)
        return tuple(each for each in members if self._is_usable(policy, option, each, check))

    def _is_usable(self, policy: str, option: str, member: Any, check: Check) -> bool:
        try:
            if not isinstance(member, str):
                raise ValueError("not a text")  # noqa: TRY004, TRY301 - one way to say what is wrong
            check(member)
        except ValueError as error:
            self.reject(policy, option, f"{member!r} is not usable: {error}")
            return False
        return True

    def choice(self, policy: str, option: str) -> str:
        """Return one of the option's allowed words, its default for any other."""
        value = self.value(policy, option)
        allowed: list[str] = OPTIONS[policy][option]["enum"]
        if value in allowed:
            return cast("str", value)
        self.reject(policy, option, f"{value!r} is not one of {', '.join(allowed)}")
        return cast("str", OPTIONS[policy][option]["default"])

    def flag(self, policy: str, option: str) -> bool:
        """Return whether an option is true."""
        value = self.value(policy, option)
        if not isinstance(value, bool):
            self.reject(policy, option, f"{value!r} is neither true nor false")
        return value is True

    def exemptions(self, policy: str) -> list[Exemption]:
        """Return the exemptions from a policy that are complete."""
        value = self.value(policy, "exemptions")
        if not isinstance(value, list):
            self.reject(policy, "exemptions", "is not a list; write [{urn, reason, ...}]")
            return []
        read = [self._exemption(policy, each) for each in cast("list[Any]", value)]
        return [each for each in read if each is not None]

    def _exemption(self, policy: str, given: Any) -> Exemption | None:
        if not isinstance(given, Mapping):
            self.reject(policy, "exemptions", f"{given!r} is not a mapping")
            return None
        entry = cast("Mapping[str, Any]", given)
        before = len(self.mistakes)
        for key in sorted(entry.keys() - set(EXEMPTION_KEYS)):
            self.reject(policy, "exemptions", typo(key, EXEMPTION_KEYS))
        for key in EXEMPTION_KEYS:
            text = entry.get(key)
            if not isinstance(text, str) or not text.strip():
                self.reject(policy, "exemptions", f"an exemption needs `{key}`, a text")
        if len(self.mistakes) > before:
            return None
        if not self._is_usable(policy, "exemptions", entry["urn"], refuse_every_urn):
            return None
        if not _is_day(entry["expires"]):
            self.reject(
                policy,
                "exemptions",
                f"expires {entry['expires']!r} is not a valid day; write YYYY-MM-DD",
            )
            return None
        expires = date.fromisoformat(entry["expires"])
        return Exemption(policy, entry["urn"], entry["reason"], entry["owner"], expires)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def typo(word: str, known: Sequence[str]) -> str:
    """Say that a word is not known, and which one may be meant."""
    near = get_close_matches(word, known, n=1, cutoff=0.5)
    if near:
        return f"{word!r} is not known; did you mean {near[0]!r}?"
    return f"{word!r} is not known; known are: {', '.join(known) or 'none'}"
