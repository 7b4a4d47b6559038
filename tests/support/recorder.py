"""Records what a program registers, in place of an engine; nothing may be looked up."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.runtime import mocks, rpc, set_all_config, settings
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.stack import run_pulumi_func
from pulumi.runtime.sync_await import _sync_await

ACCOUNT = "123456789012"


# What a look-up gets: always the same, or what a function makes of its arguments. A refusal is
# a pair: nothing, and the property and reason of each failure.
Answer = Mapping[str, Any] | Callable[[Mapping[str, Any]], Any]


@dataclass(frozen=True)
class Registration:
    """One resource as it was handed to the engine."""

    token: str
    name: str
    parent: str
    inputs: Mapping[str, Any]
    protect: bool
    ignores: tuple[str, ...]
    deletes_first: bool
    replaces_on: tuple[str, ...]
    retained: bool
    depends_on: frozenset[str]
    depends_by: Mapping[str, frozenset[str]]


class Recorder(mocks.Mocks):
    """Answers as AWS would, with made-up ids, and remembers each registration by its name."""

    def __init__(self, answers: Mapping[str, Answer] | None = None) -> None:
        self.resources: dict[str, Registration] = {}
        self.outputs: dict[str, Mapping[str, Any]] = {}
        self.exports: dict[str, Any] = {}
        self._answers = answers or {}

    def build(
        self, program: Callable[[], Any], config: Mapping[str, Any] | None = None
    ) -> "Recorder":
        """Run a program and wait until all that it registers has arrived."""
        mocks.set_mocks(self, project="ha-cluster", stack="test", monitor=_Monitor(self))
        set_all_config(engine_config(config or {}))
        settings.SETTINGS.rpc_manager.clear()
        settings.SETTINGS.outputs.clear()

        def run() -> None:
            stack = settings.get_root_resource()
            stack.outputs.clear()
            program()
            pulumi.Output.from_input(dict(stack.outputs)).apply(self.exports.update)

        _sync_await(run_pulumi_func(run))
        return self

    def named(self, name: str) -> Registration:
        return self.resources[name]

    def names(self) -> set[str]:
        return set(self.resources)

    def of_type(self, token: str) -> dict[str, Registration]:
        return {name: found for name, found in self.resources.items() if found.token == token}

    def call(self, args: mocks.MockCallArgs) -> Any:
        if args.token not in self._answers:
            raise AssertionError(f"a look-up: {args.token} {args.args}")
        answer = self._answers[args.token]
        return answer(args.args) if callable(answer) else answer

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        identity = f"{args.name}-id"
        return identity, {**args.inputs, **_computed(args.typ, args.name, args.inputs)}


class _Monitor(mocks.MockMonitor):
    """The stand-in for the engine's monitor, which also sees the options of a resource."""

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the engine's name
        if request.type != "pulumi:pulumi:Stack":
            self.mocks.resources[request.name] = Registration(
                token=request.type,
                name=request.name,
                parent=_name(request.parent),
                inputs=rpc.deserialize_properties(request.object),
                protect=request.protect,
                ignores=tuple(request.ignoreChanges),
                deletes_first=request.deleteBeforeReplace,
                replaces_on=tuple(request.replaceOnChanges),
                retained=request.retainOnDelete,
                depends_on=frozenset(map(_name, request.dependencies)),
                depends_by={
                    name: frozenset(map(_name, found.urns))
                    for name, found in request.propertyDependencies.items()
                },
            )
        return super().RegisterResource(request)

    def RegisterResourceOutputs(self, request: resource_pb2.RegisterResourceOutputsRequest) -> Any:  # noqa: N802
        self.mocks.outputs[_name(request.urn)] = rpc.deserialize_properties(request.outputs)
        return super().RegisterResourceOutputs(request)


def engine_config(config: Mapping[str, Any]) -> dict[str, str]:
    """Return values as the engine hands them to a program: text as it is, all else as JSON."""
    return {
        key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()
    }


def _name(urn: str) -> str:
    return urn.rsplit("::", 1)[-1]


def _computed(token: str, name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    region_account = f"us-east-1:{ACCOUNT}"
    found: dict[str, Any] = {}
    match token:
        case "aws:ec2/vpc:Vpc":
            found = {
                "arn": f"arn:aws:ec2:{region_account}:vpc/{name}-id",
                "mainRouteTableId": f"{name}-main-table-id",
            }
        case "aws:iam/role:Role":
            found = {"arn": f"arn:aws:iam::{ACCOUNT}:role/{name}", "name": name}
        case (
            "aws:iam/instanceProfile:InstanceProfile"
            | "aws:cloudwatch/metricAlarm:MetricAlarm"
            | "aws:cloudwatch/eventRule:EventRule"
        ):
            found = {"name": name}
        case "aws:cloudwatch/logGroup:LogGroup":
            found = {"name": name, "arn": f"arn:aws:logs:{region_account}:log-group:{name}"}
        case "aws:ec2/vpcEndpoint:VpcEndpoint":
            found = {"prefixListId": f"pl-{name}"}
        case "aws:ec2/networkInterface:NetworkInterface":
            found = {"privateIp": inputs["privateIps"][0]}
    return found
