"""What monitoring needs in AWS's languages: the role of flow logs, the pattern of foreign changes.

Pure, like `documents`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from . import partitions
from .documents import Document, allow, document


def flow_log_trust(region: str, account_id: str) -> Document:
    """Return the trust policy of a role with which flow logs of one account are delivered.

    The conditions keep the service from acting for another account:
    https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
    """
    arn = f"arn:{partitions.partition(region)}:ec2:{region}:{account_id}:vpc-flow-log/*"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": account_id},
            "ArnLike": {"aws:SourceArn": arn},
        },
    }
    return document([statement])


def flow_log_permissions(log_group_arn: str) -> Document:
    """Return what the delivery of flow logs may do: write to one log group that is there."""
    write = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    return document(
        [
            allow("WriteRecords", write, f"{log_group_arn}:*"),
            allow("FindGroup", "logs:DescribeLogGroups", "*"),
        ]
    )


def foreign_route_change(node_role_arn: str, route_table_ids: Sequence[str]) -> Mapping[str, Any]:
    """Return the event pattern of a changed route in these tables by anybody but the nodes.

    A user has no session and so no issuer, and `anything-but` matches no field that is missing:
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
    """

    def issued_by(condition: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"userIdentity": {"sessionContext": {"sessionIssuer": {"arn": [condition]}}}}

    return {
        "source": ["aws.ec2"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventSource": ["ec2.amazonaws.com"],
            "eventName": ["CreateRoute", "DeleteRoute", "ReplaceRoute"],
            "requestParameters": {"routeTableId": list(route_table_ids)},
            "$or": [issued_by({"anything-but": [node_role_arn]}), issued_by({"exists": False})],
        },
    }
