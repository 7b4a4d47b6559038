"""A picture as a Mermaid flowchart, which GitHub and GitLab draw: https://mermaid.js.org."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from ops.diagram.picture import Item, Kind, Picture, Subnet, Table

_SHAPES = {
    Kind.NODE: ("[", "]"),
    Kind.ENDPOINT: ("[/", "/]"),
    Kind.GATEWAY: ("{{", "}}"),
    Kind.OTHER: ("[", "]"),
}
_RED = "stroke:#c00,stroke-width:3px,color:#c00"


def as_mermaid(picture: Picture) -> str:
    """Return the flowchart; what has a finding is red, and the finding's id is beside it."""
    return "\n".join(_Chart(picture).lines()) + "\n"


@dataclass
class _Chart:
    """The names of drawn things and the flaws met on the way."""

    picture: Picture
    names: dict[str, str] = field(default_factory=dict[str, str])
    counts: Counter[str] = field(default_factory=Counter[str])
    red: list[str] = field(default_factory=list[str])
    red_arrows: list[int] = field(default_factory=list[int])
    arrows: int = 0

    def lines(self) -> Iterator[str]:
        picture = self.picture
        yield "flowchart LR"
        label = self._marked(picture.virtual_ip, (picture.virtual_ip,), "vip")
        yield f"    vip([{_quoted(*label)}])"
        flaws = picture.flawed(picture.vpc_key)
        yield f"    subgraph vpc[{_quoted('VPC ' + picture.vpc, *flaws)}]"
        if flaws:
            self.red.append("vpc")
        for number, zone in enumerate(picture.zones, start=1):
            yield f"        subgraph zone{number}[{_quoted(zone)}]"
            for each in picture.subnets:
                if each.zone == zone:
                    yield from self._subnet(each)
            yield "        end"
        for table in picture.tables:
            name = self._name(table.key, "table")
            label = self._marked(table.label, (table.key,), name)
            yield f"        {name}[({_quoted(*label)})]"
        yield "    end"
        for item in picture.outside:
            yield from self._item(item, "    ")
        if picture.unplaced:
            lines = (f"{key}: {', '.join(flaws)}" for key, flaws in picture.unplaced)
            yield f"    others[{_quoted(*lines)}]"
            self.red.append("others")
        yield from self._arrows()
        yield from self._styles()

    def _subnet(self, subnet: Subnet) -> Iterator[str]:
        name = self._name(subnet.key, "subnet")
        label = self._marked(f"{subnet.label} {subnet.cidr}".strip(), (subnet.key,), name)
        yield f"            subgraph {name}[{_quoted(*label)}]"
        for item in subnet.items:
            yield from self._item(item, "                ")
        if not subnet.items:
            yield f"                {name}empty[{_quoted(' ')}]:::empty"
        yield "            end"

    def _item(self, item: Item, indent: str) -> Iterator[str]:
        name = self._name(item.keys[0], item.kind)
        self.names.update(dict.fromkeys(item.keys, name))
        left, right = _SHAPES[item.kind]
        detail = [item.detail] if item.detail else []
        label = self._marked(item.label, item.keys, name)
        yield f"{indent}{name}{left}{_quoted(label[0], *detail, *label[1:])}{right}"

    def _arrows(self) -> Iterator[str]:
        for subnet in self.picture.subnets:
            if subnet.table:
                yield self._arrow(f"{self.names[subnet.key]} --- {self.names[subnet.table]}")
        for table in self.picture.tables:
            yield from self._routes(table)

    def _routes(self, table: Table) -> Iterator[str]:
        red = bool(self.picture.flawed(table.key))
        for route in table.routes:
            target = self.names.get(route.target, "vip" if route.target == "vip" else "")
            if target:
                is_red = red and route.destination == f"{self.picture.virtual_ip}/32"
                label = _quoted(route.destination)
                yield self._arrow(f"{self.names[table.key]} -->|{label}| {target}", red=is_red)

    def _arrow(self, text: str, *, red: bool = False) -> str:
        if red:
            self.red_arrows.append(self.arrows)
        self.arrows += 1
        return f"    {text}"

    def _styles(self) -> Iterator[str]:
        if any(not each.items for each in self.picture.subnets):
            yield "    classDef empty fill:none,stroke:none"
        if self.red:
            yield f"    classDef flaw {_RED}"
            yield f"    class {','.join(self.red)} flaw"
        if self.red_arrows:
            yield f"    linkStyle {','.join(map(str, self.red_arrows))} {_RED}"

    def _marked(self, label: str, keys: tuple[str, ...], name: str) -> tuple[str, ...]:
        """Return a label with the id of its thing and the findings about it."""
        flaws = self.picture.flawed(*keys)
        if flaws:
            self.red.append(name)
        shown = keys[0] if self.picture.with_ids and keys[0] != label else ""
        return (label, *([shown] if shown else []), *flaws)

    def _name(self, key: str, kind: str) -> str:
        self.counts[kind] += 1
        self.names[key] = f"{kind}{self.counts[kind]}"
        return self.names[key]


def _quoted(*lines: str) -> str:
    """Return a label of lines; Mermaid's own entities stand for what would end it."""
    text = "<br>".join(
        line.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")
        for line in lines
    )
    return f'"{text}"'
