"""The nodes' security group: what the servers of a cluster say to each other, and who may watch."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import pulumi
import pulumi_aws as aws

from .application_ports import WEBUI_PORT, ApplicationPortArgs
from .cluster_engine import EXPRESSCLUSTER, PEER_PORTS
from .guard import Guard
from .naming import GIVEN_ONCE, merged, slug


class NodeGuardArgs(TypedDict):
    """What the group needs to know."""

    engine: str
    """The engine that keeps the cluster: its nodes' ports are opened."""

    vpc_id: pulumi.Input[str]
    """The VPC of the nodes."""

    reachable_cidr_blocks: Sequence[str]
    """Where the nodes may connect to."""

    admin_cidr_blocks: Sequence[str]
    """Ranges from which Cluster WebUI may be opened, where the engine has it."""

    application_ports: Sequence[ApplicationPortArgs]
    """Ports of the application, with the ranges of their clients."""

    tags: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    """Tags of the group and its rules."""


def build_node_guard(prefix: str, args: NodeGuardArgs, child: pulumi.ResourceOptions) -> Guard:
    """Build the group and its rules.

    Outbound it allows the network and the virtual IP and nothing else: a second lock, should a
    table ever lead out. Answers to admitted connections pass, and so do AWS's own services at the
    edge of the instance (DNS, time, metadata):
    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
    """
    guard = aws.ec2.SecurityGroup(
        f"{prefix}-guard",
        description="Nodes of the cluster",
        vpc_id=args["vpc_id"],
        tags=merged(args["tags"], f"{prefix}-guard"),
        # As with a name: another description would replace the group.
        opts=pulumi.ResourceOptions.merge(
            child, pulumi.ResourceOptions(ignore_changes=[*GIVEN_ONCE, "description"])
        ),
    )

    def ingress(role: str, description: str, **rule: Any) -> pulumi.Resource:
        return aws.vpc.SecurityGroupIngressRule(
            f"{prefix}-{role}",
            security_group_id=guard.id,
            description=description,
            tags=merged(args["tags"], f"{prefix}-{role}"),
            opts=child,
            **rule,
        )

    rules = [
        ingress(
            f"peer-{protocol}" if protocol == "icmp" else f"peer-{protocol}-{first}",
            "From the other node",
            ip_protocol=protocol,
            from_port=first,
            to_port=last,
            referenced_security_group_id=guard.id,
        )
        for protocol, first, last in PEER_PORTS[args["engine"]]
    ]
    rules += [
        ingress(
            f"webui-{slug(cidr_block)}",
            "Cluster WebUI",
            ip_protocol="tcp",
            from_port=WEBUI_PORT,
            to_port=WEBUI_PORT,
            cidr_ipv4=cidr_block,
        )
        for cidr_block in args["admin_cidr_blocks"]
        if args["engine"] == EXPRESSCLUSTER
    ]
    rules += [
        ingress(
            f"application-{each['protocol']}-{each['port']}-{slug(cidr_block)}",
            "Clients of the virtual IP",
            ip_protocol=each["protocol"],
            from_port=each["port"],
            to_port=each["port"],
            cidr_ipv4=cidr_block,
        )
        for each in args["application_ports"]
        for cidr_block in each["cidr_blocks"]
    ]
    rules += [
        aws.vpc.SecurityGroupEgressRule(
            f"{prefix}-reach-{slug(cidr_block)}",
            security_group_id=guard.id,
            description="Inside the closed network",
            ip_protocol="-1",
            cidr_ipv4=cidr_block,
            tags=merged(args["tags"], f"{prefix}-reach"),
            opts=child,
        )
        for cidr_block in args["reachable_cidr_blocks"]
    ]
    return Guard(guard, rules)
