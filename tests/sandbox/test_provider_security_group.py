from typing import Any

import pytest

from sandbox.provider.wire import UNKNOWN
from tests.support.provider import Created, FailedError, Instance, unique, unknowns

VPC = "aws:ec2/vpc:Vpc"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
HTTPS = {"fromPort": 443, "toPort": 443, "protocol": "tcp", "cidrBlocks": ["10.0.0.0/16"]}
EVERYTHING = {"fromPort": 0, "toPort": 0, "protocol": "-1", "cidrBlocks": ["0.0.0.0/0"]}
WHOLE_HTTPS = {
    **HTTPS,
    "description": "",
    "ipv6CidrBlocks": [],
    "prefixListIds": [],
    "securityGroups": [],
    "self": False,
}


@pytest.fixture
def vpc(aws: Instance) -> str:
    return aws.create(VPC, cidrBlock="10.0.0.0/16").id


@pytest.fixture
def group(aws: Instance, vpc: str) -> Created:
    return aws.create(
        GROUP, name=unique("web"), description="d", vpcId=vpc, ingress=[HTTPS], egress=[EVERYTHING]
    )


def live(ec2: Any, group_id: str) -> dict[str, Any]:
    return ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"][0]


def test_a_group_without_rules_loses_the_egress_rule_that_aws_gives_it(
    aws: Instance, ec2: Any, vpc: str
) -> None:
    group = aws.create(GROUP, "sg", vpcId=vpc)
    assert group["egress"] == []
    assert group["ingress"] == []
    assert live(ec2, group.id)["IpPermissionsEgress"] == []


def test_a_group_says_that_pulumi_manages_it_and_is_named_after_the_resource(
    aws: Instance, ec2: Any, vpc: str
) -> None:
    group = aws.create(GROUP, "sg-https", vpcId=vpc)
    assert group["description"] == "Managed by Pulumi"
    assert group["name"].startswith("sg-https-")
    assert group.inputs["__defaults"] == ["description", "revokeRulesOnDelete", "name"]
    assert live(ec2, group.id)["GroupName"] == group["name"]


def test_a_group_is_described_in_full(aws: Instance, vpc: str) -> None:
    group = aws.create(GROUP, name=unique("web"), vpcId=vpc, ingress=[HTTPS], tags={"Name": "web"})
    assert group["arn"] == (f"arn:aws:ec2:ap-northeast-1:123456789012:security-group/{group.id}")
    assert group["ownerId"] == "123456789012"
    assert group["vpcId"] == vpc
    assert group["ingress"] == [WHOLE_HTTPS]
    assert group["revokeRulesOnDelete"] is False
    assert group["tagsAll"] == {"Name": "web"}


def test_a_prefix_ends_in_something_unique(aws: Instance, vpc: str) -> None:
    group = aws.create(GROUP, namePrefix="web-", vpcId=vpc)
    assert len(group["name"]) == len("web-") + 26
    assert group["namePrefix"] == "web-"


def test_a_preview_does_not_know_what_aws_decides(aws: Instance) -> None:
    outputs = aws.preview(GROUP, "sg")
    assert unknowns(outputs) == {
        "arn", "egress", "id", "ingress", "namePrefix", "ownerId", "vpcId",
    }  # fmt: skip
    assert outputs["description"] == "Managed by Pulumi"


def test_a_preview_with_an_unknown_peer_keeps_the_rest_of_the_rule(aws: Instance) -> None:
    rule = {"fromPort": 443, "toPort": 443, "protocol": "tcp", "securityGroups": [UNKNOWN]}
    outputs = aws.preview(GROUP, "sg", ingress=[rule], vpcId=UNKNOWN)
    assert outputs["ingress"] == [{**rule, "self": False}]


CHANGES = [
    ({"description": "other"}, {"description"}, {"description"}),
    ({"name": "other"}, {"name"}, {"name"}),
    ({"vpcId": "vpc-0123456789abcdef0"}, {"vpcId"}, {"vpcId"}),
    ({"region": "us-west-2"}, {"region"}, {"region"}),
    ({"revokeRulesOnDelete": True}, {"revokeRulesOnDelete"}, set()),
    ({"tags": {"a": "b"}}, {"tags", "tagsAll"}, set()),
    ({"ingress": []}, {"ingress"}, set()),
    ({"egress": []}, {"egress"}, set()),
    ({"ingress": None}, set(), set()),
    ({"egress": None}, set(), set()),
    ({"vpcId": None}, set(), set()),
    ({"ingress": [{**HTTPS, "protocol": "6"}]}, set(), set()),
    ({"ingress": [{**HTTPS, "protocol": "TCP", "self": False, "description": ""}]}, set(), set()),
    ({"egress": [{**EVERYTHING, "protocol": "all"}]}, set(), set()),
    ({"ingress": [{**HTTPS, "toPort": 444}]}, {"ingress"}, set()),
    ({"ingress": [{**HTTPS, "self": True}]}, {"ingress"}, set()),
    ({"ingress": [{**HTTPS, "description": "web"}]}, {"ingress"}, set()),
]


@pytest.mark.parametrize(("change", "names", "replaces"), CHANGES)
def test_a_change_updates_replaces_or_means_nothing(
    group: Created, change: dict[str, Any], names: set[str], replaces: set[str]
) -> None:
    diff = group.diff(**change)
    assert set(diff.names) == names
    assert set(diff.replaces) == replaces


def test_neither_the_order_of_rules_nor_of_their_peers_is_a_change(aws: Instance, vpc: str) -> None:
    other = {**HTTPS, "fromPort": 80, "toPort": 80, "cidrBlocks": ["10.1.0.0/16", "10.2.0.0/16"]}
    group = aws.create(GROUP, vpcId=vpc, ingress=[HTTPS, other])
    turned = {**other, "cidrBlocks": ["10.2.0.0/16", "10.1.0.0/16"]}
    assert group.diff(ingress=[turned, HTTPS]).names == []


def test_an_update_touches_only_the_rules_that_changed(ec2: Any, group: Created) -> None:
    def ids() -> dict[str, str]:
        rules = ec2.describe_security_group_rules(
            Filters=[{"Name": "group-id", "Values": [group.id]}]
        )["SecurityGroupRules"]
        return {rule["CidrIpv4"]: rule["SecurityGroupRuleId"] for rule in rules}

    before = ids()
    wider = {**HTTPS, "cidrBlocks": ["10.0.0.0/16", "10.9.0.0/16"]}
    updated = group.update(ingress=[wider])
    assert ids().items() > before.items()
    assert updated["ingress"] == [{**WHOLE_HTTPS, "cidrBlocks": ["10.0.0.0/16", "10.9.0.0/16"]}]
    assert updated.update(ingress=[HTTPS])["ingress"] == [WHOLE_HTTPS]
    assert ids() == before


def test_a_new_description_of_a_rule_reaches_aws(ec2: Any, group: Created) -> None:
    group.update(ingress=[{**HTTPS, "description": "web"}])
    ranges = live(ec2, group.id)["IpPermissions"][0]["IpRanges"]
    assert ranges == [{"CidrIp": "10.0.0.0/16", "Description": "web"}]


def test_self_and_another_group_are_told_apart(aws: Instance, vpc: str) -> None:
    peer = aws.create(GROUP, "peer", vpcId=vpc)
    rule = {"fromPort": 22, "toPort": 22, "protocol": "tcp", "self": True}
    group = aws.create(GROUP, vpcId=vpc, ingress=[{**rule, "securityGroups": [peer.id]}])
    assert group["ingress"][0]["self"] is True
    assert group["ingress"][0]["securityGroups"] == [peer.id]
    assert group.diff().names == []


def test_a_refresh_shows_rules_that_somebody_added_or_took_away(ec2: Any, group: Created) -> None:
    ec2.authorize_security_group_ingress(
        GroupId=group.id, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0"
    )
    ec2.revoke_security_group_egress(
        GroupId=group.id,
        IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    )
    found = group.refresh()
    assert found is not None
    assert [(rule["fromPort"], rule["cidrBlocks"]) for rule in found.inputs["ingress"]] == [
        (443, ["10.0.0.0/16"]),
        (22, ["0.0.0.0/0"]),
    ]
    assert found.inputs["egress"] == []
    assert set(Created.diff(found, ingress=[HTTPS], egress=[EVERYTHING]).names) == {
        "ingress", "egress",
    }  # fmt: skip


def test_a_refresh_of_an_untouched_group_changes_nothing(group: Created) -> None:
    found = group.refresh()
    assert found is not None
    assert found.state == group.state
    assert found.inputs == group.inputs


def test_a_refresh_of_a_deleted_group_says_that_it_is_gone(ec2: Any, group: Created) -> None:
    ec2.delete_security_group(GroupId=group.id)
    assert group.refresh() is None


def test_an_import_by_id_yields_the_inputs(aws: Instance, group: Created, vpc: str) -> None:
    found = aws.read(GROUP, group.id)
    assert found is not None
    assert found.inputs["name"] == group["name"]
    assert found.inputs["description"] == "d"
    assert found.inputs["vpcId"] == vpc
    assert found.inputs["ingress"] == [HTTPS]
    assert found.diff().names == []


def test_delete_removes_the_group(ec2: Any, group: Created) -> None:
    group.delete()
    with pytest.raises(ec2.exceptions.ClientError, match=r"InvalidGroup\.NotFound"):
        live(ec2, group.id)


def test_deleting_a_group_that_is_gone_is_fine(ec2: Any, group: Created) -> None:
    ec2.delete_security_group(GroupId=group.id)
    group.delete()


def test_a_group_whose_rules_name_each_other_goes_only_when_they_are_revoked(
    aws: Instance, ec2: Any, vpc: str
) -> None:
    group = aws.create(GROUP, "one", vpcId=vpc)
    rule = {"fromPort": 22, "toPort": 22, "protocol": "tcp", "securityGroups": [group.id]}
    other = aws.create(GROUP, "other", vpcId=vpc, ingress=[rule])
    message = f"DependencyViolation: resource {group.id} has a dependent object"
    with pytest.raises(FailedError, match=message):
        group.delete()
    group.update(revokeRulesOnDelete=True).delete()
    assert live(ec2, other.id)["IpPermissions"] == []
