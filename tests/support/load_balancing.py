"""What tests of load balancers stand on: a balancer inside a network, a group to forward to."""

from typing import Any

from tests.support.compute import Network
from tests.support.provider import Created, Instance, unique

LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"
TARGET_GROUP = "aws:lb/targetGroup:TargetGroup"
ATTACHMENT = "aws:lb/targetGroupAttachment:TargetGroupAttachment"
LISTENER = "aws:lb/listener:Listener"


def make_balancer(aws: Instance, network: Network, **more: Any) -> Created:
    """Create an internal load balancer in both subnets, unless `more` says otherwise."""
    given: dict[str, Any] = {"name": unique("lb"), "internal": True, **more}
    if "subnetMappings" not in given:
        given.setdefault("subnets", [network.subnet_a.id, network.subnet_c.id])
    return aws.create(LOAD_BALANCER, **given)


def make_group(aws: Instance, network: Network, **more: Any) -> Created:
    """Create a target group for instances that speak HTTP, unless `more` says otherwise."""
    given = {"port": 80, "protocol": "HTTP", "vpcId": network.vpc.id, **more}
    return aws.create(TARGET_GROUP, **{"name": unique("tg"), **given})


def forward(*groups: Created) -> list[dict[str, Any]]:
    """Return the action that forwards to one group, or to several alike."""
    if len(groups) == 1:
        return [{"type": "forward", "targetGroupArn": groups[0].id}]
    targets = [{"arn": group.id} for group in groups]
    return [{"type": "forward", "forward": {"targetGroups": targets}}]
