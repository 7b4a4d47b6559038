"""Resources as the reader takes them, made of the messages that the engine sends."""

from typing import Any

from guardrails.pulumi_reader.protobuf import Properties
from guardrails.pulumi_reader.providers import Provider
from guardrails.pulumi_reader.resource import Resource
from guardrails.pulumi_reader.types.table import spelling_of


def stack_resource(
    message: Any, inputs: Any, providers: dict[str, Provider], secrets: set[str]
) -> Resource:
    """Return a resource of the stack, with its inputs if the engine has shown them."""
    return Resource(
        message.urn,
        Properties(message.properties, secrets),
        inputs=None if inputs is None else Properties(inputs, secrets),
        links={key: tuple(each.urns) for key, each in message.propertyDependencies.items()},
        dependencies=tuple(message.dependencies),
        provider=_provider(message, providers, secrets),
        ignored=tuple(message.options.ignoreChanges),
        names=spelling_of(message.type),
    )


def registered_resource(
    request: Any, providers: dict[str, Provider], secrets: set[str]
) -> Resource:
    """Return the resource that the engine registers: its inputs are all that there is."""
    inputs = Properties(request.properties, secrets)
    return Resource(
        request.urn,
        inputs,
        inputs=inputs,
        provider=_provider(request, providers, secrets),
        names=spelling_of(request.type),
    )


def _provider(message: Any, providers: dict[str, Provider], secrets: set[str]) -> Provider | None:
    if not message.HasField("provider"):
        return None
    urn: str = message.provider.urn
    if urn not in providers:
        properties = Properties(message.provider.properties, secrets)
        providers[urn] = Provider(message.provider.name, properties)
    return providers[urn]
