"""aws:cloudwatch/eventRule:EventRule (upstream: internal/service/events/rule.go)."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from sandbox.provider.check import Fault
from sandbox.provider.cloud import Cloud, unless_gone
from sandbox.provider.names import declare_names, name_from, prefix_of
from sandbox.provider.resource import Change, Resource, pick
from sandbox.provider.schema import boolean, string
from sandbox.provider.tags import Tags, from_aws, retag_by_arn, to_aws
from sandbox.provider.values import arn, json_document, length, matches, one_of
from sandbox.provider.wire import UNKNOWN, Properties

_CREATE = {
    "description": "Description",
    "eventPattern": "EventPattern",
    "roleArn": "RoleArn",
    "scheduleExpression": "ScheduleExpression",
    "state": "State",
}
NAME = matches(r"[0-9A-Za-z_.-]{1,64}", "hold 1 to 64 letters, digits and _ . - only")
_LONGEST_PATTERN = 4096


def normal_pattern(value: Any) -> Any:
    """Return a pattern as upstream stores it: one line, keys in order."""
    try:
        return json.dumps(json.loads(value), sort_keys=True, separators=(",", ":"))
    except (TypeError, ValueError):
        return value


def _left_out(old: Any, new: Any, inputs: Mapping[str, Any]) -> bool:
    del inputs
    return bool(old) and not new


class EventRule(Resource):
    """A rule of the default event bus; other buses are not modelled."""

    pulumi_name = "aws:cloudwatch/eventRule:EventRule"
    noun = "EventBridge Rule"
    properties: ClassVar = {
        "arn": string(output=True),
        "description": string(valid=(length(0, 512),)),
        "eventBusName": string(default="default", replaces=True, valid=(one_of("default"),)),
        "eventPattern": string(
            normal=normal_pattern, stored=normal_pattern, valid=(json_document,), document=True
        ),
        "forceDestroy": boolean(default=False),
        **declare_names(64, (NAME,), (NAME,)),
        "roleArn": string(valid=(arn,)),
        "scheduleExpression": string(valid=(length(0, 256),)),
        "state": string(
            suppressed=_left_out,
            valid=(one_of("DISABLED", "ENABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"),),
        ),
    }
    unmodelled = ("isEnabled",)
    at_least_one_of = (("eventPattern", "scheduleExpression"),)
    tagged = True

    def faults(self, inputs: Properties) -> Iterable[Fault]:
        """Hold the pattern against the length that upstream allows."""
        pattern = inputs.get("eventPattern", "")
        if pattern is not UNKNOWN and len(normal_pattern(pattern)) > _LONGEST_PATTERN:
            words = f"'eventPattern' cannot be longer than {_LONGEST_PATTERN} characters"
            yield Fault("eventPattern", words)

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Create the rule; its name is its id. PutRule overwrites one of the same name."""
        name = name_from(inputs)
        _put(cloud, name, inputs, Tags=to_aws(inputs.get("tagsAll") or {}))
        return name

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Read it."""
        events = cloud.client("events")
        live = unless_gone(lambda: events.describe_rule(Name=identity))
        if live is None:
            return None
        return {
            "arn": live["Arn"],
            "description": live.get("Description", ""),
            "eventBusName": "default",
            "eventPattern": normal_pattern(live.get("EventPattern", "")),
            "forceDestroy": bool(known.get("forceDestroy")),
            "name": identity,
            "namePrefix": prefix_of(identity),
            "roleArn": live.get("RoleArn", ""),
            "scheduleExpression": live.get("ScheduleExpression", ""),
            "state": live["State"],
            "tags": from_aws(events.list_tags_for_resource(ResourceARN=live["Arn"])["Tags"]),
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Write the whole rule again."""
        if change.names - {"tags", "tagsAll", "forceDestroy"}:
            _put(cloud, identity, change.inputs)

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Delete it; AWS refuses that while it has targets."""
        del state
        cloud.client("events").delete_rule(Name=identity)

    def retag(self, cloud: Cloud, identity: str, removed: Iterable[str], added: Tags) -> None:
        """Change its tags."""
        resource = cloud.arn("events", f"rule/{identity}")
        retag_by_arn(cloud.client("events"), resource, removed, added)


def _put(cloud: Cloud, name: str, inputs: Properties, **others: Any) -> None:
    cloud.client("events").put_rule(Name=name, **pick(inputs, _CREATE), **others)
