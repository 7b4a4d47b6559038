"""What a listener does with a request: forward it, redirect it, or answer by itself.

Upstream: internal/service/elbv2/listener.go (`expandListenerActions`, `flattenListenerActions`).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sandbox.provider.check import Fault, join_path
from sandbox.provider.schema import Property, boolean, list_of, number, object_of, set_of, string
from sandbox.provider.values import arn, between, length, matches, one_of
from sandbox.provider.wire import UNKNOWN, Properties

FORWARD, REDIRECT, FIXED = "forward", "redirect", "fixed-response"

_FORWARD = object_of(
    {
        "stickiness": object_of(
            {
                "duration": number(required=True, valid=(between(1, 604800),)),
                "enabled": boolean(default=False),
            }
        ),
        "targetGroups": set_of(
            object_of(
                {
                    "arn": string(required=True, valid=(arn,)),
                    "weight": number(default=1, valid=(between(0, 999),)),
                }
            ),
            required=True,
            min_items=1,
            max_items=5,
        ),
    }
)
_REDIRECT = object_of(
    {
        "host": string(default="#{host}", valid=(length(1, 128),)),
        "path": string(default="/#{path}", valid=(length(1, 128),)),
        "port": string(default="#{port}"),
        "protocol": string(default="#{protocol}", valid=(one_of("#{protocol}", "HTTP", "HTTPS"),)),
        "query": string(default="#{query}", valid=(length(0, 128),)),
        "statusCode": string(required=True, valid=(one_of("HTTP_301", "HTTP_302"),)),
    }
)
_FIXED = object_of(
    {
        "contentType": string(
            required=True,
            valid=(
                one_of(
                    "text/plain", "text/css", "text/html", "application/javascript",
                    "application/json",
                ),
            ),
        ),
        "messageBody": string(valid=(length(0, 1024),)),
        "statusCode": string(
            computed=True, valid=(matches(r"[245]\d\d", "be a status 2xx, 4xx or 5xx"),)
        ),
    }
)  # fmt: skip

ACTIONS: Property = list_of(
    object_of(
        {
            "fixedResponse": _FIXED,
            "forward": _FORWARD,
            "order": number(computed=True, valid=(between(1, 50000),)),
            "redirect": _REDIRECT,
            "targetGroupArn": string(valid=(arn,)),
            "type": string(required=True, valid=(one_of(FORWARD, REDIRECT, FIXED),)),
        }
    ),
    required=True,
    min_items=1,
)
UNMODELLED = tuple(
    f"defaultActions.{each}"
    for each in ("authenticateCognito", "authenticateOidc", "jwtValidation")
)
_NEEDED = {REDIRECT: "redirect", FIXED: "fixedResponse"}
_REDIRECTION = {
    "host": "Host", "path": "Path", "port": "Port", "protocol": "Protocol", "query": "Query",
    "statusCode": "StatusCode",
}  # fmt: skip
_ANSWER = {"contentType": "ContentType", "messageBody": "MessageBody", "statusCode": "StatusCode"}


def action_faults(actions: Any) -> Iterator[Fault]:
    """Yield what upstream refuses of actions in a plan."""
    if actions is UNKNOWN:
        return
    for index, action in enumerate(actions):
        if action is UNKNOWN:
            continue
        path = join_path("defaultActions", index)
        kind = action["type"]
        needed = _NEEDED.get(kind) if isinstance(kind, str) else None
        if needed and action.get(needed) is None:
            yield Fault(f"{path}.{needed}", f'{path}.{needed} must be given when type is "{kind}"')
        if kind == FORWARD:
            yield from _forward_faults(path, action)


def _forward_faults(path: str, action: Properties) -> Iterator[Fault]:
    single, forward = action.get("targetGroupArn"), action.get("forward")
    if single is None and forward is None:
        words = f'{path} needs targetGroupArn or forward when type is "forward"'
        yield Fault(f"{path}.type", words)
    if single in (None, UNKNOWN) or forward in (None, UNKNOWN):
        return
    groups: Any = forward["targetGroups"]
    known = [] if groups is UNKNOWN else [each["arn"] for each in groups if each is not UNKNOWN]
    if any(each not in (single, UNKNOWN) for each in known):
        words = f"{path} may have both targetGroupArn and forward only if the ARNs match"
        yield Fault(path, words)


def actions_to_aws(actions: Sequence[Properties]) -> list[dict[str, Any]]:
    """Return the actions in AWS's form, each with its place in the order."""
    return [_to_aws(index, action) for index, action in enumerate(actions)]


def _to_aws(index: int, action: Properties) -> dict[str, Any]:
    kind = action["type"]
    told: dict[str, Any] = {"Type": kind, "Order": int(action.get("order") or index + 1)}
    if kind == FORWARD:
        if action.get("targetGroupArn"):
            told["TargetGroupArn"] = action["targetGroupArn"]
        if action.get("forward"):
            told["ForwardConfig"] = _forward_to_aws(action["forward"])
    elif kind == REDIRECT:
        told["RedirectConfig"] = _renamed(action["redirect"], _REDIRECTION)
    else:
        # AWS answers 200 where no status is given; moto wants one.
        answer = {"statusCode": "200", **action["fixedResponse"]}
        told["FixedResponseConfig"] = _renamed(answer, _ANSWER)
    return told


def _forward_to_aws(forward: Properties) -> dict[str, Any]:
    groups = [
        {"TargetGroupArn": each["arn"], "Weight": int(each["weight"])}
        for each in forward["targetGroups"]
    ]
    told: dict[str, Any] = {"TargetGroups": groups}
    if forward.get("stickiness"):
        told["TargetGroupStickinessConfig"] = {
            "Enabled": forward["stickiness"]["enabled"],
            "DurationSeconds": int(forward["stickiness"]["duration"]),
        }
    return told


def actions_from_aws(
    live: Sequence[Mapping[str, Any]], known: Sequence[Properties]
) -> list[Properties]:
    """Return the actions as properties; of two spellings of one group the one that is known."""
    return [
        _from_aws(index, action, known[index] if index < len(known) else {})
        for index, action in enumerate(live)
    ]


def _from_aws(index: int, action: Mapping[str, Any], known: Properties) -> Properties:
    told: Properties = {"type": action["Type"], "order": action.get("Order", index + 1)}
    if action["Type"] == FORWARD:
        told |= _forward_from_aws(action, known)
    elif action["Type"] == REDIRECT:
        told["redirect"] = _named(action["RedirectConfig"], _REDIRECTION)
    elif action["Type"] == FIXED:
        told["fixedResponse"] = _named(action["FixedResponseConfig"], _ANSWER)
    return told


def _forward_from_aws(action: Mapping[str, Any], known: Properties) -> Properties:
    """Tell the group by its ARN, in a list, or both ways for an import, as upstream does."""
    config = action.get("ForwardConfig", {})
    groups = [
        {"arn": each["TargetGroupArn"], "weight": each.get("Weight", 1)}
        for each in config.get("TargetGroups", [])
    ] or [{"arn": action["TargetGroupArn"], "weight": 1}]
    told: Properties = {}
    single = len(groups) == 1
    if single and (known.get("targetGroupArn") or not known.get("forward")):
        told["targetGroupArn"] = groups[0]["arn"]
    if known.get("forward") or not (single and known.get("targetGroupArn")):
        told["forward"] = {"targetGroups": groups, **_stickiness(config)}
    return told


def _stickiness(config: Mapping[str, Any]) -> Properties:
    told = config.get("TargetGroupStickinessConfig", {})
    if not told.get("DurationSeconds"):
        return {}
    return {"stickiness": {"enabled": told["Enabled"], "duration": told["DurationSeconds"]}}


def _renamed(properties: Properties, names: Mapping[str, str]) -> dict[str, Any]:
    return {names[name]: value for name, value in properties.items() if value not in (None, "")}


def _named(told: Mapping[str, Any], names: Mapping[str, str]) -> Properties:
    return {name: told[key] for name, key in names.items() if told.get(key) is not None}
