"""Whether every subnet has a way to the virtual IP, and none that leads elsewhere."""

from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import Final

from guardrails.findings import Severity
from ops.described import Described, is_edge, target_of
from ops.errors import NotCheckedError
from ops.verify.check import RESTORE, Check, Fault
from ops.verify.situation import Situation

_PUBLIC_SUBNET: Final = "public_"


def table_missing(situation: Situation) -> Iterator[Fault]:
    """Find tables of the stack that the VPC does not have: calls of a takeover fail on them."""
    for key in sorted(set(situation.cluster.route_table_ids.values())):
        if key not in situation.route_tables:
            yield Fault(
                key,
                f"a route table of {situation.cluster.vpc_id}",
                "gone",
                "pulumi up --refresh, or write the outputs anew",
            )


def route_missing(situation: Situation) -> Iterator[Fault]:
    """Find tables of the cluster without a route to the virtual IP (F02)."""
    for key, table in situation.own_tables.items():
        if key not in situation.virtual_ip_routes and not is_edge(table):
            yield Fault(
                key,
                f"a route to {situation.cluster.destination}",
                "none",
                RESTORE,
            )


def subnet_outside(situation: Situation) -> Iterator[Fault]:
    """Find subnets whose table no node may change: clients there lose the virtual IP (F03)."""
    cluster = situation.cluster
    known = {*cluster.route_table_ids.values(), *cluster.tables_without_virtual_ip}
    for subnet in situation.subnets:
        table = situation.table_of(subnet)
        if table is not None and table["RouteTableId"] not in known:
            yield Fault(
                subnet,
                "a route table of the cluster",
                f"{table['RouteTableId']}, which the nodes do not move",
                f"Associate the subnet with one of {', '.join(sorted(situation.own_tables))}, or "
                "add the table to the stack",
                (table["RouteTableId"],),
            )


def main_table_replaced(situation: Situation) -> Iterator[Fault]:
    """Find another main table than the stack's (F04)."""
    expected = situation.cluster.route_table_ids.get("main")
    if expected is None:
        raise NotCheckedError("which table was the main one when the cluster was made is not known")
    found = situation.main_table
    if found is not None and found["RouteTableId"] != expected:
        association = next(each for each in found["Associations"] if each.get("Main"))
        yield Fault(
            situation.cluster.vpc_id,
            f"{expected} as main table",
            found["RouteTableId"],
            "aws ec2 replace-route-table-association --association-id "
            f"{association['RouteTableAssociationId']} --route-table-id {expected}",
            (found["RouteTableId"], expected),
        )


def association_lost(situation: Situation) -> Iterator[Fault]:
    """Find subnets of the stack that are not bound to their own table (F05)."""
    cluster = situation.cluster
    for name, subnet in cluster.subnet_ids.items():
        table_name = "public" if name.startswith(_PUBLIC_SUBNET) else name
        expected = cluster.route_table_ids.get(table_name)
        found = situation.table_of(subnet)
        if expected is None or found is None or subnet not in situation.subnets:
            continue
        if found["RouteTableId"] != expected:
            association = _association_of(found, subnet)
            yield Fault(
                subnet,
                f"associated with {expected}",
                found["RouteTableId"] + ("" if association else ", the main table, by default"),
                _association_remedy(association, expected),
                (found["RouteTableId"], expected),
            )


def _association_of(table: Described, subnet: str) -> str:
    """Return the id of a subnet's own association with a table; "" for the main one's default."""
    own = (each for each in table["Associations"] if each.get("SubnetId") == subnet)
    return next((each["RouteTableAssociationId"] for each in own), "")


def _association_remedy(association: str, expected: str) -> str:
    """Return what binds a subnet to its table again.

    AWS answers `Resource.AlreadyAssociated` to a new association while the subnet has another.
    """
    if not association:
        return RESTORE
    return (
        f"aws ec2 replace-route-table-association --association-id {association} "
        f"--route-table-id {expected}, then pulumi up --refresh"
    )


def inside_vpc(situation: Situation) -> Iterator[Fault]:
    """Find a range of the VPC that holds the virtual IP: its `local` route would win (F12)."""
    address = ip_address(situation.cluster.virtual_ip)
    if situation.vpc is None:
        return
    for each in situation.vpc.get("CidrBlockAssociationSet", []):
        if each["CidrBlockState"]["State"] == "associated" and address in ip_network(
            each["CidrBlock"]
        ):
            yield Fault(
                situation.cluster.virtual_ip,
                "outside the VPC's ranges",
                f"inside {each['CidrBlock']}",
                "aws ec2 disassociate-vpc-cidr-block --association-id "
                f"{each['AssociationId']}, or another virtualIp",
                (situation.cluster.vpc_id,),
            )


def leaks_to_internet(situation: Situation) -> Iterator[Fault]:
    """Find tables that send clients of the virtual IP to its owner on the internet (F13)."""
    if not ip_address(situation.cluster.virtual_ip).is_global:
        return
    in_use = {
        table["RouteTableId"] for table in map(situation.table_of, situation.subnets) if table
    }
    for key, table in situation.judged_tables.items():
        if key in situation.virtual_ip_routes or key not in in_use:
            continue
        for route in table["Routes"]:
            if _covers(situation, route) and _leads_out(route):
                yield Fault(
                    key,
                    f"nothing leads {situation.cluster.virtual_ip} out of the VPC",
                    f"{route['DestinationCidrBlock']} to {target_of(route)}",
                    f"Give the table a route to {situation.cluster.destination}: "
                    "pulumi up --refresh, or add the table to the stack",
                )


def competing_route(situation: Situation) -> Iterator[Fault]:
    """Find wider routes that would take the virtual IP when its own route is missing (F14).

    A default route is no competitor: it is what every other address takes.
    """
    for key, table in situation.judged_tables.items():
        for route in table["Routes"]:
            block = route.get("DestinationCidrBlock", "")
            if block in ("0.0.0.0/0", situation.cluster.destination):
                continue
            if _covers(situation, route) and route.get("GatewayId") != "local":
                yield Fault(
                    key,
                    f"no other route to {situation.cluster.virtual_ip}",
                    f"{block} to {target_of(route)}"
                    + (
                        ", propagated" if route.get("Origin") == "EnableVgwRoutePropagation" else ""
                    ),
                    f"Remove the route, or announce less than {block} from there",
                )


def edge_table(situation: Situation) -> Iterator[Fault]:
    """Find the virtual IP in a table of a gateway: AWS allows addresses of the VPC there (F16)."""
    for table in situation.virtual_ip_routes:
        if is_edge(situation.route_tables[table]):
            yield Fault(
                table,
                "no route of the virtual IP in a gateway's table",
                situation.cluster.destination,
                f"aws ec2 delete-route --route-table-id {table} --destination-cidr-block "
                f"{situation.cluster.destination}",
            )


def _covers(situation: Situation, route: Described) -> bool:
    block = route.get("DestinationCidrBlock")
    return bool(block) and ip_address(situation.cluster.virtual_ip) in ip_network(block)


def _leads_out(route: Described) -> bool:
    return bool(route.get("NatGatewayId")) or route.get("GatewayId", "").startswith("igw-")


_MISSING: Final = ("route-table-missing",)
CHECKS = (
    Check(id="route-table-missing", severity=Severity.HIGH, judge=table_missing),
    Check(id="virtual-ip-route-missing", severity=Severity.CRITICAL, judge=route_missing),
    Check(
        id="subnet-outside-the-clusters-tables",
        severity=Severity.HIGH,
        judge=subnet_outside,
        follows_from=("main-table-replaced", "subnet-association-lost"),
    ),
    Check(
        id="main-table-replaced",
        severity=Severity.HIGH,
        judge=main_table_replaced,
        follows_from=_MISSING,
    ),
    Check(
        id="subnet-association-lost",
        severity=Severity.HIGH,
        judge=association_lost,
        follows_from=_MISSING,
    ),
    Check(id="virtual-ip-inside-vpc", severity=Severity.CRITICAL, judge=inside_vpc),
    Check(
        id="virtual-ip-leaks-to-internet",
        severity=Severity.CRITICAL,
        judge=leaks_to_internet,
        follows_from=("virtual-ip-route-missing", "subnet-outside-the-clusters-tables"),
    ),
    Check(id="virtual-ip-competing-route", severity=Severity.MEDIUM, judge=competing_route),
    Check(id="edge-table-has-virtual-ip", severity=Severity.LOW, judge=edge_table),
)
