"""The ids that what was read names: what routes lead to, and what is on endpoints."""

from collections.abc import Iterator

from ops.audit.inventory import Inventory, Record
from ops.described import named_target


def routes(inventory: Inventory) -> Iterator[Record]:
    """Yield the routes of all tables, but for those inside the VPC."""
    for table in inventory.found("describe_route_tables"):
        for route in table["Routes"]:
            if route.get("GatewayId") != "local":
                yield route


def target_ids(inventory: Inventory, prefix: str) -> set[str]:
    """Return the targets of routes whose ids have a prefix, propagating gateways included."""
    named = {named_target(route)[1] for route in routes(inventory)}
    for table in inventory.found("describe_route_tables"):
        named |= {each["GatewayId"] for each in table.get("PropagatingVgws", ())}
    return {each for each in named if each.startswith(f"{prefix}-")}


def group_ids(inventory: Inventory) -> set[str]:
    """Return the security groups that are on endpoints."""
    return {
        group["GroupId"]
        for each in inventory.found("describe_vpc_endpoints")
        for group in each.get("Groups") or ()
    }


def has_endpoint_without_group(inventory: Inventory) -> bool:
    """Tell whether an endpoint with interfaces shows no security group of its own."""
    return any(
        not each.get("Groups") and each.get("NetworkInterfaceIds")
        for each in inventory.found("describe_vpc_endpoints")
    )


def firewalls_matter(inventory: Inventory) -> bool:
    """Tell whether a network firewall may be a target: their endpoints look like others."""
    known = {each["VpcEndpointId"]: each for each in inventory.found("describe_vpc_endpoints")}
    return any(
        target not in known or known[target]["VpcEndpointType"] == "GatewayLoadBalancer"
        for target in target_ids(inventory, "vpce")
    )


def prefix_list_ids(inventory: Inventory) -> set[str]:
    """Return the prefix lists that routes and rules name."""
    named = {route.get("DestinationPrefixListId") for route in routes(inventory)}
    rules = inventory.found("describe_security_group_rules")
    named |= {rule.get("PrefixListId") for rule in rules}
    return {each for each in named if each}


def transit_table_of(attachment: Record) -> str:
    """Return the id of the table that an attachment looks up, "" where it shows none."""
    association: Record = attachment.get("Association") or {}
    return association.get("TransitGatewayRouteTableId", "")


def core_networks(inventory: Inventory) -> dict[str, str]:
    """Return the ARNs of the core networks that routes lead to, by id."""
    targets = (named_target(route) for route in routes(inventory))
    arns = sorted({identity for name, identity in targets if name == "CoreNetworkArn"})
    return {arn.rpartition("/")[2]: arn for arn in arns}


def segments(inventory: Inventory, core: str) -> list[tuple[str, str]]:
    """Return the segments that VPCs of a core network are in, each with its edge location."""
    attachments = inventory.found("list_attachments", core)
    found = {(each.get("SegmentName", ""), each["EdgeLocation"]) for each in attachments}
    return sorted(each for each in found if each[0])


def segment_key(core: str, segment: str, edge: str) -> str:
    """Return the key of a segment's routes at one edge location."""
    return f"{core}#segment-{segment}@{edge}"
