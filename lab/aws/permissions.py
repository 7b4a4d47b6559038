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
        call = completed(self._call(node, action, parameters, caller), documents, caller)
        boundary = None if role.boundary is None else [role.boundary]
        return decide(call.request, identity=role.policies, boundary=boundary, endpoint=endpoint)

    def _call(
        self, node: Node, action: str, parameters: Mapping[str, str], caller: Caller
    ) -> NodeCall:
        tables = {table["RouteTableId"]: table for table in self.snapshot().tables}
        table = tables.get(parameters.get("RouteTableId", ""))
        if action == REPLACE_ACTION and table is not None:
            return replace_call(self.cluster, node, table, caller)
        if instance := parameters.get("InstanceId.1", ""):
            tags = self.snapshot().tags_of(instance)
            return instance_call(self.cluster, node, action, instance, caller, tags)
        plain = next(
            call for call in needed_calls(self.cluster, (), caller) if call.node.name == node.name
        )
        return replace(plain, request=replace(plain.request, action=action, resource="*"))

    def _endpoint_policy(self) -> Document:
        identity = self.cluster.endpoint_ids.get("ec2")
        for endpoint in self.snapshot().endpoints:
            if endpoint["VpcEndpointId"] == identity:
                return read_document(endpoint["PolicyDocument"], f"the policy of {identity}")
        return Document((), name=f"no endpoint {identity}")
