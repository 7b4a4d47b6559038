"""What the program says about a bad configuration: each fault with key, value and remedy."""

from typing import Any

import pulumi
import pytest

from settings import SettingsError, read_settings
from tests.support.configured import configured, faults_of
from tests.support.stack_config import ABSENT, changed, stack_config


@pytest.mark.parametrize(
    ("path", "value", "remedy"),
    [
        ("network.cidr", "10.0.0.0/15", "AWS takes /16 to /28"),
        ("network.cidr", "10.0.0.5/16", "without host bits, as 10.0.0.0/16"),
        ("network.cidr", "10.0.0.0/255.255.0.0", "without host bits, as 10.0.0.0/16"),
        ("network.cidr", "010.0.0.0/16", "a range of IPv4 addresses"),
        ("network.cidr", "10.0.0.0", "a range of IPv4 addresses"),
        ("network.cidr", "10.0.0.0/33", "a range of IPv4 addresses"),
        ("network.cidr", "fd00::/56", "a range of IPv4 addresses"),
        ("network.cidr", 10, "a range of IPv4 addresses"),
        ("network.publicSubnets.a", "10.0.10.0/29", "AWS takes /16 to /28"),
        ("network.publicSubnets.a", "10.1.10.0/24", "inside network.cidr, 10.0.0.0/16"),
        ("network.publicSubnets.a", "10.0.0.0/15", "AWS takes /16 to /28"),
        ("network.privateSubnets.b", "10.0.120.0/33", "a range of IPv4 addresses"),
        ("network.publicSubnets.g", "10.0.20.0/24", "nothing reads it"),
        ("network.zones.a", "eu-west-1a", "a zone of the region, like us-east-1a"),
        ("network.zones.a", "us-east-1", "a zone of the region"),
        ("network.zones.a", "us-east-1-bos-1a", "a zone of the region"),
        ("network.zones.b", "us-east-1a", "another zone than zone a's"),
        ("network.zones", ["us-east-1a", "us-east-1b"], "an object with the fields a, b"),
        ("network.zones.c", "us-east-1c", "give it a range, network.privateSubnets.c or"),
        ("network.zones.c", "us-east-1a", "another zone than zone a's"),
        ("network.zones.g", "us-east-1g", "nothing reads it"),
        ("network", "10.0.0.0/16", "an object with the fields cidr, zones"),
        ("virtualIp", "20.0.0.100/32", "without a prefix length"),
        ("virtualIp", "20.0.0.0/24", "without a prefix length"),
        ("virtualIp", "20.0.0", "one IPv4 address"),
        ("virtualIp", "::1", "one IPv4 address"),
        ("virtualIp", "20", "one IPv4 address"),
        ("virtualIp", "10.0.200.1", "outside the VPC's range 10.0.0.0/16"),
        ("virtualIp", "20.0.0.0", "the last number is 1 to 254"),
        ("virtualIp", "20.0.0.255", "the last number is 1 to 254"),
        ("virtualIp", "0.1.2.3", "outside 0.0.0.0/8"),
        ("virtualIp", "127.0.0.1", "outside 127.0.0.0/8"),
        ("virtualIp", "169.254.169.254", "outside 169.254.0.0/16"),
        ("virtualIp", "224.0.0.5", "outside 224.0.0.0/4"),
        ("virtualIp", "250.0.0.1", "outside 240.0.0.0/4"),
        ("rollOut", "c", "write a, b or none"),
        ("rollOutOwner", "yes", "write true or false"),
        ("nodes", [], "an object with the fields os"),
        ("nodes.os", "Linux", "write linux or windows"),
        ("nodes.monitorZones", "yes", "write true or false"),
        ("nodes.instanceType", "large", "like m6i.large"),
        ("nodes.image", "al2023", "ami-"),
        ("nodes.mirrorVolumeGib", 1, "2 to 16384"),
        ("nodes.mirrorVolumeGib", 16385, "2 to 16384"),
        ("nodes.mirrorVolumeGib", "20", "a whole number"),
        ("nodes.mirrorVolumeGib", 2.5, "a whole number"),
        ("nodes.mirrorVolumeGib", True, "a whole number"),
        ("nodes.addresses.a", "10.0.120.11", "10.0.110.4 to 10.0.110.254"),
        ("nodes.addresses.a", "10.0.110.3", "10.0.110.4 to 10.0.110.254"),
        ("nodes.addresses.a", "10.0.110.255", "10.0.110.4 to 10.0.110.254"),
        ("nodes.addresses.c", "10.0.110.12", "nothing reads it"),
        ("initialOwner", "c", "a or b"),
        ("protectNodes", "yes", "true or false"),
        ("adminCidrs", "10.0.10.0/24", "a list of ranges"),
        ("endpoints", "ssm", "a list of services, like [ssm]"),
    ],
)
def test_a_fault_names_key_value_and_remedy(path: str, value: object, remedy: str) -> None:
    found = [fault for fault in faults_of(changed(path, value)) if remedy in fault.remedy]
    assert [(fault.key, fault.value) for fault in found] == [(f"ha-cluster:{path}", value)]


@pytest.mark.parametrize(
    ("value", "place", "remedy"),
    [
        (["0.0.0.0/0"], 0, "name your own network"),
        (["10.0.10.0/24", "0.0.0.0/1"], 1, "name your own network"),
        (["10.0.10.0/24", "10.0.10.0/24"], 1, "once"),
        (["10.0.10.1"], 0, "a range of IPv4 addresses"),
        ([7], 0, "a range of IPv4 addresses"),
    ],
)
def test_a_bad_admin_range_is_named_by_its_place(value: list[Any], place: int, remedy: str) -> None:
    (fault,) = faults_of(changed("adminCidrs", value))
    assert (fault.key, fault.value) == (f"ha-cluster:adminCidrs[{place}]", value[place])
    assert remedy in fault.remedy


def test_a_service_is_known_and_named_once() -> None:
    found = faults_of(changed("endpoints", ["ssm", "s4", "ssm"]))
    assert [(fault.key, fault.value) for fault in found] == [
        ("ha-cluster:endpoints[1]", "s4"),
        ("ha-cluster:endpoints[2]", "ssm"),
    ]
    assert found[0].remedy.startswith("name a service: ssm, ssmmessages, ec2messages, logs")


@pytest.mark.parametrize("cidr", ["8.8.0.0/16", "172.32.0.0/16", "169.254.0.0/16", "20.0.0.0/16"])
def test_a_vpc_in_public_space_is_refused(cidr: str) -> None:
    found = {fault.key: fault.remedy for fault in faults_of(changed("network.cidr", cidr))}
    assert "use a private range" in found["ha-cluster:network.cidr"]


def test_overlapping_subnets_are_named_in_pairs() -> None:
    (fault,) = faults_of(changed("network.publicSubnets.a", "10.0.110.128/25"))
    assert fault.key == "ha-cluster:network.privateSubnets.a"
    assert fault.remedy == "move it out of network.publicSubnets.a, 10.0.110.128/25"


def test_two_nodes_need_two_addresses() -> None:
    found = [fault.remedy for fault in faults_of(changed("nodes.addresses.b", "10.0.110.10"))]
    assert found == [
        "give each node an address of its own",
        "choose from 10.0.120.4 to 10.0.120.254, free in 10.0.120.0/24",
    ]


def test_the_zones_must_be_of_the_stack_s_region() -> None:
    config = {**stack_config("prod"), "aws:region": "eu-west-1"}
    found = {fault.key for fault in faults_of(config)}
    assert found == {"ha-cluster:network.zones.a", "ha-cluster:network.zones.b"}


@pytest.mark.parametrize("name", ["network.cidr", "nodes.addresses.a", "adminCidrs[0]"])
def test_a_value_that_was_set_without_a_path_is_explained(name: str) -> None:
    config = {**stack_config(), f"ha-cluster:{name}": "10.0.0.0/16"}
    (fault,) = faults_of(config)
    assert (fault.key, fault.value) == (f"ha-cluster:{name}", "10.0.0.0/16")
    assert fault.remedy == (
        f"pulumi config rm 'ha-cluster:{name}', then "
        f"pulumi config set --path 'ha-cluster:{name}' VALUE"
    )


@pytest.mark.parametrize("region", ["us-iso-east-1", "eu-isoe-west-1", "eusc-de-east-1"])
def test_a_region_whose_names_are_not_known_is_refused(region: str) -> None:
    found = {fault.key: fault.remedy for fault in faults_of(changed("aws:region", region))}
    assert found["aws:region"].startswith("choose a region of AWS, GovCloud or China")


@pytest.mark.parametrize(
    "path",
    [
        "aws:region",
        "network",
        "network.cidr",
        "network.publicSubnets.a",
        "network.privateSubnets.b",
        "virtualIp",
        "nodes",
        "nodes.os",
        "nodes.instanceType",
        "nodes.image",
        "nodes.mirrorVolumeGib",
        "nodes.addresses",
        "nodes.addresses.b",
    ],
)
def test_what_is_missing_is_named_once_and_alone(path: str) -> None:
    (fault,) = faults_of(changed(path, ABSENT))
    assert fault.key.removeprefix("ha-cluster:") == path
    assert fault.value is None
    assert "not set" in str(fault)


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("virtualIP", "virtualIp"),
        ("network.subnets", "publicSubnets"),
        ("nodes.mirrorVolumeGB", "mirrorVolumeGib"),
        ("protectNode", "protectNodes"),
    ],
)
def test_a_misspelt_key_is_named_with_the_nearest_known_one(path: str, near: str) -> None:
    (fault,) = faults_of(changed(path, "anything"))
    assert fault.key == f"ha-cluster:{path}"
    assert f"did you mean {near}?" in fault.remedy


def test_a_key_like_no_other_is_answered_with_the_known_ones() -> None:
    (fault,) = faults_of(changed("zzz", "1"))
    assert "known here: network, existingNetwork, virtualIp, nodes" in fault.remedy


def test_all_faults_come_in_one_message() -> None:
    config = changed("network.cidr", "8.8.0.0/16")
    config["ha-cluster:virtualIp"] = "127.0.0.1"
    config["ha-cluster:nodes"]["os"] = "beos"
    config["ha-cluster:adminCidrs"] = ["0.0.0.0/0"]
    del config["aws:region"]
    with configured(config), pytest.raises(SettingsError) as raised:
        read_settings()
    lines = str(raised.value).splitlines()
    assert lines[0] == "The configuration has faults:"
    assert lines[1] == "  - aws:region is not set: name a region, like us-east-1"
    assert {line.removeprefix("  - ").split(" is ")[0] for line in lines[1:]} == {
        "aws:region",
        "ha-cluster:network.cidr",
        "ha-cluster:network.publicSubnets.a",
        "ha-cluster:network.privateSubnets.a",
        "ha-cluster:network.privateSubnets.b",
        "ha-cluster:virtualIp",
        "ha-cluster:nodes.os",
        "ha-cluster:adminCidrs[0]",
    }


def test_a_user_s_mistake_shows_no_traceback() -> None:
    assert issubclass(SettingsError, pulumi.RunError)


def test_the_good_configuration_has_no_fault() -> None:
    with configured(stack_config()):
        read_settings()


@pytest.mark.parametrize(
    ("key", "value", "faulty", "remedy"),
    [
        ("flowLogs", {"traffic": "ALL"}, "flowLogs.retentionDays", "write a number of days: 1, 3,"),
        ("flowLogs", {"retentionDays": 31}, "flowLogs.retentionDays", "write a number of days"),
        ("flowLogs", {"retentionDays": True}, "flowLogs.retentionDays", "write a number of days"),
        ("flowLogs", {"retentionDays": 30, "traffic": "all"}, "flowLogs.traffic", "write ALL,"),
        ("flowLogs", {"retentionDays": 30, "days": 1}, "flowLogs.days", "remove it"),
        ("flowLogs", "on", "flowLogs", "write an object with the fields retentionDays, traffic"),
        ("alarms", {"topicArn": "operators"}, "alarms.topicArn", "write the ARN of an SNS topic"),
        (
            "alarms",
            {"topicArn": "arn:aws:sns:eu-west-1:123456789012:operators"},
            "alarms.topicArn",
            "name a topic of the stack's region, us-east-1",
        ),
        ("alarms", {"topic": "x"}, "alarms.topic", "did you mean topicArn?"),
        ("endpointSecurityGroup", "none", "endpointSecurityGroup", "write own or shared"),
    ],
)
def test_what_is_recorded_and_who_is_told_is_checked(
    key: str, value: object, faulty: str, remedy: str
) -> None:
    found = {fault.key: fault.remedy for fault in faults_of(changed(key, value))}
    assert remedy in found[f"ha-cluster:{faulty}"]


KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"


@pytest.mark.parametrize(
    ("value", "faulty", "remedy"),
    [
        ({"iops": 2999}, "iops", "a whole number of operations per second, for 20 GiB, 3000 to"),
        ({"iops": 10_001}, "iops", "3000 to 10000"),
        ({"throughput": 124}, "throughput", "125 to 750"),
        ({"throughput": 751}, "throughput", "for 3000 operations, 125 to 750"),
        ({"iops": 8000, "throughput": 2001}, "throughput", "125 to 2000"),
        ({"kmsKeyArn": KEY.replace("key/", "alias/")}, "kmsKeyArn", "not of an alias"),
        ({"kmsKeyArn": KEY.replace("us-east-1", "eu-west-1")}, "kmsKeyArn", "region, us-east-1"),
        ({"retain": "yes"}, "retain", "write true or false"),
        ({"type": "io2"}, "type", "remove it, nothing reads it"),
    ],
)
def test_a_mirror_volume_is_held_against_what_gp3_offers(
    value: object, faulty: str, remedy: str
) -> None:
    (fault,) = faults_of(changed("nodes.mirrorVolumeOptions", value))
    assert fault.key == f"ha-cluster:nodes.mirrorVolumeOptions.{faulty}"
    assert remedy in fault.remedy


def test_all_faults_of_a_mirror_volume_come_at_once() -> None:
    value = {"iops": 1, "throughput": 1, "kmsKeyArn": "x", "retain": "x"}
    found = {
        fault.key.rpartition(".")[2]
        for fault in faults_of(changed("nodes.mirrorVolumeOptions", value))
    }
    assert found == set(value)


CLIENTS = {
    "transitGatewayRouteTableIds": ["tgw-rtb-0123456789abcdef0"],
    "attachmentId": "tgw-attach-0123456789abcdef0",
}


@pytest.mark.parametrize(
    ("change", "faulty", "remedy"),
    [
        ({"peeringConnectionIds": ["pcx-1"]}, "peeringConnectionIds", "Network Load Balancer"),
        ({"attachmentId": None}, "attachmentId", "write the id of the VPC's attachment"),
        ({"attachmentId": "tgw-0123456789abcdef0"}, "attachmentId", "tgw-attach-..."),
        ({"transitGatewayRouteTableIds": []}, "transitGatewayRouteTableIds", "name the tables"),
        (
            {"transitGatewayRouteTableIds": ["rtb-01234567"]},
            "transitGatewayRouteTableIds[0]",
            "write the id of a transit gateway's route table, tgw-rtb-...",
        ),
        (
            {"transitGatewayRouteTableIds": CLIENTS["transitGatewayRouteTableIds"] * 2},
            "transitGatewayRouteTableIds[1]",
            "name each table once",
        ),
        ({"vpnIds": []}, "vpnIds", "remove it, nothing reads it"),
        ({"cidrs": "192.168.0.0/16"}, "cidrs", "write a list of ranges"),
        ({"cidrs": ["192.168.0.1/16"]}, "cidrs[0]", "write it without host bits"),
        ({"cidrs": ["192.168.0.0/16"] * 2}, "cidrs[1]", "name each range once"),
        ({"cidrs": ["0.0.0.0/0"]}, "cidrs[0]", "name your own network: /8 or smaller"),
        ({"cidrs": ["20.0.0.0/16"]}, "cidrs[0]", "name a private range, inside 10.0.0.0/8, "),
        ({"cidrs": ["10.0.0.0/8"]}, "cidrs[0]", "name a range beyond the VPC's, 10.0.0.0/16"),
        ({"cidrs": ["10.0.64.0/24"]}, "cidrs[0]", "name a range beyond the VPC's, 10.0.0.0/16"),
    ],
)
def test_clients_beyond_the_vpc_come_by_a_transit_gateway(
    change: dict[str, object], faulty: str, remedy: str
) -> None:
    value = {key: each for key, each in {**CLIENTS, **change}.items() if each is not None}
    (fault,) = faults_of(changed("clients", value))
    assert fault.key == f"ha-cluster:clients.{faulty}"
    assert remedy in fault.remedy


def test_a_range_of_clients_does_not_hold_the_virtual_ip() -> None:
    config = {
        **changed("clients", {**CLIENTS, "cidrs": ["192.168.0.0/16"]}),
        "ha-cluster:virtualIp": "192.168.4.100",
    }
    (fault,) = faults_of(config)
    assert (fault.key, fault.value) == ("ha-cluster:clients.cidrs[0]", "192.168.0.0/16")
    assert fault.remedy == "name a range without the virtual IP, 192.168.4.100"
