"""Whether the policy of the EC2 API's endpoint admits what the nodes call: F30."""

from collections.abc import Collection, Iterator
from typing import Final

from ops.cluster import Cluster
from ops.errors import NotCheckedError
from ops.iam.document import Document, read_document
from ops.iam.evaluator import Verdict, decide
from ops.verify.check import Fault
from ops.verify.node_calls import Caller, NodeCall, Table, completed, listed, needed_calls

# What the role may do is another check's question.
_EVERYTHING: Final = read_document(
    {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}, "everything"
)


def endpoint_policy_denies(
    cluster: Cluster, tables: Collection[Table], caller: Caller, policy: Document
) -> Iterator[Fault]:
    """Find calls of the nodes that the endpoint's policy denies (F30)."""
    endpoint = cluster.endpoint_ids.get("ec2")
    if not endpoint:
        raise NotCheckedError("the cluster's endpoint for the EC2 API is not known")
    if not caller.arn:
        raise NotCheckedError("the nodes' role is not known")
    undecided: list[str] = []
    denied: dict[str, list[NodeCall]] = {}
    for needed in needed_calls(cluster, tables, caller):
        request = completed(needed, [policy], caller).request
        decision = decide(request, identity=[_EVERYTHING], endpoint=policy)
        if decision.verdict is Verdict.UNDECIDED:
            undecided.append(f"{request.action}: {decision.reason}")
        elif decision.verdict is not Verdict.ALLOWED:
            denied.setdefault(decision.reason, []).append(needed)
    if undecided and not denied:
        raise NotCheckedError(undecided[0])
    if denied:
        yield Fault(
            endpoint,
            f"the endpoint's policy admits what {caller.arn} calls",
            "; ".join(f"{listed(cluster, calls)}: {why}" for why, calls in denied.items()),
            "pulumi up --refresh; for an endpoint that is not the stack's: aws ec2 "
            f"modify-vpc-endpoint --region {cluster.region} --vpc-endpoint-id {endpoint} "
            "--policy-document file://policy.json",
            (caller.arn,),
        )
