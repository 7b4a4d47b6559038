import zlib
from typing import Any

import pytest

from sandbox.provider.wire import UNKNOWN
from tests.support.provider import Created, FailedError, Instance, unknowns

VPC = "aws:ec2/vpc:Vpc"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
HTTPS = {"type": "ingress", "protocol": "tcp", "fromPort": 443, "toPort": 443}


@pytest.fixture
def group(aws: Instance) -> Created:
    return aws.create(GROUP, "g", vpcId=aws.create(VPC, cidrBlock="10.0.0.0/16").id)


@pytest.fixture
def rule(aws: Instance, group: Created) -> Created:
    ranges = ["10.0.0.0/16", "10.1.0.0/16"]
    return aws.create(RULE, securityGroupId=group.id, cidrBlocks=ranges, **HTTPS)


def permissions(ec2: Any, group_id: str) -> list[dict[str, Any]]:
    return ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"][0]["IpPermissions"]


def test_the_id_is_a_checksum_of_what_the_rule_says(rule: Created, group: Created) -> None:
    text = f"{group.id}-443-443-tcp-ingress-10.0.0.0/16-10.1.0.0/16-"
    assert rule.id == f"sgrule-{zlib.crc32(text.encode())}"


def test_a_rule_of_several_ranges_reaches_aws(ec2: Any, rule: Created, group: Created) -> None:
    ranges = permissions(ec2, group.id)[0]["IpRanges"]
    assert [each["CidrIp"] for each in ranges] == ["10.0.0.0/16", "10.1.0.0/16"]
    assert rule["self"] is False
    assert "self" not in rule.inputs


def test_self_is_the_group_itself(aws: Instance, ec2: Any, group: Created) -> None:
    rule = aws.create(RULE, securityGroupId=group.id, self=True, **HTTPS)
    pairs = permissions(ec2, group.id)[0]["UserIdGroupPairs"]
    assert [pair["GroupId"] for pair in pairs] == [group.id]
    assert rule["self"] is True
    assert rule["securityGroupRuleId"].startswith("sgr-")
    found = rule.refresh()
    assert found is not None
    assert found.state == rule.state


def test_a_preview_does_not_know_what_aws_decides(aws: Instance) -> None:
    outputs = aws.preview(RULE, securityGroupId=UNKNOWN, cidrBlocks=["10.0.0.0/16"], **HTTPS)
    assert unknowns(outputs) == {
        "id", "securityGroupId", "securityGroupRuleId", "sourceSecurityGroupId",
    }  # fmt: skip


def test_a_preview_shows_a_default_that_conflicts_with_what_is_given(aws: Instance) -> None:
    inputs = {"securityGroupId": "sg-1", "cidrBlocks": ["10.0.0.0/16"], **HTTPS}
    assert "self" not in aws.check(RULE, "x", inputs)
    assert aws.preview(RULE, **inputs)["self"] is False


CHANGES = [
    ({"description": "web"}, {"description"}, set()),
    ({"protocol": "6"}, set(), set()),
    *(
        ({name: value}, {name}, {name})
        for name, value in {
            "cidrBlocks": ["10.0.0.0/16"],
            "ipv6CidrBlocks": ["2001:db8::/32"],
            "fromPort": 442,
            "toPort": 444,
            "prefixListIds": ["pl-1"],
            "protocol": "udp",
            "securityGroupId": "sg-other",
            "type": "egress",
            "region": "us-west-2",
        }.items()
    ),
    (
        {"cidrBlocks": None, "sourceSecurityGroupId": "sg-other"},
        {"cidrBlocks", "sourceSecurityGroupId"},
        {"cidrBlocks", "sourceSecurityGroupId"},
    ),
    ({"cidrBlocks": None, "self": True}, {"cidrBlocks", "self"}, {"cidrBlocks", "self"}),
]


@pytest.mark.parametrize(("change", "names", "replaces"), CHANGES)
def test_a_change_updates_replaces_or_means_nothing(
    rule: Created, change: dict[str, Any], names: set[str], replaces: set[str]
) -> None:
    diff = rule.diff(**change)
    assert set(diff.names) == names
    assert set(diff.replaces) == replaces


def test_a_new_description_reaches_aws(ec2: Any, rule: Created, group: Created) -> None:
    assert rule.update(description="web")["description"] == "web"
    ranges = permissions(ec2, group.id)[0]["IpRanges"]
    assert {each["Description"] for each in ranges} == {"web"}


def test_a_rule_that_lost_a_range_is_gone(ec2: Any, rule: Created, group: Created) -> None:
    ec2.revoke_security_group_ingress(
        GroupId=group.id, IpProtocol="tcp", FromPort=443, ToPort=443, CidrIp="10.1.0.0/16"
    )
    assert rule.refresh() is None


def test_an_import_takes_the_id_apart(aws: Instance, rule: Created, group: Created) -> None:
    found = aws.read(RULE, f"{group.id}_ingress_tcp_443_443_10.0.0.0/16_10.1.0.0/16")
    assert found is not None
    assert found.id == rule.id
    assert found.given == rule.given


def test_an_import_knows_self_groups_and_everything(aws: Instance, group: Created) -> None:
    everything = {"protocol": "all", "fromPort": 0, "toPort": 0, "type": "egress"}
    own = aws.create(RULE, securityGroupId=group.id, self=True, **everything)
    text = f"{group.id}--1-egress-{group.id}--"  # a port of 0 has no part of its own
    assert own.id == f"sgrule-{zlib.crc32(text.encode())}"
    found = aws.read(RULE, f"{group.id}_egress_all_0_0_self")
    assert found is not None
    assert found.id == own.id
    assert found.inputs["self"] is True
    assert (found.inputs["fromPort"], found.inputs["protocol"]) == (0, "-1")


@pytest.mark.parametrize(
    ("import_id", "words"),
    [
        ("sg-1_ingress_tcp_1_1", "too few parts"),
        ("x_ingress_tcp_1_1_self", "invalid Security Group ID"),
        ("sg-1_in_tcp_1_1_self", "expecting 'ingress' or 'egress'"),
        ("sg-1_ingress_http_1_1_self", "protocol must be tcp/udp/icmp/icmpv6/all or a number"),
        ("sg-1_ingress_tcp_x_1_self", "invalid from_port"),
        ("sg-1_ingress_tcp_2_1_self", "to_port lower than from_port"),
        ("sg-1_ingress_icmp_256_1_self", "invalid icmp type"),
        ("sg-1_ingress_tcp_1_1_what", "source must be cidr, ipv6cidr, prefix list, 'self'"),
    ],
)
def test_a_malformed_import_id_is_explained(aws: Instance, import_id: str, words: str) -> None:
    with pytest.raises(FailedError, match=words):
        aws.read(RULE, import_id)


def test_delete_takes_the_rule_away(ec2: Any, rule: Created, group: Created) -> None:
    rule.delete()
    assert permissions(ec2, group.id) == []
    rule.delete()


FAULTS = [
    ({"cidrBlocks": None}, "cidrBlocks", "at least one of cidrBlocks, ipv6CidrBlocks"),
    ({"sourceSecurityGroupId": "sg-1"}, "cidrBlocks", "conflicts with sourceSecurityGroupId"),
    ({"self": True}, "cidrBlocks", "conflicts with self"),
    ({"type": "inbound"}, "type", "be one of 'ingress', 'egress'"),
    ({"cidrBlocks": ["10.0.0.1/16"]}, "cidrBlocks[0]", "did you mean 10.0.0.0/16?"),
    ({"description": "what?"}, "description", "must hold only letters"),
    *(
        ({name: None}, name, "is required")
        for name in ("fromPort", "toPort", "protocol", "securityGroupId", "type")
    ),
]


@pytest.mark.parametrize(("given", "path", "reason"), FAULTS)
def test_a_preview_names_what_is_wrong(
    aws: Instance, given: dict[str, Any], path: str, reason: str
) -> None:
    whole = {"securityGroupId": "sg-1", "cidrBlocks": ["10.0.0.0/16"], **HTTPS, **given}
    assert reason in aws.failures(RULE, **whole)[path]


def test_a_duplicate_is_refused(aws: Instance, rule: Created) -> None:
    with pytest.raises(FailedError, match=r"InvalidPermission\.Duplicate: the specified rule"):
        aws.create(RULE, **{**rule.given, "cidrBlocks": ["10.1.0.0/16"]})
