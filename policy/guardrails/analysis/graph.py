"""Joins a topology's elements once, so that every question afterwards is a dictionary look-up."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from guardrails.analysis.link_matching import matched_associations, matched_routes
from guardrails.model.anchors import Anchor, anchors_of, fact_of, key_of, short_name
from guardrails.model.knowledge import External, OneOf, Reference, Unknown
from guardrails.model.machines import Instance, NetworkInterface
from guardrails.model.network import Subnet, Vpc
from guardrails.model.routing import (
    MAIN_TABLE,
    Gateway,
    MainAssociation,
    PrefixList,
    Propagation,
    Route,
    RouteTable,
    main_table_of,
)
from guardrails.model.security import (
    DEFAULT_GROUP,
    Endpoint,
    GroupAttachment,
    GroupRule,
    SecurityGroup,
    default_group_of,
)
from guardrails.model.topology import Topology

TargetElement: TypeAlias = Gateway | NetworkInterface | Instance | Endpoint

Element = TypeVar("Element")


@dataclass(frozen=True, eq=False, slots=True)
class Candidates(Generic[Element]):
    """Elements that each refer to one of the same several anchors; `fact` would tell to which."""

    fact: str
    elements: list[Element]


class Links(Generic[Element]):
    """Elements by the anchor that they refer to, definite ones apart from possible ones.

    `anywhere` holds those whose reference is not known: each may belong to any anchor. A possible
    link comes with the fact that would decide it; so does that of an element which may be gone.
    """

    def __init__(self, pairs: Iterable[tuple[Element, Reference]]) -> None:
        self._definite: dict[Anchor, list[Element]] = {}
        self._doubtful: dict[Anchor, list[tuple[Element, str]]] = {}
        self._candidates: dict[Anchor, list[Candidates[Element]]] = {}
        self._by_reference: dict[OneOf, Candidates[Element]] = {}
        self.anywhere: list[tuple[Element, str]] = []
        for element, reference in pairs:
            self._add(element, reference)

    def _add(self, element: Element, reference: Reference) -> None:
        doubt = _doubt_of(element)
        if isinstance(reference, (str, External)) and doubt:
            self._doubtful.setdefault(reference, []).append((element, doubt))
        elif isinstance(reference, (str, External)):
            self._definite.setdefault(reference, []).append(element)
        elif isinstance(reference, OneOf):
            self._candidates_of(reference).elements.append(element)
        elif isinstance(reference, Unknown):
            self.anywhere.append((element, reference.fact))

    def _candidates_of(self, reference: OneOf) -> Candidates[Element]:
        if reference not in self._by_reference:
            found = self._by_reference[reference] = Candidates(fact_of(reference), list[Element]())
            for key in reference.keys:
                self._candidates.setdefault(key, []).append(found)
        return self._by_reference[reference]

    def of(self, anchor: Anchor) -> list[Element]:
        """Return the elements that definitely refer to `anchor`."""
        return self._definite.get(anchor, [])

    def doubtful(self, anchor: Anchor) -> list[tuple[Element, str]]:
        """Return the elements that refer to `anchor` and may be gone, each with the fact."""
        return self._doubtful.get(anchor, [])

    def candidates(self, anchor: Anchor) -> list[Candidates[Element]]:
        """Return the elements that name `anchor` among others: one object for all that do."""
        return self._candidates.get(anchor, [])

    def possible(self, anchor: Anchor) -> list[tuple[Element, str]]:
        """Return all elements that may refer to `anchor`, each with the deciding fact."""
        named = self.candidates(anchor)
        return [
            *self.doubtful(anchor),
            *((element, each.fact) for each in named for element in each.elements),
        ]


def _doubt_of(element: object) -> str:
    may_be_gone = (Route, Propagation, MainAssociation, GroupRule, GroupAttachment)
    return element.doubt if isinstance(element, may_be_gone) else ""


class Graph:
    """The indices of one topology."""

    def __init__(self, topology: Topology) -> None:
        self.topology = topology
        self.vpcs: dict[str, Vpc] = {vpc.key: vpc for vpc in topology.vpcs}
        self._default_vpcs = _default_vpcs(topology)
        self.tables: dict[str, RouteTable] = {table.key: table for table in topology.route_tables}
        self.prefix_lists: dict[str, PrefixList] = {
            each.key: each for each in topology.prefix_lists
        }
        self.groups: dict[str, SecurityGroup] = {
            each.key: each for each in topology.security_groups
        }
        self._alias = dict(_adopted(topology))
        self._canonical: dict[OneOf, OneOf] = {}
        self._rivals = _Rivals(topology)
        self.subnets: dict[Anchor, Subnet] = {each.key: each for each in topology.subnets}
        self.target_elements: dict[str, TargetElement] = _target_elements(topology)
        self._index_routing()
        self._index_places()

    def _index_routing(self) -> None:
        topology = self.topology
        self.routes = self.link(matched_routes(topology.routes), lambda route: route.table)
        self.associations = Links(
            (each, each.subnet) for each in matched_associations(topology.associations)
        )
        self.main_associations = Links((each, each.vpc) for each in topology.main_associations)
        self.main_tables = Links((table, table.main_of) for table in topology.route_tables)
        self.transit_attachments = Links(
            (each, each.transit) for each in topology.transit_attachments
        )
        self.attachments = {each.key: each for each in topology.transit_attachments}
        self.transit_routes = Links((each, each.table) for each in topology.transit_routes)
        self.entries = Links((each, each.prefix_list) for each in topology.prefix_list_entries)

    def _index_places(self) -> None:
        topology = self.topology
        self.vpc_ranges = Links((each, each.vpc) for each in topology.vpc_ranges)
        self.subnets_of_vpc = Links((subnet, subnet.vpc) for subnet in topology.subnets)
        self.tables_of_vpc = Links((table, table.vpc) for table in topology.route_tables)
        self.interfaces_of_instance = Links(
            (each, each.instance) for each in topology.network_interfaces
        )
        for association in topology.associations:
            reference = association.subnet
            if isinstance(reference, External) and reference not in self.subnets:
                self.subnets[reference] = self._outside(reference, association.table)

    def link(
        self, elements: Iterable[Element], reference: Callable[[Element], Reference]
    ) -> Links[Element]:
        """Index elements by a reference to a table or group that an element may have adopted."""
        return Links((element, self.canonical(reference(element))) for element in elements)

    def canonical(self, reference: Reference) -> Reference:
        """Replace the key of an AWS-made table or group by that of the element that adopted it.

        Where an element may have adopted it, the reference may mean either.
        """
        if isinstance(reference, External):
            return self._alias.get(reference.id, reference)
        if isinstance(reference, str):
            keys = self._meant(reference)
            return keys[0] if len(keys) == 1 else OneOf(keys)
        if isinstance(reference, OneOf):
            if reference not in self._canonical:
                meant = (key for each in reference.keys for key in self._meant(each))
                self._canonical[reference] = OneOf(tuple(dict.fromkeys(meant)))
            return self._canonical[reference]
        return reference

    def _meant(self, key: str) -> tuple[str, ...]:
        if key in self._alias:
            return (self._alias[key],)
        return (key, *self._rivals.of(key))

    def home(self, subnet: Subnet) -> Reference:
        """Return the VPC of `subnet`: AWS's default VPC for a default subnet that does not tell."""
        if not subnet.default or not isinstance(subnet.vpc, Unknown | None):
            return subnet.vpc
        fallback = subnet.vpc or Unknown(f"the default VPC of {short_name(subnet.key)}")
        return self._default_vpcs.get(subnet.scope, fallback)

    def name_of_vpc(self, subnet: Subnet) -> str:
        """Return the name that the VPC of `subnet` has in the stack, "" if it is not known."""
        vpc = self.vpcs.get(subnet.vpc) if isinstance(subnet.vpc, str) else None
        return vpc.name if vpc else ""

    def vpc_of_table(self, anchor: Anchor) -> Reference:
        """Return the VPC that a table belongs to."""
        if isinstance(anchor, External):
            vpc = anchor.id.removesuffix(MAIN_TABLE)
            return Unknown(f"the VPC of {anchor.id}") if vpc == anchor.id else External(vpc)
        table = self.tables.get(anchor)
        if table:
            return table.vpc
        if anchor.endswith(MAIN_TABLE):
            return anchor.removesuffix(MAIN_TABLE)
        return Unknown(f"the VPC of {short_name(anchor)}")

    def _outside(self, subnet: External, table: Reference) -> Subnet:
        anchors, fact = anchors_of(self.canonical(table))
        vpc = self.vpc_of_table(anchors[0]) if anchors and not fact else Unknown(fact)
        return Subnet(
            key=subnet.id,
            scope="",
            name=subnet.id,
            vpc=vpc,
            cidrs=(Unknown(f"the ranges of {subnet.id}"),),
            tags=Unknown(f"the tags of {subnet.id}, which is outside of the stack"),
        )


def _default_vpcs(topology: Topology) -> dict[str, Reference]:
    """Return AWS's default VPC by scope; where a scope seems to have several, any of them."""
    keys: dict[str, list[str]] = {}
    for vpc in topology.vpcs:
        if vpc.default:
            keys.setdefault(vpc.scope, []).append(vpc.key)
    return {
        scope: found[0] if len(found) == 1 else OneOf(tuple(found)) for scope, found in keys.items()
    }


class _Rivals:
    """Tables and groups that may have adopted one that AWS made; they do not say which."""

    def __init__(self, topology: Topology) -> None:
        self._tables = Links((each, each.main_of) for each in topology.route_tables)
        self._groups = Links((each, each.default_of) for each in topology.security_groups)

    def of(self, key: str) -> Iterable[str]:
        """Return the keys of those that may have adopted the element of this key."""
        for suffix, links in ((MAIN_TABLE, self._tables), (DEFAULT_GROUP, self._groups)):
            if key.endswith(suffix):
                owner = key.removesuffix(suffix)
                yield from (each.key for each, _ in (*links.possible(owner), *links.anywhere))


def _adopted(topology: Topology) -> Iterable[tuple[str, str]]:
    for table in topology.route_tables:
        if isinstance(table.main_of, str):
            yield main_table_of(table.main_of), table.key
    for group in topology.security_groups:
        if isinstance(group.default_of, (str, External)):
            yield default_group_of(key_of(group.default_of)), group.key


def _target_elements(topology: Topology) -> dict[str, TargetElement]:
    targets: dict[str, TargetElement] = {}
    for kind in (
        topology.gateways,
        topology.network_interfaces,
        topology.instances,
        topology.endpoints,
    ):
        targets.update((element.key, element) for element in kind)
    return targets
