"""One sandbox for each test process: its own cloud, provider and backend, ended with it."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox.runtime import Sandbox
from tests.support.cluster import ClusterUnderTest, MakeCluster
from tests.support.operations import Operated
from tests.support.sandbox import StackUnderTest, aws_environment, write_project


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Run a sandbox for all engine tests of this process; pytest-xdist gives each worker one."""
    with Sandbox(tmp_path_factory.mktemp("sandbox"), report=lambda _: None) as running:
        yield running


@pytest.fixture(scope="module")
def fresh_cloud(sandbox: Sandbox) -> Sandbox:
    """The sandbox for all tests of a module; its cloud is emptied once, before them."""
    sandbox.reset_cloud()
    return sandbox


@pytest.fixture(scope="module")
def make_cluster(
    fresh_cloud: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MakeCluster]:
    """Make clusters for all tests of a module; their stacks are removed afterwards."""
    made: list[ClusterUnderTest] = []

    def make(environment: str = "dev") -> ClusterUnderTest:
        made.append(
            ClusterUnderTest.at(tmp_path_factory.mktemp("project"), fresh_cloud, environment)
        )
        return made[-1]

    yield make
    for cluster in made:
        cluster.remove()


@pytest.fixture(scope="module")
def cluster(make_cluster: MakeCluster) -> ClusterUnderTest:
    """The dev environment, up, for all tests of a module."""
    made = make_cluster()
    made.up()
    return made


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
def make_stack(sandbox: Sandbox, tmp_path: Path) -> Callable[..., StackUnderTest]:
    """Make stacks from programs; they end with the sandbox, since no two have the same name."""
    number = itertools.count()

    def make(program: str, *, region: str = "us-east-1", **config: str) -> StackUnderTest:
        project = write_project(tmp_path / f"project-{next(number)}", program)
        return StackUnderTest(sandbox, project).init({"aws:region": region, **config})

    return make


@pytest.fixture(scope="module")
def operated(cluster: ClusterUnderTest, sandbox: Sandbox) -> Iterator[Operated]:
    """The cluster of the module under operation, with the sandbox's credentials."""
    with aws_environment(sandbox):
        yield Operated.of(cluster)


@pytest.fixture
def sound(operated: Operated) -> None:
    """Before each test, verify finds nothing: each test restores what it breaks."""
    report = operated.report()
    assert report.findings == ()
    assert report.not_checked == ()
