"""The endpoint by which the nodes reach the EC2 API, joined with what surrounds it."""

from collections.abc import Mapping
from typing import Final

from ops.cluster import Node
from ops.described import Described, is_live
from ops.verify.situation import Situation

API: Final = "ec2"
"""Key of the EC2 API's endpoint in the outputs."""


def live_endpoints(situation: Situation) -> Mapping[str, Described]:
    """Return the endpoints of the VPC that are there, by id."""
    return {key: each for key, each in situation.endpoints.items() if is_live(each)}


def api_endpoint(situation: Situation) -> Described | None:
    """Return the endpoint by which the nodes reach the API: the stack's, else any of the VPC."""
    live = live_endpoints(situation)
    named = live.get(situation.cluster.endpoint_ids.get(API, ""))
    candidates = [*([named] if named else []), *live.values()]
    return next((each for each in candidates if _serves_api(situation, each)), None)


def _serves_api(situation: Situation, endpoint: Described) -> bool:
    is_interface = endpoint.get("VpcEndpointType") == "Interface"
    return is_interface and endpoint.get("ServiceName") == api_service(situation)


def api_service(situation: Situation) -> str:
    """Return the service's name: https://docs.amazonaws.cn/en_us/aws/latest/userguide for China."""
    region = situation.cluster.region
    return f"{'cn.' if region.startswith('cn-') else ''}com.amazonaws.{region}.{API}"


def zone_of(situation: Situation, subnet: str) -> str:
    """Return the availability zone of a subnet, "" for one that is gone."""
    return situation.subnets.get(subnet, {}).get("AvailabilityZone", "")


def interface_of(situation: Situation, node: Node) -> Described:
    """Return a node's interface as AWS describes it; empty when it is gone."""
    return situation.interfaces.get(node.network_interface_id, {})
