"""Hands the engine's requests to the pack as they are, once.

The policy SDK decodes every resource anew for each policy, hides what it cannot see behind
exceptions, and keeps each policy's configuration apart. A pack that judges a stack as a whole needs
the request itself, so the SDK's servicer is wrapped: it shows every request to the sessions of the
pack's policies before it goes on as ever. Other authors' policies in the same pack notice
nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import ResourceValidationPolicy, StackValidationPolicy, policy

from guardrails.pack.response_limit import fit
from guardrails.pack.session import Phase, Session

_MARK: Final = "shows_requests_to_guardrails"


class SessionPolicy:
    """A policy that judges the stack of its session instead of the SDK's copy of it."""

    session: Session


def install() -> None:
    """Wrap the SDK's servicer; a second time changes nothing."""
    servicer: Any = policy._PolicyAnalyzerServicer  # pyright: ignore[reportPrivateUsage] # noqa: SLF001 - the SDK has no hook
    if getattr(servicer, _MARK, False):
        return
    setattr(servicer, _MARK, True)
    servicer.Configure = _showing(servicer.Configure, _configure)
    servicer.ConfigureStack = _showing(servicer.ConfigureStack, _configure_stack)
    servicer.Analyze = _showing(servicer.Analyze, _analyze)
    servicer.AnalyzeStack = _showing(servicer.AnalyzeStack, _analyze_stack)
    servicer.Remediate = _showing(servicer.Remediate, _remediate)


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
        policies: list[Any] = self._PolicyAnalyzerServicer__policies
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
