import pytest
from pulumi.runtime.proto import analyzer_pb2

from guardrails.pack.response_limit import LIMIT, LONGEST_MESSAGE, fit

MEBIBYTE = 1024 * 1024
GRPC_LIMIT = 4 * MEBIBYTE


def answer(**messages: list[str]) -> analyzer_pb2.AnalyzeResponse:
    """Answer with the messages of each policy, all of them mandatory."""
    return analyzer_pb2.AnalyzeResponse(
        diagnostics=[
            analyzer_pb2.AnalyzeDiagnostic(
                policyName=policy,
                message=message,
                urn=f"urn:{number}",
                enforcementLevel=analyzer_pb2.MANDATORY,
            )
            for policy, texts in messages.items()
            for number, message in enumerate(texts)
        ]
    )


def test_an_answer_that_fits_stays_as_it_is() -> None:
    small = answer(routes=["a", "x" * 3 * MEBIBYTE], ports=["b"])
    expected = answer(routes=["a", "x" * 3 * MEBIBYTE], ports=["b"])
    assert fit(small) == expected


def test_what_does_not_fit_is_counted_under_the_same_policy_and_level() -> None:
    fitted = fit(answer(routes=["x" * 1000] * 5000))
    assert LIMIT - 2 * LONGEST_MESSAGE < fitted.ByteSize() <= LIMIT < GRPC_LIMIT
    last = fitted.diagnostics[-1]
    left = 5000 - (len(fitted.diagnostics) - 1)
    assert last.message == (
        f"{left} more findings of this policy are left out: together they are more than the engine"
        " takes\n  fix: resolve those shown, and run again"
    )
    assert (last.policyName, last.urn, last.enforcementLevel) == (
        "routes",
        "",
        analyzer_pb2.MANDATORY,
    )


def test_a_policy_with_many_findings_does_not_silence_another() -> None:
    fitted = fit(answer(ports=["one"], routes=["x" * 1000] * 9000, ranges=["one", "two"]))
    found = [each.message for each in fitted.diagnostics if each.policyName != "routes"]
    assert found == ["one", "one", "two"]


@pytest.mark.parametrize(("size", "count"), [(LONGEST_MESSAGE + 1, 40), (5 * MEBIBYTE, 2)])
def test_of_a_message_that_is_too_long_the_beginning_is_left(size: int, count: int) -> None:
    fitted = fit(answer(routes=["é" * size] * count))
    assert fitted.ByteSize() <= LIMIT
    assert len(fitted.diagnostics) == count
    assert fitted.diagnostics[0].message == (
        "é" * (LONGEST_MESSAGE // 4) + "... (cut because it is too long)"
    )
