"""What other people's stacks put into a network: it comes up, stays as it is, and goes again."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.sandbox import StackUnderTest

PACK = Path(__file__).parents[2] / "policy"
BALANCED = """
    import pulumi
    import pulumi_aws as aws

    vpc = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16")
    subnets = [
        aws.ec2.Subnet(f"private-{zone}", vpc_id=vpc.id, cidr_block=f"10.0.{third}.0/24",
                       availability_zone=f"us-east-1{zone}")
        for third, zone in enumerate("ab")
    ]
    ips = [subnet.id for subnet in subnets]
    balancer = aws.lb.LoadBalancer("web", internal=True, subnets=ips)
    group = aws.lb.TargetGroup("web", port=80, protocol="HTTP", target_type="ip", vpc_id=vpc.id)
    aws.lb.TargetGroupAttachment("web", target_group_arn=group.arn, target_id="10.0.0.9")
    aws.lb.Listener("web", load_balancer_arn=balancer.arn, port=80, default_actions=[
        {"type": "forward", "target_group_arn": group.arn},
    ])
    pulumi.export("name", balancer.dns_name)
"""
INSPECTED = """
    import pulumi
    import pulumi_aws as aws

    vpc = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16")
    def subnet(name, third):
        return aws.ec2.Subnet(name, vpc_id=vpc.id, cidr_block=f"10.0.{third}.0/24")

    rules = aws.networkfirewall.RuleGroup("domains", capacity=10, type="STATEFUL", rule_group={
        "rules_source": {"rules_source_list": {
            "generated_rules_type": "ALLOWLIST",
            "target_types": ["TLS_SNI"],
            "targets": [".example.com"],
        }},
    })
    policy = aws.networkfirewall.FirewallPolicy("inspection", firewall_policy={
        "stateless_default_actions": ["aws:forward_to_sfe"],
        "stateless_fragment_default_actions": ["aws:forward_to_sfe"],
        "stateful_rule_group_references": [{"resource_arn": rules.arn}],
    })
    firewall = aws.networkfirewall.Firewall(
        "inspection",
        vpc_id=vpc.id,
        firewall_policy_arn=policy.arn,
        subnet_mappings=[{"subnet_id": subnet("firewall-a", 1).id}],
    )
    endpoint = firewall.firewall_statuses[0].sync_states[0].attachments[0].endpoint_id
    table = aws.ec2.RouteTable("private", vpc_id=vpc.id, routes=[
        {"cidr_block": "0.0.0.0/0", "vpc_endpoint_id": endpoint},
    ])
    aws.ec2.RouteTableAssociation("private", subnet_id=subnet("private-a", 2).id,
                                  route_table_id=table.id)
    pulumi.export("endpoint", endpoint)
"""

BEFORE_NAT = """
    import pulumi_aws as aws

    WORLD = "0.0.0.0/0"
    vpc = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16")
    gateway = aws.ec2.InternetGateway("gateway", vpc_id=vpc.id)

    def subnet(name, third, route=None):
        made = aws.ec2.Subnet(name, vpc_id=vpc.id, cidr_block=f"10.0.{third}.0/24",
                              tags={"Tier": name.partition("-")[0]})
        table = aws.ec2.RouteTable(name, vpc_id=vpc.id,
                                   routes=[{"cidr_block": WORLD, **route}] if route else [])
        aws.ec2.RouteTableAssociation(name, subnet_id=made.id, route_table_id=table.id)
        return made, table

    public, _ = subnet("public-a", 0, {"gateway_id": gateway.id})
    address = aws.ec2.Eip("address", domain="vpc")
    nat = aws.ec2.NatGateway("nat", subnet_id=public.id, allocation_id=address.id)
    inspected, _ = subnet("public-firewall", 1, {"nat_gateway_id": nat.id})
    policy = aws.networkfirewall.FirewallPolicy("inspection", firewall_policy={
        "stateless_default_actions": ["aws:pass"],
        "stateless_fragment_default_actions": ["aws:pass"],
    })
    firewall = aws.networkfirewall.Firewall(
        "inspection", vpc_id=vpc.id, firewall_policy_arn=policy.arn,
        subnet_mappings=[{"subnet_id": inspected.id}],
    )
    _, private = subnet("private-a", 2)
    aws.ec2.Route("out", route_table_id=private.id, destination_cidr_block=WORLD, vpc_endpoint_id=(
        firewall.firewall_statuses[0].sync_states[0].attachments[0].endpoint_id
    ))
"""


def test_a_firewall_before_a_nat_gateway_is_refused_with_its_path_and_in_the_state_as_well(
    make_stack: Callable[..., StackUnderTest], tmp_path: Path
) -> None:
    stack = make_stack(BEFORE_NAT)
    through = (
        "firewall endpoint inspection[0] -> subnet public-firewall -> association public-firewall"
        " -> route table public-firewall -> route 0.0.0.0/0 -> NAT gateway nat"
    )
    assert through in stack.preview("--policy-pack", str(PACK), check=False).stdout

    stack.up()
    state = tmp_path / "state.json"
    state.write_text(stack.pulumi("stack", "export").stdout)
    arguments = ("--file", str(state), "--policy-pack", str(PACK))
    analyzed = stack.pulumi("policy", "analyze", *arguments, check=False, stack=False)
    assert analyzed.returncode != 0
    assert through in analyzed.stdout
    stack.destroy()


@pytest.mark.parametrize(
    ("program", "output", "beginning", "made"),
    [(BALANCED, "name", "web-", 8), (INSPECTED, "endpoint", "vpce-", 9)],
    ids=["balanced", "inspected"],
)
def test_a_stack_is_previewed_under_the_pack_brought_up_and_taken_down(
    make_stack: Callable[..., StackUnderTest], program: str, output: str, beginning: str, made: int
) -> None:
    stack = make_stack(program)
    preview = stack.preview("--policy-pack", str(PACK), check=False)
    assert "closed-network" in preview.stdout
    assert "panic" not in preview.stdout + preview.stderr
    assert "Traceback" not in preview.stdout + preview.stderr

    assert f"+ {made} created" in stack.up().stdout
    assert stack.outputs()[output].startswith(beginning)
    stack.preview("--refresh", "--expect-no-changes")
    assert f"- {made} deleted" in stack.destroy().stdout
