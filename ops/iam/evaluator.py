"""Decides a request of one account, in the order in which AWS evaluates policies.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
Not seen: policies of the organization, of a session, and of resources. They only deny more, but
for a resource's own policy, which EC2's resources do not have.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ops.iam import principals
from ops.iam.answers import Answer, Unknown, all_of, any_of, negation
from ops.iam.conditions import holds
from ops.iam.document import Document, Effect, Statement
from ops.iam.patterns import Context, expand, matches_action, matches_resource


class Verdict(StrEnum):
    """What comes of a request. Undecided: it hangs on what is not known."""

    ALLOWED = "allowed"
    IMPLICITLY_DENIED = "implicitly denied"
    EXPLICITLY_DENIED = "explicitly denied"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Request:
    """A call. `resource` is an ARN, or `*` for an action that knows no resources.

    `context` has the condition keys by name. A key without values is absent from the request; one
    that is not listed is not known, and a decision that needs it is undecided.
    """

    action: str
    resource: str
    principal_arn: str
    context: Context = field(default_factory=dict[str, tuple[str, ...]])


@dataclass(frozen=True)
class Decision:
    """A verdict, and the policy and statement, or the missing fact, that it comes from."""

    verdict: Verdict
    reason: str


@dataclass(frozen=True)
class _Layer:
    """Policies of which one has to allow a request."""

    title: str
    documents: Sequence[Document]
    has_principals: bool = False


def decide(
    request: Request,
    *,
    identity: Sequence[Document],
    boundary: Sequence[Document] | None = None,
    endpoint: Document | None = None,
) -> Decision:
    """Decide a request by the policies of its caller, the caller's boundary and the endpoint.

    A boundary or an endpoint that is not given allows everything.
    """
    layers = list(_layers(identity, boundary, endpoint))
    denied = [each for layer in layers for each in _answers(layer, Effect.DENY, request)]
    for answer, source in denied:
        if answer is True:
            return Decision(Verdict.EXPLICITLY_DENIED, f"denied by {source}")
    reasons = list(_undecided(denied))
    granted = [(layer, list(_answers(layer, Effect.ALLOW, request))) for layer in layers]
    for layer, answers in granted:
        allowed = any_of(answer for answer, _ in answers)
        if allowed is False and not reasons:
            return Decision(Verdict.IMPLICITLY_DENIED, f"nothing in {layer.title} allows it")
    reasons += [
        reason
        for _, answers in granted
        if any_of(answer for answer, _ in answers) is not True
        for reason in _undecided(answers)
    ]
    if reasons:
        return Decision(Verdict.UNDECIDED, reasons[0])
    sources = [
        next(source for answer, source in answers if answer is True) for _, answers in granted
    ]
    return Decision(Verdict.ALLOWED, f"allowed by {', by '.join(sources)}")


def applies(
    statement: Statement, request: Request, *, has_variables: bool, has_principals: bool = False
) -> Answer:
    """Tell whether a statement is about a request, whatever its effect."""

    def answers() -> Iterator[Answer]:
        yield _means_action(statement, request.action)
        if has_principals:
            yield principals.means_caller(statement, request.principal_arn)
        yield _means_resource(statement, request, has_variables=has_variables)
        for condition in statement.conditions:
            yield holds(condition, request.context, has_variables=has_variables)

    return all_of(answers())


def _layers(
    identity: Sequence[Document],
    boundary: Sequence[Document] | None,
    endpoint: Document | None,
) -> Iterator[_Layer]:
    if boundary is not None:
        yield _Layer("the permissions boundary", boundary)
    yield _Layer("the caller's policies", identity)
    if endpoint is not None:
        yield _Layer("the endpoint policy", [endpoint], has_principals=True)


def _answers(layer: _Layer, effect: Effect, request: Request) -> Iterator[tuple[Answer, str]]:
    """Yield whether each statement of this effect applies, and what to call it."""
    for document in layer.documents:
        for number, statement in enumerate(document.statements):
            if statement.effect is effect:
                answer = applies(
                    statement,
                    request,
                    has_variables=document.has_variables,
                    has_principals=layer.has_principals,
                )
                title = document.name or layer.title
                yield answer, f"statement {statement.sid or number} of {title}"


def _undecided(answers: Sequence[tuple[Answer, str]]) -> Iterator[str]:
    for answer, source in answers:
        if isinstance(answer, Unknown):
            yield f"{source} cannot be decided: {answer.why}"


def _means_action(statement: Statement, action: str) -> Answer:
    written = statement.actions if statement.actions is not None else statement.not_actions or ()
    named = any(matches_action(each, action) for each in written)
    return named if statement.actions is not None else not named


def _means_resource(statement: Statement, request: Request, *, has_variables: bool) -> Answer:
    """Tell whether the resource is meant; a policy of the resource itself need not name it."""
    if statement.resources is None and statement.not_resources is None:
        return True
    written = statement.resources or statement.not_resources or ()

    def answers() -> Iterator[Answer]:
        for each in written:
            pattern = expand(each, request.context, has_variables=has_variables)
            yield (
                pattern
                if isinstance(pattern, Unknown)
                else matches_resource(pattern, request.resource)
            )

    named = any_of(answers())
    return named if statement.resources is not None else negation(named)
