"""The attachment by which clients come, and the routes back to them, before anything is made."""

from dataclasses import replace
from typing import Any

import pytest

from preflight.clients import Attachment, client_faults
from preflight.existing_network import ExistingNetwork
from preflight.network_lookups import ExistingSubnet, ExistingTable, ExistingVpc, FoundVpc
from settings import SettingsError
from tests.support.dev_settings import DEV
from tests.support.live import account, account_with_cluster, check, failing
from tests.support.stack_config import changed
from tests.support.survey import run

CLIENTS = {
    "transitGatewayRouteTableIds": ["tgw-rtb-0123456789abcdef0"],
    "attachmentId": "tgw-attach-0123456789abcdef0",
    "cidrs": ["192.168.0.0/16"],
}
ATTACHMENT = Attachment("tgw-attach-1", "tgw-1", "vpc-1", "available")
SETTINGS = replace(DEV, client_cidrs=("192.168.0.0/16", "10.1.0.0/16"))
NETWORK = ExistingNetwork(
    vpc=ExistingVpc("vpc-1", "arn:aws:ec2:x:1:vpc/vpc-1", ["10.0.0.0/16"], resolves_names=True),
    private_subnets={
        letter: ExistingSubnet(f"subnet-{letter}", "vpc-1", f"10.0.{place}.0/24", letter)
        for place, letter in enumerate("ab")
    },
    public_subnet_ids={},
    tables=[
        ExistingTable("rtb-main", is_main=True, subnet_ids=frozenset(), routes={}),
        ExistingTable("rtb-a", is_main=False, subnet_ids=frozenset({"subnet-a"}), routes={}),
    ],
    left_out=[],
    endpoint=None,
    others={},
    takers={},
)


def faults(
    attachment: Attachment = ATTACHMENT, found: FoundVpc | None = None, live: str = ""
) -> list[tuple[str, Any, str]]:
    return [
        (each.key.removeprefix("ha-cluster:"), each.value, each.remedy)
        for each in client_faults(SETTINGS, attachment, found, live)
    ]


@pytest.mark.parametrize(("found", "live"), [(None, ""), (None, "vpc-1"), (NETWORK, "vpc-1")])
def test_an_attachment_of_the_vpc_is_taken(found: FoundVpc | None, live: str) -> None:
    assert faults(found=found, live=live) == []


@pytest.mark.parametrize(("found", "live"), [(None, "vpc-1"), (NETWORK, "")])
def test_the_attachment_of_another_vpc_is_refused(found: FoundVpc | None, live: str) -> None:
    other = replace(ATTACHMENT, vpc_id="vpc-2")
    remedy = "name the attachment of vpc-1: this one is of vpc-2"
    assert faults(other, found, live) == [("clients.attachmentId", "tgw-attach-1", remedy)]


def test_an_attachment_that_is_not_ready_is_refused() -> None:
    remedy = "wait until AWS has it available: it is pendingAcceptance"
    pending = replace(ATTACHMENT, state="pendingAcceptance")
    assert faults(pending) == [("clients.attachmentId", "tgw-attach-1", remedy)]


def test_a_range_is_compared_with_every_range_of_a_vpc_that_is_there_already() -> None:
    vpc = replace(NETWORK.vpc, cidr_blocks=["10.0.0.0/16", "10.1.0.0/20"])
    assert faults(found=replace(NETWORK, vpc=vpc)) == [
        ("clients.cidrs[1]", "10.1.0.0/16", "name a range beyond the VPC's, 10.1.0.0/20")
    ]


def test_a_table_of_the_nodes_that_leads_a_range_elsewhere_is_named() -> None:
    routes = {"192.168.0.0/16": "vgw-1", "10.1.0.0/16": "tgw-1"}
    main, of_a = NETWORK.tables
    found = replace(NETWORK, tables=[replace(main, routes=routes), of_a])
    remedy = "remove it, or delete the route: rtb-main leads there to vgw-1"
    assert faults(found=found) == [("clients.cidrs[0]", "192.168.0.0/16", remedy)]
    beside = ExistingTable("rtb-9", is_main=False, subnet_ids=frozenset({"s"}), routes=routes)
    assert faults(found=replace(NETWORK, tables=[main, of_a, beside])) == []


def test_the_gateway_of_the_attachment_gets_the_routes() -> None:
    routes = run(changed("clients", CLIENTS), account()).of_type("aws:ec2/route:Route")
    assert {
        name: each.inputs["transitGatewayId"]
        for name, each in routes.items()
        if name.startswith("cluster-clients")
    } == {f"cluster-clients-private-{zone}-192-168-0-0-16": "tgw-1" for zone in "ab"}


def test_an_attachment_is_refused_together_with_all_other_faults() -> None:
    config = {**changed("clients", CLIENTS), "ha-cluster:rollOut": "a"}
    other = {"transitGatewayId": "tgw-1", "resourceId": "vpc-2", "state": "available"}
    answers = account_with_cluster(**{"ec2transitgateway.getAttachment": other})
    with pytest.raises(SettingsError) as raised:
        check(config, answers)
    keys = [each.key for each in raised.value.faults]
    assert keys == ["ha-cluster:clients.attachmentId", "ha-cluster:rollOut"]


def test_an_attachment_that_is_not_there_is_one_message() -> None:
    answer = failing("no matching EC2 Transit Gateway Attachment found")
    answers = account(**{"ec2transitgateway.getAttachment": answer})
    with pytest.raises(Exception, match=r"ha-cluster:clients\.attachmentId cannot be looked up"):
        check(changed("clients", CLIENTS), answers)
