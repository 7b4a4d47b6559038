"""What the nodes say of themselves: the script, the calls that run it, and what is found."""

import subprocess
from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import Stubber

from ops.aws import Aws, Place
from ops.cluster import Cluster, Node
from ops.errors import OpsError, TimedOutError
from ops.verify import answer_checks, dns_checks
from ops.verify.findings import Report, examine
from ops.verify.from_nodes import ask_nodes
from ops.verify.node_answer import NodeAnswer, parse
from ops.verify.node_script import linux_commands, windows_commands
from ops.verify.situation import Situation
from ops.verify.snapshot import Snapshot
from tests.support import powershell
from tests.support.operations import following, roots

VIP = "20.0.0.100"
A, B = (
    Node(f"node-{zone}", zone, f"i-{zone * 8}", f"eni-{zone}", f"10.0.1{place}0.10")
    for place, zone in enumerate("ab", 1)
)
CLUSTER = Cluster(
    name="ha-cluster-dev",
    region="us-east-1",
    vpc_id="vpc-1",
    virtual_ip=VIP,
    nodes=(A, B),
    route_table_ids={"main": "rtb-1"},
    endpoint_ids={"ec2": "vpce-1"},
)
PRINTED = """\
region=us-east-1
api_address=10.0.110.23
api_port=open
call=ok
api_date='Date': 'Mon, 30 Nov 2026 10:42:57 GMT'
clock=1796035380
webui=HTTP/1.1 200 OK
product=yes
active=node-a
interface=lo               UNKNOWN        127.0.0.1/8
interface=eth0             UP             10.0.110.10/24 20.0.0.100/32
end=
"""
STANDBY = PRINTED.replace("10.0.110.10/24 20.0.0.100/32", "10.0.120.10/24")
WINDOWS = """\
region=us-east-1\r
api_address=10.0.110.23\r
api_port=open\r
call=ok\r
api_date='date': 'Mon, 30 Nov 2026 10:42:57 GMT'\r
clock=1796035377\r
webui=\r
interface=Ethernet-2 UP 20.0.0.100/32\r
interface=Ethernet-2 UP 10.0.110.10/24\r
end=\r
"""


def report(
    answers: Mapping[str, NodeAnswer | OpsError], owner: Node = A, cluster: Cluster = CLUSTER
) -> Report:
    """Examine what the nodes answered, while all routes lead to `owner`."""
    route = {
        "DestinationCidrBlock": f"{VIP}/32",
        "NetworkInterfaceId": owner.network_interface_id,
    }
    table = {"RouteTableId": "rtb-1", "Associations": [], "Routes": [route]}
    situation = Situation(cluster, Snapshot({"route_tables": [table]}), {}, answers)
    return examine(situation, answer_checks.CHECKS)


def answers(a: str = PRINTED, b: str = STANDBY) -> dict[str, NodeAnswer | OpsError]:
    return {"node-a": parse(a), "node-b": parse(b)}


def test_a_linux_nodes_answer_is_read() -> None:
    read = parse(PRINTED)
    assert (read.region, read.api_address, read.is_api_port_open) == (
        "us-east-1",
        "10.0.110.23",
        True,
    )
    assert (read.call, read.skew, read.webui) == ("ok", 3, "HTTP/1.1 200 OK")
    assert (read.has_product, read.active_on) == (True, ("node-a",))
    assert read.addresses == ("127.0.0.1", "10.0.110.10", VIP)


def test_a_windows_nodes_answer_is_read() -> None:
    read = parse(WINDOWS)
    assert (read.call, read.skew, read.webui, read.has_product) == ("ok", 0, "", False)
    assert read.addresses == (VIP, "10.0.110.10")


def test_an_answer_without_its_end_is_none() -> None:
    with pytest.raises(OpsError, match="has no end"):
        parse(PRINTED.replace("end=", ""))


def test_two_sound_nodes_have_no_finding() -> None:
    made = report(answers())
    assert (made.findings, made.not_checked) == ((), ())


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("region=us-east-1", "region=", "region: the AWS CLI is set to none, not to us-east-1"),
        ("region=us-east-1", "region=eu-west-1", "region: the AWS CLI is set to eu-west-1"),
        (
            "call=ok",
            "call=An error occurred (UnauthorizedOperation)",
            "permission: An error occurred (UnauthorizedOperation)",
        ),
        ("call=ok", "call=Unable to locate credentials.", "permission: Unable to locate"),
        ("api_address=10.0.110.23", "api_address=", "DNS: the API's name does not resolve"),
        ("api_port=open", "api_port=closed", "TCP 443: 10.0.110.23 cannot be reached"),
        ("call=ok", "call=", "no answer within 60 s"),
    ],
)
def test_what_keeps_a_node_from_the_api_is_named(old: str, new: str, why: str) -> None:
    said = PRINTED.replace(old, new)
    if "call" not in old:
        said = said.replace("call=ok", "call=Could not connect to the endpoint URL")
    made = report(answers(a=said))
    assert roots(made) == {("node-cannot-reach-api", A.instance_id)}
    assert made.findings[0].found.startswith(why)


def test_webui_answers_one_node_only() -> None:
    made = report(answers(b=STANDBY.replace("HTTP/1.1 200 OK", "")))
    assert roots(made) == {("webui-unreachable", VIP)}
    assert made.findings[0].found == "no answer to node-b"


@pytest.mark.parametrize("engine", ["pacemaker", "none"])
def test_another_engine_has_no_webui_to_look_for(engine: str) -> None:
    silent = [each.replace("HTTP/1.1 200 OK", "") for each in (PRINTED, STANDBY)]
    made = report(answers(*silent), cluster=replace(CLUSTER, engine_name=engine))
    assert (made.findings, made.not_checked) == ((), ())


def test_an_address_on_both_nodes_is_looked_at_with_the_engine_s_own_command() -> None:
    both = PRINTED.replace("active=node-a\n", "")
    made = report(answers(both, both), cluster=replace(CLUSTER, engine_name="pacemaker"))
    assert roots(made) == {("virtual-ip-held-by-both", VIP)}
    assert made.findings[0].remedy == (
        "Look at crm_mon -1 on both nodes. If both are active, stop the one to which the routes "
        "do not lead (systemctl stop pacemaker), and compare the mirror disk before it returns"
    )


def test_without_the_product_there_is_no_webui_to_look_for() -> None:
    without = [each.replace("product=yes", "") for each in (PRINTED, STANDBY)]
    made = report(answers(*without))
    assert made.findings == ()
    assert [(each.id, each.why) for each in made.not_checked] == [
        ("webui-unreachable", "EXPRESSCLUSTER is not installed on the nodes")
    ]


@pytest.mark.parametrize(("clock", "found"), [(1796035477, "100 s ahead"), (1796035000, "377 s b")])
def test_a_nodes_clock_is_off(clock: int, found: str) -> None:
    made = report(answers(b=STANDBY.replace("1796035380", str(clock))))
    assert roots(made) == {("clock-skewed", B.instance_id)}
    assert made.findings[0].found.startswith(found)


def test_without_a_date_from_the_api_the_clock_is_not_checked() -> None:
    made = report(answers(b=STANDBY.replace("'Date'", "")))
    assert made.findings == ()
    assert [each.id for each in made.not_checked] == ["clock-skewed"]


def test_both_nodes_are_active_with_the_virtual_ip() -> None:
    made = report(answers(b=PRINTED.replace("active=node-a", "active=node-b")))
    assert roots(made) == {("virtual-ip-held-by-both", VIP)}


def test_both_nodes_have_the_virtual_ip_and_no_product_tells_who_is_active() -> None:
    made = report(answers(b=PRINTED.replace("active=node-a", "")))
    assert roots(made) == {("virtual-ip-held-by-both", VIP)}


def test_the_standby_has_kept_the_virtual_ip() -> None:
    made = report(answers(b=PRINTED))
    assert roots(made) == {("virtual-ip-stale-on-standby", B.instance_id)}
    assert made.findings[0].found == "on node-b too, while node-a is active"


def test_the_node_to_which_the_routes_lead_is_not_a_standby() -> None:
    made = report(answers(b=PRINTED), owner=B)
    assert roots(made) == {("virtual-ip-held-by-both", VIP)}


def test_the_routes_lead_to_a_node_without_the_address() -> None:
    made = report(answers(), owner=B)
    assert roots(made) == {("virtual-ip-held-by-wrong-node", VIP)}
    assert made.findings[0].found == "on node-a"
    assert made.findings[0].remedy == "python -m ops move --to node-a --interrupts-service"


def test_no_node_has_the_address() -> None:
    made = report(answers(a=STANDBY))
    assert roots(made) == {("virtual-ip-held-by-wrong-node", VIP)}
    assert made.findings[0].found == "on no node"


def test_without_the_product_no_node_has_to_have_the_address() -> None:
    without = STANDBY.replace("product=yes", "")
    made = report(answers(without, without))
    assert made.findings == ()
    assert {each.id for each in made.not_checked} == {
        "webui-unreachable",
        "virtual-ip-held-by-wrong-node",
    }


def test_a_clock_that_is_off_explains_why_the_api_refuses_the_node() -> None:
    said = PRINTED.replace("call=ok", "call=AuthFailure").replace("1796035380", "1796039980")
    made = report(answers(a=said))
    assert roots(made) == {("clock-skewed", A.instance_id)}
    assert following(made) == {("node-cannot-reach-api", "clock-skewed")}


@pytest.mark.parametrize(("a_says", "is_found"), [("call=ok", False), ("call=no answer", True)])
def test_name_servers_that_forward_are_not_a_finding(a_says: str, *, is_found: bool) -> None:
    servers = {"Key": "domain-name-servers", "Values": [{"Value": "10.9.9.9"}]}
    options = [{"DhcpOptionsId": "dopt-1", "DhcpConfigurations": [servers]}]
    described = {"vpcs": [{"CidrBlock": "10.0.0.0/16"}], "dhcp_options": options}
    said = answers(a=PRINTED.replace("call=ok", a_says))
    situation = Situation(CLUSTER, Snapshot(described), answers=said)
    assert bool(list(dns_checks.dhcp_dns_custom(situation))) is is_found
    unasked = Situation(CLUSTER, Snapshot(described))
    assert len(list(dns_checks.dhcp_dns_custom(unasked))) == 1


def test_a_webui_that_cannot_answer_follows_from_where_the_address_is() -> None:
    silent = STANDBY.replace("HTTP/1.1 200 OK", "")
    made = report(answers(a=silent, b=silent))
    assert roots(made) == {("virtual-ip-held-by-wrong-node", VIP)}
    assert following(made) == {("webui-unreachable", "virtual-ip-held-by-wrong-node")}


def test_a_silent_node_leaves_its_checks_open_and_the_others_finding_stands() -> None:
    made = report({"node-a": parse(PRINTED.replace("1796035380", "0")), "node-b": OpsError("off")})
    assert roots(made) == {("clock-skewed", A.instance_id)}
    assert {each.id for each in made.not_checked} == {each.id for each in answer_checks.CHECKS}
    assert {each.why for each in made.not_checked} == {"node-b: off"}


def test_one_reason_for_both_nodes_is_told_once() -> None:
    made = report({"node-a": OpsError("denied"), "node-b": OpsError("denied")})
    assert {each.why for each in made.not_checked} == {"node-a, node-b: denied"}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Aws:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    return Aws(Place("us-east-1"))


class Ssm:
    """Systems Manager with prepared answers."""

    def __init__(self, aws: Aws) -> None:
        self.stub = Stubber(aws.client("ssm"))

    def manages(self, **platforms: str) -> None:
        ids = [node.instance_id for node in CLUSTER.nodes]
        found = [
            {"InstanceId": f"i-{zone * 8}", "PingStatus": "Online", "PlatformType": platform}
            for zone, platform in platforms.items()
        ]
        lost = [each for each in ids if each[-1] not in platforms]
        found += [
            {"InstanceId": each, "PingStatus": "ConnectionLost", "PlatformType": "Linux"}
            for each in lost
        ]
        self.stub.add_response(
            "describe_instance_information",
            {"InstanceInformationList": found},
            {"Filters": [{"Key": "InstanceIds", "Values": ids}]},
        )

    def takes(self, document: str, commands: list[str], *nodes: Node) -> None:
        expected = {
            "DocumentName": document,
            "InstanceIds": [node.instance_id for node in nodes],
            "Parameters": {"commands": commands},
            "TimeoutSeconds": 30,
            "Comment": "verify ha-cluster-dev: reads only",
        }
        self.stub.add_response("send_command", {"Command": {"CommandId": "c" * 36}}, expected)

    def says(self, node: Node, status: str, printed: str = "", **more: str) -> None:
        answer = {"InstanceId": node.instance_id, "Status": status, **more}
        self.stub.add_response(
            "get_command_invocation",
            {**answer, "StandardOutputContent": printed},
            {"CommandId": "c" * 36, "InstanceId": node.instance_id},
        )


def asked(aws: Aws, ssm: Ssm) -> Mapping[str, Any]:
    pauses: list[float] = []
    with ssm.stub:
        found = ask_nodes(aws, CLUSTER, pauses.append)
    ssm.stub.assert_no_pending_responses()
    return {**found, "pauses": len(pauses)}


def test_one_command_runs_on_both_nodes_and_is_waited_for(aws: Aws) -> None:
    ssm = Ssm(aws)
    ssm.manages(a="Linux", b="Linux")
    ssm.takes("AWS-RunShellScript", linux_commands(IPv4Address(VIP)), A, B)
    ssm.stub.add_client_error("get_command_invocation", "InvocationDoesNotExist")
    ssm.says(A, "InProgress")
    ssm.says(A, "Success", PRINTED)
    ssm.says(B, "Success", STANDBY)
    assert asked(aws, ssm) == {**answers(), "pauses": 2}


def test_windows_nodes_get_powershell(aws: Aws) -> None:
    ssm = Ssm(aws)
    ssm.manages(a="Windows")
    ssm.takes("AWS-RunPowerShellScript", windows_commands(IPv4Address(VIP)), A)
    ssm.says(A, "Success", WINDOWS)
    found = asked(aws, ssm)
    assert found["node-a"] == parse(WINDOWS)
    assert "Systems Manager has no contact with i-bbbbbbbb" in str(found["node-b"])


def test_without_permission_every_node_says_why(aws: Aws) -> None:
    ssm = Ssm(aws)
    ssm.manages(a="Linux", b="Linux")
    ssm.stub.add_client_error("send_command", "AccessDeniedException", "no")
    found = asked(aws, ssm)
    assert [found[each].is_denied for each in ("node-a", "node-b")] == [True, True]


def test_without_permission_to_look_for_agents_nothing_is_sent(aws: Aws) -> None:
    ssm = Ssm(aws)
    ssm.stub.add_client_error("describe_instance_information", "AccessDeniedException", "no")
    found = asked(aws, ssm)
    assert "AccessDeniedException" in str(found["node-a"])
    assert aws.calls["ssm:SendCommand"] == 0


def test_a_command_that_fails_says_how(aws: Aws) -> None:
    ssm = Ssm(aws)
    ssm.manages(a="Linux")
    ssm.takes("AWS-RunShellScript", linux_commands(IPv4Address(VIP)), A)
    ssm.says(A, "Failed", StatusDetails="Failed", StandardErrorContent="bash: not found")
    assert str(asked(aws, ssm)["node-a"]).endswith("ended as Failed: bash: not found")


def test_the_wait_is_bounded_for_both_nodes_together(aws: Aws) -> None:
    ssm = Ssm(aws)
    ssm.manages(a="Linux", b="Linux")
    ssm.takes("AWS-RunShellScript", linux_commands(IPv4Address(VIP)), A, B)
    for _ in range(121):
        ssm.says(A, "Pending")
    ssm.says(B, "Pending")
    found = asked(aws, ssm)
    assert found["pauses"] == 120
    assert {str(found[node.name]) for node in (A, B)} == {
        f"{node.instance_id} gave no answer within 240 s" for node in (A, B)
    }


def test_the_commands_own_timeout_ends_the_wait(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    ssm = Ssm(aws)
    ssm.manages(a="Linux")
    ssm.takes("AWS-RunShellScript", linux_commands(IPv4Address(VIP)), A)

    def up(what: str) -> None:
        if "Invocation" in what:
            raise TimedOutError(what)

    monkeypatch.setattr(aws, "require_time", up)
    with ssm.stub, pytest.raises(TimedOutError):
        ask_nodes(aws, CLUSTER)


def test_only_the_virtual_ip_is_filled_into_the_commands() -> None:
    for commands in (linux_commands, windows_commands):
        first, second = (commands(IPv4Address(each)) for each in (VIP, "20.0.0.101"))
        differing = [pair for pair in zip(first, second, strict=True) if len(set(pair)) > 1]
        assert len(differing) == 1
        assert VIP in differing[0][0]


def test_windows_takes_the_script() -> None:
    assert powershell.faults("\n".join(windows_commands(IPv4Address(VIP)))) == []


FAKES = {
    "aws": """
        case "$*" in
            "configure get region") echo xx-nowhere-1 ;;
            *--debug) echo "DEBUG - Response headers: {'Server': 'x', 'Date': 'Mon, 30 Nov 2026 \\
10:42:57 GMT'}" >&2 ;;
            *) printf '\\nAn error occurred (UnauthorizedOperation): no\\n' >&2; exit 254 ;;
        esac""",
    "ip": "echo 'eth0 UP 10.0.110.10/24 20.0.0.100/32'",
    "getent": "exit 2",
}


ENGINES = {
    "clpstat": "printf ' failover1 ....: Online\\n   current       : node-a\\n'",
    "crm_resource": "echo 'resource virtual-ip is running on: node-a '",
}


@pytest.mark.parametrize("command", ENGINES)
def test_the_linux_script_prints_what_is_read(tmp_path: Path, command: str) -> None:
    """Run by bash with stand-ins for what a node has; nothing leaves the machine."""
    for name, body in {**FAKES, command: ENGINES[command]}.items():
        (tmp_path / name).write_text(f"#!/bin/bash\n{body}\n")
        (tmp_path / name).chmod(0o755)
    script = "\n".join(linux_commands(IPv4Address("127.0.0.1")))
    script = script.replace("export PATH=", f"export PATH={tmp_path}:")
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    read = parse(done.stdout)
    assert (read.region, read.api_address, read.is_api_port_open) == ("xx-nowhere-1", "", False)
    assert read.call == "An error occurred (UnauthorizedOperation): no"
    assert read.api_date is not None
    assert (read.webui, read.has_product, read.active_on) == ("", True, ("node-a",))
    assert read.addresses == ("10.0.110.10", VIP)
