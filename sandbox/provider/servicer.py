# ruff: noqa: N802 - the methods have the names of the protocol
"""Pulumi's `ResourceProvider` service: turns messages into calls of the lifecycle, and back."""

from typing import Any

from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from sandbox.provider.clouds import Clouds
from sandbox.provider.configuration import SCHEMA, check_configuration, configure
from sandbox.provider.connections import Connections
from sandbox.provider.faults import NotOfferedError, answering, keeping
from sandbox.provider.invocation import Invocation
from sandbox.provider.lifecycle import Lifecycle, RefusedError
from sandbox.provider.messages import changes, failures, kind_of, secrets_of
from sandbox.provider.naming import Mode, Naming
from sandbox.provider.registry import Registry
from sandbox.provider.resource import Change
from sandbox.provider.wire import Secrets, decode, encode, plain

VERSION = "7.51.1"


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Serves many provider instances at once; the peer of a call tells which one is meant."""

    def __init__(self, clouds: Clouds, registry: Registry | None = None) -> None:
        self._clouds = clouds
        self._registry = registry or Registry()
        self._connections = Connections()

    # The instance

    @answering
    def Handshake(self, request: Any, context: Any) -> Any:
        """Begin with an instance; secrets are accepted, references and outputs are not needed."""
        del request
        self._connections.open(context.peer())
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True, supports_autonaming_configuration=True
        )

    @answering
    def Attach(self, request: Any, context: Any) -> Any:
        """Take note of the engine; the provider logs to its own log."""
        del request, context
        return empty_pb2.Empty()

    @answering
    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        """Return the version of the SDK after which the types are modelled."""
        del request, context
        return plugin_pb2.PluginInfo(version=VERSION)

    @answering
    def CheckConfig(self, request: Any, context: Any) -> Any:
        """Check an instance's configuration."""
        del context
        news, secrets = decode(request.news)
        inputs, faults = check_configuration(news)
        return provider_pb2.CheckResponse(
            inputs=encode(inputs, secrets_of(SCHEMA, secrets)), failures=failures(faults)
        )

    @answering
    def DiffConfig(self, request: Any, context: Any) -> Any:
        """Tell which settings changed; none of them needs another instance."""
        del context
        olds, news = plain(request.olds), plain(request.news)
        changed = sorted(key for key in olds.keys() | news.keys() if olds.get(key) != news.get(key))
        return changes(changed)

    @answering
    def Configure(self, request: Any, context: Any) -> Any:
        """Configure the instance at this peer."""
        try:
            configuration = configure(plain(request.args))
        except ValueError as error:
            raise RefusedError(str(error)) from error
        self._connections.configure(context.peer(), configuration)
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True
        )

    @answering
    def Cancel(self, request: Any, context: Any) -> Any:
        """Let running calls finish: each takes milliseconds."""
        del request, context
        return empty_pb2.Empty()

    # Resources

    @answering
    def Check(self, request: Any, context: Any) -> Any:
        """Check a resource's inputs."""
        news, secrets = decode(request.news)
        naming = Naming(
            request.name or request.urn.rpartition("::")[2],
            request.randomSeed,
            request.autonaming.proposed_name,
            Mode(request.autonaming.mode),
        )
        lifecycle = self._lifecycle(request, context)
        inputs, faults = lifecycle.check(news, plain(request.olds), naming)
        return provider_pb2.CheckResponse(
            inputs=encode(inputs, secrets_of(lifecycle.resource.schema, secrets)),
            failures=failures(faults),
        )

    @answering
    def Diff(self, request: Any, context: Any) -> Any:
        """Tell what changes, where, and whether it needs another resource."""
        lifecycle = self._lifecycle(request, context)
        state, news = plain(request.olds), plain(request.news)
        found = lifecycle.compare(state, plain(request.old_inputs), news)
        found = found.ignoring(request.ignoreChanges)
        response = changes(found.changed)
        response.replaces.extend(found.replaces)
        response.hasDetailedDiff = True
        response.deleteBeforeReplace = bool(
            found.replaces and lifecycle.deletes_before_replacing(news)
        )
        for each in found.differences:
            response.detailedDiff[each.path].kind = kind_of(each)
            response.detailedDiff[each.path].inputDiff = found.rests_on_inputs(each)
        return response

    @answering
    def Create(self, request: Any, context: Any) -> Any:
        """Create a resource, or preview that."""
        lifecycle = self._lifecycle(request, context)
        inputs, secrets = decode(request.properties)
        secrets = secrets_of(lifecycle.resource.schema, secrets)
        with keeping(secrets):
            identity, state = lifecycle.create(inputs, preview=request.preview)
        return provider_pb2.CreateResponse(id=identity, properties=encode(state, secrets))

    @answering
    def Read(self, request: Any, context: Any) -> Any:
        """Read a resource as it lives; no id in the answer says that it does not exist."""
        lifecycle = self._lifecycle(request, context)
        state, kept = decode(request.properties)
        inputs, given = decode(request.inputs)
        secrets = secrets_of(lifecycle.resource.schema, kept | given)
        found = lifecycle.read(request.id, state, inputs)
        if found is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=found.identity,
            properties=encode(found.state, secrets),
            inputs=encode(found.inputs, secrets),
        )

    @answering
    def Update(self, request: Any, context: Any) -> Any:
        """Update a resource in place, or preview that."""
        lifecycle = self._lifecycle(request, context)
        state, kept = decode(request.olds)
        inputs, given = decode(request.news)
        secrets = secrets_of(lifecycle.resource.schema, kept | given)
        change = Change(state, inputs, ignored=tuple(request.ignoreChanges))
        with keeping(secrets):
            after = lifecycle.update(
                request.id, change, plain(request.old_inputs), preview=request.preview
            )
        return provider_pb2.UpdateResponse(properties=encode(after, secrets))

    @answering
    def Delete(self, request: Any, context: Any) -> Any:
        """Delete a resource."""
        self._lifecycle(request, context).delete(request.id, plain(request.properties))
        return empty_pb2.Empty()

    @answering
    def Invoke(self, request: Any, context: Any) -> Any:
        """Call a function."""
        configuration = self._connections.configuration(context.peer())
        function = self._registry.function(request.tok)
        arguments, secrets = decode(request.args)
        result, faults = Invocation(function, configuration, self._clouds.region).call(arguments)
        hidden: Secrets = frozenset((name,) for name in result if secrets)
        answer: dict[str, Any] = {"return": encode(result, hidden), "failures": failures(faults)}
        return provider_pb2.InvokeResponse(**answer)

    # What is not offered

    @answering
    def GetSchema(self, request: Any, context: Any) -> Any:
        """Say that there is no schema here."""
        del request, context
        raise NotOfferedError(
            "the sandbox's aws provider has no schema; `pulumi import` works with "
            "--generate-code=false"
        )

    @answering
    def GetMapping(self, request: Any, context: Any) -> Any:
        """Say that there is no mapping from Terraform here."""
        del request, context
        raise NotOfferedError("the sandbox's aws provider has no mapping from Terraform")

    @answering
    def GetMappings(self, request: Any, context: Any) -> Any:
        """Say that there are no mappings here."""
        del request, context
        raise NotOfferedError("the sandbox's aws provider has no mappings")

    @answering
    def Parameterize(self, request: Any, context: Any) -> Any:
        """Say that it takes no parameters."""
        del request, context
        raise NotOfferedError("the sandbox's aws provider takes no parameters")

    @answering
    def Construct(self, request: Any, context: Any) -> Any:
        """Say that there are no components here."""
        del context
        raise NotOfferedError(f"the sandbox's aws provider has no component {request.type}")

    @answering
    def Call(self, request: Any, context: Any) -> Any:
        """Say that no resource has methods here."""
        del context
        raise NotOfferedError(f"the sandbox's aws provider has no method {request.tok}")

    @answering
    def List(self, request: Any, context: Any) -> Any:
        """Say that resources are not listed here."""
        del context
        raise NotOfferedError(f"the sandbox's aws provider cannot list {request.token}")

    def _lifecycle(self, request: Any, context: Any) -> Lifecycle:
        token = request.type or request.urn.split("::")[2].rpartition("$")[2]
        return Lifecycle(
            self._registry.resource(token),
            self._connections.configuration(context.peer()),
            self._clouds.region,
        )
