"""What a target group takes and tells (upstream: internal/service/elbv2/target_group.go)."""

from collections.abc import Mapping
from typing import Any

from sandbox.provider.elb.names import TARGET_GROUP_NAMING
from sandbox.provider.elb.target_group_attributes import HTTP, LAMBDA, PROTOCOLS
from sandbox.provider.elb.target_group_health import HEALTH_CHECK
from sandbox.provider.schema import (
    Property,
    boolean,
    list_of,
    number,
    object_of,
    set_of,
    string,
)
from sandbox.provider.values import between, one_of, upper_case
from sandbox.provider.wire import UNKNOWN


def _of_function(old: Any, new: Any, inputs: Mapping[str, Any]) -> bool:
    del old, new
    return inputs.get("targetType") == LAMBDA


def _same_stickiness(old: Any, new: Any, inputs: Mapping[str, Any]) -> bool:
    """Leave out how long a cookie lives where there are none."""
    if _of_function(old, new, inputs):
        return True
    if inputs.get("protocol") in (*HTTP, UNKNOWN) or None in (old, new) or UNKNOWN in (old, new):
        return False
    return {**old, "cookieDuration": 0} == {**new, "cookieDuration": 0}


def _without_version(old: Any, new: Any, inputs: Mapping[str, Any]) -> bool:
    return _of_function(old, new, inputs) or inputs.get("protocol") not in HTTP


def _slow_start(value: Any) -> str | None:
    return None if value == 0 else between(30, 900)(value)


_STICKINESS = object_of(
    {
        "cookieDuration": number(default=86400, valid=(between(0, 604800),)),
        "cookieName": string(),
        "enabled": boolean(default=True),
        "type": string(
            required=True,
            valid=(
                one_of(
                    "lb_cookie", "app_cookie", "source_ip", "source_ip_dest_ip",
                    "source_ip_dest_ip_proto",
                ),
            ),
        ),
    },
    computed=True,
    suppressed=_same_stickiness,
)  # fmt: skip

PROPERTIES: Mapping[str, Property] = {
    **TARGET_GROUP_NAMING,
    "connectionTermination": boolean(computed=True),
    "deregistrationDelay": number(default=300, valid=(between(0, 3600),)),
    "healthCheck": HEALTH_CHECK,
    "ipAddressType": string(computed=True, replaces=True, valid=(one_of("ipv4", "ipv6"),)),
    "lambdaMultiValueHeadersEnabled": boolean(default=False),
    "loadBalancingAlgorithmType": string(
        computed=True,
        valid=(one_of("round_robin", "least_outstanding_requests", "weighted_random"),),
    ),
    "loadBalancingAnomalyMitigation": string(computed=True, valid=(one_of("on", "off"),)),
    "loadBalancingCrossZoneEnabled": string(
        computed=True, valid=(one_of("true", "false", "use_load_balancer_configuration"),)
    ),
    "port": number(replaces=True, valid=(between(1, 65535),), suppressed=_of_function),
    "preserveClientIp": string(computed=True, valid=(one_of("true", "false"),)),
    "protocol": string(replaces=True, valid=(one_of(*PROTOCOLS),), suppressed=_of_function),
    "protocolVersion": string(
        computed=True,
        replaces=True,
        stored=upper_case,
        normal=upper_case,
        valid=(lambda value: one_of("GRPC", "HTTP1", "HTTP2")(upper_case(value)),),
        suppressed=_without_version,
    ),
    "proxyProtocolV2": boolean(default=False),
    "slowStart": number(default=0, valid=(_slow_start,)),
    "stickiness": _STICKINESS,
    "targetType": string(
        default="instance",
        replaces=True,
        valid=(one_of("instance", "ip", LAMBDA, "alb"),),
    ),
    "vpcId": string(replaces=True, suppressed=_of_function),
    "arn": string(output=True),
    "arnSuffix": string(output=True),
    "loadBalancerArns": set_of(string(), output=True),
    "targetFailovers": list_of(
        object_of({"onDeregistration": string(), "onUnhealthy": string()}), output=True
    ),
    "targetGroupHealth": object_of({}, output=True),
    "targetHealthStates": list_of(
        object_of(
            {
                "enableUnhealthyConnectionTermination": boolean(),
                "unhealthyDrainingInterval": number(),
            }
        ),
        output=True,
    ),
}
