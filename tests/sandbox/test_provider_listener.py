from typing import Any

import pytest

from tests.support.compute import Network, make_network
from tests.support.load_balancing import LISTENER, LOAD_BALANCER, forward, make_balancer, make_group
from tests.support.provider import Created, FailedError, Instance, unique, unknowns

BALANCER = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/app/web/1"
GROUP = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/web/1"
OTHER = f"{GROUP}2"
REDIRECT = {"type": "redirect", "redirect": {"protocol": "HTTPS", "statusCode": "HTTP_301"}}
ANSWER = {"type": "fixed-response", "fixedResponse": {"contentType": "text/plain"}}
CERTIFICATE = "arn:aws:iam::123456789012:server-certificate/web"


@pytest.fixture
def network(aws: Instance) -> Network:
    return make_network(aws)


@pytest.fixture
def balancer(aws: Instance, network: Network) -> Created:
    return make_balancer(aws, network)


@pytest.fixture
def group(aws: Instance, network: Network) -> Created:
    return make_group(aws, network)


def listen(aws: Instance, balancer: Created, *actions: dict[str, Any], **more: Any) -> Created:
    given = {"port": 80, **more}
    return aws.create(LISTENER, loadBalancerArn=balancer.id, defaultActions=list(actions), **given)


@pytest.fixture
def listener(aws: Instance, balancer: Created, group: Created) -> Created:
    return listen(aws, balancer, *forward(group), tags={"Name": "web"})


def test_a_preview_leaves_to_aws_what_aws_decides(aws: Instance) -> None:
    outputs = aws.preview(
        LISTENER, loadBalancerArn=BALANCER, port=80, defaultActions=[{**REDIRECT, "order": 1}]
    )
    known = outputs.keys() - unknowns(outputs)
    assert known == {"defaultActions", "loadBalancerArn", "port", "region", "tagsAll"}
    assert {"arn", "protocol", "sslPolicy", "tcpIdleTimeoutSeconds"} <= unknowns(outputs)
    assert outputs["defaultActions"][0]["redirect"] == {
        "host": "#{host}",
        "path": "/#{path}",
        "port": "#{port}",
        "protocol": "HTTPS",
        "query": "#{query}",
        "statusCode": "HTTP_301",
    }


def test_a_listener_forwards_to_its_group(
    listener: Created, balancer: Created, group: Created
) -> None:
    assert listener.id == listener["arn"]
    assert listener["loadBalancerArn"] == balancer.id
    assert (listener["port"], listener["protocol"], listener["sslPolicy"]) == (80, "HTTP", "")
    assert listener["defaultActions"] == [
        {"type": "forward", "order": 1, "targetGroupArn": group.id}
    ]
    assert listener.diff().kinds == {}


def test_every_kind_of_action_is_read_as_it_was_given(
    aws: Instance, network: Network, balancer: Created, group: Created
) -> None:
    second = make_group(aws, network)
    sticky = {
        "targetGroups": [{"arn": group.id, "weight": 9}, {"arn": second.id}],
        "stickiness": {"duration": 60, "enabled": True},
    }
    actions = [
        *forward(group),
        *forward(group, second),
        {"type": "forward", "forward": {"targetGroups": [{"arn": group.id}]}},
        {"type": "forward", "forward": sticky},
        REDIRECT,
        ANSWER,
        {"type": "fixed-response", "fixedResponse": {
            "contentType": "text/html", "messageBody": "no", "statusCode": "404",
        }},
    ]  # fmt: skip
    for port, action in enumerate(actions, 81):
        made = listen(aws, balancer, action, port=port)
        assert made.diff().kinds == {}, action
        refreshed = made.refresh()
        assert refreshed is not None
        assert refreshed.state == made.state
        assert refreshed.diff().kinds == {}, action


def test_an_imported_listener_is_as_the_program_says(aws: Instance, listener: Created) -> None:
    imported = aws.read(LISTENER, listener.id)
    assert imported is not None
    assert aws.failures(LISTENER, **imported.given) == {}
    assert (
        imported["defaultActions"][0]["targetGroupArn"]
        == (imported["defaultActions"][0]["forward"]["targetGroups"][0]["arn"])
    )


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({"loadBalancerArn": BALANCER}, {"loadBalancerArn": "UPDATE_REPLACE"}),
        ({"port": 81}, {"port": "UPDATE"}),
        ({"protocol": "http"}, {}),
        ({"protocol": "HTTPS"}, {"protocol": "UPDATE"}),
        (
            {"defaultActions": [{"type": "forward", "targetGroupArn": GROUP}]},
            {"defaultActions[0].targetGroupArn": "UPDATE"},
        ),
        ({"tags": None}, {"tags": "DELETE", "tagsAll.Name": "DELETE"}),
    ],
)
def test_what_a_change_does(
    listener: Created, changes: dict[str, Any], kinds: dict[str, str]
) -> None:
    assert listener.diff(**changes).kinds == kinds


def test_a_listener_changes_in_place(listener: Created) -> None:
    changed = listener.update(port=8080, defaultActions=[REDIRECT], tags={"Name": "api"})
    assert (changed["port"], changed["tags"]) == (8080, {"Name": "api"})
    assert changed["defaultActions"][0]["redirect"]["statusCode"] == "HTTP_301"
    refreshed = changed.refresh()
    assert refreshed is not None
    assert refreshed.state == changed.state
    assert refreshed.diff().kinds == {}


def test_a_deleted_listener_is_gone(listener: Created, group: Created) -> None:
    listener.delete()
    assert listener.refresh() is None
    listener.delete()
    group.delete()


def test_a_listener_goes_with_its_load_balancer(
    listener: Created, balancer: Created, group: Created
) -> None:
    balancer.delete()
    assert listener.refresh() is None
    group.delete()


def test_a_network_load_balancer_forwards_streams(aws: Instance, network: Network) -> None:
    balancer = make_balancer(aws, network, loadBalancerType="network")
    group = make_group(aws, network, protocol="TCP")
    made = listen(aws, balancer, *forward(group), protocol="TCP")
    assert made["tcpIdleTimeoutSeconds"] == 350
    changed = made.update(tcpIdleTimeoutSeconds=600)
    refreshed = changed.refresh()
    assert refreshed is not None
    assert refreshed["tcpIdleTimeoutSeconds"] == 600
    with pytest.raises(
        FailedError, match=r"'tcp\.idle_timeout\.seconds' value '59' must be between"
    ):
        changed.update(tcpIdleTimeoutSeconds=59)


def test_a_gateway_load_balancer_listens_without_port(aws: Instance, network: Network) -> None:
    subnets = [network.subnet_a.id, network.subnet_c.id]
    balancer = aws.create(
        LOAD_BALANCER, name=unique("gw"), loadBalancerType="gateway", subnets=subnets
    )
    group = make_group(aws, network, port=6081, protocol="GENEVE")
    made = listen(aws, balancer, *forward(group), port=None)
    assert made["protocol"] == ""
    assert "port" not in made.state
    assert made.diff().kinds == {}


@pytest.mark.parametrize(
    ("action", "path", "reason"),
    [
        ({"type": "forward"}, "defaultActions[0].type", "needs targetGroupArn or forward"),
        (
            {"type": "redirect"},
            "defaultActions[0].redirect",
            'defaultActions[0].redirect must be given when type is "redirect"',
        ),
        (
            {"type": "fixed-response"},
            "defaultActions[0].fixedResponse",
            'defaultActions[0].fixedResponse must be given when type is "fixed-response"',
        ),
        (
            {
                "type": "forward",
                "targetGroupArn": GROUP,
                "forward": {"targetGroups": [{"arn": OTHER}]},
            },
            "defaultActions[0]",
            "only if the ARNs match",
        ),
        (
            {"type": "authenticate-oidc", "authenticateOidc": {}},
            "defaultActions[0].authenticateOidc",
            "not modelled by the sandbox",
        ),
        ({}, "defaultActions[0].type", "is required"),
    ],
)
def test_a_preview_names_what_is_wrong_with_an_action(
    aws: Instance, action: dict[str, Any], path: str, reason: str
) -> None:
    given = {"loadBalancerArn": BALANCER, "port": 80, "defaultActions": [action]}
    assert reason in aws.failures(LISTENER, **given)[path]


@pytest.mark.parametrize(
    ("given", "path", "reason"),
    [
        ({"port": 0}, "port", "lie between 1 and 65535"),
        ({"protocol": "FTP"}, "protocol", "be one of"),
        ({"loadBalancerArn": "web"}, "loadBalancerArn", "be an ARN"),
        ({"defaultActions": []}, "defaultActions", "at least 1 items"),
        ({"mutualAuthentication": {"mode": "off"}}, "mutualAuthentication", "not modelled by"),
    ],
)
def test_a_preview_names_what_is_wrong(
    aws: Instance, given: dict[str, Any], path: str, reason: str
) -> None:
    whole = {"loadBalancerArn": BALANCER, "port": 80, "defaultActions": [REDIRECT], **given}
    assert reason in aws.failures(LISTENER, **whole)[path]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"loadBalancerArn": BALANCER}, f"LoadBalancerNotFound: Load balancer '{BALANCER}' not"),
        ({"protocol": "HTTPS"}, "ValidationError: A certificate must be specified for HTTPS"),
        ({"certificateArn": CERTIFICATE}, "A certificate cannot be specified for HTTP listeners"),
        ({"port": None}, "ValidationError: A listener port must be specified"),
        (
            {"defaultActions": [{"type": "forward", "targetGroupArn": GROUP}]},
            f"TargetGroupNotFound: Target groups '{GROUP}' not found",
        ),
        (
            {
                "protocol": "HTTPS",
                "certificateArn": "arn:aws:acm:ap-northeast-1:123456789012:certificate/0",
            },
            "CertificateNotFound",
        ),
    ],
)
def test_aws_refuses(aws: Instance, balancer: Created, given: dict[str, Any], message: str) -> None:
    whole = {"loadBalancerArn": balancer.id, "port": 80, "defaultActions": [REDIRECT], **given}
    with pytest.raises(FailedError, match=message):
        aws.create(LISTENER, **whole)


@pytest.mark.usefixtures("listener")
def test_a_port_has_one_listener(aws: Instance, balancer: Created) -> None:
    with pytest.raises(FailedError) as caught:
        listen(aws, balancer, REDIRECT)
    assert str(caught.value) == (
        "creating ELBv2 Listener: CreateListener: DuplicateListener: "
        f"A listener already exists on this port for this load balancer '{balancer.id}'"
    )
    other = listen(aws, balancer, REDIRECT, port=81)
    with pytest.raises(FailedError, match="ModifyListener: DuplicateListener"):
        other.update(port=80)


def test_a_group_of_another_network_is_refused(aws: Instance, balancer: Created) -> None:
    foreign = make_group(aws, make_network(aws))
    with pytest.raises(FailedError) as caught:
        listen(aws, balancer, *forward(foreign))
    assert str(caught.value).endswith(
        f"InvalidConfigurationRequest: Target group '{foreign.id}' is in a different VPC than "
        f"load balancer '{balancer.id}'"
    )


@pytest.mark.parametrize(
    ("listens", "speaks"),
    [("HTTP", "TCP"), ("TCP", "HTTP"), ("TCP", "UDP"), ("UDP", "TCP"), ("TCP_UDP", "TCP")],
)
def test_a_group_must_speak_what_the_listener_takes(
    aws: Instance, network: Network, listens: str, speaks: str
) -> None:
    kind = "application" if listens == "HTTP" else "network"
    balancer = make_balancer(aws, network, loadBalancerType=kind)
    group = make_group(aws, network, protocol=speaks)
    with pytest.raises(FailedError, match=f"protocol '{listens}' is not supported with a target"):
        listen(aws, balancer, *forward(group), protocol=listens)


def test_a_group_belongs_to_one_load_balancer(
    aws: Instance, network: Network, listener: Created, group: Created
) -> None:
    second = make_balancer(aws, network)
    with pytest.raises(FailedError, match="TargetGroupAssociationLimit: The following target gro"):
        listen(aws, second, *forward(group))
    listener.delete()
    assert listen(aws, second, *forward(group)).refresh() is not None


def test_a_network_load_balancer_only_forwards(aws: Instance, network: Network) -> None:
    balancer = make_balancer(aws, network, loadBalancerType="network")
    with pytest.raises(FailedError, match="InvalidLoadBalancerAction: Actions of type 'redirect'"):
        listen(aws, balancer, REDIRECT, protocol="TCP")


def test_an_encrypted_listener_has_a_policy(aws: Instance, balancer: Created) -> None:
    given = {"protocol": "HTTPS", "certificateArn": CERTIFICATE, "port": 443}
    made = listen(aws, balancer, REDIRECT, **given)
    assert made["sslPolicy"] == "ELBSecurityPolicy-2016-08"
    assert made["certificateArn"] == CERTIFICATE
    assert made.diff().kinds == {}
    newer = made.update(sslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06")
    assert newer["sslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-2021-06"


def test_what_the_sandbox_cannot_change_it_refuses(aws: Instance, network: Network) -> None:
    balancer = make_balancer(aws, network, loadBalancerType="network")
    group = make_group(aws, network, protocol="TCP_UDP")
    made = listen(aws, balancer, *forward(group), protocol="TCP")
    with pytest.raises(FailedError, match="the sandbox cannot change protocol of a listener in"):
        made.update(protocol="UDP")
