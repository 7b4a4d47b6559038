"""`ops` may not import the components; what it asks of a cluster is what they open."""

from components import node_guard
from ops.verify import filter_checks


def test_verify_asks_for_the_ports_that_the_nodes_group_opens() -> None:
    assert filter_checks.PEER_PORTS == node_guard.PEER_PORTS
