"""Whether a VPC that is there already can hold the cluster, whoever makes its subnets; pure."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network

from components.partitions import endpoint_service
from settings import Fault, Settings

from .faults import REBUILD, fault
from .live_cluster import LiveCluster
from .network_lookups import ExistingTable, ExistingVpc, FoundVpc


def vpc_faults(
    settings: Settings, found: FoundVpc, live: LiveCluster, stack: str
) -> Iterator[Fault]:
    """Yield everything in the VPC that would keep the cluster from working.

    `stack` is this project and stack, as `project/stack`.
    """
    yield from _identity_faults(settings, found.vpc, live, stack)
    yield from _virtual_ip_faults(settings, found.vpc)
    yield from _table_faults(settings, found.tables, live)
    yield from _endpoint_faults(settings, found, stack)
    yield from _other_endpoint_faults(settings, found, stack)


def _identity_faults(
    settings: Settings, vpc: ExistingVpc, live: LiveCluster, stack: str
) -> Iterator[Fault]:
    key = f"{settings.network_key}.vpcId"
    if live.nodes and live.vpc_id != vpc.vpc_id:
        remedy = f"restore {live.vpc_id}: the nodes are there ({REBUILD})"
        yield fault(key, vpc.vpc_id, remedy)
    if vpc.owner == stack:
        remedy = "restore network.cidr: this stack made the VPC, and would delete its parts"
        yield fault(key, vpc.vpc_id, remedy)
    if not vpc.resolves_names:
        commands = " and ".join(
            f"aws ec2 modify-vpc-attribute --vpc-id {vpc.vpc_id} {option} '{{\"Value\":true}}'"
            for option in ("--enable-dns-support", "--enable-dns-hostnames")
        )
        remedy = f"switch both DNS attributes on, which private DNS rests on: {commands}"
        yield fault(key, vpc.vpc_id, remedy)


def _virtual_ip_faults(settings: Settings, vpc: ExistingVpc) -> Iterator[Fault]:
    for cidr_block in vpc.cidr_blocks:
        if IPv4Address(settings.virtual_ip) in IPv4Network(cidr_block):
            remedy = f"choose an address outside the VPC's range {cidr_block}"
            yield fault("virtualIp", settings.virtual_ip, remedy)


def _table_faults(
    settings: Settings, tables: Iterable[ExistingTable], live: LiveCluster
) -> Iterator[Fault]:
    """Yield routes that the cluster did not make and that compete with its own."""
    own = {node.interface_id for node in live.nodes.values()}
    virtual_ip = IPv4Address(settings.virtual_ip)
    for table in tables:
        for destination, target in sorted(table.routes.items()):
            if ":" in destination or destination == "0.0.0.0/0" or target in own:
                continue
            if virtual_ip in IPv4Network(destination) and target != "local":
                remedy = (
                    f"choose another address, or delete the route: {table.table_id} leads "
                    f"{destination} to {target} already"
                )
                yield fault("virtualIp", settings.virtual_ip, remedy)


def _endpoint_faults(settings: Settings, found: FoundVpc, stack: str) -> Iterator[Fault]:
    endpoint, vpc_id = found.endpoint, found.vpc.vpc_id
    key, service = f"{settings.network_key}.endpointId", endpoint_service(settings.region, "ec2")
    if endpoint is None:
        return
    if settings.endpoint_id is None:
        if endpoint.private_dns and endpoint.owner != stack:
            remedy = (
                f"set it to {endpoint.endpoint_id}, which has the private DNS name of the EC2 API "
                f"in {vpc_id} already: a VPC cannot have two of them"
            )
            yield fault(key, None, remedy)
        return
    if endpoint.vpc_id != vpc_id or endpoint.service_name != service:
        yield fault(key, endpoint.endpoint_id, f"name an endpoint of {vpc_id} for {service}")
    elif not endpoint.private_dns or endpoint.state != "available":
        state = endpoint.state if endpoint.private_dns else "without private DNS"
        remedy = f"name one that is ready: this one is {state}"
        yield fault(key, endpoint.endpoint_id, remedy)


def _other_endpoint_faults(settings: Settings, found: FoundVpc, stack: str) -> Iterator[Fault]:
    """Yield services whose private DNS name another endpoint has in the VPC already."""
    for service, endpoint in found.others.items():
        if endpoint.private_dns and endpoint.owner != stack:
            remedy = (
                f"remove {service}, and give the nodes' role its permissions by a policy of yours "
                f"(docs/operating.md), or delete {endpoint.endpoint_id}: it has the private DNS "
                f"name of {service} in {found.vpc.vpc_id}, and a VPC cannot have two of them"
            )
            yield fault("endpoints", list(settings.endpoints), remedy)
