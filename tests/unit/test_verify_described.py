"""What checks say of a network as AWS describes it, where the local AWS cannot show it."""

from dataclasses import replace
from typing import Any

import pytest

from ops.verify import (
    acl_checks,
    answer_checks,
    node_checks,
    permission_checks,
    route_checks,
    surrounding_checks,
    target_checks,
)
from ops.verify.api_endpoint import live_endpoints
from ops.verify.findings import examine
from ops.verify.node_answer import NodeAnswer
from ops.verify.situation import Situation
from ops.verify.snapshot import Snapshot
from tests.support.node_role import CLUSTER, ROLE, elsewhere, permissions, role
from tests.support.operations import following, roots

VIP = "20.0.0.100/32"
INTERNET = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"}
PROFILE = "arn:aws:iam::123456789012:instance-profile"


def table(key: str, *routes: dict[str, str], **subnets: str) -> dict[str, Any]:
    bound = [{"SubnetId": subnet, "RouteTableAssociationId": of} for subnet, of in subnets.items()]
    return {"RouteTableId": key, "VpcId": "vpc-1", "Routes": list(routes), "Associations": bound}


def to(interface: str, block: str = VIP) -> dict[str, str]:
    return {"DestinationCidrBlock": block, "NetworkInterfaceId": interface}


OWN = [table(key, to("eni-a")) for key in CLUSTER.route_table_ids.values()]


def situation(**answers: Any) -> Situation:
    empty: dict[str, Any] = {"subnets": [], "interfaces": [], "instances": [], "vpcs": []}
    return Situation(CLUSTER, Snapshot({**empty, "route_tables": OWN, **answers}))


def test_a_table_that_the_stack_leaves_out_does_not_carry_the_virtual_ip() -> None:
    """Another cluster's nodes hold the same address there, beside a way to the internet."""
    other = table("rtb-x", to("eni-x"), to("eni-x", "20.0.0.0/8"), INTERNET, subnet_x="rtbassoc-x")
    another = table("rtb-y", INTERNET, subnet_y="rtbassoc-y")
    subnets = [{"SubnetId": "subnet_x"}, {"SubnetId": "subnet_y"}]
    seen = situation(route_tables=[*OWN, other, another], subnets=subnets)
    left_out = elsewhere(tables_without_virtual_ip=frozenset({"rtb-x", "rtb-y"}))
    excused = replace(seen, cluster=left_out)
    found = {each.id for each in examine(seen, route_checks.CHECKS).findings}
    assert {"virtual-ip-leaks-to-internet", "virtual-ip-competing-route"} <= found
    assert set(excused.virtual_ip_routes) == set(CLUSTER.route_table_ids.values())
    assert excused.owner == CLUSTER.nodes[0]
    left = {each.id for each in examine(excused, route_checks.CHECKS).findings}
    assert not left & {"virtual-ip-leaks-to-internet", "virtual-ip-competing-route"}


def test_a_table_of_the_stack_is_gone() -> None:
    report = examine(situation(route_tables=OWN[:2]), route_checks.CHECKS)
    assert roots(report) == {("route-table-missing", "rtb-c")}


@pytest.mark.parametrize(
    ("bound", "remedy"),
    [
        ({}, "pulumi up --refresh"),
        (
            {"subnet-b": "rtbassoc-1"},
            (
                "aws ec2 replace-route-table-association --association-id rtbassoc-1 "
                "--route-table-id rtb-b, then pulumi up --refresh"
            ),
        ),
    ],
)
def test_a_subnet_that_has_another_table_is_led_back(bound: dict[str, str], remedy: str) -> None:
    main = {**table("rtb-a", to("eni-a"), **bound)}
    main["Associations"] = [*main["Associations"], {"Main": True, "RouteTableAssociationId": "m"}]
    seen = situation(route_tables=[main, *OWN[1:]], subnets=[{"SubnetId": "subnet-b"}])
    seen = replace(seen, cluster=elsewhere(subnet_ids={"private_a": "subnet-b"}))
    (fault,) = route_checks.association_lost(seen)
    assert fault.remedy == remedy


def rule(number: int, action: str, **written: Any) -> dict[str, Any]:
    block = {"CidrBlock": "0.0.0.0/0", "Protocol": "-1", "Egress": False}
    return {**block, "RuleNumber": number, "RuleAction": action, **written}


def acl_remedy(*rules: dict[str, Any]) -> str:
    """Return the remedy of an ACL of both nodes' subnets that these rules begin."""
    both = [rule(200, "allow"), rule(200, "allow", Egress=True)]
    associations = [{"SubnetId": "subnet-a"}, {"SubnetId": "subnet-b"}]
    acl = {"NetworkAclId": "acl-1", "Entries": [*rules, *both], "Associations": associations}
    interfaces = [
        {"NetworkInterfaceId": f"eni-{each}", "SubnetId": f"subnet-{each}"} for each in "ab"
    ]
    seen = situation(network_acls=[acl], interfaces=interfaces, endpoints=[])
    (fault,) = acl_checks.network_acl_blocks(seen)
    return fault.remedy


HEARTBEATS = {"Protocol": "17", "PortRange": {"From": 29106, "To": 29106}}


def test_what_an_acl_denies_is_allowed_before_the_rule_that_stays() -> None:
    common = "aws ec2 create-network-acl-entry --network-acl-id acl-1 --ingress --rule-number"
    what = "--protocol 17 --port-range From=29106,To=29106 --cidr-block"
    assert acl_remedy(rule(90, "deny", **HEARTBEATS), rule(89, "deny", Protocol="50")) == (
        f"{common} 88 {what} 10.0.110.10/32 --rule-action allow; "
        f"{common} 87 {what} 10.0.120.10/32 --rule-action allow"
    )


def test_before_an_acls_first_rule_there_is_no_number() -> None:
    assert acl_remedy(rule(1, "deny", **HEARTBEATS, CidrBlock="10.0.110.10/32")) == (
        "give rule 1 of --ingress a higher number: no number below it is free"
    )


@pytest.mark.parametrize(
    ("profiles", "roles", "begins"),
    [
        (
            ("", "own"),
            {f"{PROFILE}/own": [ROLE]},
            (
                "aws ec2 associate-iam-instance-profile --instance-id i-a "
                f"--iam-instance-profile Arn={PROFILE}/own; or, when node-a is the standby, "
            ),
        ),
        (
            ("", ""),
            {},
            (
                "aws ec2 associate-iam-instance-profile --instance-id i-a "
                "--iam-instance-profile Name=NAME, the profile of role ha-dev-role-1234567; or"
            ),
        ),
        (
            ("foreign", "own"),
            {f"{PROFILE}/foreign": ["arn:aws:iam::1:role/other"], f"{PROFILE}/own": [ROLE]},
            (
                "aws ec2 replace-iam-instance-profile-association --association-id ID "
                f"--iam-instance-profile Arn={PROFILE}/own; ID is in aws ec2 "
                "describe-iam-instance-profile-associations --filters Name=instance-id,Values=i-a"
            ),
        ),
        (
            ("own", "own"),
            {f"{PROFILE}/own": []},
            (
                "aws iam add-role-to-instance-profile --instance-profile-name own "
                "--role-name ha-dev-role-1234567; or"
            ),
        ),
    ],
)
def test_a_node_gets_its_profile_at_once(
    profiles: tuple[str, str], roles: dict[str, list[str]], begins: str
) -> None:
    instances = [
        {
            "InstanceId": f"i-{zone}",
            "State": {"Name": "running"},
            "IamInstanceProfile": {"Arn": f"{PROFILE}/{profile}"} if profile else None,
        }
        for zone, profile in zip("ab", profiles, strict=True)
    ]
    seen = situation(instances=instances, profile_roles=roles)
    assert next(iter(permission_checks.profile_wrong(seen))).remedy.startswith(begins)


@pytest.mark.parametrize(("quota", "asks"), [(500, True), (1000, False)])
def test_nobody_is_told_to_ask_for_the_quota_that_he_has(quota: int, *, asks: bool) -> None:
    routes = [
        {"DestinationCidrBlock": f"10.{each // 256}.{each % 256}.0/24"} for each in range(950)
    ]
    seen = situation(route_tables=[table("rtb-a", *routes)], route_quota=quota)
    (fault,) = surrounding_checks.route_quota_near(seen)
    assert fault.remedy.startswith("Remove routes that nobody needs")
    assert ("--desired-value 1000" in fault.remedy) is asks


WORKING = NodeAnswer(has_product=True, region="eu-west-1", call="ok", addresses=("20.0.0.100",))


@pytest.mark.parametrize(
    ("cause", "interface", "state"),
    [
        ("source-dest-check-on", {"SourceDestCheck": True}, "running"),
        ("virtual-ip-target-not-running", {}, "stopped"),
        ("virtual-ip-target-detached", {"Attachment": None, "Status": "available"}, "running"),
    ],
)
def test_a_webui_that_cannot_answer_follows_from_where_the_routes_lead(
    cause: str, interface: dict[str, Any], state: str
) -> None:
    seen = situation(
        interfaces=[
            {
                "NetworkInterfaceId": "eni-a",
                "Attachment": {"InstanceId": "i-a"},
                **interface,
            }
        ],
        instances=[{"InstanceId": "i-a", "State": {"Name": state}}],
    )
    silent = {node.name: WORKING for node in CLUSTER.nodes}
    checks = [
        each
        for each in (*target_checks.CHECKS, *node_checks.CHECKS, *answer_checks.CHECKS)
        if each.id in ("webui-unreachable", cause)
    ]
    report = examine(replace(seen, answers=silent), checks)
    assert following(report) == {("webui-unreachable", cause)}


def endpoint(key: str, **more: Any) -> dict[str, Any]:
    service = "com.amazonaws.eu-west-1.ec2"
    common = {"VpcEndpointType": "Interface", "ServiceName": service, "State": "available"}
    return {"VpcEndpointId": key, **common, **more}


def test_policies_are_judged_by_the_endpoint_that_serves_the_api() -> None:
    nobody = '{"Version": "2012-10-17", "Statement": []}'
    gone, used = endpoint("vpce-1", State="deleting"), endpoint("vpce-2", PolicyDocument=nobody)
    only = {"StringEquals": {"aws:SourceVpce": "vpce-1"}}
    policy = permissions()
    for statement in policy["Statement"]:
        statement["Condition"] = only
    seen = situation(endpoints=[gone, used], role=role(policy))
    assert list(live_endpoints(seen)) == ["vpce-2"]
    (fault,) = permission_checks.policy_of_endpoint_denies(seen)
    assert fault.subject == "vpce-2"
    (denied,) = permission_checks.boundary_denies(seen)
    assert "aws:SourceVpce vpce-1" in denied.found
