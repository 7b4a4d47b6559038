"""What groups, ACLs and name servers close is found under its own id, on the program's cluster."""

from dataclasses import replace

import pytest

from ops.cluster import Port
from ops.verify.checks import CHECKS
from ops.verify.findings import Report, examine
from ops.verify.situation import Situation
from tests.support.broken_filters import (
    acl_rule,
    acl_rule_deleted,
    group_replaced,
    name_servers,
    network_acl,
    node_group,
    rule_added,
    rule_revoked,
    vpc_attribute_off,
)
from tests.support.operations import Operated, answered, following, roots

FILTERS = tuple(check for check in CHECKS if check.id != "unmanaged-resource")
"""The rules and groups that a test adds, or puts back without their tags, are nobody's."""
EVERYWHERE = [{"CidrIp": "0.0.0.0/0"}]


def verified(operated: Operated) -> Report:
    return examine(operated.situation(), FILTERS)


@pytest.fixture(autouse=True)
def sound(operated: Operated) -> None:
    """Before each test, these checks find nothing: each test restores what it breaks."""
    report = verified(operated)
    assert report.findings == ()
    assert report.not_checked == ()


def test_a_port_of_clients_is_closed(operated: Operated) -> None:
    with rule_revoked(operated, "tcp", 29003):
        report = verified(operated)
    assert roots(report) == {("client-port-closed", node_group(operated))}
    (finding,) = report.findings
    assert finding.found == "closed: tcp 29003 from 10.0.10.0/24"


def test_a_port_is_open_to_a_part_of_the_clients_only(operated: Operated) -> None:
    with rule_revoked(operated, "tcp", 29003) as rule:
        narrow = {**rule, "IpRanges": [{"CidrIp": "10.0.10.0/25"}]}
        with rule_added(operated, narrow):
            report = verified(operated)
    assert roots(report) == {("client-port-closed", node_group(operated))}


def test_a_wider_rule_does_as_well(operated: Operated) -> None:
    wide = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 65535, "IpRanges": EVERYWHERE}
    with rule_revoked(operated, "tcp", 29003), rule_added(operated, wide):
        assert verified(operated).findings == ()


def test_clients_that_a_prefix_list_admits_are_not_checked(operated: Operated) -> None:
    made = operated.ec2.create_managed_prefix_list(
        PrefixListName="office", MaxEntries=1, AddressFamily="IPv4"
    )["PrefixList"]["PrefixListId"]
    by_list = {
        "IpProtocol": "tcp",
        "FromPort": 29003,
        "ToPort": 29003,
        "PrefixListIds": [{"PrefixListId": made}],
    }
    with rule_revoked(operated, "tcp", 29003), rule_added(operated, by_list):
        report = verified(operated)
    operated.ec2.delete_managed_prefix_list(PrefixListId=made)
    assert report.findings == ()
    (not_checked,) = report.not_checked
    assert not_checked.id == "client-port-closed"
    assert not_checked.why.startswith("tcp 29003 from 10.0.10.0/24: depends on a prefix list")


def test_ports_that_only_the_stack_knows_are_not_checked(operated: Operated) -> None:
    situation = operated.situation()
    unknown = replace(situation, cluster=replace(situation.cluster, ports=None))
    report = examine(unknown, FILTERS)
    assert report.findings == ()
    assert [each.id for each in report.not_checked] == ["client-port-closed"]


@pytest.mark.parametrize(
    ("protocol", "port", "shown"),
    [
        ("tcp", 29000, "tcp 29000-29010"),
        ("udp", 29106, "udp 29106"),
        ("tcp", 29051, "tcp 29051"),
        ("icmp", -1, "icmp type 8"),
    ],
)
def test_a_port_of_the_other_node_is_closed(
    operated: Operated, protocol: str, port: int, shown: str
) -> None:
    with rule_revoked(operated, protocol, port):
        report = verified(operated)
    assert roots(report) == {("peer-port-closed", node_group(operated))}
    (finding,) = report.findings
    assert finding.found == f"closed: {shown} from the other node"


def test_a_node_may_not_open_connections_to_the_other_one(operated: Operated) -> None:
    with rule_revoked(operated, "-1", -1, egress=True):
        report = verified(operated)
    assert roots(report) == {("peer-port-closed", node_group(operated))}
    (finding,) = report.findings
    assert "udp 29106 to the other node" in finding.found
    assert "from" not in finding.found


def test_only_one_node_has_another_group(operated: Operated) -> None:
    """It admits nobody, and the other node's rules speak of the group that it has no more."""
    one, other = (node.network_interface_id for node in operated.cluster.nodes)
    with group_replaced(operated, other):
        report = verified(operated)
    assert roots(report) == {
        ("client-port-closed", other),
        ("peer-port-closed", one),
        ("peer-port-closed", other),
    }


HTTPS = {"Protocol": "6", "PortRange": {"From": 443, "To": 443}}
ANSWERS = {"Protocol": "6", "PortRange": {"From": 50000, "To": 50100}}


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (HTTPS, "rule 90 denies tcp 443 from 10.0.110.10 (node-a to endpoint ec2, tcp 443)"),
        ({**HTTPS, "Egress": True}, "rule 90 denies tcp 443 to "),
        (ANSWERS, "answers of node-a to endpoint ec2, tcp 443"),
        (
            {"Protocol": "17", "PortRange": {"From": 29100, "To": 29200}},
            "rule 90 denies udp 29106 from 10.0.110.10 (node-a to node-b, udp 29106)",
        ),
        (
            {"Protocol": "6", "CidrBlock": "10.0.10.128/25"},
            "rule 90 denies tcp 29003 from 10.0.10.128/25 (clients in ",
        ),
        (
            {"Protocol": "6", "CidrBlock": "20.0.0.100/32", "Egress": True},
            "rule 90 denies tcp 29003 to 20.0.0.100 (clients in ",
        ),
        (
            {"Protocol": "1", "IcmpTypeCode": {"Type": 0, "Code": -1}},
            "rule 90 denies icmp type 0 from 10.0.120.10 (answers of node-a to node-b, ",
        ),
    ],
)
def test_a_rule_of_the_acl_denies(operated: Operated, entry: dict[str, object], says: str) -> None:
    with acl_rule(operated, 90, **entry) as acl:
        report = verified(operated)
    assert roots(report) == {("network-acl-blocks", acl)}
    assert following(report) == set()
    (finding,) = report.findings
    assert says in finding.found
    side = "egress" if entry.get("Egress") else "ingress"
    assert finding.remedy.startswith(
        f"aws ec2 create-network-acl-entry --network-acl-id {acl} --{side} --rule-number 89 "
    )
    assert "delete" not in finding.remedy


@pytest.mark.parametrize("egress", [False, True])
def test_no_rule_of_the_acl_allows(operated: Operated, *, egress: bool) -> None:
    with acl_rule_deleted(operated, egress=egress) as acl:
        report = verified(operated)
    assert roots(report) == {("network-acl-blocks", acl)}
    (finding,) = report.findings
    assert finding.found.startswith("rule 32767 denies tcp 443 ")
    assert "create-network-acl-entry" in finding.remedy


def test_a_denial_after_what_allows_it_denies_nothing(operated: Operated) -> None:
    with acl_rule(operated, 110, **HTTPS):
        assert verified(operated).findings == ()


def test_windows_opens_connections_from_other_ports(operated: Operated) -> None:
    """Nodes of Linux use no port above 60999, those of Windows do."""
    high = {"Protocol": "6", "PortRange": {"From": 65000, "To": 65535}}
    with acl_rule(operated, 90, **high) as acl:
        situation = operated.situation()
    assert examine(situation, FILTERS).findings == ()
    node = operated.cluster.nodes[0].instance_id
    broken = answered(situation, "instances", node, Platform="windows")
    assert ("network-acl-blocks", acl) in roots(examine(broken, FILTERS))


def test_clients_outside_the_vpc_pass_only_the_acl_of_the_nodes(operated: Operated) -> None:
    office = Port("udp", 5000, ("192.168.0.0/16",))
    denied = {
        "Protocol": "17",
        "PortRange": {"From": 1024, "To": 65535},
        "CidrBlock": "192.168.1.0/24",
        "Egress": True,
    }
    with acl_rule(operated, 90, **denied):
        situation = operated.situation()
    wider = Situation(
        replace(situation.cluster, ports=(*(situation.cluster.ports or ()), office)),
        situation.snapshot,
    )
    found = {each.id: each.found for each in examine(wider, FILTERS).findings}
    assert found["network-acl-blocks"] == (
        "rule 90 denies udp 49152-60999 to 192.168.1.0/24 "
        "(answers of clients outside the VPC to the virtual IP on node-a, udp 5000)"
    )


def test_inside_a_subnet_no_acl_is_asked(operated: Operated) -> None:
    """With all ends in one subnet, an ACL that lets nothing through blocks nothing."""
    situation = operated.situation()
    subnet = operated.cluster.subnet_ids["private_a"]
    cluster = replace(situation.cluster, ports=(), endpoint_ids={})
    together = answered(
        Situation(cluster, situation.snapshot),
        "interfaces",
        operated.cluster.nodes[1].network_interface_id,
        SubnetId=subnet,
    )
    closed = answered(together, "network_acls", network_acl(operated), Entries=[])
    assert "network-acl-blocks" not in {each.id for each in examine(closed, FILTERS).findings}


@pytest.mark.parametrize("attribute", ["EnableDnsSupport", "EnableDnsHostnames"])
def test_a_dns_attribute_of_the_vpc_is_off(operated: Operated, attribute: str) -> None:
    with vpc_attribute_off(operated, attribute):
        report = verified(operated)
    assert roots(report) == {("vpc-dns-off", operated.cluster.vpc_id)}
    (finding,) = report.findings
    assert finding.expected.lower() == f"{attribute} on".lower()


def test_the_vpc_has_name_servers_of_its_own(operated: Operated) -> None:
    with name_servers(operated, "10.0.10.53", "AmazonProvidedDNS") as options:
        report = verified(operated)
    assert roots(report) == {("dhcp-dns-custom", options)}
    (finding,) = report.findings
    assert finding.found == "10.0.10.53"


@pytest.mark.parametrize("server", ["AmazonProvidedDNS", "10.0.0.2", "169.254.169.253"])
def test_amazons_resolver_is_not_custom_under_any_of_its_names(
    operated: Operated, server: str
) -> None:
    with name_servers(operated, server):
        report = verified(operated)
    assert report.findings == ()
    assert report.not_checked == ()
