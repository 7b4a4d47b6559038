"""aws:ec2/eip:Eip and aws:ec2/eipAssociation:EipAssociation.

Schema and rules: hashicorp/terraform-provider-aws, internal/service/ec2/{ec2_eip,
ec2_eip_association}.go.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

from sandbox.provider.check import Fault
from sandbox.provider.cloud import Cloud, refuse, unless_gone
from sandbox.provider.resource import Change, Resource, pick
from sandbox.provider.schema import boolean, string
from sandbox.provider.tags import from_aws, specification
from sandbox.provider.values import one_of
from sandbox.provider.wire import Properties

_ASSOCIATE = {
    "allocationId": "AllocationId",
    "instanceId": "InstanceId",
    "networkInterfaceId": "NetworkInterfaceId",
    "privateIpAddress": "PrivateIpAddress",
    "publicIp": "PublicIp",
}
_CLASSIC = "with the retirement of EC2-Classic standard domain EC2 EIPs are no longer supported"
_ATTACHED_TO = ("associateWithPrivateIp", "instance", "networkInterface")


class Eip(Resource):
    """A public address of the account's own."""

    pulumi_name = "aws:ec2/eip:Eip"
    noun = "EC2 EIP"
    properties: ClassVar = {
        "address": string(replaces=True),
        "allocationId": string(output=True),
        "arn": string(output=True),
        "associateWithPrivateIp": string(),
        "associationId": string(output=True),
        "carrierIp": string(output=True),
        "customerOwnedIp": string(output=True),
        "domain": string(computed=True, replaces=True, valid=(one_of("vpc", "standard"),)),
        "instance": string(computed=True),
        "ipamPoolId": string(output=True),
        "networkBorderGroup": string(output=True),
        "networkInterface": string(computed=True),
        "privateDns": string(output=True),
        "privateIp": string(output=True),
        "ptrRecord": string(output=True),
        "publicDns": string(output=True),
        "publicIp": string(output=True),
        "publicIpv4Pool": string(output=True),
    }
    unmodelled = ("customerOwnedIpv4Pool", "ipamPoolId", "networkBorderGroup", "publicIpv4Pool")
    tagged = True

    def faults(self, inputs: Properties) -> Iterable[Fault]:
        """There is no EC2-Classic to take an address of the domain `standard`."""
        if inputs.get("domain") == "standard":
            yield Fault("domain", _CLASSIC)

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Take an address."""
        answer = cloud.ec2.allocate_address(
            Domain="vpc",
            TagSpecifications=specification("elastic-ip", inputs),
            **pick(inputs, {"address": "Address"}),
        )
        return answer["AllocationId"]

    def configure(self, cloud: Cloud, identity: str, inputs: Properties) -> None:
        """Give the address to an instance or interface when one is named."""
        if inputs.get("instance") or inputs.get("networkInterface"):
            associate(cloud, _association_of(identity, inputs))

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Read the address and to what it belongs."""
        del known
        live = cloud.find("describe_addresses", "Addresses", AllocationIds=[identity])
        return live and {
            **_whereabouts(cloud, live),
            "allocationId": identity,
            "arn": cloud.arn("ec2", f"elastic-ip/{identity}"),
            "carrierIp": "",
            "customerOwnedIp": "",
            "domain": live["Domain"],
            "ipamPoolId": "",
            "networkBorderGroup": live.get("NetworkBorderGroup") or cloud.region,
            "ptrRecord": "",
            "publicDns": public_name(cloud, live["PublicIp"]),
            "publicIp": live["PublicIp"],
            "publicIpv4Pool": live.get("PublicIpv4Pool") or "amazon",
            "tags": from_aws(live.get("Tags", [])),
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Take the address away from where it is, and give it where it is wanted."""
        if not change.touches(*_ATTACHED_TO):
            return
        _disassociate(cloud, change.state.get("associationId", ""))
        if change.inputs.get("instance") or change.inputs.get("networkInterface"):
            associate(cloud, _association_of(identity, change.inputs))

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Give the address back; moto would take it from a NAT gateway that uses it."""
        _disassociate(cloud, state.get("associationId", ""))
        live = cloud.find("describe_addresses", "Addresses", AllocationIds=[identity])
        if live and live.get("AssociationId"):
            address = live["PublicIp"]
            words = f"Address {address} is in use."
            refuse("ReleaseAddress", "InvalidIPAddress.InUse", words)
        cloud.ec2.release_address(AllocationId=identity)

    def adopt(self, cloud: Cloud, import_id: str) -> tuple[str, Properties]:
        """Take allocation ids only, as upstream since EC2-Classic is gone."""
        del cloud
        if not import_id.startswith("eipalloc-"):
            raise ValueError(f"{_CLASSIC}; give the allocation id (eipalloc-...)")
        return import_id, {}


class EipAssociation(Resource):
    """The use of an address by an instance or interface."""

    pulumi_name = "aws:ec2/eipAssociation:EipAssociation"
    noun = "EC2 EIP Association"
    properties: ClassVar = {
        "allocationId": string(computed=True, replaces=True),
        "allowReassociation": boolean(replaces=True),
        "instanceId": string(computed=True, replaces=True),
        "networkInterfaceId": string(computed=True, replaces=True),
        "privateIpAddress": string(computed=True, replaces=True),
        "publicIp": string(computed=True, replaces=True),
    }

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Give the address to an instance or interface."""
        return associate(cloud, pick(inputs, _ASSOCIATE))

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Read the address that the association is about."""
        del known
        live = _by_association(cloud, identity)
        return live and {
            "allocationId": live["AllocationId"],
            "instanceId": live.get("InstanceId", ""),
            "networkInterfaceId": live.get("NetworkInterfaceId", ""),
            "privateIpAddress": live.get("PrivateIpAddress", ""),
            "publicIp": live["PublicIp"],
        }

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Take the address away again."""
        del state
        _disassociate(cloud, identity)


def associate(cloud: Cloud, arguments: dict[str, Any]) -> str:
    """Associate an address, and return the association's id.

    AWS needs an internet gateway for that; moto does not ask.
    """
    target = _target_interface(cloud, arguments)
    require_internet_gateway(cloud, target["VpcId"], "AssociateAddress")
    wanted = arguments.get("PrivateIpAddress")
    if wanted and wanted != target["PrivateIpAddress"]:
        words = "The sandbox gives a public address to an interface's primary private address only."
        refuse("AssociateAddress", "UnsupportedOperation", words)
    # AWS moves an address that is in use elsewhere; moto needs to be told.
    answer = cloud.ec2.associate_address(**{**arguments, "AllowReassociation": True})
    return answer["AssociationId"]


def require_internet_gateway(cloud: Cloud, vpc: str, operation: str) -> None:
    """Refuse in a VPC without an internet gateway."""
    listing = ("describe_internet_gateways", "InternetGateways")
    if not cloud.list_all(*listing, attachment__vpc_id=vpc):
        words = f"Network {vpc} is not attached to any internet gateway"
        refuse(operation, "Gateway.NotAttached", words)


def public_name(cloud: Cloud, address: str) -> str:
    """Compose the DNS name that EC2 gives a public address."""
    zone = "compute-1" if cloud.region == "us-east-1" else f"{cloud.region}.compute"
    return f"ec2-{address.replace('.', '-')}.{zone}.amazonaws.com"


def private_name(cloud: Cloud, address: str) -> str:
    """Compose the DNS name that EC2 gives a private address."""
    zone = "ec2" if cloud.region == "us-east-1" else f"{cloud.region}.compute"
    return f"ip-{address.replace('.', '-')}.{zone}.internal"


def _association_of(identity: str, inputs: Properties) -> dict[str, Any]:
    names = {
        "instance": "InstanceId",
        "networkInterface": "NetworkInterfaceId",
        "associateWithPrivateIp": "PrivateIpAddress",
    }
    return {"AllocationId": identity, **pick(inputs, names)}


def _target_interface(cloud: Cloud, arguments: dict[str, Any]) -> dict[str, Any]:
    interface = arguments.get("NetworkInterfaceId")
    if interface:
        found = cloud.ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])
        return found["NetworkInterfaces"][0]
    instance = arguments.get("InstanceId")
    if not instance:
        words = "Either 'instanceId' or 'networkInterfaceId' must be provided"
        refuse("AssociateAddress", "MissingParameter", words)
    found = cloud.ec2.describe_instances(InstanceIds=[instance])
    return found["Reservations"][0]["Instances"][0]["NetworkInterfaces"][0]


def _by_association(cloud: Cloud, identity: str) -> dict[str, Any] | None:
    addresses = cloud.ec2.describe_addresses()["Addresses"]
    return next((each for each in addresses if each.get("AssociationId") == identity), None)


def _disassociate(cloud: Cloud, association: str) -> None:
    """Free an address; AWS keeps that of a NAT gateway from anybody but the gateway."""
    live = _by_association(cloud, association) if association else None
    if live is None:
        return
    if _is_of_a_nat_gateway(cloud, live.get("NetworkInterfaceId", "")):
        words = "You do not have permission to access the specified resource."
        refuse("DisassociateAddress", "AuthFailure", words)
    unless_gone(lambda: cloud.ec2.disassociate_address(AssociationId=association))


def _is_of_a_nat_gateway(cloud: Cloud, interface: str) -> bool:
    gateways = cloud.list_all("describe_nat_gateways", "NatGateways", state="available")
    return interface in {
        each["NetworkInterfaceId"]
        for gateway in gateways
        for each in gateway["NatGatewayAddresses"]
    }


def _whereabouts(cloud: Cloud, live: dict[str, Any]) -> Properties:
    private = live.get("PrivateIpAddress", "")
    return {
        "associationId": live.get("AssociationId", ""),
        "instance": live.get("InstanceId", ""),
        "networkInterface": live.get("NetworkInterfaceId", ""),
        "privateDns": private_name(cloud, private) if private else "",
        "privateIp": private,
    }
