"""The commands of ops name the engine that keeps the cluster, and ask for its own ports."""

from dataclasses import replace

import pytest

from ops.cluster import Cluster, Node
from ops.drill.alarm import may_still_move
from ops.drill.readiness import require_force
from ops.errors import UsageError
from ops.move.move import require_consent
from ops.verify.admission import Ports
from ops.verify.filter_checks import asked_of_peers

A, B = (Node(f"node-{zone}", zone, f"i-{zone}", f"eni-{zone}", "10.0.110.10") for zone in "ab")
EXPRESSCLUSTER = Cluster(
    name="ha", region="us-east-1", vpc_id="vpc-1", virtual_ip="20.0.0.100", nodes=(A, B)
)
PACEMAKER = replace(EXPRESSCLUSTER, engine_name="pacemaker")
NONE = replace(EXPRESSCLUSTER, engine_name="none", engine_configured=False)


def refusal(cluster: Cluster) -> str:
    """Why the routes of a cluster are not moved."""
    with pytest.raises(UsageError) as raised:
        require_consent(cluster, interrupts_service=False)
    return str(raised.value)


def test_a_move_under_expresscluster_is_refused_with_its_command() -> None:
    assert refusal(EXPRESSCLUSTER) == (
        "EXPRESSCLUSTER may own 20.0.0.100: a move of the routes leaves its failover group and its "
        "mirror disk on the other node, and interrupts the service. Move the group instead "
        "(clpgrp -m failover1, or Cluster WebUI), or add --interrupts-service"
    )


def test_a_move_under_pacemaker_is_refused_with_its_command() -> None:
    assert refusal(PACEMAKER) == (
        "Pacemaker may own 20.0.0.100: a move of the routes leaves its failover group and its "
        "mirror disk on the other node, and interrupts the service until its agent leads them "
        "back. Move the group instead (crm_resource --move --resource failover1), or add "
        "--interrupts-service"
    )


def test_without_an_engine_the_routes_may_be_moved() -> None:
    require_consent(NONE, interrupts_service=False)
    require_force(NONE, force=False)


@pytest.mark.parametrize(
    ("cluster", "command"),
    [
        (EXPRESSCLUSTER, "clpmdstat -m md1, or Cluster WebUI"),
        (PACEMAKER, "drbdadm status mirror"),
    ],
)
def test_a_drill_asks_for_a_look_at_the_engine_s_mirror(cluster: Cluster, command: str) -> None:
    with pytest.raises(UsageError) as raised:
        require_force(cluster, force=False)
    assert f"Look at it ({command}), then add --force" in str(raised.value)


def test_a_takeover_that_was_not_seen_is_looked_up_in_the_engine() -> None:
    assert may_still_move(PACEMAKER, A, B).remedy == (
        "Look at `crm_mon -1`; the group belongs on node-a "
        "(crm_resource --move --resource failover1)"
    )


def test_the_nodes_must_reach_the_ports_of_their_engine_alone() -> None:
    assert list(asked_of_peers(PACEMAKER.engine)) == [
        Ports("udp", 5405, 5405),
        Ports("tcp", 7788, 7788),
    ]
    assert list(asked_of_peers(NONE.engine)) == []
    assert Ports("icmp", 8, 8) in list(asked_of_peers(EXPRESSCLUSTER.engine))
