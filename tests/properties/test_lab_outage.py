"""The longest outage of any sequence of requests is what trying every pair of them finds."""

from hypothesis import given
from hypothesis import strategies as st

from lab.drill.outage import Sample, longest_outage

BEGAN = st.integers(0, 30).map(float)
SAMPLES = st.dictionaries(BEGAN, st.sampled_from(("", "node-a", "node-b")), max_size=15)


def by_force(answers: dict[float, str], since: float) -> float:
    """The longest time between two requests without an answer from the first to the second."""
    times = sorted(began for began in answers if began >= since)
    waits = [
        end - began
        for began in times
        for end in times
        if began <= end
        and all(not answers[time] for time in times if began <= time < end)
        and not answers[began]
    ]
    return max(waits, default=0.0)


@given(SAMPLES, BEGAN)
def test_no_two_requests_are_further_apart_without_an_answer(
    answers: dict[float, str], since: float
) -> None:
    found = longest_outage([Sample(*each) for each in answers.items()], since)
    assert found.seconds == by_force(answers, since)


@given(SAMPLES, BEGAN)
def test_an_outage_begins_with_a_request_that_failed_after_the_fault(
    answers: dict[float, str], since: float
) -> None:
    found = longest_outage([Sample(*each) for each in answers.items()], since)
    assert found.began >= since
    assert not found.seconds or answers[found.began] == ""
