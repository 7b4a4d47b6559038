"""The service `LanguageRuntime` for Python, as the official language host answers it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import grpc
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from google.protobuf import empty_pb2
from sandbox.engine.children import Children, end
from sandbox.engine.packages import required_packages
from sandbox.engine.plugin import plugin_command, plugin_directory, plugin_environment, stream
from sandbox.engine.program import program_command, program_environment, program_result
from sandbox.engine.python_project import ProjectError, PythonProject

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

# Seconds that an interrupted program has to finish the operation that it is in.
PROGRAM_GRACE = 5.0


class LanguageRuntime(language_pb2_grpc.LanguageRuntimeServicer):
    """Runs programs, policy packs and plugins in processes of their own."""

    def __init__(self, host: Namespace) -> None:
        self._host = host
        self._programs = Children()
        self._plugins = Children()

    def close(self, grace: float) -> None:
        """End all programs within about `grace` seconds, and all plugins at once."""
        self._plugins.close(0)
        self._programs.close(grace)

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        del context
        self._host.engine_address = request.engine_address or self._host.engine_address
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        del request, context
        return plugin_pb2.PluginInfo(version=self._host.engine_version)

    def GetRequiredPackages(self, request: Any, context: grpc.ServicerContext) -> Any:
        with _faults_reported(context):
            packages = required_packages(PythonProject.of(request.info))
            return language_pb2.GetRequiredPackagesResponse(packages=packages)

    def Run(self, request: Any, context: grpc.ServicerContext) -> Any:
        with _faults_reported(context):
            child = self._programs.start(
                program_command(request, self._host),
                directory=PythonProject.of(request.info).directory,
                environment=program_environment(request),
            )
        context.add_callback(lambda: end(child, PROGRAM_GRACE))
        error, bail = program_result(self._programs.wait(child))
        return language_pb2.RunResponse(error=error, bail=bail)

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        del request, context
        self._programs.close(PROGRAM_GRACE)
        return empty_pb2.Empty()

    def RunPlugin(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        with _faults_reported(context):
            child = self._plugins.start(
                plugin_command(request),
                directory=plugin_directory(request),
                environment=plugin_environment(request),
                piped=True,
            )
        context.add_callback(lambda: end(child, 0))
        for name, chunk in stream(child):
            yield language_pb2.RunPluginResponse(**{name: chunk})
        yield language_pb2.RunPluginResponse(exitcode=self._plugins.wait(child))


@contextmanager
def _faults_reported(context: grpc.ServicerContext) -> Iterator[None]:
    """Turn a fault of the user's project, or of starting it, into an answer without traceback."""
    try:
        yield
    except (ProjectError, OSError) as error:
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
