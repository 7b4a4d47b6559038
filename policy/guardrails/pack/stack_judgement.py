"""One judgement of a stack: read and judged once, sorted into what each policy reports."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from guardrails.configuration import Configuration
from guardrails.findings import Finding, Judgement, Verdict
from guardrails.judge import judge
from guardrails.options.exemptions import Exemption
from guardrails.options.settings import Settings
from guardrails.pack.engine_messages import stack_resource
from guardrails.pack.idle_entries import IdleEntries
from guardrails.pulumi_reader import Reading, concerns, read
from guardrails.pulumi_reader.providers import Provider
from guardrails.pulumi_reader.resource import Resource
from guardrails.pulumi_reader.stack import Stack
from guardrails.rules import RULES


class StackJudgement:
    """The judgement of one request, sorted into what each policy reports."""

    def __init__(
        self,
        messages: Iterable[Any],
        inputs: Mapping[str, Any],
        settings: Settings,
        secrets: set[str],
        *,
        preview: bool = False,
        disabled: frozenset[str] = frozenset(),
    ) -> None:
        """Take a request. Of rules that are `disabled` nothing is told, by no policy."""
        self.disabled = disabled
        self.settings = settings
        self._messages = messages
        self._inputs = inputs
        self._secrets = secrets
        self._preview = preview

    @cached_property
    def reading(self) -> Reading:
        """The topology, read once."""
        providers = dict[str, Provider]()
        resources = list[Resource]()
        others: list[str] = []
        for message in self._messages:
            if concerns(message.type, message.properties.fields):
                inputs = self._inputs.get(message.urn)
                resources.append(stack_resource(message, inputs, providers, self._secrets))
            else:
                others.append(message.urn)
        return read(resources, others, preview=self._preview)

    @cached_property
    def judgement(self) -> Judgement:
        """The judgement, made once, by the rules that are not disabled."""
        own = in_keys_of(self.reading.stack, self.settings.judge)
        return judge(self.reading.topology, own, rules=RULES.keys() - self.disabled)

    @cached_property
    def idle(self) -> list[str]:
        """What of the configuration does nothing in this stack."""
        entries = IdleEntries(self.reading, self.judgement, self.settings)
        return sorted(entries.of(self.disabled))

    @cached_property
    def exempted(self) -> dict[Finding, Exemption]:
        """Findings that an exemption in force covers."""
        pairs = (
            (finding, self.settings.exemptions.in_force(finding.rule, finding.subject))
            for finding in self.judgement.findings
        )
        return {finding: exemption for finding, exemption in pairs if exemption}

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
        closed_targets=frozenset(keys(configuration.closed_targets)),
        https_only_groups=frozenset(keys(configuration.https_only_groups)),
        vpc_ranges={
            key: ranges for name, ranges in configuration.vpc_ranges.items() for key in keys([name])
        },
    )
