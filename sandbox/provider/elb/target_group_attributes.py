"""The attributes of target groups, by the protocol of the group.

Upstream: `targetGroupAttributes` in internal/service/elbv2/target_group.go. Which protocol has
which, and AWS's defaults:
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html
"""

from typing import Any

from sandbox.provider.elb.attributes import Attributes, attribute
from sandbox.provider.schema import Kind
from sandbox.provider.wire import Properties

LAMBDA = "lambda"
HTTP = ("HTTP", "HTTPS")
STREAMS = ("TCP", "TLS", "UDP", "TCP_UDP")
PROTOCOLS = (*HTTP, *STREAMS, "GENEVE")

ATTRIBUTES: Attributes = {
    "connectionTermination": attribute(
        "deregistration_delay.connection_termination.enabled", Kind.BOOLEAN, STREAMS, value=False
    ),
    "deregistrationDelay": attribute(
        "deregistration_delay.timeout_seconds", Kind.NUMBER, PROTOCOLS
    ),
    "lambdaMultiValueHeadersEnabled": attribute(
        "lambda.multi_value_headers.enabled", Kind.BOOLEAN, [LAMBDA]
    ),
    "loadBalancingAlgorithmType": attribute("load_balancing.algorithm.type", Kind.STRING, HTTP),
    "loadBalancingAnomalyMitigation": attribute(
        "load_balancing.algorithm.anomaly_mitigation", Kind.STRING, HTTP, value="off"
    ),
    "loadBalancingCrossZoneEnabled": attribute(
        "load_balancing.cross_zone.enabled", Kind.STRING, PROTOCOLS
    ),
    "preserveClientIp": attribute("preserve_client_ip.enabled", Kind.STRING, STREAMS),
    "proxyProtocolV2": attribute("proxy_protocol_v2.enabled", Kind.BOOLEAN, STREAMS, value=False),
    "slowStart": attribute("slow_start.duration_seconds", Kind.NUMBER, HTTP),
}

# What the state holds of attributes that a group of this kind does not have.
_ABSENT: Properties = {
    "connectionTermination": False,
    "loadBalancingAlgorithmType": "",
    "loadBalancingAnomalyMitigation": "",
    "loadBalancingCrossZoneEnabled": "",
    "preserveClientIp": "",
}


def kind_of(properties: Properties) -> str:
    """Return what decides about a group's attributes: its protocol, or that it holds a function."""
    return LAMBDA if properties["targetType"] == LAMBDA else properties["protocol"]


def absent(kind: str) -> Properties:
    """Return the values of those properties that a group of this kind has no attribute for."""
    return {name: value for name, value in _ABSENT.items() if kind not in ATTRIBUTES[name].having}


def preserves_client_ip(target_type: str, protocol: str) -> str:
    """Tell AWS's default: addresses of clients are kept, except over TCP and TLS to IP targets."""
    return "false" if target_type == "ip" and protocol in ("TCP", "TLS") else "true"


def foreign(kind: str, inputs: Properties) -> str | None:
    """Return AWS's key of an attribute that is asked for and that a group of this kind lacks."""
    return next(
        (
            each.key
            for name, each in sorted(ATTRIBUTES.items())
            if kind not in each.having and _asks(name, inputs.get(name))
        ),
        None,
    )


def _asks(name: str, value: Any) -> bool:
    """Tell whether a value is one that upstream sends when it creates a group."""
    return name != "deregistrationDelay" and value not in (None, "", False, 0)


def stickiness_to_aws(stickiness: Properties, protocol: str) -> list[dict[str, str]]:
    """Return the attributes that say how long a client stays with a target."""
    kind = stickiness["type"]
    values = {
        "stickiness.enabled": "true" if stickiness["enabled"] else "false",
        "stickiness.type": kind,
    }
    duration = str(int(stickiness["cookieDuration"]))
    if protocol in HTTP and kind == "lb_cookie":
        values["stickiness.lb_cookie.duration_seconds"] = duration
    if protocol in HTTP and kind == "app_cookie":
        values["stickiness.app_cookie.cookie_name"] = stickiness.get("cookieName") or ""
        values["stickiness.app_cookie.duration_seconds"] = duration
    return [{"Key": key, "Value": value} for key, value in values.items()]


def stickiness_from_aws(told: dict[str, str], protocol: str | None) -> Properties:
    """Return the stickiness that a group's attributes say."""
    kind = told.get("stickiness.type", "")
    found: Properties = {"enabled": told.get("stickiness.enabled") == "true", "type": kind}
    if protocol in HTTP:
        duration = told.get(f"stickiness.{kind}.duration_seconds", "86400")
        found["cookieDuration"] = int(duration)
        if kind == "app_cookie":
            found["cookieName"] = told.get("stickiness.app_cookie.cookie_name", "")
    return found
