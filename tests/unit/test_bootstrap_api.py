"""The EC2 API as a node finds it at its boot: what failed, and what to do about it."""

import socket
import threading
from pathlib import Path

import pytest

from tests.support.cluster_machines import World
from tests.support.machine import Machine, stand_in

HOST = "ec2.eu-west-1.amazonaws.com"
CAUSES = {
    "nameless": (
        "dns",
        (
            f"DNS: {HOST} does not resolve;"
            " turn on DNS support and DNS host names of vpc-0123456789abcdef0"
        ),
    ),
    "public": (
        "dns",
        (
            f"DNS: {HOST} resolves to 52.1.2.3, outside private ranges; turn on private DNS of the"
            " interface endpoint for EC2 in vpc-0123456789abcdef0"
        ),
    ),
    "filtered": (
        "tcp",
        (
            f"TCP: {HOST} (10.0.1.5) cannot be reached at port 443; let the security groups of the"
            " interface endpoint and of this node pass it"
        ),
    ),
    "denied": (
        "permission",
        (
            "permission: ec2:DescribeVpcs was denied (An error occurred (UnauthorizedOperation)"
            " when calling DescribeVpcs: not allowed); allow it in the role of this node and in the"
            " policy of the interface endpoint"
        ),
    ),
    "keyless": (
        "permission",
        (
            "permission: this node has no valid credentials (Unable to locate credentials.); attach"
            " its instance profile, let it reach 169.254.169.254, and set its clock"
        ),
    ),
    "absent": (
        "region",
        (
            "region: eu-west-1 has no vpc-0123456789abcdef0 (An error occurred"
            " (InvalidVpcID.NotFound) when calling DescribeVpcs: no vpc); correct region and"
            " VPC in the stack and roll this node out"
        ),
    ),
    "odd": (
        "unknown",
        f"{HOST} (10.0.1.5) is reached, but the call failed (An error occurred (InternalError))",
    ),
}


IMAGES = Path(__file__).parents[2] / "docs/images.md"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path)
    machine.attach(machine.add_disk())
    return machine


@pytest.mark.parametrize("state", CAUSES)
def test_a_cause_is_named_with_its_remedy(machine: Machine, state: str) -> None:
    word, cause = CAUSES[state]
    done = machine.boot(API_STATE=state)
    message = f"the EC2 API gave no answer within 0 s: {cause}"
    assert done.returncode == 1
    assert done.stderr.splitlines()[:2] == [
        f"hacluster: waiting for the EC2 API: {cause}",
        f"hacluster: {message}",
    ]
    status = machine.status()
    status.pop("time")
    assert status == {"state": "failed", "step": "check_api", "api": word, "message": message}
    assert machine.boot().returncode == 0
    status = machine.status()
    assert (status["state"], status["api"]) == ("prepared", "ok vpc-0123456789abcdef0 10.0.0.0/16")


def test_the_page_about_images_has_every_word_of_a_cause() -> None:
    page = IMAGES.read_text()
    for word, cause in CAUSES.values():
        assert f"`{word}`" in page
        assert word == "unknown" or f"| `{cause.partition(' ')[0]}` |" in page


def test_without_the_api_no_cluster_is_begun(tmp_path: Path) -> None:
    world = World(tmp_path)
    assert world.a.boot(API_STATE="filtered").returncode == 1
    assert not any(call.startswith(("rpm", "aws s3", "clp")) for call in world.a.calls())


def test_it_waits_and_says_once_what_for(machine: Machine) -> None:
    machine.replace("usr/bin/sleep", 'echo "sleep $*" >>"$CALLS"')
    done = machine.boot(API_STATE="public", API_PATIENCE="20", PAUSE="5")
    assert machine.calls().count("sleep 5") == 4
    assert done.stderr.count("hacluster: waiting for the EC2 API: ") == 1


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-west-1", "ec2.eu-west-1.amazonaws.com"),
        ("cn-north-1", "ec2.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_the_name_of_the_api(machine: Machine, region: str, host: str) -> None:
    machine.change(region=region)
    assert machine.call("api_host").stdout == f"{host}\n"


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("10.255.0.1", True),
        ("172.16.0.1", True),
        ("172.31.255.1", True),
        ("192.168.1.1", True),
        ("100.64.0.1", True),
        ("100.127.0.1", True),
        ("172.32.0.1", False),
        ("172.15.0.1", False),
        ("100.128.0.1", False),
        ("110.0.0.1", False),
        ("52.1.2.3", False),
    ],
)
def test_which_addresses_are_private(machine: Machine, address: str, *, private: bool) -> None:
    assert (machine.call(f"is_private {address}").returncode == 0) == private


def test_bash_itself_asks_a_web_server_and_notices_one_that_is_none(machine: Machine) -> None:
    machine.tool("usr/bin/timeout").write_text(stand_in('exec timeout "$@"'))
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def serve(*answers: bytes) -> None:
            for answer in answers:
                connection, _ = server.accept()
                with connection, connection.makefile("rb") as request:
                    if answer:
                        asked.append(b"".join(iter(request.readline, b"\r\n")))
                    connection.sendall(answer)

        thread = threading.Thread(
            target=serve, args=(b"HTTP/1.1 200 OK\r\n\r\n", b"SSH-2.0\r\n", b"")
        )
        thread.start()
        assert machine.call(f"answers_http 127.0.0.1 {port}").returncode == 0
        assert machine.call(f"answers_http 127.0.0.1 {port}").returncode == 1
        assert machine.call(f"reaches 127.0.0.1 {port}").returncode == 0
        thread.join()
    assert asked == [b"GET / HTTP/1.0\r\nHost: 127.0.0.1\r\n"] * 2
    assert machine.call(f"reaches 127.0.0.1 {port}").returncode == 1
    assert machine.call(f"answers_http 127.0.0.1 {port}").returncode == 1
