from typing import Any

import pytest

from tests.support.provider import FailedError, Instance, unique

VPC = "aws:ec2/vpc:Vpc"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
HTTPS = {"fromPort": 443, "toPort": 443, "protocol": "tcp", "cidrBlocks": ["10.0.0.0/16"]}


@pytest.fixture
def vpc(aws: Instance) -> str:
    return aws.create(VPC, cidrBlock="10.0.0.0/16").id


FAULTS = [
    ({"name": "sg-web"}, "name", "must not begin with sg-"),
    ({"name": "x" * 256}, "name", "must have 0 to 255 characters"),
    ({"namePrefix": "x" * 230}, "namePrefix", "must have 0 to 229 characters"),
    ({"name": "a", "namePrefix": "b"}, "name", "conflicts with namePrefix"),
    ({"description": "x" * 256}, "description", "must have 0 to 255 characters"),
    ({"arn": "x"}, "arn", "decided by AWS"),
    ({"ingress": [{"fromPort": 1, "toPort": 1}]}, "ingress[0].protocol", "is required"),
    ({"ingress": [{"toPort": 1, "protocol": "tcp"}]}, "ingress[0].fromPort", "is required"),
    ({"egress": [{"fromPort": 1, "protocol": "tcp"}]}, "egress[0].toPort", "is required"),
    (
        {"ingress": [{**HTTPS, "cidrBlocks": ["10.0.0.1/16"]}]},
        "ingress[0].cidrBlocks[0]",
        "did you mean 10.0.0.0/16?",
    ),
    (
        {"ingress": [{**HTTPS, "cidrBlocks": ["300.0.0.0/16"]}]},
        "ingress[0].cidrBlocks[0]",
        "IPv4 range",
    ),
    (
        {"ingress": [{**HTTPS, "ipv6CidrBlocks": ["10.0.0.0/16"]}]},
        "ingress[0].ipv6CidrBlocks[0]",
        "IPv6 range",
    ),
    (
        {"ingress": [{**HTTPS, "description": "what?"}]},
        "ingress[0].description",
        "must hold only letters",
    ),
    (
        {"egress": [{**HTTPS, "protocol": "all"}]},
        "egress[0]",
        "from_port (443) and to_port (443) must both be 0 to use the 'ALL' \"-1\" protocol!",
    ),
    ({"ingress": [{**HTTPS, "cidrBlock": "10.0.0.0/16"}]}, "ingress[0].cidrBlock", "cidrBlocks"),
    ({"ingres": []}, "ingres", "did you mean ingress"),
]


@pytest.mark.parametrize(("given", "path", "reason"), FAULTS)
def test_a_preview_names_what_is_wrong(
    aws: Instance, given: dict[str, Any], path: str, reason: str
) -> None:
    failures = aws.failures(GROUP, **given)
    assert reason in failures[path]


def test_a_second_group_of_the_same_name_is_refused(aws: Instance, vpc: str) -> None:
    name = unique("web")
    aws.create(GROUP, name=name, vpcId=vpc)
    message = f"InvalidGroup.Duplicate: The security group '{name}' already exists for VPC '{vpc}'"
    with pytest.raises(FailedError, match=message):
        aws.create(GROUP, name=name, vpcId=vpc)


def test_the_same_name_in_another_vpc_is_fine(aws: Instance, vpc: str) -> None:
    name = unique("web")
    other = aws.create(VPC, cidrBlock="10.1.0.0/16").id
    assert (
        aws.create(GROUP, name=name, vpcId=vpc).id != aws.create(GROUP, name=name, vpcId=other).id
    )


REFUSALS = [
    ({"name": "default"}, "InvalidParameterValue: Cannot use reserved security group name"),
    ({"name": "wéb"}, "InvalidParameterValue: .*Character sets beyond ASCII are not supported"),
    ({"vpcId": "vpc-0"}, "InvalidVpcID.NotFound: The vpc ID 'vpc-0' does not exist"),
    (
        {"ingress": [{**HTTPS, "securityGroups": ["sg-0123456789abcdef0"]}]},
        "InvalidGroup.NotFound: The security group 'sg-0123456789abcdef0' does not exist",
    ),
    (
        {"ingress": [{**HTTPS, "prefixListIds": ["pl-0"]}]},
        "InvalidPrefixListID.NotFound: The prefix list ID 'pl-0' does not exist",
    ),
    (
        {"ingress": [{**HTTPS, "fromPort": 444}]},
        r"InvalidParameterValue: Invalid TCP/UDP port range \(444:443\)",
    ),
    (
        {"ingress": [{**HTTPS, "fromPort": -1, "toPort": -1}]},
        "Must specify both from and to ports with TCP/UDP",
    ),
    (
        {"ingress": [{**HTTPS, "protocol": "http"}]},
        "Invalid value 'http' for IP protocol. Unknown protocol",
    ),
    (
        {"ingress": [HTTPS, {**HTTPS, "description": "again"}]},
        "InvalidParameterValue: The same permission must not appear multiple times",
    ),
]


@pytest.mark.parametrize(("given", "message"), REFUSALS)
def test_aws_refuses(aws: Instance, vpc: str, given: dict[str, Any], message: str) -> None:
    with pytest.raises(FailedError, match=message):
        aws.create(GROUP, **{"vpcId": vpc, **given})


def test_a_rule_for_a_group_of_another_vpc_is_refused(aws: Instance, vpc: str) -> None:
    other = aws.create(VPC, cidrBlock="10.1.0.0/16").id
    foreign = aws.create(GROUP, "foreign", vpcId=other)
    message = "InvalidGroup.NotFound: You have specified two resources that belong to different"
    with pytest.raises(FailedError, match=message):
        aws.create(GROUP, vpcId=vpc, ingress=[{**HTTPS, "securityGroups": [foreign.id]}])


def test_a_group_is_kept_when_its_rules_are_refused(aws: Instance, ec2: Any, vpc: str) -> None:
    with pytest.raises(FailedError) as refused:
        aws.create(GROUP, vpcId=vpc, ingress=[{**HTTPS, "protocol": "http"}])
    partial = refused.value.partial
    assert partial is not None
    assert ec2.describe_security_groups(GroupIds=[partial.id])["SecurityGroups"]


def test_a_group_that_an_interface_uses_is_not_deleted(aws: Instance, ec2: Any, vpc: str) -> None:
    subnet = aws.create("aws:ec2/subnet:Subnet", vpcId=vpc, cidrBlock="10.0.1.0/24")
    group = aws.create(GROUP, vpcId=vpc)
    ec2.create_network_interface(SubnetId=subnet.id, Groups=[group.id])
    message = f"DependencyViolation: resource {group.id} has a dependent object"
    with pytest.raises(FailedError, match=message):
        group.delete()


def test_the_default_group_is_not_deleted(aws: Instance, ec2: Any, vpc: str) -> None:
    groups = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])
    default = groups["SecurityGroups"][0]["GroupId"]
    found = aws.read(GROUP, default)
    assert found is not None
    with pytest.raises(FailedError, match=r"CannotDelete: .* cannot be deleted by a user"):
        found.delete()
