"""The agent's monitor on both nodes of a partition, whatever the route tables say."""

from hypothesis import given
from hypothesis import strategies as st

from agents.virtual_ip.decision import Facts, Verdict, decide, owner

A, B = "eni-a", "eni-b"
NOBODY = ["eni-a (blackhole)", "igw-1", "eni-c"]
tables = st.dictionaries(
    st.sampled_from(["rtb-1", "rtb-2", "rtb-3", "rtb-4"]),
    st.sampled_from([A, B, *NOBODY]),
    min_size=1,
)
KEEPING = {Verdict.RUNNING, Verdict.REASSERT}


def verdict_of(own: str, other: str, targets: dict[str, str], *, peer: bool | None) -> Verdict:
    able = frozenset({other}) & {*targets.values()}
    return decide(Facts(has_address=True, own=own, targets=targets, able=able, peer=peer))


@given(targets=tables)
def test_in_a_partition_one_node_keeps_the_address_that_serves_anybody(
    targets: dict[str, str],
) -> None:
    in_another_order = dict(reversed(targets.items()))
    verdicts = [
        verdict_of(A, B, targets, peer=False),
        verdict_of(B, A, in_another_order, peer=False),
    ]
    if {A, B} & {*targets.values()}:
        assert sum(each in KEEPING for each in verdicts) == 1
        assert verdicts.count(Verdict.YIELD) == 1


@given(targets=tables)
def test_while_the_nodes_see_each_other_pacemaker_is_believed(targets: dict[str, str]) -> None:
    assert verdict_of(A, B, targets, peer=True) in KEEPING


@given(targets=tables)
def test_a_node_without_the_address_changes_nothing(targets: dict[str, str]) -> None:
    for peer in (True, False, None):
        seen = Facts(has_address=False, own=A, targets=targets, able=frozenset({B}), peer=peer)
        assert decide(seen) is Verdict.STOPPED


@given(targets=tables)
def test_nothing_is_taken_from_a_live_node_whose_membership_is_unknown(
    targets: dict[str, str],
) -> None:
    verdict = verdict_of(A, B, targets, peer=None)
    if owner(targets, A, frozenset({B})) == B:
        assert verdict is Verdict.UNDECIDED
    else:
        assert verdict in KEEPING
