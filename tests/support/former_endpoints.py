"""Endpoints as editions before `Endpoints` built them: one component at the root for each.

Stands in for `components.Endpoints` in a copy of the program, to bring up what an update meets.
"""

import json
from typing import Any

import pulumi
import pulumi_aws as aws

from components import EndpointsArgs, documents
from components.naming import merged, slug
from components.partitions import endpoint_service, gateway_service


class FormerEndpoints:
    """Builds them and has the outputs that the program reads."""

    def __init__(self, name: str, args: EndpointsArgs, opts: pulumi.ResourceOptions) -> None:
        del name
        self.endpoint_ids: dict[str, pulumi.Output[str]] = {}
        self.security_group_ids: dict[str, pulumi.Output[str]] = {}
        for service, former_name in (args.get("former_names") or {}).items():
            if service == "s3":
                self.endpoint_ids[service] = StorageEndpoint(former_name, args, opts).endpoint.id
                continue
            found = ControlEndpoint(former_name, service, args, opts)
            self.endpoint_ids[service] = found.endpoint.id
            self.security_group_ids[service] = found.guard.id


class ControlEndpoint(pulumi.ComponentResource):
    """An interface endpoint with a group of its own."""

    def __init__(
        self, name: str, service: str, args: EndpointsArgs, opts: pulumi.ResourceOptions
    ) -> None:
        super().__init__("hacluster:index:ControlEndpoint", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        tags = args.get("tags")
        title = "SG-HTTPS" if service == "ec2" else f"SG-HTTPS-{service}"
        self.guard = aws.ec2.SecurityGroup(
            f"{name}-guard",
            name_prefix=f"{title}-",
            description=title,
            vpc_id=args["vpc_id"],
            tags=merged(tags, title),
            opts=child,
        )
        rules = [
            aws.vpc.SecurityGroupIngressRule(
                f"{name}-https-{slug(cidr_block)}",
                security_group_id=self.guard.id,
                description="HTTPS from the network",
                ip_protocol="tcp",
                from_port=443,
                to_port=443,
                cidr_ipv4=cidr_block,
                tags=merged(tags, f"{name}-https"),
                opts=child,
            )
            for cidr_block in args["client_cidr_blocks"]
        ]
        permissions = args.get("control_permissions") if service == "ec2" else None
        self.endpoint = aws.ec2.VpcEndpoint(
            f"{name}-endpoint",
            vpc_id=args["vpc_id"],
            vpc_endpoint_type="Interface",
            service_name=_name(args, service),
            subnet_ids=args["subnet_ids"],
            security_group_ids=[self.guard.id],
            private_dns_enabled=True,
            policy=_policy(args, permissions or documents.service_permissions(service)),
            tags=merged(tags, f"{name}-endpoint"),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=rules,
                ignore_changes=["dns_options", "subnet_configurations"],
                delete_before_replace=True,
            ),
        )
        self.register_outputs({})


class StorageEndpoint(pulumi.ComponentResource):
    """The gateway endpoint to S3."""

    def __init__(self, name: str, args: EndpointsArgs, opts: pulumi.ResourceOptions) -> None:
        super().__init__("hacluster:index:StorageEndpoint", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        storage: Any = args.get("storage")
        self.endpoint = aws.ec2.VpcEndpoint(
            f"{name}-endpoint",
            vpc_id=args["vpc_id"],
            vpc_endpoint_type="Gateway",
            service_name=_name(args, "s3"),
            route_table_ids=storage["route_table_ids"],
            policy=_policy(args, storage["permissions"]),
            tags=merged(args.get("tags"), f"{name}-endpoint"),
            opts=child,
        )
        aws.vpc.SecurityGroupEgressRule(
            f"{name}-https",
            security_group_id=storage["client_security_group_id"],
            description="HTTPS to S3",
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            prefix_list_id=self.endpoint.prefix_list_id,
            tags=merged(args.get("tags"), f"{name}-https"),
            opts=child,
        )
        self.register_outputs({})


def _name(args: EndpointsArgs, service: str) -> str:
    region = str(args["region"])
    if service == "s3":
        return gateway_service(region, service)
    return endpoint_service(region, service)


def _policy(args: EndpointsArgs, permissions: pulumi.Input[str]) -> pulumi.Output[str]:
    return pulumi.Output.all(args["caller_role_arn"], permissions).apply(
        lambda known: json.dumps(documents.endpoint_policy(known[0], json.loads(known[1])))
    )
