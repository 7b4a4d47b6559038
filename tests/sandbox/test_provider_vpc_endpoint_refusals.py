from typing import Any

import pytest

from sandbox.provider.wire import UNKNOWN
from tests.support.provider import Created, FailedError, Instance

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
EC2 = "com.amazonaws.ap-northeast-1.ec2"
S3 = "com.amazonaws.ap-northeast-1.s3"
INTERFACE = {"serviceName": EC2, "vpcEndpointType": "Interface"}


@pytest.fixture
def vpc(aws: Instance) -> Created:
    return aws.create(VPC, cidrBlock="10.0.0.0/16", enableDnsHostnames=True)


@pytest.fixture
def foreign(aws: Instance) -> Created:
    return aws.create(VPC, cidrBlock="10.1.0.0/16")


def subnet(aws: Instance, vpc: Created, number: int, zone: str = "a") -> str:
    start = vpc["cidrBlock"].removesuffix("0.0/16")
    return aws.create(
        SUBNET,
        vpcId=vpc.id,
        cidrBlock=f"{start}{number}.0/24",
        availabilityZone=f"ap-northeast-1{zone}",
    ).id


FAULTS = [
    ({"vpcId": None}, "vpcId", "is required"),
    ({"serviceName": None}, "serviceName", "must be given"),
    ({"vpcEndpointType": "interface"}, "vpcEndpointType", "be one of 'Interface', 'Gateway'"),
    ({"vpcEndpointType": "GatewayLoadBalancer"}, "vpcEndpointType", "not GatewayLoadBalancer"),
    ({"vpcEndpointType": "Resource"}, "vpcEndpointType", "not Resource"),
    ({"vpcEndpointType": "ServiceNetwork"}, "vpcEndpointType", "not ServiceNetwork"),
    ({"ipAddressType": "ipv5"}, "ipAddressType", "be one of 'ipv4', 'dualstack', 'ipv6'"),
    ({"ipAddressType": "dualstack"}, "ipAddressType", "IPv4 addresses only"),
    ({"policy": "{"}, "policy", "be a JSON document"),
    ({"dnsOptions": {"dnsRecordIpType": "x"}}, "dnsOptions.dnsRecordIpType", "be one of"),
    ({"serviceRegion": "us-east-1"}, "serviceRegion", "no services of other regions"),
    ({"serviceNetworkArn": "arn:aws:x"}, "serviceNetworkArn", "not modelled by the sandbox"),
    ({"resourceConfigurationArn": "a"}, "resourceConfigurationArn", "not modelled by the sandbox"),
    (
        {"subnetConfigurations": [{"ipv6": "2001:db8::1"}]},
        "subnetConfigurations[0].ipv6",
        "not modelled by the sandbox",
    ),
    ({"networkInterfaceIds": ["eni-1"]}, "networkInterfaceIds", "decided by AWS"),
]


@pytest.mark.parametrize(("given", "path", "reason"), FAULTS)
def test_a_preview_names_what_is_wrong(
    aws: Instance, given: dict[str, Any], path: str, reason: str
) -> None:
    failures = aws.failures(ENDPOINT, **{"vpcId": "vpc-1", **INTERFACE, **given})
    assert reason in failures[path]


def test_an_unknown_type_is_not_judged(aws: Instance) -> None:
    assert aws.failures(ENDPOINT, vpcId="vpc-1", serviceName=EC2, vpcEndpointType=UNKNOWN) == {}


def test_two_subnets_of_one_zone_are_refused(aws: Instance, vpc: Created) -> None:
    one, other = subnet(aws, vpc, 1), subnet(aws, vpc, 2)
    message = (
        f"DuplicateSubnetsInSameZone: Found another VPC endpoint subnet in the availability zone "
        f"of {other}. VPC endpoint subnets should be in different availability zones"
    )
    with pytest.raises(FailedError, match=message):
        aws.create(ENDPOINT, vpcId=vpc.id, subnetIds=[one, other], **INTERFACE)


def test_a_second_subnet_of_a_zone_is_refused_later_too(aws: Instance, vpc: Created) -> None:
    one, other = subnet(aws, vpc, 1), subnet(aws, vpc, 2)
    endpoint = aws.create(ENDPOINT, vpcId=vpc.id, subnetIds=[one], **INTERFACE)
    with pytest.raises(FailedError, match="ModifyVpcEndpoint: DuplicateSubnetsInSameZone"):
        endpoint.update(subnetIds=[one, other])
    assert endpoint.update(subnetIds=[other])["subnetIds"] == [other]


@pytest.mark.parametrize(
    "attributes", [{}, {"enableDnsHostnames": True, "enableDnsSupport": False}]
)
def test_private_dns_needs_both_attributes_of_the_vpc(
    aws: Instance, attributes: dict[str, bool]
) -> None:
    vpc = aws.create(VPC, cidrBlock="10.0.0.0/16", **attributes)
    message = (
        "InvalidParameter: Enabling private DNS requires both enableDnsSupport and "
        f"enableDnsHostnames VPC attributes set to true for {vpc.id}"
    )
    with pytest.raises(FailedError, match=message):
        aws.create(ENDPOINT, vpcId=vpc.id, privateDnsEnabled=True, **INTERFACE)


def test_private_dns_of_one_service_twice_in_a_vpc_is_refused(aws: Instance, vpc: Created) -> None:
    private = {"vpcId": vpc.id, "privateDnsEnabled": True, **INTERFACE}
    first = aws.create(ENDPOINT, **private)
    message = (
        "InvalidParameter: private-dns-enabled cannot be set because there is already a "
        f"conflicting DNS domain for ec2.ap-northeast-1.amazonaws.com in the VPC {vpc.id}"
    )
    with pytest.raises(FailedError, match=message):
        aws.create(ENDPOINT, **private)
    assert aws.create(ENDPOINT, **{**private, "privateDnsEnabled": False}).id != first.id
    first.delete()
    aws.create(ENDPOINT, **private)


REFUSALS = [
    (
        {"serviceName": "com.amazonaws.ap-northeast-1.bogus"},
        (
            "CreateVpcEndpoint: InvalidServiceName: The Vpc Endpoint Service "
            "'com.amazonaws.ap-northeast-1.bogus' does not exist"
        ),
    ),
    (
        {"vpcEndpointType": "Gateway"},
        (
            r"InvalidParameter: Endpoint type \(Gateway\) does not match available service types "
            r"\(\[Interface\]\)"
        ),
    ),
    (
        {"routeTableIds": ["rtb-1"]},
        "InvalidParameter: Route table IDs are only supported for Gateway type VPC Endpoint",
    ),
    (
        {"serviceName": S3, "vpcEndpointType": "Gateway", "subnetIds": ["subnet-1"]},
        "InvalidParameter: Subnet IDs are only supported for Interface and GatewayLoadBalancer",
    ),
    (
        {"serviceName": S3, "vpcEndpointType": "Gateway", "privateDnsEnabled": True},
        "InvalidParameter: Private DNS is only supported for Interface type",
    ),
    (
        {
            "serviceName": S3,
            "privateDnsEnabled": True,
            "dnsOptions": {"privateDnsOnlyForInboundResolverEndpoint": True},
        },
        (
            "InvalidParameter: To set PrivateDnsOnlyForInboundResolverEndpoint to true, the VPC "
            "vpc-[0-9a-f]+ must have a Gateway endpoint"
        ),
    ),
    ({"vpcId": "vpc-0"}, "InvalidVpcId.NotFound: The Vpc Id vpc-0 does not exist"),
    ({"subnetIds": ["subnet-0"]}, "InvalidSubnetID.NotFound: The subnet ID 'subnet-0' does not"),
    ({"securityGroupIds": ["sg-0"]}, "InvalidGroup.NotFound: The security group 'sg-0' does not"),
    (
        {"subnetConfigurations": [{"subnetId": "subnet-0", "ipv4": "10.0.1.5"}]},
        "InvalidParameter: The subnet 'subnet-0' of a subnet configuration is not",
    ),
]


@pytest.mark.parametrize(("given", "message"), REFUSALS)
def test_aws_refuses(aws: Instance, vpc: Created, given: dict[str, Any], message: str) -> None:
    with pytest.raises(FailedError, match=message):
        aws.create(ENDPOINT, **{"vpcId": vpc.id, **INTERFACE, **given})


def test_a_subnet_or_group_of_another_vpc_is_refused(
    aws: Instance, vpc: Created, foreign: Created
) -> None:
    away = subnet(aws, foreign, 1)
    with pytest.raises(FailedError, match=f"The subnet '{away}' does not belong to the VPC"):
        aws.create(ENDPOINT, vpcId=vpc.id, subnetIds=[away], **INTERFACE)
    group = foreign["defaultSecurityGroupId"]
    with pytest.raises(FailedError, match=f"The security group '{group}' does not belong to"):
        aws.create(ENDPOINT, vpcId=vpc.id, securityGroupIds=[group], **INTERFACE)


def test_a_zone_without_the_service_is_refused(
    aws: Instance, vpc: Created, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sandbox.provider.ec2 import vpc_endpoint_refusals

    found = vpc_endpoint_refusals.find_service
    monkeypatch.setattr(
        vpc_endpoint_refusals,
        "find_service",
        lambda *given: {**found(*given), "AvailabilityZones": ["ap-northeast-1c"]},
    )
    here = subnet(aws, vpc, 1)
    message = (
        f"InvalidParameter: The VPC endpoint service {EC2} does not support the availability "
        f"zone of the subnet: {here}."
    )
    with pytest.raises(FailedError, match=message):
        aws.create(ENDPOINT, vpcId=vpc.id, subnetIds=[here], **INTERFACE)


def test_a_second_gateway_endpoint_of_a_table_is_refused(aws: Instance, vpc: Created) -> None:
    table = vpc["mainRouteTableId"]
    aws.create(ENDPOINT, vpcId=vpc.id, serviceName=S3, routeTableIds=[table])
    message = (
        f"RouteAlreadyExists: route table {table} already has a route with "
        "destination-prefix-list-id pl-"
    )
    with pytest.raises(FailedError, match=message):
        aws.create(ENDPOINT, vpcId=vpc.id, serviceName=S3, routeTableIds=[table])


def test_nothing_is_made_for_an_address_outside_the_subnet(
    aws: Instance, ec2: Any, vpc: Created
) -> None:
    here = subnet(aws, vpc, 1)
    fixed = [{"subnetId": here, "ipv4": "10.0.2.5"}]
    message = "InvalidParameterValue: Address 10.0.2.5 does not fall within the subnet's address"
    with pytest.raises(FailedError, match=message) as refused:
        aws.create(
            ENDPOINT, vpcId=vpc.id, subnetIds=[here], subnetConfigurations=fixed, **INTERFACE
        )
    assert refused.value.partial is None
    filters = [{"Name": "subnet-id", "Values": [here]}]
    assert ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"] == []


def test_a_group_of_an_endpoint_without_subnets_is_not_deleted(aws: Instance, vpc: Created) -> None:
    group = aws.create(GROUP, vpcId=vpc.id)
    endpoint = aws.create(ENDPOINT, vpcId=vpc.id, securityGroupIds=[group.id], **INTERFACE)
    with pytest.raises(FailedError, match="DependencyViolation"):
        group.delete()
    endpoint.delete()
    group.delete()
