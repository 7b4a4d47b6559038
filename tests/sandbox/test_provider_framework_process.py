import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from tests.support.provider import Instance

VPC = "aws:ec2/vpc:Vpc"


@contextmanager
def provider_process(endpoint: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox.provider"],
        env={**os.environ, "AWS_ENDPOINT_URL": endpoint, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def first_line(process: subprocess.Popen[str]) -> int:
    return int(process.stdout.readline())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_its_port_and_ends_silently(aws_endpoint: str, number: int) -> None:
    with provider_process(aws_endpoint) as process:
        port = first_line(process)
        instance = Instance(port)
        assert instance.preview(VPC, cidrBlock="10.0.0.0/16")["cidrBlock"] == "10.0.0.0/16"
        instance.close()
        process.send_signal(number)

        assert process.wait(timeout=20) == 0
        assert process.stderr.read() == ""


def test_it_listens_on_the_loopback_only(aws_endpoint: str) -> None:
    with provider_process(aws_endpoint) as process:
        port = first_line(process)
        connections = psutil.Process(process.pid).net_connections("tcp")
        listening = {each.laddr for each in connections if each.status == psutil.CONN_LISTEN}

        assert [(each.ip.removeprefix("::ffff:"), each.port) for each in listening] == [
            ("127.0.0.1", port)
        ]


def test_hostile_surroundings_do_not_reach_it(aws_endpoint: str) -> None:
    hostile = {
        "AWS_PROFILE": "production",
        "AWS_ENDPOINT_URL_EC2": "http://192.0.2.1",
        "HTTP_PROXY": "http://192.0.2.1:3128",
        "http_proxy": "http://192.0.2.1:3128",
        "AWS_REGION": "eu-west-1",
    }
    with provider_process(aws_endpoint, **hostile) as process:
        instance = Instance(first_line(process))
        vpc = instance.create(VPC, cidrBlock="10.0.0.0/16")

        assert vpc.refresh()["ownerId"] == "123456789012"


@pytest.mark.parametrize(
    "endpoint",
    ["", "https://ec2.eu-west-1.amazonaws.com", "http://192.0.2.1:5000", "http://10.0.0.1", "x"],
)
def test_it_refuses_to_serve_anything_but_a_local_aws(endpoint: str) -> None:
    with provider_process(endpoint) as process:
        assert process.wait(timeout=20) == 2
        assert process.stdout.read() == ""
        message = process.stderr.read()

    assert message.startswith("sandbox.provider: AWS_ENDPOINT_URL is ")
    assert "the sandbox's provider serves a local AWS only" in message
    assert "Traceback" not in message


def test_it_takes_and_gives_large_messages(aws: Instance) -> None:
    big = "x" * 8_000_000

    assert aws.preview(VPC, cidrBlock="10.0.0.0/16", tags={"Name": big})["tags"]["Name"] == big


def test_a_port_that_is_taken_is_named(aws_endpoint: str) -> None:
    with provider_process(aws_endpoint) as first:
        port = first_line(first)
        done = subprocess.run(
            [sys.executable, "-m", "sandbox.provider", "--port", str(port)],
            env={**os.environ, "AWS_ENDPOINT_URL": aws_endpoint},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert (done.returncode, done.stdout) == (1, "")
    assert f"sandbox.provider: Failed to bind to address 127.0.0.1:{port}" in done.stderr
