"""The audit says of any stack what the pack says, and more where the pack sees ids alone."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.runtime import Sandbox
from tests.support.audited import assert_same, audited, judged_by_the_pack
from tests.support.examples import copied, give_what_it_adopts
from tests.support.sandbox import StackUnderTest

ROUTES = "private-subnets-have-no-internet-route"


@pytest.mark.parametrize("example", ["plain-service", "three-tier", "shared-services"])
def test_an_example_is_judged_as_the_pack_judges_its_stack(
    example: str, empty_cloud: Sandbox, tmp_path: Path
) -> None:
    stack = StackUnderTest(empty_cloud, copied(example, tmp_path)).init({"aws:region": "us-east-1"})
    stack.up()
    try:
        assert_same(judged_by_the_pack(stack.state()), audited(empty_cloud))
    finally:
        stack.destroy()


def test_what_the_pack_cannot_see_of_an_adopted_network_the_audit_sees(
    empty_cloud: Sandbox, tmp_path: Path
) -> None:
    project = copied("adopted-network", tmp_path)
    stack = StackUnderTest(empty_cloud, project).init({"aws:region": "us-east-1"})
    give_what_it_adopts(empty_cloud, stack)
    stack.up()
    try:
        pack, audit = judged_by_the_pack(stack.state()), audited(empty_cloud)
    finally:
        stack.destroy()
    assert {verdict for _, verdict, _ in pack.findings} == {"unverified"}
    assert {audit.verdicts[key] for key in pack.verdicts} == {"kept"}


OPEN = """
    import pulumi
    import pulumi_aws as aws

    vpc = aws.ec2.Vpc("shop", cidr_block="10.0.0.0/16", enable_dns_hostnames=True)
    internet = aws.ec2.InternetGateway("shop", vpc_id=vpc.id)

    def tier(name, block, **routes):
        tags = {"Tier": name, "Name": name}
        subnet = aws.ec2.Subnet(name, vpc_id=vpc.id, cidr_block=block, tags=tags)
        table = aws.ec2.RouteTable(name, vpc_id=vpc.id)
        aws.ec2.RouteTableAssociation(name, subnet_id=subnet.id, route_table_id=table.id)
        return subnet, table

    public, public_table = tier("public", "10.0.0.0/24")
    private, private_table = tier("private", "10.0.1.0/24")
    world = "0.0.0.0/0"
    aws.ec2.Route(
        "out", route_table_id=public_table.id, destination_cidr_block=world, gateway_id=internet.id
    )
    address = aws.ec2.Eip("nat", domain="vpc")
    nat = aws.ec2.NatGateway("nat", subnet_id=public.id, allocation_id=address.id)
    aws.ec2.Route(
        "nat", route_table_id=private_table.id, destination_cidr_block=world, nat_gateway_id=nat.id
    )
    web = aws.ec2.SecurityGroup(
        "web",
        vpc_id=vpc.id,
        ingress=[
            {"protocol": "tcp", "from_port": port, "to_port": port, "cidr_blocks": ["10.0.0.0/16"]}
            for port in (80, 443)
        ],
    )
    aws.ec2.VpcEndpoint(
        "ec2",
        vpc_id=vpc.id,
        service_name="com.amazonaws.us-east-1.ec2",
        vpc_endpoint_type="Interface",
        subnet_ids=[private.id],
        security_group_ids=[web.id],
        private_dns_enabled=True,
    )
    node = aws.ec2.NetworkInterface("node", subnet_id=private.id, source_dest_check=False)
    image = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-x86_64"
    instance = aws.ec2.Instance(
        "node",
        ami=aws.ssm.get_parameter(name=image).value,
        instance_type="m6i.large",
        primary_network_interface={"network_interface_id": node.id},
        opts=pulumi.ResourceOptions(ignore_changes=["source_dest_check"]),
    )
    virtual = aws.ec2.Route(
        "virtual",
        route_table_id=private_table.id,
        destination_cidr_block="20.0.0.100/32",
        network_interface_id=node.id,
        opts=pulumi.ResourceOptions(depends_on=[instance]),
    )
    aws.ec2.VpcIpv4CidrBlockAssociation(
        "second",
        vpc_id=vpc.id,
        cidr_block="20.0.0.0/16",
        opts=pulumi.ResourceOptions(depends_on=[virtual]),
    )
"""


def test_each_way_in_or_out_has_the_verdict_and_the_path_of_the_pack(
    empty_cloud: Sandbox, make_stack: Callable[..., StackUnderTest]
) -> None:
    stack = make_stack(OPEN)
    stack.up()
    stack.refresh()
    pack = judged_by_the_pack(stack.state())
    violated = {rule for rule, verdict, _ in pack.findings if verdict == "violated"}
    assert {ROUTES, "endpoints-admit-only-https", "virtual-ip-outside-vpc-cidr"} <= violated
    assert_same(pack, audited(empty_cloud))
