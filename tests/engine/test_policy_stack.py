"""The pack under the real engine: what a preview refuses, what a gate refuses, what state shows."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.runtime import Sandbox
from tests.support.cluster import PACK, ROOT
from tests.support.event_logs import policy_events
from tests.support.sandbox import StackUnderTest, write_pack

PROGRAM = ("--policy-pack", str(ROOT / "policy" / "closed-network"))
either_way = pytest.mark.parametrize("pack", [PACK, PROGRAM], ids=["folder", "program"])
RULE = "private-subnets-have-no-internet-route"

NETWORK = """
    import pulumi
    import pulumi_aws as aws

    vpc = aws.ec2.Vpc("hub", cidr_block="10.0.0.0/16")
    gateway = aws.ec2.InternetGateway("way-out", vpc_id=vpc.id)
    subnet = aws.ec2.Subnet("private-a", vpc_id=vpc.id, cidr_block="10.0.1.0/24")
    table = aws.ec2.RouteTable("inner", vpc_id=vpc.id)
"""
ASSOCIATION = """
    bound = aws.ec2.RouteTableAssociation(
        "inner-a", subnet_id=subnet.id, route_table_id=table.id, opts={association}
    )
"""
ROUTE = """
    route = aws.ec2.Route(
        "out",
        route_table_id=table.id,
        destination_cidr_block="0.0.0.0/0",
        gateway_id=gateway.id,
        opts={route},
    )
"""
Make = Callable[..., StackUnderTest]


def program(*parts: str, **options: str) -> str:
    every = {"association": "None", "route": "None", **options}
    return "".join((NETWORK, *parts)).format_map(every)


ROUTE_LAST = program(ASSOCIATION, ROUTE, route="pulumi.ResourceOptions(depends_on=[bound])")
ASSOCIATION_LAST = program(
    ROUTE, ASSOCIATION, association="pulumi.ResourceOptions(depends_on=[route])"
)


def names(stack: StackUnderTest) -> set[str]:
    return {resource["urn"].rpartition("::")[2] for resource in stack.resources()}


@pytest.fixture
def ec2(empty_cloud: Sandbox) -> Any:
    return empty_cloud.client("ec2")


def test_a_closed_network_passes_preview_and_update(make_stack: Make) -> None:
    stack = make_stack(program(ASSOCIATION))
    assert stack.preview(*PACK, check=False).returncode == 0
    assert stack.up(*PACK, check=False).returncode == 0


@either_way
def test_a_violation_fails_the_preview_with_its_path(
    make_stack: Make, pack: tuple[str, str]
) -> None:
    shown = make_stack(ROUTE_LAST).preview(*pack, check=False)
    assert shown.returncode != 0
    assert (
        "path: subnet private-a -> association inner-a -> route table inner"
        " -> route 0.0.0.0/0 -> internet gateway way-out" in shown.stdout
    )


def test_a_violation_in_the_preview_of_up_leaves_nothing_behind(make_stack: Make, ec2: Any) -> None:
    stack = make_stack(ROUTE_LAST)
    before = {vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"]}
    shown = stack.pulumi("up", "--yes", *PACK, check=False)
    assert shown.returncode != 0
    assert RULE in shown.stdout
    assert stack.resources() == []
    assert {vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"]} == before


@pytest.fixture
def gate_on(tmp_path: Path) -> tuple[str, str]:
    """Switch on the gate that guesses."""
    config = tmp_path / "gate.json"
    config.write_text(json.dumps({f"{RULE}-gate": "mandatory"}))
    return "--policy-pack-config", str(config)


@either_way
def test_without_a_preview_the_gate_stops_the_route_that_comes_last(
    make_stack: Make, pack: tuple[str, str], gate_on: tuple[str, str]
) -> None:
    stack = make_stack(ROUTE_LAST)
    shown = stack.up(*pack, *gate_on, check=False)
    assert shown.returncode != 0
    assert f"{RULE}-gate" in shown.stdout
    assert {"inner", "inner-a", "private-a"} <= names(stack)
    assert "out" not in names(stack)


def test_without_a_preview_the_gate_stops_the_association_that_comes_last(
    make_stack: Make, gate_on: tuple[str, str]
) -> None:
    stack = make_stack(ASSOCIATION_LAST)
    shown = stack.up(*PACK, *gate_on, check=False)
    assert shown.returncode != 0
    assert f"{RULE}-gate" in shown.stdout
    assert "path: subnet private-a -> association inner-a -> route table inner" in shown.stdout
    assert "out" in names(stack)
    assert "inner-a" not in names(stack)


LOOKED_UP = """
    import pulumi_aws as aws

    found = aws.ec2.get_subnet(
        filters=[{{"name": "cidr-block", "values": ["10.0.0.0/24"]}}], vpc_id="{vpc}"
    )
    edge = aws.ec2.RouteTable("edge", vpc_id="{vpc}")
    aws.ec2.RouteTableAssociation("edge", subnet_id=found.id, route_table_id=edge.id)
    inner = aws.ec2.RouteTable("inner", vpc_id="{vpc}")
    for letter, third in (("a", 1), ("b", 2)):
        subnet = aws.ec2.Subnet(
            f"private-{{letter}}", vpc_id="{vpc}", cidr_block=f"10.0.{{third}}.0/24"
        )
        aws.ec2.RouteTableAssociation(
            f"inner-{{letter}}", subnet_id=subnet.id, route_table_id=inner.id
        )
    gateway = aws.ec2.InternetGateway("gateway", vpc_id="{vpc}")
    aws.ec2.Route(
        "out", route_table_id=edge.id, destination_cidr_block="0.0.0.0/0", gateway_id=gateway.id
    )
"""


@pytest.mark.parametrize("gate", ["disabled", "mandatory"])
def test_a_table_of_a_public_subnet_that_is_looked_up_gets_its_route(
    make_stack: Make, ec2: Any, tmp_path: Path, gate: str
) -> None:
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    config = tmp_path / "config.json"
    config.write_text(json.dumps({RULE: {"publicSubnets": [subnet]}, f"{RULE}-gate": gate}))
    stack = make_stack(LOOKED_UP.format(vpc=vpc))
    shown = stack.up(*PACK, "--policy-pack-config", str(config), check=False)
    assert shown.returncode == 0, shown.stdout
    assert "out" in names(stack)


def test_exported_state_gets_the_verdict_of_the_preview(
    make_stack: Make, sandbox: Sandbox, tmp_path: Path
) -> None:
    stack = make_stack(ROUTE_LAST)
    stack.up()
    state = tmp_path / "state.json"
    state.write_text(stack.pulumi("stack", "export").stdout)
    shown = sandbox.pulumi(
        "policy", "analyze", "--file", str(state), *PACK, "--json", cwd=tmp_path, check=False
    )
    assert shown.returncode != 0
    found = policy_events(shown.stdout)
    assert [(each["policyName"], each["enforcementLevel"]) for each in found] == [
        (RULE, "mandatory")
    ]
    assert found[0]["resourceUrn"].endswith("::private-a")


def test_a_resource_that_is_only_read_leaves_its_subnet_unverified(
    make_stack: Make, ec2: Any
) -> None:
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    stack = make_stack(
        program()
        + f"""
    elsewhere = aws.ec2.RouteTable.get("elsewhere", "{table}")
    aws.ec2.RouteTableAssociation(
        "a", subnet_id=subnet.id, route_table_id=elsewhere.id
    )
"""
    )
    shown = stack.preview(*PACK, check=False)
    assert shown.returncode == 0
    assert "facts-are-missing" in shown.stdout
    assert "elsewhere" in shown.stdout


LOOK_UP = """
    found = aws.ec2.get_route_table_output(
        subnet_id=subnet.id, opts=pulumi.InvokeOutputOptions(depends_on=[bound])
    ).id
"""
LOOK_UP_IN_APPLY = """
    found = pulumi.Output.all(subnet.id, bound.id).apply(
        lambda ids: aws.ec2.get_route_table(subnet_id=ids[0]).id
    )
"""


def test_a_table_looked_up_by_its_subnet_is_found_as_far_as_the_sdk_keeps_links(
    make_stack: Make,
) -> None:
    """The Python SDK drops the links of a look-up until its arguments are known."""
    by_look_up = ROUTE.replace("table.id", "found")
    linked = make_stack(program(ASSOCIATION, LOOK_UP_IN_APPLY, by_look_up))
    assert "private subnet private-a reaches" in linked.preview(*PACK, check=False).stdout
    loose = make_stack(program(ASSOCIATION, LOOK_UP, by_look_up))
    first = loose.preview(*PACK).stdout
    assert "subnet private-a may have an egress path" in first
    assert "routeTableId of Route out (unknown and linked to no resource" in first
    updated = loose.up(*PACK, check=False)
    assert updated.returncode != 0
    assert "private subnet private-a reaches" in updated.stdout


def test_a_mistake_in_the_configuration_fails_the_preview(make_stack: Make, tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps({RULE: {"privateSubnet": ["*"]}}))
    stack = make_stack(program(ASSOCIATION))
    shown = stack.preview(*PACK, "--policy-pack-config", str(config), check=False)
    assert shown.returncode != 0
    assert "did you mean 'privateSubnets'?" in shown.stdout


OTHER_SDK = """
from pulumi_policy import PolicyPack, policy

kept = policy._PolicyAnalyzerServicer.AnalyzeStack
policy._PolicyAnalyzerServicer.AnalyzeStack = (
    lambda self, request, _context, _more=None: kept(self, request, _context)
)

from guardrails.pack import policies

PolicyPack("closed-network", policies())
"""


def test_a_pack_on_an_sdk_that_does_not_fit_fails_the_preview_and_says_so(
    make_stack: Make, tmp_path: Path
) -> None:
    pack = write_pack(tmp_path / "pack", OTHER_SDK)
    shown = make_stack(program(ASSOCIATION)).preview("--policy-pack", str(pack), check=False)
    assert shown.returncode != 0
    said = shown.stdout + shown.stderr
    assert "needs pulumi-policy 1.21.x and found 1.21." in said
    assert (
        "_PolicyAnalyzerServicer.AnalyzeStack takes (self, request, _context, _more=None)" in said
    )


NODE = """
    interface = aws.ec2.NetworkInterface(
        "interface", subnet_id=subnet.id, source_dest_check=False
    )
    aws.ec2.Route(
        "virtual",
        route_table_id=table.id,
        destination_cidr_block="20.0.0.100/32",
        network_interface_id=interface.id,
    )
    image = aws.ec2.get_ami(owners=["amazon"], most_recent=True)
    aws.ec2.Instance(
        "node",
        ami=image.id,
        instance_type="t3.micro",
        primary_network_interface={{"network_interface_id": interface.id}},
        opts=pulumi.ResourceOptions(ignore_changes={ignored}),
    )
"""
SWITCHES = "instance node switches its source/destination check on at the next update"


@pytest.mark.parametrize(
    ("ignored", "found"), [('["user_data"]', True), ('["source_dest_check"]', False)]
)
def test_an_instance_that_would_switch_the_check_on_is_seen_in_previews_and_in_state(
    make_stack: Make, tmp_path: Path, *, ignored: str, found: bool
) -> None:
    stack = make_stack(program(ASSOCIATION, NODE, ignored=ignored))
    first = stack.preview(*PACK)
    assert (SWITCHES in first.stdout, "mandatory" in first.stdout) == (found, False)
    stack.up()
    state = tmp_path / "state.json"
    state.write_text(stack.pulumi("stack", "export").stdout)
    shown = stack.sandbox.pulumi("policy", "analyze", "--file", str(state), *PACK, cwd=tmp_path)
    assert (SWITCHES in shown.stdout) is found
