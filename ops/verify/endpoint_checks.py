"""Whether the nodes reach the EC2 API by the cluster's endpoint, and what the others' state is."""

from collections.abc import Iterator
from typing import Final

from guardrails.addresses import parse_host
from guardrails.findings import Severity
from ops.cluster import Node
from ops.described import Described
from ops.errors import NotCheckedError
from ops.tags import cluster_of
from ops.verify.admission import INBOUND, Answer, Peer, Ports, groups_admit
from ops.verify.api_endpoint import (
    API,
    api_endpoint,
    api_service,
    interface_of,
    live_endpoints,
    zone_of,
)
from ops.verify.check import RESTORE, Check, Fault
from ops.verify.situation import Situation

_HTTPS: Final = Ports("tcp", 443, 443)
_AWS_OWN: Final = "vpc_endpoint"
"""The type of the interfaces that AWS makes for an endpoint."""


def endpoint_missing(situation: Situation) -> Iterator[Fault]:
    """Find endpoints of the stack that the VPC does not have, or not for the EC2 API (F22)."""
    cluster, live = situation.cluster, live_endpoints(situation)
    for service, key in cluster.endpoint_ids.items():
        if service != API and key not in live:
            yield Fault(key, f"the endpoint for {service} in {cluster.vpc_id}", "gone", RESTORE)
    key = cluster.endpoint_ids.get(API)
    found, used = live.get(key or ""), api_endpoint(situation)
    if used is not None and (key is None or used is found):
        return
    text = "gone" if found is None else f"one for {_served(found)}"
    yield Fault(
        key or cluster.vpc_id,
        f"an interface endpoint for {api_service(situation)} in {cluster.vpc_id}",
        text if used is None else f"{text}; {used['VpcEndpointId']} serves the EC2 API instead",
        f"{RESTORE}, or name another endpoint as existingNetwork.endpointId",
        () if used is None else (used["VpcEndpointId"],),
    )


def endpoint_not_available(situation: Situation) -> Iterator[Fault]:
    """Find endpoints that AWS has not made ready, has rejected or has failed (F23)."""
    live = live_endpoints(situation)
    own = [live[key] for key in situation.cluster.endpoint_ids.values() if key in live]
    used = api_endpoint(situation)
    if used is not None and used not in own:
        own.append(used)
    for endpoint in own:
        state = endpoint.get("State", "")
        if state.lower() != "available":
            yield Fault(
                endpoint["VpcEndpointId"],
                "available",
                ": ".join([state, *_reasons(endpoint)]),
                _remedy_of_state(endpoint["VpcEndpointId"], state),
            )


def endpoint_zone_missing(situation: Situation) -> Iterator[Fault]:
    """Find zones of nodes where the endpoint has no interface: another zone decides there (F24)."""
    endpoint = api_endpoint(situation)
    if endpoint is None:
        return
    served = {zone_of(situation, subnet) for subnet in endpoint.get("SubnetIds", [])}
    missing = {
        node: subnet
        for node in situation.cluster.nodes
        if (subnet := interface_of(situation, node).get("SubnetId"))
        and zone_of(situation, subnet) not in served
    }
    if missing:
        yield Fault(
            endpoint["VpcEndpointId"],
            "a subnet in the zone of each node",
            "none for "
            + ", ".join(f"{each.name} ({zone_of(situation, missing[each])})" for each in missing),
            _remedy(situation, endpoint, f"--add-subnet-ids {' '.join(sorted(missing.values()))}"),
        )


def endpoint_interface_missing(situation: Situation) -> Iterator[Fault]:
    """Find interfaces of the endpoint that are gone or not in use (F25).

    The status counts of interfaces that AWS calls an endpoint's; the sandbox has none of these.
    """
    endpoint = api_endpoint(situation)
    if endpoint is None:
        return
    for key in endpoint.get("NetworkInterfaceIds", []):
        interface = situation.interfaces.get(key)
        own = interface is not None and interface.get("InterfaceType") == _AWS_OWN
        status = "gone" if interface is None else interface.get("Status", "in-use")
        if interface is None or (own and status != "in-use"):
            subnet = (interface or {}).get("SubnetId", "ID, the subnet of that zone")
            yield Fault(
                key,
                f"an interface of {endpoint['VpcEndpointId']}, in use",
                status,
                f"aws ec2 modify-vpc-endpoint --vpc-endpoint-id {endpoint['VpcEndpointId']} "
                f"--remove-subnet-ids {subnet}; then the same with --add-subnet-ids",
                (endpoint["VpcEndpointId"],),
            )


def endpoint_group_closed(situation: Situation) -> Iterator[Fault]:
    """Find nodes that no group of the endpoint admits by HTTPS (F26)."""
    endpoint = api_endpoint(situation)
    if endpoint is None:
        return
    keys = [each["GroupId"] for each in endpoint.get("Groups", [])]
    if not keys:
        raise NotCheckedError(f"AWS names no security group of {endpoint['VpcEndpointId']}")
    groups = [situation.groups.get(key) for key in keys]
    answers = {
        node: groups_admit(groups, INBOUND, _HTTPS, _peer(situation, node))
        for node in situation.cluster.nodes
    }
    closed = [node for node, answer in answers.items() if answer is Answer.REFUSED]
    if not closed and Answer.UNKNOWN in answers.values():
        raise NotCheckedError(
            "rules of the endpoint's groups name prefix lists, whose entries are not read"
        )
    if closed:
        yield Fault(
            endpoint["VpcEndpointId"],
            f"a rule of {', '.join(keys)} for tcp/{_HTTPS.first} from each node",
            "none for " + ", ".join(f"{each.name} ({each.private_ip})" for each in closed),
            RESTORE
            if cluster_of(endpoint) == situation.cluster.name
            else f"aws ec2 authorize-security-group-ingress --group-id {keys[0]} --protocol tcp "
            f"--port {_HTTPS.first} --cidr {closed[0].private_ip}/32, for each of them",
            tuple(keys),
        )


def endpoint_private_dns_off(situation: Situation) -> Iterator[Fault]:
    """Find the endpoint without private DNS: the API's name leads to the internet (F27)."""
    endpoint = api_endpoint(situation)
    if endpoint is not None and not endpoint.get("PrivateDnsEnabled", True):
        yield Fault(
            endpoint["VpcEndpointId"],
            "private DNS, so that the API's name leads to the endpoint",
            "off",
            _remedy(situation, endpoint, "--private-dns-enabled"),
            (situation.cluster.vpc_id,),
        )


def _peer(situation: Situation, node: Node) -> Peer:
    groups = interface_of(situation, node).get("Groups", [])
    return Peer((parse_host(node.private_ip),), frozenset(each["GroupId"] for each in groups))


def _served(endpoint: Described) -> str:
    return f"{endpoint.get('ServiceName')} ({endpoint.get('VpcEndpointType')})"


def _reasons(endpoint: Described) -> Iterator[str]:
    if endpoint.get("FailureReason"):
        yield endpoint["FailureReason"]
    last: Described = endpoint.get("LastError") or {}
    if last.get("Code") or last.get("Message"):
        yield " ".join(last[key] for key in ("Code", "Message") if last.get(key))


def _remedy_of_state(key: str, state: str) -> str:
    if state.lower() == "pending":
        return "Wait some minutes and verify again"
    if state.lower() == "pendingacceptance":
        return "Let the owner of the service accept the endpoint"
    return f"aws ec2 delete-vpc-endpoints --vpc-endpoint-ids {key}, then {RESTORE}"


def _remedy(situation: Situation, endpoint: Described, option: str) -> str:
    """Return the command that restores an endpoint: an update where the stack made it."""
    if cluster_of(endpoint) == situation.cluster.name:
        return RESTORE
    key = endpoint["VpcEndpointId"]
    return f"aws ec2 modify-vpc-endpoint --vpc-endpoint-id {key} {option}"


_MISSING = ("endpoint-missing",)
CHECKS = (
    Check(id="endpoint-missing", severity=Severity.CRITICAL, judge=endpoint_missing),
    Check(
        id="endpoint-not-available",
        severity=Severity.CRITICAL,
        judge=endpoint_not_available,
        follows_from=_MISSING,
    ),
    Check(
        id="endpoint-zone-missing",
        severity=Severity.HIGH,
        judge=endpoint_zone_missing,
        follows_from=_MISSING,
    ),
    Check(
        id="endpoint-interface-missing",
        severity=Severity.HIGH,
        judge=endpoint_interface_missing,
        follows_from=(*_MISSING, "endpoint-not-available"),
    ),
    Check(
        id="endpoint-group-closed",
        severity=Severity.CRITICAL,
        judge=endpoint_group_closed,
        follows_from=_MISSING,
    ),
    Check(
        id="endpoint-private-dns-off",
        severity=Severity.CRITICAL,
        judge=endpoint_private_dns_off,
        follows_from=(*_MISSING, "vpc-dns-off"),
    ),
)
