from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from sandbox import demo, runtime
from sandbox.demo import Scene, play
from sandbox.errors import SandboxError
from sandbox.state import State, read_state

Step = Callable[[Scene], list[str]]


@pytest.fixture
def play_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    monkeypatch.setattr(runtime, "provide_engine", lambda _: None)
    monkeypatch.setattr(runtime, "link_engine", lambda *_: None)

    def play_them(*steps: Step) -> int:
        monkeypatch.setattr(demo, "STEPS", (begin, *steps))
        return play(tmp_path / "demo")

    return play_them


def begin(scene: Scene) -> list[str]:
    """Begin."""
    scene.sandbox.start(fresh=True)
    return ["begun"]


def see(scene: Scene) -> list[str]:
    """See."""
    return [f"{len(scene.client('ec2').describe_vpcs()['Vpcs'])} network"]


def fail(_: Scene) -> list[str]:
    """Fail."""
    raise SandboxError("what the engine said")


def interrupt(_: Scene) -> list[str]:
    """Interrupt."""
    raise KeyboardInterrupt


def state_of(tmp_path: Path) -> State:
    state = read_state(tmp_path / "demo" / "state.json")
    assert state is not None
    return state


def test_steps_are_numbered_told_with_their_proofs_and_all_is_ended(
    play_steps: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert play_steps(see) == 0
    told = capsys.readouterr().out
    for line in ("1. Begin.\n", "   begun\n", "2. See.\n", "   1 network\n", "All 2 steps held"):
        assert line in told
    assert [server.alive for server in state_of(tmp_path).servers] == [False, False]


@pytest.mark.parametrize(("step", "raised"), [(fail, SandboxError), (interrupt, KeyboardInterrupt)])
def test_nothing_runs_on_after_a_failure_or_an_interruption(
    play_steps: Callable[..., int], tmp_path: Path, step: Step, raised: type[BaseException]
) -> None:
    with pytest.raises(raised):
        play_steps(step, see)
    assert [server.alive for server in state_of(tmp_path).servers] == [False, False]


def test_a_failure_names_its_step_and_shows_what_the_engine_said(
    play_steps: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SandboxError, match="step 2 failed: what the engine said"):
        play_steps(fail, see)
    told = capsys.readouterr().out
    assert "See." not in told
    assert "held" not in told


def test_a_second_demo_at_once_is_refused(play_steps: Callable[..., int], tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    with (
        FileLock(tmp_path / "demo" / "demo.lock"),
        pytest.raises(SandboxError, match="another demo is running"),
    ):
        play_steps(see)


def test_a_number_is_read_from_the_engines_summary_alone() -> None:
    text = " +  rule tcp-29000 created (0.1s)\nResources:\n    + 46 created\n    - 3 deleted\n"
    assert demo._count(text, "created") == "46"
    assert demo._count(text, "deleted") == "3"
    with pytest.raises(SandboxError, match="did not say how many were to create"):
        demo._count(text, "to create")
