"""aws:lb/targetGroup:TargetGroup (upstream: internal/service/elbv2/target_group.go)."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from sandbox.provider.check import Fault
from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.elb.attributes import from_aws, to_aws
from sandbox.provider.elb.forwarding import load_balancers_of
from sandbox.provider.elb.tags import change_tags, live_tags, new_tags
from sandbox.provider.elb.target_group_attributes import (
    ATTRIBUTES,
    HTTP,
    LAMBDA,
    absent,
    foreign,
    kind_of,
    preserves_client_ip,
    stickiness_from_aws,
    stickiness_to_aws,
)
from sandbox.provider.elb.target_group_health import (
    health_faults,
    health_from_aws,
    health_to_aws,
)
from sandbox.provider.elb.target_group_properties import PROPERTIES
from sandbox.provider.names import name_from, prefix_of
from sandbox.provider.resource import Change, Resource
from sandbox.provider.tags import Tags
from sandbox.provider.wire import Properties


class TargetGroup(Resource):
    """What a listener forwards to: instances, addresses, a load balancer or a function."""

    pulumi_name = "aws:lb/targetGroup:TargetGroup"
    noun = "ELBv2 Target Group"
    properties: ClassVar = PROPERTIES
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
