"""The settings: the configuration of all policies, checked, and every mistake that it holds."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from guardrails.configuration import (
    Configuration,
    Exit,
    Unclassified,
    read_internal_range,
    read_internal_ranges,
    read_virtual_ip,
    read_vpc_range,
)
from guardrails.ids import ids_within
from guardrails.model.security import endpoint_kind
from guardrails.name_patterns import read_name
from guardrails.options.exemptions import Exemptions
from guardrails.options.reader import GivenOptions, OptionReader, typo
from guardrails.options.table import (
    ENDPOINTS,
    LEVEL,
    OPTIONS,
    ROUTES,
    SOUND,
    VIRTUAL_IP,
    policies_with,
)
from guardrails.patterns import refuse_every_urn

ALL: Final = "all"
"""What stands for every policy, and has a level but no options."""
_TARGETS: Final = ("tgw-", "vgw-", "pcx-", "vpce-", "eni-", "i-", "lgw-", "arn:")
"""How ids of route targets begin behind which there may be more than can be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The whole configuration of the pack, checked.

    `ids` are all AWS ids that it mentions. `mistakes` are sentences, sorted.
    """

    judge: Configuration = field(default_factory=Configuration)
    refused_when_unverified: frozenset[str] = frozenset()
    exemptions: Exemptions = field(default_factory=Exemptions)
    coverage: bool = False
    ids: frozenset[str] = frozenset()
    shared: bool = False
    """Entries that do nothing in one stack are another's."""
    mistakes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """A check that a text names something by id or URN, or by a pattern over URNs.

    Anything else, a mere name above all, would match nothing and be passed over in silence.
    """

    prefixes: tuple[str, ...]
    patterns: bool = False

    def __call__(self, text: str) -> None:
        """Raise ValueError for a text that names nothing."""
        is_pattern = "*" in text or "?" in text
        named = self.patterns if is_pattern else text.startswith(("urn:", *self.prefixes))
        if text != text.strip() or not named:
            ways = [f"an id ({' or '.join(f'{each}...' for each in self.prefixes)})"]
            ways += ["a URN (urn:pulumi:...)"]
            ways += ["a pattern over URNs (*::name)"] if self.patterns else []
            raise ValueError(f"write {', or '.join(ways)}")
        if is_pattern:
            refuse_every_urn(text)

    @property
    def pattern(self) -> str:
        """The same as a regular expression of JSON Schema."""
        begins = "|".join(("urn:", *self.prefixes))
        named = rf"{begins}|[\s\S]*[*?]" if self.patterns else rf"(?![\s\S]*[*?])(?:{begins})"
        return rf"^(?!\s)(?![\s\S]*\s$)(?:{named})"


def _is_key(text: str) -> None:
    if not text.strip():
        raise ValueError("a tag has a key")


def read_settings(
    given: GivenOptions, known: Sequence[str], services: Collection[str] | None = None
) -> Settings:
    """Read the configuration of all policies.

    `known` are the names of the policies, `services` the `Endpoint.kind`s that the topology's
    reader has for other services; None accepts any.
    """
    reader = OptionReader(given)
    reader.mistakes.extend(_typos(given, known))
    return read_options(reader, services)


def read_options(reader: OptionReader, services: Collection[str] | None) -> Settings:
    """Read every option; `services` means the same as in `read_settings`."""
    return Settings(
        judge=_judge(reader, services),
        refused_when_unverified=frozenset(
            rule
            for rule in policies_with("onUnverified")
            if reader.choice(rule, "onUnverified") == "mandatory"
        ),
        exemptions=Exemptions(
            tuple(
                sorted(
                    each for rule in policies_with("exemptions") for each in reader.exemptions(rule)
                )
            )
        ),
        coverage=reader.flag("exemptions-are-current", "coverage"),
        ids=ids_within([str(reader.given)]),
        shared=reader.flag(SOUND, "sharedConfiguration"),
        mistakes=tuple(sorted(reader.mistakes)),
    )


def _judge(reader: OptionReader, services: Collection[str] | None) -> Configuration:
    def is_readable(token: str) -> None:
        if services is not None and endpoint_kind(token) not in services:
            raise ValueError(typo(token, list(services)))

    subnets = Named(("subnet-",), patterns=True)
    return Configuration(
        private_subnets=reader.texts(ROUTES, "privateSubnets", subnets),
        public_subnets=reader.texts(ROUTES, "publicSubnets", subnets),
        private_tags=_sets(reader.lists(ROUTES, "privateTags", check_key=_is_key)),
        public_tags=_sets(reader.lists(ROUTES, "publicTags", check_key=_is_key)),
        private_names=reader.texts(ROUTES, "privateNames", read_name),
        public_names=reader.texts(ROUTES, "publicNames", read_name),
        unclassified=Unclassified(reader.choice(ROUTES, "unclassified")),
        internal_ranges=_internal_ranges(reader),
        **_exits(reader),
        closed_tables=frozenset(reader.texts(ROUTES, "closedTables", Named(("rtb-", "vpc-")))),
        closed_targets=frozenset(reader.texts(ROUTES, "closedTargets", Named(_TARGETS))),
        https_only_groups=frozenset(
            reader.texts(ENDPOINTS, "httpsOnlyGroups", Named(("sg-", "vpc-")))
        ),
        endpoint_like=frozenset(
            endpoint_kind(each) for each in reader.texts(ENDPOINTS, "endpointLike", is_readable)
        ),
        virtual_ips=reader.texts(VIRTUAL_IP, "virtualIps", read_virtual_ip),
        vpc_ranges=_vpc_ranges(reader),
    )


def _internal_ranges(reader: OptionReader) -> tuple[str, ...]:
    texts = reader.texts(ROUTES, "internalRanges", read_internal_range)
    try:
        read_internal_ranges(texts)
    except ValueError as error:
        reader.reject(ROUTES, "internalRanges", str(error))
        return ()
    return texts


def _exits(reader: OptionReader) -> dict[str, frozenset[Exit]]:
    allowed = reader.words(ROUTES, "allowedExits")
    advisory = reader.words(ROUTES, "advisoryExits")
    for both in sorted(allowed & advisory):
        reader.reject(ROUTES, "advisoryExits", f"{both!r} is in allowedExits too; keep one of them")
    return {
        "allowed_exits": frozenset(map(Exit, allowed - advisory)),
        "advisory_exits": frozenset(map(Exit, advisory)),
    }


def _vpc_ranges(reader: OptionReader) -> dict[str, tuple[str, ...]]:
    given = reader.value(VIRTUAL_IP, "vpcRanges")
    configured = reader.lists(VIRTUAL_IP, "vpcRanges", read_vpc_range, Named(("vpc-",)))
    for vpc in configured:
        if given[vpc] == []:
            reader.reject(VIRTUAL_IP, f"vpcRanges.{vpc}", "is empty, but a VPC has a range")
    return {vpc: ranges for vpc, ranges in configured.items() if ranges}


def _sets(lists: Mapping[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    return {key: frozenset(value.lower() for value in values) for key, values in lists.items()}


def _typos(given: GivenOptions, known: Sequence[str]) -> list[str]:
    found = [typo(policy, known) for policy in given if policy not in known and policy != ALL]
    found.extend(
        f"{policy}: {typo(option, tuple(OPTIONS.get(policy, {})))}"
        for policy in given
        if policy in known or policy == ALL
        for option in given[policy]
        if option not in OPTIONS.get(policy, {}) and option != LEVEL
    )
    return found
