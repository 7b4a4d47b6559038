"""One analyzer process's view of one stack: what the engine has shown, judged once for all."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from enum import Enum, auto
from functools import cached_property
from traceback import extract_tb
from typing import Any

from guardrails.addresses import AddressError, parse_range, show
from guardrails.configuration import Configuration
from guardrails.findings import Finding, Judgement, Verdict
from guardrails.judge import judge
from guardrails.pack.gates.gate import Keeper
from guardrails.pack.gates.id_mentions import ids_within
from guardrails.pack.settings import Exemption, Settings, read_settings
from guardrails.pulumi_reader import Reading, concerns, read
from guardrails.pulumi_reader.protobuf import Properties
from guardrails.pulumi_reader.providers import Provider
from guardrails.pulumi_reader.resource import Resource
from guardrails.pulumi_reader.spellings import names_of
from guardrails.pulumi_reader.stack import Stack


def today() -> date:
    """Return the day in UTC, against which exemptions expire."""
    return datetime.now(UTC).date()


class Phase(Enum):
    """What the engine is doing: only during an update can a resource still be refused."""

    PREVIEW = auto()
    UPDATE = auto()
    STATE = auto()
    """`pulumi policy analyze`, which tells a pack nothing about the stack."""


class Session:
    """Collects what the engine sends and judges the stack once, whichever policy asks first."""

    def __init__(self, known: Sequence[str] = ()) -> None:
        self.known = tuple(known)
        self.settings = Settings()
        self.levels: Mapping[str, int] = {}
        self.phase = Phase.STATE
        self.inputs: dict[str, Any] = {}
        self._keeper = Keeper()
        self._providers: dict[str, Provider] = {}
        self._at_hand: dict[str, Any] = {}
        self.faults: list[str] = []
        self.secrets: set[str] = set()
        self._verdicts: Verdicts | None = None

    def configure(self, given: Mapping[str, Mapping[str, Any]], levels: Mapping[str, int]) -> None:
        """Take the configuration of all policies, and their enforcement levels."""
        self.settings = read_settings(given, self.known)
        self.levels = levels
        self._verdicts = None

    def start(self, phase: Phase, stack_configuration: Iterable[str]) -> None:
        """Take what the engine is about to do, and the values of the stack's configuration."""
        self.phase = phase
        self._keeper = Keeper(ids_within(stack_configuration))

    @property
    def verdicts(self) -> "Verdicts":
        """The judgement of the stack that the engine has sent."""
        if self._verdicts is None:
            raise LookupError("the policy SDK did not hand over the stack")
        return self._verdicts

    def fault(self, policy: str, error: Exception) -> str:
        """Note that a policy failed, and return what is said about it: never a value."""
        step = extract_tb(error.__traceback__)[-1]
        place = f"{step.filename.rpartition('/')[2]}:{step.lineno}"
        text = f"{policy} failed with {type(error).__name__} at {place}"
        if text not in self.faults:
            self.faults.append(text)
        return text

    def see(self, request: Any) -> None:
        """Remember the inputs of one resource, as the engine registers it."""
        self.inputs[request.urn] = request.properties
        if self.phase is Phase.UPDATE:
            self._at_hand[request.urn] = request

    def completed_by(self, urn: str) -> list[Finding]:
        """Return what the resource that is being registered would complete, during an update."""
        request = self._at_hand.get(urn)
        if request is None:
            return []
        inputs = Properties(request.properties, self.secrets)
        resource = Resource(
            urn,
            inputs,
            inputs=inputs,
            provider=_provider(request, self._providers, self.secrets),
            names=names_of(request.type),
        )
        return self._keeper.completed_by(resource, self.settings.judge)

    def printable(self, text: str) -> str:
        """Return the text with every secret value that was read blotted out."""
        if not self.secrets:
            return text
        spelled = {each for secret in self.secrets for each in _spellings(secret)}
        words = "|".join(map(re.escape, sorted(spelled, key=len, reverse=True)))
        return re.sub(rf"(?<!\w)(?:{words})(?!\w)", "[secret]", text)

    def begin(self, request: Any) -> None:
        """Take the whole stack; nothing is read before a policy asks."""
        self._verdicts = Verdicts(
            request.resources,
            self.inputs,
            self.settings,
            self.secrets,
            preview=self.phase is Phase.PREVIEW,
        )


class Verdicts:
    """The judgement of one request, sorted into what each policy reports."""

    def __init__(
        self,
        messages: Iterable[Any],
        inputs: Mapping[str, Any],
        settings: Settings,
        secrets: set[str],
        *,
        preview: bool = False,
    ) -> None:
        self.settings = settings
        self._messages = messages
        self._inputs = inputs
        self._secrets = secrets
        self._preview = preview

    @cached_property
    def reading(self) -> Reading:
        """The topology, read once."""
        providers: dict[str, Provider] = {}
        resources: list[Resource] = []
        others: list[str] = []
        for message in self._messages:
            if concerns(message.type, message.properties.fields):
                inputs = self._inputs.get(message.urn)
                resources.append(_resource(message, inputs, providers, self._secrets))
            else:
                others.append(message.urn)
        return read(resources, others, preview=self._preview)

    @cached_property
    def judgement(self) -> Judgement:
        """The judgement, made once."""
        return judge(self.reading.topology, in_keys_of(self.reading.stack, self.settings.judge))

    @cached_property
    def exempted(self) -> dict[Finding, Exemption]:
        """Findings that an exemption in force covers."""
        return {
            finding: exemption
            for finding in self.judgement.findings
            for exemption in self.settings.exemptions
            if exemption.covers(finding.rule, finding.subject) and exemption.expires >= today()
        }

    def findings(self, verdict: Verdict) -> list[Finding]:
        """Return the findings of one verdict that nothing exempts, sorted."""
        return [
            finding
            for finding in self.judgement.findings
            if finding.verdict is verdict and finding not in self.exempted
        ]


def in_keys_of(stack: Stack, configuration: Configuration) -> Configuration:
    """Name by key what the configuration names by AWS id, besides the id itself."""

    def keys(names: Iterable[str]) -> list[str]:
        return [key for name in names for key in (name, *stack.keys_of(name))]

    return replace(
        configuration,
        private_subnets=tuple(keys(configuration.private_subnets)),
        public_subnets=tuple(keys(configuration.public_subnets)),
        closed_tables=frozenset(keys(configuration.closed_tables)),
        https_only_groups=frozenset(keys(configuration.https_only_groups)),
        vpc_ranges={
            key: ranges for name, ranges in configuration.vpc_ranges.items() for key in keys([name])
        },
    )


def _spellings(secret: str) -> Iterator[str]:
    """Yield how messages may spell a secret: addresses come in their canonical form."""
    yield secret
    with suppress(AddressError):
        yield show(parse_range(secret))


def _resource(
    message: Any, inputs: Any, providers: dict[str, Provider], secrets: set[str]
) -> Resource:
    return Resource(
        message.urn,
        Properties(message.properties, secrets),
        inputs=None if inputs is None else Properties(inputs, secrets),
        links={key: tuple(each.urns) for key, each in message.propertyDependencies.items()},
        dependencies=tuple(message.dependencies),
        provider=_provider(message, providers, secrets),
        ignored=tuple(message.options.ignoreChanges),
        names=names_of(message.type),
    )


def _provider(message: Any, providers: dict[str, Provider], secrets: set[str]) -> Provider | None:
    if not message.HasField("provider"):
        return None
    urn: str = message.provider.urn
    if urn not in providers:
        properties = Properties(message.provider.properties, secrets)
        providers[urn] = Provider(message.provider.name, properties)
    return providers[urn]
