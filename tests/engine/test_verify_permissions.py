"""Faults of what the nodes may call, on the program's own cluster."""

import json
from pathlib import Path

import pytest

from ops.command import main
from ops.errors import ExitCode
from tests.support.cluster import ClusterUnderTest
from tests.support.operations import Operated, roots


def test_the_stacks_own_permissions_are_enough_and_no_more(operated: Operated) -> None:
    report = operated.report()
    assert report.findings == ()
    assert report.not_checked == ()


def test_a_node_has_lost_its_instance_profile(operated: Operated) -> None:
    node = operated.cluster.nodes[1]
    ec2 = operated.ec2
    found = ec2.describe_iam_instance_profile_associations(
        Filters=[{"Name": "instance-id", "Values": [node.instance_id]}]
    )["IamInstanceProfileAssociations"][0]
    ec2.disassociate_iam_instance_profile(AssociationId=found["AssociationId"])
    try:
        report = operated.report()
    finally:
        arn = found["IamInstanceProfile"]["Arn"]
        ec2.associate_iam_instance_profile(
            IamInstanceProfile={"Arn": arn, "Name": arn.rpartition("/")[2]},
            InstanceId=node.instance_id,
        )
    assert roots(report) == {("instance-profile-wrong", node.instance_id)}
    assert report.findings[0].remedy.startswith(
        f"aws ec2 associate-iam-instance-profile --instance-id {node.instance_id} "
        "--iam-instance-profile Arn=arn:aws:iam::"
    )


def test_the_role_may_replace_every_route(operated: Operated) -> None:
    iam = operated.aws.client("iam")
    role = operated.cluster.node_role_arn.rpartition("/")[2]
    statement = {"Effect": "Allow", "Action": "ec2:ReplaceRoute", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName=role, PolicyName="more", PolicyDocument=document)
    try:
        report = operated.report()
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName="more")
    assert {identity for identity, _ in roots(report)} == {"role-too-wide"}


def test_the_endpoint_lets_nobody_through_and_a_drill_by_the_cluster_is_refused(
    operated: Operated,
    cluster: ClusterUnderTest,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    endpoint = operated.cluster.endpoint_ids["ec2"]
    described = operated.ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"][0]
    operated.ec2.modify_vpc_endpoint(
        VpcEndpointId=endpoint, PolicyDocument='{"Version": "2012-10-17", "Statement": []}'
    )
    outputs = tmp_path / "outputs.json"
    outputs.write_text(json.dumps(cluster.outputs()))
    words = ["drill", "--outputs", str(outputs), "--yes", "--force", "--json"]
    try:
        report = operated.report()
        refused = main(words)
    finally:
        operated.ec2.modify_vpc_endpoint(
            VpcEndpointId=endpoint, PolicyDocument=described["PolicyDocument"]
        )
    assert roots(report) == {("endpoint-policy-denies", endpoint)}
    assert refused == ExitCode.FAILED
    told = json.loads(capsys.readouterr().out)
    assert told["refused"]
    assert [each["id"] for each in told["problems"]] == ["endpoint-policy-denies"]
