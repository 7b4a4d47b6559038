"""aws:lb/targetGroup:TargetGroup (upstream: internal/service/elbv2/target_group.go)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from sandbox.provider.check import Fault
from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.elb.attributes import from_aws, to_aws
from sandbox.provider.elb.forwarding import load_balancers_of
from sandbox.provider.elb.names import TARGET_GROUP_NAMING
from sandbox.provider.elb.tags import change_tags, live_tags, new_tags
from sandbox.provider.elb.target_group_attributes import (
    ATTRIBUTES,
    HTTP,
    LAMBDA,
    PROTOCOLS,
    absent,
    foreign,
    kind_of,
    preserves_client_ip,
    stickiness_from_aws,
    stickiness_to_aws,
)
from sandbox.provider.elb.target_group_health import (
    HEALTH_CHECK,
    health_faults,
    health_from_aws,
    health_to_aws,
)
from sandbox.provider.iam.names import name_from, prefix_of
from sandbox.provider.resource import Change, Resource
from sandbox.provider.schema import boolean, list_of, number, object_of, set_of, string
from sandbox.provider.tags import Tags
from sandbox.provider.values import between, one_of
from sandbox.provider.wire import UNKNOWN, Properties


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


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


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


class TargetGroup(Resource):
    """What a listener forwards to: instances, addresses, a load balancer or a function."""

    pulumi_name = "aws:lb/targetGroup:TargetGroup"
    noun = "ELBv2 Target Group"
    properties: ClassVar = {
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
            stored=_upper,
            normal=_upper,
            valid=(lambda value: one_of("GRPC", "HTTP1", "HTTP2")(_upper(value)),),
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
    unmodelled = (
        "targetControlPort",
        "targetFailovers",
        "targetGroupHealth",
        "targetHealthStates",
    )
    tagged = True

    def faults(self, inputs: Properties) -> Iterator[Fault]:
        """Hold port, protocol, VPC and health check against the type, as upstream does."""
        kind = inputs["targetType"]
        if kind != LAMBDA:
            for name in ("port", "protocol", "vpcId"):
                if inputs.get(name) is None:
                    yield Fault(name, f'{name} must be given when targetType is "{kind}"')
        yield from health_faults(inputs)

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Create the group."""
        kind, protocol = inputs["targetType"], inputs.get("protocol")
        if kind == "alb" and protocol != "TCP":
            words = f"Protocol '{protocol}' is not supported with target type 'alb'"
            refuse("CreateTargetGroup", "ValidationError", words)
        arguments: dict[str, Any] = {}
        if kind != LAMBDA:
            arguments = {"Port": int(inputs["port"]), "Protocol": protocol}
            arguments["VpcId"] = inputs["vpcId"]
            if protocol in HTTP and inputs.get("protocolVersion"):
                arguments["ProtocolVersion"] = inputs["protocolVersion"].upper()
            if kind in ("instance", "ip") and inputs.get("ipAddressType"):
                arguments["IpAddressType"] = inputs["ipAddressType"]
        answer = cloud.client("elbv2").create_target_group(
            Name=name_from(inputs),
            TargetType=kind,
            **new_tags(inputs),
            **arguments,
            **health_to_aws(inputs, creating=True),
        )
        return answer["TargetGroups"][0]["TargetGroupArn"]

    def configure(self, cloud: Cloud, identity: str, inputs: Properties) -> None:
        """Set the attributes, as upstream does once the group exists."""
        _modify(cloud, identity, inputs, {*ATTRIBUTES, "stickiness"})

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Describe the group with its attributes."""
        del known
        elb = cloud.client("elbv2")
        live = elb.describe_target_groups(TargetGroupArns=[identity])["TargetGroups"][0]
        attributes = elb.describe_target_group_attributes(TargetGroupArn=identity)["Attributes"]
        kind, protocol = live["TargetType"], live.get("Protocol", "")
        scope = kind_of({"targetType": kind, "protocol": protocol})
        preserved = {"preserveClientIp": preserves_client_ip(kind, protocol)}
        return {
            **preserved,
            **absent(scope),
            **from_aws(ATTRIBUTES, scope, attributes),
            "arn": identity,
            "arnSuffix": f"targetgroup/{identity.partition(':targetgroup/')[2]}",
            "healthCheck": health_from_aws(live),
            "ipAddressType": live.get("IpAddressType", ""),
            "loadBalancerArns": load_balancers_of(cloud, identity),
            "name": live["TargetGroupName"],
            "namePrefix": prefix_of(live["TargetGroupName"]),
            "port": live.get("Port"),
            "protocol": live.get("Protocol"),
            "protocolVersion": live.get("ProtocolVersion", ""),
            "stickiness": stickiness_from_aws(
                {each["Key"]: each["Value"] for each in attributes}, protocol
            ),
            "targetFailovers": [{}],
            "targetGroupHealth": {},
            "targetHealthStates": [{}],
            "targetType": kind,
            "vpcId": live.get("VpcId"),
            "tags": live_tags(cloud, identity),
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Change the health check and the attributes."""
        if change.touches("healthCheck"):
            arguments = health_to_aws(change.inputs, creating=False)
            if arguments:
                cloud.client("elbv2").modify_target_group(TargetGroupArn=identity, **arguments)
        _modify(cloud, identity, change.inputs, change.names)

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Delete the group; AWS and moto refuse that while a listener uses it."""
        del state
        cloud.client("elbv2").delete_target_group(TargetGroupArn=identity)

    def retag(self, cloud: Cloud, identity: str, removed: Iterable[str], added: Tags) -> None:
        """Change its tags."""
        change_tags(cloud, identity, removed, added)


def _modify(cloud: Cloud, identity: str, inputs: Properties, names: Iterable[str]) -> None:
    if inputs["targetType"] == "alb":
        return  # upstream sends none of a group that holds a load balancer
    scope, changed = kind_of(inputs), set(names)
    key = foreign(scope, {name: inputs.get(name) for name in changed})
    if key:
        words = f"Target group attribute key '{key}' is not recognized"
        refuse("ModifyTargetGroupAttributes", "ValidationError", words)
    attributes = to_aws(ATTRIBUTES, scope, inputs, changed)
    if "stickiness" in changed and inputs["targetType"] in ("instance", "ip"):
        stickiness = inputs.get("stickiness")
        off = [{"Key": "stickiness.enabled", "Value": "false"}]
        attributes += stickiness_to_aws(stickiness, scope) if stickiness else off
    if attributes:
        cloud.client("elbv2").modify_target_group_attributes(
            TargetGroupArn=identity, Attributes=attributes
        )
