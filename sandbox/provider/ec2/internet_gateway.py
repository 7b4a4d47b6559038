"""Gateways to the internet.

Upstream: vpc_internet_gateway.go, vpc_internet_gateway_attachment.go,
vpc_egress_only_internet_gateway.go.
"""

from typing import Any, ClassVar

from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.resource import Change, Resource
from sandbox.provider.schema import string
from sandbox.provider.tags import from_aws, specification
from sandbox.provider.wire import Properties


class InternetGateway(Resource):
    """A gateway, attached to the VPC that is given or to none."""

    pulumi_name = "aws:ec2/internetGateway:InternetGateway"
    noun = "EC2 Internet Gateway"
    properties: ClassVar = {
        "vpcId": string(computed=True),
        "arn": string(output=True),
        "ownerId": string(output=True),
    }
    tagged = True

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Create the gateway."""
        answer = cloud.ec2.create_internet_gateway(
            TagSpecifications=specification("internet-gateway", inputs)
        )
        return answer["InternetGateway"]["InternetGatewayId"]

    def configure(self, cloud: Cloud, identity: str, inputs: Properties) -> None:
        """Attach it."""
        if inputs.get("vpcId"):
            _attach(cloud, identity, inputs["vpcId"])

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Return the gateway."""
        del known
        gateway = _find(cloud, identity)
        if gateway is None:
            return None
        owner = gateway.get("OwnerId", cloud.account)
        return {
            "arn": cloud.arn("ec2", f"internet-gateway/{identity}", owner),
            "ownerId": owner,
            "vpcId": next((each["VpcId"] for each in gateway["Attachments"]), ""),
            "tags": from_aws(gateway.get("Tags", [])),
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Attach it to another VPC."""
        if change.touches("vpcId"):
            if change.state.get("vpcId"):
                _detach(cloud, identity, change.state["vpcId"])
            if change.inputs.get("vpcId"):
                _attach(cloud, identity, change.inputs["vpcId"])

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Detach it if need be, and delete it."""
        if state.get("vpcId"):
            _detach(cloud, identity, state["vpcId"])
        cloud.ec2.delete_internet_gateway(InternetGatewayId=identity)


class InternetGatewayAttachment(Resource):
    """The attachment of a gateway that was created without a VPC; its id is `igw-1:vpc-1`."""

    pulumi_name = "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment"
    noun = "EC2 Internet Gateway Attachment"
    properties: ClassVar = {
        "internetGatewayId": string(required=True, replaces=True),
        "vpcId": string(required=True, replaces=True),
    }

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Attach the gateway."""
        _attach(cloud, inputs["internetGatewayId"], inputs["vpcId"])
        return f"{inputs['internetGatewayId']}:{inputs['vpcId']}"

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Return the attachment."""
        del known
        gateway, _, vpc = identity.partition(":")
        found = _find(cloud, gateway) or {"Attachments": []}
        if not any(each["VpcId"] == vpc for each in found["Attachments"]):
            return None
        return {"internetGatewayId": gateway, "vpcId": vpc}

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Detach the gateway."""
        del identity
        _detach(cloud, state["internetGatewayId"], state["vpcId"])

    def adopt(self, cloud: Cloud, import_id: str) -> tuple[str, Properties]:
        """Take `igw-1:vpc-1`."""
        del cloud
        gateway, _, vpc = import_id.partition(":")
        if not gateway or not vpc or ":" in vpc:
            raise ValueError("the import id must be INTERNET-GATEWAY-ID:VPC-ID")
        return import_id, {}


class EgressOnlyInternetGateway(Resource):
    """A way out for IPv6 only."""

    pulumi_name = "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway"
    noun = "EC2 Egress-only Internet Gateway"
    properties: ClassVar = {"vpcId": string(required=True, replaces=True)}
    tagged = True

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Create the gateway in its VPC."""
        answer = cloud.ec2.create_egress_only_internet_gateway(
            VpcId=inputs["vpcId"],
            TagSpecifications=specification("egress-only-internet-gateway", inputs),
        )
        return answer["EgressOnlyInternetGateway"]["EgressOnlyInternetGatewayId"]

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Return the gateway."""
        del known
        gateway = cloud.find(
            "describe_egress_only_internet_gateways",
            "EgressOnlyInternetGateways",
            EgressOnlyInternetGatewayIds=[identity],
        )
        if gateway is None:
            return None
        vpc = next((each["VpcId"] for each in gateway["Attachments"]), "")
        return {"vpcId": vpc, "tags": from_aws(gateway.get("Tags", []))}

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Delete the gateway."""
        del state
        cloud.ec2.delete_egress_only_internet_gateway(EgressOnlyInternetGatewayId=identity)


def _find(cloud: Cloud, gateway: str) -> dict[str, Any] | None:
    return cloud.find(
        "describe_internet_gateways", "InternetGateways", InternetGatewayIds=[gateway]
    )


def _attach(cloud: Cloud, gateway: str, vpc: str) -> None:
    """Attach a gateway to a VPC that has none yet."""
    others = cloud.list_all(
        "describe_internet_gateways", "InternetGateways", attachment__vpc_id=vpc
    )
    if any(each["InternetGatewayId"] != gateway for each in others):
        refuse(
            "AttachInternetGateway",
            "InvalidParameterValue",
            f"Network {vpc} already has an internet gateway attached",
        )
    cloud.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)


def _detach(cloud: Cloud, gateway: str, vpc: str) -> None:
    """Detach a gateway through which no public address is reached any more."""
    interfaces = cloud.list_all("describe_network_interfaces", "NetworkInterfaces", vpc_id=vpc)
    if any(each.get("Association", {}).get("PublicIp") for each in interfaces):
        refuse(
            "DetachInternetGateway",
            "DependencyViolation",
            f"Network {vpc} has some mapped public address(es). Please unmap those public "
            "address(es) before detaching the gateway.",
        )
    found = _find(cloud, gateway)
    if found and any(each["VpcId"] == vpc for each in found["Attachments"]):
        cloud.ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
