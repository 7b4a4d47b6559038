"""What properties point at: resolved by AWS id where one is known, else by URN links."""

from collections.abc import Iterable, Sequence

from guardrails.model.anchors import key_of
from guardrails.model.knowledge import External, OneOf, Reference, Unknown
from guardrails.pulumi_reader.adopted_tables import has_another_main_table, same_tables
from guardrails.pulumi_reader.fields import Fields
from guardrails.pulumi_reader.identities import MADE, identities
from guardrails.pulumi_reader.known_ids import KnownIds
from guardrails.pulumi_reader.protobuf import HIDDEN, Hidden, Plain
from guardrails.pulumi_reader.resource import Resource, Row, type_and_name
from guardrails.pulumi_reader.types.kinds import Kind
from guardrails.pulumi_reader.types.table import kind_of, row_of
from guardrails.pulumi_reader.types.type_row import Role

_TABLES = frozenset({Kind.ROUTE_TABLE})
_LINKED_TO_NOTHING = (
    "unknown and linked to no resource; the Python SDK drops the links of a look-up such as "
    "get_route_table_output until its arguments are known: pass the resource's own id instead"
)
"""`pulumi/runtime/invoke.py` returns an unknown result without dependencies (SDK 3.259)."""


class References(KnownIds):
    """Resolves what the properties of a stack's resources point at."""

    def __init__(
        self, resources: Iterable[Resource], others: Iterable[str] = (), *, preview: bool = False
    ) -> None:
        super().__init__(resources, others, preview=preview)
        self._associations: dict[str, list[Resource]] | None = None
        self.same.update(list(same_tables(self)))
        self._adopted.update(self._find_adopted())

    def _find_adopted(self) -> dict[str, str]:
        """Return, by the key that AWS-made things have, the resource that stands for them."""
        adopted: dict[str, str] = {}
        for resource in self.resources.values():
            kind = kind_of(resource.type)
            if kind is Kind.ROUTE_TABLE or kind is Kind.GROUP:
                vpc = self.vpc_made_with(resource, kind)
                if isinstance(vpc, str):
                    adopted[MADE[kind].key_of(vpc)] = resource.urn
        return adopted

    def vpc_made_with(self, resource: Resource, kind: Kind) -> Reference:
        """Return the VPC whose own table or group the resource is: adopted, imported or read."""
        if resource.urn in self.same:
            return None
        if row_of(resource.type).adopts:
            return self._vpc_of_adopted(resource)
        return next(
            (
                maker.urn
                for value in identities(resource, kind)
                for maker, _ in self.makers_of(value, frozenset({kind}), resource.place)
            ),
            None,
        )

    def _vpc_of_adopted(self, resource: Resource) -> Reference:
        """Return the VPC whose own table or group the resource manages."""
        vpc = self.refer(resource, "vpcId", Kind.VPC, computed=True)
        made = resource.text("defaultRouteTableId", computed=True)
        if isinstance(vpc, (str, OneOf)):
            maker = self.resources.get(vpc) if isinstance(vpc, str) else None
            return None if maker and has_another_main_table(self, maker, made) else vpc
        if isinstance(made, str) and (makers := self.makers_of(made, _TABLES, resource.place)):
            return makers[0][0].urn
        vpcs = self.links_of(resource, "defaultRouteTableId", frozenset({Kind.VPC}))
        unseen = made if isinstance(made, Unknown) else None
        return self.one_of(vpcs) or vpc or unseen

    def refer(self, fields: Fields, name: str, *kinds: Kind, computed: bool = False) -> Reference:
        """Return what the property points at: an element, an id outside, or why it is unknown."""
        return self.refer_value(
            fields, name, fields.value(name, computed=computed), frozenset(kinds)
        )

    def required(self, fields: Fields, name: str, *kinds: Kind) -> Reference:
        """Return what the property points at where it has to point at something."""
        reference = self.refer(fields, name, *kinds, computed=True)
        return fields.missing(name) if reference is None else reference

    def refer_many(self, fields: Fields, name: str, *kinds: Kind) -> tuple[Reference, ...]:
        """Return what a list property points at, member by member."""
        return self.refer_list(fields, name, fields.value(name), *kinds)

    def refer_list(
        self, fields: Fields, name: str, value: Plain, *kinds: Kind
    ) -> tuple[Reference, ...]:
        """Resolve one value of a list property, member by member."""
        wanted = frozenset(kinds)
        if isinstance(value, str) and value:
            value = [value]
        if value is None or value == "":
            return ()
        if not isinstance(value, list):
            made_from = self.links_of(_owner(fields), _property(fields, name), wanted)
            only = (self.one_of(made_from),) if len(made_from) == 1 else ()
            return (*only, self._missing(fields, name))
        known = [
            self.refer_value(fields, name, member, wanted)
            for member in value
            if not isinstance(member, Hidden) and member is not None
        ]
        hidden = sum(isinstance(member, Hidden) for member in value)
        return (*known, *self._refer_hidden(fields, name, wanted, hidden, known))

    def _refer_hidden(
        self,
        fields: Fields,
        name: str,
        kinds: frozenset[Kind],
        count: int,
        known: Sequence[Reference],
    ) -> tuple[Reference, ...]:
        """Resolve `count` members that cannot be seen by the links of the whole property."""
        if count == 0:
            return ()
        linked = [urn for urn in self._candidates(fields, name, kinds) if urn not in known]
        made = self._made_by_linked(fields, name, kinds)
        made = [key for key in made if key not in (*linked, *known)]
        if len(linked) + len(made) == count:
            linked += made
        if len(linked) == count:
            return tuple(self.one_of([urn]) for urn in linked)
        if len(linked) > count:
            return (OneOf(tuple(linked)),) * count
        return (*linked, self._missing(fields, name))

    def refer_value(
        self, fields: Fields, name: str, value: Plain, kinds: frozenset[Kind]
    ) -> Reference:
        """Resolve one value that was already read."""
        if value is None or value == "":
            return None
        if isinstance(value, str):
            return self._by_known_id(fields, name, value, kinds)
        if value is not HIDDEN:
            return fields.missing(name)
        return self.one_of(self._candidates(fields, name, kinds)) or self._missing(fields, name)

    def _by_known_id(
        self, fields: Fields, name: str, value: str, kinds: frozenset[Kind]
    ) -> Reference:
        owner, whole = _owner(fields), _property(fields, name)
        known = self.meant_by_id(owner, whole, value, kinds)
        return known or self.unresolved(fields, name, value, kinds)

    def unresolved(
        self, fields: Fields, name: str, value: str, kinds: frozenset[Kind]
    ) -> Reference:
        """Return what an id means that nothing in the stack shows as its own."""
        if any(kind in self._unnamed for kind in kinds):
            return fields.missing(name)
        return External(value)

    def _candidates(self, fields: Fields, name: str, kinds: frozenset[Kind]) -> list[str]:
        found = self.links_of(_owner(fields), _property(fields, name), kinds)
        return (
            found
            or self._made_by_linked(fields, name, kinds)
            or self._looked_up(fields, name, kinds)
        )

    def _looked_up(self, fields: Fields, name: str, kinds: frozenset[Kind]) -> list[str]:
        """Return the tables of the subnets that a table is looked up by (`getRouteTable`).

        AWS finds a table by a subnet only if the two are associated.
        """
        if Kind.ROUTE_TABLE not in kinds:
            return []
        subnets = self.links_of(_owner(fields), _property(fields, name), frozenset({Kind.SUBNET}))
        tables = [self.table_bound_to(subnet) for subnet in subnets]
        known = [key_of(each) for each in tables if isinstance(each, (str, External))]
        return sorted(set(known)) if len(known) == len(tables) else []

    def table_bound_to(self, subnet: str) -> Reference:
        """Return the table of the one association that a subnet has, None if there is not one."""
        if self._associations is None:
            self._associations = self._find_associations()
        # Taken out meanwhile: a table may be looked up by the very subnet that it is bound to.
        bound = self._associations.pop(subnet, [])
        table = self.refer(bound[0], "routeTableId", Kind.ROUTE_TABLE) if len(bound) == 1 else None
        self._associations[subnet] = bound
        return table

    def _find_associations(self) -> dict[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for resource in self.of_role(Role.ASSOCIATION):
            subnet = self.refer(resource, "subnetId", Kind.SUBNET)
            if isinstance(subnet, (str, External)):
                found.setdefault(key_of(subnet), []).append(resource)
        return found

    def _made_by_linked(self, fields: Fields, name: str, kinds: frozenset[Kind]) -> list[str]:
        """Return what AWS has made along with the things that a property is made from."""
        for made in kinds & MADE.keys():
            makers = self.links_of(
                _owner(fields), _property(fields, name), frozenset({MADE[made].maker})
            )
            if makers:
                return [self.made_with(maker, made) for maker in makers]
        return []

    def linked(self, fields: Fields, *kinds: Kind) -> list[str]:
        """Return all of these kinds that the list of an inline member is made from."""
        return self.links_of(_owner(fields), _property(fields, ""), frozenset(kinds))

    def _missing(self, fields: Fields, name: str) -> Unknown:
        fact = fields.missing(name)
        owner, whole = _owner(fields), _property(fields, name)
        links = owner.links(whole)
        unseen = sorted(
            " ".join(reversed(type_and_name(urn))) for urn in links if urn not in self.urns
        )
        if unseen:
            cause = f"depends on what policies cannot see: {', '.join(unseen)}"
        elif self.preview and not links and owner.written(whole) is HIDDEN:
            cause = _LINKED_TO_NOTHING
        else:
            return fact
        return Unknown(f"{fact.fact} ({cause})")


def _owner(fields: Fields) -> Resource:
    if isinstance(fields, Row):
        return fields.owner
    if isinstance(fields, Resource):
        return fields
    raise TypeError(f"neither a resource nor a part of one: {fields!r}")


def _property(fields: Fields, name: str) -> str:
    """Return the property that carries the links: those of an inline list are the whole list's."""
    return fields.within if isinstance(fields, Row) else name
