"""A report for a person at a terminal."""

from collections.abc import Iterator

from ops.output import section_of
from ops.verify.findings import Finding, Report


def as_text(report: Report, *, are_nodes_asked: bool = False) -> str:
    """Return the whole report: findings, what follows from them, what was not checked, facts."""
    more = [] if are_nodes_asked else ["--from-nodes asks the nodes themselves as well"]
    return "\n".join([*_lines(report), *more])


def _lines(report: Report) -> Iterator[str]:
    facts = report.facts
    owner = facts.get("virtual_ip_owner") or "no single node"
    yield f"{facts['cluster_name']} in {facts['region']}: {facts['virtual_ip']} leads to {owner}"
    for each in report.findings:
        yield ""
        yield from _finding(each)
    if report.not_checked:
        yield ""
        yield "not checked:"
        for other in report.not_checked:
            yield f"  {other.id}: {other.why}"
    yield ""
    follow = len(report.findings) - len(report.roots)
    counted = f"{len(report.roots)} findings" if report.roots else "no finding"
    if report.not_checked:
        counted += f", {len(report.not_checked)} not checked"
    yield counted + (f", and {follow} that follow from them" if follow else "")


def _finding(each: Finding) -> Iterator[str]:
    if each.caused_by:
        yield f"  follows from {each.caused_by}: {each.id} {each.subject}: {each.found}"
        return
    yield f"{each.severity.upper()} {each.id} {each.subject}"
    yield f"  expected: {each.expected}"
    yield f"  found:    {each.found}"
    yield f"  remedy:   {each.remedy}"
    yield f"  see:      {section_of(each.id)}"
