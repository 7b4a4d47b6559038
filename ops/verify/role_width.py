"""Whether the nodes' role may do more than the cluster needs: F33.

Asked of the role's policies alone, as if it had no boundary.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import Final

from ops.cluster import Cluster
from ops.errors import NotCheckedError
from ops.iam.document import Document, Effect, Statement
from ops.iam.evaluator import Verdict, decide
from ops.verify.check import Fault
from ops.verify.live_role import LiveRole
from ops.verify.node_calls import (
    REPLACE_ACTION,
    Caller,
    NodeCall,
    Table,
    completed,
    instance_call,
    is_the_clusters,
    replace_call,
)
from ops.verify.role_remedies import policy_remedy

_INSTANCE_ACTIONS: Final = ("ec2:RebootInstances", "ec2:StartInstances", "ec2:StopInstances")
WRITE_ACTIONS: Final = frozenset(
    {
        REPLACE_ACTION,
        *_INSTANCE_ACTIONS,
        "cloudwatch:PutMetricData",
        "ec2messages:AcknowledgeMessage",
        "ec2messages:DeleteMessage",
        "ec2messages:FailMessage",
        "ec2messages:SendReply",
        "kms:Decrypt",
        "kms:GenerateDataKey",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "s3:PutObject",
        "ssm:UpdateInstanceInformation",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    }
)
"""What the project gives its nodes, with all features on, apart from reading."""
_AGENT_ACTIONS: Final = frozenset(
    {
        "ssm:PutComplianceItems",
        "ssm:PutConfigurePackageResult",
        "ssm:PutInventory",
        "ssm:UpdateAssociationStatus",
        "ssm:UpdateInstanceAssociationStatus",
    }
)
"""What AmazonSSMManagedInstanceCore adds, which operators attach for Systems Manager.

With these the agent reports on its own node and changes nothing else.
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSSMManagedInstanceCore.html
"""
_WRITES: Final = frozenset(action.lower() for action in WRITE_ACTIONS | _AGENT_ACTIONS)
_READS: Final = re.compile(r"[^:]+:(?:describe|get|list)", re.IGNORECASE)
# The ids of no table and no instance: they stand for all those of others, which have no tag.
_ANY_TABLE: Final = "rtb-00000000000000000"
_ANY_INSTANCE: Final = "i-00000000000000000"
_ALL_OTHERS: Final = {_ANY_TABLE: "any route table", _ANY_INSTANCE: "any instance"}


def too_wide(cluster: Cluster, tables: Collection[Table], role: LiveRole) -> Iterator[Fault]:
    """Find policies that let a node write what is not the cluster's (F33)."""
    undecided: list[str] = []
    found: list[Fault] = []
    for document in role.policies:
        excess = dict.fromkeys(_actions_beyond(document))
        excess |= dict.fromkeys(_resources_beyond(cluster, tables, role, document, undecided))
        if excess:
            found.append(
                Fault(
                    role.arn,
                    "nothing but what the nodes call, on what is the cluster's",
                    f"{document.name} allows {', '.join(excess)}",
                    policy_remedy(role, document),
                )
            )
    if undecided and not found:
        raise NotCheckedError(undecided[0])
    yield from found


def _actions_beyond(document: Document) -> Iterator[str]:
    """Yield what a document allows to write that the project's role does not, as it is written."""
    for statement in document.statements:
        if statement.effect is Effect.ALLOW:
            yield from _written_beyond(statement)


def _written_beyond(statement: Statement) -> Iterable[str]:
    if statement.actions is None:
        return [f"all but {', '.join(statement.not_actions or ())}"]
    return [
        action
        for action in statement.actions
        if action.lower() not in _WRITES and not _READS.match(action)
    ]


def _resources_beyond(
    cluster: Cluster,
    tables: Collection[Table],
    role: LiveRole,
    document: Document,
    undecided: list[str],
) -> Iterator[str]:
    """Yield the actions of the project's role that a document allows on resources of others."""
    caller = Caller(role.arn, role.tags)
    permissions = _only(document, Effect.ALLOW)
    denials = [_only(each, Effect.DENY) for each in role.policies]
    beyond: dict[str, list[str]] = {}
    for call in _foreign_calls(cluster, tables, caller):
        request = completed(call, role.policies, caller).request
        if decide(request, identity=[permissions]).verdict is Verdict.IMPLICITLY_DENIED:
            continue
        decision = decide(request, identity=[permissions, *denials])
        if decision.verdict is Verdict.ALLOWED:
            beyond.setdefault(request.action, []).append(call.resource)
        elif decision.verdict is Verdict.UNDECIDED:
            undecided.append(f"{request.action}: {decision.reason}")
    for action, resources in beyond.items():
        yield f"{action} on {_shown(resources)}"


def _only(document: Document, effect: Effect) -> Document:
    return replace(
        document, statements=tuple(each for each in document.statements if each.effect is effect)
    )


def _foreign_calls(
    cluster: Cluster, tables: Collection[Table], caller: Caller
) -> Iterator[NodeCall]:
    stranger = {"RouteTableId": _ANY_TABLE, "VpcId": cluster.vpc_id}
    others = [each for each in tables if not is_the_clusters(cluster, each)]
    for node in cluster.nodes:
        for table in (stranger, *others):
            yield replace_call(cluster, node, table, caller)
        for action in _INSTANCE_ACTIONS:
            yield instance_call(cluster, node, action, _ANY_INSTANCE, caller)


def _shown(resources: Collection[str]) -> str:
    for one_of_all, shown in _ALL_OTHERS.items():
        if one_of_all in resources:
            return shown
    return " and ".join(sorted(set(resources)))
