from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest

from sandbox.provider.wire import plain
from tests.support.provider import Created, FailedError, Instance

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
TABLE = "aws:ec2/routeTable:RouteTable"
GATEWAY = "aws:ec2/internetGateway:InternetGateway"
CIDR = "10.0.0.0/16"
ANYWHERE = "0.0.0.0/0"


def test_an_aws_error_passes_with_its_code_and_the_resource_named(aws: Instance) -> None:
    with pytest.raises(FailedError) as failure:
        aws.create(SUBNET, vpcId="vpc-12345678", cidrBlock="10.0.0.0/24")

    assert failure.value.code == grpc.StatusCode.FAILED_PRECONDITION
    assert str(failure.value) == (
        "creating EC2 Subnet: CreateSubnet: InvalidVpcID.NotFound: "
        "VpcID vpc-12345678 does not exist."
    )
    assert failure.value.partial is None


def test_a_resource_that_could_not_be_finished_is_kept_with_its_id(aws: Instance) -> None:
    vpc = aws.create(VPC, cidrBlock=CIDR)
    routes = [{"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-12345678"}]
    with pytest.raises(FailedError) as failure:
        aws.create(TABLE, vpcId=vpc.id, routes=routes)
    partial = failure.value.partial

    assert partial.id.startswith("rtb-")
    assert list(partial.reasons) == [str(failure.value)]
    assert "CreateRoute: InvalidInternetGatewayID.NotFound" in str(failure.value)
    assert plain(partial.properties).items() >= {"id": partial.id, "vpcId": vpc.id}.items()


def test_what_could_not_be_finished_is_seen_by_a_refresh_or_by_the_update_after_the_next(
    aws: Instance,
) -> None:
    """As with upstream, whose SDK saves what was planned: only reading it again tells the truth."""
    vpc = aws.create(VPC, cidrBlock=CIDR)
    routes = [{"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-12345678"}]
    with pytest.raises(FailedError) as failure:
        aws.create(TABLE, vpcId=vpc.id, routes=routes)
    partial = failure.value.partial
    state, inputs = plain(partial.properties), plain(partial.inputs)
    made = Created(TABLE, "x", partial.id, inputs, state, aws)
    assert len(made["routes"]) == 1
    assert made.diff().kinds == {}
    refreshed = made.refresh()
    assert refreshed is not None
    assert refreshed["routes"] == []
    updated = made.update()
    assert updated["routes"] == []
    assert updated.diff().kinds == {"routes[0]": "ADD"}


def test_an_update_that_fails_half_way_tells_what_was_planned(aws: Instance) -> None:
    vpc = aws.create(VPC, cidrBlock=CIDR)
    gateway = aws.create(GATEWAY, vpcId=vpc.id)
    table = aws.create(TABLE, vpcId=vpc.id)
    first = {"cidrBlock": "0.0.0.0/0", "gatewayId": gateway.id}
    with pytest.raises(
        FailedError, match=r"updating Route Table \(rtb-\w+\): CreateRoute"
    ) as failure:
        table.update(routes=[first, {"cidrBlock": "192.0.2.0/24", "gatewayId": "igw-12345678"}])

    assert failure.value.partial.id == table.id
    routes = plain(failure.value.partial.properties)["routes"]
    assert [route["cidrBlock"] for route in routes] == ["0.0.0.0/0", "192.0.2.0/24"]
    live = table.refresh()
    assert live is not None
    assert [route["cidrBlock"] for route in live["routes"]] == ["0.0.0.0/0"]


def test_deleting_what_is_gone_is_fine(aws: Instance, ec2: Any) -> None:
    vpc = aws.create(VPC, cidrBlock=CIDR)
    ec2.delete_vpc(VpcId=vpc.id)

    vpc.delete()
    assert vpc.refresh() is None


def test_what_cannot_be_deleted_yet_says_so(aws: Instance) -> None:
    vpc = aws.create(VPC, cidrBlock=CIDR)
    aws.create(SUBNET, vpcId=vpc.id, cidrBlock="10.0.0.0/24")
    with pytest.raises(FailedError) as failure:
        vpc.delete()

    assert str(failure.value) == (
        f"deleting EC2 VPC ({vpc.id}): DeleteVpc: DependencyViolation: "
        f"The vpc '{vpc.id}' has dependencies and cannot be deleted."
    )


def test_an_update_of_what_is_gone_fails(aws: Instance, ec2: Any) -> None:
    vpc = aws.create(VPC, cidrBlock=CIDR)
    ec2.delete_vpc(VpcId=vpc.id)

    with pytest.raises(FailedError, match=r"updating EC2 VPC \(vpc-\w+\): .*NotFound"):
        vpc.update(enableDnsHostnames=True)


def test_a_malformed_import_id_says_which_form_is_right(aws: Instance) -> None:
    with pytest.raises(FailedError) as failure:
        aws.read("aws:ec2/route:Route", "rtb-1")

    assert str(failure.value) == (
        "importing Route (rtb-1): the import id must be ROUTETABLEID_DESTINATION"
    )


def test_what_is_imported_and_does_not_exist_has_no_id(aws: Instance) -> None:
    assert aws.read(VPC, "vpc-12345678") is None


def test_ignored_changes_are_no_changes(aws: Instance) -> None:
    vpc = aws.create(VPC, cidrBlock=CIDR, tags={"Name": "a"})
    inputs = aws.check(VPC, "x", {"cidrBlock": "10.1.0.0/16", "tags": {"Name": "b"}})

    assert aws.diff(vpc, inputs, ("cidrBlock", "tagsAll")).kinds == {"tags.Name": "UPDATE"}
    assert aws.diff(vpc, inputs, ("cidrBlock", "tags", "tagsAll")).names == []


def test_of_many_who_create_the_same_route_one_wins(aws: Instance) -> None:
    vpc = aws.create(VPC, cidrBlock=CIDR)
    gateway = aws.create(GATEWAY, vpcId=vpc.id)
    table = aws.create(TABLE, vpcId=vpc.id)

    def create(number: int) -> str:
        given = {"routeTableId": table.id, "gatewayId": gateway.id}
        try:
            aws.create("aws:ec2/route:Route", f"r{number}", destinationCidrBlock=ANYWHERE, **given)
        except FailedError as error:
            return str(error)
        return "created"

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(create, range(8)))
    refusal = f"creating Route: CreateRoute: RouteAlreadyExists: The route identified by {ANYWHERE}"
    assert answers[0] == "created"
    assert [each.startswith(refusal) for each in answers[1:]] == [True] * 7


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {}, False),
        ({"name": "a"}, {"name": "a"}, True),
        ({"name": "a"}, {"name": "b"}, True),
        ({"name": "a"}, {}, False),
    ],
)
def test_a_name_that_is_given_is_freed_before_the_replacement(
    aws: Instance, before: dict[str, str], after: dict[str, str], *, expected: bool
) -> None:
    group = "aws:ec2/securityGroup:SecurityGroup"
    first, second = (aws.create(VPC, cidrBlock=cidr).id for cidr in (CIDR, "10.1.0.0/16"))
    made = aws.create(group, vpcId=first, **before)
    inputs = aws.check(group, "x", {"vpcId": second, **after}, made.inputs)

    diff = aws.diff(made, inputs)
    assert "vpcId" in diff.replaces
    assert diff.delete_before_replace is expected
