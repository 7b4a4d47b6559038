"""Corosync's configuration, corosync.conf, from a description of the cluster; pure.

https://manpages.debian.org/bookworm/corosync/corosync.conf.5.en.html
"""

from collections.abc import Iterator

from .pacemaker_description import PacemakerCluster

# Corosync's default for link 0.
HEARTBEAT_PORT = 5405

# The text holds no key. The boot script turns encryption on where the image brings one.
PLAIN_CRYPTO = "crypto_cipher: none", "crypto_hash: none"

_INDENT = "    "


def configuration(cluster: PacemakerCluster) -> str:
    """Return the text of corosync.conf; the same description gives the same text.

    `two_node` lets one node alone keep the quorum that both had, and makes each wait for the other
    after both were down (`wait_for_all`).
    """
    totem = [
        "version: 2",
        f"cluster_name: {cluster.name}",
        "transport: knet",
        *PLAIN_CRYPTO,
        f"token: {cluster.token_milliseconds}",
    ]
    quorum = ["provider: corosync_votequorum", "two_node: 1"]
    logging = ["to_syslog: yes", "timestamp: on"]
    sections = [
        _section("totem", totem),
        _section("nodelist", list(_nodes(cluster))),
        _section("quorum", quorum),
        _section("logging", logging),
    ]
    return "\n".join("\n".join([*section, ""]) for section in sections)


def _nodes(cluster: PacemakerCluster) -> Iterator[str]:
    for number, node in enumerate(cluster.nodes, start=1):
        yield from _section(
            "node",
            [
                f"name: {node.name}",
                f"nodeid: {number}",
                f"ring0_addr: {node.address}",
            ],
        )


def _section(name: str, lines: list[str]) -> list[str]:
    return [f"{name} {{", *(f"{_INDENT}{line}" for line in lines), "}"]
