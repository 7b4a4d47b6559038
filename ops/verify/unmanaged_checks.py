"""What stands in the stack's own VPC and belongs to no stack."""

from collections.abc import Iterator, Mapping

from guardrails.findings import Severity
from ops.described import Described
from ops.tags import STACK_TAG, cluster_of, tags_of
from ops.verify.api_endpoint import live_endpoints
from ops.verify.check import Check, Fault
from ops.verify.situation import Situation


def unmanaged_resource(situation: Situation) -> Iterator[Fault]:
    """Find what carries no stack's tags in a VPC that this stack made (F53).

    What the outputs name is the stack's without tags: the VPC's main route table. Another stack's
    tags say who is in charge.
    """
    cluster = situation.cluster
    if situation.vpc is None or cluster_of(situation.vpc) != cluster.name:
        return
    named = {
        *cluster.subnet_ids.values(),
        *cluster.route_table_ids.values(),
        *cluster.tables_without_virtual_ip,
        *cluster.endpoint_ids.values(),
    }
    for kind, things, command in (
        ("endpoint", live_endpoints(situation), "delete-vpc-endpoints --vpc-endpoint-ids"),
        ("route table", situation.route_tables, "delete-route-table --route-table-id"),
        ("subnet", situation.subnets, "delete-subnet --subnet-id"),
        ("security group", _groups(situation), "delete-security-group --group-id"),
    ):
        for key, each in things.items():
            if key not in named and not _has_owner(each):
                yield _fault(key, f"{kind} {tags_of(each).get('Name', '')}", f"{command} {key}")
    for rule in situation.snapshot.get("group_rules"):
        if not _has_owner(rule):
            yield _fault_of_rule(rule)


def _fault(key: str, found: str, command: str, *involved: str) -> Fault:
    return Fault(
        key,
        "tags of the stack that made it (hacluster:project, hacluster:stack)",
        f"{found.strip()} without them",
        f"Add it to the program, or, if nobody needs it, aws ec2 {command}",
        involved,
    )


def _fault_of_rule(rule: Described) -> Fault:
    way = "egress" if rule.get("IsEgress") else "ingress"
    group, key = rule.get("GroupId", ""), rule["SecurityGroupRuleId"]
    return _fault(
        key,
        f"rule of {group}: {way} {_ports(rule)} {'to' if rule.get('IsEgress') else 'from'} "
        f"{_peer(rule)},",
        f"revoke-security-group-{way} --group-id {group} --security-group-rule-ids {key}",
        group,
    )


def _ports(rule: Described) -> str:
    first, last = rule.get("FromPort"), rule.get("ToPort")
    protocol = rule.get("IpProtocol", "-1")
    if protocol == "-1":
        return "all traffic"
    return f"{protocol}/{first}" if first == last else f"{protocol}/{first}-{last}"


def _peer(rule: Described) -> str:
    group: Described = rule.get("ReferencedGroupInfo") or {}
    named = (rule.get(key) for key in ("CidrIpv4", "CidrIpv6", "PrefixListId"))
    return next((each for each in (*named, group.get("GroupId")) if each), "anywhere")


def _groups(situation: Situation) -> Mapping[str, Described]:
    return {
        key: each for key, each in situation.groups.items() if each.get("GroupName") != "default"
    }


def _has_owner(thing: Described) -> bool:
    return STACK_TAG in tags_of(thing)


CHECKS = (
    Check(
        id="unmanaged-resource",
        severity=Severity.LOW,
        judge=unmanaged_resource,
        follows_from=(
            "subnet-association-lost",
            "main-table-replaced",
            "subnet-outside-the-clusters-tables",
            "endpoint-missing",
        ),
    ),
)
