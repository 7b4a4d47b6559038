"""What AWS has to tell before anything is judged, and what is done where it does not."""

from typing import Any

import pytest

from ops.aws import Aws
from ops.cluster import Cluster, Node
from ops.errors import AwsError, OpsError, UsageError
from ops.verify.snapshot import take

NODE = Node("node-a", "a", "i-1", "eni-1", "10.0.110.10")
CLUSTER = Cluster(
    name="ha-cluster-dev",
    region="us-east-1",
    vpc_id="vpc-1",
    virtual_ip="20.0.0.100",
    nodes=(NODE, Node("node-b", "b", "i-2", "eni-2", "10.0.120.10")),
)


class FakeAws(Aws):
    """Answers by operation; a text is the code with which AWS refuses one."""

    def __init__(self, **answers: Any) -> None:
        self.region = "us-east-1"
        self.answers = {"describe_vpcs": [{"VpcId": "vpc-1"}], **answers}
        self.asked: list[tuple[str, Any]] = []

    def pages(self, service: str, operation: str, key: str, **arguments: Any) -> list[Any]:
        del key
        self.asked.append((operation, arguments))
        answer = self.answers.get(operation, [])
        if isinstance(answer, str):
            raise AwsError(f"{service}:{operation}", answer, "No", "Sign in again")
        return answer

    def call(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        if operation == "describe_instances":
            self.asked.append((operation, arguments))
            if "i-1" in arguments["InstanceIds"]:
                raise AwsError(f"{service}:{operation}", "InvalidInstanceID.NotFound", "No", "")
            found = [{"InstanceId": each} for each in arguments["InstanceIds"]]
            return {"Reservations": [{"Instances": found}]}
        raise AwsError(f"{service}:{operation}", "AccessDenied", "No", "")


@pytest.mark.parametrize("operation", ["describe_route_tables", "describe_network_interfaces"])
def test_without_routes_or_interfaces_nothing_is_called_sound(operation: str) -> None:
    with pytest.raises(OpsError, match=r"ha-cluster-dev cannot be judged\. ec2:.*ExpiredToken"):
        take(FakeAws(**{operation: "ExpiredToken"}), CLUSTER)


def test_a_vpc_that_is_not_there_is_a_wrong_account_or_region() -> None:
    with pytest.raises(UsageError, match=r"vpc-1 of ha-cluster-dev is not in this account"):
        take(FakeAws(describe_vpcs=[]), CLUSTER)


def test_another_call_that_is_refused_leaves_the_rest_in_force() -> None:
    snapshot = take(FakeAws(describe_network_acls="UnauthorizedOperation"), CLUSTER)
    assert snapshot.get("route_tables") == []
    with pytest.raises(AwsError, match="UnauthorizedOperation"):
        snapshot.get("network_acls")


def test_an_instance_that_is_gone_hides_no_other_and_all_are_asked_for_by_id() -> None:
    """While a zone is disrupted, AWS fails calls without ids."""
    aws = FakeAws()
    snapshot = take(aws, CLUSTER)
    assert snapshot.get("instances") == [{"InstanceId": "i-2"}]
    asked = [given["InstanceIds"] for name, given in aws.asked if name == "describe_instances"]
    assert asked == [["i-1", "i-2"], ["i-1"], ["i-2"]]
