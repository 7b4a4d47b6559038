"""Which machines drop packets for addresses other than their own.

A machine does so while the source/destination check of its interface is on. The interface itself
says so, and so does the instance that has it as its first one. The provider makes both disagree:
it writes the instance's default, true, through to an interface that the instance was given
(terraform-provider-aws #44768).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from guardrails.analysis.graph import Graph, Links
from guardrails.analysis.labels import step
from guardrails.analysis.route_targets import RouteTarget
from guardrails.findings import Step
from guardrails.model.anchors import Anchor, fact_of, key_of
from guardrails.model.knowledge import External, Unknown
from guardrails.model.machines import Instance, NetworkInterface
from guardrails.model.routing import TargetKind

_SWITCH_OFF = "set sourceDestCheck to false on the interface, refresh and update"
_IGNORE = (
    'add "sourceDestCheck" to the ignoreChanges of the instance, for the provider writes its '
    "default, true, through to the interface (terraform-provider-aws #44768)"
)
_CHECK_TARGET = (
    "route to an interface of the stack, or make sure that this one exists and that its "
    "source/destination check is off"
)
_SHOW = "run the pack over exported state, which shows what is only read"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a machine drops foreign packets, or may do so: `facts` are missing then.

    `key` is the element to blame, "" for a machine outside of the topology.
    """

    key: str
    why: str
    remedy: str
    path: tuple[Step, ...]
    facts: tuple[str, ...] = ()


class SourceChecks:
    """Finds the checks that are on, or will be, at what a route leads to."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        instances = graph.topology.instances
        self._by_primary = Links((each, each.primary) for each in instances)
        self._by_interface = Links(
            (each, interface) for each in instances for interface in each.interfaces
        )

    def interface_of(self, target: RouteTarget) -> RouteTarget:
        """Return the interface that an instance was given instead of the instance."""
        element = target.element
        if not isinstance(element, Instance) or not isinstance(element.primary, (str, External)):
            return target
        return RouteTarget(
            TargetKind.INTERFACE,
            step(TargetKind.INTERFACE, element.primary),
            element.primary,
            self._graph.target_elements.get(key_of(element.primary)),
            target.fact,
        )

    @staticmethod
    def is_nowhere(target: RouteTarget) -> bool:
        """Tell whether no resource has the id of `target`, not even one that is only read."""
        read = target.anchor is not None and key_of(target.anchor).startswith("urn:")
        return target.element is None and not read

    def is_attached(self, target: RouteTarget) -> bool:
        """Tell whether an instance of the stack is known to have the interface `target`."""
        element = target.element
        if isinstance(element, NetworkInterface):
            used = isinstance(element.instance, (str, External))
            return used or bool(self._by_interface.of(element.key))
        return isinstance(element, Instance)

    def obstacles(self, target: RouteTarget) -> Iterator[Obstacle]:
        """Yield why the machine `target` drops packets for foreign addresses."""
        for each in self._of_machine(target):
            yield replace(each, facts=(target.fact, *each.facts)) if target.fact else each

    def _of_machine(self, target: RouteTarget) -> Iterator[Obstacle]:
        element = target.element
        path = (target.step,)
        if isinstance(element, Instance):
            check = element.source_dest_check
            own = Unknown(fact_of(element.primary)) if check is None else check
            yield from _of_check(element.key, own, path)
            yield from _of_switch(element, path)
        if target.anchor is None or isinstance(element, Instance):
            return
        if isinstance(element, NetworkInterface):
            yield from _of_check(element.key, element.source_dest_check, path)
        elif not self._is_seen_off(target.anchor):
            yield self._unseen(target)
        said = isinstance(element, NetworkInterface) and element.source_dest_check is True
        for instance, fact in self._instances_on(target.anchor):
            steps = (target.step, step("instance", instance.key))
            shown = () if said else _of_shown(instance, steps)
            for each in (*shown, *_of_switch(instance, steps)):
                yield replace(each, facts=(fact, *each.facts)) if fact else each

    def _instances_on(self, anchor: Anchor) -> Iterator[tuple[Instance, str]]:
        """Yield instances that were given this interface as their first one, or may have been."""
        links = self._by_primary
        yield from ((each, "") for each in links.of(anchor))
        yield from (*links.possible(anchor), *links.anywhere)

    def _is_seen_off(self, anchor: Anchor) -> bool:
        """Tell whether an instance shows the check of an interface outside of the stack as off."""
        return any(each.source_dest_check is False for each in self._by_primary.of(anchor))

    def _unseen(self, target: RouteTarget) -> Obstacle:
        name = target.step.text
        if self.is_nowhere(target):
            why = "no resource of the stack has this id"
            fact = f"whether {name} exists, and its source/destination check"
            return Obstacle("", why, _CHECK_TARGET, (target.step,), (fact,))
        why, fact = "the stack only reads it", f"the source/destination check of {name}"
        return Obstacle("", why, _SHOW, (target.step,), (fact,))


def _of_check(key: str, check: bool | Unknown, path: tuple[Step, ...]) -> Iterator[Obstacle]:  # noqa: FBT001 - the check itself
    if check is not False:
        facts = (check.fact,) if isinstance(check, Unknown) else ()
        yield Obstacle(key, "its source/destination check is on", _SWITCH_OFF, path, facts)


def _of_shown(instance: Instance, path: tuple[Step, ...]) -> Iterator[Obstacle]:
    check = instance.source_dest_check
    if check is True or isinstance(check, Unknown):
        facts = (check.fact,) if isinstance(check, Unknown) else ()
        why = f"{path[-1].text} shows its source/destination check as on"
        yield Obstacle(instance.key, why, _SWITCH_OFF, path, facts)


def _of_switch(instance: Instance, path: tuple[Step, ...]) -> Iterator[Obstacle]:
    switch = instance.switches_check_on
    if switch is not False:
        facts = (switch.fact,) if isinstance(switch, Unknown) else ()
        name = path[-1].text
        why = f"{name} switches its source/destination check on at the next update"
        yield Obstacle(instance.key, why, _IGNORE, path, facts)
