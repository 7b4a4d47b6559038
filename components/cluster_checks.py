"""What a cluster's inputs must be, whatever language they come from.

Every function raises ValueError with the name of the input, its value and the remedy.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from . import addressing, documents
from .application_ports import PORTS, PROTOCOL, ApplicationPortArgs
from .cluster_args import ClusterArgs
from .expresscluster_forms import check_expresscluster
from .forms import check_form
from .mirror_volume_args import check_mirror_volume

LEAST_MIRROR_GIB = 2


def with_whole_numbers(args: ClusterArgs) -> ClusterArgs:
    """Return the inputs with every whole number as an `int`.

    Pulumi has one kind of number: a plain port 5432 of another program arrives as 5432.0, which the
    names of resources and the text of a configuration would show.
    """
    return cast("ClusterArgs", _whole(args))


def check_cluster(args: ClusterArgs) -> None:
    """Check what no resource would refuse, or AWS only halfway through."""
    _check_network(args)
    _check_nodes(args)
    _check_ranges("admin_cidr_blocks", args["admin_cidr_blocks"])
    _check_ports(args.get("application_ports") or ())
    for service in args.get("services") or ():
        if service not in documents.SERVICE_ACTIONS:
            known = ", ".join(documents.SERVICE_ACTIONS)
            raise ValueError(f"services: {service!r} is not known; name {known}")
    check_expresscluster(args["expresscluster"])


def _check_network(args: ClusterArgs) -> None:
    for name in ("vpc_cidr_blocks", "route_table_ids"):
        if not args[name]:
            raise ValueError(f"{name}: it is empty; name every one of the VPC")
    clients = args.get("clients")
    if clients and not (clients["transit_gateway_route_table_ids"] and clients["attachment_id"]):
        raise ValueError("clients: a table and the attachment belong together; name both")
    back = args.get("client_return")
    if back:
        _check_far_ranges("client_return.cidr_blocks", back["cidr_blocks"], args)


def _check_nodes(args: ClusterArgs) -> None:
    gib: object = args["mirror_volume_gib"]
    if isinstance(gib, int) and gib < LEAST_MIRROR_GIB:
        raise ValueError(f"mirror_volume_gib: {gib} is too small; take {LEAST_MIRROR_GIB} or more")
    check_mirror_volume(args.get("mirror_volume") or {}, gib)
    zones = sorted(args["nodes"])
    if len(zones) != 2:  # noqa: PLR2004 - a mirror has two sides
        raise ValueError(f"nodes: a mirrored cluster has two, not {len(zones)}; name two zones")
    known = {zone: args["nodes"][zone]["address"] for zone in zones}
    texts = {zone: each for zone, each in known.items() if isinstance(each, str)}
    for zone, text in texts.items():
        addressing.parse_address(f"nodes.{zone}.address", text)
    if len(set(texts.values())) < len(texts):
        raise ValueError(f"nodes: both have the address {texts[zones[0]]}; give each its own")
    for name in ("initial_owner", "roll_out"):
        letter = args.get(name)
        if letter is not None and letter not in zones:
            raise ValueError(f"{name}: there is no node {letter!r}; take {' or '.join(zones)}")
    if args.get("move_routes") and not args.get("live_route_target"):
        raise ValueError("move_routes: no target is given; set live_route_target too")


def _check_ports(ports: Sequence[ApplicationPortArgs]) -> None:
    name = "application_ports"
    for each in ports:
        check_form(f"{name}.protocol", each["protocol"], PROTOCOL)
        if each["port"] not in PORTS:
            bounds = f"{PORTS.start} to {PORTS.stop - 1}"
            raise ValueError(f"{name}.port: {each['port']} does not fit; write {bounds}")
        _check_ranges(f"{name}.cidr_blocks", each["cidr_blocks"])
    found = [(each["protocol"], each["port"]) for each in ports]
    for protocol, port in found:
        if found.count((protocol, port)) > 1:
            raise ValueError(f"{name}: {protocol} {port} is there twice; name each port once")


def _check_far_ranges(name: str, ranges: Sequence[str], args: ClusterArgs) -> None:
    _check_ranges(name, ranges)
    virtual_ip = addressing.parse_address("virtual_ip", args["virtual_ip"])
    for text in ranges:
        far = addressing.parse_range(name, text)
        unusable = addressing.unusable_as_far_range(far, args["vpc_cidr_blocks"], virtual_ip)
        if unusable:
            raise ValueError(f"{name}: {text}: {unusable}")


def _check_ranges(name: str, ranges: Sequence[str]) -> None:
    for text in ranges:
        addressing.check_client_range(name, text)
        if list(ranges).count(text) > 1:
            raise ValueError(f"{name}: {text} is there twice; name each range once")


def _whole(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: _whole(each) for key, each in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list):
        return [_whole(each) for each in cast("list[Any]", value)]
    return value
