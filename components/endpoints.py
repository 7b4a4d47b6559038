"""All of the nodes' ways to AWS: one private endpoint for each service, and nothing else."""

import json
from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi

from . import documents
from .gateway_endpoint import GatewayEndpoint, GatewayEndpointArgs
from .guard import Guard
from .https_guard import HttpsGuardArgs, build_https_guard
from .interface_endpoint import InterfaceEndpoint, InterfaceEndpointArgs
from .partitions import endpoint_service, gateway_service
from .takeover import former_component

# The name that the article gives to the group of the EC2 API's endpoint.
GUARD = "SG-HTTPS"
SERVICES = ("ec2", *documents.SERVICE_ACTIONS)


class StorageAccessArgs(TypedDict):
    """How the nodes reach S3."""

    route_table_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Tables of the subnets that reach S3 through the endpoint."""

    client_security_group_id: pulumi.Input[str]
    """The group of the nodes, which gets a rule to reach S3 by HTTPS."""

    permissions: pulumi.Input[str]
    """The role's policy document for S3 (JSON). The endpoint admits the same and nothing else."""


class EndpointsArgs(TypedDict):
    """Inputs of `Endpoints`."""

    vpc_id: pulumi.Input[str]
    """The VPC that hosts the endpoints. Both its DNS attributes must be on."""

    region: pulumi.Input[str]
    """The region of the VPC, whose services are meant."""

    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """One subnet per availability zone. An endpoint puts an interface in each, with a free
    address. Where fixed addresses are to be taken first, take these ids from their interfaces."""

    client_cidr_blocks: Sequence[str]
    """Ranges from which the nodes call. Nobody else may open port 443; plain, a rule for each."""

    services: Sequence[str]
    """The services, each once: `ec2`, `ssm`, `ssmmessages`, `ec2messages`, `logs`, `monitoring`,
    `sts`, `kms`, `secretsmanager` by interface endpoints, `s3` by a gateway endpoint."""

    shared_security_group: NotRequired[bool]
    """Whether all interface endpoints have one security group. Otherwise, and where it is left out,
    each has its own."""

    caller_role_arn: pulumi.Input[str]
    """The one IAM role that the endpoints let through."""

    control_permissions: NotRequired[pulumi.Input[str] | None]
    """That role's policy document for the EC2 API (JSON), for the service `ec2`: its endpoint
    admits the same and nothing else."""

    storage: NotRequired[StorageAccessArgs | None]
    """How the nodes reach S3, for the service `s3`."""

    former_names: NotRequired[Mapping[str, str]]
    """By service, the name of the component `ControlEndpoint` or `StorageEndpoint` that had its
    endpoint in this stack before. The endpoint stays what it is: AWS allows no second one."""

    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags for every child, on top of the provider's default tags."""


class Endpoints(pulumi.ComponentResource):
    """Private doors to AWS, for nodes that have no route to the internet.

    Each admits one role, to the actions that the role needs of the service. The groups admit HTTPS
    from the network and nothing else, whether the endpoints share one or have their own.
    """

    endpoint_ids: dict[str, pulumi.Output[str]]
    """ID of each endpoint, by its service."""

    security_group_ids: dict[str, pulumi.Output[str]]
    """ID of the group that guards each interface endpoint, by its service."""

    def __init__(
        self, name: str, args: EndpointsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("hacluster:index:Endpoints", name, {}, opts)
        _check(args)
        self._prefix, self._args = name, args
        self._former = args.get("former_names") or {}
        self.endpoint_ids, self.security_group_ids = {}, {}
        interfaces = [each for each in args["services"] if each != "s3"]
        shared = None
        if args.get("shared_security_group") and interfaces:
            shared = self._build_guard(name, GUARD, self._former.get("ec2"))
        for service in interfaces:
            guard = shared or self._build_own_guard(service)
            self.security_group_ids[service] = guard.group.id
            self.endpoint_ids[service] = self._build_interface(service, guard).endpoint_id
        storage = args.get("storage")
        if storage and "s3" in args["services"]:
            self.endpoint_ids["s3"] = self._build_gateway(storage).endpoint_id
        self.register_outputs(
            {"endpointIds": self.endpoint_ids, "securityGroupIds": self.security_group_ids}
        )

    def _build_own_guard(self, service: str) -> Guard:
        title = GUARD if service == "ec2" else f"{GUARD}-{service}"
        return self._build_guard(f"{self._prefix}-{service}", title, self._former.get(service))

    def _build_guard(self, prefix: str, title: str, former_name: str | None) -> Guard:
        args = HttpsGuardArgs(
            title=title,
            vpc_id=self._args["vpc_id"],
            client_cidr_blocks=self._args["client_cidr_blocks"],
            former_name=former_name,
            tags=self._args.get("tags") or {},
        )
        return build_https_guard(prefix, args, self)

    def _build_interface(self, service: str, guard: Guard) -> InterfaceEndpoint:
        permissions = self._args.get("control_permissions") if service == "ec2" else None
        args = InterfaceEndpointArgs(
            vpc_id=self._args["vpc_id"],
            subnet_ids=self._args["subnet_ids"],
            service_name=self._service_name(service),
            guard=guard,
            policy=self._admit(permissions or documents.service_permissions(service)),
            tags=self._args.get("tags") or {},
        )
        return InterfaceEndpoint(f"{self._prefix}-{service}", args, self._options(service))

    def _build_gateway(self, storage: StorageAccessArgs) -> GatewayEndpoint:
        args = GatewayEndpointArgs(
            vpc_id=self._args["vpc_id"],
            route_table_ids=storage["route_table_ids"],
            service_name=self._service_name("s3"),
            client_security_group_id=storage["client_security_group_id"],
            policy=self._admit(storage["permissions"]),
            tags=self._args.get("tags") or {},
        )
        return GatewayEndpoint(f"{self._prefix}-s3", args, self._options("s3"))

    def _admit(self, permissions: pulumi.Input[str]) -> pulumi.Output[str]:
        """Return an endpoint policy (JSON) that admits the role to what a document allows it."""
        return pulumi.Output.all(self._args["caller_role_arn"], permissions).apply(
            lambda known: json.dumps(documents.endpoint_policy(known[0], json.loads(known[1])))
        )

    def _service_name(self, service: str) -> pulumi.Output[str]:
        named = gateway_service if service == "s3" else endpoint_service
        return pulumi.Output.from_input(self._args["region"]).apply(
            lambda region: named(region, service)
        )

    def _options(self, service: str) -> pulumi.ResourceOptions:
        former = former_component(service, self._former.get(service))
        return pulumi.ResourceOptions(parent=self, aliases=former)


def _check(args: EndpointsArgs) -> None:
    """Check what would build less than was meant, naming the input and the remedy."""
    services = args["services"]
    for service in services:
        if service not in SERVICES:
            raise ValueError(f"services: {service!r} is not known; name {', '.join(SERVICES)}")
        if list(services).count(service) > 1:
            raise ValueError(f"services: {service!r} is there twice; name each service once")
    needed = {"ec2": "control_permissions", "s3": "storage"}
    for service, name in needed.items():
        if service in services and not args.get(name):
            raise ValueError(f"{name}: it is not given; set it, which the service {service} needs")
