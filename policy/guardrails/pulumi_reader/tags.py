"""Tags of a resource from every source: its own, its provider's defaults, stand-alone ones."""

from guardrails.model.knowledge import Unknown
from guardrails.model.network import Tags
from guardrails.pulumi_reader.protobuf import Hidden, Plain
from guardrails.pulumi_reader.resource import Resource
from guardrails.pulumi_reader.stack import Stack


def tags_of(resource: Resource, stack: Stack) -> Tags | Unknown:
    """Return the united tags; a value that cannot be seen is an `Unknown` of its own."""
    every = resource.value("tagsAll", computed=True)
    parts: list[Plain] = [resource.value("tags")]
    if isinstance(every, dict):
        parts.append(every)
    elif resource.provider is not None:
        parts.insert(0, resource.provider.default_tags)
    tags: dict[str, str | Unknown] = {}
    for part in parts:
        pairs = _pairs(part)
        if pairs is None:
            return resource.missing("tags")
        tags.update({key: _text(value, key, resource) for key, value in pairs.items()})
    tags.update(stack.attached.tags.get(resource.urn, ()))
    return tags


def _pairs(part: Plain) -> dict[str, Plain] | None:
    """Return tags written as a mapping, or as aws-native's list of pairs; None if unseen."""
    match part:
        case None | "":
            return {}
        case dict():
            return part
        case list():
            pairs: dict[str, Plain] = {}
            for member in part:
                match member:
                    case {"key": str(key), "value": value}:
                        pairs[key] = value
                    case _:
                        return None
            return pairs
        case _:
            return None


def _text(value: Plain, key: str, resource: Resource) -> str | Unknown:
    match value:
        case str():
            return value
        case None:
            return ""
        case bool():
            return str(value).lower()
        case Hidden() | list() | dict():
            return Unknown(f"tag {key} of {resource.label}")
        case _:
            return str(value)
