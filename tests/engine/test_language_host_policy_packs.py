"""How policy packs run: under the sandbox's language host, behind Pulumi's own proxy."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import psutil
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from sandbox.engine.build import built_engine
from tests.support.language_host import (
    UNLIMITED,
    Host,
    eventually,
    plugin_request,
    program_info,
    running_host,
)

PACK = """
import sys, pulumi
from pulumi_policy import EnforcementLevel, PolicyPack, StackValidationPolicy

def judge(args, report):
    sizes = [len(resource.props["content"]) for resource in args.resources]
    report(f"{pulumi.get_organization()} {pulumi.get_project()} {pulumi.get_stack()} "
           f"{pulumi.runtime.is_dry_run()} {pulumi.Config('shop').get('name')} {sizes}")

print("ready", file=sys.stderr, flush=True)
PolicyPack("pack", [StackValidationPolicy("judge", "Judges.", judge)], EnforcementLevel.MANDATORY)
"""
CONFIGURATION = analyzer_pb2.AnalyzerStackConfigureRequest(
    organization="acme", project="shop", stack="dev", dry_run=True, config={"shop:name": "n"}
)


@pytest.fixture
def tools() -> Path:
    tools = built_engine(print).tools
    assert tools is not None
    return tools


@pytest.fixture
def host(tmp_path: Path, tools: Path) -> Iterator[Host]:
    with running_host(tmp_path, tools) as host:
        yield host


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "plugin"
    folder.mkdir()
    return folder


def started_pack(
    host: Host, folder: Path, program: str = PACK
) -> tuple[Any, analyzer_pb2_grpc.AnalyzerStub]:
    """Start a policy pack as the engine does: take the port, and call it there."""
    (folder / "__main__.py").write_text(program)
    call = host.service.RunPlugin(plugin_request("analyzer", folder, args=["127.0.0.1:9"]))
    port = int(next(call).stdout)
    channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=UNLIMITED)
    return call, analyzer_pb2_grpc.AnalyzerStub(channel)


def stack_of_one(content: str) -> analyzer_pb2.AnalyzeStackRequest:
    properties = struct_pb2.Struct()
    properties.update({"content": content})
    resource = analyzer_pb2.AnalyzerResource(urn="urn:pulumi:dev::shop::t::n", type="t", name="n")
    resource.properties.CopyFrom(properties)
    return analyzer_pb2.AnalyzeStackRequest(resources=[resource])


def test_a_policy_pack_knows_organization_project_stack_mode_and_configuration(
    host: Host, folder: Path
) -> None:
    _call, pack = started_pack(host, folder)
    pack.ConfigureStack(CONFIGURATION)
    (finding,) = pack.AnalyzeStack(stack_of_one("abc"), timeout=30).diagnostics
    assert finding.message == "Judges.\nacme shop dev True n [3]"


def test_a_policy_pack_gets_a_stack_of_many_megabytes(host: Host, folder: Path) -> None:
    _call, pack = started_pack(host, folder)
    pack.ConfigureStack(CONFIGURATION)
    (finding,) = pack.AnalyzeStack(stack_of_one("x" * 20_000_000), timeout=60).diagnostics
    assert finding.message.endswith("[20000000]")


def test_a_policy_pack_without_a_stack_is_started_by_the_first_question(
    host: Host, folder: Path
) -> None:
    call, pack = started_pack(host, folder)
    info = pack.GetAnalyzerInfo(empty_pb2.Empty(), timeout=30)
    assert [policy.name for policy in info.policies] == ["judge"]
    assert next(call).stderr.startswith(b"ready")


def test_a_policy_pack_ends_with_its_call_although_it_would_serve_for_ever(
    host: Host, folder: Path
) -> None:
    call, pack = started_pack(host, folder)
    pack.GetAnalyzerInfo(empty_pb2.Empty(), timeout=30)
    proxy, process = psutil.Process(host.process.pid).children(recursive=True)
    assert process.cmdline()[-3:] == ["pulumi.policy", "127.0.0.1:9", str(folder)]
    call.cancel()
    eventually(lambda: not proxy.is_running() and not process.is_running())


def test_a_policy_pack_that_is_dropped_before_it_is_configured_leaves_nothing(
    host: Host, folder: Path
) -> None:
    call, pack = started_pack(host, folder)
    call.cancel()
    with pytest.raises(grpc.RpcError) as refusal:
        pack.GetAnalyzerInfo(empty_pb2.Empty(), timeout=30)
    assert refusal.value.code() in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}
    eventually(lambda: psutil.Process(host.process.pid).children(recursive=True) == [])


def test_packs_that_are_dropped_early_do_not_use_up_the_host(host: Host, folder: Path) -> None:
    (folder / "__main__.py").write_text(PACK)
    for _ in range(70):
        call = host.service.RunPlugin(plugin_request("analyzer", folder), timeout=10)
        assert next(call).stdout
        time.sleep(0.05)  # until the host waits for the configuration
        call.cancel()
    assert host.service.GetPluginInfo(empty_pb2.Empty(), timeout=10).version == "3.259.0"


def test_a_policy_pack_that_breaks_says_so_and_why(host: Host, folder: Path) -> None:
    call, pack = started_pack(host, folder, "import no_such_module")
    with pytest.raises(grpc.RpcError) as refusal:
        pack.GetAnalyzerInfo(empty_pb2.Empty(), timeout=30)
    assert refusal.value.details().startswith("policy pack not started: ")
    said = b""
    while b"No module named 'no_such_module'" not in said:
        said += next(call).stderr


def test_a_policy_pack_that_prints_before_its_port_is_told_so(host: Host, folder: Path) -> None:
    _call, pack = started_pack(host, folder, "print('hello')\n" + PACK)
    with pytest.raises(grpc.RpcError) as refusal:
        pack.GetAnalyzerInfo(empty_pb2.Empty(), timeout=30)
    assert refusal.value.details() == (
        "policy pack not started: could not read policy pack port: expected integer"
    )


def test_a_policy_pack_without_its_virtual_environment_names_the_remedy(
    host: Host, folder: Path
) -> None:
    info = program_info(folder, virtualenv="venv")
    with pytest.raises(grpc.RpcError) as refusal:
        next(host.service.RunPlugin(plugin_request("analyzer", folder, info=info)))
    assert f"{folder}/venv, which does not exist" in refusal.value.details()
    assert "`pulumi policy install`" in refusal.value.details()


def test_a_policy_pack_without_the_option_uses_the_first_python_on_path(
    tmp_path: Path, tools: Path, folder: Path
) -> None:
    bin_folder = tmp_path / "first"
    bin_folder.mkdir()
    python = bin_folder / "python3"
    python.write_text(f'#!/bin/sh\necho "$0" >&2\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    (folder / "__main__.py").write_text(PACK)
    with running_host(tmp_path, tools, PATH=f"{bin_folder}:/usr/bin:/bin") as host:
        info = program_info(folder, virtualenv=None)
        asked = plugin_request("analyzer", folder, info=info, args=["127.0.0.1:9"])
        call = host.service.RunPlugin(asked)
        channel = grpc.insecure_channel(f"127.0.0.1:{int(next(call).stdout)}")
        analyzer_pb2_grpc.AnalyzerStub(channel).GetPluginInfo(empty_pb2.Empty())
        assert next(call).stderr == f"{python}\n".encode()
