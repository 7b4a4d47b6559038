import json
from typing import Any

import pytest

from sandbox.provider.wire import UNKNOWN
from tests.support.provider import Created, FailedError, Instance, unknowns

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
EC2 = "com.amazonaws.ap-northeast-1.ec2"
S3 = "com.amazonaws.ap-northeast-1.s3"
DENY = {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}


@pytest.fixture
def vpc(aws: Instance) -> Created:
    return aws.create(VPC, cidrBlock="10.0.0.0/16", enableDnsHostnames=True)


@pytest.fixture
def subnets(aws: Instance, vpc: Created) -> list[str]:
    return [
        aws.create(
            SUBNET,
            vpcId=vpc.id,
            cidrBlock=f"10.0.{number}.0/24",
            availabilityZone=f"ap-northeast-1{zone}",
        ).id
        for number, zone in ((110, "a"), (120, "c"))
    ]


@pytest.fixture
def group(aws: Instance, vpc: Created) -> str:
    return aws.create(GROUP, "https", vpcId=vpc.id).id


@pytest.fixture
def endpoint(aws: Instance, vpc: Created, subnets: list[str], group: str) -> Created:
    return aws.create(
        ENDPOINT,
        vpcId=vpc.id,
        serviceName=EC2,
        vpcEndpointType="Interface",
        subnetIds=subnets,
        securityGroupIds=[group],
        privateDnsEnabled=True,
        policy=json.dumps(DENY),
        tags={"Name": "ec2"},
    )


@pytest.fixture
def gateway(aws: Instance, vpc: Created) -> Created:
    return aws.create(
        ENDPOINT, vpcId=vpc.id, serviceName=S3, routeTableIds=[vpc["mainRouteTableId"]]
    )


def interfaces(ec2: Any, endpoint: str) -> dict[str, dict[str, Any]]:
    answer = ec2.describe_network_interfaces(
        Filters=[{"Name": "description", "Values": [f"VPC Endpoint Interface {endpoint}"]}]
    )
    return {each["SubnetId"]: each for each in answer["NetworkInterfaces"]}


def test_an_interface_endpoint_is_described_in_full(
    endpoint: Created, vpc: Created, subnets: list[str], group: str
) -> None:
    assert endpoint["arn"].endswith(f":ec2:ap-northeast-1:123456789012:vpc-endpoint/{endpoint.id}")
    assert endpoint["state"] == "available"
    assert endpoint["vpcId"] == vpc.id
    assert endpoint["subnetIds"] == subnets
    assert endpoint["securityGroupIds"] == [group]
    assert endpoint["privateDnsEnabled"] is True
    assert endpoint["ipAddressType"] == "ipv4"
    assert endpoint["dnsOptions"] == {"dnsRecordIpType": "ipv4"}
    assert endpoint["serviceRegion"] == "ap-northeast-1"
    assert endpoint["requesterManaged"] is False
    assert (endpoint["routeTableIds"], endpoint["cidrBlocks"]) == ([], [])
    assert endpoint["tagsAll"] == {"Name": "ec2"}


def test_an_interface_endpoint_has_regional_zonal_and_private_names(endpoint: Created) -> None:
    names = [entry["dnsName"] for entry in endpoint["dnsEntries"]]
    label = names[0].partition(".")[0]
    assert label.startswith(f"{endpoint.id}-")
    assert names == [
        f"{label}.ec2.ap-northeast-1.vpce.amazonaws.com",
        f"{label}-ap-northeast-1a.ec2.ap-northeast-1.vpce.amazonaws.com",
        f"{label}-ap-northeast-1c.ec2.ap-northeast-1.vpce.amazonaws.com",
        "ec2.ap-northeast-1.amazonaws.com",
    ]


def test_each_subnet_gets_an_interface_with_its_address_and_the_endpoints_groups(
    ec2: Any, endpoint: Created, subnets: list[str], group: str
) -> None:
    found = interfaces(ec2, endpoint.id)
    assert set(found) == set(subnets)
    assert set(endpoint["networkInterfaceIds"]) == {
        each["NetworkInterfaceId"] for each in found.values()
    }
    for each in found.values():
        assert [one["GroupId"] for one in each["Groups"]] == [group]
    addresses = {each["subnetId"]: each["ipv4"] for each in endpoint["subnetConfigurations"]}
    assert addresses[subnets[0]].startswith("10.0.110.")
    assert addresses[subnets[1]].startswith("10.0.120.")


def test_without_groups_an_endpoint_has_the_vpcs_default_one(
    aws: Instance, vpc: Created, subnets: list[str]
) -> None:
    endpoint = aws.create(
        ENDPOINT, vpcId=vpc.id, serviceName=EC2, vpcEndpointType="Interface", subnetIds=subnets
    )
    assert endpoint["securityGroupIds"] == [vpc["defaultSecurityGroupId"]]
    assert endpoint["privateDnsEnabled"] is False
    assert len(endpoint["dnsEntries"]) == 3


def test_a_fixed_address_is_the_interfaces(aws: Instance, vpc: Created, subnets: list[str]) -> None:
    fixed = [{"subnetId": subnets[0], "ipv4": "10.0.110.50"}]
    endpoint = aws.create(
        ENDPOINT, vpcId=vpc.id, serviceName=EC2, vpcEndpointType="Interface",
        subnetIds=subnets[:1], subnetConfigurations=fixed,
    )  # fmt: skip
    assert endpoint["subnetConfigurations"] == fixed
    moved = [{"subnetId": subnets[0], "ipv4": "10.0.110.51"}]
    assert endpoint.update(subnetConfigurations=moved)["subnetConfigurations"] == moved


def test_a_gateway_endpoint_is_the_default_and_routes_to_its_prefix_list(
    ec2: Any, gateway: Created, vpc: Created
) -> None:
    assert gateway["vpcEndpointType"] == "Gateway"
    assert gateway["prefixListId"].startswith("pl-")
    assert "52.216.0.0/15" in gateway["cidrBlocks"]
    assert gateway["routeTableIds"] == [vpc["mainRouteTableId"]]
    assert gateway["privateDnsEnabled"] is False
    assert (gateway["dnsEntries"], gateway["networkInterfaceIds"]) == ([], [])
    assert routes(ec2, vpc["mainRouteTableId"]) == {gateway["prefixListId"]: gateway.id}


def routes(ec2: Any, table: str) -> dict[str, str]:
    found = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
    return {
        each["DestinationPrefixListId"]: each["GatewayId"]
        for each in found
        if "DestinationPrefixListId" in each
    }


def test_a_preview_does_not_know_what_aws_decides(aws: Instance) -> None:
    outputs = aws.preview(
        ENDPOINT, vpcId=UNKNOWN, serviceName=EC2, vpcEndpointType="Interface", subnetIds=[UNKNOWN]
    )
    assert unknowns(outputs) == {
        "arn", "cidrBlocks", "dnsEntries", "dnsOptions", "id", "ipAddressType",
        "networkInterfaceIds", "ownerId", "policy", "prefixListId", "privateDnsEnabled",
        "requesterManaged", "routeTableIds", "securityGroupIds", "serviceRegion", "state",
        "subnetConfigurations", "vpcId",
    }  # fmt: skip
    assert outputs["subnetIds"] == [UNKNOWN]
    assert "autoAccept" not in outputs


def test_a_preview_of_other_subnets_does_not_know_the_interfaces(
    endpoint: Created, subnets: list[str]
) -> None:
    outputs = endpoint.preview(subnetIds=subnets[:1])
    assert unknowns(outputs) == {"networkInterfaceIds", "subnetConfigurations"}


REORDERED = json.dumps({"Statement": DENY["Statement"][0]}, indent=2)
CHANGES = [
    ({"vpcId": "vpc-1"}, {"vpcId"}, {"vpcId"}),
    ({"serviceName": "com.amazonaws.ap-northeast-1.ssm"}, {"serviceName"}, {"serviceName"}),
    ({"vpcEndpointType": "Gateway"}, {"vpcEndpointType"}, {"vpcEndpointType"}),
    ({"region": "us-west-2"}, {"region"}, {"region"}),
    ({"autoAccept": True}, {"autoAccept"}, set()),
    ({"privateDnsEnabled": False}, {"privateDnsEnabled"}, set()),
    ({"privateDnsEnabled": None}, set(), set()),
    ({"subnetIds": ["subnet-1"]}, {"subnetIds"}, set()),
    ({"subnetIds": None}, set(), set()),
    ({"securityGroupIds": ["sg-1"]}, {"securityGroupIds"}, set()),
    ({"securityGroupIds": None}, set(), set()),
    ({"routeTableIds": ["rtb-1"]}, {"routeTableIds"}, set()),
    ({"ipAddressType": "ipv4"}, set(), set()),
    ({"dnsOptions": {"dnsRecordIpType": "ipv4"}}, set(), set()),
    ({"dnsOptions": {"dnsRecordIpType": "dualstack"}}, {"dnsOptions"}, set()),
    ({"policy": REORDERED}, set(), set()),
    ({"policy": None}, set(), set()),
    ({"policy": json.dumps({"Statement": []})}, {"policy"}, set()),
    ({"tags": None}, {"tags", "tagsAll"}, set()),
]


@pytest.mark.parametrize(("change", "names", "replaces"), CHANGES)
def test_a_change_updates_replaces_or_means_nothing(
    endpoint: Created, change: dict[str, Any], names: set[str], replaces: set[str]
) -> None:
    diff = endpoint.diff(**change)
    assert (set(diff.names), set(diff.replaces)) == (names, replaces)


def test_the_order_of_subnets_means_nothing(endpoint: Created, subnets: list[str]) -> None:
    assert endpoint.diff(subnetIds=subnets[::-1]).names == []


def test_a_gateway_endpoint_is_replaced_for_private_dns(gateway: Created) -> None:
    assert gateway.diff(privateDnsEnabled=True).replaces == ["privateDnsEnabled"]


def test_other_subnets_and_groups_reach_the_interfaces(
    aws: Instance, ec2: Any, endpoint: Created, subnets: list[str], vpc: Created
) -> None:
    other = aws.create(GROUP, "other", vpcId=vpc.id).id
    fewer = endpoint.update(subnetIds=subnets[:1], securityGroupIds=[other])
    found = interfaces(ec2, endpoint.id)
    assert set(found) == {subnets[0]}
    assert [one["GroupId"] for one in found[subnets[0]]["Groups"]] == [other]
    assert fewer["networkInterfaceIds"] == [found[subnets[0]]["NetworkInterfaceId"]]
    more = fewer.update(subnetIds=subnets)
    assert set(interfaces(ec2, endpoint.id)) == set(subnets)
    assert len(more["networkInterfaceIds"]) == 2
    assert more.diff().names == []


def test_other_tables_get_and_lose_their_routes(ec2: Any, gateway: Created) -> None:
    main = gateway["routeTableIds"][0]
    table = ec2.create_route_table(VpcId=gateway["vpcId"])["RouteTable"]["RouteTableId"]
    updated = gateway.update(routeTableIds=[table])
    assert updated["routeTableIds"] == [table]
    assert routes(ec2, main) == {}
    assert routes(ec2, table) == {gateway["prefixListId"]: gateway.id}


def test_a_policy_changes_in_place(gateway: Created) -> None:
    assert json.loads(gateway["policy"])["Statement"][0]["Effect"] == "Allow"
    assert json.loads(gateway.update(policy=json.dumps(DENY))["policy"]) == DENY


def test_private_dns_cannot_be_changed_in_place_here(endpoint: Created) -> None:
    with pytest.raises(FailedError, match="cannot turn private DNS of an endpoint on or off"):
        endpoint.update(privateDnsEnabled=False)


def test_a_refresh_shows_what_somebody_changed(
    ec2: Any, endpoint: Created, subnets: list[str], vpc: Created
) -> None:
    ec2.modify_vpc_endpoint(
        VpcEndpointId=endpoint.id,
        RemoveSubnetIds=subnets[1:],
        AddSecurityGroupIds=[vpc["defaultSecurityGroupId"]],
        PolicyDocument=json.dumps({"Statement": []}),
    )
    found = endpoint.refresh()
    assert found is not None
    assert found.inputs["subnetIds"] == subnets[:1]
    assert vpc["defaultSecurityGroupId"] in found.inputs["securityGroupIds"]
    assert json.loads(found.inputs["policy"]) == {"Statement": []}


def test_a_refresh_of_an_untouched_endpoint_changes_nothing(endpoint: Created) -> None:
    found = endpoint.refresh()
    assert found is not None
    assert (found.state, found.inputs) == (endpoint.state, endpoint.inputs)


def test_an_import_by_id_yields_the_inputs(
    aws: Instance, endpoint: Created, subnets: list[str]
) -> None:
    found = aws.read(ENDPOINT, endpoint.id)
    assert found is not None
    assert found.inputs["serviceName"] == EC2
    assert found.inputs["subnetIds"] == subnets
    assert found.diff().names == []


def test_delete_takes_the_interfaces_along(
    aws: Instance, ec2: Any, endpoint: Created, subnets: list[str]
) -> None:
    endpoint.update(subnetIds=subnets[:1]).update(subnetIds=subnets).delete()
    assert interfaces(ec2, endpoint.id) == {}
    assert aws.read(ENDPOINT, endpoint.id) is None
    endpoint.delete()


def test_delete_takes_the_routes_along(ec2: Any, gateway: Created) -> None:
    gateway.delete()
    assert routes(ec2, gateway["routeTableIds"][0]) == {}
