"""The VPN gateway (upstream: vpnsite_gateway.go)."""

from typing import Any, ClassVar

from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.resource import Change, Resource
from sandbox.provider.schema import string
from sandbox.provider.tags import from_aws, specification
from sandbox.provider.values import matches
from sandbox.provider.wire import Properties


class VpnGateway(Resource):
    """A gateway to other networks over VPN or Direct Connect, attached to one VPC or to none."""

    pulumi_name = "aws:ec2/vpnGateway:VpnGateway"
    noun = "EC2 VPN Gateway"
    properties: ClassVar = {
        "amazonSideAsn": string(
            computed=True, replaces=True, valid=(matches(r"\d+", "be a number as a text"),)
        ),
        "availabilityZone": string(replaces=True),
        "vpcId": string(computed=True),
        "arn": string(output=True),
    }
    tagged = True

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Create the gateway."""
        asn = inputs.get("amazonSideAsn")
        zone = inputs.get("availabilityZone")
        answer = cloud.ec2.create_vpn_gateway(
            Type="ipsec.1",
            **({"AmazonSideAsn": int(asn)} if asn else {}),
            **({"AvailabilityZone": zone} if zone else {}),
            TagSpecifications=specification("vpn-gateway", inputs),
        )
        return answer["VpnGateway"]["VpnGatewayId"]

    def configure(self, cloud: Cloud, identity: str, inputs: Properties) -> None:
        """Attach it."""
        if inputs.get("vpcId"):
            _attach(cloud, identity, inputs["vpcId"])

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Return the gateway unless it was deleted."""
        del known
        found = cloud.find("describe_vpn_gateways", "VpnGateways", VpnGatewayIds=[identity])
        if found is None or found.get("State") == "deleted":
            return None
        return {
            "amazonSideAsn": str(found.get("AmazonSideAsn", 64512)),
            "arn": cloud.arn("ec2", f"vpn-gateway/{identity}"),
            "availabilityZone": found.get("AvailabilityZone", ""),
            "vpcId": _attached(found),
            "tags": from_aws(found.get("Tags", [])),
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Attach it to another VPC."""
        if change.touches("vpcId"):
            self._detach(cloud, identity, change.state)
            if change.inputs.get("vpcId"):
                _attach(cloud, identity, change.inputs["vpcId"])

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Detach it if need be, and delete it."""
        self._detach(cloud, identity, state)
        cloud.ec2.delete_vpn_gateway(VpnGatewayId=identity)

    def _detach(self, cloud: Cloud, identity: str, state: Properties) -> None:
        if state.get("vpcId"):
            cloud.ec2.detach_vpn_gateway(VpnGatewayId=identity, VpcId=state["vpcId"])


def _attached(gateway: dict[str, Any]) -> str:
    attachments = gateway.get("VpcAttachments", [])
    return next((each["VpcId"] for each in attachments if each["State"] == "attached"), "")


def _attach(cloud: Cloud, gateway: str, vpc: str) -> None:
    others = cloud.ec2.describe_vpn_gateways()["VpnGateways"]
    if any(_attached(each) == vpc and each["VpnGatewayId"] != gateway for each in others):
        refuse(
            "AttachVpnGateway",
            "InvalidVpcState",
            f"VPC {vpc} is already attached to a VPN gateway",
        )
    cloud.ec2.attach_vpn_gateway(VpnGatewayId=gateway, VpcId=vpc)
