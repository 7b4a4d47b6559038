"""Whether a route leads anywhere; moto calls every route active.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html: a route is a `blackhole`
when its target is not available, such as a gateway that is not attached or an instance that ended.
"""

from collections.abc import Mapping
from typing import Any

from sandbox.provider.cloud import Cloud
from sandbox.provider.ec2.network_interface_live import attachment_of, find_interface
from sandbox.provider.ec2.vpc_endpoint_interfaces import is_of_an_endpoint
from sandbox.provider.ec2.vpc_endpoint_live import find_endpoint
from sandbox.provider.wire import Properties

_RUNNING = ("pending", "running")


def state_of(cloud: Cloud, vpc_id: str, route: Mapping[str, Any]) -> Properties:
    """Return a route's state, and the instance to which it leads through an interface."""
    found: Properties = {"instanceId": "", "instanceOwnerId": "", "state": route["State"]}
    if route.get("NetworkInterfaceId"):
        found |= _through_interface(cloud, route["NetworkInterfaceId"])
    elif not _gateway_lives(cloud, vpc_id, route):
        found["state"] = "blackhole"
    return found


def _through_interface(cloud: Cloud, identity: str) -> Properties:
    interface = find_interface(cloud, identity)
    if interface is not None and is_of_an_endpoint(interface):
        return {}
    attachment = attachment_of(cloud, interface) if interface else None
    if attachment is None:
        return {"state": "blackhole"}
    instance_id = attachment["InstanceId"]
    reservations = cloud.ec2.describe_instances(InstanceIds=[instance_id])["Reservations"]
    running = reservations[0]["Instances"][0]["State"]["Name"] in _RUNNING
    return {
        "instanceId": instance_id,
        "instanceOwnerId": attachment["InstanceOwnerId"],
        "state": "active" if running else "blackhole",
    }


def _gateway_lives(cloud: Cloud, vpc_id: str, route: Mapping[str, Any]) -> bool:
    nat, gateway = route.get("NatGatewayId"), route.get("GatewayId", "")
    if nat:
        found = cloud.find("describe_nat_gateways", "NatGateways", NatGatewayIds=[nat])
        return found is not None and found["State"] in ("pending", "available")
    if gateway.startswith("vpce-"):
        return find_endpoint(cloud, gateway) is not None
    if gateway.startswith("igw-"):
        filters = {"internet_gateway_id": gateway, "attachment__vpc_id": vpc_id}
        return bool(cloud.list_all("describe_internet_gateways", "InternetGateways", **filters))
    return True
