"""A provider that takes every resource as it is written, for packages that the sandbox lacks."""

# ruff: noqa: N802 - the methods have the names of the protocol

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc


class EchoProvider(provider_pb2_grpc.ResourceProviderServicer):
    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        del request, context
        return plugin_pb2.PluginInfo(version="1.0.0")

    def Attach(self, request: Any, context: Any) -> Any:
        del request, context
        return empty_pb2.Empty()

    def CheckConfig(self, request: Any, context: Any) -> Any:
        del context
        return provider_pb2.CheckResponse(inputs=request.news)

    def Configure(self, request: Any, context: Any) -> Any:
        del request, context
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def Check(self, request: Any, context: Any) -> Any:
        del context
        return provider_pb2.CheckResponse(inputs=request.news)

    def Create(self, request: Any, context: Any) -> Any:
        del context
        identity = "" if request.preview else request.urn.rpartition("::")[2]
        return provider_pb2.CreateResponse(id=identity, properties=request.properties)


@contextmanager
def echo_provider() -> Iterator[int]:
    """Serve it on a port of this machine, for `PULUMI_DEBUG_PROVIDERS`."""
    server = grpc.server(ThreadPoolExecutor(max_workers=4))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(EchoProvider(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield port
    finally:
        server.stop(None)
