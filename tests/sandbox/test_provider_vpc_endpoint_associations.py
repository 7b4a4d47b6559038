import json
import zlib
from typing import Any

import pytest

from sandbox.provider.wire import UNKNOWN
from tests.support.provider import Created, FailedError, Instance, unknowns

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
TABLES = "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation"
SUBNETS = "aws:ec2/vpcEndpointSubnetAssociation:VpcEndpointSubnetAssociation"
GROUPS = "aws:ec2/securityGroupAssociation:SecurityGroupAssociation"
POLICY = "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy"
EC2 = "com.amazonaws.ap-northeast-1.ec2"
S3 = "com.amazonaws.ap-northeast-1.s3"
DENY = {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}


@pytest.fixture
def vpc(aws: Instance) -> Created:
    return aws.create(VPC, cidrBlock="10.0.0.0/16")


@pytest.fixture
def endpoint(aws: Instance, vpc: Created) -> Created:
    return aws.create(ENDPOINT, vpcId=vpc.id, serviceName=EC2, vpcEndpointType="Interface")


@pytest.fixture
def gateway(aws: Instance, vpc: Created) -> Created:
    return aws.create(ENDPOINT, vpcId=vpc.id, serviceName=S3)


@pytest.fixture
def subnet(aws: Instance, vpc: Created) -> str:
    return aws.create(SUBNET, vpcId=vpc.id, cidrBlock="10.0.1.0/24").id


@pytest.fixture
def group(aws: Instance, vpc: Created) -> str:
    return aws.create(GROUP, vpcId=vpc.id).id


def live(ec2: Any, endpoint: str) -> dict[str, Any]:
    return ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"][0]


def identity(endpoint: str, part: str) -> str:
    return f"a-{endpoint}{zlib.crc32(part.encode())}"


def test_a_table_gets_a_route_and_loses_it(
    aws: Instance, ec2: Any, gateway: Created, vpc: Created
) -> None:
    table = vpc["mainRouteTableId"]
    made = aws.create(TABLES, vpcEndpointId=gateway.id, routeTableId=table)
    assert made.id == identity(gateway.id, table)
    assert live(ec2, gateway.id)["RouteTableIds"] == [table]
    routes = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
    assert gateway.id in [each["GatewayId"] for each in routes]
    made.delete()
    routes = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
    assert [each["GatewayId"] for each in routes] == ["local"]
    assert made.refresh() is None


def test_a_subnet_gets_an_interface_and_loses_it(
    aws: Instance, ec2: Any, endpoint: Created, subnet: str
) -> None:
    made = aws.create(SUBNETS, vpcEndpointId=endpoint.id, subnetId=subnet)
    assert made.id == identity(endpoint.id, subnet)
    found = endpoint.refresh()
    assert found is not None
    assert found["subnetIds"] == [subnet]
    assert len(found["networkInterfaceIds"]) == 1
    made.delete()
    left = ec2.describe_network_interfaces(Filters=[{"Name": "subnet-id", "Values": [subnet]}])
    assert left["NetworkInterfaces"] == []
    made.delete()


def test_a_group_is_added_to_those_of_the_endpoint(
    aws: Instance, ec2: Any, endpoint: Created, group: str, vpc: Created
) -> None:
    made = aws.create(GROUPS, vpcEndpointId=endpoint.id, securityGroupId=group)
    assert made.id == identity(endpoint.id, group)
    assert made["replaceDefaultAssociation"] is False
    ids = {each["GroupId"] for each in live(ec2, endpoint.id)["Groups"]}
    assert ids == {group, vpc["defaultSecurityGroupId"]}
    made.delete()
    ids = {each["GroupId"] for each in live(ec2, endpoint.id)["Groups"]}
    assert ids == {vpc["defaultSecurityGroupId"]}


def test_a_group_takes_the_place_of_the_default_one_and_gives_it_back(
    aws: Instance, ec2: Any, endpoint: Created, group: str, vpc: Created
) -> None:
    given = {"vpcEndpointId": endpoint.id, "securityGroupId": group}
    made = aws.create(GROUPS, replaceDefaultAssociation=True, **given)
    assert [each["GroupId"] for each in live(ec2, endpoint.id)["Groups"]] == [group]
    with pytest.raises(FailedError, match="no association of default Security Group"):
        aws.create(GROUPS, replaceDefaultAssociation=True, **given)
    made.delete()
    ids = [each["GroupId"] for each in live(ec2, endpoint.id)["Groups"]]
    assert ids == [vpc["defaultSecurityGroupId"]]
    with pytest.raises(FailedError, match="is the default Security Group for EC2 VPC"):
        aws.create(GROUPS, **{**given, "securityGroupId": ids[0]}, replaceDefaultAssociation=True)


def test_every_property_of_an_association_replaces_it(
    aws: Instance, endpoint: Created, group: str
) -> None:
    made = aws.create(GROUPS, vpcEndpointId=endpoint.id, securityGroupId=group)
    for change in (
        {"vpcEndpointId": "vpce-1"},
        {"securityGroupId": "sg-1"},
        {"replaceDefaultAssociation": True},
        {"region": "us-west-2"},
    ):
        assert made.diff(**change).replaces == list(change)


@pytest.mark.parametrize(("kind", "part"), [(TABLES, "routeTableId"), (SUBNETS, "subnetId")])
def test_a_preview_echoes_what_is_given(aws: Instance, kind: str, part: str) -> None:
    outputs = aws.preview(kind, vpcEndpointId=UNKNOWN, **{part: UNKNOWN})
    assert unknowns(outputs) == {"id", "vpcEndpointId", part}
    assert "is required" in aws.failures(kind, vpcEndpointId="vpce-1")[part]
    assert "is required" in aws.failures(kind, **{part: "x"})["vpcEndpointId"]


def test_an_import_takes_endpoint_and_part(aws: Instance, endpoint: Created, group: str) -> None:
    made = aws.create(GROUPS, vpcEndpointId=endpoint.id, securityGroupId=group)
    found = aws.read(GROUPS, f"{endpoint.id}/{group}")
    assert found is not None
    assert (found.id, found.given) == (made.id, made.given)


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        (TABLES, "vpc-endpoint-id/route-table-id"),
        (SUBNETS, "vpc-endpoint-id/subnet-id"),
        (GROUPS, "vpc-endpoint-id/security-group-id"),
    ],
)
def test_a_malformed_import_id_is_explained(aws: Instance, kind: str, form: str) -> None:
    with pytest.raises(FailedError, match=rf"wrong format of import ID \(vpce-1\), use: '{form}'"):
        aws.read(kind, "vpce-1")


@pytest.mark.parametrize(
    ("kind", "part"),
    [(TABLES, "routeTableId"), (SUBNETS, "subnetId"), (GROUPS, "securityGroupId")],
)
def test_an_association_of_an_unknown_endpoint_is_refused(
    aws: Instance, kind: str, part: str
) -> None:
    message = "InvalidVpcEndpointId.NotFound: The Vpc Endpoint Id 'vpce-0' does not exist"
    with pytest.raises(FailedError, match=message):
        aws.create(kind, vpcEndpointId="vpce-0", **{part: "x"})


def test_a_policy_on_its_own_is_the_endpoints(aws: Instance, ec2: Any, endpoint: Created) -> None:
    policy = aws.create(POLICY, vpcEndpointId=endpoint.id, policy=json.dumps(DENY))
    assert policy.id == endpoint.id
    assert json.loads(live(ec2, endpoint.id)["PolicyDocument"]) == DENY
    assert policy.diff(policy=json.dumps(DENY, indent=2)).names == []
    assert policy.diff(vpcEndpointId="vpce-1").replaces == ["vpcEndpointId"]
    assert json.loads(policy.update(policy="{}")["policy"]) == {}
    found = aws.read(POLICY, endpoint.id)
    assert found is not None
    assert found["vpcEndpointId"] == endpoint.id
    policy.delete()
    document = json.loads(live(ec2, endpoint.id)["PolicyDocument"])
    assert document["Statement"][0]["Effect"] == "Allow"


def test_a_policy_must_be_json(aws: Instance) -> None:
    failures = aws.failures(POLICY, vpcEndpointId="vpce-1", policy="{")
    assert "be a JSON document" in failures["policy"]


def test_an_endpoint_goes_though_one_of_its_tables_is_gone(
    aws: Instance, ec2: Any, gateway: Created, vpc: Created
) -> None:
    table = ec2.create_route_table(VpcId=vpc.id)["RouteTable"]["RouteTableId"]
    both = gateway.update(routeTableIds=[table, vpc["mainRouteTableId"]])
    ec2.delete_route_table(RouteTableId=table)
    both.delete()
    assert aws.read(ENDPOINT, gateway.id) is None
    routes = ec2.describe_route_tables(RouteTableIds=[vpc["mainRouteTableId"]])["RouteTables"][0]
    assert [each["GatewayId"] for each in routes["Routes"]] == ["local"]
