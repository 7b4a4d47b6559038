"""Whatever the router has and should have: the lines in between lead from one to the other."""

from hypothesis import given
from hypothesis import strategies as st

from lab.vpc.routing import Routes, changes

KINDS = ("throw", "blackhole", "unreachable")


@st.composite
def states(draw: st.DrawFn) -> Routes:
    """Routes of two tables to a few destinations, of every kind."""
    found: Routes = {}
    for number in (101, 102):
        for destination in ("default", "10.0.0.0/16", "20.0.0.100/32"):
            kind = draw(st.sampled_from(("", "port1", "port2", *KINDS)))
            if kind in KINDS:
                found[number, destination] = f"{kind} {destination}"
            elif kind:
                found[number, destination] = f"{destination} via 10.0.0.9 dev {kind} onlink"
    return found


class Kernel:
    """Tables as iproute2 changes them: a route is deleted by its kind and destination."""

    def __init__(self, routes: Routes) -> None:
        self.routes = dict(routes)

    def take(self, line: str) -> None:
        """Carry out one line; a route that is not there cannot be deleted."""
        subject, action, *words = line.split()
        *route, table, number = words
        assert (subject, table) == ("route", "table")
        kind = route[0] if route[0] in KINDS else ""
        key = int(number), route[1] if kind else route[0]
        if action == "replace":
            self.routes[key] = " ".join(route)
        else:
            assert action == "del"
            assert self.routes.pop(key).startswith(f"{kind} " if kind else f"{key[1]} via ")


@given(states(), states())
def test_the_lines_lead_from_what_is_there_to_what_is_wanted(
    before: Routes, wanted: Routes
) -> None:
    kernel = Kernel(before)
    for line in changes(before, wanted):
        kernel.take(line)
    assert kernel.routes == wanted


@given(states(), states())
def test_no_line_touches_a_route_that_stays(before: Routes, wanted: Routes) -> None:
    changed = {key for key in before | wanted if before.get(key) != wanted.get(key)}
    assert len(list(changes(before, wanted))) == len(changed)
