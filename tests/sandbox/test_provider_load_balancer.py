from typing import Any

import pytest

from tests.support.compute import ZONE_A, Network, make_network
from tests.support.load_balancing import LOAD_BALANCER, make_balancer
from tests.support.provider import Created, FailedError, Instance, unique, unknowns

SUBNET = "aws:ec2/subnet:Subnet"
SUBNETS = ["subnet-1", "subnet-2"]


@pytest.fixture
def network(aws: Instance) -> Network:
    return make_network(aws)


@pytest.fixture
def balancer(aws: Instance, network: Network) -> Created:
    return make_balancer(aws, network, tags={"Name": "web"})


@pytest.fixture
def third(aws: Instance, network: Network) -> Created:
    return aws.create(
        SUBNET, vpcId=network.vpc.id, cidrBlock="10.0.3.0/24", availabilityZone="ap-northeast-1d"
    )


def test_a_preview_leaves_to_aws_what_aws_decides(aws: Instance) -> None:
    outputs = aws.preview(LOAD_BALANCER, "web", subnets=SUBNETS)
    assert unknowns(outputs) == {
        "id", "arn", "arnSuffix", "dnsName", "enablePrefixForIpv6SourceNat",
        "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic", "internal", "ipAddressType",
        "namePrefix", "secondaryIpsAutoAssignedPerSubnet", "securityGroups", "subnetMappings",
        "vpcId", "zoneId",
    }  # fmt: skip
    assert outputs["name"].startswith("web-")
    assert (outputs["idleTimeout"], outputs["enableHttp2"]) == (60, True)


def test_an_application_load_balancer_stands_in_its_subnets(
    balancer: Created, network: Network
) -> None:
    assert balancer.id == balancer["arn"]
    assert balancer["arn"].endswith(f":loadbalancer/{balancer['arnSuffix']}")
    assert balancer["dnsName"].endswith(".ap-northeast-1.elb.amazonaws.com")
    assert balancer["vpcId"] == network.vpc.id
    assert balancer["securityGroups"] == [network.vpc["defaultSecurityGroupId"]]
    assert set(balancer["subnets"]) == {network.subnet_a.id, network.subnet_c.id}
    assert {each["subnetId"] for each in balancer["subnetMappings"]} == set(balancer["subnets"])
    assert (balancer["internal"], balancer["ipAddressType"]) == (True, "ipv4")
    assert balancer["enableCrossZoneLoadBalancing"] is True
    assert balancer.diff().kinds == {}


def test_a_refreshed_load_balancer_is_as_it_was(balancer: Created) -> None:
    refreshed = balancer.refresh()
    assert refreshed is not None
    assert refreshed.state == balancer.state
    assert refreshed.diff().kinds == {}


def test_an_imported_load_balancer_is_as_the_program_says(aws: Instance, balancer: Created) -> None:
    imported = aws.read(LOAD_BALANCER, balancer.id)
    assert imported is not None
    assert aws.diff(imported, balancer.inputs).kinds == {}


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({"name": "other"}, {"name": "UPDATE_REPLACE"}),
        ({"internal": False}, {"internal": "UPDATE_REPLACE"}),
        (
            {"loadBalancerType": "network"},
            {"loadBalancerType": "UPDATE_REPLACE", "enableCrossZoneLoadBalancing": "UPDATE"},
        ),
        ({"idleTimeout": 120}, {"idleTimeout": "UPDATE"}),
        ({"enableDeletionProtection": True}, {"enableDeletionProtection": "UPDATE"}),
        ({"ipAddressType": "dualstack"}, {"ipAddressType": "UPDATE"}),
        ({"securityGroups": ["sg-1"]}, {"securityGroups[0]": "UPDATE"}),
        ({"dnsRecordClientRoutingPolicy": "availability_zone_affinity"}, {}),
        ({"enableCrossZoneLoadBalancing": False}, {}),
        ({"tags": {"Name": "api"}}, {"tags.Name": "UPDATE", "tagsAll.Name": "UPDATE"}),
    ],
)
def test_what_a_change_does(
    balancer: Created, changes: dict[str, Any], kinds: dict[str, str]
) -> None:
    assert balancer.diff(**changes).kinds == kinds


def test_attributes_and_tags_change_in_place(balancer: Created) -> None:
    changed = balancer.update(
        idleTimeout=120, dropInvalidHeaderFields=True, enableHttp2=False, tags={"Name": "api"}
    )
    assert (changed["idleTimeout"], changed["dropInvalidHeaderFields"]) == (120, True)
    assert changed["enableHttp2"] is False
    assert changed["tags"] == {"Name": "api"}
    refreshed = changed.refresh()
    assert refreshed is not None
    assert refreshed.state == changed.state


def test_an_application_load_balancer_moves_to_other_subnets(
    balancer: Created, network: Network, third: Created
) -> None:
    moved = [network.subnet_a.id, third.id]
    assert balancer.diff(subnets=moved).replaces == []
    assert "subnetMappings" in unknowns(balancer.preview(subnets=moved))
    changed = balancer.update(subnets=moved)
    assert set(changed["subnets"]) == set(moved)
    network.subnet_c.delete()
    with pytest.raises(FailedError, match="DependencyViolation"):
        third.delete()


def test_a_network_load_balancer_takes_subnets_and_gives_none_back(
    aws: Instance, network: Network, third: Created
) -> None:
    first = [network.subnet_a.id]
    balancer = make_balancer(aws, network, loadBalancerType="network", subnets=first)
    assert balancer.diff(subnets=[third.id]).replaces == ["subnets"]
    both = [network.subnet_a.id, network.subnet_c.id]
    assert balancer.diff(subnets=both).replaces == []
    wider = balancer.update(subnets=both)
    assert wider.diff(subnets=first).replaces == ["subnets"]


@pytest.mark.parametrize(
    ("kind", "zones", "replaces"),
    [
        ("application", ("ac", "acd"), []),
        ("application", ("acd", "ac"), []),
        ("application", ("ac", "ad"), ["subnetMappings"]),
        ("network", ("ac", "acd"), []),
        ("network", ("acd", "ac"), ["subnetMappings"]),
    ],
)
def test_when_other_subnets_with_addresses_need_another_load_balancer(
    aws: Instance, network: Network, third: Created, kind: str, zones: Any, replaces: Any
) -> None:
    subnets = {"a": network.subnet_a, "c": network.subnet_c, "d": third}
    mappings = [[{"subnetId": subnets[zone].id} for zone in each] for each in zones]
    balancer = make_balancer(aws, network, loadBalancerType=kind, subnetMappings=mappings[0])
    assert balancer.diff().kinds == {}
    assert balancer.diff(subnetMappings=mappings[1]).replaces == replaces


def test_the_first_group_of_a_network_load_balancer_needs_another_one(
    aws: Instance, network: Network
) -> None:
    group = network.vpc["defaultSecurityGroupId"]
    balancer = make_balancer(aws, network, loadBalancerType="network")
    assert balancer["securityGroups"] == []
    assert balancer.diff(securityGroups=[group]).replaces == ["securityGroups"]
    grouped = make_balancer(aws, network, loadBalancerType="network", securityGroups=[group])
    assert grouped.diff(securityGroups=["sg-2"]).replaces == []
    assert grouped.diff(securityGroups=[]).replaces == ["securityGroups"]


def test_a_network_load_balancer_takes_elastic_addresses(
    aws: Instance, ec2: Any, network: Network
) -> None:
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=network.vpc.id)
    address = aws.create("aws:ec2/eip:Eip", domain="vpc")
    mapping = {"subnetId": network.subnet_a.id, "allocationId": address.id}
    given = {"loadBalancerType": "network", "internal": False, "subnetMappings": [mapping]}
    balancer = make_balancer(aws, network, **given)
    assert balancer["subnetMappings"] == [{**mapping, "outpostId": ""}]
    assert balancer.diff().kinds == {}
    with pytest.raises(FailedError, match="are not available for use"):
        make_balancer(aws, network, **given)
    balancer.delete()
    address.delete()


def test_a_network_load_balancer_takes_a_private_address(aws: Instance, network: Network) -> None:
    mapping = {"subnetId": network.subnet_a.id, "privateIpv4Address": "10.0.1.9"}
    given = {"loadBalancerType": "network", "subnetMappings": [mapping]}
    balancer = make_balancer(aws, network, **given)
    refreshed = balancer.refresh()
    assert refreshed is not None
    assert refreshed["subnetMappings"] == [{**mapping, "outpostId": ""}]
    with pytest.raises(FailedError, match=r"InvalidIPAddress\.InUse"):
        make_balancer(aws, network, **given)


def test_a_deleted_load_balancer_leaves_its_subnets_empty(
    balancer: Created, network: Network
) -> None:
    with pytest.raises(FailedError, match="DependencyViolation"):
        network.subnet_a.delete()
    balancer.delete()
    assert balancer.refresh() is None
    balancer.delete()
    network.subnet_a.delete()


def test_a_protected_load_balancer_is_not_deleted(balancer: Created) -> None:
    protected = balancer.update(enableDeletionProtection=True)
    with pytest.raises(FailedError) as caught:
        protected.delete()
    assert str(caught.value) == (
        f"deleting ELBv2 Load Balancer ({balancer.id}): DeleteLoadBalancer: OperationNotPermitted: "
        f"Load balancer '{balancer.id}' cannot be deleted because deletion protection is enabled"
    )
    protected.update(enableDeletionProtection=False).delete()
    assert balancer.refresh() is None


@pytest.mark.parametrize(
    ("given", "path", "reason"),
    [
        ({"subnets": None}, "subnetMappings", "one of subnetMappings, subnets must be given"),
        ({"subnetMappings": [{"subnetId": "s"}]}, "subnetMappings", "only one of"),
        ({"name": "a" * 33}, "name", "have 0 to 32 characters"),
        ({"name": "internal-web"}, "name", "not begin with 'internal-'"),
        ({"name": "web_1"}, "name", "letters, digits and hyphens"),
        ({"name": "-web"}, "name", "not begin with a hyphen"),
        ({"name": "web-"}, "name", "not end with a hyphen"),
        ({"namePrefix": "seven-7"}, "namePrefix", "have 1 to 6 characters"),
        ({"loadBalancerType": "classic"}, "loadBalancerType", "be one of"),
        ({"dnsName": "x"}, "dnsName", "decided by AWS"),
        *(
            ({name: {"bucket": "b"}}, name, "not modelled by the sandbox")
            for name in ("accessLogs", "connectionLogs", "healthCheckLogs")
        ),
    ],
)
def test_a_preview_names_what_is_wrong(
    aws: Instance, given: dict[str, Any], path: str, reason: str
) -> None:
    assert reason in aws.failures(LOAD_BALANCER, **{"subnets": SUBNETS, **given})[path]


def test_an_application_load_balancer_needs_two_zones(aws: Instance, network: Network) -> None:
    with pytest.raises(FailedError) as caught:
        make_balancer(aws, network, subnets=[network.subnet_a.id])
    assert str(caught.value) == (
        "creating ELBv2 Load Balancer: CreateLoadBalancer: ValidationError: "
        "At least two subnets in two different Availability Zones must be specified"
    )


@pytest.mark.parametrize("kind", ["application", "network", "gateway"])
def test_a_zone_holds_one_subnet_of_a_load_balancer(
    aws: Instance, network: Network, kind: str
) -> None:
    twin = aws.create(
        SUBNET, vpcId=network.vpc.id, cidrBlock="10.0.9.0/24", availabilityZone=ZONE_A
    )
    subnets = [network.subnet_a.id, network.subnet_c.id, twin.id]
    internal = {} if kind == "gateway" else {"internal": True}
    with pytest.raises(FailedError, match="multiple subnets in the same Availability Zone"):
        aws.create(LOAD_BALANCER, loadBalancerType=kind, subnets=subnets, **internal)


def test_all_subnets_belong_to_one_network(aws: Instance, network: Network) -> None:
    other = make_network(aws)
    with pytest.raises(FailedError, match="InvalidConfigurationRequest: All subnets must belong"):
        make_balancer(aws, network, subnets=[network.subnet_a.id, other.subnet_c.id])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"subnets": ["subnet-0", "subnet-1"]}, "SubnetNotFound: The subnet ID 'subnet-0'"),
        ({"internal": False}, r"InvalidSubnet: VPC vpc-[0-9a-f]+ has no internet gateway"),
        ({"ipAddressType": "dualstack"}, "InvalidSubnet: You must specify subnets with an assoc"),
        ({"securityGroups": ["sg-0"]}, "InvalidConfigurationRequest: One or more security groups"),
        (
            {"loadBalancerType": "gateway", "securityGroups": ["sg-0"]},
            "Security groups are not supported for load balancers with type 'gateway'",
        ),
        (
            {"idleTimeout": 4001},
            "ValidationError: 'idle_timeout.timeout_seconds' value '4001' must be between '1-4000'",
        ),
        ({"clientKeepAlive": 59}, "'client_keep_alive.seconds' value '59' must be between"),
    ],
)
def test_aws_refuses(aws: Instance, network: Network, given: dict[str, Any], message: str) -> None:
    with pytest.raises(FailedError, match=message):
        make_balancer(aws, network, **given)


def test_fixed_addresses_are_for_network_load_balancers(aws: Instance, network: Network) -> None:
    mappings = [
        {"subnetId": network.subnet_a.id, "privateIpv4Address": "10.0.1.9"},
        {"subnetId": network.subnet_c.id},
    ]
    with pytest.raises(FailedError, match="internal load balancers with type 'network' only"):
        make_balancer(aws, network, subnetMappings=mappings)


def test_a_crowded_subnet_is_refused(aws: Instance, network: Network) -> None:
    small = aws.create(
        SUBNET, vpcId=network.vpc.id, cidrBlock="10.0.8.0/28", availabilityZone=ZONE_A
    )
    subnets = [small.id, network.subnet_c.id]
    for _ in range(3):
        aws.create("aws:ec2/networkInterface:NetworkInterface", subnetId=small.id)
    make_balancer(aws, network, subnets=subnets)
    with pytest.raises(FailedError) as caught:
        make_balancer(aws, network, subnets=subnets)
    assert str(caught.value).endswith(
        f"InvalidSubnet: Not enough IP space available in {small.id}. "
        "ELB requires at least 8 free IP addresses in each subnet."
    )


def test_a_name_is_given_once(aws: Instance, network: Network) -> None:
    name = unique("lb")
    make_balancer(aws, network, name=name)
    with pytest.raises(FailedError, match=f"DuplicateLoadBalancerName: .* '{name}' exists"):
        make_balancer(aws, network, name=name)


def test_a_load_balancer_is_named_after_its_resource_or_by_a_prefix(
    aws: Instance, network: Network
) -> None:
    subnets = [network.subnet_a.id, network.subnet_c.id]
    long = aws.create(LOAD_BALANCER, "w" * 40, internal=True, subnets=subnets)
    assert len(long["name"]) == 32
    short = aws.create(LOAD_BALANCER, namePrefix="web-", internal=True, subnets=subnets)
    assert short["name"].startswith("web-")
    assert short["namePrefix"] == "web-"
