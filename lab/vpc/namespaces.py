"""The namespaces, and the cables between them and the router."""

from collections.abc import Iterator

from lab import shell
from lab.vpc.plan import ROUTER, Host, Kind, Plan

METADATA_ADDRESS = "169.254.169.254"


def build_network(plan: Plan) -> None:
    """Make the router and all hosts, without routes: nothing passes yet. Raises LabError."""
    shell.batch(f"netns add {name}" for name in (ROUTER, *(host.name for host in plan.hosts)))
    shell.batch(_router_lines(plan), ROUTER)
    for host in plan.hosts:
        shell.batch(_host_lines(host), host.name)
    settings = [
        "net.ipv4.ip_forward=1",
        # Nobody but AWS's tables decides which way an answer takes.
        "net.ipv4.conf.all.rp_filter=0",
        "net.ipv4.conf.default.rp_filter=0",
        "net.ipv4.conf.all.send_redirects=0",
        "net.ipv4.conf.default.send_redirects=0",
        # A host asks for its neighbours by ARP; in a VPC the router answers for all of them.
        *(f"net.ipv4.conf.{host.port}.proxy_arp=1" for host in plan.hosts),
        *(f"net.ipv4.neigh.{host.port}.proxy_delay=0" for host in plan.hosts),
        *(f"net.ipv4.conf.{host.port}.send_redirects=0" for host in plan.hosts),
    ]
    shell.run(*shell.inside(ROUTER, ["sysctl", "--quiet", "--write", *settings]))


def switch_off(host: Host) -> None:
    """Let a host's interface be silent, as that of a machine that is off."""
    shell.batch(["link set eth0 down"], host.name)


def switch_on(host: Host) -> None:
    """Give a host's interface its own address and no other, as after a start of the machine."""
    shell.batch(_connect_lines(host), host.name)


def _router_lines(plan: Plan) -> Iterator[str]:
    yield "link set lo up"
    for gateway in dict.fromkeys(host.gateway for host in plan.hosts):
        yield f"address add {gateway}/32 dev lo"
    for host in plan.hosts:
        yield f"link add {host.port} type veth peer name eth0 netns {host.name}"
        yield f"link set {host.port} up"


def _host_lines(host: Host) -> Iterator[str]:
    yield "link set lo up"
    if host.mac:
        yield f"link set eth0 address {host.mac}"
    if host.kind is Kind.NODE:
        yield f"address add {METADATA_ADDRESS}/32 dev lo"
    yield from _connect_lines(host)


def _connect_lines(host: Host) -> Iterator[str]:
    yield "address flush dev eth0"
    yield f"address add {host.address}/{host.network.prefixlen} dev eth0"
    yield "link set eth0 up"
    yield f"route replace default via {host.gateway}"
