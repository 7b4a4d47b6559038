"""Effective tables: which route tables a subnet uses, and how sure that is.

A subnet uses the table that it is associated with, else its VPC's main table (AWS VPC guide,
"Subnet route tables"). The main table is the one of a main association, else the one that AWS made
with the VPC, adopted or not. Where several are declared AWS decides, so each of them counts.
"""

from dataclasses import dataclass, replace

from guardrails.analysis.graph import Graph
from guardrails.analysis.labels import step
from guardrails.findings import Step
from guardrails.model.anchors import Anchor, anchors_of
from guardrails.model.knowledge import External, Reference
from guardrails.model.network import Subnet
from guardrails.model.routing import Association, main_table_of

_BY_DEFAULT = Step("", "no association, so main table", by_default=True)


@dataclass(frozen=True, slots=True)
class EffectiveTable:
    """A table that a subnet uses, and the path to it. `fact` makes it uncertain, "" if sure.

    `anchor` is None if it is not known which table.
    """

    anchor: Anchor | None
    path: tuple[Step, ...]
    fact: str = ""


class EffectiveTables:
    """Finds the effective tables of subnets."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._loose: dict[Anchor | None, list[EffectiveTable]] = {}
        for association, fact in graph.associations.anywhere:
            for effective in self._associated(association, fact):
                vpc = None if effective.anchor is None else graph.vpc_of_table(effective.anchor)
                known = vpc if isinstance(vpc, (str, External)) else None
                self._loose.setdefault(known, []).append(effective)

    def of(self, anchor: Anchor, subnet: Subnet) -> list[EffectiveTable]:
        """Return every table that `subnet` uses or may use, but for the `loose` ones."""
        links = self._graph.associations
        found = [each for link in links.of(anchor) for each in self._associated(link, "")]
        bound = bool(found)
        for link, fact in links.possible(anchor):
            found += self._associated(link, fact)
        if not bound:
            doubted = min((each.fact for each in (*found, *self.loose(subnet.vpc))), default="")
            found += self._main(subnet, doubted)
        return found

    def loose(self, vpc: Reference) -> list[EffectiveTable]:
        """Return the tables of associations whose subnet is not known but may be in `vpc`."""
        if isinstance(vpc, (str, External)):
            return [*self._loose.get(None, ()), *self._loose.get(vpc, ())]
        return [each for some in self._loose.values() for each in some]

    def _associated(self, association: Association, doubt: str) -> list[EffectiveTable]:
        link = step("association", association.key)
        return self._tables(association.table, (link,), doubt)

    def _tables(self, table: Reference, path: tuple[Step, ...], doubt: str) -> list[EffectiveTable]:
        anchors, fact = anchors_of(self._graph.canonical(table))
        if not anchors:
            return [EffectiveTable(None, path, doubt or fact)]
        return [
            EffectiveTable(anchor, (*path, step("route table", anchor)), doubt or fact)
            for anchor in anchors
        ]

    def _main(self, subnet: Subnet, doubt: str) -> list[EffectiveTable]:
        vpcs, fact = anchors_of(self._graph.home(subnet))
        if not vpcs:
            return [EffectiveTable(None, (_BY_DEFAULT,), fact)]
        return [each for vpc in vpcs for each in self._main_of(vpc, doubt or fact)]

    def _main_of(self, vpc: Anchor, doubt: str) -> list[EffectiveTable]:
        links = self._graph.main_associations
        found: list[EffectiveTable] = []
        for link in links.of(vpc):
            found += self._tables(link.table, (_by_main(link.key),), doubt)
        bound = bool(found)
        for link, fact in (*links.possible(vpc), *links.anywhere):
            found += self._tables(link.table, (_by_main(link.key),), doubt or fact)
        tables = self._graph.main_tables
        for table, fact in (*tables.possible(vpc), *tables.anywhere):
            found += self._tables(table.key, (_BY_DEFAULT,), doubt or fact)
        if bound:
            return found
        doubt = doubt or min((each.fact for each in found), default="")
        adopted = [table.key for table in tables.of(vpc)]
        made = main_table_of(vpc) if isinstance(vpc, str) else External(main_table_of(vpc.id))
        for key in adopted or [made]:
            found += self._tables(key, (_BY_DEFAULT,), doubt)
        return found


def _by_main(association: str) -> Step:
    return replace(step("main association", association), by_default=True)
