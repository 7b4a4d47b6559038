"""What the nodes ask of the EC2 API to move the virtual IP, as requests that policies decide."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from ops.cluster import Cluster, Node
from ops.iam.document import Document
from ops.iam.evaluator import Request

DESCRIBE_ACTIONS: Final = (
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRouteTables",
    "ec2:DescribeVpcs",
)
REPLACE_ACTION: Final = "ec2:ReplaceRoute"
# Of these keys the request has exactly the ones that `_context` and `_of_table` name.
_COMPLETE: Final = ("aws:principaltag/", "aws:resourcetag/", "ec2:resourcetag/")

Table = Mapping[str, Any]
"""A route table as DescribeRouteTables returns it."""
Tags = Sequence[Mapping[str, str]]
"""Tags as EC2's describe calls return them: `Key` and `Value` of each."""


@dataclass(frozen=True)
class Caller:
    """The nodes' role: its ARN, and its tags where they are known."""

    arn: str
    tags: Mapping[str, str] | None = None

    @property
    def partition(self) -> str:
        """The ARN's partition, which those of the account's resources share."""
        return self.arn.split(":")[1]

    @property
    def account(self) -> str:
        """The account of the role."""
        return self.arn.split(":")[4]


@dataclass(frozen=True)
class NodeCall:
    """One call of one node; `resource` is the id in the request's ARN, "" for describe calls."""

    node: Node
    request: Request
    resource: str = ""


def needed_calls(cluster: Cluster, tables: Collection[Table], caller: Caller) -> Iterator[NodeCall]:
    """Yield the calls of each node, for every table that has, or should have, the virtual IP."""
    for node in cluster.nodes:
        context = _context(cluster, node, caller)
        for action in DESCRIBE_ACTIONS:
            yield NodeCall(node, Request(action, "*", caller.arn, context))
        for table in tables:
            if is_the_clusters(cluster, table):
                yield replace_call(cluster, node, table, caller)


def is_the_clusters(cluster: Cluster, table: Table) -> bool:
    """Tell whether a table has a route to the virtual IP, or is one of the stack's that should.

    A table that the stack leaves out is not, even if another cluster has the same address there.
    """
    if table["RouteTableId"] in cluster.tables_without_virtual_ip:
        return False
    destinations = {route.get("DestinationCidrBlock") for route in table.get("Routes", [])}
    own = table["RouteTableId"] in cluster.route_table_ids.values()
    return own or cluster.destination in destinations


def replace_call(cluster: Cluster, node: Node, table: Table, caller: Caller) -> NodeCall:
    """Return a node's call that moves the virtual IP in one table."""
    table_id: str = table["RouteTableId"]
    # The tables of a shared VPC belong to the account that shares it.
    owner: str = table.get("OwnerId") or caller.account
    place = f"arn:{caller.partition}:ec2:{cluster.region}:{owner}"
    context = {
        **_context(cluster, node, caller),
        "aws:ResourceAccount": (owner,),
        "ec2:RouteTableID": (table_id,),
        "ec2:Vpc": (f"{place}:vpc/{table['VpcId']}",),
        **_tagged(table.get("Tags", ())),
    }
    resource = f"{place}:route-table/{table_id}"
    return NodeCall(node, Request(REPLACE_ACTION, resource, caller.arn, context), table_id)


def instance_call(
    cluster: Cluster, node: Node, action: str, instance: str, caller: Caller, tags: Tags = ()
) -> NodeCall:
    """Return a node's call on an instance with these tags."""
    resource = f"arn:{caller.partition}:ec2:{cluster.region}:{caller.account}:instance/{instance}"
    context = {**_context(cluster, node, caller), **_tagged(tags)}
    return NodeCall(node, Request(action, resource, caller.arn, context), instance)


def completed(call: NodeCall, documents: Sequence[Document], caller: Caller) -> NodeCall:
    """Add the tags that policies ask for and the request has not, as absent keys."""
    prefixes = tuple(
        each for each in _COMPLETE if caller.tags is not None or "principal" not in each
    )
    there = {name.lower() for name in call.request.context}
    absent = {
        condition.key: ()
        for document in documents
        for statement in document.statements
        for condition in statement.conditions
        if condition.key.lower().startswith(prefixes) and condition.key.lower() not in there
    }
    context = {**absent, **call.request.context}
    return replace(call, request=replace(call.request, context=context))


def listed(cluster: Cluster, calls: Iterable[NodeCall]) -> str:
    """Name calls: actions, their resources, and the nodes where not all of them are meant."""
    by_action: dict[str, set[str]] = {}
    nodes: set[str] = set()
    for call in calls:
        by_action.setdefault(call.request.action, set()).add(call.resource)
        nodes.add(call.node.name)
    named = ", ".join(
        f"{action} on {' and '.join(sorted(resources))}" if resources != {""} else action
        for action, resources in sorted(by_action.items())
    )
    everywhere = len(nodes) == len(cluster.nodes)
    return named if everywhere else f"{named} from {' and '.join(sorted(nodes))}"


def _tagged(tags: Tags) -> dict[str, tuple[str, ...]]:
    """Return the keys by which conditions ask for the tags of a resource."""
    keys = ("aws:ResourceTag", "ec2:ResourceTag")
    return {f"{key}/{tag['Key']}": (tag["Value"],) for key in keys for tag in tags}


def _context(cluster: Cluster, node: Node, caller: Caller) -> dict[str, tuple[str, ...]]:
    """Return what is known of any request of a node.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    place = f"arn:{caller.partition}:ec2:{cluster.region}:{caller.account}"
    return {
        "aws:PrincipalArn": (caller.arn,),
        "aws:PrincipalAccount": (caller.account,),
        "aws:PrincipalType": ("AssumedRole",),
        "aws:PrincipalIsAWSService": ("false",),
        "aws:username": (),
        "aws:RequestedRegion": (cluster.region,),
        "aws:SecureTransport": ("true",),
        "aws:ViaAWSService": ("false",),
        "aws:EC2InstanceSourceVPC": (cluster.vpc_id,),
        "aws:EC2InstanceSourcePrivateIPv4": (node.private_ip,),
        "ec2:SourceInstanceARN": (f"{place}:instance/{node.instance_id}",),
        "ec2:Region": (cluster.region,),
        **{f"aws:PrincipalTag/{key}": (value,) for key, value in (caller.tags or {}).items()},
        **_by_endpoint(cluster, node),
    }


def _by_endpoint(cluster: Cluster, node: Node) -> dict[str, tuple[str, ...]]:
    """Return what a request has that comes by the endpoint; `aws:SourceIp` is not of these."""
    endpoint = cluster.endpoint_ids.get("ec2")
    if not endpoint:
        return {}
    return {
        "aws:SourceVpce": (endpoint,),
        "aws:SourceVpc": (cluster.vpc_id,),
        "aws:VpcSourceIp": (node.private_ip,),
        "aws:SourceIp": (),
    }
