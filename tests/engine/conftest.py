"""One sandbox for each test process: its own cloud, provider and backend, ended with it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox.runtime import Sandbox
from tests.support.cluster import ClusterUnderTest
from tests.support.operations import Operated
from tests.support.sandbox import StackUnderTest, write_project


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Run a sandbox for all engine tests of this process; pytest-xdist gives each worker one."""
    with Sandbox(tmp_path_factory.mktemp("sandbox"), report=lambda _: None) as running:
        yield running


@pytest.fixture(scope="module")
def cluster(
    sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ClusterUnderTest]:
    """The dev environment, up, for all tests of a module."""
    sandbox.reset_cloud()
    made = ClusterUnderTest.at(tmp_path_factory.mktemp("project"), sandbox)
    made.up()
    yield made
    made.remove()


@pytest.fixture
def new_cluster(sandbox: Sandbox, tmp_path: Path) -> Iterator[ClusterUnderTest]:
    """The dev environment in an empty cloud, not yet built."""
    sandbox.reset_cloud()
    made = ClusterUnderTest.at(tmp_path, sandbox)
    yield made
    sandbox.clear_faults()
    made.remove()


@pytest.fixture
def empty_cloud(sandbox: Sandbox) -> Sandbox:
    """The same sandbox with nothing in its cloud."""
    sandbox.reset_cloud()
    return sandbox


@pytest.fixture
def make_stack(sandbox: Sandbox, tmp_path: Path) -> Iterator[Callable[..., StackUnderTest]]:
    """Make stacks from programs; the stacks are destroyed and removed after the test."""
    made: list[StackUnderTest] = []

    def make(program: str, *, region: str = "us-east-1", **config: str) -> StackUnderTest:
        project = write_project(tmp_path / f"project-{len(made)}", program)
        stack = StackUnderTest(sandbox, project)
        made.append(stack)
        return stack.init({"aws:region": region, **config})

    yield make
    for stack in made:
        stack.destroy(check=False)
        stack.pulumi("stack", "rm", "--yes", "--force", check=False)


@pytest.fixture(scope="module")
def operated(cluster: ClusterUnderTest, sandbox: Sandbox) -> Iterator[Operated]:
    """The cluster of the module under operation, with the sandbox's credentials."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in sandbox.environment.items():
            if name.startswith("AWS_"):
                patch.setenv(name, value)
        yield Operated.of(cluster)
