import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sandbox.provider.injected_faults import InjectedFault, InjectedFaults
from tests.support.compute import ZONE_A, ZONE_C, Network, make_network
from tests.support.firewalls import FIREWALL, FORWARD, POLICY, make_policy
from tests.support.provider import (
    Created,
    FailedError,
    Instance,
    running_provider,
    unique,
    unknowns,
)

NOWHERE = "arn:aws:network-firewall:ap-northeast-1:123456789012:firewall-policy/nowhere"
WHOLE = {"vpcId": "vpc-1", "firewallPolicyArn": NOWHERE, "subnetMappings": [{"subnetId": "s-1"}]}


@pytest.fixture
def network(aws: Instance) -> Network:
    return make_network(aws)


@pytest.fixture
def policy(aws: Instance) -> Created:
    return make_policy(aws)


def mappings(*subnets: Created) -> list[dict[str, str]]:
    return [{"subnetId": subnet.id} for subnet in subnets]


def make_firewall(aws: Instance, network: Network, policy: Created, **more: Any) -> Created:
    given = {"vpcId": network.vpc.id, "subnetMappings": mappings(network.subnet_a), **more}
    return aws.create(FIREWALL, **{"name": unique("fw"), "firewallPolicyArn": policy.id, **given})


@pytest.fixture
def firewall(aws: Instance, network: Network, policy: Created) -> Created:
    return make_firewall(aws, network, policy, tags={"Name": "inspection"})


def endpoints(firewall: Created) -> dict[str, dict[str, str]]:
    """Return the firewall's endpoints by zone."""
    (status,) = firewall["firewallStatuses"]
    return {state["availabilityZone"]: state["attachments"][0] for state in status["syncStates"]}


def test_a_preview_leaves_to_aws_what_aws_decides(aws: Instance) -> None:
    outputs = aws.preview(FIREWALL, "inspection", **WHOLE)
    assert unknowns(outputs) == {
        "id", "arn", "availabilityZoneMappings", "firewallStatuses",
        "transitGatewayOwnerAccountId", "updateToken",
    }  # fmt: skip
    assert outputs["deleteProtection"] is False
    assert outputs["name"].startswith("inspection-")


def test_a_firewall_has_an_endpoint_in_its_subnet(
    firewall: Created, network: Network, ec2: Any
) -> None:
    assert firewall.id == firewall["arn"]
    assert firewall["arn"].endswith(f":firewall/{firewall['name']}")
    (attachment,) = endpoints(firewall).values()
    assert attachment["subnetId"] == network.subnet_a.id
    assert list(endpoints(firewall)) == [ZONE_A]
    (live,) = ec2.describe_vpc_endpoints(VpcEndpointIds=[attachment["endpointId"]])["VpcEndpoints"]
    assert (live["VpcEndpointType"], live["VpcId"]) == ("GatewayLoadBalancer", network.vpc.id)
    assert firewall.diff().kinds == {}


def test_a_refreshed_and_an_imported_firewall_are_as_they_were(
    aws: Instance, firewall: Created
) -> None:
    refreshed = firewall.refresh()
    assert refreshed is not None
    assert refreshed.state == firewall.state
    imported = aws.read(FIREWALL, firewall.id)
    assert imported is not None
    assert aws.diff(imported, firewall.inputs).kinds == {}
    assert aws.failures(FIREWALL, **imported.given) == {}


def test_a_route_leads_to_the_endpoint_while_it_lives(
    aws: Instance, network: Network, firewall: Created
) -> None:
    table = aws.create("aws:ec2/routeTable:RouteTable", vpcId=network.vpc.id)
    route = aws.create(
        "aws:ec2/route:Route",
        routeTableId=table.id,
        destinationCidrBlock="0.0.0.0/0",
        vpcEndpointId=endpoints(firewall)[ZONE_A]["endpointId"],
    )
    assert route["state"] == "active"
    firewall.delete()
    dead = route.refresh()
    assert dead is not None
    assert dead["state"] == "blackhole"


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({"name": "other"}, {"name": "UPDATE_REPLACE"}),
        ({"vpcId": "vpc-2"}, {"vpcId": "UPDATE_REPLACE"}),
        ({"firewallPolicyArn": NOWHERE}, {"firewallPolicyArn": "UPDATE"}),
        ({"deleteProtection": True}, {"deleteProtection": "UPDATE"}),
        (
            {"subnetMappings": [{"subnetId": "subnet-2"}]},
            {"subnetMappings[0].subnetId": "UPDATE"},
        ),
        ({"tags": None}, {"tags": "DELETE", "tagsAll.Name": "DELETE"}),
    ],
)
def test_what_a_change_does(
    firewall: Created, changes: dict[str, Any], kinds: dict[str, str]
) -> None:
    assert firewall.diff(**changes).kinds == kinds


def test_a_firewall_takes_subnets_of_other_zones(firewall: Created, network: Network) -> None:
    both = mappings(network.subnet_a, network.subnet_c)
    assert "firewallStatuses" in unknowns(firewall.preview(subnetMappings=both))
    assert "firewallStatuses" not in unknowns(firewall.preview(description="x"))
    wider = firewall.update(subnetMappings=both)
    assert sorted(endpoints(wider)) == [ZONE_A, ZONE_C]
    assert endpoints(wider)[ZONE_A] == endpoints(firewall)[ZONE_A]
    moved = wider.update(subnetMappings=mappings(network.subnet_c))
    assert list(endpoints(moved)) == [ZONE_C]
    network.subnet_a.delete()
    with pytest.raises(FailedError, match="DependencyViolation"):
        network.subnet_c.delete()


def test_a_firewall_changes_in_place(aws: Instance, firewall: Created) -> None:
    other = make_policy(aws)
    changed = firewall.update(
        firewallPolicyArn=other.id, description="all", enabledAnalysisTypes=["TLS_SNI"],
        tags={"Name": "egress"},
    )  # fmt: skip
    assert changed["firewallPolicyArn"] == other.id
    assert (changed["description"], changed["enabledAnalysisTypes"]) == ("all", ["TLS_SNI"])
    assert changed["tags"] == {"Name": "egress"}
    assert changed["updateToken"] != firewall["updateToken"]
    assert changed.diff().kinds == {}


def test_a_change_that_rests_on_an_older_state_is_refused(firewall: Created) -> None:
    firewall.update(description="one")
    with pytest.raises(FailedError, match="InvalidTokenException"):
        firewall.update(description="two")


def test_a_deleted_firewall_leaves_its_subnet_empty(firewall: Created, network: Network) -> None:
    with pytest.raises(FailedError, match="DependencyViolation"):
        network.subnet_a.delete()
    firewall.delete()
    assert firewall.refresh() is None
    firewall.delete()
    network.subnet_a.delete()


def test_protections_hold_until_they_are_taken_away(
    aws: Instance, network: Network, firewall: Created
) -> None:
    other = make_policy(aws)
    kept = firewall.update(
        deleteProtection=True, firewallPolicyChangeProtection=True, subnetChangeProtection=True
    )
    with pytest.raises(FailedError) as caught:
        kept.delete()
    assert str(caught.value) == (
        f"deleting NetworkFirewall Firewall ({firewall.id}): DeleteFirewall: "
        "InvalidOperationException: Unable to delete the firewall because deleteProtection is "
        "enabled"
    )
    with pytest.raises(FailedError, match="AssociateFirewallPolicy: InvalidOperationException"):
        kept.update(firewallPolicyArn=other.id)
    with pytest.raises(FailedError, match="AssociateSubnets: InvalidOperationException"):
        kept.update(subnetMappings=mappings(network.subnet_a, network.subnet_c))
    freed = kept.update(
        deleteProtection=False,
        firewallPolicyArn=other.id,
        firewallPolicyChangeProtection=False,
        subnetChangeProtection=False,
        subnetMappings=mappings(network.subnet_a, network.subnet_c),
    )
    assert (freed["firewallPolicyArn"], len(endpoints(freed))) == (other.id, 2)
    freed.delete()


@pytest.mark.parametrize(
    ("given", "path", "reason"),
    [
        ({"vpcId": None}, "vpcId", "the sandbox models firewalls in a VPC only"),
        ({"subnetMappings": None}, "subnetMappings", "the sandbox models firewalls in a VPC only"),
        ({"subnetMappings": []}, "subnetMappings", "the sandbox models firewalls in a VPC only"),
        ({"firewallPolicyArn": None}, "firewallPolicyArn", "is required"),
        ({"firewallPolicyArn": "p"}, "firewallPolicyArn", "be an ARN"),
        ({"name": "a_b"}, "name", "letters, digits and hyphens"),
        (
            {"subnetMappings": [{"subnetId": "s", "ipAddressType": "DUALSTACK"}]},
            "subnetMappings[0].ipAddressType",
            "be 'IPV4': the sandbox models no firewalls with IPv6",
        ),
        ({"transitGatewayId": "tgw-1"}, "transitGatewayId", "not modelled by the sandbox"),
        ({"encryptionConfiguration": {}}, "encryptionConfiguration", "not modelled by the sandbox"),
        ({"firewallStatuses": []}, "firewallStatuses", "decided by AWS"),
    ],
)
def test_a_preview_names_what_is_wrong(
    aws: Instance, given: dict[str, Any], path: str, reason: str
) -> None:
    assert reason in aws.failures(FIREWALL, **{**WHOLE, **given})[path]


def test_a_zone_holds_one_subnet_of_a_firewall(
    aws: Instance, network: Network, policy: Created
) -> None:
    twin = aws.create(
        "aws:ec2/subnet:Subnet", vpcId=network.vpc.id, cidrBlock="10.0.9.0/24",
        availabilityZone=ZONE_A,
    )  # fmt: skip
    both = mappings(network.subnet_a, twin)
    with pytest.raises(FailedError, match=f"{ZONE_A} has more than one subnet"):
        make_firewall(aws, network, policy, subnetMappings=both)
    firewall = make_firewall(aws, network, policy)
    with pytest.raises(FailedError, match=f"{ZONE_A} has more than one subnet"):
        firewall.update(subnetMappings=mappings(twin))


def test_a_firewall_needs_a_policy_and_subnets_of_its_network(
    aws: Instance, network: Network, policy: Created
) -> None:
    with pytest.raises(FailedError) as caught:
        make_firewall(aws, network, policy, firewallPolicyArn=NOWHERE)
    assert str(caught.value) == (
        "creating NetworkFirewall Firewall: CreateFirewall: InvalidRequestException: "
        f"parameter is invalid, parameter: [{NOWHERE}], context: it is not a firewall policy"
    )
    foreign = make_network(aws).subnet_a
    with pytest.raises(FailedError, match=f"it is not a subnet of {network.vpc.id}"):
        make_firewall(aws, network, policy, subnetMappings=mappings(foreign))


def test_a_name_is_given_once(aws: Instance, network: Network, policy: Created) -> None:
    name = unique("fw")
    make_firewall(aws, network, policy, name=name)
    with pytest.raises(FailedError, match="A resource with the same name already exists"):
        make_firewall(aws, network, policy, name=name)


@pytest.fixture
def faults(tmp_path: Path) -> InjectedFaults:
    return InjectedFaults(tmp_path / "faults.json")


@pytest.fixture
def faulty(aws_endpoint: str, faults: InjectedFaults) -> Iterator[Instance]:
    """A provider whose calls can be made to fail."""
    with running_provider(aws_endpoint, faults) as port:
        instance = Instance(port)
        yield instance
        instance.close()


def test_an_operation_that_moto_lacks_can_be_made_to_fail(
    faulty: Instance, faults: InjectedFaults
) -> None:
    firewall = make_firewall(faulty, make_network(faulty), make_policy(faulty))
    faults.add(InjectedFault("DeleteFirewall", "ThrottlingException"))
    with pytest.raises(FailedError, match="DeleteFirewall: ThrottlingException"):
        firewall.delete()
    assert firewall.refresh() is not None
    firewall.delete()
    assert firewall.refresh() is None


def test_the_answer_of_an_operation_that_moto_lacks_can_be_lost(
    aws: Instance, faulty: Instance, faults: InjectedFaults
) -> None:
    name = unique("policy")
    given = {"name": name, "firewallPolicy": FORWARD}
    faults.add(InjectedFault("CreateFirewallPolicy", holds=True))
    with ThreadPoolExecutor(1) as pool:
        creating = pool.submit(faulty.create, POLICY, **given)
        while not any(fault.held for fault in faults.pending()):
            assert not creating.done()
            time.sleep(0.01)
        made = aws.read(POLICY, NOWHERE.replace("nowhere", name))
        faults.clear()
        with pytest.raises(FailedError, match="CreateFirewallPolicy: RequestError: the answer was"):
            creating.result()
    assert made is not None
    with pytest.raises(FailedError, match="A resource with the same name already exists"):
        aws.create(POLICY, **given)
