"""What `pulumi` means where it is typed in the sandbox's shell, without an engine."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox.engine.launcher import write_launcher
from sandbox.engine.official import official_engine
from sandbox.servers import CHECKOUT
from sandbox.typed_command import engine_words
from tests.support.engineless import CommandLine

COPY = Path("/box/project")
Meaning = Callable[..., list[str]]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    (folder / "policy").mkdir(parents=True)
    (folder / "examples" / "shop").mkdir(parents=True)
    (folder / "Pulumi.yaml").touch()
    (folder / "examples" / "shop" / "Pulumi.yml").touch()
    return folder


@pytest.fixture
def meaning(checkout: Path) -> Meaning:
    """What the engine is told, with the folder where it is typed written as HERE."""

    def mean(line: str, place: Path = Path()) -> list[str]:
        here = checkout / place
        words = engine_words(line.split(), here, checkout, COPY)
        return [word.replace(str(here), "HERE") for word in words]

    return mean


@pytest.mark.parametrize("place", [".", "policy", "examples"])
@pytest.mark.parametrize("line", ["", "up --yes", "stack init dev", "config set key ./value"])
def test_in_the_checkout_the_engine_works_on_the_copy(
    meaning: Meaning, place: str, line: str
) -> None:
    assert meaning(line, Path(place)) == ["--cwd", "/box/project", *line.split()]


@pytest.mark.parametrize("place", ["examples/shop", ".."])
@pytest.mark.parametrize("line", ["up --policy-pack ../policy", "stack export --file s.json", ""])
def test_in_another_project_and_outside_of_any_the_words_stay_as_they_are(
    meaning: Meaning, place: str, line: str
) -> None:
    assert meaning(line, Path(place)) == line.split()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("stack export --file state.json", "stack export --file=HERE/state.json"),
        ("stack import --file=state.json", "stack import --file=HERE/state.json"),
        (
            "policy analyze --file s.json --policy-pack policy",
            "policy analyze --file=HERE/s.json --policy-pack=HERE/policy",
        ),
        ("up --policy-pack a,../b", "up --policy-pack=HERE/a,HERE/../b"),
        ("up --policy-pack-config ,b.json", "up --policy-pack-config=,HERE/b.json"),
        ("preview --save-plan plan.json -s dev", "preview --save-plan=HERE/plan.json --stack=dev"),
        ("up --plan /tmp/plan.json", "up --plan=/tmp/plan.json"),
        ("up --event-log events.json", "up --event-log=HERE/events.json"),
        ("config --config-file Pulumi.x.yaml", "config --config-file=HERE/Pulumi.x.yaml"),
        ("import -f list.json -o made.py", "import --file=HERE/list.json --out=HERE/made.py"),
        ("import -flist.json -o=made.py", "import --file=HERE/list.json --out=HERE/made.py"),
        ("up --tracing file:./up.trace", "up --tracing=file:HERE/up.trace"),
        ("up --otel-traces file://up.json", "up --otel-traces=file://HERE/up.json"),
        ("up --tracing http://127.0.0.1:9411", "up --tracing=http://127.0.0.1:9411"),
        ("stack graph out.dot", "stack graph HERE/out.dot"),
        ("-v 3 stack graph out.dot -s dev", "--verbose=3 stack graph HERE/out.dot --stack=dev"),
        ("package add ./schema.json", "package add HERE/schema.json"),
    ],
)
def test_a_path_is_one_of_the_folder_where_it_is_typed(
    meaning: Meaning, line: str, told: str
) -> None:
    for place in (Path(), Path("policy")):
        assert meaning(line, place) == ["--cwd", "/box/project", *told.split()]


@pytest.mark.parametrize(
    "line",
    [
        "stack rm -f dev",
        "up -f -m file",
        "config set --plaintext key ../value",
        "config set key -- --file",
        "up --file",
        "policy analyze --policy-pack=",
    ],
)
def test_what_is_no_path_stays_as_it_is(meaning: Meaning, line: str) -> None:
    assert meaning(line) == ["--cwd", "/box/project", *line.split()]


@pytest.mark.parametrize(
    "line",
    [
        "new python --dir shop",
        "install",
        "policy install",
        "policy new aws-python",
        "plugin install resource x -f ./x",
        "package get-schema ./x",
        "--color never version",
        "convert --out there",
    ],
)
def test_a_command_that_concerns_no_stack_works_where_it_is_typed(
    meaning: Meaning, line: str
) -> None:
    assert meaning(line, Path("policy")) == line.split()


def test_a_folder_that_is_given_is_where_the_command_is_typed(
    meaning: Meaning, checkout: Path
) -> None:
    assert meaning("-C examples/shop up --plan p") == ["-C", "examples/shop", "up", "--plan", "p"]
    assert meaning("up --cwd=/ --plan p") == ["up", "--cwd=/", "--plan", "p"]
    told = ["--cwd", "/box/project", "up", "--plan=HERE/policy/p"]
    for given in ("-C policy", "-Cpolicy", "--cwd=policy", "-C / -C policy"):
        assert meaning(f"{given} up --plan p") == told
    back = engine_words(["up", "-C", str(checkout)], Path("/"), checkout, COPY)
    assert back == ["--cwd", "/box/project", "up"]


def test_a_folder_reached_by_a_link_is_where_the_link_leads(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(checkout / "policy")
    words = engine_words(["up"], tmp_path / "link", checkout, COPY)
    assert words == ["--cwd", "/box/project", "up"]


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[CommandLine]:
    """A sandbox whose engine says where it would work and what it was told."""
    command = CommandLine(tmp_path / "box")
    assert command("start").returncode == 0
    engine = command.directory / "bin" / "pulumi"
    engine.write_text('#!/bin/sh\necho "$PWD" "$@"\nexit 7\n')
    engine.chmod(0o755)
    yield command
    command("stop")


def test_the_pulumi_of_the_shell_is_the_one_that_translates(
    sandbox: CommandLine, tmp_path: Path
) -> None:
    copy = sandbox.directory / "project"
    words = ("run", "--", "pulumi", "up", "--plan", "a b")
    here = sandbox(*words, cwd=CHECKOUT / "tests")
    told = f"{CHECKOUT}/tests --cwd {copy} up --plan={CHECKOUT}/tests/a b\n"
    assert (here.stdout, here.stderr, here.returncode) == (told, "", 7)
    elsewhere = sandbox(*words, cwd=tmp_path)
    assert elsewhere.stdout == f"{tmp_path} up --plan a b\n"


def test_the_copy_is_brought_up_to_date_by_the_command_that_uses_it(
    sandbox: CommandLine,
) -> None:
    copied = sandbox.directory / "project" / "Pulumi.dev.yaml"
    copied.unlink()
    done = sandbox("run", "--", "pulumi", "up")
    assert "copied again, since the checkout's changed: Pulumi.dev.yaml" in done.stderr
    assert copied.read_bytes() == (CHECKOUT / "Pulumi.dev.yaml").read_bytes()


def test_a_copy_that_cannot_be_made_is_told_and_the_engine_not_called(
    sandbox: CommandLine,
) -> None:
    (sandbox.directory / "project" / "README.md").unlink()
    (sandbox.directory / "project" / "README.md").write_text("in the way")
    done = sandbox("run", "--", "pulumi", "up")
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (1, "", False)
    assert "README.md is in the way of a link" in done.stderr


def test_two_commands_at_once_do_not_disturb_each_other_over_the_copy(
    sandbox: CommandLine,
) -> None:
    launcher = [str(sandbox.directory / "shell" / "pulumi"), "up"]
    codes: list[int] = []

    def call() -> None:
        done = subprocess.run(launcher, cwd=CHECKOUT, capture_output=True, check=False)
        codes.append(done.returncode)

    for path in (sandbox.directory / "project").iterdir():
        path.unlink()
    callers = [threading.Thread(target=call) for _ in range(6)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert codes == [7] * 6


def test_the_launcher_is_not_taken_for_an_installed_engine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write_launcher(tmp_path / "shell", Path(sys.executable), COPY)
    (tmp_path / "shell" / "pulumi-language-python").symlink_to("/bin/true")
    monkeypatch.setenv("PATH", str(tmp_path / "shell"))
    reports: list[str] = []
    assert official_engine(reports.append) is None
    assert reports == []
