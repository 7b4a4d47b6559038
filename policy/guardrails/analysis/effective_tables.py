"""Effective tables: which route tables a subnet uses, and how sure that is.

A subnet uses the table that it is associated with, else its VPC's main table (AWS VPC guide,
"Subnet route tables"). The main table is the one of a main association, else the one that AWS made
with the VPC, adopted or not. Where several are declared AWS decides, so each of them counts.
"""

from dataclasses import dataclass, replace
from itertools import chain

from guardrails.analysis.graph import Candidates, Graph
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
        self._doubts: dict[Reference, str] = {}
        self._named: dict[Candidates[Association], list[EffectiveTable]] = {}
        for association, fact in graph.associations.anywhere:
            for effective in self._associated(association, fact):
                vpc = None if effective.anchor is None else graph.vpc_of_table(effective.anchor)
                known = vpc if isinstance(vpc, (str, External)) else None
                self._loose.setdefault(known, []).append(effective)

    def of(self, anchor: Anchor, subnet: Subnet) -> list[EffectiveTable]:
        """Return every table that `subnet` uses or may use, but for the `loose` ones."""
        named = (self.named(each) for each in self._graph.associations.candidates(anchor))
        return [*self.bound_or_main(anchor, subnet), *chain.from_iterable(named)]

    def bound_or_main(self, anchor: Anchor, subnet: Subnet) -> list[EffectiveTable]:
        """Return the tables that associations of this subnet alone give it, else the main table."""
        links = self._graph.associations
        found = [each for link in links.of(anchor) for each in self._associated(link, "")]
        if not found:
            doubts = (self._doubt_by_loose(subnet.vpc), *(e.fact for e in links.candidates(anchor)))
            found += self._main(subnet, min(filter(None, doubts), default=""))
        return found

    def named(self, candidates: Candidates[Association]) -> list[EffectiveTable]:
        """Return the tables that each subnet may use which associations name among others."""
        if candidates not in self._named:
            self._named[candidates] = [
                each
                for association in candidates.elements
                for each in self._associated(association, candidates.fact)
            ]
        return self._named[candidates]

    def _doubt_by_loose(self, vpc: Reference) -> str:
        if vpc not in self._doubts:
            self._doubts[vpc] = min((each.fact for each in self.loose(vpc)), default="")
        return self._doubts[vpc]

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
