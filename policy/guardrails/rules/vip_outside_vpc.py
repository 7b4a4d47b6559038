"""Every virtual IP lies outside all ranges of its VPC.

Inside of them AWS refuses a route to one address, or the address belongs to a subnet (AWS VPC
guide, "Route priority": a route more specific than `local` has to be a whole subnet's).
"""

from guardrails.addresses import AddressError, Block, parse_range, show
from guardrails.analysis.graph import Graph
from guardrails.analysis.labels import step
from guardrails.analysis.network_analysis import NetworkAnalysis
from guardrails.analysis.virtual_ips import Claim, VirtualIpProblem
from guardrails.analysis.vpc_ranges import VpcRanges
from guardrails.findings import Finding, Severity, Step, Verdict
from guardrails.model.network import Subnet
from guardrails.model.references import Anchor, anchors_of, key_of
from guardrails.rules.result import Result, opaque_writers

NAME = "virtual-ip-outside-vpc-cidr"
SEVERITY = Severity.HIGH
REMEDY = (
    "choose one address outside of every range of the VPC, secondary and IPv6 ranges included, "
    "and route it to the active node's network interface"
)
_CLARIFY = (
    "make the missing fact visible to the stack, or give the VPC's ranges in vpcRanges of the "
    "policy's configuration"
)


def judge(network: NetworkAnalysis) -> Result:
    """Judge every virtual IP in every VPC that it is used in."""
    virtual_ips = network.virtual_ips
    carriers = _carriers(network.graph) if virtual_ips.claims else {}
    prefixes = [block for block in carriers if not block.is_host]
    result = Result()
    for problem in virtual_ips.problems:
        result.findings.append(_of_problem(problem))
        result.decide(problem.source.key, result.findings[-1].verdict)
    for claim in virtual_ips.claims:
        carried = [
            each for block in prefixes if block.holds(claim.address) for each in carriers[block]
        ]
        carried += carriers.get(claim.address, [])
        finding = _of_claim(claim, network.vpc_ranges, carried)
        if finding:
            result.findings.append(finding)
        subject = f"{show(claim.address)} in {key_of(claim.vpc)}"
        result.decide(subject, finding.verdict if finding else Verdict.KEPT)
    opaque_writers(NAME, SEVERITY, network, "ranges of the VPC", result)
    return result


def _of_claim(
    claim: Claim, vpc_ranges: VpcRanges, carriers: list[tuple[Step, Anchor | None, str]]
) -> Finding | None:
    ranges, address = vpc_ranges.of(claim.vpc), show(claim.address)
    here = (claim.source, step("VPC", claim.vpc))
    carried = [at for at, vpc, _ in carriers if vpc == claim.vpc]
    holder = ranges.holder(claim.address) or min(carried, default=None)
    if holder:
        message = f"virtual IP {address} lies inside the VPC's {holder.text}"
        return _finding(claim.source.key, message, (*here, holder), *filter(None, (claim.fact,)))
    doubts = (*ranges.doubts(claim.address), *(fact for _, vpc, fact in carriers if vpc is None))
    if not doubts:
        return None
    message = f"virtual IP {address} may lie inside a range of the VPC"
    facts = dict.fromkeys((*doubts, *filter(None, (claim.fact,))))
    return _finding(claim.source.key, message, here, *facts)


def _of_problem(problem: VirtualIpProblem) -> Finding:
    if problem.fact:
        message = f"{problem.source.text} may be of a virtual IP inside of its VPC"
        return _finding(problem.source.key, message, (problem.source,), problem.fact)
    message = f"{problem.source.text} is no virtual IP: {problem.reason}"
    return _finding(problem.source.key, message, (problem.source,))


def _finding(subject: str, message: str, path: tuple[Step, ...], *missing: str) -> Finding:
    return Finding(
        rule=NAME,
        verdict=Verdict.UNVERIFIED if missing else Verdict.VIOLATED,
        severity=SEVERITY,
        subject=subject,
        message=message,
        path=path,
        missing=missing,
        remedy=_CLARIFY if missing else REMEDY,
    )


def _carriers(graph: Graph) -> dict[Block, list[tuple[Step, Anchor | None, str]]]:
    """Index machines by their private addresses, with their VPC or what hides it."""
    found: dict[Block, list[tuple[Step, Anchor | None, str]]] = {}
    for noun, machines in (
        ("network interface", graph.topology.network_interfaces),
        ("instance", graph.topology.instances),
    ):
        for machine in machines:
            for text in machine.addresses:
                try:
                    block = parse_range(text) if isinstance(text, str) else None
                except AddressError:
                    continue
                if block:
                    subnets, fact = anchors_of(machine.subnet)
                    subnet = graph.subnets.get(subnets[0]) if subnets and not fact else None
                    at = step(f"address of {noun}", machine.key)
                    found.setdefault(block, []).append((at, *_vpc(subnet, fact)))
    return found


def _vpc(subnet: Subnet | None, fact: str) -> tuple[Anchor | None, str]:
    if subnet is None:
        return None, fact or "the VPC of a machine that has the virtual IP as its own address"
    anchors, unseen = anchors_of(subnet.vpc)
    return (anchors[0], "") if anchors and not unseen else (None, unseen)
