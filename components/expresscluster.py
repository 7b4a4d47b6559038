"""EXPRESSCLUSTER's configuration, clp.conf, from a description of the cluster; pure.

Element by element as NEC's own generator writes it, in the order of the commands in NEC's
documents. expresscluster_names.py says where each name comes from and what is not verified.
"""

from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

from . import expresscluster_names as names
from .cluster_description import ClusterDescription, LinuxMirror, Server, WindowsMirror

Entry = tuple[str, str | int]

_DECLARATION = '<?xml version="1.0" encoding="ASCII"?>\n'
_OBJECT_NUMBER_PATH = "webmgr/client/objectnumber"
# The objects that Cluster WebUI draws besides the named ones: cluster, servers, groups, monitors.
_OBJECTS_OF_EVERY_CLUSTER = 4
_LOCAL_SERVER = ("cls", "LocalServer")
# These elements are told apart by a number; all others by a name.
_NUMBERED = ("device", "netdev")


def configuration(cluster: ClusterDescription) -> str:
    """Return the text of clp.conf; the same description gives the same text."""
    root = ET.Element("root")
    for path, value in _entries(cluster):
        _write(root, path, str(value))
    _write(root, _OBJECT_NUMBER_PATH, str(_count_objects(root)))
    ET.indent(root)
    return f"{_DECLARATION}{ET.tostring(root, encoding='us-ascii').decode()}\n"


def _entries(cluster: ClusterDescription) -> Iterator[Entry]:
    yield from _header(cluster)
    for priority, server in enumerate(cluster.servers):
        yield from _server(cluster, server, priority)
    yield "heartbeat/types@lankhb", ""
    yield "heartbeat/lankhb@lankhb1/priority", 0
    yield "heartbeat/lankhb@lankhb1/device", names.HEARTBEAT_DEVICE
    yield from _partition_witness(cluster)
    yield from _group()
    yield from _virtual_ip(cluster)
    yield from _mirror(cluster)
    yield from _monitors(cluster)


def _header(cluster: ClusterDescription) -> Iterator[Entry]:
    system = cluster.mirror.system
    yield "all/charset", names.CHARSET[system]
    yield "all/serveros", system
    yield "all/encode", names.ENCODE[system]
    yield "cluster/name", cluster.name
    yield "cluster/comment", ""
    if cluster.heartbeat_timeout_seconds is not None:
        yield names.HEARTBEAT_TIMEOUT_PATH, cluster.heartbeat_timeout_seconds * 1000
    yield (
        names.STARTUP_DELAY_PATH,
        names.startup_delay(system, cluster.heartbeat_timeout_seconds),
    )
    yield _OBJECT_NUMBER_PATH, ""  # counted when all objects are there; its place is here


def _server(cluster: ClusterDescription, server: Server, priority: int) -> Iterator[Entry]:
    path = f"server@{server.name}"
    yield f"{path}/priority", priority
    yield f"{path}/device@{names.HEARTBEAT_DEVICE}/type", "lan"
    yield f"{path}/device@{names.HEARTBEAT_DEVICE}/info", server.address
    yield f"{path}/device@{names.MIRROR_DEVICE}/type", "mdc"
    yield f"{path}/device@{names.MIRROR_DEVICE}/info", server.address
    yield f"{path}/device@{names.MIRROR_DEVICE}/mdc/info", server.address
    if cluster.partition_witness:
        yield f"{path}/device@{names.WITNESS_DEVICE}/type", "http"
        yield f"{path}/device@{names.WITNESS_DEVICE}/info", 1


def _partition_witness(cluster: ClusterDescription) -> Iterator[Entry]:
    if cluster.partition_witness:
        host, port = cluster.partition_witness
        yield "networkpartition/types@httpnp", ""
        yield "networkpartition/httpnp@httpnp1/priority", 0
        yield "networkpartition/httpnp@httpnp1/device", names.WITNESS_DEVICE
        yield "networkpartition/httpnp@httpnp1/host", host
        yield "networkpartition/httpnp@httpnp1/port", port


def _group() -> Iterator[Entry]:
    yield f"group@{names.GROUP}/comment", ""
    yield f"group@{names.GROUP}/gid", 0
    yield f"group@{names.GROUP}/resource@awsvip@{names.VIRTUAL_IP}", ""
    yield f"group@{names.GROUP}/resource@md@{names.MIRROR}", ""


def _virtual_ip(cluster: ClusterDescription) -> Iterator[Entry]:
    path = f"resource/awsvip@{names.VIRTUAL_IP}"
    timeout = cluster.aws_cli_timeout_seconds
    yield "resource/types@awsvip", ""
    yield f"{path}/comment", ""
    yield f"{path}/parameters/ip", cluster.virtual_ip
    for place, server in _places(cluster):
        yield f"{path}/{place}parameters/vpcid", cluster.vpc_id
        yield f"{path}/{place}parameters/eniid", server.interface_id
    if timeout is not None and timeout != names.AWS_CLI_TIMEOUT_DEFAULT:
        yield f"{path}/{names.AWS_CLI_TIMEOUT_PATH}", timeout
        yield f"{path}/{names.ACTION_TIMEOUT_PATH}", names.action_timeout(timeout)


def _mirror(cluster: ClusterDescription) -> Iterator[Entry]:
    path, mirror = f"resource/md@{names.MIRROR}", cluster.mirror
    connection = f"{path}/parameters/netdev@0"
    yield "resource/types@md", ""
    yield f"{path}/comment", ""
    yield f"{connection}/priority", names.CONNECTION_PRIORITY[mirror.system]
    yield f"{connection}/device", names.MIRROR_DEVICE
    yield f"{connection}/mdcname", names.MIRROR_CONNECTION
    if isinstance(mirror, LinuxMirror):
        yield from _linux_mirror(path, mirror, cluster)
    else:
        yield from _windows_mirror(path, mirror, cluster)
    if mirror.mode != "sync":
        yield f"{path}/{names.MIRROR_MODE_PATH}", names.MIRROR_MODES[mirror.mode]


def _linux_mirror(path: str, mirror: LinuxMirror, cluster: ClusterDescription) -> Iterator[Entry]:
    first = cluster.servers[0]
    yield f"{path}/parameters/nmppath", names.MIRROR_DRIVER
    yield f"{path}/parameters/mount/point", mirror.mount_point
    for place, server in _places(cluster):
        devices = f"{path}/{place}parameters/diskdev"
        if not place or server.data_partition != first.data_partition:
            yield f"{devices}/dppath", server.data_partition
        if not place or server.cluster_partition != first.cluster_partition:
            yield f"{devices}/cppath", server.cluster_partition
        if not place:
            yield f"{path}/parameters/fs", mirror.file_system


def _windows_mirror(
    path: str, mirror: WindowsMirror, cluster: ClusterDescription
) -> Iterator[Entry]:
    yield f"{path}/parameters/volumemountpoint", mirror.data_drive
    yield f"{path}/parameters/cpvolumemountpoint", mirror.cluster_drive
    for server in cluster.servers:
        own = f"{path}/server@{server.name}/parameters"
        yield f"{own}/volumeguid", server.data_partition
        yield f"{own}/cpvolumeguid", server.cluster_partition


def _monitors(cluster: ClusterDescription) -> Iterator[Entry]:
    windows = cluster.mirror.system == "windows"
    no_target = "" if windows else None
    yield from _monitor("userw", no_target, _LOCAL_SERVER)
    yield from _monitor("awsvipw", names.VIRTUAL_IP, ("rsc", names.VIRTUAL_IP))
    if cluster.monitor_zones:
        zones = [
            (f"{place}parameters/availabilityzone", server.availability_zone)
            for place, server in _places(cluster)
        ]
        yield from _monitor("awsazw", None, _LOCAL_SERVER, zones)
        yield "monitor/awsazw@awsazw1/emergency/threshold/fo", 0
    relation = ("rsc", names.MIRROR) if windows else _LOCAL_SERVER
    for kind in ("mdw", "mdnw"):
        yield from _monitor(kind, no_target, relation, [("parameters/object", names.MIRROR)])


def _monitor(
    kind: str, target: str | None, relation: tuple[str, str], parameters: Sequence[Entry] = ()
) -> Iterator[Entry]:
    """Yield a monitor that acts on `relation`; where `target` is None, the element is left out."""
    path = f"monitor/{kind}@{kind}1"
    yield f"monitor/types@{kind}", ""
    yield f"{path}/comment", ""
    if target is not None:
        yield f"{path}/target", target
    for name, value in parameters:
        yield f"{path}/{name}", value
    yield f"{path}/relation/type", relation[0]
    yield f"{path}/relation/name", relation[1]


def _places(cluster: ClusterDescription) -> Iterator[tuple[str, Server]]:
    """Yield where each server's own value of a parameter stands; the first one's is the default."""
    for priority, server in enumerate(cluster.servers):
        yield (f"server@{server.name}/" if priority else ""), server


def _write(root: ET.Element, path: str, text: str) -> None:
    """Write a text below `root`, where a step of the path is a tag or `tag@name`."""
    element = root
    for step in path.split("/"):
        tag, _, name = step.partition("@")
        key = "id" if tag in _NUMBERED else "name"
        found = next(
            (each for each in element.iterfind(tag) if not name or each.get(key) == name), None
        )
        element = (
            ET.SubElement(element, tag, {key: name} if name else {}) if found is None else found
        )
    element.text = text or None


def _count_objects(root: ET.Element) -> int:
    """Count as NEC's generator does; Cluster WebUI numbers the next object from here."""
    servers = len(root.findall("server"))

    def count(*sections: str) -> int:
        return sum(each.tag != "types" for name in sections for each in root.iterfind(f"{name}/*"))

    named = servers + len(root.findall("group")) + count("resource", "monitor")
    return _OBJECTS_OF_EVERY_CLUSTER + named + servers * count("heartbeat", "networkpartition")
