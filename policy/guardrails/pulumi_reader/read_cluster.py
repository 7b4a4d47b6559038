"""Reads clusters that declare a virtual IP address."""

from collections.abc import Iterator

from guardrails.model.machines import VirtualIp
from guardrails.pulumi_reader.resource import Resource
from guardrails.pulumi_reader.stack import Stack


def read_cluster(resource: Resource, stack: Stack) -> Iterator[object]:  # noqa: ARG001 - every reader gets the stack
    """Read the virtual IP of a cluster component."""
    address = resource.text("virtualIp", computed=True)
    if address is None:
        address = resource.text("virtual_ip")
    if address is not None:
        yield VirtualIp(key=resource.urn, address=address)
