"""Turns single values of a configuration into checked ones, and collects what is wrong."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from ipaddress import IPv4Address, IPv4Network
from typing import Any, cast

from components.addressing import WIDEST_PREFIX
from components.forms import Form

from .faults import Fault

# The letters of the zones: nodes stand in the first two, and no region of AWS has more.
NODE_ZONES = ("a", "b")
ZONES = (*NODE_ZONES, "c", "d", "e", "f")

SWITCH: Form = (re.compile("true|false"), "write true or false")


class Reader:
    """Checks values; notes a fault and goes on with a harmless value."""

    def __init__(self, namespace: str) -> None:
        self.faults: list[Fault] = []
        self._namespace = namespace

    def fault(self, key: str, value: Any, remedy: str) -> None:
        """Note what is wrong with the value of a key."""
        name = key if ":" in key else f"{self._namespace}:{key}"
        covered = any(f"{name}.".startswith(f"{known.key}.") for known in self.faults)
        if value is not None or not covered:  # what a faulty parent lacks is no news
            self.faults.append(Fault(name, value, remedy))

    def mapping(self, key: str, value: Any, known: tuple[str, ...]) -> Mapping[str, Any]:
        """Return the fields of an object; whoever reads a missing one reports it."""
        if not isinstance(value, dict):
            self.fault(key, value, f"write an object with the fields {', '.join(known)}")
            return {}
        fields = cast("dict[str, Any]", value)
        self.refuse_unknown(f"{key}.", fields, known)
        return fields

    def refuse_unknown(self, prefix: str, given: Mapping[str, Any], known: tuple[str, ...]) -> None:
        """Note every name that nothing reads, with the nearest one that is read."""
        for name in sorted(given.keys() - set(known)):
            first = re.split(r"[.[]", name)[0]
            if not prefix and first != name and first in known:
                self.fault(name, given[name], _path_hint(f"{self._namespace}:{name}"))
                continue
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(known)}"
            self.fault(f"{prefix}{name}", given[name], f"remove it, nothing reads it; {hint}")

    def sequence(self, key: str, value: Any, example: str) -> list[Any]:
        """Return the members of a list."""
        if isinstance(value, list):
            return cast("list[Any]", value)
        self.fault(key, value, f"write a list {example}")
        return []

    def distinct(self, key: str, value: Any, form: Form, noun: str, example: str) -> list[str]:
        """Return the texts of a list, all of a form and each once."""
        found: list[str] = []
        for place, each in enumerate(self.sequence(key, value, example)):
            found.append(self.matching(f"{key}[{place}]", each, form))
            if each in found[:-1]:
                self.fault(f"{key}[{place}]", each, f"name each {noun} once")
        return found

    def arn_of_region(self, key: str, value: Any, form: Form, noun: str, region: str) -> str:
        """Return the ARN of something that has to be in the stack's region."""
        arn = self.matching(key, value, form)
        if arn and region and arn.split(":")[3] != region:
            self.fault(key, arn, f"name a {noun} of the stack's region, {region}")
        return arn

    def matching(self, key: str, value: Any, form: Form) -> str:
        """Return a text that has the form."""
        if isinstance(value, str) and form[0].fullmatch(value):
            return value
        self.fault(key, value, form[1])
        return ""

    def switch(self, key: str, value: Any) -> bool:
        """Return a switch; inside an object it is a boolean, at the top level its text."""
        text = str(value).lower() if isinstance(value, bool) else value
        return self.matching(key, text, SWITCH) == "true"

    def integer(self, key: str, value: Any, allowed: range, unit: str) -> int:
        """Return a whole number within bounds."""
        if isinstance(value, bool) or not isinstance(value, int) or value not in allowed:
            bounds = f"{allowed.start} to {allowed.stop - 1}"
            self.fault(key, value, f"write a whole number{unit}, {bounds}")
            return allowed.start
        return value

    def cidr(self, key: str, value: Any) -> IPv4Network | None:
        """Return a range written exactly: four numbers, a prefix, no bit of a host."""
        form = "write a range of IPv4 addresses, like 10.0.0.0/16"
        if not isinstance(value, str) or "/" not in value:
            return self.fault(key, value, form)
        try:
            network = IPv4Network(value, strict=False)
        except ValueError:
            return self.fault(key, value, form)
        if value != str(network):
            return self.fault(key, value, f"write it without host bits, as {network}")
        return network

    def client_cidrs(self, key: str, value: Any) -> tuple[str, ...]:
        """Return the ranges from which somebody may connect, each once and none too wide."""
        found: list[str] = []
        for place, text in enumerate(self.sequence(key, value, "of ranges, like [10.0.10.0/24]")):
            member = f"{key}[{place}]"
            network = self.cidr(member, text)
            if network and network.prefixlen < WIDEST_PREFIX:
                self.fault(member, text, f"name your own network: /{WIDEST_PREFIX} or smaller")
            if text in found:
                self.fault(member, text, "name each range once")
            found.append(text)
        return tuple(found)

    def address(self, key: str, value: Any) -> IPv4Address | None:
        """Return one address."""
        try:
            return IPv4Address(value if isinstance(value, str) else "")
        except ValueError:
            return self.fault(key, value, "write one IPv4 address, without a prefix length")


def _path_hint(key: str) -> str:
    """Say how to set a value inside an object, for whom left `--path` out."""
    return f"pulumi config rm '{key}', then pulumi config set --path '{key}' VALUE"
