"""The program as a whole: the article's system, in the order in which its parts need each other."""

import json
import runpy
from typing import Any

import pytest

from settings import SettingsError
from tests.support import survey
from tests.support.live import (
    IMAGE,
    TABLES,
    WINDOWS_IMAGE,
    ZONES,
    account,
    account_with_cluster,
)
from tests.support.recorder import Recorder
from tests.support.stack_config import EXPRESSCLUSTER, ROOT, changed, pacemaker, stack_config
from tests.support.user_data import unpacked


def run(config: dict[str, Any], answers: dict[str, Any] | None = None) -> Recorder:
    return survey.run(config, account() if answers is None else answers)


@pytest.fixture
def stack() -> Recorder:
    return run(stack_config())


def test_it_consists_of_three_components(stack: Recorder) -> None:
    components = {
        name: found.token
        for name, found in stack.resources.items()
        if found.parent == "ha-cluster-test"
    }
    assert components == {
        "network": "hacluster:index:Network",
        "cluster": "hacluster:index:Cluster",
        "endpoints": "hacluster:index:Endpoints",
    }


def test_a_place_of_packages_adds_a_private_way_to_s3_for_the_private_subnets() -> None:
    stack = run(changed("expresscluster", EXPRESSCLUSTER))
    endpoint = stack.named("endpoints-s3-endpoint").inputs
    assert endpoint["serviceName"] == "com.amazonaws.us-east-1.s3"
    assert endpoint["routeTableIds"] == [
        "network-private-table-a-id",
        "network-private-table-b-id",
    ]
    assert stack.named("endpoints-s3-https").inputs["securityGroupId"] == "cluster-guard-id"
    assert stack.exports["endpoint_ids"] == {
        "ec2": "endpoints-ec2-endpoint-id",
        "s3": "endpoints-s3-endpoint-id",
    }


def test_the_endpoint_admits_what_the_role_may_do_and_no_key_of_kms() -> None:
    config = changed("expresscluster", EXPRESSCLUSTER)
    config["ha-cluster:nodes"]["monitorZones"] = True
    stack = run(config)
    actions = {
        name: [
            statement["Action"]
            for statement in json.loads(stack.named(name).inputs["policy"])["Statement"]
        ]
        for name in (
            "cluster-permissions",
            "endpoints-ec2-endpoint",
            "cluster-storage",
            "endpoints-s3-endpoint",
        )
    }
    assert actions["endpoints-ec2-endpoint"] == actions["cluster-permissions"]
    assert "ec2:DescribeAvailabilityZones" in actions["endpoints-ec2-endpoint"]
    assert (
        actions["endpoints-ec2-endpoint"].count(["ec2:RebootInstances", "ec2:StopInstances"]) == 2
    )
    assert actions["cluster-storage"] == ["s3:GetObject", "kms:Decrypt"]
    assert actions["endpoints-s3-endpoint"] == ["s3:GetObject"]


def test_an_optional_feature_that_is_off_leaves_no_permission(stack: Recorder) -> None:
    policies = stack.of_type("aws:iam/rolePolicy:RolePolicy")
    assert set(policies) == {"cluster-permissions"}
    assert len(json.loads(policies["cluster-permissions"].inputs["policy"])["Statement"]) == 2


def test_what_a_node_boots_with_ties_it_to_no_resource_of_the_other_node() -> None:
    stack = run(changed("expresscluster", EXPRESSCLUSTER))
    for zone in "ab":
        node = stack.named(f"cluster-node-{zone}")
        assert node.depends_by["userDataBase64"] == frozenset()
        assert f"cluster-interface-{'b' if zone == 'a' else 'a'}" not in node.depends_on


def test_a_windows_node_gets_plain_user_data_and_a_device_name_of_windows() -> None:
    stack = run(changed("nodes.os", "windows"), account(**{"ec2.getAmi": WINDOWS_IMAGE}))
    node = stack.named("cluster-node-a").inputs
    assert node["userData"].startswith("<powershell>\n")
    assert "userDataBase64" not in node
    assert stack.named("cluster-attachment-a").inputs["deviceName"] == "xvdf"
    assert not stack.exports["expresscluster"]["complete"]


def test_clients_of_the_application_are_admitted_by_range_and_port() -> None:
    ports = [{"protocol": "tcp", "port": 443, "from": ["10.0.0.0/16", "192.168.0.0/24"]}]
    stack = run(changed("applicationPorts", ports))
    rules = {
        name: found.inputs
        for name, found in stack.resources.items()
        if name.startswith("cluster-application")
    }
    assert {name: rule["cidrIpv4"] for name, rule in rules.items()} == {
        "cluster-application-tcp-443-10-0-0-0-16": "10.0.0.0/16",
        "cluster-application-tcp-443-192-168-0-0-24": "192.168.0.0/24",
    }
    assert {(rule["ipProtocol"], rule["fromPort"], rule["toPort"]) for rule in rules.values()} == {
        ("tcp", 443, 443)
    }


def test_the_virtual_ip_is_routed_in_all_four_tables(stack: Recorder) -> None:
    routes = [found.inputs for found in stack.of_type("aws:ec2/route:Route").values()]
    vip = {
        route["routeTableId"]
        for route in routes
        if route["destinationCidrBlock"] == "20.0.0.100/32"
    }
    assert vip == {
        "network-vpc-main-table-id",
        "network-public-table-id",
        "network-private-table-a-id",
        "network-private-table-b-id",
    }


def test_one_route_alone_leads_out(stack: Recorder) -> None:
    routes = stack.of_type("aws:ec2/route:Route")
    assert {name for name, route in routes.items() if "gatewayId" in route.inputs} == {
        "network-public-default"
    }


def test_a_node_stands_in_the_private_subnet_of_its_zone(stack: Recorder) -> None:
    for zone in "ab":
        interface = stack.named(f"cluster-interface-{zone}").inputs
        assert interface["subnetId"] == f"network-private-subnet-{zone}-id"
        assert (
            stack.named(f"cluster-mirror-{zone}").inputs["availabilityZone"] == f"us-east-1{zone}"
        )


def test_role_and_endpoint_allow_the_same_four_tables(stack: Recorder) -> None:
    role = json.loads(stack.named("cluster-permissions").inputs["policy"])
    endpoint = json.loads(stack.named("endpoints-ec2-endpoint").inputs["policy"])
    tables = [table.split("/")[1] for table in role["Statement"][1]["Resource"]]
    assert tables == [
        "network-private-table-a-id",
        "network-private-table-b-id",
        "network-public-table-id",
        "network-vpc-main-table-id",
    ]
    assert endpoint["Statement"][1]["Resource"] == role["Statement"][1]["Resource"]
    assert endpoint["Statement"][1]["Condition"] == {
        "ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/cluster-role"}
    }


def test_the_endpoint_takes_its_addresses_after_the_nodes(stack: Recorder) -> None:
    assert {"cluster-interface-a", "cluster-interface-b"} <= stack.named(
        "endpoints-ec2-endpoint"
    ).depends_on


def test_the_endpoint_is_the_ec2_api_of_the_stack_s_region() -> None:
    config = changed("aws:region", "eu-west-1")
    config["ha-cluster:network"]["zones"] = {"a": "eu-west-1b", "b": "eu-west-1c"}
    stack = run(config)
    assert (
        stack.named("endpoints-ec2-endpoint").inputs["serviceName"] == "com.amazonaws.eu-west-1.ec2"
    )
    user_data = stack.named("cluster-node-a").inputs["userDataBase64"]
    assert "REGION=eu-west-1\n" in unpacked(user_data)


def test_an_image_by_parameter_is_looked_up(stack: Recorder) -> None:
    assert stack.named("cluster-node-a").inputs["ami"] == IMAGE


def test_an_image_by_id_is_taken_as_it_is() -> None:
    node = run(changed("nodes.image", "ami-0abcdef0")).named("cluster-node-a")
    assert node.inputs["ami"] == "ami-0abcdef0"


def test_a_second_up_leads_new_routes_to_the_live_owner() -> None:
    live = account_with_cluster(targets=dict.fromkeys(TABLES, "eni-b"))
    routes = run(stack_config(), live).of_type("aws:ec2/route:Route")
    targets = {route.inputs.get("networkInterfaceId") for route in routes.values()}
    assert targets == {None, "eni-b"}


def test_china_s_endpoint_and_principal_have_names_of_their_own() -> None:
    config = changed("aws:region", "cn-north-1")
    config["ha-cluster:network"]["zones"] = {"a": "cn-north-1a", "b": "cn-north-1b"}
    china = ["cn-north-1a", "cn-north-1b"]
    stack = run(
        config,
        account(
            **{
                "ec2.getInstanceTypeOfferings": {"locations": china},
                "ec2.getVpcEndpointService": {"availabilityZones": china},
            }
        ),
    )
    service = stack.named("endpoints-ec2-endpoint").inputs["serviceName"]
    assert service == "cn.com.amazonaws.cn-north-1.ec2"
    trust = json.loads(stack.named("cluster-role").inputs["assumeRolePolicy"])
    assert trust["Statement"][0]["Principal"] == {"Service": "ec2.amazonaws.com.cn"}


def test_production_protects_its_nodes_and_dev_does_not(stack: Recorder) -> None:
    assert not stack.named("cluster-node-a").protect
    assert run(stack_config("prod")).named("cluster-node-a").protect


LEAVES_THAT_MAY_GO = {"cluster-attachment-a", "cluster-attachment-b"}


def test_whatever_a_protected_destroy_would_delete_first_is_protected() -> None:
    """The rest is deleted only after what depends on it. An attachment ends with its instance."""
    production = run(stack_config("prod"))
    needed = {name for found in production.resources.values() for name in found.depends_on}
    parents = {found.parent for found in production.resources.values()}
    first = {
        name
        for name, found in production.resources.items()
        if name not in needed | parents and not found.protect
    }
    assert first == LEAVES_THAT_MAY_GO


def test_everything_that_takes_tags_says_where_it_comes_from(stack: Recorder) -> None:
    tagged = [found.inputs["tags"] for found in stack.resources.values() if "tags" in found.inputs]
    assert len(tagged) == 30
    assert all(tags["hacluster:stack"] == "test" for tags in tagged)
    assert all(tags["hacluster:project"] == "ha-cluster" for tags in tagged)


def test_a_bad_configuration_builds_nothing() -> None:
    recorder = Recorder(account())
    program = str(ROOT / "__main__.py")
    with pytest.raises(Exception, match="virtualIp"):
        recorder.build(lambda: runpy.run_path(program), changed("virtualIp", "10.0.0.9"))
    assert recorder.names() == set()


def test_each_service_has_an_endpoint_that_admits_its_own_actions_alone() -> None:
    services = ["ssm", "ssmmessages", "kms"]
    stack = run(changed("endpoints", services))
    for service in services:
        endpoint = stack.named(f"endpoints-{service}-endpoint").inputs
        assert endpoint["serviceName"] == f"com.amazonaws.us-east-1.{service}"
        assert endpoint["privateDnsEnabled"]
        (statement,) = json.loads(endpoint["policy"])["Statement"]
        assert all(action.startswith(f"{service}:") for action in statement["Action"])
        assert statement["Condition"]["ArnEquals"]["aws:PrincipalArn"].endswith("role/cluster-role")
        guard = stack.named(f"endpoints-{service}-guard").inputs
        assert guard["namePrefix"] == f"SG-HTTPS-{service}-"
    assert set(stack.exports["endpoint_ids"]) == {"ec2", *services}


def test_a_service_that_a_zone_does_not_offer_is_refused_before_anything_is_made() -> None:
    def service(args: Any) -> Any:
        zones = ["us-east-1a"] if args["serviceName"].endswith(".ssm") else ZONES
        return {"availabilityZones": zones}

    with pytest.raises(SettingsError) as raised:
        run(changed("endpoints", ["ssm"]), account(**{"ec2.getVpcEndpointService": service}))
    (fault,) = raised.value.faults
    assert fault.key == "ha-cluster:network.zones.b"
    assert fault.remedy == "com.amazonaws.us-east-1.ssm is offered in us-east-1a"


def test_s3_on_demand_lets_the_role_through_and_grants_it_nothing() -> None:
    stack = run(changed("endpoints", ["s3"]))
    (statement,) = json.loads(stack.named("endpoints-s3-endpoint").inputs["policy"])["Statement"]
    assert statement["Action"] == ["s3:GetObject", "s3:ListBucket", "s3:PutObject"]
    assert statement["Condition"]["ArnEquals"]["aws:PrincipalArn"].endswith("role/cluster-role")
    assert set(stack.of_type("aws:iam/rolePolicy:RolePolicy")) == {"cluster-permissions"}


def test_s3_on_demand_beside_packages_is_one_endpoint_for_both() -> None:
    config = changed("expresscluster", EXPRESSCLUSTER)
    config["ha-cluster:endpoints"] = ["s3"]
    stack = run(config)
    policy = json.loads(stack.named("endpoints-s3-endpoint").inputs["policy"])
    assert [each["Sid"] for each in policy["Statement"]] == ["GetPackages", "UseS3"]
    role = json.loads(stack.named("cluster-storage").inputs["policy"])
    assert "UseS3" not in {each["Sid"] for each in role["Statement"]}


def test_one_group_can_guard_all_endpoints() -> None:
    config = changed("endpoints", ["ssm", "kms"])
    config["ha-cluster:endpointSecurityGroup"] = "shared"
    stack = run(config)
    guards = {
        tuple(found.inputs["securityGroupIds"])
        for found in stack.of_type("aws:ec2/vpcEndpoint:VpcEndpoint").values()
    }
    assert guards == {(stack.exports["endpoint_security_group_id"],)} == {("endpoints-guard-id",)}


def test_without_an_engine_the_outputs_promise_none() -> None:
    exports = run(changed("nodes.engine", "none")).exports
    assert exports["engine"] == "none"
    assert exports["client_ports"] == []
    assert {"expresscluster", "pacemaker", "webui_url"} & exports.keys() == set()


def test_the_endpoint_admits_what_the_role_may_do_to_fence() -> None:
    stack = run(pacemaker())
    actions = [
        [each["Action"] for each in json.loads(stack.named(name).inputs["policy"])["Statement"]]
        for name in ("cluster-permissions", "endpoints-ec2-endpoint")
    ]
    assert actions[0] == actions[1]
    assert actions[0].count(["ec2:StartInstances", "ec2:StopInstances"]) == 2


def test_an_operator_sees_another_engine_at_the_nodes_interfaces() -> None:
    for config, engine in ((stack_config(), None), (pacemaker(), "pacemaker")):
        tags = run(config).named("cluster-interface-a").inputs["tags"]
        assert tags.get("hacluster:engine") == engine
