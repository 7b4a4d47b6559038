"""A cluster as AWS shows it, without its stack's outputs: found by the tags of its nodes."""

from collections.abc import Mapping, Sequence
from typing import Any

from ops.aws import Aws
from ops.cluster import Cluster, Node
from ops.described import attached_to, is_live, is_main
from ops.engine import ENGINES, EXPRESSCLUSTER, NO_ENGINE
from ops.errors import AwsError, UsageError
from ops.instances import LINUX_MIRROR, WINDOWS_MIRROR, describe_instances, roles_of_profile
from ops.tags import ENGINE_TAG, NODE_TAG, cluster_of, tags_of


def find_tagged_cluster(aws: Aws, name: str | None) -> Cluster:
    """Find the cluster called `name` (project and stack), or the only one of the region.

    The virtual IP is the one address that host routes lead to its nodes. What only the stack
    knows stays unknown: ports of clients, transit gateways, monitoring, names of subnets.
    Raises UsageError where there is none or more than one, AwsError where AWS refuses to say.
    """
    found = _interfaces_by_cluster(aws)
    chosen = name or (next(iter(found)) if len(found) == 1 else None)
    if chosen not in found:
        raise UsageError(_none_of(found, name, aws.region))
    interfaces = found[chosen]
    vpcs = {each["VpcId"] for each in interfaces}
    if len(vpcs) > 1:
        raise UsageError(f"--cluster {chosen}: its nodes' tags are in {', '.join(sorted(vpcs))}")
    engine = _engine_name(chosen, interfaces)
    (vpc_id,) = vpcs
    by_vpc = [{"Name": "vpc-id", "Values": [vpc_id]}]
    tables = aws.pages("ec2", "describe_route_tables", "RouteTables", Filters=by_vpc)
    virtual_ip = _virtual_ip(chosen, tables, interfaces)
    vpcs_found = aws.pages("ec2", "describe_vpcs", "Vpcs", Filters=by_vpc)
    owns_vpc = any(cluster_of(each) == chosen for each in vpcs_found)
    own = [
        each
        for each in tables
        if cluster_of(each) == chosen or _routes(each, virtual_ip) or (owns_vpc and is_main(each))
    ]
    endpoints = aws.pages("ec2", "describe_vpc_endpoints", "VpcEndpoints", Filters=by_vpc)
    instances = _instances(aws, interfaces)
    others = [] if owns_vpc else [each for each in tables if each not in own]
    return Cluster(
        name=chosen,
        region=aws.region,
        vpc_id=vpc_id,
        virtual_ip=virtual_ip,
        nodes=tuple(_node(each, instances) for each in interfaces),
        route_table_ids={each["RouteTableId"]: each["RouteTableId"] for each in own},
        tables_without_virtual_ip=frozenset(each["RouteTableId"] for each in others),
        endpoint_ids=_endpoint_ids(chosen, endpoints),
        node_role_arn=_role_arn(aws, instances),
        engine_name=engine,
        engine_configured=engine != NO_ENGINE,
    )


def _routes(table: Mapping[str, Any], virtual_ip: str) -> bool:
    return any(each.get("DestinationCidrBlock") == f"{virtual_ip}/32" for each in table["Routes"])


def _endpoint_ids(name: str, endpoints: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the endpoints that the stack made; of the EC2 API, any that is there without one."""
    live = list(filter(is_live, endpoints))
    services = {each["VpcEndpointId"]: each.get("ServiceName", "") for each in live}
    found = {
        service.rpartition(".")[2]: key
        for key, service in services.items()
        if service.endswith(".ec2")
    }
    own = [each["VpcEndpointId"] for each in live if cluster_of(each) == name]
    return found | {services[key].rpartition(".")[2]: key for key in own if services[key]}


def _interfaces_by_cluster(aws: Aws) -> dict[str, list[dict[str, Any]]]:
    tagged = aws.pages(
        "ec2",
        "describe_network_interfaces",
        "NetworkInterfaces",
        Filters=[{"Name": "tag-key", "Values": [NODE_TAG]}],
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for each in sorted(tagged, key=lambda each: tags_of(each)[NODE_TAG]):
        found.setdefault(cluster_of(each), []).append(each)
    return found


def _none_of(found: Mapping[str, object], name: str | None, region: str) -> str:
    if not found:
        return (
            f"no interface in {region} has the tag {NODE_TAG}: is this the right region and "
            "account? Or give --outputs"
        )
    names = ", ".join(sorted(found))
    if name is None:
        return f"{region} has more than one cluster, say which: --cluster {names}"
    return f"--cluster {name}: {region} has no such cluster. It has {names}"


def _virtual_ip(
    name: str, tables: Sequence[Mapping[str, Any]], interfaces: Sequence[Mapping[str, Any]]
) -> str:
    own = {each["NetworkInterfaceId"] for each in interfaces}
    found = {
        route["DestinationCidrBlock"].removesuffix("/32")
        for table in tables
        for route in table["Routes"]
        if route.get("NetworkInterfaceId") in own
        and route.get("DestinationCidrBlock", "").endswith("/32")
    }
    if len(found) != 1:
        shown = ", ".join(sorted(found)) or "none"
        raise UsageError(
            f"--cluster {name}: host routes to its nodes have these addresses: {shown}. One is "
            "needed to tell the virtual IP; give --outputs"
        )
    return found.pop()


def _engine_name(name: str, interfaces: Sequence[Mapping[str, Any]]) -> str:
    """Return the engine; nodes of EXPRESSCLUSTER do not name it. Raises UsageError for another."""
    found = tags_of(interfaces[0]).get(ENGINE_TAG, EXPRESSCLUSTER)
    if found not in ENGINES:
        raise UsageError(f"--cluster {name}: {ENGINE_TAG} is {found}, not {', '.join(ENGINES)}")
    return found


def _instances(aws: Aws, interfaces: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    asked = [each for each in map(attached_to, interfaces) if each]
    return {each["InstanceId"]: each for each in describe_instances(aws, asked)}


def _node(interface: Mapping[str, Any], instances: Mapping[str, Mapping[str, Any]]) -> Node:
    instance_id = attached_to(interface)
    devices = instances.get(instance_id, {}).get("BlockDeviceMappings", [])
    mirror = (
        each["Ebs"]["VolumeId"]
        for each in devices
        if each["DeviceName"] in (LINUX_MIRROR, WINDOWS_MIRROR)
    )
    return Node(
        name=tags_of(interface)[NODE_TAG],
        zone=tags_of(interface)[NODE_TAG].rpartition("-")[2],
        instance_id=instance_id,
        network_interface_id=interface["NetworkInterfaceId"],
        private_ip=interface["PrivateIpAddress"],
        mirror_volume_id=next(mirror, ""),
    )


def _role_arn(aws: Aws, instances: Mapping[str, Mapping[str, Any]]) -> str:
    profiles = {
        each["IamInstanceProfile"]["Arn"]
        for each in instances.values()
        if "IamInstanceProfile" in each
    }
    if len(profiles) != 1:
        return ""
    try:
        roles = roles_of_profile(aws, profiles.pop())
    except AwsError:
        # What needs the role says that it is not known.
        return ""
    return roles[0] if roles else ""
