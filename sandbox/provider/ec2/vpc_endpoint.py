"""The VPC endpoint, of the types Interface and Gateway.

Upstream: internal/service/ec2/vpc_endpoint.go of hashicorp/terraform-provider-aws.
"""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from sandbox.provider.check import Fault
from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.ec2.security_group_default import default_group
from sandbox.provider.ec2.vpc_endpoint_interfaces import (
    endpoint_interfaces,
    furnish,
    private_address,
)
from sandbox.provider.ec2.vpc_endpoint_live import (
    GATEWAY,
    INTERFACE,
    Reach,
    delete_endpoint,
    dns_entries,
    find_endpoint,
    modify_reach,
    prefix_list_of,
    ranges_of,
    require_endpoint,
    set_policy,
)
from sandbox.provider.ec2.vpc_endpoint_refusals import refuse_creation
from sandbox.provider.iam.documents import normalised, settled
from sandbox.provider.resource import Change, Resource, pick
from sandbox.provider.schema import boolean, list_of, object_of, set_of, string
from sandbox.provider.tags import from_aws, specification
from sandbox.provider.values import canonical_policy, json_document, lower_case, one_of
from sandbox.provider.wire import UNKNOWN, Properties

_TYPES = (INTERFACE, GATEWAY, "GatewayLoadBalancer", "Resource", "ServiceNetwork")
_IP_TYPES = ("ipv4", "dualstack", "ipv6")
_S3 = re.compile(r"com\.amazonaws\.[a-z]{2}(-[a-z]+)+-\d\.s3")
_SETS = {"subnetIds": "SubnetIds", "routeTableIds": "RouteTableIds"}


class VpcEndpoint(Resource):
    """A way to an AWS service that does not leave the network."""

    pulumi_name = "aws:ec2/vpcEndpoint:VpcEndpoint"
    noun = "EC2 VPC Endpoint"
    properties: ClassVar = {
        "arn": string(output=True),
        "autoAccept": boolean(),
        "cidrBlocks": list_of(string(), output=True),
        "dnsEntries": list_of(
            object_of({"dnsName": string(output=True), "hostedZoneId": string(output=True)}),
            output=True,
        ),
        "dnsOptions": object_of(
            {
                "dnsRecordIpType": string(
                    computed=True, valid=(one_of("ipv4", "dualstack", "ipv6", "service-defined"),)
                ),
                "privateDnsOnlyForInboundResolverEndpoint": boolean(),
            },
            computed=True,
        ),
        "ipAddressType": string(computed=True, normal=lower_case, valid=(one_of(*_IP_TYPES),)),
        "networkInterfaceIds": set_of(
            string(), output=True, unknown_after=("subnetConfigurations", "subnetIds")
        ),
        "ownerId": string(output=True),
        "policy": string(computed=True, normal=canonical_policy, valid=(json_document,)),
        "prefixListId": string(output=True),
        "privateDnsEnabled": boolean(computed=True),
        "requesterManaged": boolean(output=True),
        "routeTableIds": set_of(string(), computed=True),
        "securityGroupIds": set_of(string(), computed=True),
        "serviceName": string(replaces=True),
        "serviceRegion": string(computed=True, replaces=True),
        "state": string(output=True),
        "subnetConfigurations": set_of(
            object_of({"ipv4": string(), "subnetId": string()}),
            computed=True,
            unknown_after=("subnetIds",),
        ),
        "subnetIds": set_of(string(), computed=True, unknown_after=("subnetConfigurations",)),
        "vpcEndpointType": string(replaces=True, default=GATEWAY, valid=(one_of(*_TYPES),)),
        "vpcId": string(required=True, replaces=True),
    }
    unmodelled = (
        "dnsOptions.privateDnsPreference", "dnsOptions.privateDnsSpecifiedDomains",
        "resourceConfigurationArn", "serviceNetworkArn", "subnetConfigurations.ipv6",
    )  # fmt: skip
    tagged = True

    def faults(self, inputs: Properties) -> Iterator[Fault]:
        """Name what the sandbox does not model."""
        kind = inputs["vpcEndpointType"]
        if kind not in (INTERFACE, GATEWAY, UNKNOWN):
            words = (
                f"the sandbox models VPC endpoints of the types Interface and Gateway, not {kind}"
            )
            yield Fault("vpcEndpointType", words)
        elif inputs.get("serviceName") is None:
            words = f"serviceName must be given for an endpoint of the type {kind}"
            yield Fault("serviceName", words)
        if inputs.get("ipAddressType") not in (None, "ipv4", UNKNOWN):
            words = "the sandbox models endpoints with IPv4 addresses only: ipAddressType ipv4"
            yield Fault("ipAddressType", words)
        region = inputs.get("serviceRegion")
        if UNKNOWN not in (region, inputs["region"]) and region not in (None, inputs["region"]):
            words = "the sandbox models no services of other regions: leave serviceRegion out"
            yield Fault("serviceRegion", words)

    def forces_replacement(self, name: str, state: Properties, inputs: Properties) -> bool:
        """Replace an endpoint that gets private DNS, unless it is an interface endpoint."""
        del state
        return name == "privateDnsEnabled" and inputs["vpcEndpointType"] != INTERFACE

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Create the endpoint; without groups it gets the default one of its VPC."""
        kind, vpc = inputs["vpcEndpointType"], inputs["vpcId"]
        groups: list[str] = inputs.get("securityGroupIds") or []
        prefix_list = prefix_list_of(cloud, inputs["serviceName"])
        refuse_creation(cloud, inputs, groups, prefix_list)
        if kind == INTERFACE and not groups:
            groups = [default_group(cloud, vpc) or ""]
        answer = cloud.ec2.create_vpc_endpoint(
            VpcEndpointType=kind,
            VpcId=vpc,
            PrivateDnsEnabled=bool(inputs.get("privateDnsEnabled")),
            SecurityGroupIds=groups,
            TagSpecifications=specification("vpc-endpoint", inputs),
            **pick(inputs, {"serviceName": "ServiceName", **_SETS}),
            **({"PolicyDocument": normalised(inputs["policy"])} if inputs.get("policy") else {}),
        )
        return answer["VpcEndpoint"]["VpcEndpointId"]

    def configure(self, cloud: Cloud, identity: str, inputs: Properties) -> None:
        """Make the endpoint's interfaces what AWS makes of them."""
        if inputs["vpcEndpointType"] == INTERFACE:
            endpoint = require_endpoint(cloud, "CreateVpcEndpoint", identity)
            furnish(cloud, "CreateVpcEndpoint", endpoint, _fixed(inputs))

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Describe the endpoint; moto does not keep its DNS options and address type."""
        endpoint = find_endpoint(cloud, identity)
        if endpoint is None:
            return None
        name = endpoint["ServiceName"]
        prefix_list = prefix_list_of(cloud, name)
        return {
            "arn": cloud.arn("ec2", f"vpc-endpoint/{identity}", endpoint["OwnerId"]),
            "cidrBlocks": ranges_of(cloud, prefix_list) if prefix_list else [],
            "dnsEntries": dns_entries(cloud, endpoint),
            "dnsOptions": _dns_options(endpoint, known),
            "ipAddressType": known.get("ipAddressType") or "ipv4",
            "ownerId": endpoint["OwnerId"],
            "policy": settled(known.get("policy", ""), endpoint["PolicyDocument"]),
            "prefixListId": prefix_list,
            "privateDnsEnabled": endpoint["PrivateDnsEnabled"],
            "requesterManaged": False,
            "routeTableIds": endpoint["RouteTableIds"],
            "securityGroupIds": [group["GroupId"] for group in endpoint["Groups"]],
            "serviceName": name,
            "serviceRegion": cloud.region,
            "state": endpoint["State"],
            "subnetIds": endpoint["SubnetIds"],
            "vpcEndpointType": endpoint["VpcEndpointType"],
            "vpcId": endpoint["VpcId"],
            "tags": from_aws(endpoint.get("Tags", [])),
            **_interfaces(cloud, endpoint),
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Change what can be changed in place; moto cannot turn private DNS on or off."""
        if change.touches("privateDnsEnabled"):
            words = (
                "the sandbox cannot turn private DNS of an endpoint on or off, as AWS can; replace "
                "the endpoint with `pulumi up --replace URN`"
            )
            refuse("ModifyVpcEndpoint", "UnsupportedOperation", words)
        if change.touches("policy"):
            document = change.inputs.get("policy")
            set_policy(cloud, identity, normalised(document) if document else "")
        if change.touches("subnetIds", "securityGroupIds", "routeTableIds", "subnetConfigurations"):
            _refuse_lost_subnets(change)
            added, removed = _moves(change)
            modify_reach(cloud, identity, added, removed, _fixed(change.inputs))

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Delete the endpoint with its interfaces and routes."""
        del state
        endpoint = find_endpoint(cloud, identity)
        if endpoint:
            delete_endpoint(cloud, endpoint)


def _fixed(inputs: Properties) -> dict[str, str]:
    configurations = inputs.get("subnetConfigurations") or ()
    return {each["subnetId"]: each["ipv4"] for each in configurations if each.get("ipv4")}


def _dns_options(endpoint: dict[str, Any], known: Properties) -> Properties:
    ordinary = "ipv4" if endpoint["VpcEndpointType"] == INTERFACE else "service-defined"
    inbound = _S3.fullmatch(endpoint["ServiceName"]) and endpoint["VpcEndpointType"] == INTERFACE
    options: Properties = {"dnsRecordIpType": ordinary}
    if inbound:
        options["privateDnsOnlyForInboundResolverEndpoint"] = False
    return {**options, **(known.get("dnsOptions") or {})}


def _interfaces(cloud: Cloud, endpoint: dict[str, Any]) -> Properties:
    found = endpoint_interfaces(cloud, endpoint)
    return {
        "networkInterfaceIds": [each["NetworkInterfaceId"] for each in found],
        "subnetConfigurations": [
            {"ipv4": private_address(each), "subnetId": each["SubnetId"]} for each in found
        ],
    }


def _moves(change: Change) -> tuple[Reach, Reach]:
    """Tell what an update adds and removes, from the state to the inputs."""
    come: list[list[str]] = []
    gone: list[list[str]] = []
    for name in ("subnetIds", "securityGroupIds", "routeTableIds"):
        moves = change.touches(name)
        old: list[str] = change.state.get(name) or []
        new: list[str] = change.inputs.get(name) or []
        come.append([each for each in new if moves and each not in old])
        gone.append([each for each in old if moves and each not in new])
    return Reach.of(*come), Reach.of(*gone)


def _refuse_lost_subnets(change: Change) -> None:
    """Refuse an address in a subnet that the endpoint is not in."""
    subnets = change.inputs.get("subnetIds") or change.state.get("subnetIds") or ()
    for subnet in _fixed(change.inputs):
        if subnet not in subnets:
            words = f"The subnet '{subnet}' of a subnet configuration is not the endpoint's"
            refuse("ModifyVpcEndpoint", "InvalidParameter", words)
