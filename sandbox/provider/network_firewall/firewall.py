"""aws:networkfirewall/firewall:Firewall, in a VPC (upstream: networkfirewall/firewall.go)."""

from collections.abc import Iterator
from typing import Any, ClassVar

from sandbox.provider.check import Fault
from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.network_firewall import store
from sandbox.provider.network_firewall.firewall_endpoints import (
    furnish_endpoints,
    refuse_places,
    statuses,
)
from sandbox.provider.network_firewall.rules import NAME
from sandbox.provider.network_firewall.stored_resource import StoredResource
from sandbox.provider.resource import Change
from sandbox.provider.schema import boolean, list_of, object_of, set_of, string
from sandbox.provider.values import arn, length, one_of
from sandbox.provider.wire import UNKNOWN, Properties

_KEPT = (
    "deleteProtection",
    "description",
    "enabledAnalysisTypes",
    "firewallPolicyArn",
    "firewallPolicyChangeProtection",
    "subnetChangeProtection",
    "subnetMappings",
    "vpcId",
)
# In upstream's order: a protection that goes away does so before what it protects changes.
_OPERATIONS = {
    "deleteProtection": "UpdateFirewallDeleteProtection",
    "description": "UpdateFirewallDescription",
    "enabledAnalysisTypes": "UpdateFirewallAnalysisSettings",
    "firewallPolicyChangeProtection": "UpdateFirewallPolicyChangeProtection",
    "firewallPolicyArn": "AssociateFirewallPolicy",
    "subnetChangeProtection": "UpdateSubnetChangeProtection",
    "subnetMappings": "AssociateSubnets",
}
_PROTECTED = {
    "firewallPolicyArn": "firewallPolicyChangeProtection",
    "subnetMappings": "subnetChangeProtection",
}


def _only_ipv4(value: Any) -> str | None:
    return None if value == "IPV4" else "be 'IPV4': the sandbox models no firewalls with IPv6"


class Firewall(StoredResource):
    """A firewall with an endpoint in each of its subnets."""

    pulumi_name = "aws:networkfirewall/firewall:Firewall"
    noun = "NetworkFirewall Firewall"
    properties: ClassVar = {
        "deleteProtection": boolean(default=False),
        "description": string(valid=(length(0, 512),)),
        "enabledAnalysisTypes": set_of(string(valid=(one_of("TLS_SNI", "HTTP_HOST"),))),
        "firewallPolicyArn": string(required=True, valid=(arn,)),
        "firewallPolicyChangeProtection": boolean(),
        "name": string(named=True, replaces=True, valid=NAME),
        "subnetChangeProtection": boolean(),
        "subnetMappings": set_of(
            object_of(
                {
                    "ipAddressType": string(computed=True, valid=(_only_ipv4,)),
                    "subnetId": string(required=True),
                }
            )
        ),
        "vpcId": string(replaces=True),
        "arn": string(output=True),
        "availabilityZoneMappings": set_of(object_of({}), output=True),
        "firewallStatuses": list_of(object_of({}), output=True, unknown_after=("subnetMappings",)),
        "transitGatewayOwnerAccountId": string(output=True),
        "updateToken": string(output=True),
    }
    unmodelled = (
        "availabilityZoneChangeProtection",
        "availabilityZoneMappings",
        "availabilityZoneMappings.availabilityZoneId",
        "encryptionConfiguration",
        "transitGatewayId",
    )

    def faults(self, inputs: Properties) -> Iterator[Fault]:
        """Ask for a VPC and subnets, which only a firewall of a transit gateway does without."""
        for name in ("vpcId", "subnetMappings"):
            if inputs.get(name) in (None, []):
                words = f"{name} must be given: the sandbox models firewalls in a VPC only"
                yield Fault(name, words)

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Create the firewall with its endpoints."""
        vpc, subnets = inputs["vpcId"], _subnets(inputs)
        _require_policy(cloud, "CreateFirewall", inputs["firewallPolicyArn"])
        refuse_places(cloud, "CreateFirewall", vpc, subnets)
        identity = store.add(cloud, "CreateFirewall", store.FIREWALL, inputs, _KEPT)
        furnish_endpoints(cloud, identity, vpc, subnets)
        return identity

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Return the firewall and where its endpoints are."""
        del known
        record = store.find(cloud, identity)
        if record is None:
            return None
        mappings = record.properties["subnetMappings"]
        absent: Properties = {
            "description": "",
            "firewallPolicyChangeProtection": False,
            "subnetChangeProtection": False,
            "enabledAnalysisTypes": [],
        }
        return {
            **absent,
            **store.read_back(
                record,
                availabilityZoneMappings=[],
                firewallStatuses=statuses(cloud, identity),
                subnetMappings=[{"ipAddressType": "IPV4", **each} for each in mappings],
                transitGatewayOwnerAccountId="",
            ),
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Change one thing after the other, as AWS has an operation for each."""
        record = store.find(cloud, identity)
        if record is None:
            return
        token = record.token
        for name, operation in _OPERATIONS.items():
            if not change.touches(name):
                continue
            if record.token == token:
                store.refuse_outdated(operation, record, change.state)
            if record.properties.get(_PROTECTED.get(name, "")):
                words = f"Unable to change the firewall because {_PROTECTED[name]} is enabled"
                refuse(operation, "InvalidOperationException", words)
            if name == "firewallPolicyArn":
                _require_policy(cloud, operation, change.inputs[name])
            if name == "subnetMappings":
                _refuse_move(cloud, operation, record, change)
            store.change(cloud, operation, record, change.inputs, [name])
        if change.touches("subnetMappings"):
            furnish_endpoints(cloud, identity, change.inputs["vpcId"], _subnets(change.inputs))

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Delete the firewall with its endpoints, unless it is protected."""
        del state
        record = store.find(cloud, identity)
        if record is None:
            return
        if record.properties.get("deleteProtection"):
            words = "Unable to delete the firewall because deleteProtection is enabled"
            refuse("DeleteFirewall", "InvalidOperationException", words)
        store.remove(cloud, "DeleteFirewall", identity)
        furnish_endpoints(cloud, identity, record.properties["vpcId"], ())


def _subnets(properties: Properties) -> list[str]:
    mappings: Any = properties["subnetMappings"]
    return [] if mappings is UNKNOWN else [each["subnetId"] for each in mappings]


def _refuse_move(cloud: Cloud, operation: str, record: store.Record, change: Change) -> None:
    """Refuse the new subnets; AWS adds them before the old ones go, so zones must not clash."""
    old, new = _subnets(record.properties), _subnets(change.inputs)
    refuse_places(cloud, operation, change.inputs["vpcId"], new)
    refuse_places(cloud, operation, change.inputs["vpcId"], [*dict.fromkeys((*old, *new))])


def _require_policy(cloud: Cloud, operation: str, policy: str) -> None:
    if store.find(cloud, policy) is None:
        words = f"parameter is invalid, parameter: [{policy}], context: it is not a firewall policy"
        refuse(operation, "InvalidRequestException", words)
