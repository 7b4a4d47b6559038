"""What the nodes themselves say: the API, Cluster WebUI, the clock, who holds the virtual IP.

Part of a report only where the nodes were asked (`--from-nodes`).
"""

from collections.abc import Iterable, Iterator
from typing import Final

from guardrails.findings import Severity
from ops.cluster import Node
from ops.described import target_of
from ops.errors import NotCheckedError
from ops.move.cli_text import move_command
from ops.verify.check import Check, Fault
from ops.verify.node_answer import NodeAnswer
from ops.verify.situation import Situation

_SKEW_SECONDS: Final = 60
"""AWS refuses requests that are signed five minutes off; a minute leaves time to act."""
_DENIED: Final = ("UnauthorizedOperation", "AccessDenied", "AuthFailure", "credentials", "Expired")
_WEBUI_PORT: Final = 29003


def node_cannot_reach_api(situation: Situation) -> Iterator[Fault]:
    """Find nodes on which `aws ec2 describe-vpcs` fails, and say at what."""
    cluster = situation.cluster
    for node, answer in _answered(situation):
        if answer.call != "ok":
            yield Fault(
                node.instance_id,
                "aws ec2 describe-vpcs answers on the node",
                _why(answer, cluster.region),
                "Fix what the findings about endpoint, role and DNS name; else run the command on "
                f"{node.name} with --debug",
                (cluster.vpc_id, cluster.node_role_arn, cluster.endpoint_ids.get("ec2", "")),
            )


def webui_unreachable(situation: Situation) -> Iterator[Fault]:
    """Find nodes that Cluster WebUI does not answer at the virtual IP, where the engine has it."""
    virtual_ip = situation.cluster.virtual_ip
    if not situation.cluster.engine.has_webui:
        return
    answered = list(_answered(situation))
    _require_product(situation, answered)
    silent = [node.name for node, answer in answered if not answer.webui]
    if silent:
        yield Fault(
            virtual_ip,
            f"http://{virtual_ip}:{_WEBUI_PORT} answers",
            f"no answer to {', '.join(silent)}",
            "clpstat on the active node; clpcl -r --web restarts Cluster WebUI",
            (*situation.own_tables, *map(target_of, situation.virtual_ip_routes.values())),
        )


def clock_skewed(situation: Situation) -> Iterator[Fault]:
    """Find nodes whose clock differs from AWS's, which refuses their calls in the end (F39)."""
    unknown: list[str] = []
    for node, answer in _answered(situation):
        if answer.skew is None:
            unknown.append(node.name)
        elif abs(answer.skew) > _SKEW_SECONDS:
            yield Fault(
                node.instance_id,
                f"within {_SKEW_SECONDS} s of AWS's clock",
                f"{abs(answer.skew):.0f} s {'ahead' if answer.skew > 0 else 'behind'}",
                "Let the node follow 169.254.169.123: chronyc tracking, w32tm /query /status",
            )
    if unknown:
        raise NotCheckedError(f"no date came from the API to {', '.join(unknown)}")


def held_by_both(situation: Situation) -> Iterator[Fault]:
    """Find the virtual IP on both nodes, each of which may take itself for active (F40)."""
    answers, engine = _holding(situation), situation.cluster.engine
    holders = [
        node
        for node, answer in answers
        if _holds(situation, answer) and not _is_stale(situation, node, answer)
    ]
    if len(holders) > 1:
        yield Fault(
            situation.cluster.virtual_ip,
            "on one node",
            f"on {' and '.join(node.name for node in holders)}",
            f"Look at {engine.group_state} on both nodes. If both are active, stop the one to "
            f"which the routes do not lead ({engine.stop_node}), and compare the mirror disk "
            "before it returns",
            tuple(node.instance_id for node in holders),
        )


def stale_on_standby(situation: Situation) -> Iterator[Fault]:
    """Find the virtual IP on a node whose own cluster software is not active there (F41)."""
    for node, answer in _holding(situation):
        if _holds(situation, answer) and _is_stale(situation, node, answer):
            yield Fault(
                node.instance_id,
                f"{situation.cluster.virtual_ip} on the active node alone",
                f"on {node.name} too, while {', '.join(answer.active_on)} is active",
                f"On {node.name}: ip addr del {situation.cluster.destination} dev DEVICE, or "
                f"Remove-NetIPAddress {situation.cluster.virtual_ip}",
            )


def held_by_wrong_node(situation: Situation) -> Iterator[Fault]:
    """Find the routes leading to a node that does not have the address (F42)."""
    owner = situation.owner
    answers = dict(_holding(situation))
    if owner is None or owner not in answers or _holds(situation, answers[owner]):
        return
    _require_product(situation, answers.items())
    others = [
        node
        for node, answer in answers.items()
        if _holds(situation, answer) and not _is_stale(situation, node, answer)
    ]
    names = ", ".join(node.name for node in others)
    yield Fault(
        situation.cluster.virtual_ip,
        f"on {owner.name}, to which the routes lead",
        f"on {names}" if names else "on no node",
        move_command(others[0], interrupts_service=situation.cluster.engine_configured)
        if len(others) == 1
        else f"{situation.cluster.engine.start_group} on the node that is to be active",
        (owner.network_interface_id, owner.instance_id),
    )


def _answered(situation: Situation) -> Iterator[tuple[Node, NodeAnswer]]:
    """Yield the nodes that answered. Raises NotCheckedError at the end for the others."""
    if situation.answers is None:
        raise NotCheckedError("the nodes were not asked: give --from-nodes")
    silent: dict[str, list[str]] = {}
    for node in situation.cluster.nodes:
        answer = situation.answers[node.name]
        if isinstance(answer, NodeAnswer):
            yield node, answer
        else:
            silent.setdefault(" ".join(str(answer).split()), []).append(node.name)
    if silent:
        reasons = (f"{', '.join(names)}: {why}" for why, names in silent.items())
        raise NotCheckedError("; ".join(reasons))


def _holding(situation: Situation) -> list[tuple[Node, NodeAnswer]]:
    """Return all nodes with their addresses; one that does not tell them leaves it open."""
    answers = list(_answered(situation))
    for node, answer in answers:
        if not answer.addresses:
            raise NotCheckedError(f"{node.name} does not tell its addresses")
    return answers


def _require_product(situation: Situation, answers: Iterable[tuple[Node, NodeAnswer]]) -> None:
    """Raise NotCheckedError where nothing on the nodes could hold the virtual IP, or serve it."""
    if not any(answer.has_product for _, answer in answers):
        raise NotCheckedError(f"{situation.cluster.engine.title} is not installed on the nodes")


def _holds(situation: Situation, answer: NodeAnswer) -> bool:
    return situation.cluster.virtual_ip in answer.addresses


def _is_stale(situation: Situation, node: Node, answer: NodeAnswer) -> bool:
    """Tell whether a node is standby by its own account, and by the routes."""
    active = {each.lower() for each in answer.active_on}
    return bool(active) and node.name.lower() not in active and node != situation.owner


def _why(answer: NodeAnswer, region: str) -> str:
    """Return at what the call failed: region, permission, DNS or TCP; else what the CLI said."""
    if answer.region != region:
        return f"region: the AWS CLI is set to {answer.region or 'none'}, not to {region}"
    if any(each in answer.call for each in _DENIED):
        return f"permission: {answer.call}"
    if not answer.api_address:
        return "DNS: the API's name does not resolve"
    if not answer.is_api_port_open:
        return f"TCP 443: {answer.api_address} cannot be reached"
    return answer.call or "no answer within 60 s"


_ENDPOINT = ("endpoint-missing", "endpoint-not-available", "endpoint-group-closed")
_DNS = ("endpoint-private-dns-off", "vpc-dns-off")
_NODE = ("role-action-missing", "instance-profile-wrong", "metadata-unreachable", "clock-skewed")
_ROUTES = (
    "virtual-ip-tables-disagree",
    "virtual-ip-route-missing",
    "virtual-ip-target-missing",
    "virtual-ip-target-detached",
    "virtual-ip-target-not-running",
    "virtual-ip-target-foreign",
    "virtual-ip-target-wrong-kind",
    "source-dest-check-on",
)
_HELD = ("virtual-ip-held-by-wrong-node", "virtual-ip-held-by-both")
CHECKS = (
    Check(
        id="node-cannot-reach-api",
        severity=Severity.CRITICAL,
        judge=node_cannot_reach_api,
        follows_from=(*_ENDPOINT, *_DNS, "endpoint-policy-denies", *_NODE),
    ),
    Check(
        id="webui-unreachable",
        severity=Severity.HIGH,
        judge=webui_unreachable,
        follows_from=(*_ROUTES, *_HELD),
    ),
    Check(id="clock-skewed", severity=Severity.HIGH, judge=clock_skewed),
    Check(id="virtual-ip-held-by-both", severity=Severity.CRITICAL, judge=held_by_both),
    Check(id="virtual-ip-stale-on-standby", severity=Severity.HIGH, judge=stale_on_standby),
    Check(id="virtual-ip-held-by-wrong-node", severity=Severity.CRITICAL, judge=held_by_wrong_node),
)
"""Made only where the nodes were asked."""
