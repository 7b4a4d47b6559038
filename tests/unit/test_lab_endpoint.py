"""The lab's endpoint for the EC2 API over real HTTPS: who may call what, and what is recorded."""

import http.client
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, SSLError

from components import documents
from lab.aws.authority import server_context
from lab.aws.endpoint import Desk, Endpoint
from lab.aws.permissions import Permissions
from lab.vpc.snapshot import Snapshot
from ops.aws import Aws, Place
from ops.verify.live_role import LiveRole
from tests.support import node_role
from tests.support.lab_services import Upstream, listening, port_of, running_upstream
from tests.support.lab_vpc import changed, instance
from tests.support.node_role import CLUSTER, TABLES, permissions, role

NODE_A, NODE_B = CLUSTER.nodes
KEYS = {"KEYOFNODEA": NODE_A, "KEYOFNODEB": NODE_B}
EVERYTHING = {
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
}


def snapshot(policy: dict[str, Any] = EVERYTHING, **changes: Any) -> Snapshot:
    """The cluster's VPC; `policy` is the endpoint's."""
    endpoint = {"VpcEndpointId": "vpce-1", "PolicyDocument": policy}
    return changed(**{"tables": TABLES, "endpoints": [endpoint], **changes})


@dataclass
class Nodes:
    """The endpoint at work, and the clients that nodes have of it."""

    desk: Desk
    upstream: Upstream
    client: Callable[..., Any]
    changes: list[tuple[str, dict[str, str]]]
    endpoint: Endpoint
    port: int
    authority: Path

    def may(self, live: LiveRole, vpc: Snapshot | None = None) -> None:
        """Put the role's policies and the endpoint's in force."""
        self.desk.permissions.role = live
        self.desk.permissions.snapshot = lambda: vpc or snapshot()

    def replace(self, key: str = "KEYOFNODEA", table: str = "rtb-a") -> str:
        """Replace the route as a node does; return the code of the error, or ""."""
        try:
            self.client(key).replace_route(
                RouteTableId=table,
                DestinationCidrBlock="20.0.0.100/32",
                NetworkInterfaceId="eni-a",
            )
        except ClientError as error:
            return error.response["Error"]["Code"]
        return ""


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    """Open one endpoint, and one client for each key: a client takes longer than a test."""
    folder = tmp_path_factory.mktemp("lab")
    context = server_context("localhost", folder)
    listener = listening()
    changes: list[tuple[str, dict[str, str]]] = []
    desk = Desk(
        Permissions(Aws(Place("eu-west-1")), CLUSTER, snapshot, role(permissions())),
        KEYS.get,
        lambda operation, given: changes.append((operation, dict(given))),
    )
    clients: dict[str, Any] = {}

    def client(key: str) -> Any:
        if key not in clients:
            clients[key] = boto3.client(
                "ec2",
                region_name="eu-west-1",
                endpoint_url=f"https://localhost:{port_of(listener)}",
                verify=str(folder / "ca.pem"),
                aws_access_key_id=key,
                aws_secret_access_key="secret",
                config=Config(retries={"total_max_attempts": 1}, proxies={}),
            )
        return clients[key]

    with running_upstream(folder / "aws") as upstream, listener:
        endpoint = Endpoint([listener], context, upstream.path, desk)
        authority = folder / "ca.pem"
        yield Nodes(desk, upstream, client, changes, endpoint, port_of(listener), authority)
        for each in clients.values():
            each.close()


@pytest.fixture
def nodes(opened: Nodes) -> Nodes:
    """The endpoint as it was in the beginning."""
    opened.may(role(permissions()))
    for record in (opened.desk.calls, opened.desk.faults, opened.changes, opened.upstream.asked):
        record.clear()
    return opened


def test_a_call_that_the_policies_allow_is_carried_out_and_recorded(nodes: Nodes) -> None:
    assert nodes.replace() == ""
    assert nodes.upstream.asked == ["ReplaceRoute"]
    [call] = nodes.desk.calls
    assert (call.node, call.operation, call.table, call.code) == (
        "node-a",
        "ReplaceRoute",
        "rtb-a",
        "",
    )
    assert 0 < call.answered - call.came < 5


def test_the_signature_goes_on_to_aws_with_the_name_that_was_signed(nodes: Nodes) -> None:
    nodes.replace()
    headers = nodes.upstream.headers
    assert "Credential=KEYOFNODEA/" in headers["Authorization"]
    assert headers["Host"].startswith("localhost:")
    assert {"Content-Type", "X-Amz-Date"} <= headers.keys()
    assert "User-Agent" not in headers


def test_each_call_is_recorded_under_the_node_whose_key_it_has(nodes: Nodes) -> None:
    nodes.replace("KEYOFNODEA")
    nodes.replace("KEYOFNODEB", "rtb-b")
    assert [(call.node, call.table) for call in nodes.desk.calls] == [
        ("node-a", "rtb-a"),
        ("node-b", "rtb-b"),
    ]


def test_a_table_that_the_role_does_not_name_is_denied(nodes: Nodes) -> None:
    nodes.may(role(permissions([f"{node_role.TABLE_PREFIX}rtb-a"])))
    assert nodes.replace(table="rtb-a") == ""
    assert nodes.replace(table="rtb-b") == "UnauthorizedOperation"
    assert nodes.upstream.asked == ["ReplaceRoute"]
    assert [call.code for call in nodes.desk.calls] == ["", "UnauthorizedOperation"]


def test_an_action_that_the_role_has_not_is_denied(nodes: Nodes) -> None:
    with pytest.raises(ClientError, match=r"You are not authorized .* nothing in .* allows it"):
        nodes.client("KEYOFNODEA").stop_instances(InstanceIds=["i-b"])
    assert nodes.upstream.asked == []


def stop(nodes: Nodes, key: str, target: str) -> str:
    """Stop an instance as `fence_aws` does; return the code of the error, or ""."""
    try:
        nodes.client(key).stop_instances(InstanceIds=[target], Force=True)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return ""


def test_a_node_may_stop_the_instance_of_the_other_node_and_none_else(nodes: Nodes) -> None:
    cluster = {"hacluster_stack": "dev"}
    addresses = {node.name: node.private_ip for node in CLUSTER.nodes}
    arn = f"{node_role.TABLE_PREFIX}rtb-a"
    fencing = documents.fencing_statements(arn, "vpc-1", addresses, cluster)
    vpc = snapshot(
        instances=[
            instance("i-a", **cluster, **{"hacluster:node": "node-a"}),
            instance("i-b", **cluster, **{"hacluster:node": "node-b"}),
            instance("i-other", hacluster_stack="prod", **{"hacluster:node": "node-b"}),
        ]
    )
    nodes.may(role({**documents.document(fencing)}), vpc)
    denied = "UnauthorizedOperation"
    assert stop(nodes, "KEYOFNODEA", "i-b") == ""
    assert stop(nodes, "KEYOFNODEB", "i-a") == ""
    assert [stop(nodes, "KEYOFNODEA", each) for each in ("i-a", "i-other", "i-gone")] == [
        denied
    ] * 3
    with pytest.raises(ClientError, match="You are not authorized"):
        nodes.client("KEYOFNODEA").stop_instances(InstanceIds=["i-b", "i-other"])
    nodes.desk.calls.pop()
    assert [call.instance for call in nodes.desk.calls] == [
        "i-b",
        "i-a",
        "i-a",
        "i-other",
        "i-gone",
    ]
    assert [operation for operation, _ in nodes.changes] == ["StopInstances", "StopInstances"]
    assert nodes.changes[0][1].items() >= {"InstanceId.1": "i-b", "Force": "true"}.items()


def test_a_boundary_denies_what_the_role_allows(nodes: Nodes) -> None:
    nodes.may(role(permissions(), boundary=permissions([f"{node_role.TABLE_PREFIX}rtb-b"])))
    assert nodes.replace(table="rtb-a") == "UnauthorizedOperation"
    assert nodes.replace(table="rtb-b") == ""


@pytest.mark.parametrize(
    "vpc",
    [
        snapshot({"Statement": [{**EVERYTHING["Statement"][0], "Action": "ec2:DescribeVpcs"}]}),
        snapshot(endpoints=[{"VpcEndpointId": "vpce-2", "PolicyDocument": EVERYTHING}]),
    ],
    ids=["the policy lacks the action", "the endpoint is gone"],
)
def test_the_endpoints_policy_denies_what_the_role_allows(nodes: Nodes, vpc: Snapshot) -> None:
    nodes.may(role(permissions()), vpc)
    assert nodes.replace() == "UnauthorizedOperation"
    assert nodes.upstream.asked == []


def test_nothing_is_allowed_while_the_role_is_not_known(nodes: Nodes) -> None:
    nodes.desk.permissions.role = None
    assert nodes.replace() == "UnauthorizedOperation"


def test_a_key_that_no_node_was_given_is_refused(nodes: Nodes) -> None:
    assert nodes.replace("KEYOFNOBODY") == "AuthFailure"
    assert nodes.upstream.asked == []
    assert [(call.node, call.code) for call in nodes.desk.calls] == [("", "AuthFailure")]


def test_an_injected_error_answers_so_many_calls_of_its_operation(nodes: Nodes) -> None:
    nodes.desk.inject("ReplaceRoute", "RequestLimitExceeded", times=2)
    nodes.client("KEYOFNODEA").describe_vpcs()
    throttled = "RequestLimitExceeded"
    assert [nodes.replace() for _ in range(3)] == [throttled, throttled, ""]
    assert nodes.upstream.asked == ["DescribeVpcs", "ReplaceRoute"]


def test_an_error_that_is_injected_for_a_node_meets_no_other(nodes: Nodes) -> None:
    nodes.desk.inject("ReplaceRoute", "Unavailable", times=1, node="node-b")
    assert [nodes.replace(key) for key in ("KEYOFNODEA", "KEYOFNODEB")] == ["", "Unavailable"]


def test_an_error_of_aws_comes_through_and_is_recorded_by_its_code(nodes: Nodes) -> None:
    gone = "InvalidRouteTableID.NotFound"
    tables = [*TABLES, node_role.table("rtb-gone", "20.0.0.100/32")]
    nodes.may(role(permissions([f"{node_role.TABLE_PREFIX}*"])), snapshot(tables=tables))
    assert nodes.replace(table="rtb-gone") == gone
    assert [call.code for call in nodes.desk.calls] == [gone]


def test_the_router_is_told_what_has_changed_and_of_nothing_else(nodes: Nodes) -> None:
    nodes.client("KEYOFNODEA").describe_route_tables()
    nodes.replace("KEYOFNOBODY")
    nodes.desk.inject("ReplaceRoute", "RequestLimitExceeded", times=1)
    nodes.replace()
    assert nodes.changes == []
    nodes.replace()
    assert [operation for operation, _ in nodes.changes] == ["ReplaceRoute"]


def test_a_client_that_does_not_trust_the_labs_authority_sends_nothing(nodes: Nodes) -> None:
    stranger = boto3.client(
        "ec2",
        region_name="eu-west-1",
        endpoint_url=nodes.client("KEYOFNODEA").meta.endpoint_url,
        aws_access_key_id="KEYOFNODEA",
        aws_secret_access_key="secret",
        config=Config(retries={"total_max_attempts": 1}, proxies={}),
    )
    with pytest.raises(SSLError):
        stranger.describe_vpcs()
    assert nodes.desk.calls == []


def test_connections_that_are_open_can_be_ended(nodes: Nodes) -> None:
    context = ssl.create_default_context(cafile=nodes.authority)
    connection = http.client.HTTPSConnection("localhost", nodes.port, timeout=5, context=context)
    connection.request("POST", "/", "Action=DescribeVpcs")
    assert connection.getresponse().read() != b""
    assert connection.sock is not None
    nodes.endpoint.hang_up()
    assert connection.sock.recv(1) == b""
    connection.close()


def test_a_sandbox_that_is_gone_is_an_error_that_clients_try_again(
    tmp_path: Path,
) -> None:
    from lab.aws.endpoint import _forward

    status, body = _forward(tmp_path / "nobody", {}, b"Action=DescribeVpcs")
    assert status == 503
    assert b"<Code>Unavailable</Code>" in body


def test_the_authoritys_key_is_in_no_file(tmp_path: Path) -> None:
    server_context("ec2.us-east-1.amazonaws.com", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["ca.pem"]
    assert "PRIVATE" not in (tmp_path / "ca.pem").read_text()
