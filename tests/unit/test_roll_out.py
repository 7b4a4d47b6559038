"""Which node an update may touch, and where the virtual IP leads meanwhile."""

import base64
from dataclasses import replace
from typing import Any

import pytest

from components.pacemaker_args import PacemakerArgs
from preflight.live_cluster import LiveCluster, LiveInstance, LiveNode
from preflight.roll_out import fixed_faults, notices, plan_roll_out, roll_out_faults
from settings import Settings
from tests.support.dev_settings import DEV

VIP = "20.0.0.100/32"
TABLES = ("rtb-1", "rtb-2", "rtb-3")
SETTINGS = replace(DEV, nodes=replace(DEV.nodes, image="ami-1"))


NODE_FIELDS = ("os", "engine", "pacemaker", "image", "instance_type", "addresses")


def settings(**other: Any) -> Settings:
    """The dev environment with other values; those of the nodes by their own names."""
    nodes = {key: other.pop(key) for key in NODE_FIELDS if key in other}
    network = {key: other.pop(key) for key in ("cidr", "zones", "private_subnets") if key in other}
    return replace(
        SETTINGS,
        nodes=replace(SETTINGS.nodes, **nodes),
        network=replace(SETTINGS.network, **network),
        **other,
    )


def node(letter: str, state: str | None = "running", **instance: str) -> LiveNode:
    return LiveNode(
        interface_id=f"eni-{letter}",
        address={"a": "10.0.110.10", "b": "10.0.120.10"}[letter],
        zone=f"us-east-1{letter}",
        subnet_cidr={"a": "10.0.110.0/24", "b": "10.0.120.0/24"}[letter],
        instance=LiveInstance(
            f"i-{letter}",
            instance.get("image", "ami-1"),
            instance.get("kind", "m6i.large"),
            state,
            source_dest_check="check" in instance,
            user_data=base64.b64encode(instance.get("script", "#!/bin/bash").encode()).decode(),
            volume_ids={},
        )
        if state
        else None,
    )


def live(
    *targets: str, a: str | None = "running", b: str | None = "running", vip: str = VIP
) -> LiveCluster:
    """A cluster whose tables lead the virtual IP to these targets, in order."""
    led = dict(zip(TABLES, targets, strict=False))
    routes = {table: {vip: led[table]} if table in led else {} for table in TABLES}
    return LiveCluster(
        "vpc-1",
        "10.0.0.0/16",
        {"a": node("a", a), "b": node("b", b)},
        routes,
    )


ON_A = live("eni-a", "eni-a", "eni-a")


def said(faults: Any) -> list[tuple[str, str]]:
    return [(fault.key.removeprefix("ha-cluster:"), fault.remedy) for fault in faults]


@pytest.mark.parametrize(
    ("found", "target"),
    [
        (ON_A, "eni-a"),
        (live("eni-b", "eni-b", "eni-b"), "eni-b"),
        (live("eni-b"), "eni-b"),
        (live("eni-b", "eni-b", "eni-a"), "eni-b"),
        (live("eni-b", "eni-a"), "eni-a"),
        (live("eni-gone", "eni-b"), "eni-b"),
        (live("eni-b", vip="20.0.0.7/32"), "eni-b"),
        (live(), "eni-a"),
        (live("eni-gone"), "eni-a"),
        (LiveCluster(), None),
    ],
    ids=[
        "all lead to a",
        "all lead to b",
        "one is left",
        "most lead to b",
        "as many lead to each: initialOwner",
        "one leads nowhere",
        "the address is being changed",
        "none is left: initialOwner",
        "all lead nowhere: initialOwner",
        "no cluster yet",
    ],
)
def test_new_routes_lead_to_the_live_owner(found: LiveCluster, target: str | None) -> None:
    assert plan_roll_out(settings(), found) == (target, False)


def test_without_an_owner_whose_interface_exists_the_routes_wait_for_it() -> None:
    half_built = replace(live(), nodes={"b": node("b")})
    assert plan_roll_out(settings(), half_built) == (None, False)


def test_without_an_owner_new_routes_do_not_lead_to_the_node_that_is_rolled_out() -> None:
    assert plan_roll_out(settings(roll_out="a"), live()) == ("eni-b", False)


def test_rolling_the_standby_out_moves_no_route() -> None:
    assert plan_roll_out(settings(roll_out="b"), ON_A) == ("eni-a", False)


def test_rolling_the_owner_out_leads_every_route_to_the_other_node() -> None:
    assert plan_roll_out(settings(roll_out="a", roll_out_owner=True), ON_A) == ("eni-b", True)


@pytest.mark.parametrize(
    ("found", "given"),
    [
        (ON_A, {}),
        (ON_A, {"roll_out": "b"}),
        (ON_A, {"roll_out": "a", "roll_out_owner": True}),
        (live("eni-a", b="stopped"), {"roll_out": "b"}),
        (live("eni-a", b=None), {"roll_out": "b"}),
        (live("eni-a", a="pending"), {"roll_out": "b"}),
        (LiveCluster(), {"roll_out": "b"}),
    ],
)
def test_a_node_that_nobody_needs_may_be_rolled_out(
    found: LiveCluster, given: dict[str, Any]
) -> None:
    assert said(roll_out_faults(settings(**given), found)) == []


@pytest.mark.parametrize(
    ("found", "given", "fault"),
    [
        (
            ON_A,
            {"roll_out": "a"},
            (
                "rollOut",
                (
                    "fail over to node-b first: node-a holds the virtual IP. Only if the cluster "
                    "cannot do it, set rollOutOwner: true, which leads the routes to node-b before "
                    "node-a goes down"
                ),
            ),
        ),
        (
            live("eni-a", a="stopped"),
            {"roll_out": "b"},
            ("rollOut", "bring node-a up first: it does not run, and no node would"),
        ),
        (
            live("eni-a", a=None),
            {"roll_out": "b"},
            ("rollOut", "bring node-a up first: it does not run, and no node would"),
        ),
        (
            live("eni-a", b="stopping"),
            {"roll_out": "a", "roll_out_owner": True},
            ("rollOut", "bring node-b up first: it does not run, and no node would"),
        ),
        (
            live("eni-a", "eni-b"),
            {"roll_out": "b"},
            (
                "rollOut",
                (
                    "fail over first: the route tables lead 20.0.0.100 to different nodes, "
                    "rtb-1 to eni-a, rtb-2 to eni-b"
                ),
            ),
        ),
        (
            ON_A,
            {"roll_out_owner": True},
            ("rollOutOwner", "remove it, or name the node in rollOut"),
        ),
    ],
)
def test_a_roll_out_that_would_take_the_address_down_is_refused(
    found: LiveCluster, given: dict[str, Any], fault: tuple[str, str]
) -> None:
    assert said(roll_out_faults(settings(**given), found)) == [fault]


def test_another_address_needs_a_roll_out_of_its_node() -> None:
    other = {"addresses": {"a": "10.0.110.10", "b": "10.0.120.11"}}
    expected = [
        (
            "nodes.addresses.b",
            (
                "restore 10.0.120.10, or set rollOut: b: another address replaces the interface "
                "and the instance of node-b"
            ),
        )
    ]
    assert said(fixed_faults(settings(**other), ON_A)) == expected
    assert said(fixed_faults(settings(**other, roll_out="a"), ON_A)) == expected
    assert said(fixed_faults(settings(**other, roll_out="b"), ON_A)) == []
    assert said(fixed_faults(settings(**other), LiveCluster())) == []


@pytest.mark.parametrize(
    ("given", "key", "kept"),
    [
        ({"cidr": "10.0.0.0/15"}, "network.cidr", "10.0.0.0/16"),
        ({"zones": {"a": "us-east-1c", "b": "us-east-1b"}}, "network.zones.a", "us-east-1a"),
        (
            {"private_subnets": {"a": "10.0.110.0/24", "b": "10.0.121.0/24"}},
            "network.privateSubnets.b",
            "10.0.120.0/24",
        ),
    ],
)
def test_the_network_under_a_node_never_changes(given: dict[str, Any], key: str, kept: str) -> None:
    for roll_out in (None, "a", "b"):
        ((found, remedy),) = said(fixed_faults(settings(**given, roll_out=roll_out), ON_A))
        assert found == key
        assert remedy.startswith(f"restore {kept}: ")
    assert said(fixed_faults(settings(**given), LiveCluster())) == []


def test_a_quiet_cluster_gives_no_notice() -> None:
    assert list(notices(settings(), ON_A)) == []


def test_a_node_that_keeps_an_older_image_or_type_is_named_until_it_is_rolled_out() -> None:
    wanted = {"image": "ami-2", "instance_type": "m6i.xlarge"}
    assert list(notices(settings(**wanted), ON_A)) == [
        f"node-{letter} keeps image ami-1 (not ami-2) and type m6i.large (not m6i.xlarge) until "
        "it is rolled out: see docs/runbook.md"
        for letter in "ab"
    ]
    rolling = list(notices(settings(**wanted, roll_out="b"), ON_A))
    assert [notice[:12] for notice in rolling] == ["node-a keeps", "rollOut: thi"]


def test_an_image_that_moves_by_itself_gives_no_notice() -> None:
    assert list(notices(settings(image="/aws/service/latest"), ON_A)) == []


def test_a_roll_out_reminds_of_its_end() -> None:
    assert list(notices(settings(roll_out="b"), ON_A)) == [
        (
            "rollOut: this update may replace or restart node-b. Remove the key afterwards: "
            "pulumi config rm ha-cluster:rollOut"
        )
    ]


def test_a_route_to_an_interface_that_is_gone_is_named() -> None:
    (notice,) = notices(settings(), live("eni-a", "eni-gone", "eni-a"))
    assert notice.startswith("rtb-2 leads 20.0.0.100 to eni-gone, which is not an interface")


def test_a_node_that_checks_source_and_destination_is_named() -> None:
    checking = replace(ON_A, nodes={"a": node("a"), "b": node("b", check="on")})
    (notice,) = notices(settings(), checking)
    assert notice == (
        "node-b drops packets for 20.0.0.100: eni-b checks source and destination. Run pulumi up "
        "--refresh"
    )


@pytest.mark.parametrize("state", ["stopping", "stopped"])
def test_a_node_that_does_not_run_is_named_with_the_command_that_starts_it(state: str) -> None:
    (notice,) = notices(settings(), live("eni-a", "eni-a", "eni-a", b=state))
    assert notice == (
        f"node-b does not run: i-b is {state}. If nobody stopped it on purpose: "
        "aws ec2 start-instances --instance-ids i-b"
    )


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (None, "eni-b has no instance"),
        ("shutting-down", "i-b is shutting-down"),
        ("terminated", "i-b is terminated"),
    ],
)
def test_a_node_whose_instance_is_gone_is_named(state: str | None, why: str) -> None:
    (notice,) = notices(settings(), live("eni-a", "eni-a", "eni-a", b=state))
    assert notice == (
        f"node-b does not run: {why}. If this update makes no other one, run pulumi up --refresh"
    )


def test_a_node_that_starts_gives_no_notice() -> None:
    assert list(notices(settings(), live("eni-a", "eni-a", "eni-a", b="pending"))) == []


def test_tables_that_disagree_are_named() -> None:
    assert list(notices(settings(), live("eni-a", "eni-b"))) == [
        "the route tables lead 20.0.0.100 to different nodes, rtb-1 to eni-a, rtb-2 to eni-b"
    ]


@pytest.mark.parametrize(
    ("system", "script", "remedy"),
    [
        ("windows", "#!/bin/bash", "restore linux: another system is another cluster"),
        ("windows", "\x1f\x8b", "restore linux: another system is another cluster"),
        ("linux", "<powershell>", "restore windows: another system is another cluster"),
    ],
)
def test_a_cluster_keeps_its_operating_system(system: str, script: str, remedy: str) -> None:
    cluster = replace(
        live("eni-a", "eni-a", "eni-a"),
        nodes={letter: node(letter, script=script) for letter in "ab"},
    )
    (fault,) = fixed_faults(settings(os=system), cluster)
    assert (fault.key, fault.value) == ("ha-cluster:nodes.os", system)
    assert fault.remedy.startswith(remedy)


@pytest.mark.parametrize("system", ["linux", "windows"])
def test_an_instance_without_user_data_may_have_either_system(system: str) -> None:
    cluster = replace(
        live("eni-a", "eni-a", "eni-a"), nodes={letter: node(letter, script="") for letter in "ab"}
    )
    assert list(fixed_faults(settings(os=system), cluster)) == []


def test_an_address_that_the_running_cluster_still_manages_is_named() -> None:
    cluster = live("eni-a", "eni-a", "eni-a", vip="20.0.0.99/32")
    (said,) = notices(SETTINGS, cluster)
    assert said.startswith("this update takes 20.0.0.99 away: the running cluster manages it until")


def test_another_address_that_leads_to_a_node_beside_the_virtual_ip_is_nobody_s_business() -> None:
    cluster = live("eni-a", "eni-a", "eni-a")
    routes = {table: {**led, "20.0.0.99/32": "eni-a"} for table, led in cluster.host_routes.items()}
    assert list(notices(SETTINGS, replace(cluster, host_routes=routes))) == []


def launched_for(engine: str, letter: str = "a") -> LiveNode:
    """A node whose boot script configures an engine."""
    script = {"pacemaker": "COROSYNC_CONF='totem {'", "expresscluster": "PACKAGE_KEY=ecx.rpm"}
    return node(letter, script=f"#!/bin/bash\n{script.get(engine, '')}\n")


@pytest.mark.parametrize(
    ("running", "wanted"),
    [("expresscluster", "pacemaker"), ("expresscluster", "none"), ("pacemaker", "expresscluster")],
)
def test_another_engine_is_refused_while_nodes_run_one(running: str, wanted: str) -> None:
    cluster = replace(live("eni-a"), nodes={each: launched_for(running, each) for each in "ab"})
    (fault,) = fixed_faults(settings(engine=wanted), cluster)
    assert (fault.key, fault.value) == ("ha-cluster:nodes.engine", wanted)
    assert fault.remedy == (
        f"restore {running}: another engine is another cluster, and closes the ports of this one "
        "(docs/pacemaker.md#another-engine)"
    )


@pytest.mark.parametrize("wanted", ["expresscluster", "pacemaker", "none"])
def test_nodes_that_were_only_prepared_may_be_given_any_engine(wanted: str) -> None:
    cluster = replace(live("eni-a"), nodes={each: launched_for("none", each) for each in "ab"})
    assert list(fixed_faults(settings(engine=wanted), cluster)) == []


def test_a_cluster_under_pacemaker_that_cannot_fence_is_named() -> None:
    off = PacemakerArgs(fencing=False)
    (notice,) = notices(settings(engine="pacemaker", pacemaker=off), LiveCluster())
    assert notice == (
        "nodes.pacemaker.fencing is false: nodes that lose each other both become active "
        "(docs/pacemaker.md, Fencing)"
    )
    assert list(notices(settings(engine="pacemaker"), LiveCluster())) == []
