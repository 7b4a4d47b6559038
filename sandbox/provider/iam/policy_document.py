"""IAM policy documents made from statements, byte for byte as upstream makes them.

Rules: internal/service/iam/{policy_document_data_source,policy_model}.go of
hashicorp/terraform-provider-aws.
"""

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from sandbox.provider.iam.documents import go_json

_LISTS = (  # (argument, element of the document, whether &{...} stands for a policy variable)
    ("actions", "Action", False),
    ("notActions", "NotAction", False),
    ("resources", "Resource", True),
    ("notResources", "NotResource", True),
)


class PolicyDocumentError(LookupError):
    """The arguments do not make a policy document; the message says which one and why."""


def policy_document(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Build the document: `id`, `json` and `minifiedJson`.

    `sourcePolicyDocuments` come first, then the statements, then `overridePolicyDocuments`;
    a later statement takes the place of an earlier one with the same Sid.
    """
    version = arguments.get("version") or "2012-10-17"
    merged: dict[str, Any] = {}
    for source in _sources(arguments.get("sourcePolicyDocuments") or ()):
        _merge(merged, source)
    statements = [_statement(given, version) for given in arguments.get("statements") or ()]
    own = {"Version": version, "Id": arguments.get("policyId"), "Statement": statements}
    _check_own_sids(statements)
    _merge(merged, own)
    for index, text in enumerate(arguments.get("overridePolicyDocuments") or ()):
        _merge(merged, _parsed(text, f"merging override document {index}"))
    document = {key: merged[key] for key in ("Version", "Id", "Statement") if merged.get(key)}
    indented = go_json(document, indent=2)
    return {
        "json": indented,
        "minifiedJson": go_json(document),
        "id": str(zlib.crc32(indented.encode())),
    }


def _check_own_sids(statements: Sequence[Mapping[str, Any]]) -> None:
    seen: set[str] = set()
    for sid in (statement["Sid"] for statement in statements if "Sid" in statement):
        if sid in seen:
            raise PolicyDocumentError(
                f"writing IAM Policy Document: duplicate Sid ({sid}). "
                "Remove the Sid or ensure the Sid is unique."
            )
        seen.add(sid)


def _sources(texts: Iterable[str]) -> list[dict[str, Any]]:
    sources: list[dict[str, Any]] = []
    seen: set[str] = set()
    for index, text in enumerate(texts):
        source = _parsed(text, f"merging source document {index}")
        for position, statement in enumerate(source["Statement"]):
            sid = statement.get("Sid", "")
            if sid and sid in seen:
                raise PolicyDocumentError(
                    f"writing IAM Policy Document: merging source document {index}: "
                    f"duplicate Sid ({sid}) in source_policy_documents (statement {position}). "
                    "Remove the Sid or ensure Sids are unique."
                )
            seen.add(sid)
        sources.append(source)
    return sources


def _parsed(text: str, doing: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise PolicyDocumentError(f"writing IAM Policy Document: {doing}: {error}") from error
    content = cast("dict[str, Any]", document) if isinstance(document, dict) else {}
    statements: Any = content.get("Statement") or []
    if not isinstance(document, dict) or not isinstance(statements, list):
        raise PolicyDocumentError(
            f"writing IAM Policy Document: {doing}: json: cannot unmarshal into "
            "Go struct field iamPolicyDoc.Statement: it must be a list of statements"
        )
    listed = cast("list[dict[str, Any]]", statements)
    return {**content, "Statement": [_reread(statement) for statement in listed]}


def _reread(statement: Mapping[str, Any]) -> dict[str, Any]:
    known: dict[str, Any] = {
        key: statement[key]
        for key in ("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource")
        if statement.get(key)
    }
    for key in ("Principal", "NotPrincipal"):
        if statement.get(key):
            known[key] = _reread_principals(statement[key])
    if statement.get("Condition"):
        known["Condition"] = _reread_conditions(statement["Condition"])
    return known


def _reread_principals(principals: str | Mapping[str, Any]) -> Any:
    if isinstance(principals, str):
        return "*"
    if dict(principals) in ({"*": "*"}, {"*": ["*"]}):
        return "*"
    return {
        kind: names if isinstance(names, str) else sorted(names, reverse=True)
        for kind, names in sorted(principals.items())
    }


def _reread_conditions(tests: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        test: {name: _condition_values(value) for name, value in sorted(variables.items())}
        for test, variables in sorted(tests.items())
    }


def _condition_values(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    values = cast("list[Any]", value) if isinstance(value, list) else [value]
    return _collapsed(values)


def _merge(merged: dict[str, Any], newer: Mapping[str, Any]) -> None:
    if newer.get("Id"):
        merged["Id"] = newer["Id"]
    merged["Version"] = max(merged.get("Version") or "", newer.get("Version") or "")
    statements: list[dict[str, Any]] = merged.setdefault("Statement", [])
    places: dict[str, int] = {
        statement["Sid"]: place
        for place, statement in reversed(list(enumerate(statements)))
        if statement.get("Sid")
    }
    for statement in newer["Statement"]:
        place = places.get(statement.get("Sid", ""))
        if place is None:
            if statement.get("Sid"):
                places[statement["Sid"]] = len(statements)
            statements.append(statement)
        else:
            statements[place] = statement


def _statement(given: Mapping[str, Any], version: str) -> dict[str, Any]:
    statement: dict[str, Any] = {"Sid": given.get("sid"), "Effect": given.get("effect") or "Allow"}
    for argument, element, variables in _LISTS:
        texts = [
            _variables(text, version, argument) if variables else text
            for text in given.get(argument) or ()
        ]
        statement[element] = _string_set(texts)
    statement["Principal"] = _principals(given.get("principals") or (), version)
    statement["NotPrincipal"] = _principals(given.get("notPrincipals") or (), version)
    statement["Condition"] = _conditions(given.get("conditions") or (), version)
    return {element: value for element, value in statement.items() if value}


def _principals(blocks: Sequence[Mapping[str, Any]], version: str) -> Any:
    kinds: dict[str, Any] = {}
    for block in sorted(blocks, key=_principal_order):
        names = [_variables(name, version, "principals") for name in block["identifiers"]]
        kinds.setdefault(block["type"], []).append(_string_set(names))
    if kinds == {"*": ["*"]}:
        return "*"
    return {kind: _joined(groups) for kind, groups in sorted(kinds.items())}


def _joined(groups: list[Any]) -> Any:
    """Several blocks of one type become one list; a single identifier stays a string."""
    if len(groups) == 1:
        return groups[0]
    return [name for group in groups for name in ([group] if isinstance(group, str) else group)]


def _conditions(blocks: Sequence[Mapping[str, Any]], version: str) -> dict[str, dict[str, Any]]:
    tests: dict[str, dict[str, list[str]]] = {}
    for block in sorted(blocks, key=_condition_order):
        values = [_variables(value, version, "condition") for value in block["values"]]
        tests.setdefault(block["test"], {}).setdefault(block["variable"], []).extend(values)
    return {
        test: {variable: _collapsed(values) for variable, values in sorted(variables.items())}
        for test, variables in sorted(tests.items())
    }


def _variables(text: str, version: str, argument: str) -> str:
    if version == "2008-10-17" and "&{" in text:
        raise PolicyDocumentError(
            f"reading {argument}: found &{{ sequence in ({text}), "
            "which is not supported in document version 2008-10-17"
        )
    return text.replace("&{", "${")


def _string_set(texts: Iterable[str]) -> str | list[str]:
    return _collapsed(sorted(set(texts), reverse=True))


def _collapsed(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


def _principal_order(block: Mapping[str, Any]) -> str:
    """Order blocks as Terraform's sets do: by the decimal text of the checksum of their content."""
    names = "".join(f"{name};" for name in sorted(set(block["identifiers"]), key=_checksum))
    return _checksum(f"identifiers:{{{names}}};type:{block['type']};")


def _condition_order(block: Mapping[str, Any]) -> str:
    values = "".join(f"{value};" for value in block["values"])
    content = f"test:{block['test']};values:({values});variable:{block['variable']};"
    return _checksum(content)


def _checksum(text: str) -> str:
    return str(zlib.crc32(text.encode()))
