"""The VPC's route tables as lines for `ip -batch` in the router's namespace.

A packet is looked up in the kernel's table that stands for its subnet's route table, by the port
through which it came. AWS's route `local` is `throw` there: the lookup goes on in the table of the
hosts, which has a route for each of them.
"""

from collections.abc import Iterator, Mapping

from lab.vpc.plan import Host, Kind, Plan
from lab.vpc.snapshot import Described, Snapshot

HOSTS_TABLE = 100
"""Number of the kernel's table that leads to each host."""
_FIRST_RULE, _HOSTS_RULE = 1000, 30000
_SYSTEM_RULES = (32766, 32767)
_RUNNING = ("running", "stopping", "shutting-down")
DELETION = "route del"
_TYPES = ("unreachable", "blackhole", "throw")

Routes = dict[tuple[int, str], str]
"""By the kernel's table and the destination: what `ip route` calls the route."""
Bindings = dict[str, int]
"""By port: the number of the kernel's table."""


def first_lines() -> Iterator[str]:
    """Yield what an empty router needs: each port's table, then the hosts, and nothing beyond."""
    for number in _SYSTEM_RULES:
        yield f"rule del pref {number}"
    yield f"rule add pref {_HOSTS_RULE} lookup {HOSTS_TABLE}"
    yield f"rule add pref {_HOSTS_RULE + 1} unreachable"


def host_lines(plan: Plan) -> Iterator[str]:
    """Yield the hosts' own routes; the kernel drops those of a port whose cable is pulled."""
    for host in plan.hosts:
        yield f"route replace {host.address}/32 dev {host.port} table {HOSTS_TABLE}"


def number_tables(numbers: dict[str, int], snapshot: Snapshot) -> None:
    """Give each route table that has none a number of the kernel's, to keep."""
    for table in snapshot.tables:
        numbers.setdefault(table["RouteTableId"], HOSTS_TABLE + 1 + len(numbers))


def bindings(plan: Plan, snapshot: Snapshot, numbers: Mapping[str, int]) -> Bindings:
    """Return which table each port is looked up in: that of its host's subnet."""
    return {
        host.port: numbers[snapshot.table_of(host.subnet_id)["RouteTableId"]]
        for host in plan.hosts
        if host.subnet_id
    }


def rebound(plan: Plan, before: Bindings, wanted: Bindings) -> Iterator[str]:
    """Yield the lines that bind ports to other tables than before."""
    for preference, host in enumerate(plan.hosts, start=_FIRST_RULE):
        if before.get(host.port) != wanted.get(host.port):
            if host.port in before:
                yield f"rule del pref {preference}"
            yield f"rule add pref {preference} iif {host.port} lookup {wanted[host.port]}"


def routes(plan: Plan, snapshot: Snapshot, numbers: Mapping[str, int]) -> Routes:
    """Return the routes that the router should have."""
    wanted: Routes = {}
    for table in snapshot.tables:
        number = numbers[table["RouteTableId"]]
        wanted[number, "default"] = "unreachable default"
        for route in table["Routes"]:
            if written := route.get("DestinationCidrBlock"):
                destination = "default" if written == "0.0.0.0/0" else written
                wanted[number, destination] = _route(plan, snapshot, route, destination)
    return wanted


def changes(before: Routes, wanted: Routes) -> Iterator[str]:
    """Yield the lines that lead from one state of the router to another."""
    for (number, destination), route in before.items():
        if (number, destination) not in wanted:
            kind = route.split()[0] if route.startswith(_TYPES) else ""
            yield f"{DELETION} {kind} {destination} table {number}"
    for (number, destination), route in wanted.items():
        if before.get((number, destination)) != route:
            yield f"route replace {route} table {number}"


def _route(plan: Plan, snapshot: Snapshot, route: Described, destination: str) -> str:
    gateway = route.get("GatewayId") or ""
    if gateway == "local":
        return f"throw {destination}"
    host = plan.at(route.get("NetworkInterfaceId") or "")
    if host is not None and _takes_packets(snapshot, host):
        return f"{destination} via {host.address} dev {host.port} onlink"
    if gateway.startswith("igw-") or route.get("NatGatewayId"):
        internet = plan.of_kind(Kind.INTERNET)[0]
        return f"{destination} via {internet.address} dev {internet.port} onlink"
    return f"blackhole {destination}"


def _takes_packets(snapshot: Snapshot, host: Host) -> bool:
    """Tell whether AWS delivers to an interface: it is attached, and its instance runs."""
    interface = snapshot.interface(host.interface_id) or {}
    attachment: Described = interface.get("Attachment") or {}
    return snapshot.states.get(attachment.get("InstanceId", "")) in _RUNNING
