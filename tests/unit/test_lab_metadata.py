"""The lab's instance metadata over real HTTP: IMDSv2, as botocore itself reads it."""

import datetime as dt
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.credentials import InstanceMetadataProvider
from botocore.utils import InstanceMetadataFetcher

from lab.aws.metadata import Credentials, serve_metadata
from ops.aws import Aws
from tests.support.lab_services import listening, port_of
from tests.support.lab_vpc import CLUSTER, ROLE, plan

NODE_A, NODE_B = CLUSTER.nodes
HOUR = dt.timedelta(hours=1)


class FakeSts(Aws):
    """Gives each session a key of its own, which is good for an hour or as long as a test says."""

    def __init__(self) -> None:
        self.sessions: list[tuple[str, str]] = []
        self.good_for = HOUR

    def call(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        assert (service, operation) == ("sts", "assume_role")
        self.sessions.append((arguments["RoleArn"], arguments["RoleSessionName"]))
        return {
            "Credentials": {
                "AccessKeyId": f"KEY{len(self.sessions)}",
                "SecretAccessKey": "secret",
                "SessionToken": "session",
                "Expiration": dt.datetime.now(dt.UTC) + self.good_for,
            }
        }


@dataclass
class Service:
    """The metadata of node-a, at `url`."""

    url: str
    credentials: Credentials
    sts: FakeSts

    def put(self, path: str) -> str:
        request = urllib.request.Request(f"{self.url}/latest/{path}", method="PUT")
        request.add_header("X-aws-ec2-metadata-token-ttl-seconds", "60")
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.read().decode()

    def get(self, path: str, token: str | None = None) -> str:
        request = urllib.request.Request(f"{self.url}/latest/{path}")
        given = self.put("api/token") if token is None else token
        request.add_header("X-aws-ec2-metadata-token", given)
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.read().decode()


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    sts = FakeSts()
    credentials = Credentials(sts, ROLE)
    with listening() as listener:
        serve_metadata(listener, CLUSTER, NODE_A, plan().host("node-a"), credentials)
        yield Service(f"http://127.0.0.1:{port_of(listener)}", credentials, sts)


def refused(service: Service, path: str, token: str | None = None) -> int:
    with pytest.raises(urllib.error.HTTPError) as caught:
        service.get(path, token)
    return caught.value.code


@pytest.mark.parametrize(
    ("path", "fact"),
    [
        ("meta-data/instance-id", "i-a"),
        ("meta-data/local-ipv4", "10.0.110.10"),
        ("meta-data/mac", "02:00:00:00:00:10"),
        ("meta-data/network/interfaces/macs/", "02:00:00:00:00:10/"),
        ("meta-data/network/interfaces/macs/02:00:00:00:00:10/interface-id", "eni-a"),
        ("meta-data/network/interfaces/macs/02:00:00:00:00:10/device-number", "0"),
        ("meta-data/network/interfaces/macs/02:00:00:00:00:10/subnet-id", "subnet-a"),
        ("meta-data/network/interfaces/macs/02:00:00:00:00:10/vpc-id", "vpc-1"),
        ("meta-data/placement/availability-zone", "us-east-1a"),
        ("meta-data/placement/region", "us-east-1"),
        ("meta-data/iam/security-credentials/", "ha-cluster-dev-nodes"),
        ("meta-data/iam/security-credentials", "ha-cluster-dev-nodes"),
    ],
)
def test_a_node_reads_facts_about_itself(service: Service, path: str, fact: str) -> None:
    assert service.get(path) == fact


def test_the_identity_document_names_the_account_and_the_instance(service: Service) -> None:
    assert json.loads(service.get("dynamic/instance-identity/document")) == {
        "accountId": "123456789012",
        "availabilityZone": "us-east-1a",
        "instanceId": "i-a",
        "privateIp": "10.0.110.10",
        "region": "us-east-1",
    }


@pytest.mark.parametrize("token", ["", "made-up"])
def test_without_the_token_nothing_is_told(service: Service, token: str) -> None:
    assert refused(service, "meta-data/instance-id", token) == 401


def test_what_the_lab_does_not_know_is_not_found(service: Service) -> None:
    assert refused(service, "meta-data/ami-id") == 404
    assert refused(service, "meta-data/iam/security-credentials/another-role") == 404
    with pytest.raises(urllib.error.HTTPError, match="404"):
        service.put("api/another")


def test_botocore_finds_the_roles_credentials_by_itself(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED", raising=False)
    fetcher = InstanceMetadataFetcher(timeout=5, num_attempts=1, base_url=service.url)
    found = InstanceMetadataProvider(iam_role_fetcher=fetcher).load()
    frozen = found.get_frozen_credentials()
    assert (frozen.secret_key, frozen.token) == ("secret", "session")
    assert service.credentials.owner(frozen.access_key) == NODE_A
    assert (ROLE, "i-a") in service.sts.sessions


def test_the_credentials_are_written_as_aws_writes_them(service: Service) -> None:
    found = json.loads(service.get("meta-data/iam/security-credentials/ha-cluster-dev-nodes"))
    written, expires = (
        dt.datetime.strptime(found.pop(name), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC)
        for name in ("LastUpdated", "Expiration")
    )
    assert dt.timedelta(minutes=15) < expires - written <= HOUR
    assert found.pop("AccessKeyId").startswith("KEY")
    assert found == {
        "Code": "Success",
        "Type": "AWS-HMAC",
        "SecretAccessKey": "secret",
        "Token": "session",
    }


def test_a_key_belongs_to_the_node_that_was_given_it() -> None:
    credentials = Credentials(FakeSts(), ROLE)
    keys = [credentials.of(node)["AccessKeyId"] for node in (NODE_A, NODE_B)]
    assert list(map(credentials.owner, keys)) == [NODE_A, NODE_B]
    assert credentials.owner("KEY3") is None


def test_credentials_are_kept_until_a_quarter_of_an_hour_before_they_expire() -> None:
    sts = FakeSts()
    credentials = Credentials(sts, ROLE)
    sts.good_for = dt.timedelta(minutes=14)
    assert credentials.of(NODE_A)["AccessKeyId"] == "KEY1"
    sts.good_for = dt.timedelta(minutes=16)
    assert [credentials.of(NODE_A)["AccessKeyId"] for _ in range(2)] == ["KEY2", "KEY2"]
    assert credentials.owner("KEY1") == NODE_A
