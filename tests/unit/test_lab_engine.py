"""What the lab gives the cluster engine, and what it reads of its answers."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from lab.drill.stock_agent import stock_cib
from lab.errors import LabError
from lab.nodes.cib import with_instances, without_fencing, without_mirror
from lab.nodes.engine import Status, read_configuration, read_status
from tests.support.lab_vpc import CLUSTER

CONFIGURATIONS = Path(__file__).parent / "configurations"
WITH_MIRROR = (CONFIGURATIONS / "pacemaker.cib.xml").read_text()
WITH_FENCING = (CONFIGURATIONS / "pacemaker-full.cib.xml").read_text()
INSTANCES = {"node-a": "i-a", "node-b": "i-b"}


def test_the_outputs_hold_the_engines_configuration() -> None:
    written = {"corosync_conf": "totem {}", "cib": WITH_FENCING}
    found = read_configuration({"pacemaker": written}, INSTANCES)
    assert found.corosync_conf == "totem {}"
    fenced = with_instances(without_mirror(WITH_FENCING), INSTANCES)
    assert (found.cib, found.fenced_cib) == (without_fencing(fenced), fenced)


def test_a_stack_without_fencing_has_no_configuration_with_it() -> None:
    written = {"corosync_conf": "totem {}", "cib": WITH_MIRROR}
    assert read_configuration({"pacemaker": written}, INSTANCES).fenced_cib == ""


@pytest.mark.parametrize(
    ("outputs", "engine"),
    [
        ({}, "expresscluster"),
        ({"pacemaker": None, "engine": "none"}, "none"),
        ({"pacemaker": {}, "engine": "expresscluster"}, "expresscluster"),
    ],
)
def test_nodes_of_another_engine_are_refused_with_the_remedy(
    outputs: dict[str, object], engine: str
) -> None:
    with pytest.raises(LabError) as caught:
        read_configuration(outputs, INSTANCES)
    assert str(caught.value) == (
        f"the nodes' engine is {engine!r}, which is proprietary or none: the lab runs Pacemaker. "
        "Remedy: pulumi config set --path ha-cluster:nodes.engine pacemaker, then pulumi up, or "
        "`make lab`"
    )


def node(name: str, online: str = "true") -> str:
    """A node as crm_mon of Pacemaker 2.1 writes it."""
    return (
        f'<node name="{name}" id="1" online="{online}" standby="false" standby_onfail="false" '
        'maintenance="false" pending="false" unclean="false" health="green" feature_set="3.16.2" '
        'shutdown="false" expected_up="true" is_dc="true" resources_running="1" type="member"/>'
    )


def resource(role: str, place: str = "", *, identity: str = "virtual-ip", **more: str) -> str:
    """A resource as crm_mon of Pacemaker 2.1 writes it."""
    active = str(bool(place)).lower()
    given = {"active": active, "failed": "false", **more}
    written = " ".join(f'{name}="{value}"' for name, value in given.items())
    return (
        f'<resource id="{identity}" resource_agent="ocf:ha-cluster:virtual-ip" role="{role}" '
        f'orphaned="false" blocked="false" managed="true" failure_ignored="false" {written} '
        f'nodes_running_on="{int(bool(place))}">'
        + (f'<node name="{place}" id="1" cached="true"/>' if place else "")
        + "</resource>"
    )


def failure(reason: str) -> str:
    return (
        '<failure op_key="virtual-ip_start_0" node="node-b" exitstatus="error" '
        f'exitreason="{reason}" exitcode="1" call="12" status="complete" '
        'last-rc-change="2026-01-01 00:00:00Z" queued="0" exec="1" interval="0" task="start"/>'
    )


def answer(resources: str, *, nodes: str = "", failures: str = "") -> str:
    """What `crm_mon --output-as xml` writes."""
    return (
        '<pacemaker-result api-version="2.25" request="crm_mon --one-shot --output-as xml">'
        '<summary><stack type="corosync"/></summary>'
        f"<nodes>{nodes or node('node-a') + node('node-b')}</nodes>"
        '<resources><group id="failover1" number_resources="1" managed="true" disabled="false">'
        f"{resources}</group></resources><failures>{failures}</failures>"
        '<status code="0" message="OK"/></pacemaker-result>'
    )


def test_a_status_names_who_is_online_and_where_the_virtual_ip_runs() -> None:
    assert read_status(answer(resource("Started", "node-a"))) == Status(
        frozenset({"node-a", "node-b"}), "node-a"
    )


def test_a_node_that_is_offline_is_not_online() -> None:
    found = read_status(
        answer(resource("Started", "node-b"), nodes=node("node-a", "false") + node("node-b"))
    )
    assert found.online == frozenset({"node-b"})


@pytest.mark.parametrize(
    "resources",
    [
        resource("Stopped"),
        resource("Starting", "node-a"),
        resource("Started", "node-a", failed="true"),
        resource("Started", "node-a", active="false"),
        resource("Started", "node-a", identity="application"),
        "",
    ],
    ids=["stopped", "starting", "failed", "not active", "another resource", "no resource"],
)
def test_only_a_virtual_ip_that_is_started_and_has_not_failed_has_an_owner(resources: str) -> None:
    assert read_status(answer(resources)).owner == ""


def test_a_failure_is_told_with_its_reason_or_without_one_with_its_status() -> None:
    failures = failure("rtb-1 has no route") + failure("")
    assert read_status(answer(resource("Stopped"), failures=failures)).failures == (
        "virtual-ip_start_0 on node-b: rtb-1 has no route",
        "virtual-ip_start_0 on node-b: error",
    )


def test_the_stock_agent_takes_the_place_of_ours_with_the_same_route_tables() -> None:
    cib = stock_cib(without_fencing(without_mirror(WITH_FENCING)), CLUSTER)
    primitive = next(ET.fromstring(cib).iter("primitive"))
    assert primitive.attrib == {
        "id": "virtual-ip",
        "class": "ocf",
        "provider": "heartbeat",
        "type": "aws-vpc-move-ip",
    }
    pairs = primitive.findall("./instance_attributes/nvpair")
    found = {each.get("name"): each.get("value") for each in pairs}
    assert (found.pop("awscli") or "").endswith("/aws")
    assert found == {
        "interface": "eth0",
        "ip": "20.0.0.100",
        "lookup_type": "NetworkInterfaceId",
        "monapi": "true",
        "region": "us-east-1",
        "routing_table": "rtb-main,rtb-a",
    }


def operations(cib: str, resource: str) -> list[tuple[str | None, ...]]:
    """The operations of a resource: name, interval, timeout and role."""
    return [
        tuple(each.get(name) for name in ("name", "interval", "timeout", "role"))
        for primitive in ET.fromstring(cib).iter("primitive")
        if primitive.get("id") == resource
        for each in primitive.iter("op")
    ]


def test_the_stock_agent_has_the_operations_that_it_advises_and_nothing_else_changes() -> None:
    cib = stock_cib(WITH_FENCING, CLUSTER)
    assert operations(cib, "virtual-ip") == [
        ("start", "0s", "180s", None),
        ("stop", "0s", "180s", None),
        ("monitor", "60s", "30s", None),
    ]
    for resource in ("application", "mirror-disk", "fence-node-a"):
        assert operations(cib, resource) == operations(WITH_FENCING, resource)
    before, after = (
        [each.attrib for each in ET.fromstring(text).iter("rsc_location")]
        for text in (WITH_FENCING, cib)
    )
    assert before == after


def test_every_id_of_the_stock_agents_configuration_is_used_once() -> None:
    found = [
        each.get("id")
        for each in ET.fromstring(stock_cib(WITH_FENCING, CLUSTER)).iter()
        if each.get("id")
    ]
    assert len(found) == len(set(found))
