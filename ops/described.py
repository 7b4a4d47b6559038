"""Questions that several commands ask of one thing as a describe call returns it; pure."""

from collections.abc import Mapping
from typing import Any, Final

Described = Mapping[str, Any]
"""One thing as a describe call returns it."""

TARGET_FIELDS: Final = (
    "NetworkInterfaceId",
    "CarrierGatewayId",
    "CoreNetworkArn",
    "EgressOnlyInternetGatewayId",
    "GatewayId",
    "LocalGatewayId",
    "NatGatewayId",
    "OdbNetworkArn",
    "TransitGatewayId",
    "VpcPeeringConnectionId",
    "InstanceId",
)
"""Where a route names its target. One to an interface names the interface's instance too."""


def named_target(route: Described) -> tuple[str, str]:
    """Return the field in which a route names its target, and the target's id; "" for neither."""
    found = ((name, route[name]) for name in TARGET_FIELDS if route.get(name))
    return next(found, ("", ""))


def target_of(route: Described) -> str:
    """Return the id of a route's target, as messages show it."""
    return named_target(route)[1] or "nothing"


def destination_of(route: Described) -> str:
    """Return the destination of a route: a range or a prefix list; "" where it names neither."""
    names = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
    return next((route[name] for name in names if route.get(name)), "")


def is_main(table: Described) -> bool:
    """Tell whether a route table is its VPC's main one."""
    return any(each.get("Main") for each in table["Associations"])


def is_edge(table: Described) -> bool:
    """Tell whether a route table is bound to a gateway: it decides for what comes in by it."""
    return any(each.get("GatewayId") for each in table["Associations"])


def attached_to(interface: Described) -> str:
    """Return the id of the instance that has an interface, "" for none."""
    attachment: Described = interface.get("Attachment") or {}
    return attachment.get("InstanceId") or ""


def is_windows(instance: Described) -> bool:
    """Tell whether an instance's image is one of Windows."""
    return instance.get("Platform", "").lower() == "windows"


def is_live(endpoint: Described) -> bool:
    """Tell whether an endpoint is there: AWS lists others while it deletes them, and after."""
    return endpoint.get("State", "").lower() not in ("deleting", "deleted")
