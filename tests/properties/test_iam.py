"""For any policies: denials stay, permissions add up, and who knows less decides less."""

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ops.iam.document import Condition, Document, Effect, Principal, Statement
from ops.iam.evaluator import Request, Verdict, decide

ROLE = "arn:aws:iam::123456789012:role/nodes"
TABLES = [f"arn:aws:ec2:eu-west-1:123456789012:route-table/rtb-{number}" for number in (1, 2)]
KEYS = ["aws:SourceVpc", "aws:PrincipalTag/team"]
VALUES = ["true", "a", "10.0.0.1"]
OPERATORS = [
    f"{quantifier}{name}{if_exists}"
    for name in ("StringLike", "StringNotEquals", "Bool", "NotIpAddress", "NumericLessThan")
    for quantifier in ("", "ForAllValues:", "ForAnyValue:")
    for if_exists in ("", "IfExists")
] + ["Null", "Unheard"]
WRITTEN_VALUES = [*VALUES, "*", "${aws:SourceVpc}", "${aws:PrincipalTag/team, 'a'}"]
# Most of what is made up is about the one request, or nothing would ever be decided.
MEANT = st.sampled_from(
    [
        {"actions": ("ec2:*",), "resources": ("*",)},
        {"actions": ("s3:*", "EC2:ReplaceRoute"), "resources": (TABLES[1], TABLES[0])},
        {"not_actions": ("s3:*",), "not_resources": (TABLES[1],)},
        {"actions": ("*",), "resources": ("arn:aws:ec2:*:*:*/rtb-${aws:PrincipalTag/team, '1'}",)},
        {"not_actions": ("ec2:Replace*",), "resources": ("*",)},
    ]
)


def some(values: list[str], least: int = 1) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), min_size=least, max_size=2).map(tuple)


CONDITIONS = st.builds(
    Condition, st.sampled_from(OPERATORS), st.sampled_from(KEYS), some(WRITTEN_VALUES)
)
PRINCIPALS = st.sampled_from(["*", ROLE, "123456789012", "AROAEXAMPLE"]).map(
    lambda value: (Principal("AWS", value),)
)


def statements(effects: st.SearchStrategy[Effect]) -> st.SearchStrategy[Statement]:
    return st.builds(
        lambda effect, meant, conditions, principals: Statement(
            effect=effect, conditions=conditions, principals=principals, **meant
        ),
        effects,
        MEANT,
        st.just(()) | CONDITIONS.map(lambda condition: (condition,)),
        PRINCIPALS,
    )


ALLOWS = statements(st.just(Effect.ALLOW))
STATEMENTS = statements(st.sampled_from(Effect))
ALLOWING = st.lists(ALLOWS, min_size=1, max_size=3).map(tuple)
DOCUMENTS = st.builds(Document, ALLOWING, st.booleans())
ANY_DOCUMENTS = st.builds(Document, st.lists(STATEMENTS, max_size=2).map(tuple))
POLICIES = st.fixed_dictionaries(
    {
        "identity": st.lists(DOCUMENTS | ANY_DOCUMENTS, min_size=1, max_size=2),
        "boundary": st.none() | st.lists(DOCUMENTS | ANY_DOCUMENTS, max_size=2),
        "endpoint": st.none() | DOCUMENTS | ANY_DOCUMENTS,
    }
)
REQUESTS = st.builds(
    Request,
    st.just("ec2:ReplaceRoute"),
    st.just(TABLES[0]),
    st.just(ROLE),
    st.dictionaries(st.sampled_from(KEYS), some(VALUES, least=0)),
)


MANY = settings(max_examples=300)


def with_statement(policies: dict[str, Any], statement: Statement) -> dict[str, Any]:
    """The same policies with a statement more in each that is there, and one of it alone."""

    def longer(documents: list[Document]) -> list[Document]:
        return [
            Document((statement,)),
            *(replace(each, statements=(*each.statements, statement)) for each in documents),
        ]

    boundary, endpoint = policies["boundary"], policies["endpoint"]
    return {
        "identity": longer(policies["identity"]),
        "boundary": None if boundary is None else longer(boundary),
        "endpoint": None if endpoint is None else longer([endpoint])[1],
    }


@MANY
@given(REQUESTS, POLICIES, STATEMENTS)
def test_what_is_denied_explicitly_stays_so_whatever_is_added(
    request: Request, policies: dict[str, Any], statement: Statement
) -> None:
    if decide(request, **policies).verdict is Verdict.EXPLICITLY_DENIED:
        added = decide(request, **with_statement(policies, statement))
        assert added.verdict is Verdict.EXPLICITLY_DENIED


@MANY
@given(REQUESTS, POLICIES, ALLOWS)
def test_another_permission_never_takes_one_away(
    request: Request, policies: dict[str, Any], statement: Statement
) -> None:
    if decide(request, **policies).verdict is Verdict.ALLOWED:
        added = decide(request, **with_statement(policies, statement))
        assert added.verdict is Verdict.ALLOWED


@MANY
@given(REQUESTS, POLICIES, st.sampled_from(KEYS))
def test_to_know_less_only_leaves_a_decision_open(
    request: Request, policies: dict[str, Any], key: str
) -> None:
    less = {name: values for name, values in request.context.items() if name != key}
    found = decide(replace(request, context=less), **policies).verdict
    assert found in (Verdict.UNDECIDED, decide(request, **policies).verdict)


@MANY
@given(REQUESTS, POLICIES)
def test_the_case_of_an_action_and_of_a_key_does_not_matter(
    request: Request, policies: dict[str, Any]
) -> None:
    context = {name.swapcase(): values for name, values in request.context.items()}
    other = replace(request, action=request.action.swapcase(), context=context)
    assert decide(other, **policies) == decide(request, **policies)
