"""What AWS refuses of listeners and moto accepts.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
"""

from collections.abc import Mapping
from typing import Any

from sandbox.provider.cloud import Cloud, refuse, unless_gone
from sandbox.provider.elb.forwarding import groups_of, load_balancers_of
from sandbox.provider.elb.listener_actions import FORWARD, actions_to_aws
from sandbox.provider.elb.load_balancer_attributes import APPLICATION
from sandbox.provider.wire import Properties

_SECURE = ("HTTPS", "TLS")
# https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html
_TAKES = {
    "HTTP": ("HTTP", "HTTPS"),
    "HTTPS": ("HTTP", "HTTPS"),
    "TCP": ("TCP", "TCP_UDP"),
    "TLS": ("TCP", "TLS"),
    "UDP": ("UDP", "TCP_UDP"),
    "TCP_UDP": ("TCP_UDP",),
    "GENEVE": ("GENEVE",),
}
Balancer = Mapping[str, Any]


def require_load_balancer(cloud: Cloud, operation: str, arn: str) -> Balancer:
    """Describe a load balancer, or refuse when there is none."""
    elb = cloud.client("elbv2")
    answer = unless_gone(lambda: elb.describe_load_balancers(LoadBalancerArns=[arn]))
    if answer is None:
        refuse(operation, "LoadBalancerNotFound", f"Load balancer '{arn}' not found")
    return answer["LoadBalancers"][0]


def refuse_bad_listener(
    cloud: Cloud, operation: str, balancer: Balancer, inputs: Properties, own: str = ""
) -> None:
    """Refuse a taken port, a missing certificate and unfit target groups; `own` is its ARN."""
    _refuse_taken_port(cloud, operation, balancer, inputs, own)
    _refuse_certificate(operation, inputs)
    for action in actions_to_aws(inputs["defaultActions"]):
        if action["Type"] != FORWARD and balancer["Type"] != APPLICATION:
            words = (
                f"Actions of type '{action['Type']}' are not supported on load balancers with "
                f"type '{balancer['Type']}'"
            )
            refuse(operation, "InvalidLoadBalancerAction", words)
        for group in dict.fromkeys(groups_of(action)):
            _refuse_group(cloud, operation, balancer, inputs, group)


def _refuse_taken_port(
    cloud: Cloud, operation: str, balancer: Balancer, inputs: Properties, own: str
) -> None:
    arn, port = balancer["LoadBalancerArn"], inputs.get("port")
    listeners = cloud.client("elbv2").describe_listeners(LoadBalancerArn=arn)["Listeners"]
    if any(each["ListenerArn"] != own and each.get("Port") == port for each in listeners):
        words = f"A listener already exists on this port for this load balancer '{arn}'"
        refuse(operation, "DuplicateListener", words)


def _refuse_certificate(operation: str, inputs: Properties) -> None:
    protocol, certificate = inputs.get("protocol", ""), inputs.get("certificateArn")
    if protocol.upper() in _SECURE and not certificate:
        words = f"A certificate must be specified for {protocol.upper()} listeners"
        refuse(operation, "ValidationError", words)
    if certificate and protocol.upper() not in _SECURE:
        words = f"A certificate cannot be specified for {protocol.upper()} listeners"
        refuse(operation, "ValidationError", words)


def _refuse_group(
    cloud: Cloud, operation: str, balancer: Balancer, inputs: Properties, arn: str
) -> None:
    elb, own = cloud.client("elbv2"), balancer["LoadBalancerArn"]
    answer = unless_gone(lambda: elb.describe_target_groups(TargetGroupArns=[arn]))
    if answer is None:
        refuse(operation, "TargetGroupNotFound", f"Target groups '{arn}' not found")
    group = answer["TargetGroups"][0]
    if group.get("VpcId", balancer["VpcId"]) != balancer["VpcId"]:
        words = f"Target group '{arn}' is in a different VPC than load balancer '{own}'"
        refuse(operation, "InvalidConfigurationRequest", words)
    listens = inputs.get("protocol", "GENEVE").upper()
    speaks = group.get("Protocol", "HTTP")
    if speaks not in _TAKES[listens]:
        words = (
            f"Listener protocol '{listens}' is not supported with a target group with the "
            f"protocol '{speaks}'"
        )
        refuse(operation, "InvalidConfigurationRequest", words)
    if any(each != own for each in load_balancers_of(cloud, arn)):
        words = (
            f"The following target groups cannot be associated with more than one load balancer: "
            f"{arn}"
        )
        refuse(operation, "TargetGroupAssociationLimit", words)
