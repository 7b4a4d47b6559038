"""Which load balancers send traffic to a target group.

moto notes that with the group and never takes it back; the listeners know.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.provider.cloud import Cloud


def load_balancers_of(cloud: Cloud, group: str, but: str = "") -> list[str]:
    """Return the load balancers one of whose listeners, except one, forwards to this group."""
    elb = cloud.client("elbv2")
    found: list[str] = []
    for page in elb.get_paginator("describe_load_balancers").paginate():
        for balancer in page["LoadBalancers"]:
            arn = balancer["LoadBalancerArn"]
            listeners = elb.describe_listeners(LoadBalancerArn=arn)["Listeners"]
            if any(
                each["ListenerArn"] != but and _forwards(elb, each["ListenerArn"], group)
                for each in listeners
            ):
                found.append(arn)
    return found


def groups_of(action: Mapping[str, Any]) -> Iterator[str]:
    """Go through the target groups of an action as AWS describes it."""
    if action.get("TargetGroupArn"):
        yield action["TargetGroupArn"]
    for each in action.get("ForwardConfig", {}).get("TargetGroups", []):
        yield each["TargetGroupArn"]


def _forwards(elb: Any, listener: str, group: str) -> bool:
    rules = elb.describe_rules(ListenerArn=listener)["Rules"]
    return any(group in groups_of(action) for rule in rules for action in rule["Actions"])
