"""IAM policy documents as text: the forms that the state holds and the faults that a preview names.

Rules: internal/verify/{json,validate}.go of hashicorp/terraform-provider-aws.
"""

import json
from typing import Any, cast

from sandbox.provider.values import canonical_policy

ROLE_POLICY_LIMIT = 10240  # characters of the normal form, for a policy inside a role
MANAGED_POLICY_LIMIT = 6144


def go_json(value: Any, *, indent: int | None = None) -> str:
    """Write JSON as Go's encoding/json does: compact unless indented, `<`, `>` and `&` escaped."""
    separators = (",", ":") if indent is None else (",", ": ")
    text = json.dumps(value, ensure_ascii=False, indent=indent, separators=separators)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def normalised(document: str) -> str:
    """Give the document with sorted keys and no white space, as the state holds it."""
    return go_json(_sorted(json.loads(document)))


def version_first(document: str) -> str:
    """Give the normal form with `Version` moved to the front, as IAM's older parser wants it."""
    content = json.loads(normalised(document))
    if content.get("Version") != "2012-10-17":
        return go_json(content)
    return go_json({"Version": content.pop("Version"), **content})


def settled(existing: str, live: str) -> str:
    """Keep the text that the state has where the live document is equivalent, else take the live.

    Either comes back in its normal form.
    """
    keep = existing and canonical_policy(existing) == canonical_policy(live)
    return normalised(existing if keep else live)


def document_faults(name: str, document: str, limit: int) -> list[str]:
    """List why IAM would not parse the policy in the property `name`; empty when it would."""
    if not document:
        return [f'"{name}" is an empty string, which is not a valid JSON value']
    if document[0] != "{":
        return [f'"{name}" contains an invalid JSON policy: {_not_an_object(document)}']
    try:
        content = json.loads(document, object_pairs_hook=_without_duplicates)
    except json.JSONDecodeError as error:
        return [
            f'"{name}" contains an invalid JSON policy: {error.msg}, at byte offset {error.pos}'
        ]
    except _DuplicateKeyError as error:
        return [f'"{name}" contains duplicate JSON keys: duplicate key "{error}"']
    length = len(go_json(content))
    if length > limit:
        return [f"Cannot exceed quota for PolicySize: {limit} (actual: {length})"]
    return []


def trust_refusal(document: str) -> str | None:
    """Give IAM's words against a trust policy, or None; moto takes any text for a new role."""
    content = json.loads(document)
    statements: Any = content.get("Statement")
    listed = cast(
        "list[dict[str, Any]]", [statements] if isinstance(statements, dict) else statements
    )
    if not listed or any(each.get("Effect") not in {"Allow", "Deny"} for each in listed):
        return "Syntax errors in policy."
    for each in listed:
        if "Principal" not in each and "NotPrincipal" not in each:
            return "Missing required field Principal"
        if "Resource" in each or "NotResource" in each:
            return "Has prohibited field Resource"
        actions: Any = each.get("Action") or each.get("NotAction") or []
        named = cast("list[str]", [actions] if isinstance(actions, str) else actions)
        if not named or not all(action.lower().startswith("sts:") for action in named):
            return "AssumeRole policy may only specify STS AssumeRole actions."
    return None


class _DuplicateKeyError(ValueError):
    pass


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for key, value in pairs:
        if key in content:
            raise _DuplicateKeyError(key)
        content[key] = value
    return content


def _not_an_object(document: str) -> str:
    if document[0].isspace():
        return "leading space characters are not allowed"
    if document[0] == "[":
        return "contains a JSON array, not a JSON object"
    if document[0] != '"':
        return "not a JSON object"
    return f"contains a JSON-encoded string, not a JSON-encoded object{_hint(document)}"


def _hint(document: str) -> str:
    try:
        inner = json.loads(document)
        if inner.endswith(".json"):
            return " (have you passed a JSON-encoded filename instead of the content of that file?)"
        json.loads(inner)
    except json.JSONDecodeError:
        return ""
    return " (have you double-encoded your JSON data?)"


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        return {key: _sorted(members[key]) for key in sorted(members)}
    if isinstance(value, list):
        elements = cast("list[Any]", value)
        return [_sorted(element) for element in elements]
    return value
