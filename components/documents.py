"""IAM and endpoint policy documents: what a node may ask of the EC2 API, and nothing more.

Pure: plain mappings in AWS's policy language, to be written as JSON.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from . import partitions

VERSION = "2012-10-17"

# EC2's Describe actions know no resource but "*":
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
LOOK_ACTIONS = ("ec2:DescribeNetworkInterfaces", "ec2:DescribeRouteTables", "ec2:DescribeVpcs")
MOVE_ACTION = "ec2:ReplaceRoute"

Statement = Mapping[str, Any]
Document = Mapping[str, Any]


def instance_trust(region: str) -> Document:
    """Return the trust policy of a role that EC2 instances of a region take on."""
    principal = {"Service": partitions.service_principal(region, "ec2")}
    return _document(
        [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}],
    )


def move_permissions(route_table_arns: Sequence[str]) -> Document:
    """Return the permissions of a node: look at the network, replace routes in these tables."""
    return _document(_moving(route_table_arns))


def endpoint_policy(caller_role_arn: str, route_table_arns: Sequence[str]) -> Document:
    """Return a policy that lets one role through the endpoint, for the same actions only.

    The role stands in a condition: as a principal it would turn into an internal id, and a role
    made anew under the same name would be shut out.
    """
    caller = {
        "Principal": "*",
        "Condition": {"ArnEquals": {"aws:PrincipalArn": caller_role_arn}},
    }
    return _document([{**statement, **caller} for statement in _moving(route_table_arns)])


def route_table_arn(vpc_arn: str, route_table_id: str) -> str:
    """Return the ARN of a table from that of its VPC: they share partition, region and account."""
    partition_region_account, _, _ = vpc_arn.rpartition(":")
    return f"{partition_region_account}:route-table/{route_table_id}"


def _moving(route_table_arns: Sequence[str]) -> list[Statement]:
    return [
        {
            "Sid": "LookAtTheNetwork",
            "Effect": "Allow",
            "Action": list(LOOK_ACTIONS),
            "Resource": "*",
        },
        {
            "Sid": "MoveTheVirtualIp",
            "Effect": "Allow",
            "Action": MOVE_ACTION,
            "Resource": sorted(route_table_arns),
        },
    ]


def _document(statements: Sequence[Statement]) -> Document:
    return {"Version": VERSION, "Statement": list(statements)}
