"""What the program makes of a good configuration."""

import os
from dataclasses import replace

import pytest

from settings import FlowLogSettings, read_settings
from tests.support.configured import configured
from tests.support.dev_settings import DEV
from tests.support.stack_config import ABSENT, changed, stack_config


def test_the_dev_environment_has_the_addresses_of_the_article() -> None:
    with configured(stack_config("dev")):
        assert read_settings() == DEV


def test_production_has_ranges_of_its_own_and_protects_its_nodes() -> None:
    with configured(stack_config("prod")):
        production = read_settings()
    assert production.protect_nodes
    assert production.network.cidr != DEV.network.cidr
    assert production.virtual_ip != DEV.virtual_ip


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_an_environment_holds_nothing_secret_and_no_salt(environment: str) -> None:
    text = str(stack_config(environment))
    assert "secure" not in text
    assert "salt" not in text


@pytest.mark.parametrize(
    ("key", "field", "default"),
    [
        ("initialOwner", "initial_owner", "a"),
        ("rollOut", "roll_out", None),
        ("rollOutOwner", "roll_out_owner", False),
        ("protectNodes", "protect_nodes", True),
        ("adminCidrs", "admin_cidrs", ()),
        ("endpointSecurityGroup", "share_endpoint_group", False),
    ],
)
def test_what_is_left_out_has_a_safe_default(key: str, field: str, default: object) -> None:
    with configured(changed(key, ABSENT)):
        assert getattr(read_settings(), field) == default


def test_zones_that_are_left_out_are_those_of_the_region() -> None:
    with configured(changed("aws:region", "eu-west-1")):
        assert read_settings().network.zones == {"a": "eu-west-1a", "b": "eu-west-1b"}
    with configured(changed("network.zones", {"b": "us-east-1d"})):
        assert read_settings().network.zones == {"a": "us-east-1a", "b": "us-east-1d"}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("network.cidr", "10.0.0.0/17"),
        ("network.publicSubnets.a", "10.0.10.16/28"),
        ("network.publicSubnets.b", "10.0.20.0/24"),
        ("virtualIp", "10.1.0.100"),
        ("virtualIp", "192.0.2.1"),
        ("nodes.image", "ami-0123456789abcdef0"),
        ("nodes.image", "ami-12345678"),
        ("nodes.instanceType", "u-6tb1.112xlarge"),
        ("nodes.mirrorVolumeGib", 2),
        ("nodes.mirrorVolumeGib", 16384),
        ("nodes.addresses.a", "10.0.110.4"),
        ("nodes.addresses.b", "10.0.120.254"),
        ("initialOwner", "b"),
        ("rollOut", "none"),
        ("rollOut", "b"),
        ("adminCidrs", []),
        ("adminCidrs", ["10.0.0.0/8", "192.168.7.7/32"]),
    ],
)
def test_values_at_the_edge_are_accepted(path: str, value: object) -> None:
    with configured(changed(path, value)):
        read_settings()


def test_a_third_zone_has_subnets_and_no_node() -> None:
    network = {
        "zones": {**DEV.network.zones, "c": "us-east-1c"},
        "public_subnets": {**DEV.network.public_subnets, "c": "10.0.30.0/24"},
        "private_subnets": {**DEV.network.private_subnets, "c": "10.0.130.0/24"},
    }
    config = changed("network.zones", network["zones"])
    config["ha-cluster:network"]["publicSubnets"] = network["public_subnets"]
    config["ha-cluster:network"]["privateSubnets"] = network["private_subnets"]
    with configured(config):
        settings = read_settings()
    assert settings == replace(DEV, network=replace(DEV.network, **network))
    assert settings.network.node_zones == DEV.network.zones


def test_another_zone_without_a_name_is_the_region_s_of_that_letter() -> None:
    with configured(changed("network.privateSubnets.d", "10.0.140.0/24")):
        assert read_settings().network.zones == {**DEV.network.zones, "d": "us-east-1d"}


def test_shared_address_space_is_a_private_range() -> None:
    config = changed(
        "network",
        {
            "cidr": "100.64.0.0/16",
            "zones": {"a": "us-east-1a", "b": "us-east-1b"},
            "publicSubnets": {"a": "100.64.10.0/24"},
            "privateSubnets": {"a": "100.64.110.0/24", "b": "100.64.120.0/24"},
        },
    )
    config["ha-cluster:nodes"]["addresses"] = {"a": "100.64.110.10", "b": "100.64.120.10"}
    with configured(config):
        assert read_settings().network.cidr == "100.64.0.0/16"


def test_configuration_from_the_engine_s_environment_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with configured(changed("virtualIp", ABSENT)):
        monkeypatch.setitem(os.environ, "PULUMI_CONFIG", '{"ha-cluster:virtualIp": "20.0.0.7"}')
        assert read_settings().virtual_ip == "20.0.0.7"


def test_what_is_recorded_and_who_is_told_can_be_left_out_or_chosen() -> None:
    topic = "arn:aws:sns:us-east-1:123456789012:operators"
    config = changed("flowLogs", {"retentionDays": 30})
    config["ha-cluster:alarms"] = {"topicArn": topic}
    with configured(config):
        chosen = read_settings()
    assert chosen.flow_logs == FlowLogSettings(retention_days=30, traffic="ALL")
    assert chosen.alarm_topic_arn == topic
    assert (DEV.flow_logs, DEV.alarm_topic_arn) == (None, None)


def test_a_mirror_volume_has_what_was_chosen_and_leaves_the_rest_to_aws() -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    given = {"iops": 10_000, "throughput": 2_000, "kmsKeyArn": key, "retain": True}
    with configured(changed("nodes.mirrorVolumeOptions", given)):
        assert read_settings().nodes.mirror_volume == {
            "iops": 10_000,
            "throughput": 2_000,
            "kms_key_arn": key,
            "retain": True,
        }
    with configured(changed("nodes.mirrorVolumeOptions", {"iops": 3000, "throughput": 750})):
        assert read_settings().nodes.mirror_volume["iops"] == 3000
    assert DEV.nodes.mirror_volume == {"retain": False}


def test_clients_beyond_the_vpc_are_named_by_the_tables_of_their_gateway() -> None:
    tables, attachment = ["tgw-rtb-0123456789abcdef0"], "tgw-attach-0123456789abcdef0"
    value = {"transitGatewayRouteTableIds": tables, "attachmentId": attachment}
    with configured(changed("clients", value)):
        assert read_settings().clients == {
            "transit_gateway_route_table_ids": tuple(tables),
            "attachment_id": attachment,
        }
        assert read_settings().client_cidrs == ()
    assert DEV.clients is None
    cidrs = ["192.168.0.0/16", "10.1.0.0/16"]
    with configured(changed("clients", {**value, "cidrs": cidrs})):
        assert read_settings().client_cidrs == tuple(cidrs)
