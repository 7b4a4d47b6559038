"""How the targets of a group are checked, and what AWS and upstream refuse of it.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.provider.check import Fault
from sandbox.provider.cloud import refuse
from sandbox.provider.elb.target_group_attributes import HTTP, LAMBDA
from sandbox.provider.schema import Property, boolean, number, object_of, string
from sandbox.provider.values import between, length, matches, one_of, upper_case
from sandbox.provider.wire import UNKNOWN, Properties

_HIGHEST_PORT = 65536  # upstream's validTargetGroupHealthCheckPort has one too many


def _protocol(value: Any) -> str | None:
    return one_of("HTTP", "HTTPS", "TCP")(upper_case(value))


def _port(value: Any) -> str | None:
    if value == "traffic-port" or (value.isdecimal() and 1 <= int(value) <= _HIGHEST_PORT):
        return None
    return "be a port number or 'traffic-port'"


HEALTH_CHECK: Property = object_of(
    {
        "enabled": boolean(default=True),
        "healthyThreshold": number(default=3, valid=(between(2, 10),)),
        "interval": number(default=30, valid=(between(5, 300),)),
        "matcher": string(computed=True),
        "path": string(
            computed=True, valid=(length(1, 1024), matches(r"/[\s\S]*", "begin with /"))
        ),
        "port": string(default="traffic-port", valid=(_port,)),
        "protocol": string(
            default="HTTP", valid=(_protocol,), stored=upper_case, normal=upper_case
        ),
        "timeout": number(computed=True, valid=(between(2, 120),)),
        "unhealthyThreshold": number(default=3, valid=(between(2, 10),)),
    },
    computed=True,
)


def health_faults(inputs: Properties) -> Iterator[Fault]:
    """Yield what upstream refuses of a health check in a plan."""
    check: Any = inputs.get("healthCheck")
    if check in (None, UNKNOWN) or upper_case(check.get("protocol")) != "TCP":
        return
    path = "healthCheck.protocol"
    for name in ("matcher", "path"):
        if check.get(name) not in (None, UNKNOWN):
            words = f'healthCheck.{name} cannot be given when {path} is "TCP"'
            yield Fault(f"healthCheck.{name}", words)
    if inputs.get("protocol") in HTTP:
        words = f'{path} cannot be "TCP" when protocol is "{inputs["protocol"]}"'
        yield Fault(path, words)
    if inputs.get("targetType") == LAMBDA:
        yield Fault(path, f'{path} cannot be "TCP" when targetType is "lambda"')


def health_to_aws(inputs: Properties, *, creating: bool) -> dict[str, Any]:
    """Return AWS's arguments; left out is what upstream leaves out."""
    check = inputs.get("healthCheck")
    if not check:
        return {}
    arguments: dict[str, Any] = {
        "HealthCheckEnabled": check["enabled"],
        "HealthCheckIntervalSeconds": int(check["interval"]),
        "HealthyThresholdCount": int(check["healthyThreshold"]),
        "UnhealthyThresholdCount": int(check["unhealthyThreshold"]),
    }
    if check.get("timeout"):
        arguments["HealthCheckTimeoutSeconds"] = int(check["timeout"])
    protocol = upper_case(check["protocol"])
    if protocol != "TCP":
        if check.get("path"):
            arguments["HealthCheckPath"] = check["path"]
        if check.get("matcher"):
            grpc = inputs.get("protocolVersion") == "GRPC"
            arguments["Matcher"] = {"GrpcCode" if grpc else "HttpCode": check["matcher"]}
    if inputs["targetType"] != LAMBDA:
        arguments |= {"HealthCheckPort": check["port"], "HealthCheckProtocol": protocol}
    if not creating:
        _refuse_slow(inputs, check)
    return arguments


def health_from_aws(live: Mapping[str, Any]) -> Properties:
    """Return the health check of a group as it is."""
    told = {
        "enabled": live["HealthCheckEnabled"],
        "healthyThreshold": live["HealthyThresholdCount"],
        "interval": live["HealthCheckIntervalSeconds"],
        "matcher": next(iter(live.get("Matcher", {}).values()), None),
        "path": live.get("HealthCheckPath"),
        "port": live.get("HealthCheckPort"),
        "protocol": live.get("HealthCheckProtocol"),
        "timeout": live["HealthCheckTimeoutSeconds"],
        "unhealthyThreshold": live["UnhealthyThresholdCount"],
    }
    return {name: value for name, value in told.items() if value is not None}


def _refuse_slow(inputs: Properties, check: Properties) -> None:
    """Refuse a check that takes longer than its interval; moto does so only for a new group."""
    timeout, interval = check.get("timeout"), check["interval"]
    if timeout and (timeout > interval or (timeout == interval and inputs["protocol"] in HTTP)):
        words = (
            f"Health check timeout '{int(timeout)}' must be smaller than the interval "
            f"'{int(interval)}'"
        )
        refuse("ModifyTargetGroup", "ValidationError", words)
