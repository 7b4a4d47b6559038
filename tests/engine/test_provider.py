"""The sandbox's provider under the real engine: what only both together can show."""

from collections.abc import Callable

from sandbox.runtime import Sandbox
from tests.support.sandbox import StackUnderTest

MakeStack = Callable[..., StackUnderTest]

TWO_REGIONS = """
import pulumi
import pulumi_aws as aws

for region, team in {"us-east-1": "red", "eu-west-1": "blue"}.items():
    provider = aws.Provider(region, region=region, default_tags={"tags": {"team": team}})
    vpc = aws.ec2.Vpc(
        f"vpc-{team}",
        cidr_block="10.1.0.0/16",
        tags={"Name": team},
        opts=pulumi.ResourceOptions(provider=provider),
    )
    pulumi.export(team, vpc.id)
    pulumi.export(f"{team}-tags", vpc.tags_all)
"""

ONE_VPC = """
import pulumi
import pulumi_aws as aws

vpc = aws.ec2.Vpc("vpc", cidr_block="10.1.0.0/16", tags={"Name": "first"})
pulumi.export("vpc", vpc.id)
"""

ANOTHERS_VPC = """
import pulumi
import pulumi_aws as aws

vpc = aws.ec2.Vpc.get("vpc", pulumi.Config().require("vpc"))
subnet = aws.ec2.Subnet("subnet", vpc_id=vpc.id, cidr_block="10.1.1.0/24")
pulumi.export("range", vpc.cidr_block)
"""

MISTAKES = """
import pulumi_aws as aws

aws.ec2.Vpc("vpc", cidr_block="10.1.0.1/16", instance_tenancy="shared")
"""


def test_two_regions_with_different_default_tags_live_in_one_stack(
    make_stack: MakeStack, empty_cloud: Sandbox
) -> None:
    stack = make_stack(TWO_REGIONS)
    stack.up()
    outputs = stack.outputs()
    assert outputs["red-tags"] == {"Name": "red", "team": "red"}
    assert outputs["blue-tags"] == {"Name": "blue", "team": "blue"}
    for team, region in (("red", "us-east-1"), ("blue", "eu-west-1")):
        ec2 = empty_cloud.client("ec2", region=region)
        (vpc,) = ec2.describe_vpcs(VpcIds=[outputs[team]])["Vpcs"]
        assert {"Key": "team", "Value": team} in vpc["Tags"]
    stack.preview("--refresh", "--expect-no-changes")


def test_what_aws_decides_is_unknown_in_a_preview(make_stack: MakeStack) -> None:
    assert "vpc: [unknown]" in make_stack(ONE_VPC).preview().stdout


def test_an_imported_vpc_needs_no_change_under_the_program_that_describes_it(
    make_stack: MakeStack, empty_cloud: Sandbox
) -> None:
    ec2 = empty_cloud.client("ec2")
    made = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    ec2.create_tags(Resources=[made], Tags=[{"Key": "Name", "Value": "first"}])
    stack = make_stack(ONE_VPC)
    stack.pulumi("import", "aws:ec2/vpc:Vpc", "vpc", made, "--yes", "--protect=false")
    shown = stack.preview("--diff").stdout
    assert "2 unchanged" in shown


def test_a_stack_reads_a_vpc_that_it_does_not_own(
    make_stack: MakeStack, empty_cloud: Sandbox
) -> None:
    owner = make_stack(ONE_VPC)
    owner.up()
    reader = make_stack(ANOTHERS_VPC, **{"probe:vpc": owner.outputs()["vpc"]})
    reader.up()
    assert reader.outputs() == {"range": "10.1.0.0/16"}
    reader.destroy()
    assert empty_cloud.client("ec2").describe_vpcs(VpcIds=[owner.outputs()["vpc"]])["Vpcs"]


def test_a_refresh_takes_up_what_somebody_changed_and_an_up_changes_it_back(
    make_stack: MakeStack, empty_cloud: Sandbox
) -> None:
    stack = make_stack(ONE_VPC)
    stack.up()
    vpc = stack.outputs()["vpc"]
    ec2 = empty_cloud.client("ec2")
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": "second"}])
    assert stack.preview("--refresh", "--expect-no-changes", check=False).returncode == 7
    stack.refresh()
    stack.up()
    (live,) = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]
    assert live["Tags"] == [{"Key": "Name", "Value": "first"}]


def test_mistakes_are_refused_in_the_preview_and_each_names_its_property(
    make_stack: MakeStack,
) -> None:
    shown = make_stack(MISTAKES).preview(check=False)
    assert shown.returncode != 0
    assert "cidrBlock" in shown.stdout
    assert "10.1.0.1/16" in shown.stdout
    assert "instanceTenancy" in shown.stdout
    assert "shared" in shown.stdout
