"""Reads route tables: their routes, what binds them to subnets, and who propagates into them.

A virtual IP is a route of one address to a machine, and the judge finds it by that: AWS knows of no
other sign, so no element declares one.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from guardrails.model.routing import (
    Association,
    PrefixList,
    Propagation,
    Route,
    RouteTable,
    TargetKind,
    main_table_of,
)
from ops.audit.inventory import Inventory, Record
from ops.audit.named_ids import prefix_list_ids
from ops.audit.topology_reader.references import References, hidden_lists, hidden_vpcs
from ops.described import destination_of, is_main, named_target

_KINDS: Final[Mapping[str, TargetKind]] = {
    "GatewayId": TargetKind.GATEWAY,
    "NatGatewayId": TargetKind.NAT,
    "EgressOnlyInternetGatewayId": TargetKind.EGRESS_ONLY,
    "CarrierGatewayId": TargetKind.CARRIER,
    "TransitGatewayId": TargetKind.TRANSIT,
    "VpcPeeringConnectionId": TargetKind.PEERING,
    "NetworkInterfaceId": TargetKind.INTERFACE,
    "InstanceId": TargetKind.INSTANCE,
    "LocalGatewayId": TargetKind.LOCAL_GATEWAY,
    "CoreNetworkArn": TargetKind.CORE_NETWORK,
    "OdbNetworkArn": TargetKind.ODB_NETWORK,
}
_BOUND: Final = frozenset({"associating", "associated"})


def route_key(table: str, route: Record) -> str:
    """Return the key of a route: AWS gives routes no id, Terraform imports them by this one."""
    return f"{table}_{destination_of(route)}"


def read_tables(inventory: Inventory, references: References) -> Iterator[object]:
    """Read route tables with everything that belongs to them.

    A main table that no subnet uses is not an element, because the judge takes every table of the
    topology to be in use; its routes are those of the main table that AWS made with the VPC.
    """
    idle = set(_idle_main_tables(inventory))
    for table in inventory.found("describe_route_tables"):
        key, vpc = table["RouteTableId"], references.to(table["VpcId"])
        place = main_table_of(table["VpcId"]) if key in idle else key
        if key not in idle:
            main_of = vpc if is_main(table) else None
            yield RouteTable(key=key, scope=inventory.scope, name=key, vpc=vpc, main_of=main_of)
        for route in table["Routes"]:
            if route.get("GatewayId") != "local":
                yield _route(route_key(key, route), place, route, references)
        yield from _associations(key, table, references)
        for each in table.get("PropagatingVgws", ()):
            gateway = references.to(each["GatewayId"])
            via = TargetKind.VIRTUAL_PRIVATE
            yield Propagation(key=key, table=place, via=via, gateway=gateway)
    yield from _hidden_tables(inventory)


def _idle_main_tables(inventory: Inventory) -> Iterator[str]:
    """Yield the main tables of VPCs in which no subnet is known to use it."""
    tables = inventory.found("describe_route_tables")
    bound = {each.get("SubnetId") for table in tables for each in table["Associations"]}
    subnets: dict[str, set[str]] = {}
    for each in inventory.found("describe_subnets"):
        subnets.setdefault(each["VpcId"], set()).add(each["SubnetId"])
    hidden = inventory.refusal("describe_subnets") is not None
    for table in tables:
        inside = subnets.get(table["VpcId"])
        explicit = any(each.get("SubnetId") for each in table["Associations"])
        idle = hidden or (inside and inside <= bound)
        if is_main(table) and not explicit and idle:
            yield table["RouteTableId"]


def _route(key: str, table: str, route: Record, references: References) -> Route:
    name, identity = named_target(route)
    return Route(
        key=key,
        table=table,
        cidr=route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock"),
        prefix_list=references.to(route.get("DestinationPrefixListId")),
        via=_KINDS.get(name, TargetKind.OTHER),
        target=references.to(identity),
        blackhole=route.get("State") == "blackhole",
    )


def _associations(key: str, table: Record, references: References) -> Iterator[Association]:
    for each in table["Associations"]:
        state: Record = each.get("AssociationState") or {}
        if not each.get("Main") and state.get("State", "associated") in _BOUND:
            yield Association(
                key=each["RouteTableAssociationId"],
                table=key,
                subnet=references.to(each.get("SubnetId")),
            )


def _hidden_tables(inventory: Inventory) -> Iterator[object]:
    """Stand in for the tables of each VPC where they were refused: anything may be in them."""
    refusal = inventory.refusal("describe_route_tables")
    if refusal is None:
        return
    for vpc in sorted({*inventory.ids("describe_vpcs"), *hidden_vpcs(inventory)}):
        key, hidden = main_table_of(vpc), refusal.hides(f"the routes of VPC {vpc}")
        yield RouteTable(key=key, scope=inventory.scope, name=key, vpc=vpc, main_of=vpc)
        yield Route(key=key, table=key, cidr=hidden, via=hidden, target=hidden)


def read_prefix_lists(inventory: Inventory, references: References) -> Iterator[object]:  # noqa: ARG001 - every reader gets the references
    """Read the prefix lists that routes and rules name, AWS's own ones included."""
    operation = "get_managed_prefix_list_entries"
    described = {*inventory.ids("describe_managed_prefix_lists"), *hidden_lists(inventory)}
    for key in sorted(prefix_list_ids(inventory) & described):
        refusal = inventory.refusal(operation, key)
        hidden = refusal.hides(f"the entries of prefix list {key}") if refusal else None
        entries = tuple(each["Cidr"] for each in inventory.found(operation, key))
        yield PrefixList(key=key, scope=inventory.scope, entries=(hidden,) if hidden else entries)
