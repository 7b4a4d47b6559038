"""What AWS says about a cluster and its VPC at one time: the answers of about fifteen calls."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

from ops.aws import Aws
from ops.cluster import Cluster
from ops.described import attached_to
from ops.errors import AwsError, NotCheckedError, OpsError, UsageError
from ops.instances import describe_instances, roles_of_profile
from ops.verify import surroundings
from ops.verify.credits import credit_questions
from ops.verify.live_role import LiveRole, read_role

_THREADS: Final = 8
_CORE: Final = ("route_tables", "interfaces")
"""Without these, nothing can be said of the virtual IP."""
Answer = Any
Refusal = AwsError | NotCheckedError
Ask = Callable[[], Answer]


@dataclass(frozen=True)
class Snapshot:
    """Answers by kind, as boto3 returns them; for a refused call, the error that it raised."""

    answers: Mapping[str, Answer | Refusal] = field(default_factory=dict[str, Any])

    def get(self, kind: str) -> Any:
        """Return the answer of a kind. Raises the error with which it was refused."""
        answer = self.answers[kind]
        if isinstance(answer, OpsError):
            raise answer
        return answer

    def found(self, kind: str) -> list[Any]:
        """Return a list of a kind; empty where it was refused."""
        answer = self.answers[kind]
        return [] if isinstance(answer, OpsError) else answer


def take(aws: Aws, cluster: Cluster) -> Snapshot:
    """Ask AWS for everything that checks need; what it refuses is part of the answer.

    Raises UsageError for missing credentials and for a VPC that is not there, TimedOutError, and
    OpsError where AWS refuses what nothing can be judged without.
    """
    with ThreadPoolExecutor(_THREADS) as pool:
        first = _ask_all(pool, _first_questions(aws, cluster))
        _require_core(Snapshot(first), aws, cluster)
        second = _ask_all(pool, _second_questions(aws, cluster, Snapshot(first)))
        third = _ask_all(pool, _third_questions(aws, Snapshot(second)))
    return Snapshot({**first, **second, **third})


def _require_core(first: Snapshot, aws: Aws, cluster: Cluster) -> None:
    for kind in _CORE:
        refusal = first.answers[kind]
        if isinstance(refusal, OpsError):
            raise OpsError(f"{cluster.name} cannot be judged. {refusal}")
    if first.answers["vpcs"] == []:
        raise UsageError(
            f"{cluster.vpc_id} of {cluster.name} is not in this account in {aws.region}: see "
            "--profile and --region"
        )


def _ask_all(pool: ThreadPoolExecutor, questions: Mapping[str, Ask]) -> dict[str, Answer]:
    waiting = {kind: pool.submit(ask) for kind, ask in questions.items()}
    answers: dict[str, Answer] = {}
    for kind, future in waiting.items():
        try:
            answers[kind] = future.result()
        except (AwsError, NotCheckedError) as error:
            answers[kind] = error
    return answers


def _first_questions(aws: Aws, cluster: Cluster) -> dict[str, Ask]:
    """Return what can be asked with the ids that the stack knows, by kind."""
    in_vpc = [{"Name": "vpc-id", "Values": [cluster.vpc_id]}]

    def of_vpc(operation: str, key: str) -> Ask:
        return lambda: aws.pages("ec2", operation, key, Filters=in_vpc)

    def attribute(name: str) -> Ask:
        return lambda: aws.call(
            "ec2", "describe_vpc_attribute", VpcId=cluster.vpc_id, Attribute=name
        )[name[0].upper() + name[1:]]["Value"]

    volumes = [node.mirror_volume_id for node in cluster.nodes if node.mirror_volume_id]
    return {
        "vpcs": of_vpc("describe_vpcs", "Vpcs"),
        "dns_support": attribute("enableDnsSupport"),
        "dns_hostnames": attribute("enableDnsHostnames"),
        "subnets": of_vpc("describe_subnets", "Subnets"),
        "route_tables": of_vpc("describe_route_tables", "RouteTables"),
        "interfaces": of_vpc("describe_network_interfaces", "NetworkInterfaces"),
        "groups": of_vpc("describe_security_groups", "SecurityGroups"),
        "network_acls": of_vpc("describe_network_acls", "NetworkAcls"),
        "endpoints": of_vpc("describe_vpc_endpoints", "VpcEndpoints"),
        "volumes": lambda: (
            aws.pages(
                "ec2",
                "describe_volumes",
                "Volumes",
                Filters=[{"Name": "volume-id", "Values": volumes}],
            )
            if volumes
            else []
        ),
        "role": lambda: _role(aws, cluster),
        **surroundings.questions(aws, cluster),
    }


def _role(aws: Aws, cluster: Cluster) -> LiveRole:
    if not cluster.node_role_arn:
        raise NotCheckedError("the nodes' role is not known")
    return read_role(aws, cluster.node_role_arn.rpartition("/")[2])


def _second_questions(aws: Aws, cluster: Cluster, first: Snapshot) -> dict[str, Ask]:
    """Return what needs the first answers: instances behind interfaces, the VPC's DHCP options."""
    # "default" stands for no set at all.
    options = {each.get("DhcpOptionsId", "default") for each in first.found("vpcs")} - {"default"}
    attached = _attached_instances(cluster, first)
    instances = sorted(attached | {node.instance_id for node in cluster.nodes if node.instance_id})
    return {
        "dhcp_options": lambda: (
            aws.pages("ec2", "describe_dhcp_options", "DhcpOptions", DhcpOptionsIds=sorted(options))
            if options
            else []
        ),
        "instances": lambda: describe_instances(aws, instances),
        # Of attached ones only: an id that is gone would be an error.
        "statuses": lambda: (
            aws.pages(
                "ec2",
                "describe_instance_status",
                "InstanceStatuses",
                InstanceIds=sorted(attached),
                IncludeAllInstances=True,
            )
            if attached
            else []
        ),
        "group_rules": lambda: surroundings.group_rules(
            aws, cluster, first.found("vpcs"), first.get("groups")
        ),
    }


def _third_questions(aws: Aws, second: Snapshot) -> dict[str, Ask]:
    """Return what needs the instances: the roles of their profiles by ARN, and CPU credits."""
    profiles = {
        each["IamInstanceProfile"]["Arn"]
        for each in second.found("instances")
        if each.get("IamInstanceProfile")
    }
    return {
        "profile_roles": lambda: {each: roles_of_profile(aws, each) for each in sorted(profiles)},
        **credit_questions(aws, second.found("instances")),
    }


def _attached_instances(cluster: Cluster, first: Snapshot) -> set[str]:
    """Return the instances behind the nodes' interfaces and behind the virtual IP's routes."""
    wanted = {node.network_interface_id for node in cluster.nodes} | {
        route.get("NetworkInterfaceId")
        for table in first.found("route_tables")
        for route in table["Routes"]
        if route.get("DestinationCidrBlock") == cluster.destination
    }
    found = {
        attached_to(each)
        for each in first.found("interfaces")
        if each["NetworkInterfaceId"] in wanted
    }
    return found - {""}
