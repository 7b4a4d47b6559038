"""Asks the nodes themselves, by Systems Manager; nothing on them is changed."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from ipaddress import IPv4Address
from typing import Any, Final

from ops.aws import Aws
from ops.cluster import Cluster
from ops.errors import AwsError, OpsError, TimedOutError
from ops.verify.node_answer import NodeAnswer, parse
from ops.verify.node_script import linux_commands, windows_commands

_PATIENCE: Final = 240
"""Seconds for all answers; a node whose API does not answer needs about 150."""
_PAUSE: Final = 2
_DELIVERY: Final = 30
"""Seconds after which Systems Manager gives a command up that no agent fetched: its least."""
_DOCUMENTS: Final = {
    "Linux": ("AWS-RunShellScript", linux_commands),
    "Windows": ("AWS-RunPowerShellScript", windows_commands),
}
_UNFINISHED: Final = ("Pending", "InProgress", "Delayed", "Cancelling")
_NOT_YET: Final = "InvocationDoesNotExist"

Answers = Mapping[str, NodeAnswer | OpsError]
"""By a node's name: its answer, or why there is none."""


def ask_nodes(aws: Aws, cluster: Cluster, pause: Callable[[float], None] = time.sleep) -> Answers:
    """Run the script on every node that Systems Manager manages, and wait for the answers."""
    ids = [node.instance_id for node in cluster.nodes if node.instance_id]
    try:
        platforms = _platforms(aws, ids)
    except AwsError as error:
        return {node.name: error for node in cluster.nodes}
    answers: dict[str, NodeAnswer | OpsError] = {}
    for platform in _DOCUMENTS:
        asked = [each for each in ids if platforms.get(each) == platform]
        if asked:
            answers |= _ask(aws, cluster, platform, asked, pause)
    return {
        node.name: answers.get(node.instance_id)
        or OpsError(
            f"Systems Manager has no contact with {node.instance_id}: it needs the agent, "
            "endpoints for ssm, ssmmessages and ec2messages, and AmazonSSMManagedInstanceCore "
            "or the like in its role"
        )
        for node in cluster.nodes
    }


def _platforms(aws: Aws, ids: Sequence[str]) -> dict[str, str]:
    """Return the platform of each instance whose agent is in contact."""
    managed = aws.pages(
        "ssm",
        "describe_instance_information",
        "InstanceInformationList",
        Filters=[{"Key": "InstanceIds", "Values": list(ids)}],
    )
    return {
        each["InstanceId"]: each.get("PlatformType", "")
        for each in managed
        if each.get("PingStatus") == "Online"
    }


def _ask(
    aws: Aws,
    cluster: Cluster,
    platform: str,
    ids: Sequence[str],
    pause: Callable[[float], None],
) -> dict[str, NodeAnswer | OpsError]:
    document, commands = _DOCUMENTS[platform]
    try:
        sent = aws.call(
            "ssm",
            "send_command",
            DocumentName=document,
            InstanceIds=list(ids),
            Parameters={"commands": commands(IPv4Address(cluster.virtual_ip))},
            TimeoutSeconds=_DELIVERY,
            Comment=f"verify {cluster.name}: reads only"[:100],
        )
    except AwsError as error:
        return dict.fromkeys(ids, error)
    command: str = sent["Command"]["CommandId"]
    tries = iter(range(_PATIENCE // _PAUSE))
    return {each: _answer(aws, command, each, lambda: _waited(tries, pause)) for each in ids}


def _answer(aws: Aws, command: str, key: str, again: Callable[[], bool]) -> NodeAnswer | OpsError:
    """Return a node's answer when it is there; `again` waits, and says whether to look again."""
    while True:
        try:
            done = _invocation(aws, command, key)
            if done is not None:
                return _read(done)
        except TimedOutError:
            raise
        except OpsError as error:
            return error
        if not again():
            return OpsError(f"{key} gave no answer within {_PATIENCE} s")


def _invocation(aws: Aws, command: str, key: str) -> Mapping[str, Any] | None:
    try:
        found = aws.call("ssm", "get_command_invocation", CommandId=command, InstanceId=key)
    except AwsError as error:
        if error.code == _NOT_YET:
            return None
        raise
    return None if found["Status"] in _UNFINISHED else found


def _read(done: Mapping[str, Any]) -> NodeAnswer:
    if done["Status"] != "Success":
        said = " ".join(done.get("StandardErrorContent", "").split())[-200:]
        state = done.get("StatusDetails") or done["Status"]
        raise OpsError(f"the command on {done['InstanceId']} ended as {state}: {said or 'silent'}")
    return parse(done.get("StandardOutputContent", ""))


def _waited(tries: Iterator[int], pause: Callable[[float], None]) -> bool:
    if next(tries, None) is None:
        return False
    pause(_PAUSE)
    return True
