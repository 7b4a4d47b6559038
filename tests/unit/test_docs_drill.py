"""docs/drill.md: its example is what the report prints, its policy is what the commands call."""

import ast
import re
from datetime import UTC, datetime

from ops.cluster import Cluster, Node
from ops.drill.report import Report
from ops.drill.text import report_text
from ops.drill.timing import Sample, read_timing
from ops.drill.transfer import Transfer
from ops.errors import ExitCode
from ops.move.caller import Reply
from ops.move.judgement import judge
from ops.move.live_routes import LiveRoutes
from ops.move.takeover import Takeover
from tests.support.pages import policy_in
from tests.support.stack_config import ROOT

PAGE = (ROOT / "docs" / "drill.md").read_text(encoding="utf-8")
NODES = tuple(
    Node(f"node-{letter}", f"us-east-1{letter}", f"i-{letter}", f"eni-{letter}", "10.0.0.1")
    for letter in "ab"
)
CLUSTER = Cluster(
    name="ha-cluster-dev",
    region="us-east-1",
    vpc_id="vpc-1",
    virtual_ip="20.0.0.100",
    nodes=NODES,
    route_table_ids={"main": "rtb-1", "private_a": "rtb-2"},
)
TABLES = ("rtb-1", "rtb-2")
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def transfer(to: Node, seen: tuple[str, ...], throttled: int = 0) -> Transfer:
    """A transfer with a sample every 50 ms; the first is taken when the first route is replaced."""
    samples = [
        Sample(
            number * 0.05 - 0.01,
            number * 0.05,
            {table: f"eni-{letter}" for table, letter in zip(TABLES, letters, strict=True)},
        )
        for number, letters in enumerate(seen)
    ]
    replies = {
        table: Reply(0.0, 0.02, 1 + count, count, 0.02, {})
        for table, count in zip(TABLES, (throttled, 0), strict=True)
    }
    routes = LiveRoutes(dict.fromkeys(TABLES, to.network_interface_id))
    takeover = Takeover(to, 0.0, 0.1, replies, routes)
    timing = read_timing(samples, TABLES, to.network_interface_id, 0.0)
    return Transfer(to, timing, judge(takeover, CLUSTER), len(samples))


def test_the_example_is_what_a_drill_prints() -> None:
    report = Report(
        cluster=CLUSTER,
        by="route",
        former=NODES[0],
        to=NODES[1],
        began=NOON,
        ended=NOON,
        takeovers=(transfer(NODES[1], ("aa", "ba", "bb", "bb"), throttled=1),),
        failbacks=(transfer(NODES[0], ("bb", "aa", "aa", "aa")),),
        problems=(),
        routes=LiveRoutes(dict.fromkeys(TABLES, "eni-a")),
        stopped="",
        stopped_code=ExitCode.FAILED,
        interval=0.05,
        throttled=0,
        calls={"ec2:DescribeRouteTables": 10, "ec2:ReplaceRoute": 4},
    )
    assert f"```\n{report_text(report)}\n```" in PAGE


def sources() -> list[str]:
    """The modules of move and drill."""
    folders = (ROOT / "ops" / "move", ROOT / "ops" / "drill")
    return [path.read_text() for folder in folders for path in folder.glob("*.py")]


def operations() -> set[str]:
    """The operations of EC2 that move and drill name, as IAM spells them."""
    names: set[str] = set()
    for text in sources():
        constants = (
            node.value
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        )
        names |= {each for each in constants if re.fullmatch(r"(describe|replace)_[a-z_]+", each)}
    return {f"ec2:{name.title().replace('_', '')}" for name in names}


def test_the_policy_allows_what_the_commands_call_and_nothing_else() -> None:
    allowed: set[str] = set()
    for statement in policy_in(PAGE)["Statement"]:
        actions = statement["Action"]
        allowed |= {actions} if isinstance(actions, str) else set(actions)
    assert allowed == operations()


def test_every_id_is_in_the_table() -> None:
    listed = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", PAGE.split("## Findings")[1]))
    prefixes = "virtual-ip|api|role|route-table|source-dest|endpoint"
    used: set[str] = set()
    for text in sources():
        used |= set(re.findall(rf'"((?:{prefixes})-[a-z-]+)"', text))
    assert used
    assert used <= listed
    runbook = (ROOT / "docs" / "runbook.md").read_text()
    assert {each for each in used if f"\n### {each}\n" not in runbook} == set()
