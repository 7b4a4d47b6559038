"""Texts of a policy with their variables filled in, and what their wildcards match.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

import functools
import re
from collections.abc import Mapping
from typing import Final

from ops.iam.answers import Answer, Unknown

Context = Mapping[str, tuple[str, ...]]
"""The request's keys. One with no value is known to be absent; one that is not listed is not known.
"""

# A wildcard that is written, apart from the same sign in a variable's value, which is plain text.
_MANY: Final = "\ue000"
_ONE: Final = "\ue001"
_VARIABLE: Final = re.compile(r"\$\{(?:([*?$])|([^,{}']+)(?:, '([^']*)')?)\}")
_ARN_FIELDS: Final = 6


def values_of(context: Context, key: str) -> tuple[str, ...] | Unknown:
    """Return the values of a key, whose case does not matter."""
    for name, values in context.items():
        if name.lower() == key.lower():
            return values
    return Unknown(f"{key} is not known")


def expand(written: str, context: Context, *, has_variables: bool) -> str | Unknown:
    """Fill in the variables and mark the wildcards, for the functions that match below."""
    if not has_variables:
        return _marked(written)
    parts: list[str] = []
    end = 0
    for found in _VARIABLE.finditer(written):
        value = _value(found, context)
        if isinstance(value, Unknown):
            return value
        parts += [_marked(written[end : found.start()]), value]
        end = found.end()
    rest = written[end:]
    if "${" in rest or any("${" in part for part in parts[::2]):
        return Unknown(f"{written} has a variable that cannot be read")
    return "".join([*parts, _marked(rest)])


def plain(expanded: str) -> str:
    """Return an expanded text whose wildcards mean nothing but themselves."""
    return expanded.replace(_MANY, "*").replace(_ONE, "?")


def matches(expanded: str, text: str) -> bool:
    """Tell whether a text has the form of an expanded one."""
    return _expression(expanded, any_character=".").fullmatch(text) is not None


def matches_action(written: str, action: str) -> bool:
    """Tell whether an action is meant; neither case nor variables matter."""
    return matches(_marked(written.lower()), action.lower())


def matches_arn(expanded: str, arn: str) -> Answer:
    """Tell whether each of an ARN's six fields has the form of the other's, as `ArnLike` does."""
    fields, forms = arn.split(":", _ARN_FIELDS - 1), expanded.split(":", _ARN_FIELDS - 1)
    for each in (fields, forms):
        if len(each) < _ARN_FIELDS:
            return Unknown(f"{plain(':'.join(each))} is not an ARN")
    return all(map(matches, forms, fields))


def matches_resource(expanded: str, resource: str) -> Answer:
    """Tell whether a resource is meant.

    `*` at the end of a field goes on beyond its colon; whether any other does is not documented.
    Fields that are left out are wildcards.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    """
    if not expanded.strip(_MANY):
        return bool(expanded)
    if not expanded.startswith("arn:"):
        return Unknown(f"{plain(expanded)} is not an ARN")
    whole = expanded if expanded.count(":") >= _ARN_FIELDS - 1 else f"{expanded}:{_MANY}"
    if _expression(whole, any_character="[^:]").fullmatch(resource):
        return True
    if matches(whole, resource) or matches(expanded, resource):
        return Unknown(f"{plain(expanded)} matches {resource} only if * goes beyond a colon")
    return False


def _value(found: re.Match[str], context: Context) -> str | Unknown:
    sign, key, default = found.groups()
    if sign is not None:
        return sign
    values = values_of(context, key)
    if isinstance(values, Unknown):
        return values
    if not values and default is not None:
        return default
    if len(values) != 1:
        return Unknown(f"{found[0]} needs one value, and the request has {len(values)}")
    return values[0]


def _marked(written: str) -> str:
    return written.replace("*", _MANY).replace("?", _ONE)


@functools.lru_cache(maxsize=1024)
def _expression(expanded: str, any_character: str) -> re.Pattern[str]:
    """Translate an expanded text; a `*` that ends a field matches colons whatever the rest does."""
    pattern = re.sub(rf"{_MANY}(?=:|\Z)", ".*", re.escape(expanded))
    pattern = pattern.replace(_MANY, f"{any_character}*").replace(_ONE, any_character)
    return re.compile(pattern, re.DOTALL)
