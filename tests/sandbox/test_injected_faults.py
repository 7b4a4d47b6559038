"""Faults that somebody asks for: which calls they hit, and what is left after them."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sandbox.provider.injected_faults import ANY_CHANGE, InjectedFault, InjectedFaults
from tests.support.compute import find_image, make_network
from tests.support.provider import FailedError, Instance, running_provider

VPC = "aws:ec2/vpc:Vpc"
RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
HTTPS = {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "10.0.0.0/24"}
NO_CAPACITY = "InsufficientInstanceCapacity"


@pytest.fixture
def faults(tmp_path: Path) -> InjectedFaults:
    return InjectedFaults(tmp_path / "faults.json")


@pytest.fixture
def port(aws_endpoint: str, faults: InjectedFaults) -> Iterator[int]:
    with running_provider(aws_endpoint, faults) as port:
        yield port


@pytest.fixture
def aws(port: int) -> Iterator[Instance]:
    instance = Instance(port)
    yield instance
    instance.close()


def make_vpc(aws: Instance, **more: Any) -> Any:
    return aws.create(VPC, cidrBlock="10.0.0.0/16", **more)


def test_a_named_call_fails_once_with_the_code_and_the_words(
    aws: Instance, faults: InjectedFaults
) -> None:
    faults.add(InjectedFault("CreateVpc", "VpcLimitExceeded", "The maximum has been reached."))
    with pytest.raises(FailedError) as caught:
        make_vpc(aws)
    assert str(caught.value) == (
        "creating EC2 VPC: CreateVpc: VpcLimitExceeded: The maximum has been reached."
    )
    assert caught.value.partial is None
    assert faults.pending() == []
    assert make_vpc(aws).id.startswith("vpc-")


def test_other_calls_and_reading_calls_go_through(aws: Instance, faults: InjectedFaults) -> None:
    faults.add(InjectedFault("CreateSubnet", "SubnetLimitExceeded"))
    faults.add(InjectedFault(ANY_CHANGE, "RequestLimitExceeded", after=100))
    vpc = make_vpc(aws)
    aws.invoke("aws:ec2/getVpc:getVpc", id=vpc.id)
    assert vpc.refresh() is not None
    assert [fault.operation for fault in faults.pending()] == ["CreateSubnet", ANY_CHANGE]


def test_a_fault_lets_so_many_calls_through_and_fails_so_many(faults: InjectedFaults) -> None:
    faults.add(InjectedFault("CreateVpc", "Unavailable", times=2, after=1))
    calls = ["CreateVpc", "DescribeVpcs", "CreateSubnet", "CreateVpc", "CreateVpc", "CreateVpc"]
    failing = [faults.take(call) is not None for call in calls]
    assert failing == [False, False, False, True, True, False]


def test_any_change_counts_whatever_changes_something(faults: InjectedFaults) -> None:
    faults.add(InjectedFault(ANY_CHANGE, "Unavailable", after=2))
    calls = ["CreateVpc", "DescribeVpcs", "GetRole", "ListRoles", "CreateRole", "DeleteSubnet"]
    assert [faults.take(call) is not None for call in calls] == [False] * 5 + [True]


def test_faults_are_shared_through_their_file_and_can_be_cleared(
    faults: InjectedFaults, tmp_path: Path
) -> None:
    other = InjectedFaults(tmp_path / "faults.json")
    other.add(InjectedFault("RunInstances", NO_CAPACITY, "none left", times=3, after=1))
    (fault,) = faults.pending()
    assert str(fault) == (f"RunInstances: the next 3 calls after 1 more: {NO_CAPACITY}: none left")
    faults.clear()
    assert other.pending() == []
    assert other.take("RunInstances") is None


def test_a_later_step_of_a_create_leaves_what_exists_in_the_state(
    aws: Instance, faults: InjectedFaults, ec2: Any
) -> None:
    faults.add(InjectedFault("ModifyVpcAttribute", "UnauthorizedOperation"))
    with pytest.raises(FailedError) as caught:
        make_vpc(aws, enableDnsHostnames=True)
    partial = caught.value.partial
    assert partial is not None
    (vpc,) = ec2.describe_vpcs(VpcIds=[partial.id])["Vpcs"]
    assert vpc["State"] == "available"


def test_an_answer_is_held_until_the_faults_are_cleared_and_then_lost(
    aws: Instance, faults: InjectedFaults, ec2: Any
) -> None:
    cidr = "10.77.0.0/16"
    here = [{"Name": "cidr", "Values": [cidr]}]
    faults.add(InjectedFault("CreateVpc", holds=True))
    with ThreadPoolExecutor(1) as pool:
        creating = pool.submit(aws.create, VPC, cidrBlock=cidr, enableDnsHostnames=True)
        while not any(fault.held for fault in faults.pending()):
            assert not creating.done()
            time.sleep(0.01)
        (vpc,) = ec2.describe_vpcs(Filters=here)["Vpcs"]
        assert [str(fault) for fault in faults.pending()] == [
            "CreateVpc: its answer is held until the faults are cleared, then lost"
        ]
        faults.clear()
        with pytest.raises(FailedError, match=r"CreateVpc: RequestError: the answer was held"):
            creating.result()
    names = ec2.describe_vpc_attribute(VpcId=vpc["VpcId"], Attribute="enableDnsHostnames")
    assert names["EnableDnsHostnames"]["Value"] is False
    assert aws.create(VPC, cidrBlock=cidr).id != vpc["VpcId"]


def test_a_type_of_the_plugin_framework_keeps_its_prior_state_after_a_failed_update(
    aws: Instance, faults: InjectedFaults
) -> None:
    """Nothing is told of a plan, so the next update finds the same difference and does it."""
    group = aws.create("aws:ec2/securityGroup:SecurityGroup", vpcId=make_vpc(aws).id)
    rule = aws.create(RULE, securityGroupId=group.id, **HTTPS)
    faults.add(InjectedFault("ModifySecurityGroupRules", "Unavailable"))
    with pytest.raises(FailedError, match=r"updating VPC Security Group Rule \(sgr-") as caught:
        rule.update(cidrIpv4="10.0.1.0/24")
    assert caught.value.partial is None
    assert rule.diff(cidrIpv4="10.0.1.0/24").kinds == {"cidrIpv4": "UPDATE"}
    assert rule.update(cidrIpv4="10.0.1.0/24")["cidrIpv4"] == "10.0.1.0/24"


def test_a_rule_that_was_made_but_not_tagged_is_in_aws_alone(
    aws: Instance, faults: InjectedFaults
) -> None:
    """The framework has no state of it, so the next update collides with what the first made."""
    group = aws.create("aws:ec2/securityGroup:SecurityGroup", vpcId=make_vpc(aws).id)
    faults.add(InjectedFault("CreateTags", "Unavailable"))
    with pytest.raises(FailedError, match="CreateTags: Unavailable") as caught:
        aws.create(RULE, securityGroupId=group.id, tags={"Name": "https"}, **HTTPS)
    assert caught.value.partial is None
    with pytest.raises(FailedError, match=r"InvalidPermission\.Duplicate"):
        aws.create(RULE, securityGroupId=group.id, tags={"Name": "https"}, **HTTPS)


def test_what_aws_does_inside_a_call_is_no_call_that_could_fail(
    aws: Instance, faults: InjectedFaults
) -> None:
    network = make_network(aws)
    for operation in (
        "CreateNetworkInterface",
        "AssignPrivateIpAddresses",
        "ModifyNetworkInterfaceAttribute",
    ):
        faults.add(InjectedFault(operation, "Unavailable"))
    aws.create(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        vpcId=network.vpc.id,
        serviceName="com.amazonaws.ap-northeast-1.ec2",
        vpcEndpointType="Interface",
        subnetIds=[network.subnet_a.id],
    )
    assert len(faults.pending()) == 3


@pytest.mark.parametrize(
    ("settings", "attempts"), [({}, 25), ({"maxRetries": "3"}, 3), ({"maxRetries": 4}, 4)]
)
def test_an_error_says_how_often_the_official_provider_would_have_tried(
    port: int, faults: InjectedFaults, settings: dict[str, Any], attempts: int
) -> None:
    aws = Instance(port, **settings)
    network = make_network(aws)
    faults.add(InjectedFault("RunInstances", NO_CAPACITY, "no capacity"))
    with pytest.raises(FailedError) as caught:
        aws.create(
            "aws:ec2/instance:Instance",
            ami=find_image(aws),
            instanceType="t3.small",
            subnetId=network.subnet_a.id,
        )
    aws.close()
    assert str(caught.value) == (
        f"creating EC2 Instance: RunInstances: {NO_CAPACITY}: no capacity "
        f"(the official provider makes this call up to {attempts} times, with growing pauses, "
        "before it fails; aws:maxRetries sets the number)"
    )


def test_an_error_that_is_not_repeated_says_nothing_of_attempts(
    aws: Instance, faults: InjectedFaults
) -> None:
    faults.add(InjectedFault("CreateVpc", "UnauthorizedOperation", "You are not authorized."))
    with pytest.raises(FailedError, match=r"UnauthorizedOperation: You are not authorized\.$"):
        make_vpc(aws)


def test_one_attempt_is_no_repetition(port: int, faults: InjectedFaults) -> None:
    aws = Instance(port, maxRetries=1)
    faults.add(InjectedFault("CreateVpc", "RequestLimitExceeded", "slower"))
    with pytest.raises(FailedError, match=r"RequestLimitExceeded: slower$"):
        make_vpc(aws)
    aws.close()
