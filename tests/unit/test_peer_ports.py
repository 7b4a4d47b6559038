"""`ops` may not import the components; what it asks of a cluster is what they open."""

from components.cluster_engine import PEER_PORTS
from ops.engine import ENGINES


def test_verify_asks_for_the_ports_that_the_nodes_group_opens_for_each_engine() -> None:
    assert {name: engine.peer_ports for name, engine in ENGINES.items()} == PEER_PORTS
