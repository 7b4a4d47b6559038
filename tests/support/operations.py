"""A cluster as `ops` sees it: its description, AWS by a counting client, and reports on it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ops.aws import Aws, Place
from ops.cluster import Cluster, read_cluster
from ops.stack_state import declared_targets
from ops.verify.checks import CHECKS
from ops.verify.findings import Report, examine
from ops.verify.situation import Situation
from ops.verify.snapshot import Snapshot, take
from tests.support.cluster import ClusterUnderTest


@dataclass(frozen=True)
class Operated:
    """A running cluster under operation; with `ec2` a test breaks and restores it.

    `declared_targets` is what the stack's state says after it was brought up.
    """

    cluster: Cluster
    aws: Aws
    ec2: Any
    declared_targets: Mapping[str, str]

    @classmethod
    def of(cls, stack: ClusterUnderTest) -> "Operated":
        """Describe a stack's cluster from its outputs."""
        cluster = read_cluster(stack.outputs(), "the test's stack")
        aws = Aws(Place(cluster.region, None, stack.sandbox.running().endpoint))
        return cls(cluster, aws, stack.ec2, declared_targets(stack.state(), cluster))

    def described_as(self, **changes: Any) -> "Operated":
        """Return the same cluster with other outputs."""
        return replace(self, cluster=replace(self.cluster, **changes))

    def situation(self) -> Situation:
        """Ask AWS for the cluster as it is now."""
        return Situation(self.cluster, take(self.aws, self.cluster), self.declared_targets)

    def report(self) -> Report:
        """Verify the cluster as it is now."""
        return examined(self.situation())


def answered(situation: Situation, kind: str, identity: str, **changes: Any) -> Situation:
    """Return the situation with one described thing changed: what the local AWS cannot show."""
    before = situation.snapshot.answers[kind]
    after = [{**each, **changes} if identity in each.values() else each for each in before]
    assert after != before
    return with_answer(situation, kind, after)


def without(situation: Situation, kind: str, identity: str) -> Situation:
    """Return the situation without one described thing: it is gone."""
    found: list[dict[str, Any]] = situation.snapshot.get(kind)
    left = [each for each in found if identity not in each.values()]
    assert len(left) == len(found) - 1
    return with_answer(situation, kind, left)


def with_answer(situation: Situation, kind: str, answer: Any) -> Situation:
    """Return the situation with the whole answer of a kind replaced."""
    answers = {**situation.snapshot.answers, kind: answer}
    return replace(situation, snapshot=Snapshot(answers))


def roots(report: Report) -> set[tuple[str, str]]:
    """Return id and subject of each finding that no other one explains."""
    return {(each.id, each.subject) for each in report.roots}


def following(report: Report) -> set[tuple[str, str | None]]:
    """Return id and cause of each finding that another one explains."""
    return {(each.id, each.caused_by) for each in report.findings if each.caused_by}


def examined(situation: Situation) -> Report:
    """Make all checks on a situation."""
    return examine(situation, CHECKS)


def tag_specifications(resource: str, tags: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the tags of a thing to be made; an underscore in a name stands for a colon."""
    written = [{"Key": key.replace("_", ":"), "Value": value} for key, value in tags.items()]
    return [{"ResourceType": resource, "Tags": written}] if written else []


READS = ("Describe", "Get", "List", "Search")


def assert_only_reads(aws: Aws, nodes: int) -> None:
    """Assert that nothing but reads was asked, and that EC2 was asked within its budget."""
    operations = [name.partition(":")[2] for name in aws.calls]
    assert [each for each in operations if not each.startswith(READS)] == []
    asked = sum(count for name, count in aws.calls.items() if name.startswith("ec2:"))
    assert asked <= 13 + 2 * nodes, aws.calls
