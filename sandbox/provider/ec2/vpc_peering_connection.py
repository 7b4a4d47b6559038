"""Peering of two VPCs (upstream: vpc_peering_connection.go)."""

from collections.abc import Iterable
from typing import Any, ClassVar

from sandbox.provider.check import Fault
from sandbox.provider.cloud import Cloud
from sandbox.provider.resource import Change, Resource, pick
from sandbox.provider.schema import boolean, object_of, string
from sandbox.provider.tags import from_aws, specification
from sandbox.provider.wire import Properties

_OPTIONS = object_of({"allowRemoteVpcDnsResolution": boolean(default=False)}, computed=True)
_SIDES = {"accepter": "AccepterVpcInfo", "requester": "RequesterVpcInfo"}
_ARGUMENTS = {
    "vpcId": "VpcId",
    "peerVpcId": "PeerVpcId",
    "peerOwnerId": "PeerOwnerId",
    "peerRegion": "PeerRegion",
}


class VpcPeeringConnection(Resource):
    """A connection, which its accepter accepts; here when `autoAccept` says so."""

    pulumi_name = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection"
    noun = "EC2 VPC Peering Connection"
    properties: ClassVar = {
        "vpcId": string(required=True, replaces=True),
        "peerVpcId": string(required=True, replaces=True),
        "peerOwnerId": string(computed=True, replaces=True),
        "peerRegion": string(computed=True, replaces=True),
        "autoAccept": boolean(),
        "accepter": _OPTIONS,
        "requester": _OPTIONS,
        "acceptStatus": string(output=True),
    }
    tagged = True

    def faults(self, inputs: Properties) -> Iterable[Fault]:
        """Refuse to accept automatically what another region has to accept."""
        if inputs.get("peerRegion") is not None and inputs.get("autoAccept") is True:
            yield Fault("peerRegion", "peerRegion cannot be given while autoAccept is true")

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Request the connection."""
        answer = cloud.ec2.create_vpc_peering_connection(
            **pick(inputs, _ARGUMENTS),
            TagSpecifications=specification("vpc-peering-connection", inputs),
        )
        return answer["VpcPeeringConnection"]["VpcPeeringConnectionId"]

    def configure(self, cloud: Cloud, identity: str, inputs: Properties) -> None:
        """Accept it and set its options."""
        self._accept(cloud, identity, inputs)
        self._set_options(cloud, identity, inputs, tuple(_SIDES))

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Return the connection unless it was deleted."""
        del known
        found = _find(cloud, identity)
        if found is None:
            return None
        accepter = found["AccepterVpcInfo"]
        return {
            "acceptStatus": found["Status"]["Code"],
            "peerOwnerId": accepter.get("OwnerId", ""),
            "peerRegion": accepter.get("Region", cloud.region),
            "peerVpcId": accepter["VpcId"],
            "vpcId": found["RequesterVpcInfo"]["VpcId"],
            "tags": from_aws(found.get("Tags", [])),
            **{side: _options(found[key]) for side, key in _SIDES.items()},
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Accept it and change its options."""
        self._accept(cloud, identity, change.inputs)
        sides = tuple(side for side in _SIDES if change.touches(side))
        self._set_options(cloud, identity, change.inputs, sides)

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Delete the connection."""
        del state
        if _find(cloud, identity):
            cloud.ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=identity)

    def _accept(self, cloud: Cloud, identity: str, inputs: Properties) -> None:
        found = _find(cloud, identity)
        pending = found is not None and found["Status"]["Code"] == "pending-acceptance"
        if inputs.get("autoAccept") and pending:
            cloud.ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=identity)

    def _set_options(
        self, cloud: Cloud, identity: str, inputs: Properties, sides: tuple[str, ...]
    ) -> None:
        options = {
            f"{side.capitalize()}PeeringConnectionOptions": {
                "AllowDnsResolutionFromRemoteVpc": bool(
                    inputs[side].get("allowRemoteVpcDnsResolution")
                )
            }
            for side in sides
            if inputs.get(side)
        }
        if options:
            cloud.ec2.modify_vpc_peering_connection_options(
                VpcPeeringConnectionId=identity, **options
            )


def _find(cloud: Cloud, identity: str) -> dict[str, Any] | None:
    found = cloud.find(
        "describe_vpc_peering_connections",
        "VpcPeeringConnections",
        VpcPeeringConnectionIds=[identity],
    )
    ended = ("deleted", "deleting", "rejected", "expired", "failed")
    return None if found is None or found["Status"]["Code"] in ended else found


def _options(side: dict[str, Any]) -> Properties | None:
    options = side.get("PeeringOptions")
    return options and {
        "allowRemoteVpcDnsResolution": options.get("AllowDnsResolutionFromRemoteVpc", False)
    }
