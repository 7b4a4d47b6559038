import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from guardrails import Configuration, Topology, Verdict, judge
from guardrails.analysis.graph import Graph, Links
from guardrails.model.knowledge import External, OneOf, Unknown
from guardrails.model.machines import VirtualIp
from guardrails.model.routing import Gateway, TargetKind, main_table_of
from guardrails.model.security import Endpoint, GroupRule, default_group_of
from guardrails.rules import RULES
from tests.support.forgetting import forget, places
from tests.support.topologies import (
    PRIVATE_RULE,
    REGION,
    SLOTS,
    interface,
    judged,
    network,
    route,
    subnet,
    table,
)

HOSTILE = ("", "/", "a" * 10_000, "0.0.0.0/-1", "::/129", "10.0.0.0/8\n", "-1", "\0", "[")


def test_an_unknown_value_has_to_name_its_fact() -> None:
    with pytest.raises(ValueError, match="has to name the fact that is missing"):
        Unknown("")


def test_links_keep_sure_and_possible_ones_apart() -> None:
    links = Links(
        [
            ("a", "x"),
            ("b", External("x")),
            ("c", OneOf(("x", "y"))),
            ("d", Unknown("f")),
            ("e", None),
        ]
    )
    assert links.of("x") == ["a"]
    assert links.of(External("x")) == ["b"]
    assert links.possible("y") == [("c", "which one is meant of x, y")]
    assert links.anywhere == [("d", "f")]


def test_an_adopted_table_answers_to_the_name_that_aws_gave_it() -> None:
    graph = Graph(network(table("adopted", main_of="vpc")))
    assert graph.canonical(main_table_of("vpc")) == "adopted"
    assert graph.canonical(OneOf((main_table_of("vpc"), "x"))) == OneOf(("adopted", "x"))
    assert graph.canonical(main_table_of("far")) == main_table_of("far")


def test_what_aws_makes_with_a_vpc_has_a_key_of_its_own() -> None:
    assert main_table_of("v") == "v#main-route-table"
    assert default_group_of("v") == "v#default-security-group"


def test_an_empty_topology_has_nothing_to_judge() -> None:
    judgement = judge(Topology())
    assert judgement.findings == ()
    assert {name: dict(each.verdicts) for name, each in judgement.coverage.items()} == {
        name: {} for name in RULES
    }


def test_coverage_counts_every_subject() -> None:
    topology = network(route("::/0", "internet"), subnet("private-2"), subnet("back"))
    coverage = judged(topology).coverage[PRIVATE_RULE]
    assert (coverage.count(Verdict.VIOLATED), coverage.count(Verdict.KEPT)) == (1, 2)
    assert dict(coverage.skipped) == {"public": "it is public"}


@pytest.mark.parametrize("text", HOSTILE)
def test_values_that_make_no_sense_do_not_break_the_judge(text: str) -> None:
    topology = network(
        route(text, External(text), TargetKind.INTERFACE),
        route(text, text),
        subnet(text or "s", cidrs=(text,), tags={text: text, "Tier": text}),
        interface(text or "i", addresses=(text,)),
        Endpoint(key="e", scope=REGION, name=text, kind=text, vpc="vpc", groups=(text,)),
        Endpoint(key="f", scope=REGION, name=text, kind="Interface", vpc=text),
        GroupRule(key="r", group=text, protocol=text, from_port=-1, to_port=10**30),
        Gateway(key=text, scope=REGION, kind=TargetKind.OTHER, vpc=text),
        VirtualIp(key="v", address=text),
    )
    judgement = judged(topology)
    assert judgement.coverage[PRIVATE_RULE].verdicts["private"] is Verdict.UNVERIFIED


def test_every_value_forgotten_leaves_nothing_proven() -> None:
    topology = network(
        route("0.0.0.0/0", "internet"),
        route("20.0.0.100/32", "node-a", TargetKind.INTERFACE),
        Endpoint(key="e", scope=REGION, name="e", kind="Interface", vpc="vpc"),
    )
    forgotten = forget(topology, (each for each in places(topology) if each.member is None))
    verdicts = {v for each in judged(forgotten).coverage.values() for v in each.verdicts.values()}
    assert verdicts == {Verdict.UNVERIFIED}


def test_every_kind_of_element_has_its_place() -> None:
    assert len(SLOTS) == len(fields(Topology))


def test_all_faults_of_a_configuration_are_told_at_once() -> None:
    with pytest.raises(ValueError, match="cannot be read") as caught:
        Configuration(
            private_names=("(", "fine"),
            internal_ranges=("10.0.0.0/8", "ten"),
            vpc_ranges={"vpc-1": ("10.0.0.0/99",)},
            virtual_ips=("20.0.0.100", "floating"),
        )
    assert [line.split(" ")[0] for line in str(caught.value).splitlines()] == [
        "'('",
        "'ten'",
        "'10.0.0.0/99'",
        "'floating'",
    ]


def test_the_library_needs_nothing_but_the_standard_library() -> None:
    policy = Path(__file__).parents[2] / "policy"
    code = "import sys, guardrails; print(any(m.startswith('pulumi') for m in sys.modules))"
    command = [sys.executable, "-S", "-c", code]
    done = subprocess.run(command, cwd=policy, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
