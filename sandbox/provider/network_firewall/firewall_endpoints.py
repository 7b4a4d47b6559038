"""The endpoints of a firewall, one in each of its subnets; routes lead traffic to them.

AWS makes a VPC endpoint of type GatewayLoadBalancer with an interface in the subnet, and tags it:
https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-components.html
"""

from collections.abc import Iterable
from typing import Any

from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.ec2.vpc_endpoint_interfaces import furnish, remove_interfaces
from sandbox.provider.injected_faults import exempt
from sandbox.provider.tags import to_aws
from sandbox.provider.wire import Properties

_LISTING = ("describe_vpc_endpoints", "VpcEndpoints")
_TAG = "Firewall"


def refuse_places(cloud: Cloud, operation: str, vpc: str, subnet_ids: list[str]) -> None:
    """Refuse subnets where a firewall cannot stand: none, foreign ones, two of one zone."""
    subnets: list[dict[str, Any]] = []
    for identity in subnet_ids:
        subnet = cloud.find("describe_subnets", "Subnets", SubnetIds=[identity])
        if subnet is None or subnet["VpcId"] != vpc:
            _invalid(operation, identity, f"it is not a subnet of {vpc}")
        else:
            subnets.append(subnet)
    zones = [subnet["AvailabilityZone"] for subnet in subnets]
    for zone in zones:
        if zones.count(zone) > 1:
            _invalid(operation, "SubnetMappings", f"{zone} has more than one subnet")
    if not subnets:
        _invalid(operation, "SubnetMappings", "at least one subnet is needed")


@exempt()
def furnish_endpoints(cloud: Cloud, firewall: str, vpc: str, subnet_ids: Iterable[str]) -> None:
    """See that each of these subnets holds an endpoint of the firewall, and no other does."""
    wanted = set(subnet_ids)
    present = _endpoints(cloud, firewall)
    for endpoint in present:
        if endpoint["SubnetIds"][0] not in wanted:
            remove_interfaces(cloud, endpoint["VpcEndpointId"], but=[])
            cloud.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])
    standing = {endpoint["SubnetIds"][0] for endpoint in present}
    for subnet in sorted(wanted - standing):
        tags = to_aws({_TAG: firewall, "AWSNetworkFirewallManaged": "true"})
        made = cloud.ec2.create_vpc_endpoint(
            VpcId=vpc,
            VpcEndpointType="GatewayLoadBalancer",
            ServiceName=f"com.amazonaws.vpce.{cloud.region}.vpce-svc-network-firewall",
            SubnetIds=[subnet],
            TagSpecifications=[{"ResourceType": "vpc-endpoint", "Tags": tags}],
        )["VpcEndpoint"]
        furnish(cloud, "CreateFirewall", made, {})


def statuses(cloud: Cloud, firewall: str) -> list[Properties]:
    """Return what AWS tells of a firewall's endpoints, by zone."""
    states = [_state(cloud, endpoint) for endpoint in _endpoints(cloud, firewall)]
    states.sort(key=lambda state: state["availabilityZone"])
    return [{"syncStates": states, "transitGatewayAttachmentSyncStates": []}]


def _state(cloud: Cloud, endpoint: dict[str, Any]) -> Properties:
    (subnet_id,) = endpoint["SubnetIds"]
    subnet = cloud.ec2.describe_subnets(SubnetIds=[subnet_id])["Subnets"][0]
    attachment = {"endpointId": endpoint["VpcEndpointId"], "subnetId": subnet_id}
    return {"availabilityZone": subnet["AvailabilityZone"], "attachments": [attachment]}


def _endpoints(cloud: Cloud, firewall: str) -> list[dict[str, Any]]:
    found = cloud.list_all(*_LISTING, **{f"tag:{_TAG}": firewall})
    return [endpoint for endpoint in found if endpoint["State"] != "deleted"]


def _invalid(operation: str, parameter: str, reason: str) -> None:
    words = f"parameter is invalid, parameter: [{parameter}], context: {reason}"
    refuse(operation, "InvalidRequestException", words)
