"""What the pattern of foreign changes matches, by moto's reading of EventBridge's patterns."""

import json
from typing import Any

import pytest
from moto.events.models import EventPattern

from components.monitoring_documents import foreign_route_change

ROLE = "arn:aws:iam::123456789012:role/cluster-role"


def event(identity: dict[str, Any], table: str = "rtb-1", name: str = "ReplaceRoute") -> Any:
    return {
        "source": "aws.ec2",
        "detail-type": "AWS API Call via CloudTrail",
        "detail": {
            "eventSource": "ec2.amazonaws.com",
            "eventName": name,
            "requestParameters": {"routeTableId": table, "destinationCidrBlock": "20.0.0.100/32"},
            "userIdentity": identity,
        },
    }


def assumed(role: str) -> dict[str, Any]:
    session = {"sessionIssuer": {"type": "Role", "arn": role}}
    return {"type": "AssumedRole", "sessionContext": session}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (event(assumed(ROLE)), False),
        (event(assumed(f"{ROLE}-2")), True),
        (event({"type": "IAMUser", "arn": "arn:aws:iam::123456789012:user/me"}), True),
        (event({"type": "Root", "sessionContext": {"attributes": {}}}), True),
        (event(assumed("other"), name="DeleteRoute"), True),
        (event(assumed("other"), name="CreateRoute"), True),
        (event(assumed("other"), name="DescribeRouteTables"), False),
        (event(assumed("other"), table="rtb-9"), False),
    ],
)
def test_a_route_that_anybody_but_a_node_changes_is_told(change: Any, *, told: bool) -> None:
    pattern = EventPattern.load(json.dumps(foreign_route_change(ROLE, ["rtb-1", "rtb-2"])))
    assert pattern.matches_event(change) is told
