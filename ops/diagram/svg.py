"""A picture as one self-contained SVG: text and boxes, nothing fetched, no script."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from ops.diagram.picture import Item, Kind, Picture, Subnet, Table

_LINE: Final = 18
_PAD: Final = 12
_COLUMN: Final = 300
_WIDE: Final = 7.4
"""Width of a character of the 13 px font, on average."""
_FILLS: Final = {
    Kind.NODE: "#dbeafe",
    Kind.ENDPOINT: "#dcfce7",
    Kind.GATEWAY: "#fef3c7",
    Kind.OTHER: "#f3f4f6",
}
_STYLE: Final = (
    "text{font:13px sans-serif;fill:#111}.title{font-size:16px;font-weight:bold}"
    ".frame{fill:none;stroke:#555}.box{stroke:#555}.zone{fill:#fafafa;stroke:#bbb;"
    "stroke-dasharray:4}.flaw{stroke:#c00;stroke-width:3}text.flawed{fill:#c00}"
)


@dataclass(frozen=True)
class _Box:
    """A box with lines of text, from its upper left corner."""

    x: int
    y: int
    width: int
    height: int

    @property
    def below(self) -> int:
        return self.y + self.height + _PAD


def as_svg(picture: Picture) -> str:
    """Return the drawing; what has a finding has a red frame, and the finding's id in red."""
    return "\n".join(_drawing(picture)) + "\n"


def _drawing(picture: Picture) -> Iterator[str]:
    zones = picture.zones or ("",)
    width = max(len(zones), 2) * (_COLUMN + _PAD) + 3 * _PAD
    body: list[str] = []
    top = 4 * _LINE + 2 * _PAD
    bottoms = [
        _zone(picture, zone, 2 * _PAD + place * (_COLUMN + _PAD), top, body)
        for place, zone in enumerate(zones)
    ]
    bottom = _tables(picture, width, max(bottoms), body)
    outside = _outside(picture, bottom + 2 * _PAD, body)
    unplaced = [f"{key}: {', '.join(flaws)}" for key, flaws in picture.unplaced]
    body += _lines(_PAD, outside, (), unplaced)
    height = outside + len(unplaced) * _LINE + _PAD
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img">'
    )
    yield f"<title>{escape(picture.title)}</title>"
    yield f"<style>{_STYLE}</style>"
    yield f'<rect width="{width}" height="{height}" fill="#fff"/>'
    yield _text(_PAD, _LINE + 4, picture.title, "title")
    yield from _virtual_ip(picture)
    vpc = top - _LINE - _PAD
    flaws = picture.flawed(picture.vpc_key)
    frame = _Box(_PAD, vpc, width - 2 * _PAD, bottom - vpc + _PAD)
    yield _rect(frame, "frame flaw" if flaws else "frame")
    label = " ".join([f"VPC {picture.vpc}", *flaws])
    yield _text(2 * _PAD, top - _PAD, label, "flawed" if flaws else "")
    yield from body
    yield "</svg>"


def _virtual_ip(picture: Picture) -> Iterator[str]:
    flaws = picture.flawed(picture.virtual_ip)
    owners = {
        item.label
        for table in picture.tables
        for route in table.routes
        if route.destination == f"{picture.virtual_ip}/32"
        for item in picture.items
        if route.target in item.keys
    }
    owner = f", leads to {', '.join(sorted(owners))}" if owners else ""
    yield _text(
        _PAD, 2 * _LINE + 8, f"virtual IP {picture.virtual_ip}{owner}", "flawed" if flaws else ""
    )
    if flaws:
        yield _text(_PAD + 420, 2 * _LINE + 8, ", ".join(flaws), "flawed")


def _zone(picture: Picture, zone: str, x: int, y: int, body: list[str]) -> int:
    """Draw the column of a zone and return where it ends."""
    place = len(body)
    below = y + _LINE + _PAD
    for subnet in picture.subnets:
        if subnet.zone == zone:
            below = _subnet(picture, subnet, x + _PAD, below, body).below
    body.insert(place, _rect(_Box(x, y, _COLUMN, below - y), "zone"))
    body.insert(place + 1, _text(x + _PAD, y + _LINE, zone))
    return below


def _subnet(picture: Picture, subnet: Subnet, x: int, y: int, body: list[str]) -> _Box:
    table = next((each.label for each in picture.tables if each.key == subnet.table), "")
    flaws = picture.flawed(subnet.key)
    lines = [f"{subnet.label} {subnet.cidr}".strip()]
    lines += [subnet.key] if picture.with_ids and subnet.key != subnet.label else []
    lines += [f"route table {table}"] if table else []
    place, width = len(body), _COLUMN - 2 * _PAD
    below = y + (len(lines) + len(flaws)) * _LINE + _PAD
    for item in subnet.items:
        below = _item(picture, item, _Box(x + _PAD, below, width - 2 * _PAD, 0), body).below
    box = _Box(x, y, width, below - y)
    body[place:place] = [*_framed(box, "#fff", flaws), *_lines(x + _PAD, y, lines, flaws)]
    return box


def _item(picture: Picture, item: Item, at: _Box, body: list[str]) -> _Box:
    flaws = picture.flawed(*item.keys)
    lines = [f"{item.label} {item.detail}".strip()]
    lines += [item.keys[0]] if picture.with_ids and item.keys[0] != item.label else []
    box = _Box(at.x, at.y, at.width, (len(lines) + len(flaws)) * _LINE + _PAD // 2)
    body += _framed(box, _FILLS[item.kind], flaws)
    body += _lines(at.x + _PAD, at.y, lines, flaws)
    return box


def _tables(picture: Picture, width: int, y: int, body: list[str]) -> int:
    """Draw the route tables in rows and return where they end."""
    columns = max(1, (width - 3 * _PAD) // (_COLUMN + _PAD))
    y += _PAD
    for first in range(0, len(picture.tables), columns):
        row = picture.tables[first : first + columns]
        boxes = [
            _table(picture, table, 2 * _PAD + place * (_COLUMN + _PAD), y, body)
            for place, table in enumerate(row)
        ]
        y = max(box.below for box in boxes)
    return y


def _table(picture: Picture, table: Table, x: int, y: int, body: list[str]) -> _Box:
    flaws = picture.flawed(table.key)
    lines = [f"route table {table.label}"]
    lines += [table.key] if picture.with_ids and table.key != table.label else []
    lines += [f"  {each.destination} to {_called(picture, each.target)}" for each in table.routes]
    box = _Box(x, y, _COLUMN, (len(lines) + len(flaws)) * _LINE + _PAD)
    body += _framed(box, "#fff", flaws)
    body += _lines(x + _PAD, y, lines, flaws)
    return box


def _outside(picture: Picture, y: int, body: list[str]) -> int:
    """Draw what stands outside of all subnets, side by side, and return where it ends."""
    x = bottom = _PAD
    for item in picture.outside:
        label = max(len(item.label), len(item.keys[0]) if picture.with_ids else 0)
        width = int(label * _WIDE) + 3 * _PAD
        box = _item(picture, item, _Box(x, y, width, 0), body)
        x, bottom = box.x + width + _PAD, max(bottom, box.below)
    return max(bottom, y)


def _called(picture: Picture, target: str) -> str:
    if target == "vip":
        return "the node that has it"
    return next((item.label for item in picture.items if target in item.keys), target)


def _framed(box: _Box, fill: str, flaws: Sequence[str]) -> list[str]:
    return [_rect(box, "box flaw" if flaws else "box", fill)]


def _rect(box: _Box, style: str, fill: str = "") -> str:
    filled = f' fill="{fill}"' if fill else ""
    return (
        f'<rect class="{style}" x="{box.x}" y="{box.y}" width="{box.width}" '
        f'height="{box.height}" rx="4"{filled}/>'
    )


def _lines(x: int, y: int, lines: Sequence[str], flaws: Sequence[str]) -> list[str]:
    plain = [(text, "") for text in lines] + [(text, "flawed") for text in flaws]
    return [
        _text(x, y + number * _LINE, text, style)
        for number, (text, style) in enumerate(plain, start=1)
    ]


def _text(x: int, y: int, text: str, style: str = "") -> str:
    classed = f' class="{style}"' if style else ""
    return f'<text{classed} x="{x}" y="{y}" xml:space="preserve">{escape(text)}</text>'
