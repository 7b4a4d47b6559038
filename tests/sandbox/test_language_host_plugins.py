from collections.abc import Iterable, Iterator
from pathlib import Path

import grpc
import pytest
from pulumi.runtime.proto import language_pb2

from tests.support.language_host import Host, plugin_request, program_info, running_host


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    with running_host(tmp_path) as host:
        yield host


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "plugin"
    folder.mkdir()
    return folder


def everything(call: Iterable[language_pb2.RunPluginResponse]) -> tuple[bytes, bytes, list[int]]:
    answers = list(call)
    out = b"".join(answer.stdout for answer in answers)
    err = b"".join(answer.stderr for answer in answers)
    codes = [answer.exitcode for answer in answers if answer.WhichOneof("output") == "exitcode"]
    return out, err, codes


def test_a_plugin_runs_where_asked_with_its_arguments_and_environment(
    host: Host, folder: Path
) -> None:
    (folder / "__main__.py").write_text(
        "import os, sys\n"
        "print(os.getcwd(), sys.argv[1:], os.environ['COLOUR'])\n"
        "print('trouble', file=sys.stderr)\n"
        "raise SystemExit(7)\n"
    )
    asked = plugin_request("resource", folder, args=["127.0.0.1:9"], env=["COLOUR=red=blue", "odd"])
    out, err, codes = everything(host.service.RunPlugin(asked))
    assert out.decode() == f"{folder.parent} ['127.0.0.1:9'] red=blue\n"
    assert (err, codes) == (b"trouble\n", [7])


def test_the_output_of_a_plugin_comes_while_it_runs(host: Host, folder: Path) -> None:
    (folder / "__main__.py").write_text("import sys, time; print(1); time.sleep(60); print(2)")
    call = host.service.RunPlugin(plugin_request("resource", folder), timeout=30)
    assert next(call).stdout.startswith(b"1")


def test_a_package_of_components_is_served_under_its_name(host: Host, folder: Path) -> None:
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "my-parts"\n[build-system]\nbuild-backend = "b"\nrequires = []\n'
    )
    (folder / "my_parts.py").write_text("raise SystemExit('served ' + __name__)")
    environment = [f"PYTHONPATH={folder}"]
    out, err, codes = everything(
        host.service.RunPlugin(plugin_request("resource", folder, env=environment))
    )
    assert (out, err, codes) == (b"", b"served my_parts\n", [1])


def test_a_folder_that_is_neither_a_program_nor_a_package_is_refused(
    host: Host, folder: Path
) -> None:
    (folder / "pyproject.toml").write_text('[project]\nname = "my-parts"\n')
    with pytest.raises(grpc.RpcError) as refusal:
        next(host.service.RunPlugin(plugin_request("resource", folder)))
    assert "neither a __main__.py nor a pyproject.toml with" in refusal.value.details()


def test_a_plugin_without_the_option_uses_the_environment_named_venv(
    host: Host, folder: Path
) -> None:
    (folder / "__main__.py").write_text("")
    asked = plugin_request("resource", folder, info=program_info(folder, virtualenv=None))
    with pytest.raises(grpc.RpcError) as refusal:
        next(host.service.RunPlugin(asked))
    assert f"{folder}/venv, which does not exist" in refusal.value.details()
