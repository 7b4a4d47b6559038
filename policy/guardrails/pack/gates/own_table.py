"""Whether a route opens its own table: if it does not, no subnet that uses the table is violated.

A gate asks this first. Otherwise each of many routes of a table would be judged together with each
of the many subnets that use it.
"""

from guardrails.analysis.network_analysis import NetworkAnalysis
from guardrails.configuration import Configuration
from guardrails.findings import Verdict
from guardrails.model.knowledge import External
from guardrails.model.topology import Topology


def may_open_its_table(route: str, topology: Topology, configuration: Configuration) -> bool:
    """Tell whether an egress path begins with `route`, or it is not known which table it is in.

    `topology` holds the route and what it leads to.
    """
    network = NetworkAnalysis(topology, configuration)
    kept_apart = configuration.allowed_exits | configuration.advisory_exits
    egress_paths = network.egress_paths(kept_apart)
    for written in topology.routes:
        if written.key != route:
            continue
        table = network.graph.canonical(written.table)
        if not isinstance(table, (str, External)):
            return True
        for egress in egress_paths.of_table(table):
            if egress.verdict is Verdict.VIOLATED and route in {step.key for step in egress.path}:
                return True
    return False
