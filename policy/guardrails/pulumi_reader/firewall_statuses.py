"""Which endpoints a network firewall shows as its own, and where each is.

The aws provider shows them in `firewallStatuses` and `vpcEndpointAssociationStatuses`, by subnet;
aws-native in `endpointIds` and `endpointId`, as "availability zone:endpoint".
"""

from collections.abc import Iterator

from guardrails.pulumi_reader.protobuf import Plain
from guardrails.pulumi_reader.resource import Resource

_STATUSES = ("firewallStatuses", "vpcEndpointAssociationStatuses")
_ZONED = ("endpointIds", "endpointId")


def endpoints_by_subnet(resource: Resource) -> Iterator[tuple[str, str]]:
    """Yield each endpoint's id that is shown together with a subnet, and the subnet's id."""
    for name in _STATUSES:
        yield from _attachments(resource.outputs[name])


def _attachments(value: Plain) -> Iterator[tuple[str, str]]:
    match value:
        case {"endpointId": str(endpoint), "subnetId": str(subnet)}:
            yield endpoint, subnet
        case dict():
            for member in value.values():
                yield from _attachments(member)
        case list():
            for member in value:
                yield from _attachments(member)
        case _:
            return


def endpoints_by_zone(resource: Resource) -> Iterator[tuple[str, str]]:
    """Yield each endpoint's id that is shown together with an availability zone, and the zone."""
    for name in _ZONED:
        value = resource.outputs[name]
        for each in value if isinstance(value, list) else [value]:
            zone, colon, endpoint = each.partition(":") if isinstance(each, str) else ("", "", "")
            if colon and endpoint:
                yield endpoint, zone


def endpoint_ids(resource: Resource) -> Iterator[str]:
    """Yield the id of every endpoint that a firewall shows."""
    for endpoint, _ in (*endpoints_by_subnet(resource), *endpoints_by_zone(resource)):
        yield endpoint
