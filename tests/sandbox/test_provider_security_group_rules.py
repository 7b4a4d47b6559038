from typing import Any

import pytest

from sandbox.provider.wire import UNKNOWN
from tests.support.provider import Created, FailedError, Instance, unknowns

VPC = "aws:ec2/vpc:Vpc"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
HTTPS = {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443}


@pytest.fixture
def vpc(aws: Instance) -> str:
    return aws.create(VPC, cidrBlock="10.0.0.0/16").id


@pytest.fixture
def group(aws: Instance, vpc: str) -> Created:
    return aws.create(GROUP, "g", vpcId=vpc)


@pytest.fixture
def rule(aws: Instance, group: Created) -> Created:
    return aws.create(INGRESS, securityGroupId=group.id, cidrIpv4="10.0.0.0/16", **HTTPS)


def live(ec2: Any, rule_id: str) -> dict[str, Any]:
    return ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule_id])["SecurityGroupRules"][
        0
    ]


def test_a_rule_has_an_id_an_arn_and_tags_of_its_own(
    aws: Instance, ec2: Any, group: Created
) -> None:
    rule = aws.create(
        INGRESS,
        securityGroupId=group.id,
        cidrIpv4="10.0.0.0/16",
        description="web",
        tags={"Name": "https"},
        **HTTPS,
    )
    assert rule.id.startswith("sgr-")
    assert rule["securityGroupRuleId"] == rule.id
    assert rule["arn"] == (f"arn:aws:ec2:ap-northeast-1:123456789012:security-group-rule/{rule.id}")
    assert rule["tagsAll"] == {"Name": "https"}
    found = live(ec2, rule.id)
    assert (found["IsEgress"], found["CidrIpv4"], found["Description"], found["Tags"]) == (
        False, "10.0.0.0/16", "web", [{"Key": "Name", "Value": "https"}],
    )  # fmt: skip


def test_an_egress_rule_for_everything_has_no_ports(
    aws: Instance, ec2: Any, group: Created
) -> None:
    rule = aws.create(EGRESS, securityGroupId=group.id, cidrIpv4="0.0.0.0/0", ipProtocol="-1")
    assert "fromPort" not in rule.state
    assert "toPort" not in rule.state
    assert live(ec2, rule.id)["IsEgress"] is True
    assert rule.diff().names == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cidrIpv6", "2001:db8::/32"),
        ("referencedSecurityGroupId", "GROUP"),
        ("prefixListId", "PREFIX LIST"),
    ],
)
def test_a_rule_takes_any_kind_of_peer(
    aws: Instance, ec2: Any, group: Created, name: str, value: str
) -> None:
    lists = ec2.describe_managed_prefix_lists()["PrefixLists"]
    value = {"GROUP": group.id, "PREFIX LIST": lists[0]["PrefixListId"]}.get(value, value)
    given = {name: value, "description": "peer", **HTTPS}
    rule = aws.create(INGRESS, securityGroupId=group.id, **given)
    assert rule[name] == value
    assert rule["description"] == "peer"
    found = rule.refresh()
    assert found is not None
    assert found.state == rule.state


def test_a_protocol_keeps_the_spelling_of_the_program(aws: Instance, group: Created) -> None:
    rule = aws.create(
        INGRESS, securityGroupId=group.id, cidrIpv4="10.0.0.0/16", **{**HTTPS, "ipProtocol": "6"}
    )
    assert rule["ipProtocol"] == "6"
    assert rule.diff(ipProtocol="tcp").names == []


def test_a_preview_does_not_know_what_aws_decides(aws: Instance) -> None:
    outputs = aws.preview(INGRESS, securityGroupId=UNKNOWN, cidrIpv4="10.0.0.0/16", **HTTPS)
    assert unknowns(outputs) == {"arn", "id", "securityGroupId", "securityGroupRuleId"}


CHANGES = [
    ({"cidrIpv4": "10.1.0.0/16"}, {"cidrIpv4"}, set()),
    ({"fromPort": 442}, {"fromPort"}, set()),
    ({"toPort": 444}, {"toPort"}, set()),
    ({"ipProtocol": "udp"}, {"ipProtocol"}, set()),
    ({"ipProtocol": "6"}, set(), set()),
    ({"description": "web"}, {"description"}, set()),
    ({"tags": {"a": "b"}}, {"tags", "tagsAll"}, set()),
    ({"securityGroupId": "sg-other"}, {"securityGroupId"}, {"securityGroupId"}),
    ({"region": "us-west-2"}, {"region"}, {"region"}),
    (
        {"cidrIpv4": None, "cidrIpv6": "2001:db8::/32"},
        {"cidrIpv4", "cidrIpv6"},
        {"cidrIpv4", "cidrIpv6"},
    ),
    (
        {"cidrIpv4": None, "referencedSecurityGroupId": "sg-other"},
        {"cidrIpv4", "referencedSecurityGroupId"},
        {"cidrIpv4", "referencedSecurityGroupId"},
    ),
    (
        {"cidrIpv4": None, "prefixListId": "pl-1"},
        {"cidrIpv4", "prefixListId"},
        {"cidrIpv4", "prefixListId"},
    ),
]


@pytest.mark.parametrize(("change", "names", "replaces"), CHANGES)
def test_a_change_updates_replaces_or_means_nothing(
    rule: Created, change: dict[str, Any], names: set[str], replaces: set[str]
) -> None:
    diff = rule.diff(**change)
    assert set(diff.names) == names
    assert set(diff.replaces) == replaces


def test_an_update_keeps_the_id(ec2: Any, rule: Created) -> None:
    updated = rule.update(cidrIpv4="10.1.0.0/16", toPort=444, description="web")
    found = live(ec2, rule.id)
    assert (found["CidrIpv4"], found["FromPort"], found["ToPort"], found["Description"]) == (
        "10.1.0.0/16", 443, 444, "web",
    )  # fmt: skip
    assert updated["toPort"] == 444
    assert "description" not in updated.update(description=None).state


def test_what_the_sandbox_cannot_change_in_place_it_says(aws: Instance, group: Created) -> None:
    rule = aws.create(INGRESS, securityGroupId=group.id, cidrIpv6="2001:db8::/32", **HTTPS)
    with pytest.raises(FailedError, match="cannot change cidrIpv6 of a rule in place"):
        rule.update(cidrIpv6="2001:db9::/32")
    assert rule.update(toPort=444)["toPort"] == 444


def test_a_refresh_shows_what_somebody_changed(ec2: Any, rule: Created) -> None:
    changed = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIpv4": "0.0.0.0/0"}
    ec2.modify_security_group_rules(
        GroupId=rule["securityGroupId"],
        SecurityGroupRules=[{"SecurityGroupRuleId": rule.id, "SecurityGroupRule": changed}],
    )
    found = rule.refresh()
    assert found is not None
    assert (found.inputs["fromPort"], found.inputs["cidrIpv4"]) == (80, "0.0.0.0/0")


def test_an_import_by_rule_id_yields_the_inputs(aws: Instance, rule: Created) -> None:
    found = aws.read(INGRESS, rule.id)
    assert found is not None
    assert found.given == rule.given
    assert aws.read(EGRESS, rule.id) is None


def test_delete_takes_the_rule_away(aws: Instance, rule: Created) -> None:
    rule.delete()
    assert aws.read(INGRESS, rule.id) is None
    rule.delete()


FAULTS = [
    ({"cidrIpv4": "10.0.0.0/16", "prefixListId": "pl-1"}, "cidrIpv4", "only one of"),
    ({}, "cidrIpv4", "one of cidrIpv4, cidrIpv6, prefixListId, referencedSecurityGroupId"),
    ({"cidrIpv4": "10.0.0.1/16"}, "cidrIpv4", "did you mean 10.0.0.0/16?"),
    ({"cidrIpv6": "10.0.0.0/16"}, "cidrIpv6", "IPv6 range"),
    ({"fromPort": -2}, "fromPort", "between -1 and 65535"),
    ({"toPort": 65536}, "toPort", "between -1 and 65535"),
    ({"ipProtocol": None}, "ipProtocol", "is required"),
    ({"securityGroupId": None}, "securityGroupId", "is required"),
]


@pytest.mark.parametrize(("given", "path", "reason"), FAULTS)
def test_a_preview_names_what_is_wrong(
    aws: Instance, given: dict[str, Any], path: str, reason: str
) -> None:
    whole = {"securityGroupId": "sg-1", **HTTPS, **given}
    assert reason in aws.failures(INGRESS, **whole)[path]


def test_a_duplicate_is_refused_whatever_its_description(aws: Instance, rule: Created) -> None:
    message = (
        'InvalidPermission.Duplicate: the specified rule "peer: 10.0.0.0/16, TCP, '
        'from port: 443, to port: 443, ALLOW" already exists'
    )
    with pytest.raises(FailedError, match=message):
        aws.create(INGRESS, **{**rule.given, "description": "again"})


def test_a_rule_without_ports_is_refused(aws: Instance, group: Created) -> None:
    with pytest.raises(FailedError, match="InvalidParameterValue: Invalid value for portRange"):
        aws.create(INGRESS, securityGroupId=group.id, cidrIpv4="10.0.0.0/16", ipProtocol="tcp")


def test_a_rule_of_an_unknown_group_is_refused(aws: Instance) -> None:
    with pytest.raises(FailedError, match=r"InvalidGroup\.NotFound: The security group 'sg-0'"):
        aws.create(INGRESS, securityGroupId="sg-0", cidrIpv4="10.0.0.0/16", **HTTPS)
