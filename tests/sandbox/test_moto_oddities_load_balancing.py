"""What moto does and AWS does not with load balancers and network firewalls, one test each."""

from collections.abc import Iterator
from typing import Any

import botocore.exceptions
import pytest

from sandbox.cloud import open_client
from tests.support.moto import make_subnet
from tests.support.provider import running_aws, unique


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with running_aws() as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def ec2(endpoint: str) -> Any:
    return open_client(endpoint, "ec2")


@pytest.fixture(scope="module")
def elb(endpoint: str) -> Any:
    return open_client(endpoint, "elbv2")


@pytest.fixture(scope="module")
def vpc(ec2: Any) -> str:
    return ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]


@pytest.fixture(scope="module")
def subnet(ec2: Any, vpc: str) -> str:
    return make_subnet(ec2, vpc, "10.0.1.0/24")


def make_balancer(elb: Any, subnet: str, **more: Any) -> dict[str, Any]:
    given = {"Name": unique("lb"), "Subnets": [subnet], **more}
    return elb.create_load_balancer(**given)["LoadBalancers"][0]


def make_group(elb: Any, vpc: str) -> str:
    made = elb.create_target_group(
        Name=unique("tg"), Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip"
    )
    return made["TargetGroups"][0]["TargetGroupArn"]


def listen(elb: Any, balancer: str, group: str) -> str:
    action = {"Type": "forward", "TargetGroupArn": group}
    made = elb.create_listener(
        LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[action]
    )
    return made["Listeners"][0]["ListenerArn"]


def test_an_application_load_balancer_stands_in_one_zone_without_a_gateway_or_interface(
    elb: Any, ec2: Any, subnet: str
) -> None:
    place = [{"Name": "subnet-id", "Values": [subnet]}]
    before = ec2.describe_network_interfaces(Filters=place)["NetworkInterfaces"]
    made = make_balancer(elb, subnet, Scheme="internet-facing")
    assert len(made["AvailabilityZones"]) == 1
    assert made["SecurityGroups"] == []
    assert ec2.describe_network_interfaces(Filters=place)["NetworkInterfaces"] == before


def test_a_name_is_given_twice(elb: Any, subnet: str) -> None:
    name = unique("lb")
    arns = {make_balancer(elb, subnet, Name=name)["LoadBalancerArn"] for _ in range(2)}
    assert len(arns) == 2


def test_the_arn_of_a_network_load_balancer_says_app(elb: Any, subnet: str) -> None:
    assert ":loadbalancer/app/" in make_balancer(elb, subnet, Type="network")["LoadBalancerArn"]


def test_deletion_protection_does_not_protect(elb: Any, subnet: str) -> None:
    arn = make_balancer(elb, subnet)["LoadBalancerArn"]
    protection = {"Key": "deletion_protection.enabled", "Value": "true"}
    elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[protection])
    elb.delete_load_balancer(LoadBalancerArn=arn)
    assert arn not in {
        each["LoadBalancerArn"] for each in elb.describe_load_balancers()["LoadBalancers"]
    }


def test_two_listeners_share_a_port(elb: Any, vpc: str, subnet: str) -> None:
    arn, group = make_balancer(elb, subnet)["LoadBalancerArn"], make_group(elb, vpc)
    assert listen(elb, arn, group) != listen(elb, arn, group)


def test_a_group_keeps_the_load_balancer_of_a_listener_that_is_gone(
    elb: Any, vpc: str, subnet: str
) -> None:
    arn, group = make_balancer(elb, subnet)["LoadBalancerArn"], make_group(elb, vpc)
    elb.delete_listener(ListenerArn=listen(elb, arn, group))
    (live,) = elb.describe_target_groups(TargetGroupArns=[group])["TargetGroups"]
    assert live["LoadBalancerArns"] == [arn]


def test_a_group_serves_two_load_balancers(elb: Any, vpc: str, subnet: str) -> None:
    group = make_group(elb, vpc)
    for _ in range(2):
        listen(elb, make_balancer(elb, subnet)["LoadBalancerArn"], group)
    (live,) = elb.describe_target_groups(TargetGroupArns=[group])["TargetGroups"]
    assert len(live["LoadBalancerArns"]) == 2


def test_a_second_port_of_a_target_takes_the_place_of_the_first(elb: Any, vpc: str) -> None:
    group = make_group(elb, vpc)
    for port in (80, 81):
        elb.register_targets(TargetGroupArn=group, Targets=[{"Id": "10.0.1.9", "Port": port}])
    health = elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert [each["Target"] for each in health] == [{"Id": "10.0.1.9", "Port": 81}]


def test_a_target_may_be_anything(elb: Any, vpc: str) -> None:
    group = make_group(elb, vpc)
    elb.register_targets(TargetGroupArn=group, Targets=[{"Id": "i-nowhere"}])
    health = elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert health[0]["TargetHealth"]["State"] == "healthy"


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("delete_firewall", {"FirewallName": "f"}),
        ("list_firewall_policies", {}),
        ("list_rule_groups", {}),
    ],
)
def test_network_firewall_has_no_way_to_delete_and_no_policies(
    endpoint: str, operation: str, arguments: dict[str, str]
) -> None:
    client = open_client(endpoint, "network-firewall")
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        getattr(client, operation)(**arguments)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
