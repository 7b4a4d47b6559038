"""What a target group takes as a target; moto takes anything.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RegisterTargets.html
"""

import ipaddress
from collections.abc import Mapping
from typing import Any

from sandbox.provider.cloud import Cloud, refuse, unless_gone

OPERATION = "RegisterTargets"
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
_PRIVATE = tuple(
    map(ipaddress.ip_network, ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"))
)
Group = Mapping[str, Any]


def refuse_bad_target(cloud: Cloud, group: Group, target: Mapping[str, Any]) -> None:
    """Refuse a target that is of the wrong kind, does not exist or is out of reach."""
    match group["TargetType"]:
        case "instance":
            _refuse_instance(cloud, group, target["Id"])
        case "ip":
            _refuse_address(cloud, group, target)
        case "alb":
            _refuse_load_balancer(cloud, target)
        case _:
            words = "the sandbox models no functions, so a target group cannot hold one"
            refuse(OPERATION, "UnsupportedOperation", words)


def refuse_second_port(cloud: Cloud, group: Group, target: Mapping[str, Any]) -> None:
    """Say what moto cannot keep: a target that is in its group with two ports."""
    answer = cloud.client("elbv2").describe_target_health(TargetGroupArn=group["TargetGroupArn"])
    registered = [each["Target"] for each in answer["TargetHealthDescriptions"]]
    port = target.get("Port", group.get("Port"))
    if any(each["Id"] == target["Id"] and each["Port"] != port for each in registered):
        words = (
            f"the sandbox keeps one port of a target, and {target['Id']} is registered with "
            "another one; use a second target group"
        )
        refuse(OPERATION, "UnsupportedOperation", words)


def _refuse_instance(cloud: Cloud, group: Group, identity: str) -> None:
    found = cloud.find("describe_instances", "Reservations", InstanceIds=[identity])
    instance = found["Instances"][0] if found else None
    if instance is None:
        refuse(OPERATION, "InvalidTarget", f"The following targets are not valid: '{identity}'")
    if instance["State"]["Name"] not in ("pending", "running"):
        words = (
            "The following targets are not in a running state and cannot be registered: "
            f"'{identity}'"
        )
        refuse(OPERATION, "InvalidTarget", words)
    if instance["VpcId"] != group["VpcId"]:
        words = (
            f"The following targets are not in the target group VPC '{group['VpcId']}': "
            f"'{identity}'"
        )
        refuse(OPERATION, "InvalidTarget", words)


def _refuse_address(cloud: Cloud, group: Group, target: Mapping[str, Any]) -> None:
    try:
        address = ipaddress.ip_address(target["Id"])
    except ValueError:
        words = f"The IP address '{target['Id']}' is not a valid IP address"
        refuse(OPERATION, "ValidationError", words)
    if any(address in network for network in _networks(cloud, group["VpcId"])):
        return
    if target.get("AvailabilityZone") != "all":
        words = (
            f"The IP address '{address}' is outside the VPC of the target group; specify the "
            "Availability Zone 'all'"
        )
        refuse(OPERATION, "ValidationError", words)
    if not any(address in network for network in _PRIVATE):
        words = f"The IP address '{address}' is not in a private range"
        refuse(OPERATION, "ValidationError", words)


def _networks(cloud: Cloud, vpc: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    found = cloud.ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]
    ranges = [each["CidrBlock"] for each in found["CidrBlockAssociationSet"]]
    ranges += [each["Ipv6CidrBlock"] for each in found.get("Ipv6CidrBlockAssociationSet", [])]
    return [ipaddress.ip_network(each) for each in ranges if each]


def _refuse_load_balancer(cloud: Cloud, target: Mapping[str, Any]) -> None:
    elb = cloud.client("elbv2")
    identity, port = target["Id"], target.get("Port")
    answer = unless_gone(lambda: elb.describe_load_balancers(LoadBalancerArns=[identity]))
    if answer is None or answer["LoadBalancers"][0]["Type"] != "application":
        refuse(OPERATION, "InvalidTarget", f"The following targets are not valid: '{identity}'")
    listeners = elb.describe_listeners(LoadBalancerArn=identity)["Listeners"]
    if port is not None and port not in {each["Port"] for each in listeners}:
        words = f"The load balancer '{identity}' has no listener on port {port}"
        refuse(OPERATION, "InvalidTarget", words)
