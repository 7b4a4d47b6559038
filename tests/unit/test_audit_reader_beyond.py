"""Live AWS as a topology: what goes on through transit gateways and firewalls."""

from ops.audit.topology_reader.topology import read_topology
from tests.support.described import PRIVATE, inventory_of
from tests.support.described_judged import ROUTES, judged, missing, paths, verdicts
from tests.support.described_routes import CORE, behind_a_firewall, in_segments, joined


def test_a_transit_gateway_is_followed_into_the_vpc_that_leads_out() -> None:
    (path,) = paths(judged(joined("static", "tgw-attach-00000002", "vpc")), ROUTES)
    assert path.startswith(f"violated: subnet {PRIVATE} -> ")
    assert path.endswith(
        "transit gateway tgw-00000001 -> transit gateway route tgw-rtb-00000001_0.0.0.0/0"
        " -> attachment tgw-attach-00000002 -> subnet subnet-00000002"
        " -> association rtbassoc-00000002 -> route table rtb-00000002 -> route 0.0.0.0/0"
        " -> internet gateway igw-00000001"
    )


def test_a_default_route_that_a_vpn_propagates_leads_out_of_sight() -> None:
    judgement = judged(joined("propagated", "tgw-attach-00000003", "vpn"))
    assert verdicts(judgement)[ROUTES, PRIVATE] == "unverified"
    assert "where the attachment tgw-attach-00000003 leads" in missing(judgement)


def test_what_a_vpcs_attachment_propagates_leads_nowhere_else() -> None:
    answers = joined("propagated", "tgw-attach-00000002", "vpc")
    assert read_topology([inventory_of(answers)]).transit_routes == ()


def test_a_firewall_is_followed_through_the_subnet_of_its_endpoint() -> None:
    (path,) = paths(judged(behind_a_firewall({"GatewayId": "igw-00000001"})), ROUTES)
    assert path.startswith("violated: ")
    assert "-> firewall endpoint vpce-000000ff -> subnet subnet-000000ff ->" in path


def test_a_firewall_whose_subnet_leads_nowhere_is_not_an_exit() -> None:
    answers = behind_a_firewall({"GatewayId": "local"})
    assert verdicts(judged(answers))[ROUTES, PRIVATE] == "kept"


def test_firewalls_that_are_refused_leave_their_endpoints_unverified() -> None:
    answers = behind_a_firewall({"GatewayId": "local"})
    judgement = judged(answers, "list_firewalls")
    assert verdicts(judgement)[ROUTES, PRIVATE] == "unverified"


def test_a_core_network_is_followed_into_the_vpc_that_leads_out() -> None:
    (path,) = paths(judged(in_segments("STATIC", "attachment-00000002")), ROUTES)
    assert path.startswith(f"violated: subnet {PRIVATE} -> ")
    assert f"core network {CORE} -> core network route core-network-00000001#segment" in path
    assert path.endswith(
        "-> attachment attachment-00000002 -> subnet subnet-00000002"
        " -> association rtbassoc-00000002 -> route table rtb-00000002 -> route 0.0.0.0/0"
        " -> internet gateway igw-00000001"
    )


def test_a_default_route_of_a_segment_to_no_vpc_leads_out_of_sight() -> None:
    judgement = judged(in_segments("PROPAGATED", "attachment-00000009"))
    assert verdicts(judgement)[ROUTES, PRIVATE] == "unverified"
    assert "where the attachment attachment-00000009 leads" in missing(judgement)


def test_a_segment_without_a_default_route_leads_out_of_sight() -> None:
    answers = in_segments("PROPAGATED", "attachment-00000002")
    assert read_topology([inventory_of(answers)]).transit_routes == ()
    assert verdicts(judged(answers))[ROUTES, PRIVATE] == "unverified"
