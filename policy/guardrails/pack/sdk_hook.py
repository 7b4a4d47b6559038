"""Hands the engine's requests to the pack as they are, once.

The policy SDK decodes every resource anew for each policy, hides what it cannot see behind
exceptions, and keeps each policy's configuration apart. A pack that judges a stack as a whole needs
the request itself, so the SDK's servicer is wrapped: it shows every request to the sessions of the
pack's policies before it goes on as ever. Other authors' policies in the same pack notice
nothing.

The servicer is private to the SDK. Its version and shape are checked before it is wrapped: with
another one the sessions might see nothing, and a pack that sees nothing finds nothing. A pack that
fails to start cannot say so: the engine reports a closed pipe and drops the message.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import wraps
from importlib.metadata import version
from inspect import signature
from typing import Any, Final, cast

from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import ResourceValidationPolicy, StackValidationPolicy, policy

from guardrails.pack.response_limit import fit
from guardrails.pack.session import Phase, Session

_MARK: Final = "shows_requests_to_guardrails"
_SUPPORTED: Final = "1.21"
_SERVICER: Final = "_PolicyAnalyzerServicer"
_POLICIES: Final = f"{_SERVICER}__policies"
_PARAMETERS: Final = 3
"""Of each method: the servicer, the request, and gRPC's context."""


class SessionPolicy:
    """A policy that judges the stack of its session instead of the SDK's copy of it."""

    session: Session


def install() -> str:
    """Wrap the SDK's servicer; a second time changes nothing.

    Return what is wrong where the SDK has another version or shape than this is written for, and
    wrap nothing then; "" otherwise.
    """
    servicer: Any = getattr(policy, _SERVICER, None)
    if getattr(servicer, _MARK, False):
        return ""
    found = version("pulumi-policy")
    problems = list(_problems(found, servicer))
    if problems:
        return (
            f"the pack judges nothing: it needs pulumi-policy {_SUPPORTED}.x and found {found}:"
            f" {'; '.join(problems)}\n  fix: pip install 'pulumi-policy=={_SUPPORTED}.*'"
        )
    setattr(servicer, _MARK, True)
    for name, show in _SHOWN.items():
        setattr(servicer, name, _showing(getattr(servicer, name), show))
    return ""


def _problems(found: str, servicer: Any) -> Iterator[str]:
    """Yield what of the SDK is not as the hook needs it."""
    if found.split(".")[:2] != _SUPPORTED.split("."):
        yield "its version is another one"
    if servicer is None:
        yield f"pulumi_policy.policy has no {_SERVICER}"
        return
    methods = cast("Mapping[str, Any]", vars(servicer))
    for name in _SHOWN:
        method = methods.get(name)
        if method is None:
            yield f"{_SERVICER} has no method {name}"
        elif len(signature(method).parameters) != _PARAMETERS:
            yield f"{_SERVICER}.{name} takes {signature(method)}"
    if _POLICIES not in servicer.__init__.__code__.co_names:
        yield f"{_SERVICER} does not keep its policies in __policies"


@dataclass(frozen=True, slots=True)
class _Rest:
    """What is left for the SDK once the sessions have seen a request: an answer, or a request."""

    request: Any = None
    answer: Any = None


def _showing(
    method: Callable[[Any, Any, Any], Any], show: Callable[[Session, Any], _Rest]
) -> Callable[[Any, Any, Any], Any]:
    """Show each request to the sessions, then go on with what the SDK still has to decode."""

    @wraps(method)
    def shown(self: Any, request: Any, context: Any) -> Any:
        policies: list[Any] = getattr(self, _POLICIES)
        sessions = {id(each.session): each.session for each in policies if _has_session(each)}
        rests = [show(session, request) for session in sessions.values()]
        if len(rests) != 1 or not all(_has_session(each) for each in policies):
            return fit(method(self, request, context))
        if rests[0].answer is not None:
            return rests[0].answer
        return fit(method(self, rests[0].request, context))

    return shown


def _has_session(each: object) -> bool:
    return isinstance(each, SessionPolicy) and isinstance(
        each, (StackValidationPolicy, ResourceValidationPolicy)
    )


def _configure(session: Session, request: Any) -> _Rest:
    session.configure(
        {
            name: json_format.MessageToDict(each.properties)
            for name, each in request.policyConfig.items()
        },
        {name: each.enforcementLevel for name, each in request.policyConfig.items()},
    )
    return _Rest(request)


def _configure_stack(session: Session, request: Any) -> _Rest:
    session.start(_phase(request), request.config.values())
    return _Rest(request)


def _phase(request: Any) -> Phase:
    if not request.stack:
        # Where the engine tells nothing, Pulumi's language hosts still tell the pack just that.
        return Phase.STATE
    return Phase.PREVIEW if request.dry_run else Phase.UPDATE


def _analyze(session: Session, request: Any) -> _Rest:
    session.see(request)
    if session.phase is not Phase.UPDATE:
        return _Rest(answer=analyzer_pb2.AnalyzeResponse())
    return _Rest(analyzer_pb2.AnalyzeRequest(urn=request.urn, type=request.type, name=request.name))


def _analyze_stack(session: Session, request: Any) -> _Rest:
    session.begin(request)
    return _Rest(analyzer_pb2.AnalyzeStackRequest())


def _remediate(session: Session, request: Any) -> _Rest:  # noqa: ARG001 - the pack remediates nothing
    return _Rest(answer=analyzer_pb2.RemediateResponse())


_SHOWN: Final[dict[str, Callable[[Session, Any], _Rest]]] = {
    "Configure": _configure,
    "ConfigureStack": _configure_stack,
    "Analyze": _analyze,
    "AnalyzeStack": _analyze_stack,
    "Remediate": _remediate,
}
"""By method of the servicer: what shows its request to a session."""
