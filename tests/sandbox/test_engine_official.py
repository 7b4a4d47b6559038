from pathlib import Path

import pytest

from sandbox.engine import Engine, link_engine
from sandbox.engine.official import official_engine


@pytest.fixture
def reports() -> list[str]:
    return []


def install(folder: Path, version: str | None, *, host: bool = True) -> Path:
    """Put a stand-in for an official Pulumi into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    if version is not None:
        script(folder / "pulumi", f'test "$1" = version && echo {version}')
    if host:
        script(folder / "pulumi-language-python", "exit 0")
    return folder / "pulumi"


def script(file: Path, text: str) -> None:
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)


def on_path(monkeypatch: pytest.MonkeyPatch, *folders: Path) -> None:
    monkeypatch.setenv("PATH", ":".join(map(str, folders)))


def test_an_official_pulumi_that_is_new_enough_is_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, reports: list[str]
) -> None:
    pulumi = install(tmp_path / "a", "v3.249.0")
    on_path(monkeypatch, tmp_path / "empty", tmp_path / "a")
    assert official_engine(reports.append) == Engine(pulumi, "3.249.0", "official", None)
    assert reports == []


@pytest.mark.parametrize("version", ["v3.248.9", "v3.99.0", "2.250.0"])
def test_an_older_one_is_passed_over_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, reports: list[str], version: str
) -> None:
    pulumi = install(tmp_path / "a", version)
    on_path(monkeypatch, tmp_path / "a")
    assert official_engine(reports.append) is None
    number = version.lstrip("v")
    assert reports == [f"passing over {pulumi}: {number} is older than 3.249.0"]


def test_a_newer_one_behind_an_older_one_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, reports: list[str]
) -> None:
    install(tmp_path / "old", "v3.100.0")
    pulumi = install(tmp_path / "new", "v4.0.0-alpha.1")
    on_path(monkeypatch, tmp_path / "old", tmp_path / "new")
    assert official_engine(reports.append) == Engine(pulumi, "4.0.0", "official", None)
    assert len(reports) == 1


def test_one_without_a_language_host_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, reports: list[str]
) -> None:
    pulumi = install(tmp_path / "a", "v3.260.0", host=False)
    on_path(monkeypatch, tmp_path / "a")
    assert official_engine(reports.append) is None
    assert reports == [
        f"passing over {pulumi}: pulumi-language-python is neither beside it nor on PATH"
    ]


def test_its_language_host_may_be_elsewhere_on_path_or_behind_a_link(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, reports: list[str]
) -> None:
    install(tmp_path / "a", "v3.260.0", host=False)
    install(tmp_path / "b", None)
    on_path(monkeypatch, tmp_path / "a", tmp_path / "b")
    assert official_engine(reports.append) is not None
    install(tmp_path / "cellar", "v3.260.0")
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "pulumi").symlink_to(tmp_path / "cellar" / "pulumi")
    on_path(monkeypatch, tmp_path / "links")
    engine = official_engine(reports.append)
    assert engine is not None
    assert engine.pulumi == tmp_path / "links" / "pulumi"


def test_one_that_tells_no_version_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, reports: list[str]
) -> None:
    pulumi = install(tmp_path / "a", "something")
    on_path(monkeypatch, tmp_path / "a")
    assert official_engine(reports.append) is None
    assert reports == [f"passing over {pulumi}: `pulumi version` gives no version"]


def test_links_to_an_engine_are_not_taken_for_an_installation(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, reports: list[str]
) -> None:
    built = install(tmp_path / "cache", "v3.259.0", host=False)
    link_engine(Engine(built, "3.259.0", "built", tmp_path / "tools"), tmp_path / "bin")
    assert (tmp_path / "bin" / "pulumi-language-python").exists()
    on_path(monkeypatch, tmp_path / "bin")
    assert official_engine(reports.append) is None
    assert reports == []


def test_an_official_engine_is_found_again_behind_the_links_to_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, reports: list[str]
) -> None:
    pulumi = install(tmp_path / "a", "v3.260.0")
    on_path(monkeypatch, tmp_path / "bin", tmp_path / "a")
    for _ in range(2):
        engine = official_engine(reports.append)
        assert engine is not None
        link_engine(engine, tmp_path / "bin")
    assert (tmp_path / "bin" / "pulumi").resolve() == pulumi
    assert sorted(path.name for path in (tmp_path / "bin").iterdir()) == [
        ".linked-by-ha-cluster",
        "pulumi",
    ]


def test_a_folder_that_linked_a_built_engine_is_turned_over_to_an_official_one(
    tmp_path: Path,
) -> None:
    built = install(tmp_path / "cache", "v3.259.0", host=False)
    official = install(tmp_path / "a", "v3.260.0")
    link_engine(Engine(built, "3.259.0", "built", tmp_path / "tools"), tmp_path / "bin")
    link_engine(Engine(official, "3.260.0", "official", None), tmp_path / "bin")
    assert (tmp_path / "bin" / "pulumi").resolve() == official
    assert not (tmp_path / "bin" / "pulumi-language-python").exists()
    assert built.read_text().startswith("#!/bin/sh")


def test_a_built_engine_is_no_symbolic_link_for_the_engine_would_warn_of_it(tmp_path: Path) -> None:
    built = install(tmp_path / "cache", "v3.259.0", host=False)
    link_engine(Engine(built, "3.259.0", "built", tmp_path / "tools"), tmp_path / "bin")
    assert not (tmp_path / "bin" / "pulumi").is_symlink()
    assert (tmp_path / "bin" / "pulumi").samefile(built)


def test_where_files_cannot_be_linked_the_engine_is_copied_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(_link: Path, _file: Path) -> None:
        raise OSError("another file system")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    engine = Engine(install(tmp_path / "cache", "v3.259.0"), "3.259.0", "built", tmp_path / "x")
    copies = []
    for _ in range(2):
        link_engine(engine, tmp_path / "bin")
        copies.append((tmp_path / "bin" / "pulumi").stat().st_ino)
    assert copies[0] == copies[1] != engine.pulumi.stat().st_ino
    assert (tmp_path / "bin" / "pulumi").read_bytes() == engine.pulumi.read_bytes()
    newer = install(tmp_path / "newer", "v3.260.0")
    link_engine(Engine(newer, "3.260.0", "built", tmp_path / "x"), tmp_path / "bin")
    assert (tmp_path / "bin" / "pulumi").read_bytes() == newer.read_bytes()
