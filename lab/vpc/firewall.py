"""Security groups and source/destination checks as a ruleset for nftables in the router.

They are enforced outside of the hosts, as AWS does: what runs on a node cannot turn them off.
Network ACLs are not shown: the stack leaves AWS's default, which admits everything.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, collapse_addresses

from lab.vpc.plan import Host, Plan
from lab.vpc.snapshot import Described, Snapshot, addresses_of


@dataclass(frozen=True, order=True)
class Cut:
    """Packets that the network loses, although AWS would deliver them: those between two hosts.

    `match` narrows it as nftables writes it, such as `udp dport 5405`.
    """

    one: str
    other: str
    match: str = ""


def ruleset(plan: Plan, snapshot: Snapshot, cuts: Collection[Cut] = ()) -> str:
    """Return what `nft -f` takes: it replaces all that was there before."""
    guarded = [host for host in plan.hosts if snapshot.interface(host.interface_id) is not None]
    lines = ["flush ruleset", "table ip vpc {"]
    for host in guarded:
        lines += _chain(f"from_{host.port}", _permitted(snapshot, host, outbound=True))
        lines += _chain(f"to_{host.port}", _permitted(snapshot, host, outbound=False))
    outward = ", ".join(f'"{host.port}" : jump from_{host.port}' for host in guarded)
    inward = ", ".join(f'"{host.port}" : jump to_{host.port}' for host in guarded)
    lines += [
        "chain forward {",
        "type filter hook forward priority 0; policy accept;",
        *(line for cut in sorted(cuts) for line in _cut(plan, cut)),
        *(line for host in guarded for line in _address_check(snapshot, host)),
        "ct state established,related accept",
        f"iifname vmap {{ {outward} }}",
        f"oifname vmap {{ {inward} }}",
        "}",
        "}",
    ]
    return "\n".join(lines) + "\n"


def _chain(name: str, rules: Iterable[str]) -> list[str]:
    return [f"chain {name} {{", *rules, "drop", "}"]


def _cut(plan: Plan, cut: Cut) -> Iterator[str]:
    one, other = plan.host(cut.one).port, plan.host(cut.other).port
    for source, target in ((one, other), (other, one)):
        yield f'iifname "{source}" oifname "{target}" {cut.match} drop'


def _address_check(snapshot: Snapshot, host: Host) -> Iterator[str]:
    """Yield what drops packets that an interface may not send or take while its check is on."""
    interface = snapshot.interface(host.interface_id) or {}
    if interface.get("SourceDestCheck", True):
        own = f"{{ {', '.join(sorted(addresses_of(interface)))} }}"
        yield f'iifname "{host.port}" ip saddr != {own} drop'
        yield f'oifname "{host.port}" ip daddr != {own} drop'


def _permitted(snapshot: Snapshot, host: Host, *, outbound: bool) -> Iterator[str]:
    """Yield rules that go back to the caller, as the other side's groups have their say too."""
    key, side = ("IpPermissionsEgress", "daddr") if outbound else ("IpPermissions", "saddr")
    for group in _groups(snapshot, host):
        for permission in group.get(key, []):
            peers = ", ".join(map(str, collapse_addresses(_peers(snapshot, permission))))
            if peers:
                yield f"ip {side} {{ {peers} }} {_match(permission)} return"


def _peers(snapshot: Snapshot, permission: Described) -> Iterator[IPv4Network]:
    for written in permission.get("IpRanges", []):
        yield IPv4Network(written["CidrIp"])
    groups = {each["GroupId"] for each in permission.get("UserIdGroupPairs", [])}
    for interface in snapshot.interfaces:
        if groups & {each["GroupId"] for each in interface["Groups"]}:
            yield from map(IPv4Network, addresses_of(interface))


def _match(permission: Described) -> str:
    protocol: str = permission["IpProtocol"]
    if protocol == "-1":
        return ""
    if protocol in ("tcp", "udp"):
        return f"{protocol} dport {permission['FromPort']}-{permission['ToPort']}"
    if protocol == "icmp" and permission.get("FromPort", -1) != -1:
        return f"icmp type {permission['FromPort']}"
    return f"ip protocol {protocol}"


def _groups(snapshot: Snapshot, host: Host) -> Sequence[Described]:
    interface = snapshot.interface(host.interface_id) or {"Groups": []}
    named = {each["GroupId"] for each in interface["Groups"]}
    return [group for group in snapshot.groups if group["GroupId"] in named]
