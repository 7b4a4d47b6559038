"""Generated topologies: small worlds in which every kind of element meets every other."""

from typing import Any

from hypothesis import strategies as st

from guardrails import Topology
from guardrails.model.knowledge import External
from guardrails.model.machines import Instance, NetworkInterface, VirtualIp
from guardrails.model.network import Subnet, Vpc, VpcRange
from guardrails.model.routing import (
    Association,
    Gateway,
    MainAssociation,
    PrefixList,
    PrefixListEntry,
    Propagation,
    Route,
    RouteTable,
    TargetKind,
    TransitAttachment,
    TransitRoute,
    main_table_of,
)
from guardrails.model.security import (
    Endpoint,
    ExclusiveRules,
    GroupAttachment,
    GroupRule,
    SecurityGroup,
    default_group_of,
)

REGION = "us-east-1"
VPCS = ("vpc-a", "vpc-b")
RANGES = {"vpc-a": ("10.0.0.0/16", "10.0.1.0/24"), "vpc-b": ("20.0.0.0/16", "20.0.1.0/24")}
SUBNETS = ("private-1", "private-2", "public-1", "other-1")
TABLES = ("table-1", "table-2", "table-3")
GROUPS = ("group-1", "group-2")
CIDRS = ("0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "8.8.8.0/24", "20.0.0.100/32", "10.0.1.9/32")
CIDRS += ("10.9.0.0/16", "::/0", "64:ff9b::/96", "2600:1f00::9/128")
GATEWAYS = {
    "igw": TargetKind.INTERNET,
    "eigw": TargetKind.EGRESS_ONLY,
    "nat": TargetKind.NAT,
    "vpn": TargetKind.VIRTUAL_PRIVATE,
    "hub": TargetKind.TRANSIT,
    "peering": TargetKind.PEERING,
    "wall": TargetKind.FIREWALL,
}
VIA = {key: kind for key, kind in GATEWAYS.items() if key not in {"igw", "vpn"}} | {
    "igw": TargetKind.GATEWAY,
    "vpn": TargetKind.GATEWAY,
    "eni-1": TargetKind.INTERFACE,
    "eni-2": TargetKind.INTERFACE,
    "eni-gone": TargetKind.INTERFACE,
    "box": TargetKind.INSTANCE,
    "firewall": TargetKind.ENDPOINT,
    "wall": TargetKind.ENDPOINT,
}

vpc_keys = st.sampled_from(VPCS)
subnet_keys = st.sampled_from(SUBNETS)
table_keys = st.sampled_from((*TABLES, *map(main_table_of, VPCS)))
group_keys = st.sampled_from((*GROUPS, *map(default_group_of, VPCS), External("sg-1")))
cidrs = st.sampled_from(CIDRS)


@st.composite
def routes(draw: st.DrawFn) -> Route:
    key = draw(st.sampled_from((*VIA, "local")))
    listed = draw(st.integers(0, 5)) == 0
    return Route(
        key=f"route-{draw(st.integers(0, 9))}",
        table=draw(table_keys),
        cidr=None if listed else draw(cidrs),
        prefix_list="list" if listed else None,
        via=TargetKind.LOCAL if key == "local" else VIA[key],
        target=None if key == "local" else key,
        blackhole=draw(st.integers(0, 3)) == 0,
    )


@st.composite
def rules(draw: st.DrawFn) -> GroupRule:
    first, last = draw(
        st.sampled_from([(443, 443), (443, 443), (22, 22), (443, 8443), (None, None)])
    )
    return GroupRule(
        key=f"rule-{draw(st.integers(0, 9))}",
        group=draw(group_keys),
        protocol=draw(st.sampled_from(["tcp", "tcp", "6", "udp", "-1"])),
        from_port=first,
        to_port=last,
    )


@st.composite
def endpoints(draw: st.DrawFn) -> Endpoint:
    return Endpoint(
        **_named("endpoint", {"endpoint": draw(vpc_keys)}),
        kind=draw(st.sampled_from(["Interface", "Gateway"])),
        service="com.amazonaws.us-east-1.ec2",
        groups=tuple(draw(st.lists(group_keys, max_size=2))),
        interfaces=draw(st.sampled_from([(), (External("eni-e"),)])),
        private_dns=draw(st.booleans()),
    )


def few(strategy: st.SearchStrategy, most: int) -> st.SearchStrategy:
    """Return tuples of at most `most`."""
    return st.lists(strategy, max_size=most).map(tuple)


Homes = dict[str, str]
"""The VPC of each element that has one."""
Part = dict[str, Any]
"""Some kinds of elements of a topology, by their field's name."""


@st.composite
def topologies(draw: st.DrawFn) -> Topology:
    """A world of two VPCs; 10.0.0.0/16 and 20.0.0.0/16 are their ranges."""
    homes = {key: draw(vpc_keys) for key in (*SUBNETS, *TABLES, *GROUPS, *GATEWAYS)}
    homes |= {main_table_of(vpc): vpc for vpc in VPCS}
    parts = (_places(draw, homes), _routing(draw, homes), _transit(draw), _machines(draw, homes))
    more = (_gateways(draw, homes), _admission(draw, homes))
    return Topology(**{kind: fill for part in (*parts, *more) for kind, fill in part.items()})


def _named(key: str, homes: Homes) -> Part:
    return {"key": key, "scope": REGION, "name": key, "vpc": homes[key]}


def _places(draw: st.DrawFn, homes: Homes) -> Part:
    signs = [{}, {"Tier": "private"}, {"Tier": "public"}, {"Name": "public"}, {"Name": "private"}]
    tags = st.sampled_from([*signs, {"Tier": "public", "SubnetType": "private"}])
    virtual_ips = st.builds(
        VirtualIp,
        key=st.just("cluster"),
        address=st.sampled_from(["20.0.0.100", "30.0.0.1"]),
        vpc=st.one_of(st.none(), vpc_keys),
    )
    return {
        "vpcs": tuple(Vpc(key=key, scope=REGION, name=key) for key in VPCS),
        "vpc_ranges": tuple(VpcRange(key=key, vpc=key, cidr=RANGES[key][0]) for key in VPCS),
        "subnets": tuple(
            Subnet(
                **_named(key, homes),
                cidrs=(RANGES[homes[key]][1],),
                tags=draw(tags),
                maps_public_address=draw(st.sampled_from([None, True, False])),
            )
            for key in SUBNETS
        ),
        "virtual_ips": draw(few(virtual_ips, 1)),
    }


def _routing(draw: st.DrawFn, homes: Homes) -> Part:
    main = draw(st.sampled_from([None, *TABLES]))
    propagations = st.builds(
        Propagation,
        key=st.just("propagation"),
        table=table_keys,
        via=st.just(TargetKind.VIRTUAL_PRIVATE),
        gateway=st.just("vpn"),
    )
    main_associations = st.builds(
        MainAssociation, key=st.just("main"), vpc=vpc_keys, table=table_keys
    )
    return {
        "route_tables": tuple(
            RouteTable(
                **_named(key, homes),
                main_of=homes[key] if key == main else None,
            )
            for key in TABLES
        ),
        "routes": draw(few(routes(), 5)),
        "propagations": draw(few(propagations, 1)),
        "associations": _associations(draw, homes),
        "main_associations": draw(few(main_associations, 2)),
        **_prefix_lists(draw),
    }


def _associations(draw: st.DrawFn, homes: Homes) -> tuple[Association, ...]:
    """Draw associations; AWS refuses to bind a subnet to a table of another VPC."""
    associations = st.builds(
        Association,
        key=st.sampled_from("xyz"),
        table=table_keys,
        subnet=st.one_of(st.none(), subnet_keys),
    )
    return tuple(
        each
        for each in draw(few(associations, 4))
        if each.subnet is None or homes[each.subnet] == homes[each.table]
    )


def _prefix_lists(draw: st.DrawFn) -> Part:
    entries = st.builds(
        PrefixListEntry, key=st.just("entry"), prefix_list=st.just("list"), cidr=cidrs
    )
    return {
        "prefix_lists": (PrefixList(key="list", scope=REGION, entries=draw(few(cidrs, 2))),),
        "prefix_list_entries": draw(few(entries, 1)),
    }


def _gateways(draw: st.DrawFn, homes: Homes) -> Part:
    where = draw(subnet_keys)
    return {
        "gateways": tuple(
            Gateway(
                key=key,
                scope=REGION,
                kind=kind,
                vpc=homes[key],
                private=draw(st.booleans()),
                subnets=(where,),
                peer=draw(vpc_keys) if kind is TargetKind.PEERING else None,
            )
            for key, kind in GATEWAYS.items()
        )
    }


def _transit(draw: st.DrawFn) -> Part:
    tables = st.sampled_from(["hub-table", "hub-table", "other"])
    attached = st.sampled_from([(draw(subnet_keys),), ()])
    transit_routes = st.builds(
        TransitRoute,
        key=st.just("hub-route"),
        table=tables,
        cidr=cidrs,
        attachment=st.sampled_from(["at-vpc-a", "at-vpc-b"]),
        blackhole=st.booleans(),
    )
    return {
        "transit_attachments": tuple(
            TransitAttachment(
                key=f"at-{key}",
                transit="hub",
                vpc=key,
                subnets=draw(attached),
                table=draw(tables),
            )
            for key in VPCS
        ),
        "transit_routes": draw(few(transit_routes, 2)),
    }


def _machines(draw: st.DrawFn, homes: Homes) -> Part:
    where = draw(subnet_keys)
    firewall = Endpoint(
        **_named("firewall", {"firewall": homes[where]}),
        kind="GatewayLoadBalancer",
        subnets=(where,),
    )
    return {
        "network_interfaces": tuple(
            NetworkInterface(
                key=key,
                scope=REGION,
                name=key,
                subnet=draw(subnet_keys),
                instance=instance,
                source_dest_check=draw(st.booleans()),
            )
            for key, instance in (("eni-1", None), ("eni-2", "box"))
        ),
        "instances": (_instance(draw),),
        "endpoints": (*draw(few(endpoints(), 1)), firewall),
    }


def _instance(draw: st.DrawFn) -> Instance:
    primary = draw(st.sampled_from([None, "eni-2", External("eni-gone")]))
    checks = [True, False] if primary is None else [True, False, None]
    return Instance(
        key="box",
        scope=REGION,
        name="box",
        subnet=draw(subnet_keys),
        interfaces=() if primary is None else (primary,),
        primary=primary,
        source_dest_check=draw(st.sampled_from(checks)),
        switches_check_on=draw(st.booleans()) if primary else False,
    )


def _admission(draw: st.DrawFn, homes: Homes) -> Part:
    default = draw(st.sampled_from([None, *GROUPS]))
    attachments = st.builds(
        GroupAttachment,
        key=st.just("put"),
        group=group_keys,
        target=st.sampled_from(["endpoint", External("eni-e"), "eni-1"]),
        replaces_default=st.booleans(),
    )
    exclusive = st.builds(ExclusiveRules, key=st.just("only"), group=group_keys)
    return {
        "security_groups": tuple(
            SecurityGroup(
                **_named(key, homes),
                default_of=homes[key] if key == default else None,
            )
            for key in GROUPS
        ),
        "group_rules": draw(few(rules(), 4)),
        "group_attachments": draw(few(attachments, 2)),
        "exclusive_rules": draw(few(exclusive, 1)),
    }
