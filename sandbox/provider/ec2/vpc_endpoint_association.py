"""What is attached to a VPC endpoint one by one: route tables, subnets, security groups.

Upstream: internal/service/ec2/vpc_endpoint_{route_table,subnet,security_group}_association.go of
hashicorp/terraform-provider-aws.
"""

import zlib
from typing import Any, ClassVar

from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.ec2.security_group_default import default_group
from sandbox.provider.ec2.vpc_endpoint_live import (
    Reach,
    find_endpoint,
    modify_reach,
    require_endpoint,
)
from sandbox.provider.resource import Resource
from sandbox.provider.schema import boolean, string
from sandbox.provider.wire import Properties

_ENDPOINT = string(required=True, replaces=True)
_NOTHING = Reach.of()


class _Association(Resource):
    """One thing that an endpoint has; `part` is the property that names it."""

    part: ClassVar[str]
    import_form: ClassVar[str]

    def parts_of(self, endpoint: dict[str, Any]) -> list[str]:
        """List the things of this kind that an endpoint has."""
        raise NotImplementedError

    def reach(self, part: str) -> Reach:
        """Tell what attaching or detaching a thing changes."""
        raise NotImplementedError

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Attach the thing to the endpoint."""
        endpoint, part = inputs["vpcEndpointId"], inputs[self.part]
        self.attach(cloud, endpoint, part)
        return association_id(endpoint, part)

    def attach(self, cloud: Cloud, endpoint: str, part: str) -> None:
        """Attach a thing; one that is there already stays, as on AWS."""
        live = require_endpoint(cloud, "ModifyVpcEndpoint", endpoint)
        if part not in self.parts_of(live):
            modify_reach(cloud, endpoint, self.reach(part), _NOTHING)

    def detach(self, cloud: Cloud, endpoint: str, part: str) -> None:
        """Detach a thing from an endpoint that still has it."""
        live = find_endpoint(cloud, endpoint)
        if live and part in self.parts_of(live):
            modify_reach(cloud, endpoint, _NOTHING, self.reach(part))

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Look whether the endpoint still has the thing."""
        del identity
        live = find_endpoint(cloud, known["vpcEndpointId"])
        if live is None or known[self.part] not in self.parts_of(live):
            return None
        return {name: known[name] for name in ("vpcEndpointId", self.part)}

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Detach the thing from the endpoint."""
        del identity
        self.detach(cloud, state["vpcEndpointId"], state[self.part])

    def adopt(self, cloud: Cloud, import_id: str) -> tuple[str, Properties]:
        """Take `ENDPOINT/PART` apart."""
        del cloud
        endpoint, slash, part = import_id.partition("/")
        if not slash or not endpoint or not part or "/" in part:
            raise ValueError(f"wrong format of import ID ({import_id}), use: '{self.import_form}'")
        return association_id(endpoint, part), {"vpcEndpointId": endpoint, self.part: part}


class VpcEndpointRouteTableAssociation(_Association):
    """A route table that leads to a gateway endpoint."""

    pulumi_name = "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation"
    noun = "VPC Endpoint Route Table Association"
    properties: ClassVar = {
        "routeTableId": string(required=True, replaces=True),
        "vpcEndpointId": _ENDPOINT,
    }
    part = "routeTableId"
    import_form = "vpc-endpoint-id/route-table-id"

    def parts_of(self, endpoint: dict[str, Any]) -> list[str]:
        """List the endpoint's route tables."""
        return endpoint["RouteTableIds"]

    def reach(self, part: str) -> Reach:
        """Tell what attaching or detaching a table changes."""
        return Reach.of(tables=[part])


class VpcEndpointSubnetAssociation(_Association):
    """A subnet in which an interface endpoint has an interface."""

    pulumi_name = "aws:ec2/vpcEndpointSubnetAssociation:VpcEndpointSubnetAssociation"
    noun = "VPC Endpoint Subnet Association"
    properties: ClassVar = {
        "subnetId": string(required=True, replaces=True),
        "vpcEndpointId": _ENDPOINT,
    }
    part = "subnetId"
    import_form = "vpc-endpoint-id/subnet-id"

    def parts_of(self, endpoint: dict[str, Any]) -> list[str]:
        """List the endpoint's subnets."""
        return endpoint["SubnetIds"]

    def reach(self, part: str) -> Reach:
        """Tell what attaching or detaching a subnet changes."""
        return Reach.of(subnets=[part])


class SecurityGroupAssociation(_Association):
    """A security group that guards an interface endpoint."""

    pulumi_name = "aws:ec2/securityGroupAssociation:SecurityGroupAssociation"
    noun = "VPC Endpoint Security Group Association"
    properties: ClassVar = {
        "replaceDefaultAssociation": boolean(default=False, replaces=True),
        "securityGroupId": string(required=True, replaces=True),
        "vpcEndpointId": _ENDPOINT,
    }
    part = "securityGroupId"
    import_form = "vpc-endpoint-id/security-group-id"

    def parts_of(self, endpoint: dict[str, Any]) -> list[str]:
        """List the endpoint's security groups."""
        return [group["GroupId"] for group in endpoint["Groups"]]

    def reach(self, part: str) -> Reach:
        """Tell what attaching or detaching a group changes."""
        return Reach.of(groups=[part])

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Attach the group, in place of the VPC's default one when that is asked for."""
        endpoint, group = inputs["vpcEndpointId"], inputs["securityGroupId"]
        default = self._default(cloud, endpoint, group) if _replaces(inputs) else ""
        identity = super().create(cloud, inputs)
        if default:
            self.detach(cloud, endpoint, default)
        return identity

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Look whether the endpoint still has the group."""
        found = super().read(cloud, identity, known)
        return found and {**found, "replaceDefaultAssociation": _replaces(known)}

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Detach the group, putting the default one back when it was replaced."""
        live = find_endpoint(cloud, state["vpcEndpointId"])
        default = default_group(cloud, live["VpcId"]) if live and _replaces(state) else None
        if default:
            self.attach(cloud, state["vpcEndpointId"], default)
        super().delete(cloud, identity, state)

    def _default(self, cloud: Cloud, endpoint: str, group: str) -> str:
        """Return the default group that is to be replaced, or refuse as upstream does."""
        live = require_endpoint(cloud, "ModifyVpcEndpoint", endpoint)
        default = default_group(cloud, live["VpcId"]) or ""
        if default == group:
            words = f"{group} is the default Security Group for EC2 VPC ({live['VpcId']})"
            refuse("ModifyVpcEndpoint", "InvalidParameter", words)
        if default not in self.parts_of(live):
            words = (
                f"no association of default Security Group ({default}) with VPC Endpoint "
                f"({endpoint})"
            )
            refuse("ModifyVpcEndpoint", "InvalidParameter", words)
        return default


def association_id(endpoint: str, part: str) -> str:
    """Compose upstream's id of an association."""
    return f"a-{endpoint}{zlib.crc32(part.encode())}"


def _replaces(properties: Properties) -> bool:
    return bool(properties.get("replaceDefaultAssociation"))
