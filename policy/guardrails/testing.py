"""A test harness for authors of policies: runs policies as the engine does, without an engine.

It drives the policy SDK's own servicer with the engine's own messages, so a policy under test meets
the SDK's proxies, unknown values, secrets, nulls and numbers as it will in a preview.

    resources = [Given("aws:ec2/vpc:Vpc", "main", inputs={"cidrBlock": "10.0.0.0/16"})]
    assert analyze(resources, policies()).of("my-policy") == []
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, cast

from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import EnforcementLevel, Policy, policy, proxy
from pulumi_policy.deserialize import SPECIAL_SECRET_SIG, SPECIAL_SIG_KEY

from guardrails.pulumi_reader.resource import type_and_name

UNKNOWN: Final = proxy.UNKNOWN_STRING_VALUE
"""What a value looks like that a preview does not know yet."""

_LEVELS: Final = {
    EnforcementLevel.ADVISORY: analyzer_pb2.ADVISORY,
    EnforcementLevel.MANDATORY: analyzer_pb2.MANDATORY,
    EnforcementLevel.REMEDIATE: analyzer_pb2.REMEDIATE,
    EnforcementLevel.DISABLED: analyzer_pb2.DISABLED,
}


def secret(value: object) -> dict[str, object]:
    """Return `value` as the engine sends a secret."""
    return {SPECIAL_SIG_KEY: SPECIAL_SECRET_SIG, "value": value}


@dataclass(frozen=True, slots=True)
class Given:
    """One resource as the engine sends it: inputs to `Analyze`, outputs to `AnalyzeStack`.

    `outputs` None: as the inputs. `links` are URNs by property, as in a state file.
    `registered` False: only in the stack, as a resource that a targeted update leaves out.
    `ignore_changes` are properties as the schema spells them, `sourceDestCheck` for instance.
    """

    type: str
    name: str
    inputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    outputs: Mapping[str, Any] | None = None
    links: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    dependencies: Sequence[str] = ()
    provider: Mapping[str, Any] | None = None
    provider_name: str = "default"
    parent: str = ""
    registered: bool = True
    exact_urn: str = ""
    ignore_changes: Sequence[str] = ()

    @property
    def urn(self) -> str:
        """The resource's URN."""
        return self.exact_urn or urn_of(self.type, self.name)


def urn_of(token: str, name: str) -> str:
    """Return the URN of a resource without a parent in the stack under test."""
    return f"urn:pulumi:test::project::{token}::{name}"


@dataclass(frozen=True, slots=True)
class Violation:
    """One reported violation; `level` is the enforcement level under which it came."""

    policy: str
    level: str
    urn: str
    message: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that a run of the policies reported, in the order of the reports."""

    violations: tuple[Violation, ...]

    def of(self, name: str) -> list[Violation]:
        """Return the violations of one policy."""
        return [each for each in self.violations if each.policy == name]

    @property
    def refused(self) -> bool:
        """Tell whether the engine would refuse the run."""
        return any(each.level == "mandatory" for each in self.violations)


class Analyzer:
    """The policies as one analyzer process, for tests that look at single requests."""

    def __init__(
        self,
        policies: list[Policy],
        *,
        config: Mapping[str, Mapping[str, Any]] | None = None,
        preview: bool | None = None,
        stack_config: Mapping[str, str] | None = None,
    ) -> None:
        servicer: Any = policy._PolicyAnalyzerServicer  # pyright: ignore[reportPrivateUsage] # noqa: SLF001 - what the engine talks to
        self._servicer = servicer("under-test", "0.0.1", policies, EnforcementLevel.ADVISORY)
        self._servicer.Configure(_configuration(policies, config or {}), None)
        self._servicer.ConfigureStack(_stack(stack_config or {}, preview=preview), None)

    def register(self, resource: Given) -> list[Violation]:
        """Send one resource's inputs, as the engine does before it creates the resource."""
        request = analyzer_pb2.AnalyzeRequest()
        _fill(request, resource, resource.inputs)
        self._servicer.Remediate(request, None)
        return _violations(self._servicer.Analyze(request, None))

    def judge(self, resources: Iterable[Given]) -> list[Violation]:
        """Send the whole stack's outputs, as the engine does in the end."""
        request = analyzer_pb2.AnalyzeStackRequest()
        for resource in resources:
            message = request.resources.add()
            outputs = resource.inputs if resource.outputs is None else resource.outputs
            _fill(message, resource, outputs)
            message.parent = resource.parent
            message.dependencies.extend(resource.dependencies)
            for name, urns in resource.links.items():
                if urns:
                    message.propertyDependencies[name].urns.extend(urns)
        return _violations(self._servicer.AnalyzeStack(request, None))


def analyze(
    resources: Iterable[Given],
    policies: list[Policy],
    *,
    config: Mapping[str, Mapping[str, Any]] | None = None,
    preview: bool | None = None,
) -> Outcome:
    """Run `policies` over a stack: every resource by itself, then the stack.

    `preview` None is `pulumi policy analyze`, True `pulumi preview`, False `pulumi up`.
    """
    analyzer = Analyzer(policies, config=config, preview=preview)
    every = list(resources)
    found = [
        each for resource in every if resource.registered for each in analyzer.register(resource)
    ]
    return Outcome((*found, *analyzer.judge(every)))


def from_state(state: Mapping[str, Any]) -> list[Given]:
    """Return the resources of an exported state as `pulumi policy analyze` would send them."""
    resources: list[dict[str, Any]] = state["deployment"]["resources"]
    providers = {
        each["urn"]: each for each in resources if each["type"].startswith("pulumi:providers:")
    }
    given: list[Given] = []
    for each in resources:
        if each.get("delete"):
            continue
        provider = providers.get(each.get("provider", "").rpartition("::")[0])
        given.append(
            Given(
                each["type"],
                type_and_name(each["urn"])[1],
                inputs=each.get("inputs") or {},
                outputs=each.get("outputs") or {},
                links=each.get("propertyDependencies") or {},
                dependencies=each.get("dependencies") or (),
                provider=None if provider is None else provider.get("inputs") or {},
                provider_name=type_and_name(provider["urn"])[1] if provider else "",
                parent=each.get("parent", ""),
                exact_urn=each["urn"],
                ignore_changes=each.get("ignoreChanges") or (),
            )
        )
    return given


def with_unknowns(resources: Iterable[Given], chance: float, source: random.Random) -> list[Given]:
    """Return the stack with every value turned unknown by `chance`, alike in inputs and outputs."""
    changed: list[Given] = []
    for resource in resources:
        seed = source.random()
        outputs = resource.outputs
        changed.append(
            replace(
                resource,
                inputs=_hide_members(resource.inputs, chance, seed, ""),
                outputs=None if outputs is None else _hide_members(outputs, chance, seed, ""),
            )
        )
    return changed


def _hide_members(
    members: Mapping[str, Any], chance: float, seed: float, path: str
) -> dict[str, Any]:
    return {name: _hide(each, chance, seed, f"{path}/{name}") for name, each in members.items()}


def _hide(value: Any, chance: float, seed: float, path: str) -> Any:
    """Hide parts of `value`; the same path under the same seed meets the same fate."""
    if random.Random(f"{seed}{path}").random() < chance:  # noqa: S311 - a test's dice
        return UNKNOWN
    if isinstance(value, Mapping):
        return _hide_members(cast("Mapping[str, Any]", value), chance, seed, path)
    if isinstance(value, list):
        members = cast("list[Any]", value)
        return [_hide(each, chance, seed, f"{path}/{at}") for at, each in enumerate(members)]
    return value


def _stack(
    config: Mapping[str, str], *, preview: bool | None
) -> analyzer_pb2.AnalyzerStackConfigureRequest:
    """Return what the language host tells a pack: nothing of a stack if the engine names none."""
    if preview is None:
        return analyzer_pb2.AnalyzerStackConfigureRequest()
    return analyzer_pb2.AnalyzerStackConfigureRequest(
        stack="test", project="project", dry_run=preview, config=config
    )


def _configuration(policies: Iterable[Policy], config: Mapping[str, Mapping[str, Any]]) -> Any:
    """Fill in defaults and levels, as the engine does before it configures a pack."""
    request = analyzer_pb2.ConfigureAnalyzerRequest()
    levels = {level.value: number for level, number in _LEVELS.items()}
    for each in policies:
        given = dict(config.get(each.name, {}))
        level = given.pop("enforcementLevel", None)
        schema = each.config_schema
        options = schema.properties if schema is not None else {}
        values = {key: option["default"] for key, option in options.items() if "default" in option}
        entry = request.policyConfig[each.name]
        default = _LEVELS[each.enforcement_level or EnforcementLevel.ADVISORY]
        entry.enforcementLevel = levels[level] if level else default
        entry.properties.CopyFrom(_struct({**values, **given}))
    for name in config.keys() - {each.name for each in policies}:
        request.policyConfig[name].properties.CopyFrom(_struct(config[name]))
    return request


def _fill(message: Any, resource: Given, properties: Mapping[str, Any]) -> None:
    message.urn = resource.urn
    message.type = resource.type
    message.name = resource.name
    message.properties.CopyFrom(_struct(properties))
    message.options.parent = resource.parent
    message.options.ignoreChanges.extend(resource.ignore_changes)
    if resource.provider is not None:
        kind = f"pulumi:providers:{resource.type.partition(':')[0]}"
        message.provider.urn = urn_of(kind, resource.provider_name)
        message.provider.type = kind
        message.provider.name = resource.provider_name
        message.provider.properties.CopyFrom(_struct(resource.provider))


def _struct(properties: Mapping[str, Any]) -> Struct:
    message = Struct()
    message.update(dict(properties))
    return message


def _violations(response: Any) -> list[Violation]:
    names = {number: level.value for level, number in _LEVELS.items()}
    return [
        Violation(each.policyName, names[each.enforcementLevel], each.urn, each.message)
        for each in response.diagnostics
    ]
