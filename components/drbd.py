"""DRBD's resource for the mirror volumes, from a description of the cluster; pure.

The text is that of DRBD 9. The boot script rewrites it for DRBD 8.4, which Linux itself brings:
there `fencing` is an option of the disk, and the scripts have other names.
https://manpages.debian.org/bookworm/drbd-utils/drbd.conf-9.0.5.en.html
"""

from collections.abc import Iterator

from .pacemaker_description import PacemakerCluster, PacemakerNode

RESOURCE = "mirror"
DEVICE = "/dev/drbd0"
# The first of the ports that DRBD's guides use.
MIRROR_PORT = 7788

# Scripts of drbd-utils for DRBD 9.
_FENCE = "/usr/lib/drbd/crm-fence-peer.9.sh"
_UNFENCE = "/usr/lib/drbd/crm-unfence-peer.9.sh"
# With fencing the script must outlast both of its levels: after 90 seconds, its default, it lets
# writes go on, although Pacemaker may still stop this node. The second limit must be above the
# first one (https://github.com/LINBIT/drbd-utils, scripts/crm-fence-peer.9.sh).
_UNTIL_FENCED = "--timeout 1000 --dc-timeout 1060"


def resource(cluster: PacemakerCluster) -> str:
    """Return the text of the resource file; the same description gives the same text.

    A node that loses its peer keeps the peer from being promoted: it writes a constraint into the
    CIB. With fencing it holds all writes until Pacemaker has fenced the peer. Nothing resolves a
    split brain by itself, because that would discard the data of one node.
    """
    policy = "resource-and-stonith" if cluster.fencing else "resource-only"
    fence = f"{_FENCE} {_UNTIL_FENCED}" if cluster.fencing else _FENCE
    lines = [
        f"resource {RESOURCE} {{",
        "    net {",
        f"        fencing {policy};",
        "        protocol C;",
        "        after-sb-0pri disconnect;",
        "        after-sb-1pri disconnect;",
        "        after-sb-2pri disconnect;",
        "    }",
        "    handlers {",
        f'        fence-peer "{fence}";',
        f'        unfence-peer "{_UNFENCE}";',
        f'        after-resync-target "{_UNFENCE}";',
        "    }",
        *(line for node in cluster.nodes for line in _node(node)),
        "}",
    ]
    return "\n".join([*lines, ""])


def _node(node: PacemakerNode) -> Iterator[str]:
    yield f"    on {node.name} {{"
    yield f"        device {DEVICE} minor 0;"
    yield f"        disk {node.data_partition};"
    yield f"        address {node.address}:{MIRROR_PORT};"
    yield "        meta-disk internal;"
    yield "    }"
