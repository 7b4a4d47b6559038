"""The nodes, their permissions and the routes of the virtual IP, resource by resource."""

import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from components import Cluster
from tests.support.cluster_args import TABLE, args
from tests.support.recorder import Recorder
from tests.support.user_data import unpacked

TARGETS = {
    "carrierGatewayId",
    "coreNetworkArn",
    "egressOnlyGatewayId",
    "gatewayId",
    "localGatewayId",
    "natGatewayId",
    "networkInterfaceId",
    "odbNetworkArn",
    "transitGatewayId",
    "vpcEndpointId",
    "vpcPeeringConnectionId",
}


def build(opts: pulumi.ResourceOptions | None = None, **other: Any) -> Recorder:
    return Recorder().build(lambda: Cluster("ha", args(**other), opts))


@pytest.fixture
def cluster() -> Recorder:
    return build()


def inputs(recorder: Recorder, name: str) -> Mapping[str, Any]:
    """The inputs of a child without its tags."""
    found = recorder.named(name).inputs
    return {key: value for key, value in found.items() if key != "tags"}


def test_it_consists_of_exactly_these_children(cluster: Recorder) -> None:
    per_node = {
        f"ha-{role}-{zone}"
        for role in ("interface", "mirror", "node", "attachment")
        for zone in "ab"
    }
    peers = {
        "ha-peer-tcp-29000",
        "ha-peer-udp-29000",
        "ha-peer-udp-29106",
        "ha-peer-tcp-29031",
        "ha-peer-tcp-29051",
        "ha-peer-tcp-29071",
        "ha-peer-icmp",
    }
    group = {"ha-guard", "ha-webui-10-0-10-0-24", "ha-reach-10-0-0-0-16", "ha-reach-20-0-0-100-32"}
    identity = {"ha-role", "ha-permissions", "ha-profile"}
    routes = {"ha-vip-main", "ha-vip-public", "ha-vip-private-a"}
    assert cluster.names() == {"ha"} | per_node | peers | group | identity | routes
    assert {found.parent for name, found in cluster.resources.items() if name != "ha"} == {"ha"}


@pytest.mark.parametrize(("table", "table_id"), [("main", "rtb-1"), ("private-a", "rtb-3")])
def test_the_virtual_ip_is_a_route_of_its_own_in_every_table(
    cluster: Recorder, table: str, table_id: str
) -> None:
    assert cluster.named(f"ha-vip-{table}").inputs == {
        "routeTableId": table_id,
        "destinationCidrBlock": "20.0.0.100/32",
        "networkInterfaceId": "ha-interface-a-id",
    }


def test_a_new_route_leads_to_the_node_that_holds_the_virtual_ip_now() -> None:
    routes = build(live_route_target="eni-live").of_type("aws:ec2/route:Route")
    assert {route.inputs["networkInterfaceId"] for route in routes.values()} == {"eni-live"}
    assert {frozenset(route.ignores) for route in routes.values()} == {frozenset(TARGETS)}


def test_routes_that_are_moved_lead_away_before_an_interface_or_instance_changes() -> None:
    moved = build(live_route_target="eni-live", move_routes=True, roll_out="a")
    routes = moved.of_type("aws:ec2/route:Route")
    assert {route.ignores for route in routes.values()} == {()}
    for name in ("ha-interface-a", "ha-node-a"):
        assert set(routes) <= moved.named(name).depends_on


def test_no_target_of_the_virtual_ip_is_ever_changed(cluster: Recorder) -> None:
    routes = cluster.of_type("aws:ec2/route:Route")
    assert len(routes) == 3
    assert {frozenset(route.ignores) for route in routes.values()} == {frozenset(TARGETS)}
    assert all(route.deletes_first for route in routes.values())


def test_the_initial_owner_is_where_new_routes_lead() -> None:
    routes = build(initial_owner="b").of_type("aws:ec2/route:Route")
    assert {route.inputs["networkInterfaceId"] for route in routes.values()} == {
        "ha-interface-b-id"
    }


@pytest.mark.parametrize(("zone", "address"), [("a", "10.0.110.10"), ("b", "10.0.120.10")])
def test_a_node_s_interface_stands_alone_with_a_fixed_address(
    cluster: Recorder, zone: str, address: str
) -> None:
    assert cluster.named(f"ha-interface-{zone}").inputs == {
        "subnetId": f"subnet-{zone}",
        "privateIps": [address],
        "securityGroups": ["ha-guard-id"],
        "sourceDestCheck": False,
        "tags": {"Name": f"ha-interface-{zone}", "hacluster:node": f"node-{zone}"},
    }


def test_both_mirror_volumes_are_encrypted_and_of_one_size(cluster: Recorder) -> None:
    volumes = {zone: inputs(cluster, f"ha-mirror-{zone}") for zone in "ab"}
    assert volumes == {
        zone: {
            "availabilityZone": f"us-east-1{zone}",
            "size": 20,
            "type": "gp3",
            "encrypted": True,
        }
        for zone in "ab"
    }


def test_a_mirror_volume_is_attached_where_the_article_has_it(cluster: Recorder) -> None:
    assert inputs(cluster, "ha-attachment-b") == {
        "deviceName": "/dev/xvdb",
        "instanceId": "ha-node-b-id",
        "volumeId": "ha-mirror-b-id",
    }


def test_a_node_starts_with_its_own_interface_role_and_hardened_metadata(cluster: Recorder) -> None:
    found = dict(inputs(cluster, "ha-node-a"))
    user_data = found.pop("userDataBase64")
    assert found == {
        "ami": "ami-1",
        "instanceType": "m6i.large",
        "iamInstanceProfile": "ha-profile",
        "disableApiTermination": False,
        "primaryNetworkInterface": {"networkInterfaceId": "ha-interface-a-id"},
        "metadataOptions": {
            "httpEndpoint": "enabled",
            "httpTokens": "required",
            "httpPutResponseHopLimit": 1,
        },
        "rootBlockDevice": {"encrypted": True, "volumeType": "gp3"},
        "userDataReplaceOnChange": True,
    }
    assert {
        "HOST_NAME=node-a",
        "REGION=us-east-1",
        "VPC_ID=vpc-1",
        "MIRROR_VOLUME=ha-mirror-a-id",
        "MIRROR_DEVICE=/dev/xvdb",
    } <= set(unpacked(user_data).splitlines())


def test_an_instance_boots_into_its_rules_permissions_and_routes(cluster: Recorder) -> None:
    rules = {name for name in cluster.names() if name.startswith(("ha-peer", "ha-webui"))}
    reach = {"ha-reach-10-0-0-0-16", "ha-reach-20-0-0-100-32"}
    routes = {"ha-vip-main", "ha-vip-public", "ha-vip-private-a"}
    needed = rules | reach | routes | {"ha-permissions"}
    assert needed <= cluster.named("ha-node-b").depends_on


def test_protected_nodes_protect_interfaces_instances_and_volumes(cluster: Recorder) -> None:
    protected = {name for name, found in cluster.resources.items() if found.protect}
    kept = ("interface", "mirror", "node")
    assert protected == {f"ha-{role}-{zone}" for role in kept for zone in "ab"}


def test_unprotected_nodes_can_be_destroyed_but_no_mirror_volume() -> None:
    resources = build(protect_nodes=False).resources
    protected = {name for name, found in resources.items() if found.protect}
    assert protected == {"ha-mirror-a", "ha-mirror-b"}


def test_a_node_that_is_rolled_out_is_not_protected_and_the_other_one_is() -> None:
    resources = build(roll_out="b").resources
    protected = {name for name, found in resources.items() if found.protect}
    assert protected == {"ha-interface-a", "ha-node-a", "ha-mirror-a", "ha-mirror-b"}


def test_a_protected_component_protects_its_nodes_too() -> None:
    recorder = build(pulumi.ResourceOptions(protect=True), protect_nodes=False)
    assert recorder.named("ha-node-a").protect


def test_what_holds_an_address_is_deleted_before_it_is_replaced(cluster: Recorder) -> None:
    first = {name for name, found in cluster.resources.items() if found.deletes_first}
    assert {
        f"ha-{role}-{zone}" for role in ("interface", "node", "attachment") for zone in "ab"
    } < first


DISRUPTIVE = {
    "ami",
    "instanceType",
    "metadataOptions",
    "rootBlockDevice",
    "userData",
    "userDataBase64",
}


def test_nothing_that_replaces_or_restarts_a_node_reaches_one_without_a_roll_out(
    cluster: Recorder,
) -> None:
    for zone in "ab":
        assert set(cluster.named(f"ha-node-{zone}").ignores) == {"sourceDestCheck"} | DISRUPTIVE


def test_it_reaches_the_node_that_is_rolled_out_and_no_other() -> None:
    rolled = build(roll_out="b")
    assert set(rolled.named("ha-node-a").ignores) == {"sourceDestCheck"} | DISRUPTIVE
    assert set(rolled.named("ha-node-b").ignores) == {"sourceDestCheck"}


def test_another_interface_replaces_the_instance_that_has_it(cluster: Recorder) -> None:
    assert cluster.named("ha-node-a").replaces_on == ("primaryNetworkInterface",)


def test_a_volume_is_let_go_by_the_end_of_its_instance_and_by_no_call(cluster: Recorder) -> None:
    retained = {name for name, found in cluster.resources.items() if found.retained}
    assert retained == {"ha-attachment-a", "ha-attachment-b"}


@pytest.mark.parametrize(
    ("child", "protocol", "first", "last"),
    [
        ("tcp-29000", "tcp", 29000, 29010),
        ("udp-29000", "udp", 29000, 29010),
        ("udp-29106", "udp", 29106, 29106),
        ("tcp-29031", "tcp", 29031, 29031),
        ("tcp-29051", "tcp", 29051, 29051),
        ("tcp-29071", "tcp", 29071, 29071),
        ("icmp", "icmp", -1, -1),
    ],
)
def test_the_nodes_talk_to_each_other_on_the_cluster_s_ports(
    cluster: Recorder, child: str, protocol: str, first: int, last: int
) -> None:
    assert inputs(cluster, f"ha-peer-{child}") == {
        "securityGroupId": "ha-guard-id",
        "referencedSecurityGroupId": "ha-guard-id",
        "description": "From the other node",
        "ipProtocol": protocol,
        "fromPort": first,
        "toPort": last,
    }


def test_the_webui_opens_for_the_named_ranges_alone(cluster: Recorder) -> None:
    rules = cluster.of_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    from_outside = [rule.inputs for rule in rules.values() if "cidrIpv4" in rule.inputs]
    assert [(rule["cidrIpv4"], rule["fromPort"], rule["toPort"]) for rule in from_outside] == [
        ("10.0.10.0/24", 29003, 29003)
    ]


def test_the_nodes_reach_the_network_and_the_virtual_ip_and_nothing_else(cluster: Recorder) -> None:
    rules = cluster.of_type("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
    assert {(rule.inputs["cidrIpv4"], rule.inputs["ipProtocol"]) for rule in rules.values()} == {
        ("10.0.0.0/16", "-1"),
        ("20.0.0.100/32", "-1"),
    }


def test_the_role_may_move_routes_in_the_named_tables_alone(cluster: Recorder) -> None:
    assert cluster.named("ha-permissions").inputs["role"] == "ha-role"
    policy = json.loads(cluster.named("ha-permissions").inputs["policy"])
    assert [(entry["Action"], entry["Resource"]) for entry in policy["Statement"]] == [
        (
            ["ec2:DescribeNetworkInterfaces", "ec2:DescribeRouteTables", "ec2:DescribeVpcs"],
            "*",
        ),
        ("ec2:ReplaceRoute", [f"{TABLE}1", f"{TABLE}2", f"{TABLE}3"]),
    ]


def test_its_outputs_name_the_nodes_by_the_letters_of_their_zones(cluster: Recorder) -> None:
    found = dict(cluster.outputs["ha"])
    assert found.pop("controlPermissions") == cluster.named("ha-permissions").inputs["policy"]
    assert found.pop("expresscluster")["complete"]
    assert found.pop("engine") == "expresscluster"
    assert found == {
        "nodeRoleArn": "arn:aws:iam::123456789012:role/ha-role",
        "nodeSecurityGroupId": "ha-guard-id",
        "nodeSubnetIds": ["subnet-a", "subnet-b"],
        "virtualIp": "20.0.0.100",
        "webuiUrl": "http://20.0.0.100:29003",
        "hostNames": {"a": "node-a", "b": "node-b"},
        "instanceIds": {"a": "ha-node-a-id", "b": "ha-node-b-id"},
        "networkInterfaceIds": {"a": "ha-interface-a-id", "b": "ha-interface-b-id"},
        "privateIps": {"a": "10.0.110.10", "b": "10.0.120.10"},
        "mirrorVolumeIds": {"a": "ha-mirror-a-id", "b": "ha-mirror-b-id"},
    }


def test_the_role_gets_the_actions_of_each_service_that_it_calls_and_no_key_or_secret() -> None:
    services = ["ssm", "ssmmessages", "kms", "secretsmanager"]
    policy = json.loads(build(services=services).named("ha-services").inputs["policy"])
    assert [(each["Action"], each["Resource"]) for each in policy["Statement"]] == [
        (["ssm:UpdateInstanceInformation"], "*"),
        (
            [
                "ssmmessages:CreateControlChannel",
                "ssmmessages:CreateDataChannel",
                "ssmmessages:OpenControlChannel",
                "ssmmessages:OpenDataChannel",
            ],
            "*",
        ),
    ]


def test_a_service_that_needs_no_permission_of_the_role_adds_no_policy() -> None:
    assert "ha-services" not in build(services=["kms"]).names()


def test_mirror_volumes_have_what_was_chosen_and_can_outlive_the_stack() -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/1"
    chosen = {"iops": 4000, "throughput": 250, "kms_key_arn": key, "retain": True}
    recorder = build(mirror_volume=chosen)
    for zone in "ab":
        volume = recorder.named(f"ha-mirror-{zone}")
        found = volume.inputs
        assert (found["iops"], found["throughput"], found["kmsKeyId"]) == (4000, 250, key)
        assert (volume.retained, volume.protect) == (True, True)


def test_what_is_not_chosen_of_a_mirror_volume_is_left_to_aws(cluster: Recorder) -> None:
    volume = cluster.named("ha-mirror-a")
    assert {"iops", "throughput", "kmsKeyId"} & volume.inputs.keys() == set()
    assert not volume.retained


def test_termination_protection_holds_for_everybody_but_the_program(cluster: Recorder) -> None:
    protected = build(termination_protection=True).named("ha-node-a").inputs
    assert (protected["disableApiTermination"], protected["forceDestroy"]) == (True, True)
    plain = cluster.named("ha-node-a").inputs
    assert plain["disableApiTermination"] is False
    assert "forceDestroy" not in plain


def test_clients_beyond_the_vpc_get_a_static_route_that_a_failover_does_not_move() -> None:
    clients = {
        "transit_gateway_route_table_ids": ["tgw-rtb-1", "tgw-rtb-2"],
        "attachment_id": "tgw-attach-1",
    }
    recorder = build(clients=clients)
    routes = recorder.of_type("aws:ec2transitgateway/route:Route")
    assert {name: found.inputs for name, found in routes.items()} == {
        f"ha-vip-{table}": {
            "transitGatewayRouteTableId": table,
            "destinationCidrBlock": "20.0.0.100/32",
            "transitGatewayAttachmentId": "tgw-attach-1",
        }
        for table in ("tgw-rtb-1", "tgw-rtb-2")
    }
    assert all(found.deletes_first and not found.ignores for found in routes.values())
    assert set(routes) <= recorder.named("ha-node-a").depends_on


def peers(recorder: Recorder) -> set[tuple[str, int, int]]:
    """What the nodes admit from each other: protocol, first port and last one."""
    rules = recorder.of_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    return {
        (rule.inputs["ipProtocol"], rule.inputs["fromPort"], rule.inputs["toPort"])
        for rule in rules.values()
        if rule.inputs.get("referencedSecurityGroupId") == "ha-guard-id"
    }


def test_under_pacemaker_the_nodes_reach_each_other_s_heartbeat_and_mirror_alone() -> None:
    recorder = build(engine="pacemaker")
    assert peers(recorder) == {("udp", 5405, 5405), ("tcp", 7788, 7788)}


def test_without_an_engine_the_nodes_admit_nothing_from_each_other() -> None:
    assert peers(build(engine="none")) == set()


@pytest.mark.parametrize("engine", ["pacemaker", "none"])
def test_another_engine_has_no_webui_and_opens_no_port_for_it(engine: str) -> None:
    recorder = build(engine=engine)
    assert not any(name.startswith("ha-webui") for name in recorder.names())
    assert recorder.outputs["ha"].get("webuiUrl") is None
    assert recorder.outputs["ha"].get("expresscluster") is None
    assert recorder.outputs["ha"]["engine"] == engine


def test_a_node_boots_into_the_files_of_the_output() -> None:
    recorder = build(engine="pacemaker", pacemaker={"token_milliseconds": 2500})
    files = recorder.outputs["ha"]["pacemaker"]
    assert set(files) == {"corosync_conf", "cib", "drbd_resource"}
    assert "token: 2500" in files["corosync_conf"]
    assert 'name="route_tables" value="rtb-1,rtb-2,rtb-3"' in files["cib"]
    for zone in "ab":
        script = unpacked(recorder.named(f"ha-node-{zone}").inputs["userDataBase64"])
        assert all(text.strip() in script for text in files.values())
        assert f"HOST_NAME=node-{zone}\n" in script
        assert "clpcfctrl" not in script


def test_without_an_engine_nodes_boot_as_those_that_install_nothing() -> None:
    plain, prepared = build(), build(engine="none")
    for zone in "ab":
        name = f"ha-node-{zone}"
        assert plain.named(name).inputs == prepared.named(name).inputs


def test_what_a_node_boots_with_under_pacemaker_ties_it_to_no_resource() -> None:
    recorder = build(engine="pacemaker")
    assert recorder.named("ha-node-a").depends_by["userDataBase64"] == frozenset()


def test_with_fencing_each_node_may_stop_and_start_the_other_one_alone() -> None:
    tags = {"hacluster:stack": "test"}
    policy = json.loads(
        build(engine="pacemaker", tags=tags).named("ha-permissions").inputs["policy"]
    )
    _, _, describe, *fence = policy["Statement"]
    assert (describe["Action"], describe["Resource"]) == ("ec2:DescribeInstances", "*")
    assert [each["Sid"] for each in fence] == ["FenceNodeBFromNodeA", "FenceNodeAFromNodeB"]
    assert fence[0] == {
        "Sid": "FenceNodeBFromNodeA",
        "Effect": "Allow",
        "Action": ["ec2:StartInstances", "ec2:StopInstances"],
        "Resource": "arn:aws:ec2:us-east-1:123456789012:instance/*",
        "Condition": {
            "StringEquals": {
                "aws:EC2InstanceSourceVPC": "vpc-1",
                "aws:ResourceTag/hacluster:node": "node-b",
                "aws:ResourceTag/hacluster:stack": "test",
            },
            "IpAddress": {"aws:EC2InstanceSourcePrivateIPv4": "10.0.110.10/32"},
        },
    }


def test_without_fencing_the_role_may_do_what_it_may_without_an_engine() -> None:
    off = build(engine="pacemaker", pacemaker={"fencing": False})
    policies = [each.named("ha-permissions").inputs["policy"] for each in (off, build())]
    assert policies[0] == policies[1]


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"engine": "keepalived"}, "engine: 'keepalived' is not known; take expresscluster or"),
        (
            {"engine": "pacemaker", "expresscluster": {"system": "windows"}},
            "engine: Pacemaker runs on Linux alone",
        ),
        ({"pacemaker": {}}, "pacemaker: the engine is expresscluster; leave it out"),
        ({"engine": "none", "pacemaker": {}}, "pacemaker: the engine is none; leave it out"),
        (
            {"engine": "none", "expresscluster": {"system": "linux", "forced_stop": True}},
            "expresscluster.forced_stop: the engine is none; leave it out",
        ),
        (
            {"engine": "pacemaker", "pacemaker": {"token_milliseconds": 499}},
            "pacemaker.token_milliseconds: 499 is not within 500 to 60000",
        ),
        (
            {"engine": "pacemaker", "pacemaker": {"application_unit": "my app"}},
            "pacemaker.application_unit: 'my app' is not the name of a systemd unit",
        ),
        (
            {"engine": "pacemaker", "pacemaker": {"file_system": "btrfs"}},
            "pacemaker.file_system: 'btrfs' is not known; take ext4 or xfs",
        ),
        (
            {"engine": "pacemaker", "pacemaker": {"mount_point": "/usr"}},
            "pacemaker.mount_point: '/usr' does not fit; name a folder of its own",
        ),
        (
            {"engine": "pacemaker", "pacemaker": {"mount_point": "data"}},
            "pacemaker.mount_point: 'data' does not fit; write an absolute path",
        ),
    ],
)
def test_inputs_of_an_engine_that_do_not_fit_are_named(other: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build(**other)


def test_each_table_of_the_nodes_leads_answers_to_each_range_of_clients() -> None:
    back = {
        "transit_gateway_id": "tgw-1",
        "cidr_blocks": ["192.168.0.0/16", "10.1.0.0/16"],
        "route_table_ids": {"private_a": "rtb-1", "private_b": "rtb-2"},
    }
    recorder = build(client_return=back)
    routes = {
        name: found
        for name, found in recorder.of_type("aws:ec2/route:Route").items()
        if name.startswith("ha-clients-")
    }
    assert {name: found.inputs for name, found in routes.items()} == {
        f"ha-clients-private-{zone}-{slug}": {
            "routeTableId": table,
            "destinationCidrBlock": cidr_block,
            "transitGatewayId": "tgw-1",
        }
        for zone, table in (("a", "rtb-1"), ("b", "rtb-2"))
        for slug, cidr_block in (
            ("192-168-0-0-16", "192.168.0.0/16"),
            ("10-1-0-0-16", "10.1.0.0/16"),
        )
    }
    assert all(found.deletes_first and not found.ignores for found in routes.values())
    assert set(routes) <= recorder.named("ha-node-a").depends_on
