"""Whether AWS would carry out a node's call: its role, the boundary, and the endpoint's policy."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from lab.vpc.snapshot import Snapshot
from ops.aws import Aws
from ops.cluster import Cluster, Node
from ops.iam.document import Document, read_document
from ops.iam.evaluator import Decision, Verdict, decide
from ops.verify.live_role import LiveRole, read_role
from ops.verify.node_calls import (
    REPLACE_ACTION,
    Caller,
    NodeCall,
    completed,
    instance_call,
    needed_calls,
    replace_call,
)


def instances_of(parameters: Mapping[str, str]) -> list[str]:
    """Return the instances that a call names."""
    return [value for name, value in parameters.items() if name.startswith("InstanceId.")]


@dataclass
class Permissions:
    """The policies in force. The sandbox's cloud knows them and enforces none of them."""

    aws: Aws
    cluster: Cluster
    snapshot: Callable[[], Snapshot]
    role: LiveRole | None = None

    def follow(self) -> None:
        """Read the role again. Raises OpsError."""
        self.role = read_role(self.aws, self.cluster.node_role_arn.rpartition("/")[2])

    def decide(self, node: Node, action: str, parameters: Mapping[str, str]) -> Decision:
        """Decide a call of a node; `parameters` are the request's."""
        role = self.role
        if role is None:
            return Decision(Verdict.IMPLICITLY_DENIED, "the nodes' role is not known")
        endpoint = self._endpoint_policy()
        caller = Caller(role.arn, role.tags)
        documents = [*role.policies, endpoint, *filter(None, [role.boundary])]
        boundary = None if role.boundary is None else [role.boundary]
        decisions = [
            decide(
                completed(call, documents, caller).request,
                identity=role.policies,
                boundary=boundary,
                endpoint=endpoint,
            )
            for call in self._calls(node, action, parameters, caller)
        ]
        denied = (each for each in decisions if each.verdict is not Verdict.ALLOWED)
        return next(denied, decisions[0])

    def _calls(
        self, node: Node, action: str, parameters: Mapping[str, str], caller: Caller
    ) -> list[NodeCall]:
        """Return what AWS decides: one call for each resource, `*` where it knows none."""
        snapshot = self.snapshot()
        tables = {table["RouteTableId"]: table for table in snapshot.tables}
        table = tables.get(parameters.get("RouteTableId", ""))
        if action == REPLACE_ACTION and table is not None:
            return [replace_call(self.cluster, node, table, caller)]
        instances = [] if action.startswith("ec2:Describe") else instances_of(parameters)
        if instances:
            return [
                instance_call(self.cluster, node, action, each, caller, snapshot.tags_of(each))
                for each in instances
            ]
        plain = next(
            call for call in needed_calls(self.cluster, (), caller) if call.node.name == node.name
        )
        return [replace(plain, request=replace(plain.request, action=action, resource="*"))]

    def _endpoint_policy(self) -> Document:
        identity = self.cluster.endpoint_ids.get("ec2")
        for endpoint in self.snapshot().endpoints:
            if endpoint["VpcEndpointId"] == identity:
                return read_document(endpoint["PolicyDocument"], f"the policy of {identity}")
        return Document((), name=f"no endpoint {identity}")
