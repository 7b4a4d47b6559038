from typing import Any

import pytest

from tests.support.provider import Created, Instance, unknowns

VPC = "aws:ec2/vpc:Vpc"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
DEFAULT = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
SSH = {"fromPort": 22, "toPort": 22, "protocol": "tcp", "cidrBlocks": ["10.0.0.0/8"]}


@pytest.fixture
def vpc(aws: Instance) -> Created:
    return aws.create(VPC, cidrBlock="10.0.0.0/16")


def live(ec2: Any, group_id: str) -> dict[str, Any]:
    return ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"][0]


def test_adopting_the_default_group_empties_it(aws: Instance, ec2: Any, vpc: Created) -> None:
    ec2.authorize_security_group_ingress(
        GroupId=vpc["defaultSecurityGroupId"],
        IpProtocol="tcp", FromPort=1, ToPort=1, CidrIp="0.0.0.0/0",
    )  # fmt: skip
    group = aws.create(DEFAULT, vpcId=vpc.id, tags={"Name": "closed"})
    assert group.id == vpc["defaultSecurityGroupId"]
    assert (group["name"], group["description"]) == ("default", live(ec2, group.id)["Description"])
    assert (group["ingress"], group["egress"]) == ([], [])
    assert live(ec2, group.id)["IpPermissions"] == []
    assert live(ec2, group.id)["IpPermissionsEgress"] == []
    assert live(ec2, group.id)["Tags"] == [{"Key": "Name", "Value": "closed"}]


def test_given_rules_replace_what_was_there(aws: Instance, ec2: Any, vpc: Created) -> None:
    group = aws.create(DEFAULT, vpcId=vpc.id, ingress=[SSH])
    assert group["ingress"][0]["fromPort"] == 22
    assert group.update(ingress=[{**SSH, "toPort": 23}])["ingress"][0]["toPort"] == 23
    assert live(ec2, group.id)["IpPermissions"][0]["ToPort"] == 23


def test_without_a_vpc_it_is_that_of_the_default_vpc(aws: Instance, ec2: Any) -> None:
    default = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]
    assert aws.create(DEFAULT)["vpcId"] == default["VpcId"]


def test_a_preview_does_not_know_what_aws_decides(aws: Instance) -> None:
    assert unknowns(aws.preview(DEFAULT, vpcId="vpc-1")) == {
        "arn", "description", "egress", "id", "ingress", "name", "namePrefix", "ownerId",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "names", "replaces"),
    [
        ({"vpcId": "vpc-1"}, {"vpcId"}, {"vpcId"}),
        ({"ingress": [SSH]}, {"ingress"}, set()),
        ({"egress": [SSH]}, {"egress"}, set()),
        ({"revokeRulesOnDelete": True}, {"revokeRulesOnDelete"}, set()),
        ({"tags": {"a": "b"}}, {"tags", "tagsAll"}, set()),
        ({"vpcId": None}, set(), set()),
    ],
)
def test_a_change_updates_replaces_or_means_nothing(
    aws: Instance, vpc: Created, change: dict[str, Any], names: set[str], replaces: set[str]
) -> None:
    diff = aws.create(DEFAULT, vpcId=vpc.id).diff(**change)
    assert (set(diff.names), set(diff.replaces)) == (names, replaces)


@pytest.mark.parametrize("name", ["name", "description", "arn"])
def test_what_aws_decides_cannot_be_given(aws: Instance, name: str) -> None:
    assert "decided by AWS" in aws.failures(DEFAULT, **{name: "x"})[name]


def test_an_import_takes_the_groups_id(aws: Instance, vpc: Created) -> None:
    found = aws.read(DEFAULT, vpc["defaultSecurityGroupId"])
    assert found is not None
    assert found.inputs["vpcId"] == vpc.id


def test_delete_leaves_the_group_with_its_rules(aws: Instance, ec2: Any, vpc: Created) -> None:
    group = aws.create(DEFAULT, vpcId=vpc.id, ingress=[SSH])
    group.delete()
    assert live(ec2, group.id)["IpPermissions"][0]["FromPort"] == 22


def test_adopting_the_default_group_takes_away_other_tags(
    aws: Instance, ec2: Any, vpc: Created
) -> None:
    identity = vpc["defaultSecurityGroupId"]
    ec2.create_tags(Resources=[identity], Tags=[{"Key": "old", "Value": "x"}])
    aws.create(DEFAULT, vpcId=vpc.id, tags={"new": "y"})
    assert live(ec2, identity)["Tags"] == [{"Key": "new", "Value": "y"}]


def test_adopting_the_default_group_empties_its_peers_of_rules_that_name_it(
    aws: Instance, ec2: Any, vpc: Created
) -> None:
    identity = vpc["defaultSecurityGroupId"]
    rule = {"fromPort": 22, "toPort": 22, "protocol": "tcp", "securityGroups": [identity]}
    peer = aws.create(GROUP, "peer", vpcId=vpc.id, ingress=[rule])
    stranger = aws.create(GROUP, "stranger", vpcId=vpc.id, ingress=[rule])
    ec2.authorize_security_group_ingress(
        GroupId=identity,
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 22,
                "ToPort": 22,
                "UserIdGroupPairs": [{"GroupId": peer.id}],
            }
        ],
    )
    aws.create(DEFAULT, vpcId=vpc.id)
    assert live(ec2, peer.id)["IpPermissions"] == []
    assert live(ec2, stranger.id)["IpPermissions"] != []
