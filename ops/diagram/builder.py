"""Makes the picture of a cluster: from its outputs alone, or as AWS shows it."""

from collections.abc import Iterator

from ops.cluster import Cluster
from ops.described import Described, attached_to, destination_of, is_main, target_of
from ops.diagram.picture import Flaws, Item, Kind, Picture, Route, Subnet, Table
from ops.tags import tags_of
from ops.verify.situation import Situation


def draw_outputs(cluster: Cluster, *, with_ids: bool = True) -> Picture:
    """Return what the stack says: where its routes lead now is not in it."""
    tables = tuple(
        Table(key=key, label=name, routes=(Route(destination=cluster.destination, target="vip"),))
        for name, key in cluster.route_table_ids.items()
    )
    return Picture(
        title=f"{cluster.name}, as its stack describes it",
        vpc_key=cluster.vpc_id,
        vpc=cluster.vpc_id,
        virtual_ip=cluster.virtual_ip,
        subnets=tuple(_subnet_of_outputs(cluster, name) for name in cluster.subnet_ids),
        tables=tables,
        outside=(),
        flaws={},
        with_ids=with_ids,
    )


def draw_live(situation: Situation, flaws: Flaws, *, with_ids: bool = True) -> Picture:
    """Return what AWS shows, the subjects of `flaws` marked. Raises AwsError where it refuses."""
    cluster = situation.cluster
    subnets = tuple(
        _live_subnet(situation, each, with_ids=with_ids)
        for each in sorted(
            situation.subnets.values(), key=lambda each: (each["AvailabilityZone"], _named(each))
        )
    )
    tables = tuple(
        sorted(map(_live_table, situation.route_tables.values()), key=lambda each: each.label)
    )
    drawn = {key for subnet in subnets for item in subnet.items for key in item.keys}
    targets = {route.target for table in tables for route in table.routes} - drawn
    ranges = ", ".join(
        each["CidrBlock"] for each in (situation.vpc or {}).get("CidrBlockAssociationSet", [])
    )
    return Picture(
        title=f"{cluster.name} in {cluster.region}",
        vpc_key=cluster.vpc_id,
        vpc=f"{cluster.vpc_id} {ranges}" if with_ids else ranges,
        virtual_ip=cluster.virtual_ip,
        subnets=subnets,
        tables=tables,
        outside=tuple(_outside(situation, key) for key in sorted(targets)),
        flaws=flaws,
        with_ids=with_ids,
    )


def _subnet_of_outputs(cluster: Cluster, name: str) -> Subnet:
    tier, _, zone = name.partition("_")
    table = "public" if tier == "public" else name
    nodes = tuple(
        Item(
            keys=(node.network_interface_id, node.instance_id),
            kind=Kind.NODE,
            label=node.name,
            detail=node.private_ip,
        )
        for node in cluster.nodes
        if tier == "private" and node.zone == zone
    )
    return Subnet(
        key=cluster.subnet_ids[name],
        label=name,
        zone=f"zone {zone}",
        cidr="",
        table=cluster.route_table_ids.get(table, ""),
        items=nodes,
    )


def _live_subnet(situation: Situation, subnet: Described, *, with_ids: bool) -> Subnet:
    key = subnet["SubnetId"]
    table = situation.table_of(key)
    items = (
        item
        for each in situation.interfaces.values()
        if each.get("SubnetId") == key
        for item in _items(situation, each, with_ids=with_ids)
    )
    return Subnet(
        key=key,
        label=_named(subnet),
        zone=subnet["AvailabilityZone"],
        cidr=subnet.get("CidrBlock", ""),
        table=table["RouteTableId"] if table else "",
        items=tuple(sorted(items, key=lambda each: (each.kind, each.label))),
    )


def _items(situation: Situation, interface: Described, *, with_ids: bool) -> Iterator[Item]:
    """Yield what an interface of a subnet belongs to, where it is of the cluster.

    AWS chooses an endpoint's address as it chooses ids.
    """
    key, address = interface["NetworkInterfaceId"], interface.get("PrivateIpAddress", "")
    node = situation.cluster.node_of(key)
    if node:
        instance = situation.instance_of(key) or {}
        state = instance.get("State", {}).get("Name", "no instance")
        yield Item(
            keys=(key, attached_to(interface) or node.instance_id, node.mirror_volume_id),
            kind=Kind.NODE,
            label=node.name,
            detail=address if state == "running" else f"{address}, {state}",
        )
        return
    for endpoint in situation.endpoints.values():
        if key in endpoint.get("NetworkInterfaceIds", []):
            yield Item(
                keys=(key, endpoint["VpcEndpointId"]),
                kind=Kind.ENDPOINT,
                label=f"endpoint {endpoint.get('ServiceName', '').rpartition('.')[2]}",
                detail=address if with_ids else "",
            )
            return
    if key in map(target_of, situation.virtual_ip_routes.values()):
        yield Item(keys=(key,), kind=Kind.OTHER, label=key, detail=address)


def _live_table(table: Described) -> Table:
    routes = (
        Route(destination=destination_of(each) or "unknown", target=target_of(each))
        for each in table["Routes"]
        if each.get("GatewayId") != "local"
    )
    by_default = "main table" if is_main(table) else table["RouteTableId"]
    return Table(
        key=table["RouteTableId"],
        label=tags_of(table).get("Name") or by_default,
        routes=tuple(sorted(routes, key=lambda each: each.destination)),
    )


_KINDS = {
    "eigw-": "egress-only gateway",
    "igw-": "internet gateway",
    "nat-": "NAT gateway",
    "pcx-": "peering connection",
    "tgw-": "transit gateway",
    "vgw-": "virtual private gateway",
    "vpce-": "endpoint",
}


def _outside(situation: Situation, key: str) -> Item:
    endpoint = situation.endpoints.get(key)
    if endpoint:
        label = f"endpoint {endpoint.get('ServiceName', '').rpartition('.')[2]}"
        return Item(keys=(key,), kind=Kind.ENDPOINT, label=label)
    kind = next((name for prefix, name in _KINDS.items() if key.startswith(prefix)), "")
    if kind:
        return Item(keys=(key,), kind=Kind.GATEWAY, label=kind)
    gone = key.startswith("eni-")
    return Item(keys=(key,), kind=Kind.OTHER, label=key, detail="gone" if gone else "")


def _named(subnet: Described) -> str:
    return tags_of(subnet).get("Name") or subnet["SubnetId"]
