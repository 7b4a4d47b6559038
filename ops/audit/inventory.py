"""What AWS answered about one region, and which calls it refused."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from guardrails.model.knowledge import Unknown
from ops.errors import AwsError

Record: TypeAlias = Mapping[str, Any]
"""One thing as boto3 describes it."""
Question: TypeAlias = tuple[str, str]
"""An operation by boto3's name, and the id that it was asked about ("" for all of a region)."""

ID_FIELDS: Final[Mapping[str, str]] = {
    "describe_vpcs": "VpcId",
    "describe_subnets": "SubnetId",
    "describe_route_tables": "RouteTableId",
    "describe_vpc_endpoints": "VpcEndpointId",
    "describe_vpc_peering_connections": "VpcPeeringConnectionId",
    "describe_vpc_block_public_access_exclusions": "ExclusionId",
    "describe_internet_gateways": "InternetGatewayId",
    "describe_egress_only_internet_gateways": "EgressOnlyInternetGatewayId",
    "describe_nat_gateways": "NatGatewayId",
    "describe_carrier_gateways": "CarrierGatewayId",
    "describe_vpn_gateways": "VpnGatewayId",
    "describe_local_gateways": "LocalGatewayId",
    "describe_network_interfaces": "NetworkInterfaceId",
    "describe_security_groups": "GroupId",
    "describe_security_group_rules": "SecurityGroupRuleId",
    "describe_managed_prefix_lists": "PrefixListId",
    "describe_transit_gateways": "TransitGatewayId",
    "describe_transit_gateway_attachments": "TransitGatewayAttachmentId",
    "describe_transit_gateway_vpc_attachments": "TransitGatewayAttachmentId",
}
"""By operation: the field that holds the id of what it describes."""

_GONE: Final = frozenset({"deleted", "deleting", "failed", "rejected", "expired"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """A call that AWS refused: what it would have shown is a missing fact."""

    region: str
    error: AwsError

    @property
    def call(self) -> str:
        """The call and where it was made: `ec2:DescribeSubnets in us-east-1`."""
        return f"{self.error.operation} in {self.region}"

    def hides(self, what: str) -> Unknown:
        """Return `what` as a value that this call would have shown."""
        return Unknown(f"{what} ({self.call}: {self.error.code})")


@dataclass(slots=True)
class Inventory:
    """The answers about one region of one account, and the refusals."""

    region: str
    account: str = ""
    answers: dict[Question, list[Record]] = field(
        default_factory=lambda: defaultdict[Question, list[Record]](list)
    )
    refusals: dict[Question, Refusal] = field(default_factory=dict[Question, Refusal])

    @property
    def scope(self) -> str:
        """What is equal for things that refer to each other by id."""
        return f"{self.account}/{self.region}"

    def found(self, operation: str, about: str = "") -> list[Record]:
        """Return what an operation described, each thing once; nothing if it was not asked."""
        records = self.answers.get((operation, about), [])
        name = ID_FIELDS.get(operation)
        if name is None:
            return records
        return [each for each in {e[name]: e for e in records}.values() if not is_gone(each)]

    def ids(self, operation: str) -> set[str]:
        """Return the ids of what an operation described."""
        return {record[ID_FIELDS[operation]] for record in self.found(operation)}

    def refusal(self, operation: str, about: str = "") -> Refusal | None:
        """Return how an operation was refused, None if it was answered or not asked."""
        return self.refusals.get((operation, about))

    def hidden(self, operation: str, wanted: Iterable[str]) -> dict[str, Refusal]:
        """Return those of the wanted ids that a refused operation may have described."""
        refusal = self.refusal(operation)
        if refusal is None:
            return {}
        return dict.fromkeys(sorted(set(wanted) - self.ids(operation)), refusal)


def is_gone(record: Record) -> bool:
    """Tell whether a thing is described although it is gone, or never came into being.

    The status of a peering connection is a code with a message.
    """
    state: Record | str = record.get("State") or record.get("Status") or ""
    code: str = state if isinstance(state, str) else state["Code"]
    return code.lower() in _GONE


def instances(inventory: Inventory) -> list[Record]:
    """Return the instances, which AWS describes by the reservations that they were launched in."""
    found = inventory.found("describe_instances")
    every: list[Record] = [each for reservation in found for each in reservation["Instances"]]
    return list({each["InstanceId"]: each for each in every}.values())
