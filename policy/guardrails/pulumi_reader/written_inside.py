"""Resources written inside of others: in CloudFormation templates and for the Cloud Control API.

Both name resources as the `aws-native` provider does, so they are read as resources of its types.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, cast

from google.protobuf.struct_pb2 import Struct
from pulumi_policy import proxy

from guardrails.pulumi_reader.protobuf import HIDDEN, Hidden, Plain, Properties, has_hidden
from guardrails.pulumi_reader.resource import Resource
from guardrails.pulumi_reader.template_body import Entry, Template, parsed, template_in
from guardrails.pulumi_reader.template_values import Names, resolved, spelled_natively
from guardrails.pulumi_reader.types.table import TYPES, row_of, spelling_of
from guardrails.pulumi_reader.types.type_row import Written

_NETWORK: Final = ("AWS::EC2::", "AWS::NetworkManager::", "AWS::NetworkFirewall::")
_OTHER_WRITERS: Final = (
    "AWS::CloudFormation::",
    "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
    "AWS::SSM::Association",
    "Custom::",
)
"""Types that write what they do not show: further templates, documents, functions."""
_NATIVE: Final = {token.lower(): token for token in TYPES if token.startswith("aws-native:")}


@dataclass(slots=True)
class Inside:
    """What a resource holds. `open`: nothing of the network in it is hidden."""

    open: bool = False
    parts: list[Resource] = field(default_factory=list[Resource])


def inside(resource: Resource) -> Inside:
    """Return what is written inside of a resource."""
    match row_of(resource.type).holds:
        case Written.TEMPLATE:
            return _in_template(resource)
        case Written.DESIRED_STATE:
            return _in_desired_state(resource, "typeName", "desiredState")
        case Written.PROPERTIES:
            return _in_desired_state(resource, "type", "properties")
        case None:
            return Inside()


def parts_of(resources: Iterable[Resource]) -> Iterator[Resource]:
    """Yield every resource that is written inside of these."""
    for resource in resources:
        with suppress(Exception):  # the reader meets it again, and reports a fault
            yield from inside(resource).parts


def _in_template(resource: Resource) -> Inside:
    body = resource.value("templateBody")
    mapping = parsed(body) if isinstance(body, str) else body
    template = template_in(mapping) if isinstance(mapping, dict) else None
    if template is None:
        return Inside()
    names = Names(
        resources={
            name: _urn(resource, _native(entry.kind), name)
            for name, entry in template.entries.items()
        },
        parameters=_parameters(resource, template),
        parameter_links=(*resource.links("parameters"), *resource.links("templateBody")),
    )
    ids = _ids(resource, template)
    found = Inside(open=template.complete)
    for name, entry in template.entries.items():
        if _is_out_of_sight(entry):
            found.open = False
        else:
            part = _part(
                resource,
                _native(entry.kind),
                name,
                {**ids.get(name, {}), **entry.properties},
                names,
            )
            found.parts.append(part)
    return found


def _ids(resource: Resource, template: Template) -> dict[str, dict[str, str]]:
    """Return, by the name of an entry, the id that the stack's outputs show of it."""
    shown = resource.outputs["outputs"]
    if not isinstance(shown, dict):
        return {}
    values = ((name, shown.get(output)) for output, name in template.outputs.items())
    return {name: {"id": value} for name, value in values if isinstance(value, str)}


def _native(name: str) -> str:
    """Return the `aws-native` type of a type of CloudFormation."""
    token = name.replace("AWS::", "aws-native:", 1).replace("::", ":")
    return _NATIVE.get(token.lower(), token)


def _is_out_of_sight(entry: Entry) -> bool:
    """Tell whether an entry writes more than it shows, or may not be made at all."""
    if entry.kind.startswith(_OTHER_WRITERS) or entry.kind.endswith("::MODULE"):
        return True
    return entry.conditional and entry.kind.startswith(_NETWORK)


def _parameters(resource: Resource, template: Template) -> dict[str, Plain]:
    """Return the value of each parameter: as given, else its default."""
    given = resource.value("parameters")
    values: dict[str, Plain] = {}
    for name, parameter in template.parameters.items():
        value: Plain = HIDDEN if given is HIDDEN else None
        if isinstance(given, dict):
            value = given.get(name)
        default: Plain = HIDDEN if parameter.default is None else parameter.default
        values[name] = _typed(default if value is None else value, parameter.kind)
    return values


def _typed(value: Plain, kind: str) -> Plain:
    if kind.startswith("AWS::SSM::"):
        return HIDDEN
    if isinstance(value, str) and (kind.startswith("List<") or kind == "CommaDelimitedList"):
        return [part.strip() for part in value.split(",")]
    return value


def _in_desired_state(resource: Resource, kind: str, body: str) -> Inside:
    name, state = resource.text(kind), resource.value(body)
    properties = parsed(state) if isinstance(state, str) else state
    if not isinstance(name, str) or not name.startswith("AWS::"):
        return Inside()
    if not name.startswith((*_NETWORK, *_OTHER_WRITERS)):
        return Inside(open=True)
    if name.startswith(_OTHER_WRITERS) or not isinstance(properties, dict) or not properties:
        return Inside()
    names = Names(parameter_links=tuple(resource.links(body)))
    return Inside(open=True, parts=[_part(resource, _native(name), "", properties, names)])


def _urn(resource: Resource, token: str, name: str) -> str:
    """Return a URN for a part: its own type within that of the resource that holds it."""
    before, _, _ = resource.urn.rpartition(resource.type)
    held = f"{resource.name}/{name}" if name else resource.name
    return f"{before}{resource.type}${token}::{held}"


def _part(
    resource: Resource, token: str, name: str, written: Mapping[str, Any], names: Names
) -> Resource:
    values: dict[str, Plain] = {}
    links: dict[str, tuple[str, ...]] = {}
    for key, value in written.items():
        made_from: list[str] = []
        spelled = spelled_natively(key)
        values[spelled] = resolved(value, names, made_from)
        if made_from or has_hidden(cast("Plain", value)):
            links[spelled] = tuple(dict.fromkeys(made_from or names.parameter_links))
    region = resource.text("region")
    if isinstance(region, str):
        values["region"] = region
    properties = _properties(values)
    part = Resource(
        _urn(resource, token, name),
        properties,
        inputs=properties,
        links=links,
        provider=resource.provider,
        names=spelling_of(token),
        written_in=resource.urn,
    )
    part.name = name or resource.name
    return part


def _properties(values: Mapping[str, Plain]) -> Properties:
    message = Struct()
    message.update(cast("dict[str, Any]", _encoded(dict(values))))
    return Properties(message, set())


def _encoded(value: Plain) -> Any:
    match value:
        case Hidden():
            return proxy.UNKNOWN_STRING_VALUE
        case dict():
            return {key: _encoded(each) for key, each in value.items()}
        case list():
            return [_encoded(each) for each in value]
        case _:
            return value
