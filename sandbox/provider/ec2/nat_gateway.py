"""aws:ec2/natGateway:NatGateway, in one zone; the regional kind is not modelled.

Schema and rules: hashicorp/terraform-provider-aws, internal/service/ec2/vpc_nat_gateway.go.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

from sandbox.provider.check import Fault
from sandbox.provider.cloud import Cloud, refuse, unless_gone
from sandbox.provider.injected_faults import exempt
from sandbox.provider.resource import Resource, pick
from sandbox.provider.schema import list_of, number, object_of, set_of, string
from sandbox.provider.tags import from_aws, specification
from sandbox.provider.values import one_of
from sandbox.provider.wire import Properties

_NOT_REGIONAL = 'availabilityMode must be "zonal": the sandbox models no regional gateways'


class NatGateway(Resource):
    """A gateway through which private addresses reach out, to the internet or to other networks."""

    pulumi_name = "aws:ec2/natGateway:NatGateway"
    noun = "EC2 NAT Gateway"
    properties: ClassVar = {
        "allocationId": string(replaces=True),
        "associationId": string(output=True),
        "autoProvisionZones": string(output=True),
        "autoScalingIps": string(output=True),
        "availabilityMode": string(
            computed=True, replaces=True, valid=(one_of("zonal", "regional"),)
        ),
        "connectivityType": string(
            default="public", replaces=True, valid=(one_of("public", "private"),)
        ),
        "networkInterfaceId": string(output=True),
        "privateIp": string(output=True),
        "publicIp": string(output=True),
        "regionalNatGatewayAddresses": list_of(object_of({}), output=True),
        "regionalNatGatewayAutoMode": string(output=True),
        "routeTableId": string(output=True),
        "secondaryAllocationIds": set_of(string(), output=True),
        "secondaryPrivateIpAddressCount": number(output=True),
        "secondaryPrivateIpAddresses": set_of(string(), output=True),
        "subnetId": string(replaces=True),
        "vpcId": string(computed=True, replaces=True),
    }
    unmodelled = (
        "availabilityZoneAddresses",
        "privateIp",
        "secondaryAllocationIds",
        "secondaryPrivateIpAddressCount",
        "secondaryPrivateIpAddresses",
    )
    tagged = True

    def faults(self, inputs: Properties) -> Iterable[Fault]:
        """Hold the address against the kind, as upstream does in a plan."""
        if inputs.get("availabilityMode") == "regional":
            yield Fault("availabilityMode", _NOT_REGIONAL)
            return
        if inputs.get("subnetId") is None:
            yield Fault("subnetId", 'subnetId is required when availabilityMode is "zonal"')
        kind = inputs["connectivityType"]
        if kind == "private" and inputs.get("allocationId"):
            words = f'allocationId is not supported with connectivityType = "{kind}"'
            yield Fault("allocationId", words)
        if inputs.get("vpcId") is not None:
            words = 'vpcId is not supported with availabilityMode = "zonal"'
            yield Fault("vpcId", words)

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Create the gateway; where AWS would let it fail a little later, refuse."""
        kind = inputs["connectivityType"]
        if kind == "public":
            _check_public(cloud, inputs)
        answer = cloud.ec2.create_nat_gateway(
            SubnetId=inputs["subnetId"],
            ConnectivityType=kind,
            TagSpecifications=specification("natgateway", inputs),
            **pick(inputs, {"allocationId": "AllocationId"}),
        )
        return answer["NatGateway"]["NatGatewayId"]

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Read the gateway; a deleted one stays listed for a while."""
        del known
        live = cloud.find("describe_nat_gateways", "NatGateways", NatGatewayIds=[identity])
        if live is None or live["State"] == "deleted":
            return None
        address = live["NatGatewayAddresses"][0]
        return {
            "allocationId": address.get("AllocationId"),
            "associationId": address.get("AssociationId", ""),
            "autoProvisionZones": "",
            "autoScalingIps": "",
            "availabilityMode": "zonal",
            "connectivityType": live["ConnectivityType"],
            "networkInterfaceId": address["NetworkInterfaceId"],
            "privateIp": address["PrivateIp"],
            "publicIp": address.get("PublicIp", ""),
            "regionalNatGatewayAddresses": [],
            "regionalNatGatewayAutoMode": "",
            "routeTableId": "",
            "secondaryAllocationIds": [],
            "secondaryPrivateIpAddressCount": 0,
            "secondaryPrivateIpAddresses": [],
            "subnetId": live["SubnetId"],
            "vpcId": live["VpcId"],
            "tags": from_aws(live.get("Tags", [])),
        }

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Delete the gateway, and with it its interface, which moto leaves behind."""
        del state
        live = cloud.find("describe_nat_gateways", "NatGateways", NatGatewayIds=[identity])
        if live is None or live["State"] == "deleted":
            return
        cloud.ec2.delete_nat_gateway(NatGatewayId=identity)
        _delete_interfaces(cloud, live)


@exempt()
def _delete_interfaces(cloud: Cloud, gateway: dict[str, Any]) -> None:
    for address in gateway["NatGatewayAddresses"]:
        association = address.get("AssociationId")
        if association:
            cloud.ec2.disassociate_address(AssociationId=association)
        interface = address["NetworkInterfaceId"]
        unless_gone(
            lambda interface=interface: cloud.ec2.delete_network_interface(
                NetworkInterfaceId=interface
            )
        )


def _check_public(cloud: Cloud, inputs: Properties) -> None:
    allocation = inputs.get("allocationId")
    if not allocation:
        words = (
            "The request must include the AllocationId parameter. "
            "Add the required parameter and retry the request."
        )
        refuse("CreateNatGateway", "MissingParameter", words)
    address = cloud.ec2.describe_addresses(AllocationIds=[allocation])["Addresses"][0]
    if address.get("AssociationId"):
        words = f"Elastic IP address [{allocation}] is already associated"
        refuse("CreateNatGateway", "Resource.AlreadyAssociated", words)
    subnet = cloud.ec2.describe_subnets(SubnetIds=[inputs["subnetId"]])["Subnets"][0]
    listing = ("describe_internet_gateways", "InternetGateways")
    if not cloud.list_all(*listing, attachment__vpc_id=subnet["VpcId"]):
        words = f"Network {subnet['VpcId']} has no Internet gateway attached"
        refuse("CreateNatGateway", "Gateway.NotAttached", words)
