from typing import Any

import pytest

from sandbox.provider.wire import UNKNOWN
from tests.support.compute import Network, make_network
from tests.support.load_balancing import (
    LISTENER,
    TARGET_GROUP,
    forward,
    make_balancer,
    make_group,
)
from tests.support.provider import Created, FailedError, Instance, unique, unknowns

HTTP = {"port": 80, "protocol": "HTTP", "vpcId": "vpc-1"}
TCP = {**HTTP, "protocol": "TCP"}
CHECKED = {"path": "/health", "matcher": "200-299", "interval": 10, "timeout": 4}


@pytest.fixture
def network(aws: Instance) -> Network:
    return make_network(aws)


@pytest.fixture
def group(aws: Instance, network: Network) -> Created:
    return make_group(aws, network, tags={"Name": "web"})


def test_a_preview_leaves_to_aws_what_aws_decides(aws: Instance) -> None:
    outputs = aws.preview(TARGET_GROUP, "web", **HTTP)
    assert unknowns(outputs) == {
        "id", "arn", "arnSuffix", "connectionTermination", "healthCheck", "ipAddressType",
        "loadBalancerArns", "loadBalancingAlgorithmType", "loadBalancingAnomalyMitigation",
        "loadBalancingCrossZoneEnabled", "namePrefix", "preserveClientIp", "protocolVersion",
        "stickiness", "targetFailovers", "targetGroupHealth", "targetHealthStates",
    }  # fmt: skip
    assert (outputs["targetType"], outputs["deregistrationDelay"]) == ("instance", 300)


def test_a_preview_knows_the_defaults_of_a_given_health_check(aws: Instance) -> None:
    outputs = aws.preview(TARGET_GROUP, **HTTP, healthCheck={"path": "/"})
    assert outputs["healthCheck"] == {
        "enabled": True,
        "healthyThreshold": 3,
        "interval": 30,
        "matcher": UNKNOWN,
        "path": "/",
        "port": "traffic-port",
        "protocol": "HTTP",
        "timeout": UNKNOWN,
        "unhealthyThreshold": 3,
    }


def test_a_group_has_aws_own_health_check_unless_told(group: Created) -> None:
    assert group["healthCheck"] == {
        "enabled": True,
        "healthyThreshold": 5,
        "interval": 30,
        "matcher": "200",
        "path": "/",
        "port": "traffic-port",
        "protocol": "HTTP",
        "timeout": 5,
        "unhealthyThreshold": 2,
    }
    assert group["protocolVersion"] == "HTTP1"
    assert group["arnSuffix"] == group.id.rpartition(":")[2]
    assert group["loadBalancerArns"] == []
    assert group["loadBalancingAlgorithmType"] == "round_robin"
    assert group.diff().kinds == {}


@pytest.mark.parametrize(
    "given",
    [
        {"healthCheck": CHECKED},
        {"protocolVersion": "grpc", "healthCheck": {"matcher": "12", "path": "/grpc"}},
        {"protocol": "TCP", "healthCheck": {"protocol": "tcp"}, "preserveClientIp": "false"},
        {"protocol": "TCP", "healthCheck": {"protocol": "HTTP", "path": "/"}},
        {"protocol": "UDP", "connectionTermination": True, "proxyProtocolV2": True},
        {"targetType": "ip", "ipAddressType": "ipv4", "slowStart": 60},
        {"targetType": "alb", "protocol": "TCP"},
        {"stickiness": {"type": "app_cookie", "cookieName": "s", "cookieDuration": 60}},
        {"stickiness": {"type": "lb_cookie", "enabled": False}},
        {"protocol": "TCP", "stickiness": {"type": "source_ip", "cookieDuration": 60}},
        {"loadBalancingAlgorithmType": "weighted_random", "loadBalancingAnomalyMitigation": "on"},
    ],
)
def test_a_group_is_what_was_asked_for(
    aws: Instance, network: Network, given: dict[str, Any]
) -> None:
    group = make_group(aws, network, **given)
    assert group.diff().kinds == {}
    refreshed = group.refresh()
    assert refreshed is not None
    assert refreshed.state == group.state
    assert refreshed.diff().kinds == {}


def test_a_group_for_a_function_has_neither_port_nor_network(aws: Instance) -> None:
    group = aws.create(
        TARGET_GROUP, name=unique("fn"), targetType="lambda", lambdaMultiValueHeadersEnabled=True
    )
    assert not {"port", "protocol", "vpcId"} & group.state.keys()
    assert group["healthCheck"]["enabled"] is False
    refreshed = group.refresh()
    assert refreshed is not None
    assert refreshed["lambdaMultiValueHeadersEnabled"] is True


def test_addresses_of_clients_are_kept_except_over_tcp_to_ip_targets(
    aws: Instance, network: Network
) -> None:
    kept = {
        (kind, protocol): make_group(aws, network, targetType=kind, protocol=protocol)[
            "preserveClientIp"
        ]
        for kind, protocol in (("instance", "TCP"), ("ip", "TCP"), ("ip", "UDP"), ("ip", "HTTP"))
    }
    assert kept == {
        ("instance", "TCP"): "true",
        ("ip", "TCP"): "false",
        ("ip", "UDP"): "true",
        ("ip", "HTTP"): "",
    }


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({"port": 81}, {"port": "UPDATE_REPLACE"}),
        ({"protocol": "HTTPS"}, {"protocol": "UPDATE_REPLACE"}),
        ({"vpcId": "vpc-2"}, {"vpcId": "UPDATE_REPLACE"}),
        ({"targetType": "ip"}, {"targetType": "UPDATE_REPLACE"}),
        ({"name": "other"}, {"name": "UPDATE_REPLACE"}),
        ({"protocolVersion": "HTTP2"}, {"protocolVersion": "UPDATE_REPLACE"}),
        ({"protocolVersion": "http1"}, {}),
        ({"deregistrationDelay": 30}, {"deregistrationDelay": "UPDATE"}),
        ({"slowStart": 60}, {"slowStart": "UPDATE"}),
        (
            {"healthCheck": {"path": "/x"}},
            {
                "healthCheck.path": "UPDATE",
                "healthCheck.healthyThreshold": "UPDATE",
                "healthCheck.unhealthyThreshold": "UPDATE",
            },
        ),
    ],
)
def test_what_a_change_does(group: Created, changes: dict[str, Any], kinds: dict[str, str]) -> None:
    assert group.diff(**changes).kinds == kinds


def test_a_group_changes_in_place(group: Created) -> None:
    changed = group.update(
        healthCheck=CHECKED,
        deregistrationDelay=30,
        stickiness={"type": "lb_cookie", "cookieDuration": 60},
        tags={"Name": "api"},
    )
    check = changed["healthCheck"]
    assert {name: check[name] for name in CHECKED} == CHECKED
    assert changed["deregistrationDelay"] == 30
    assert changed["stickiness"] == {"type": "lb_cookie", "cookieDuration": 60, "enabled": True}
    assert changed["tags"] == {"Name": "api"}
    refreshed = changed.refresh()
    assert refreshed is not None
    assert refreshed.state == changed.state


def test_a_check_may_not_outlast_its_interval(group: Created) -> None:
    with pytest.raises(FailedError, match="ValidationError: Health check timeout '10' must be sm"):
        group.update(healthCheck={"interval": 10, "timeout": 10})


def test_an_imported_group_is_as_the_program_says(aws: Instance, group: Created) -> None:
    imported = aws.read(TARGET_GROUP, group.id)
    assert imported is not None
    assert aws.diff(imported, group.inputs).kinds == {}


@pytest.mark.parametrize(
    ("given", "path", "reason"),
    [
        *(
            ({name: None}, name, f'{name} must be given when targetType is "instance"')
            for name in ("port", "protocol", "vpcId")
        ),
        ({"name": "a" * 33}, "name", "have 0 to 32 characters"),
        ({"protocol": "ICMP"}, "protocol", "be one of"),
        ({"slowStart": 29}, "slowStart", "lie between 30 and 900"),
        ({"deregistrationDelay": 3601}, "deregistrationDelay", "lie between 0 and 3600"),
        ({"healthCheck": {"interval": 4}}, "healthCheck.interval", "lie between 5 and 300"),
        ({"healthCheck": {"path": "x"}}, "healthCheck.path", "begin with /"),
        ({"healthCheck": {"port": "web"}}, "healthCheck.port", "be a port number or"),
        (
            {"healthCheck": {"protocol": "TCP"}},
            "healthCheck.protocol",
            'healthCheck.protocol cannot be "TCP" when protocol is "HTTP"',
        ),
        (
            {"protocol": "TCP", "healthCheck": {"protocol": "TCP", "path": "/"}},
            "healthCheck.path",
            'healthCheck.path cannot be given when healthCheck.protocol is "TCP"',
        ),
        (
            {"targetType": "lambda", "healthCheck": {"protocol": "TCP"}},
            "healthCheck.protocol",
            'healthCheck.protocol cannot be "TCP" when',
        ),
        ({"stickiness": {}}, "stickiness.type", "is required"),
        *(
            ({name: value}, name, "not modelled by the sandbox")
            for name, value in (
                ("targetControlPort", 1), ("targetFailovers", []), ("targetGroupHealth", {}),
                ("targetHealthStates", []),
            )
        ),
    ],
)  # fmt: skip
def test_a_preview_names_what_is_wrong(
    aws: Instance, given: dict[str, Any], path: str, reason: str
) -> None:
    assert reason in aws.failures(TARGET_GROUP, **{**HTTP, **given})[path]


def test_a_group_for_a_function_needs_no_port(aws: Instance) -> None:
    assert aws.failures(TARGET_GROUP, targetType="lambda") == {}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"vpcId": "vpc-0"}, "ValidationError: The VPC ID 'vpc-0' is not found"),
        ({"targetType": "alb"}, "Protocol 'HTTP' is not supported with target type 'alb'"),
        (
            {"protocol": "TCP", "slowStart": 60},
            "Target group attribute key 'slow_start.duration_seconds' is not recognized",
        ),
        (
            {"proxyProtocolV2": True},
            "Target group attribute key 'proxy_protocol_v2.enabled' is not recognized",
        ),
        (
            {"stickiness": {"type": "source_ip"}},
            "Stickiness type 'source_ip' is not supported for target groups with the HTTP",
        ),
        ({"healthCheck": {"interval": 5, "timeout": 6}}, "timeout '6' must be smaller than the"),
    ],
)
def test_aws_refuses(aws: Instance, network: Network, given: dict[str, Any], message: str) -> None:
    with pytest.raises(FailedError, match=message):
        make_group(aws, network, **given)


def test_a_name_is_given_once(aws: Instance, network: Network) -> None:
    name = unique("tg")
    make_group(aws, network, name=name)
    with pytest.raises(FailedError, match="DuplicateTargetGroupName"):
        make_group(aws, network, name=name)


def test_a_group_in_use_is_not_deleted(aws: Instance, network: Network, group: Created) -> None:
    balancer = make_balancer(aws, network)
    listener = aws.create(
        LISTENER, loadBalancerArn=balancer.id, port=80, defaultActions=forward(group)
    )
    used = group.refresh()
    assert used is not None
    assert used["loadBalancerArns"] == [balancer.id]
    with pytest.raises(FailedError) as caught:
        group.delete()
    assert str(caught.value) == (
        f"deleting ELBv2 Target Group ({group.id}): DeleteTargetGroup: ResourceInUse: "
        f"The target group '{group.id}' is currently in use by a listener or a rule"
    )
    listener.delete()
    free = group.refresh()
    assert free is not None
    assert free["loadBalancerArns"] == []
    group.delete()
    assert group.refresh() is None
