"""A picture of the outage of each subnet's clients over time, as SVG, from measured runs."""

from collections.abc import Iterator
from html import escape
from typing import Final

from lab.drill.comparison import Comparison, Run

_WIDTH, _LEFT, _ROW, _TOP = 900, 330, 22, 56
_STYLE: Final = (
    "text{font:13px sans-serif;fill:#222}.title{font-weight:bold}.axis{stroke:#bbb}"
    ".served{fill:#cfe8cf}.outage{fill:#c0392b}"
)


def draw(comparison: Comparison) -> str:
    """Draw the median run of each agent in each scenario; the axis is in seconds from the fault."""
    runs = list(_median_runs(comparison))
    ends = [run.begins[subnet] + run.outages[subnet] for run in runs for subnet in run.outages]
    end = 2 + max(ends)
    height = _TOP + sum(_ROW * (len(run.outages) + 1) + 10 for run in runs) + 10
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}">',
        f"<style>{_STYLE}</style>",
        '<rect width="100%" height="100%" fill="#fff"/>',
        '<text class="title" x="12" y="22">Time without an answer, by subnet of the client</text>',
        *_axis(end, height),
    ]
    top = _TOP
    for run in runs:
        lines += _rows(run, top, end)
        top += _ROW * (len(run.outages) + 1) + 10
    return "\n".join([*lines, "</svg>", ""])


def _median_runs(comparison: Comparison) -> Iterator[Run]:
    for scenario in dict.fromkeys(run.scenario for run in comparison.runs):
        for agent in dict.fromkeys(run.agent for run in comparison.runs):
            found = comparison.of(agent, scenario)
            yield found[len(found) // 2]


def _axis(end: float, height: int) -> Iterator[str]:
    for second in range(0, int(end) + 1, max(1, int(end) // 10)):
        x = _place(second, end)
        yield f'<line class="axis" x1="{x:.1f}" y1="{_TOP - 12}" x2="{x:.1f}" y2="{height - 8}"/>'
        yield f'<text x="{x:.1f}" y="{_TOP - 18}" text-anchor="middle">{second} s</text>'


def _rows(run: Run, top: int, end: float) -> Iterator[str]:
    title = f"{run.scenario}, {run.agent}: {run.worst:.2f} s"
    yield f'<text class="title" x="12" y="{top + 15}">{escape(title)}</text>'
    for place, subnet in enumerate(run.outages, start=1):
        y = top + _ROW * place
        first = _place(run.begins[subnet], end)
        last = _place(run.begins[subnet] + run.outages[subnet], end)
        whole = _place(end, end) - _LEFT
        yield f'<text x="28" y="{y + 15}">{escape(subnet)}</text>'
        yield f'<rect class="served" x="{_LEFT}" y="{y + 4}" width="{whole:.1f}" height="14"/>'
        if run.outages[subnet]:
            yield (
                f'<rect class="outage" x="{first:.1f}" y="{y + 4}" '
                f'width="{max(1.0, last - first):.1f}" height="14"/>'
            )


def _place(second: float, end: float) -> float:
    return _LEFT + second / end * (_WIDTH - _LEFT - 24)
