"""The nodes' role as IAM gives it back: only reading calls, and each failure mode is found."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from components import documents
from ops.aws import Aws, Place
from ops.cluster import Cluster
from ops.errors import AwsError, NotCheckedError
from ops.iam.document import Document
from ops.verify.check import Fault
from ops.verify.live_role import read_role
from tests.support.moto import add_route, make_endpoint, make_interface, make_subnet, routes
from tests.support.node_role import CLUSTER, findings, without

REGION = "us-east-1"
PERMISSIONS = "ha-dev-permissions"
ACCOUNT = "123456789012"


@dataclass
class Clients:
    """Clients of moto's AWS, and the project's own: a new one of each takes half a second."""

    ec2: Any
    iam: Any
    aws: Aws


@dataclass
class World:
    """The cluster in moto: its VPC with three tables, its endpoint and its role."""

    clients: Clients
    cluster: Cluster
    role: str
    permissions: dict[str, Any]

    def grant(self, permissions: Mapping[str, Any], name: str = PERMISSIONS) -> None:
        self.clients.iam.put_role_policy(
            RoleName=self.role, PolicyName=name, PolicyDocument=json.dumps(permissions)
        )

    def make_policy(self, name: str, *statements: Mapping[str, Any]) -> str:
        document = json.dumps(documents.document(statements))
        made = self.clients.iam.create_policy(
            PolicyName=f"{self.role}-{name}", PolicyDocument=document
        )
        return made["Policy"]["Arn"]

    def attach(self, arn: str) -> None:
        self.clients.iam.attach_role_policy(RoleName=self.role, PolicyArn=arn)

    def bound_by(self, *statements: Mapping[str, Any]) -> str:
        arn = self.make_policy("boundary", *statements)
        self.clients.iam.put_role_permissions_boundary(RoleName=self.role, PermissionsBoundary=arn)
        return arn

    def admit(self, permissions: Mapping[str, Any]) -> None:
        """Give the endpoint another policy."""
        statements = [{"Principal": "*", **each} for each in permissions["Statement"]]
        self.clients.ec2.modify_vpc_endpoint(
            VpcEndpointId=self.cluster.endpoint_ids["ec2"],
            PolicyDocument=json.dumps(documents.document(statements)),
        )

    def found(self) -> dict[str, list[Fault] | str]:
        """What the checks find, with everything read anew."""
        ec2 = self.clients.ec2
        vpc = [{"Name": "vpc-id", "Values": [self.cluster.vpc_id]}]
        tables = ec2.describe_route_tables(Filters=vpc)["RouteTables"]
        endpoint = self.cluster.endpoint_ids["ec2"]
        [described] = ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"]
        role = read_role(self.clients.aws, self.role)
        return findings(role, tables, cluster=self.cluster, endpoint=described["PolicyDocument"])

    def only_subject(self, check: str) -> str:
        """The subject of the one fault that there is, under this id."""
        found = self.found()
        assert set(found) == {check}
        [fault] = found[check]
        assert isinstance(fault, Fault)
        return fault.subject


@pytest.fixture(scope="module")
def clients() -> Iterator[Clients]:
    with mock_aws():
        ec2, iam = (boto3.client(service, region_name=REGION) for service in ("ec2", "iam"))
        yield Clients(ec2, iam, Aws(Place(region=REGION)))


@pytest.fixture
def world(clients: Clients) -> World:
    ec2 = clients.ec2
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = make_subnet(ec2, vpc, "10.0.110.0/24")
    interface = make_interface(ec2, subnet)
    filters = [{"Name": "vpc-id", "Values": [vpc]}]
    [main] = ec2.describe_route_tables(Filters=filters)["RouteTables"]
    made = [ec2.create_route_table(VpcId=vpc)["RouteTable"] for _ in range(2)]
    tables = [table["RouteTableId"] for table in (main, *made)]
    for table in tables:
        add_route(ec2, table, CLUSTER.destination, interface)
    arns = [f"arn:aws:ec2:{REGION}:{ACCOUNT}:route-table/{table}" for table in tables]
    permissions = dict(documents.document(documents.virtual_ip_statements(arns)))
    name = f"ha-dev-role-{vpc}"
    trust = json.dumps(documents.instance_trust(REGION))
    arn = clients.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    policy = json.dumps(documents.endpoint_policy(arn, permissions))
    endpoint = make_endpoint(ec2, vpc, [subnet], PolicyDocument=policy)["VpcEndpointId"]
    cluster = replace(
        CLUSTER,
        region=REGION,
        vpc_id=vpc,
        route_table_ids=dict(zip(("main", "private_a", "private_b"), tables, strict=True)),
        endpoint_ids={"ec2": endpoint},
        node_role_arn=arn,
    )
    world = World(clients, cluster, name, permissions)
    world.grant(permissions)
    return world


def test_the_role_that_the_project_renders_is_sound(world: World) -> None:
    assert world.found() == {}


def test_a_role_is_read_with_reading_calls_only(world: World) -> None:
    attached = world.make_policy("more", documents.service_statement("ssm"))
    world.attach(attached)
    boundary = world.bound_by(documents.allow("All", "*", "*"))
    tags = [{"Key": "team", "Value": "db"}]
    world.clients.iam.tag_role(RoleName=world.role, Tags=tags)
    aws = world.clients.aws
    aws.calls.clear()
    role = read_role(aws, world.role)
    assert (role.arn, role.name) == (world.cluster.node_role_arn, world.role)
    assert [each.name for each in role.inline] == [PERMISSIONS]
    assert [each.name for each in role.attached] == [attached]
    assert isinstance(role.boundary, Document)
    assert role.boundary.name == boundary
    assert role.tags == {"team": "db"}
    assert dict(aws.calls) == {
        "iam:GetRole": 1,
        "iam:ListRolePolicies": 1,
        "iam:GetRolePolicy": 1,
        "iam:ListAttachedRolePolicies": 1,
        "iam:GetPolicy": 2,
        "iam:GetPolicyVersion": 2,
    }


def test_of_an_attached_policy_the_default_version_counts(world: World) -> None:
    arn = world.make_policy("more", documents.allow("All", "ec2:*", "*"))
    world.attach(arn)
    assert world.only_subject("role-too-wide") == world.cluster.node_role_arn
    harmless = documents.document([documents.service_statement("ssm")])
    world.clients.iam.create_policy_version(
        PolicyArn=arn, PolicyDocument=json.dumps(harmless), SetAsDefault=True
    )
    assert world.found() == {}


def test_a_role_that_is_gone_is_an_error_of_aws(world: World) -> None:
    with pytest.raises(AwsError, match="iam:GetRole: NoSuchEntity"):
        read_role(world.clients.aws, f"{world.role}-gone")


def test_a_policy_that_cannot_be_read_is_named(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws = world.clients.aws
    asked = aws.call

    def broken(service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        if operation == "get_role_policy":
            return {"PolicyDocument": {"Statement": [{"Effect": "Allow"}]}}
        return asked(service, operation, **arguments)

    monkeypatch.setattr(aws, "call", broken)
    message = f"policy {PERMISSIONS} cannot be read: Statement\\[0\\]: it has neither Action"
    with pytest.raises(NotCheckedError, match=message):
        read_role(aws, world.role)


def take_action_away(world: World) -> str:
    world.grant(without(world.permissions, "ec2:DescribeNetworkInterfaces"))
    return world.cluster.node_role_arn


def delete_permissions(world: World) -> str:
    world.clients.iam.delete_role_policy(RoleName=world.role, PolicyName=PERMISSIONS)
    return world.cluster.node_role_arn


def lead_another_table_to_the_virtual_ip(world: World) -> str:
    """Make a table of the VPC that the endpoint's policy admits and the role's leaves out."""
    ec2, vpc = world.clients.ec2, world.cluster.vpc_id
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    target = routes(ec2, world.cluster.route_table_ids["main"])[world.cluster.destination]
    add_route(ec2, table, world.cluster.destination, target["NetworkInterfaceId"])
    world.admit(documents.document([documents.allow("All", "ec2:*", "*")]))
    return table


def allow_everything(world: World) -> str:
    world.grant(documents.document([documents.allow("All", "ec2:*", "*")]), "by-hand")
    return world.cluster.node_role_arn


def bound_to_describing(world: World) -> str:
    world.bound_by(documents.allow("Look", "ec2:Describe*", "*"))
    return world.cluster.node_role_arn


def bound_to_another_endpoint(world: World) -> str:
    elsewhere = {"StringNotEquals": {"aws:SourceVpce": "vpce-other"}}
    fence = {**documents.allow("Fence", "*", "*", elsewhere), "Effect": "Deny"}
    world.bound_by(documents.allow("All", "*", "*"), fence)
    return world.cluster.node_role_arn


def admit_another_role(world: World) -> str:
    other = f"{world.cluster.node_role_arn}-old"
    world.admit(documents.endpoint_policy(other, world.permissions))
    return world.cluster.endpoint_ids["ec2"]


@pytest.mark.parametrize(
    ("break_it", "check"),
    [
        (take_action_away, "role-action-missing"),
        (delete_permissions, "role-action-missing"),
        (lead_another_table_to_the_virtual_ip, "role-table-missing"),
        (allow_everything, "role-too-wide"),
        (bound_to_describing, "role-boundary-denies"),
        (bound_to_another_endpoint, "role-boundary-denies"),
        (admit_another_role, "endpoint-policy-denies"),
    ],
)
def test_one_fault_is_found_under_one_id(
    world: World, break_it: Callable[[World], str], check: str
) -> None:
    subject = break_it(world)
    assert world.only_subject(check) == subject


def test_an_endpoint_that_was_given_no_policy_admits_everything(world: World) -> None:
    ec2, vpc = world.clients.ec2, world.cluster.vpc_id
    made = make_endpoint(ec2, vpc, [make_subnet(ec2, vpc, "10.0.120.0/24")])
    world.cluster = replace(world.cluster, endpoint_ids={"ec2": made["VpcEndpointId"]})
    assert world.found() == {}
