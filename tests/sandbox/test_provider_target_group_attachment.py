from typing import Any

import pytest

from tests.support.compute import Network, launch, make_network
from tests.support.load_balancing import (
    ATTACHMENT,
    LISTENER,
    TARGET_GROUP,
    forward,
    make_balancer,
    make_group,
)
from tests.support.provider import Created, FailedError, Instance, unique, unknowns


@pytest.fixture
def network(aws: Instance) -> Network:
    return make_network(aws)


@pytest.fixture
def group(aws: Instance, network: Network) -> Created:
    return make_group(aws, network)


@pytest.fixture
def node(aws: Instance, network: Network) -> Created:
    return launch(aws, network)


def attach(aws: Instance, group: Created, target: str, **more: Any) -> Created:
    return aws.create(ATTACHMENT, targetGroupArn=group.id, targetId=target, **more)


def test_a_preview_knows_all_but_the_id(aws: Instance) -> None:
    assert unknowns(aws.preview(ATTACHMENT, targetGroupArn="arn", targetId="i-1")) == {"id"}


def test_a_target_is_registered_until_it_is_taken_out(
    aws: Instance, group: Created, node: Created
) -> None:
    attachment = attach(aws, group, node.id)
    assert attachment.id.startswith(f"{group.id}-")
    assert "port" not in attachment.state
    assert attachment.diff().kinds == {}
    refreshed = attachment.refresh()
    assert refreshed is not None
    assert refreshed.state == attachment.state
    attachment.delete()
    assert attachment.refresh() is None
    attachment.delete()


@pytest.mark.parametrize("name", ["targetGroupArn", "targetId", "availabilityZone"])
def test_every_change_needs_another_attachment(
    aws: Instance, group: Created, node: Created, name: str
) -> None:
    attachment = attach(aws, group, node.id, port=8080)
    assert attachment.diff(**{name: "x"}).replaces == [name]
    assert attachment.diff(port=81).replaces == ["port"]


def test_a_terminated_instance_is_no_target_any_more(
    aws: Instance, group: Created, node: Created
) -> None:
    attachment = attach(aws, group, node.id)
    node.delete()
    assert attachment.refresh() is None
    with pytest.raises(FailedError, match="InvalidTarget: The following targets are not in a run"):
        attach(aws, group, node.id)


def test_a_deleted_group_has_no_targets(aws: Instance, group: Created, node: Created) -> None:
    attachment = attach(aws, group, node.id)
    group.delete()
    assert attachment.refresh() is None
    attachment.delete()


def test_an_instance_of_another_network_is_refused(aws: Instance, node: Created) -> None:
    foreign = make_group(aws, make_network(aws))
    with pytest.raises(FailedError) as caught:
        attach(aws, foreign, node.id)
    assert str(caught.value) == (
        "creating ELBv2 Target Group Attachment: RegisterTargets: InvalidTarget: "
        f"The following targets are not in the target group VPC '{foreign['vpcId']}': '{node.id}'"
    )


def test_unknown_targets_and_groups_are_refused(aws: Instance, group: Created) -> None:
    with pytest.raises(FailedError, match="InvalidTarget: The following targets are not valid"):
        attach(aws, group, "i-0123456789abcdef0")
    with pytest.raises(FailedError, match="TargetGroupNotFound"):
        aws.create(ATTACHMENT, targetGroupArn=f"{group.id}0", targetId="i-1")


def test_an_address_is_a_target_inside_the_network_or_in_a_private_range(
    aws: Instance, network: Network
) -> None:
    group = make_group(aws, network, targetType="ip")
    assert attach(aws, group, "10.0.1.9").refresh() is not None
    with pytest.raises(FailedError, match="outside the VPC of the target group"):
        attach(aws, group, "192.168.1.9")
    assert attach(aws, group, "192.168.1.9", availabilityZone="all").refresh() is not None
    with pytest.raises(FailedError, match=r"'8\.8\.8\.8' is not in a private range"):
        attach(aws, group, "8.8.8.8", availabilityZone="all")
    with pytest.raises(FailedError, match="'web' is not a valid IP address"):
        attach(aws, group, "web")


def test_a_load_balancer_is_a_target_where_it_listens(aws: Instance, network: Network) -> None:
    inner, outer = (
        make_group(aws, network),
        make_group(aws, network, targetType="alb", protocol="TCP"),
    )
    balancer = make_balancer(aws, network)
    aws.create(LISTENER, loadBalancerArn=balancer.id, port=80, defaultActions=forward(inner))
    assert attach(aws, outer, balancer.id, port=80).refresh() is not None
    with pytest.raises(FailedError, match="has no listener on port 81"):
        attach(aws, outer, balancer.id, port=81)
    plain = make_balancer(aws, network, loadBalancerType="network")
    with pytest.raises(FailedError, match="InvalidTarget: The following targets are not valid"):
        attach(aws, outer, plain.id, port=80)


def test_what_the_sandbox_cannot_keep_it_refuses(
    aws: Instance, group: Created, node: Created
) -> None:
    attach(aws, group, node.id, port=80)
    attach(aws, group, node.id)
    with pytest.raises(FailedError, match="the sandbox keeps one port of a target"):
        attach(aws, group, node.id, port=81)
    function = aws.create(TARGET_GROUP, name=unique("fn"), targetType="lambda")
    with pytest.raises(FailedError, match="the sandbox models no functions"):
        attach(aws, function, "arn:aws:lambda:ap-northeast-1:123456789012:function:f")


def test_an_attachment_is_not_imported(aws: Instance, group: Created) -> None:
    with pytest.raises(FailedError, match="a target has no id of its own to import it by"):
        aws.read(ATTACHMENT, group.id)
