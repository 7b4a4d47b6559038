"""aws:cloudwatch/eventTarget:EventTarget (upstream: internal/service/events/target.go)."""

from typing import Any, ClassVar

from sandbox.provider.cloud import Cloud, refuse, unless_gone
from sandbox.provider.events.rule import NAME
from sandbox.provider.names import name_from
from sandbox.provider.resource import Change, Resource, pick
from sandbox.provider.schema import boolean, map_of, object_of, string
from sandbox.provider.values import arn, json_document, length, one_of
from sandbox.provider.wire import Properties

_ARGUMENTS = {"arn": "Arn", "input": "Input", "inputPath": "InputPath", "roleArn": "RoleArn"}


class EventTarget(Resource):
    """Where a rule of the default event bus sends its events."""

    pulumi_name = "aws:cloudwatch/eventTarget:EventTarget"
    noun = "EventBridge Target"
    properties: ClassVar = {
        "arn": string(required=True, valid=(arn,)),
        "eventBusName": string(default="default", replaces=True, valid=(one_of("default"),)),
        "forceDestroy": boolean(default=False),
        "input": string(
            conflicts_with=("inputPath", "inputTransformer"),
            valid=(json_document, length(0, 8192)),
        ),
        "inputPath": string(conflicts_with=("input", "inputTransformer"), valid=(length(0, 256),)),
        "inputTransformer": object_of(
            {
                "inputPaths": map_of(string()),
                "inputTemplate": string(required=True, valid=(length(1, 8192),)),
            },
            conflicts_with=("input", "inputPath"),
        ),
        "roleArn": string(valid=(arn,)),
        "rule": string(required=True, replaces=True),
        "targetId": string(computed=True, replaces=True, valid=(NAME,)),
    }
    unmodelled = (
        "appsyncTarget",
        "batchTarget",
        "deadLetterConfig",
        "ecsTarget",
        "httpTarget",
        "kinesisTarget",
        "redshiftTarget",
        "retryPolicy",
        "runCommandTargets",
        "sagemakerPipelineTarget",
        "sqsTarget",
    )

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Add the target to its rule; its id says both."""
        inputs["targetId"] = inputs.get("targetId") or name_from({})
        _put(cloud, inputs)
        return f"{inputs['rule']}-{inputs['targetId']}"

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Find it among the targets of its rule."""
        del identity
        events = cloud.client("events")
        listed: Any = unless_gone(lambda: events.list_targets_by_rule(Rule=known["rule"]))
        found: list[dict[str, Any]] = listed["Targets"] if listed else []
        live = next((each for each in found if each["Id"] == known["targetId"]), None)
        if live is None:
            return None
        return {
            **{name: live.get(argument, "") for name, argument in _ARGUMENTS.items()},
            "eventBusName": "default",
            "forceDestroy": bool(known.get("forceDestroy")),
            "inputTransformer": _transformer_of(live),
            "rule": known["rule"],
            "targetId": known["targetId"],
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Write the whole target again."""
        del identity
        if change.names - {"forceDestroy"}:
            _put(cloud, {**change.inputs, "targetId": change.state["targetId"]})

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Take it away from its rule."""
        del identity
        cloud.client("events").remove_targets(Rule=state["rule"], Ids=[state["targetId"]])

    def adopt(self, cloud: Cloud, import_id: str) -> tuple[str, Properties]:
        """Take `rule/target` apart."""
        del cloud
        rule, _, target = import_id.removeprefix("default/").partition("/")
        if not rule or not target:
            raise ValueError(
                f"unexpected format for ID ({import_id}), expected RULENAME/TARGETID or "
                "EVENTBUSNAME/RULENAME/TARGETID"
            )
        return f"{rule}-{target}", {"rule": rule, "targetId": target}


def _put(cloud: Cloud, inputs: Properties) -> None:
    target: dict[str, Any] = {"Id": inputs["targetId"], **pick(inputs, _ARGUMENTS)}
    transformer = inputs.get("inputTransformer")
    if transformer:
        target["InputTransformer"] = {
            "InputPathsMap": transformer.get("inputPaths") or {},
            "InputTemplate": transformer["inputTemplate"],
        }
    answer = cloud.client("events").put_targets(Rule=inputs["rule"], Targets=[target])
    for failed in answer.get("FailedEntries", []):
        refuse("PutTargets", failed["ErrorCode"], failed["ErrorMessage"])


def _transformer_of(live: dict[str, Any]) -> Properties | None:
    given = live.get("InputTransformer")
    if not given:
        return None
    return {
        "inputPaths": given.get("InputPathsMap") or {},
        "inputTemplate": given["InputTemplate"],
    }
