"""Every virtual IP lies outside all ranges of its VPC.

Inside of them AWS rejects a route to one address, or the address belongs to a subnet (AWS VPC
guide, "Route priority": a route more specific than `local` has to be a whole subnet's).
"""

from guardrails.addresses import show
from guardrails.analysis.labels import step
from guardrails.analysis.machine_addresses import Machine, MachineAddresses
from guardrails.analysis.network_analysis import NetworkAnalysis
from guardrails.analysis.virtual_ips import Claim, VirtualIpProblem
from guardrails.analysis.vpc_ranges import VpcRanges
from guardrails.findings import Finding, Severity, Verdict
from guardrails.model.anchors import key_of
from guardrails.rules.result import Result
from guardrails.rules.rule import Rule
from guardrails.rules.unseen_writers import report_unseen_writers

RULE = Rule(
    name="virtual-ip-outside-vpc-cidr",
    severity=Severity.HIGH,
    remedy="choose one address outside of every range of the VPC, secondary and IPv6 ranges "
    "included, and route it to the active node's network interface",
    clarification="make the missing fact visible to the stack",
    claims={"vpcRanges": "you know every range of the VPC"},
)


def judge(network: NetworkAnalysis) -> Result:
    """Judge every virtual IP in every VPC that it is used in."""
    virtual_ips = network.virtual_ips
    machines = MachineAddresses(network.graph)
    result = Result()
    for problem in virtual_ips.problems:
        result.findings.append(_of_problem(problem))
        result.decide(problem.source.key, result.findings[-1].verdict)
    for claim in virtual_ips.claims:
        finding = _of_claim(claim, network.vpc_ranges, machines.of(claim.address))
        if finding:
            result.findings.append(finding)
        subject = f"{show(claim.address)} in {key_of(claim.vpc)}"
        result.decide(subject, finding.verdict if finding else Verdict.KEPT)
    report_unseen_writers(RULE, network, result)
    return result


def _of_claim(claim: Claim, vpc_ranges: VpcRanges, carriers: list[Machine]) -> Finding | None:
    ranges, address = vpc_ranges.of(claim.vpc), show(claim.address)
    here = (claim.source, step("VPC", claim.vpc))
    carried = [at for at, vpc, _ in carriers if vpc == claim.vpc]
    holder = ranges.holder(claim.address) or min(carried, default=None)
    if holder:
        message = f"virtual IP {address} lies inside the VPC's {holder.text}"
        return RULE.finding(
            claim.source.key, message, (*here, holder), *filter(None, (claim.fact,))
        )
    doubts = (*ranges.doubts(claim.address), *(fact for _, vpc, fact in carriers if vpc is None))
    if not doubts:
        return None
    message = f"virtual IP {address} may lie inside a range of the VPC"
    facts = dict.fromkeys((*doubts, *filter(None, (claim.fact,))))
    return RULE.finding(claim.source.key, message, here, *facts)


def _of_problem(problem: VirtualIpProblem) -> Finding:
    if problem.fact:
        message = f"{problem.source.text} may be of a virtual IP inside of its VPC"
        return RULE.finding(problem.source.key, message, (problem.source,), problem.fact)
    message = f"{problem.source.text} is not a valid virtual IP: {problem.reason}"
    return RULE.finding(problem.source.key, message, (problem.source,))
