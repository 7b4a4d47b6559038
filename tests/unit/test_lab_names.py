"""What the nodes' resolver says: the endpoint has AWS's own name where private DNS is on."""

import pytest

from lab.aws.names import hosts_file
from lab.vpc.snapshot import Snapshot
from tests.support.lab_vpc import CLUSTER, SNAPSHOT, changed, interface

NODES = "127.0.0.1 localhost\n10.0.110.10 node-a\n10.0.120.10 node-b\n"
BOTH = {"enableDnsSupport": True, "enableDnsHostnames": True}


def test_each_address_of_the_endpoint_has_the_name_that_every_sdk_uses() -> None:
    two = [{**SNAPSHOT.endpoints[0], "NetworkInterfaceIds": ["eni-ec2", "eni-2", "eni-gone"]}]
    interfaces = [*SNAPSHOT.interfaces, interface("eni-2", "subnet-b", "10.0.120.20")]
    assert hosts_file(CLUSTER, changed(endpoints=two, interfaces=interfaces)) == (
        f"{NODES}10.0.110.20 ec2.us-east-1.amazonaws.com\n10.0.120.20 ec2.us-east-1.amazonaws.com\n"
    )


@pytest.mark.parametrize(
    "snapshot",
    [
        changed(endpoints=[{**SNAPSHOT.endpoints[0], "PrivateDnsEnabled": False}]),
        changed(endpoints=[{**SNAPSHOT.endpoints[0], "VpcEndpointId": "vpce-s3"}]),
        changed(endpoints=[]),
        changed(dns={**BOTH, "enableDnsSupport": False}),
        changed(dns={**BOTH, "enableDnsHostnames": False}),
    ],
    ids=["private DNS off", "another service", "no endpoint", "no DNS support", "no DNS hostnames"],
)
def test_otherwise_the_nodes_know_each_other_and_nothing_else(snapshot: Snapshot) -> None:
    assert hosts_file(CLUSTER, snapshot) == NODES
