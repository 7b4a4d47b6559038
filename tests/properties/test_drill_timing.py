"""When each table flipped, from any sequence of samples."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.drill.timing import Sample, Timing, percentile, read_timing

TABLES = ("rtb-1", "rtb-2", "rtb-3")
TO = "eni-b"
targets = st.dictionaries(st.sampled_from(TABLES), st.sampled_from(("eni-a", TO, "eni-c")))
seconds = st.floats(0.001, 10, allow_nan=False)
"""No two answers come at one time: a call takes some."""


@st.composite
def sequences(draw: st.DrawFn) -> list[Sample]:
    """Samples one after the other, each answered after it was asked for."""
    now, made = draw(seconds), list[Sample]()
    for _ in range(draw(st.integers(0, 8))):
        asked = now + draw(seconds)
        now = asked + draw(seconds)
        made.append(Sample(asked, now, draw(targets)))
    return made


begins = st.none() | st.floats(0, 100, allow_nan=False)


@given(sequences(), begins)
def test_no_time_is_negative(samples: list[Sample], began: float | None) -> None:
    timing = read_timing(samples, TABLES, TO, began)
    assert all(each >= 0 for each in timing.flips)
    assert timing.skew is None or timing.skew >= 0
    assert timing.transition is None or timing.transition >= 0
    assert timing.resolution >= 0


@given(sequences(), begins)
def test_skew_is_the_latest_flip_less_the_earliest(
    samples: list[Sample], began: float | None
) -> None:
    timing = read_timing(samples, TABLES, TO, began)
    if timing.flips:
        assert timing.skew == max(timing.flips) - min(timing.flips)
    else:
        assert timing.skew is None


@given(sequences(), begins)
def test_a_table_that_does_not_end_at_the_target_is_named(
    samples: list[Sample], began: float | None
) -> None:
    timing = read_timing(samples, TABLES, TO, began)
    last = samples[-1].targets if samples else {}
    assert set(timing.never) == {table for table in TABLES if last.get(table) != TO}
    assert len(timing.never) + len(timing.flips) == len(TABLES)


@given(sequences())
def test_a_flip_is_dated_by_an_answer_from_which_on_the_table_stays(samples: list[Sample]) -> None:
    timing = read_timing(samples, TABLES, TO, 0.0)
    for each in timing.tables:
        if each.flipped is not None:
            since = [one for one in samples if one.answered >= each.flipped]
            assert each.flipped in {one.answered for one in samples}
            assert all(one.targets.get(each.table) == TO for one in since)


def targets_in(seen: str) -> Sequence[str]:
    """A letter for each table; or one table, which is a black hole."""
    return [seen] if seen.endswith("(blackhole)") else seen


def timing_of(*seen: str, began: float | None = None) -> Timing:
    """The timing of samples a second apart, each answered after 0.2 s; a letter for each table."""
    samples = [
        Sample(
            number,
            number + 0.2,
            {
                table: f"eni-{target}"
                for table, target in zip(TABLES, targets_in(each), strict=False)
            },
        )
        for number, each in enumerate(seen)
    ]
    return read_timing(samples, TABLES[: len(targets_in(seen[0]))], TO, began)


def test_without_a_beginning_time_counts_from_the_last_sample_before_any_change() -> None:
    timing = timing_of("aa", "aa", "ba", "bb")
    assert timing.flips == pytest.approx((1, 2))
    assert timing.skew == pytest.approx(1)
    assert timing.transition == pytest.approx(2.2)
    assert timing.resolution == pytest.approx(1)


def test_with_a_beginning_time_counts_from_it() -> None:
    assert timing_of("aa", "ba", "bb", began=0.5).flips == pytest.approx((0.7, 1.7))


def test_a_table_that_goes_back_flips_when_it_comes_to_stay() -> None:
    timing = timing_of("a", "b", "a", "b", "b")
    assert timing.flips == pytest.approx((3,))
    assert [each.changes for each in timing.tables] == [1]


@pytest.mark.parametrize(
    ("seen", "changes"),
    [
        ("aab", 1),
        ("aabab", 1),
        ("abaa", 0),
        ("aabbaabb", 3),
        (["a", "a (blackhole)", "a (blackhole)", "b", "b"], 1),
    ],
)
def test_a_change_counts_when_two_samples_or_the_last_show_it(
    seen: Sequence[str], changes: int
) -> None:
    assert [each.changes for each in timing_of(*seen).tables] == [changes]


def test_a_table_that_goes_back_for_good_never_flips() -> None:
    timing = timing_of("aa", "bb", "ab")
    assert (timing.never, timing.transition) == (("rtb-1",), None)


def test_percentiles_are_values_that_occurred() -> None:
    values = [5.0, 1.0, 4.0, 2.0, 3.0]
    assert [percentile(values, each) for each in (0, 50, 95, 100)] == [1, 3, 5, 5]
    assert percentile([7.0], 50) == 7
