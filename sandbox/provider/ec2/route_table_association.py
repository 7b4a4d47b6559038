"""Which table a subnet, a gateway or a whole VPC uses.

Upstream: vpc_route_table_association.go, vpc_main_route_table_association.go.
"""

from typing import Any, ClassVar

from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.ec2.routes import find_table
from sandbox.provider.resource import Change, Resource, pick
from sandbox.provider.schema import string
from sandbox.provider.wire import Properties

_TARGETS = {"subnetId": "SubnetId", "gatewayId": "GatewayId"}
Association = dict[str, Any]


class RouteTableAssociation(Resource):
    """The table of a subnet or of a gateway.

    AWS gives an association another id when its table changes, Pulumi keeps a resource's id: an
    association whose id AWS no longer knows is looked up by what it associates.
    """

    pulumi_name = "aws:ec2/routeTableAssociation:RouteTableAssociation"
    noun = "Route Table Association"
    properties: ClassVar = {
        "routeTableId": string(required=True),
        "subnetId": string(replaces=True),
        "gatewayId": string(replaces=True),
    }
    exactly_one_of = (("subnetId", "gatewayId"),)

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Associate the table with what has none of its own yet."""
        table, target = inputs["routeTableId"], pick(inputs, _TARGETS)
        if _find(cloud, target):
            refuse(
                "AssociateRouteTable",
                "Resource.AlreadyAssociated",
                f"the specified association for route table {table} conflicts with an existing "
                "association",
            )
        _refuse_foreign(cloud, "AssociateRouteTable", table, target)
        answer = cloud.ec2.associate_route_table(RouteTableId=table, **target)
        return answer["AssociationId"]

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Return the association."""
        found = _find_by_id(cloud, identity) or _find(cloud, pick(known, _TARGETS))
        if found is None:
            return None
        return {
            "routeTableId": found["RouteTableId"],
            "subnetId": found.get("SubnetId", ""),
            "gatewayId": found.get("GatewayId", ""),
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Move the association to another table."""
        target, table = pick(change.inputs, _TARGETS), change.inputs["routeTableId"]
        found = _find_by_id(cloud, identity) or _find(cloud, target)
        _refuse_foreign(cloud, "ReplaceRouteTableAssociation", table, target)
        if found is None:
            cloud.ec2.associate_route_table(RouteTableId=table, **target)
            return
        cloud.ec2.replace_route_table_association(
            AssociationId=found["RouteTableAssociationId"], RouteTableId=table
        )

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Leave the subnet to the VPC's main table."""
        found = _find_by_id(cloud, identity) or _find(cloud, pick(state, _TARGETS))
        if found:
            cloud.ec2.disassociate_route_table(AssociationId=found["RouteTableAssociationId"])

    def adopt(self, cloud: Cloud, import_id: str) -> tuple[str, Properties]:
        """Take `subnet-1/rtb-1`, `igw-1/rtb-1`, and the association's own id, as `.get()` gives."""
        if import_id.startswith("rtbassoc-"):
            return import_id, {}
        target, slash, table = import_id.partition("/")
        if not slash or not target or not table:
            raise ValueError(
                "the import id must be SUBNETID/ROUTETABLEID or GATEWAYID/ROUTETABLEID"
            )
        name = "SubnetId" if target.startswith("subnet-") else "GatewayId"
        found = _find(cloud, {name: target})
        if found is None or found["RouteTableId"] != table:
            raise ValueError(f"no association found between {table} and {target}")
        return found["RouteTableAssociationId"], {}


class MainRouteTableAssociation(Resource):
    """The table of all subnets of a VPC that have none of their own."""

    pulumi_name = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation"
    noun = "Main Route Table Association"
    properties: ClassVar = {
        "vpcId": string(required=True),
        "routeTableId": string(required=True),
        "originalRouteTableId": string(output=True),
    }

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Make the table the VPC's main one."""
        main = _main(cloud, inputs["vpcId"])
        if main is None:
            refuse(
                "DescribeRouteTables",
                "InvalidVpcID.NotFound",
                f"The vpc ID '{inputs['vpcId']}' does not exist",
            )
        # What was main before is known only now: the state is where it is kept.
        inputs["originalRouteTableId"] = main["RouteTableId"]
        return _replace(cloud, main, inputs["routeTableId"])

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Return what is known while the table is still the main one of some VPC."""
        found = _find_by_id(cloud, identity) or _main(cloud, known.get("vpcId", ""))
        if found is None or found["RouteTableId"] != known.get("routeTableId"):
            return None
        return {"originalRouteTableId": known.get("originalRouteTableId")}

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Make another table the main one."""
        found = _find_by_id(cloud, identity) or _main(cloud, change.state["vpcId"])
        if found:
            _replace(cloud, found, change.inputs["routeTableId"])

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Make the former main table the main one again."""
        found = _find_by_id(cloud, identity) or _main(cloud, state["vpcId"])
        if found:
            _replace(cloud, found, state["originalRouteTableId"])

    def adopt(self, cloud: Cloud, import_id: str) -> tuple[str, Properties]:
        """Refuse: upstream has no import of it either."""
        del cloud, import_id
        raise ValueError("this type cannot be imported")


def _replace(cloud: Cloud, association: Association, table: str) -> str:
    answer = cloud.ec2.replace_route_table_association(
        AssociationId=association["RouteTableAssociationId"], RouteTableId=table
    )
    return answer["NewAssociationId"]


def _associations(cloud: Cloud) -> list[Association]:
    """List all associations: moto fails on some filters of associations with gateways."""
    tables = cloud.list_all("describe_route_tables", "RouteTables")
    return [
        {**each, "RouteTableId": table["RouteTableId"], "VpcId": table["VpcId"]}
        for table in tables
        for each in table["Associations"]
    ]


def _find_by_id(cloud: Cloud, identity: str) -> Association | None:
    found = (x for x in _associations(cloud) if x["RouteTableAssociationId"] == identity)
    return next(found, None)


def _find(cloud: Cloud, target: dict[str, str]) -> Association | None:
    for key, value in target.items():
        for each in _associations(cloud):
            if each.get(key) == value:
                return each
    return None


def _main(cloud: Cloud, vpc: str) -> Association | None:
    found = (x for x in _associations(cloud) if x["Main"] and x["VpcId"] == vpc)
    return next(found, None)


def _refuse_foreign(cloud: Cloud, operation: str, table: str, target: dict[str, str]) -> None:
    """Refuse a table and a subnet of different VPCs."""
    known, subnet = find_table(cloud, table), target.get("SubnetId")
    if known is None or subnet is None:
        return
    found = cloud.find("describe_subnets", "Subnets", SubnetIds=[subnet])
    if found and found["VpcId"] != known["VpcId"]:
        refuse(
            operation,
            "InvalidParameterValue",
            f"Route table {table} and subnet {subnet} belong to different networks",
        )
