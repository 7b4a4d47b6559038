"""Answers to the program's look-ups: an account that offers what the dev environment names."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import preflight
from preflight import Preflight
from settings import read_settings
from tests.support.recorder import Answer, Recorder

IMAGE = "ami-0123456789"
OLD_IMAGE = "ami-0abcdef0123456789"
WINDOWS_IMAGE = {"platform": "windows", "state": "available", "architecture": "x86_64"}
VIP = "20.0.0.100"
ZONES = [f"{region}{letter}" for region in ("us-east-1", "eu-west-1") for letter in "abc"]
TABLES = ("rtb-main", "rtb-public", "rtb-a", "rtb-b")
STACK_TAGS = {"hacluster:project": "ha-cluster", "hacluster:stack": "test"}


def account(**other: Answer) -> dict[str, Answer]:
    """Return the answers of an account without a cluster; `other` by a function's short name."""
    answers: dict[str, Answer] = {
        "ssm.getParameter": {"name": "x", "insecureValue": IMAGE},
        "ec2.getNetworkInterfaces": {"ids": []},
        "ec2.getSubnets": {"ids": []},
        "ec2.getAmi": {"platform": "", "state": "available", "architecture": "x86_64"},
        "ec2.getInstanceType": {"supportedArchitectures": ["x86_64"], "hypervisor": "nitro"},
        "ec2.getInstanceTypeOfferings": {"locations": ZONES},
        "ec2transitgateway.getAttachment": lambda args: {
            "transitGatewayId": "tgw-1",
            "resourceId": "vpc-1",
            "state": "available",
            "id": args["transitGatewayAttachmentId"],
        },
        "ec2.getVpcEndpointService": {"availabilityZones": ZONES},
    }
    return {_token(name): answer for name, answer in (answers | other).items()}


def account_with_cluster(
    targets: Mapping[str, str] | None = None,
    instances: Mapping[str, Mapping[str, Any]] | None = None,
    destination: str = f"{VIP}/32",
    ending: Sequence[str] = (),
    **other: Answer,
) -> dict[str, Answer]:
    """Return the answers of an account in which the dev environment's cluster is up.

    `targets` is the virtual IP's target by table (default: node a's interface in all),
    `instances` what differs of a node's instance, by letter, and `ending` the interfaces that AWS
    deletes with their instances.
    """
    led = dict.fromkeys(TABLES, "eni-a") if targets is None else targets
    changes = instances or {}

    def interface(args: Mapping[str, Any]) -> Mapping[str, Any]:
        letter = args["id"][-1]
        return {
            "id": args["id"],
            "vpcId": "vpc-1",
            "subnetId": f"subnet-{letter}",
            "privateIp": {"a": "10.0.110.10", "b": "10.0.120.10"}[letter],
            "availabilityZone": f"us-east-1{letter}",
            "attachments": [{"instanceId": f"i-{letter}", "attachmentId": f"attach-{letter}"}],
            "tags": {"hacluster:node": f"node-{letter}"},
        }

    def instance(args: Mapping[str, Any]) -> Mapping[str, Any]:
        found: dict[str, Any] = {
            "ami": IMAGE,
            "instanceType": "m6i.large",
            "instanceState": "running",
            "userDataBase64": base64.b64encode(b"#!/bin/bash").decode(),
            "ebsBlockDevices": [],
        }
        found["sourceDestCheck"] = False
        return found | dict(changes.get(args["instanceId"][-1], {}))

    def table(args: Mapping[str, Any]) -> Mapping[str, Any]:
        local = {"cidrBlock": "10.0.0.0/16", "gatewayId": "local", "networkInterfaceId": ""}
        target = led.get(args["routeTableId"])
        vip = {"cidrBlock": destination, "networkInterfaceId": target}
        return {"routes": [local, vip] if target else [local]}

    cluster: dict[str, Answer] = {
        "ec2.getNetworkInterfaces": lambda args: {
            "ids": [*ending] if args.get("filters") else ["eni-a", "eni-b"]
        },
        "ec2.getNetworkInterface": interface,
        "ec2.getSubnet": lambda args: {
            "cidrBlock": {"a": "10.0.110.0/24", "b": "10.0.120.0/24"}[args["id"][-1]]
        },
        "ec2.getVpc": {"cidrBlock": "10.0.0.0/16", "tags": STACK_TAGS},
        "ec2.getRouteTables": {"ids": list(TABLES)},
        "ec2.getRouteTable": table,
        "ec2.getInstance": instance,
    }
    return account(**(cluster | other))


def hand_built_network() -> dict[str, Answer]:
    """Return the answers of an account with the article's network, made by hand."""
    bound = {"rtb-0000000a": "subnet-2222aaaa", "rtb-0000000b": "subnet-2222bbbb"}
    zones = {"subnet-2222aaaa": ("a", "10.0.110.0/24"), "subnet-2222bbbb": ("b", "10.0.120.0/24")}

    def table(args: Mapping[str, Any]) -> Mapping[str, Any]:
        subnet = bound.get(args["routeTableId"])
        association = {"main": subnet is None, "subnetId": subnet or ""}
        route = dict.fromkeys(_ROUTE_TARGETS, "")
        local = {**route, "cidrBlock": "10.0.0.0/16", "ipv6CidrBlock": "", "gatewayId": "local"}
        return {"associations": [association], "routes": [local], "tags": {}}

    def subnet(args: Mapping[str, Any]) -> Mapping[str, Any]:
        letter, cidr_block = zones[args["id"]]
        zone = f"us-east-1{letter}"
        return {
            "vpcId": "vpc-1234abcd",
            "cidrBlock": cidr_block,
            "availabilityZone": zone,
            "tags": {},
        }

    vpc: Mapping[str, Any] = {
        "id": "vpc-1234abcd",
        "arn": "arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1234abcd",
        "cidrBlock": "10.0.0.0/16",
        "cidrBlockAssociations": [
            {"cidrBlock": "10.9.0.0/16", "state": "associated", "associationId": "1"},
            {"cidrBlock": "10.0.0.0/16", "state": "associated", "associationId": "2"},
            {"cidrBlock": "10.8.0.0/16", "state": "disassociated", "associationId": "3"},
        ],
        "enableDnsSupport": True,
        "enableDnsHostnames": True,
        "tags": {},
    }
    network: dict[str, Answer] = {
        "ec2.getVpc": vpc,
        "ec2.getSubnet": subnet,
        "ec2.getSubnets": {"ids": list(zones)},
        "ec2.getRouteTables": {"ids": ["rtb-00000001", *bound]},
        "ec2.getRouteTable": table,
        "ec2.getVpcEndpoint": failing("no matching EC2 VPC Endpoint found"),
    }
    return account(**network)


_ROUTE_TARGETS = (
    "carrierGatewayId",
    "coreNetworkArn",
    "egressOnlyGatewayId",
    "localGatewayId",
    "natGatewayId",
    "networkInterfaceId",
    "transitGatewayId",
    "vpcPeeringConnectionId",
)


def check(config: Mapping[str, Any], answers: Mapping[str, Answer]) -> Preflight:
    """Return what is found out before anything is built, in an account that answers so."""
    found: list[Preflight] = []
    Recorder(answers).build(
        lambda: found.append(preflight.check(read_settings(), "ha-cluster-test")), config
    )
    return found[0]


def failing(message: str) -> Answer:
    """Return the answer of a look-up that AWS refuses."""
    return lambda args: ({}, [("", f"{message} {args}")])


def _token(name: str) -> str:
    module, function = name.split(".")
    return f"aws:{module}/{function}:{function}"
