import os
from pathlib import Path

import pytest
import yaml

from sandbox.errors import SandboxError
from sandbox.project import refresh_project

SALT = "encryptionsalt: v1:abc=:v1:def:ghi\n"
DEV = b"# the dev environment\nconfig:\n  aws:region: us-east-1\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    for name in ("components", "policy", ".git", ".sandbox", "__pycache__"):
        (folder / name).mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text("name: ha-cluster\nruntime: python\n")
    (folder / "Pulumi.dev.yaml").write_bytes(DEV)
    (folder / "__main__.py").write_text("print('program')\n")
    return folder


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "box" / "project"


def test_project_and_stack_files_are_copies_byte_for_byte_and_all_else_links(
    checkout: Path, copy: Path
) -> None:
    assert refresh_project(checkout, copy) == ["Pulumi.dev.yaml", "Pulumi.yaml"]
    assert (copy / "Pulumi.dev.yaml").read_bytes() == DEV
    assert not (copy / "Pulumi.dev.yaml").is_symlink()
    links = {path.name: path.readlink() for path in copy.iterdir() if path.is_symlink()}
    assert links == {name: checkout / name for name in ("__main__.py", "components", "policy")}


def test_a_second_refresh_touches_nothing(checkout: Path, copy: Path) -> None:
    refresh_project(checkout, copy)
    (copy / "Pulumi.dev.yaml").write_bytes(DEV + SALT.encode())
    (copy / "Pulumi.other.yaml").write_text(SALT)
    before = {path.name: (path.lstat().st_mtime_ns, path.lstat().st_ino) for path in copy.iterdir()}
    assert refresh_project(checkout, copy) == []
    after = {path.name: (path.lstat().st_mtime_ns, path.lstat().st_ino) for path in copy.iterdir()}
    assert after == before


def test_what_pulumi_wrote_into_the_copy_never_reaches_the_checkout(
    checkout: Path, copy: Path
) -> None:
    refresh_project(checkout, copy)
    with (copy / "Pulumi.dev.yaml").open("a") as file:
        file.write(SALT)
    refresh_project(checkout, copy)
    assert (checkout / "Pulumi.dev.yaml").read_bytes() == DEV


@pytest.mark.parametrize("ending", [b"", b"\n"])
def test_a_changed_file_is_copied_again_and_keeps_the_salt_of_the_stack(
    checkout: Path, copy: Path, ending: bytes
) -> None:
    refresh_project(checkout, copy)
    (copy / "Pulumi.dev.yaml").write_text(SALT + "config:\n  other: 1\n")
    changed = DEV.replace(b"us-east-1", b"eu-west-1").rstrip(b"\n") + ending
    (checkout / "Pulumi.dev.yaml").write_bytes(changed)
    assert refresh_project(checkout, copy) == ["Pulumi.dev.yaml"]
    copied = (copy / "Pulumi.dev.yaml").read_bytes()
    assert copied.startswith(changed)
    assert yaml.safe_load(copied) == {
        "config": {"aws:region": "eu-west-1"},
        "encryptionsalt": "v1:abc=:v1:def:ghi",
    }


def test_a_salt_of_the_checkouts_own_wins(checkout: Path, copy: Path) -> None:
    refresh_project(checkout, copy)
    (copy / "Pulumi.dev.yaml").write_bytes(DEV + SALT.encode())
    own = DEV + b"encryptionsalt: own\n"
    (checkout / "Pulumi.dev.yaml").write_bytes(own)
    refresh_project(checkout, copy)
    assert (copy / "Pulumi.dev.yaml").read_bytes() == own


def test_what_left_the_checkout_leaves_the_copy_but_a_stack_made_there_stays(
    checkout: Path, copy: Path
) -> None:
    refresh_project(checkout, copy)
    (copy / "Pulumi.mine.yaml").write_text(SALT)
    (checkout / "Pulumi.dev.yaml").unlink()
    (checkout / "components").rmdir()
    refresh_project(checkout, copy)
    assert {path.name for path in copy.glob("Pulumi*")} == {"Pulumi.yaml", "Pulumi.mine.yaml"}
    assert not os.path.lexists(copy / "components")


def test_a_checkout_that_moved_gets_new_links(checkout: Path, copy: Path, tmp_path: Path) -> None:
    refresh_project(checkout, copy)
    moved = checkout.rename(tmp_path / "moved")
    refresh_project(moved, copy)
    assert (copy / "policy").readlink() == moved / "policy"


@pytest.mark.parametrize("content", [b"config: [\n", b"config: \xff\n"])
def test_a_stack_file_that_is_not_yaml_is_named(checkout: Path, copy: Path, content: bytes) -> None:
    refresh_project(checkout, copy)
    broken = checkout / "Pulumi.dev.yaml"
    broken.write_bytes(content)
    with pytest.raises(SandboxError) as refused:
        refresh_project(checkout, copy)
    assert str(refused.value).startswith(f"{broken} is not YAML: ")
    assert f'in "{broken}", ' in str(refused.value)
    assert (copy / "Pulumi.dev.yaml").read_bytes() == DEV


def test_a_stack_file_that_is_not_yaml_is_named_before_the_first_copy(
    checkout: Path, copy: Path
) -> None:
    broken = checkout / "Pulumi.dev.yaml"
    broken.write_text("config: [\n")
    with pytest.raises(SandboxError, match="is not YAML"):
        refresh_project(checkout, copy)
    assert not (copy / "Pulumi.dev.yaml").exists()


def test_a_file_in_the_way_of_a_link_is_named(checkout: Path, copy: Path) -> None:
    copy.mkdir(parents=True)
    (copy / "policy").write_text("mine")
    with pytest.raises(SandboxError, match="policy is in the way of a link"):
        refresh_project(checkout, copy)
    assert (copy / "policy").read_text() == "mine"
