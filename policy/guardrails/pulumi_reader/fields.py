"""Properties as readers ask for them: every answer is a fact, or the name of a missing one."""

import re
from collections.abc import Mapping
from typing import Final

from guardrails.model.knowledge import Many, Maybe, Sure, Unknown
from guardrails.pulumi_reader.protobuf import Plain

_WHOLE_NUMBER: Final = re.compile("[+-]?[0-9]{1,10}")


class Fields:
    """Properties under the names that readers use; every answer is a fact or an `Unknown`."""

    def __init__(self, label: str, names: Mapping[str, str]) -> None:
        self.label = label
        self._names = names

    def value(self, name: str, *, computed: bool = False) -> Plain:
        """Return the value, None where it is known to be unset, HIDDEN where it cannot be seen.

        `computed`: AWS fills the property in when the author leaves it out.
        """
        raise NotImplementedError

    def spelling(self, name: str) -> str:
        """Return how this resource's own schema spells the property."""
        return self._names.get(name, name)

    def missing(self, name: str) -> Unknown:
        """Return the fact that would have to be known."""
        return Unknown(f"{self.spelling(name)} of {self.label}")

    def text(self, name: str, *, computed: bool = False) -> Maybe[str]:
        """Return a text; the empty string, which the provider writes for unset ones, is None."""
        match self.value(name, computed=computed):
            case None | "":
                return None
            case str(value):
                return value
            case int(value) if not isinstance(value, bool):
                return str(value)
            case _:
                return self.missing(name)

    def sure_text(self, name: str) -> Sure[str]:
        """Return a text that AWS fills in when the author leaves it out."""
        value = self.text(name, computed=True)
        return self.missing(name) if value is None else value

    def number(self, name: str) -> Maybe[int]:
        """Return a whole number, whether it is written as a number or as text.

        Of texts the provider takes decimal digits with a sign or without one (`strconv.ParseInt`
        in `makeTerraformInput` and `numberEncoder` of pulumi-terraform-bridge). What it rejects, or
        takes for some types only (`1e3`), is not known here.
        """
        match self.value(name):
            case None | "":
                return None
            case int(value) if not isinstance(value, bool):
                return value
            case str(value) if _WHOLE_NUMBER.fullmatch(value):
                return int(value)
            case _:
                return self.missing(name)

    def flag(self, name: str, *, computed: bool = False) -> Maybe[bool]:
        """Return a truth value, whether it is written as one or as text."""
        match self.value(name, computed=computed):
            case None | "":
                return None
            case bool(value):
                return value
            case "true" | "True":
                return True
            case "false" | "False":
                return False
            case _:
                return self.missing(name)

    def sure_flag(self, name: str, *, default: bool) -> Sure[bool]:
        """Return a truth value that is `default` when nobody sets it."""
        value = self.flag(name)
        return default if value is None else value

    def texts(self, name: str, *, computed: bool = False) -> Many[str]:
        """Return a list of texts."""
        match self.value(name, computed=computed):
            case None | "":
                return ()
            case list(members):
                return tuple(
                    member if isinstance(member, str) and member else self.missing(name)
                    for member in members
                    if member is not None
                )
            case str(value):
                return (value,)
            case _:
                return (self.missing(name),)
