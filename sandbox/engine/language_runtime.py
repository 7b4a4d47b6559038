"""The service `LanguageRuntime` for Python, as the official language host answers it."""

# ruff: noqa: N802, D102 - the protocol names the methods and says what they mean

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from sandbox.engine.children import Children, Process, end_aside, stream
from sandbox.engine.install import install_steps
from sandbox.engine.packages import installed_packages, python_facts, required_packages
from sandbox.engine.plugin import plugin_command, plugin_directory, plugin_environment
from sandbox.engine.program import program_command, program_environment, program_result
from sandbox.engine.prompts import option_prompts
from sandbox.engine.python_project import PythonProject
from sandbox.engine.toolchain import PIP, ProjectError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Generator, Iterator

# Seconds that an interrupted program has to finish the operation that it is in.
PROGRAM_GRACE = 5.0


class LanguageRuntime(language_pb2_grpc.LanguageRuntimeServicer):
    """Runs programs, policy packs and plugins in processes of their own."""

    def __init__(self, host: Namespace, quiet: threading.Event) -> None:
        """Serve under the options of `host`; once `quiet` is set, programs' output is dropped."""
        self._host = host
        self._quiet = quiet
        self._programs = Children()
        self._plugins = Children()

    def close(self, grace: float) -> None:
        """End all programs within about `grace` seconds, and everything else at once."""
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
        _end_with(context, child, PROGRAM_GRACE)
        for name, chunk in stream(child):
            if not self._quiet.is_set():
                _forward(name, chunk)
        error, bail = program_result(self._programs.wait(child))
        return language_pb2.RunResponse(error=error, bail=bail)

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        del request, context
        # An interrupted Python program writes a traceback, which says nothing to the user.
        self._quiet.set()
        # The engine lets the program go only after this call has returned.
        threading.Thread(target=self._programs.close, args=(PROGRAM_GRACE,)).start()
        return empty_pb2.Empty()

    def RunPlugin(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        with _faults_reported(context):
            child = self._plugins.start(
                plugin_command(request, self._host),
                directory=plugin_directory(request),
                environment=plugin_environment(request),
            )
        _end_with(context, child, 0)
        for name, chunk in self._plugins.output(child):
            if name == "stdout":
                yield language_pb2.RunPluginResponse(stdout=chunk)
            else:
                yield language_pb2.RunPluginResponse(stderr=chunk)
        yield language_pb2.RunPluginResponse(exitcode=self._plugins.wait(child))

    def InstallDependencies(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        with _faults_reported(context):
            if request.use_language_version_tools:
                raise ProjectError(
                    "the sandbox's language host does not install Python itself; leave out "
                    "--use-language-version-tools, or use the official Pulumi"
                )
            default = "venv" if request.is_plugin else None
            project = PythonProject.of(request.info, default_virtualenv=default)
            for title, command in install_steps(project, is_plugin=request.is_plugin):
                yield language_pb2.InstallDependenciesResponse(stdout=f"{title}\n".encode())
                child = self._plugins.start(
                    command, directory=project.directory, environment=project.environment()
                )
                _end_with(context, child, 0)
                for name, chunk in self._plugins.output(child):
                    yield language_pb2.InstallDependenciesResponse(**{name: chunk})
                if code := self._plugins.wait(child):
                    raise ProjectError(f"`{' '.join(command)}` failed with exit code {code}")

    def RuntimeOptionsPrompts(self, request: Any, context: grpc.ServicerContext) -> Any:
        del context
        prompts = option_prompts(dict(request.info.options))
        return language_pb2.RuntimeOptionsResponse(prompts=prompts)

    def Template(self, request: Any, context: grpc.ServicerContext) -> Any:
        with _faults_reported(context):
            if PythonProject.of(request.info).toolchain != PIP:
                raise ProjectError(
                    "a template is a pip project, and the sandbox's language host converts none; "
                    "set the runtime option `toolchain: pip`"
                )
            return language_pb2.TemplateResponse()

    def About(self, request: Any, context: grpc.ServicerContext) -> Any:
        with _faults_reported(context):
            project = PythonProject.of(request.info)
            facts = python_facts(project)
            return language_pb2.AboutResponse(
                executable=facts["executable"],
                version=facts["version"],
                metadata={
                    "toolchain": project.toolchain.capitalize(),
                    "toolchainVersion": facts["tool"],
                },
            )

    def GetProgramDependencies(self, request: Any, context: grpc.ServicerContext) -> Any:
        with _faults_reported(context):
            packages = installed_packages(
                PythonProject.of(request.info), transitive=request.transitiveDependencies
            )
            found = [language_pb2.DependencyInfo(name=n, version=v) for n, v in packages]
            return language_pb2.GetProgramDependenciesResponse(dependencies=found)

    def GetRequiredPlugins(self, request: Any, context: grpc.ServicerContext) -> Any:
        del request
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "GetRequiredPackages has taken its place")

    def Link(self, request: Any, context: grpc.ServicerContext) -> Any:
        del request
        _refuse(context, "link a local package into a program")

    def Pack(self, request: Any, context: grpc.ServicerContext) -> Any:
        del request
        _refuse(context, "pack an SDK")

    def GenerateProgram(self, request: Any, context: grpc.ServicerContext) -> Any:
        del request
        _refuse(context, "generate a program")

    def GenerateProject(self, request: Any, context: grpc.ServicerContext) -> Any:
        del request
        _refuse(context, "generate a project")

    def GeneratePackage(self, request: Any, context: grpc.ServicerContext) -> Any:
        del request
        _refuse(context, "generate an SDK")


def _end_with(context: grpc.ServicerContext, child: Process, grace: float) -> None:
    """End a process when the call is over that it was started for, or is over already."""
    if not context.add_callback(lambda: end_aside(child, grace)):
        end_aside(child, grace)


def _forward(name: str, chunk: bytes) -> None:
    output = sys.stdout.buffer if name == "stdout" else sys.stderr.buffer
    with suppress(BrokenPipeError):  # the engine has gone, and main() ends the program
        output.write(chunk)
        output.flush()


@contextmanager
def _faults_reported(context: grpc.ServicerContext) -> Generator[None]:
    """Turn a fault of the user's project, or of starting it, into an answer without traceback."""
    try:
        yield
    except (ProjectError, OSError) as error:
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))


def _refuse(context: grpc.ServicerContext, deed: str) -> None:
    context.abort(
        grpc.StatusCode.UNIMPLEMENTED,
        f"the sandbox's language host does not generate code, so it cannot {deed}; "
        "use the official Pulumi for that",
    )
