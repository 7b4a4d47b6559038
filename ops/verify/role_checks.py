"""Whether the nodes' role may do what the cluster needs: F31, F32 and F34.

Each is asked of the role's policies alone: what none of them allows is missing, whatever denies it
besides. What the organization denies cannot be seen from the account.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from ops.cluster import Cluster
from ops.errors import NotCheckedError
from ops.iam.conditions import holds
from ops.iam.document import Document, Effect, Statement
from ops.iam.evaluator import Decision, Request, Verdict, applies, decide
from ops.verify.check import RESTORE, Fault
from ops.verify.live_role import LiveRole
from ops.verify.node_calls import (
    REPLACE_ACTION,
    Caller,
    NodeCall,
    Table,
    completed,
    listed,
    needed_calls,
)
from ops.verify.role_remedies import policy_remedy

_DENIED = (Verdict.IMPLICITLY_DENIED, Verdict.EXPLICITLY_DENIED)


@dataclass(frozen=True)
class _Judged:
    """A call; `granted` leaves out all conditions and denials, `decided` has all of them."""

    call: NodeCall
    granted: Decision
    decided: Decision

    @property
    def is_missing(self) -> bool:
        """Whether no policy of the role has it at all."""
        return self.granted.verdict is Verdict.IMPLICITLY_DENIED

    @property
    def is_denied(self) -> bool:
        """Whether a policy of the role has it, and it is denied nevertheless."""
        return self.granted.verdict is Verdict.ALLOWED and self.decided.verdict in _DENIED


def action_missing(cluster: Cluster, tables: Collection[Table], role: LiveRole) -> Iterator[Fault]:
    """Find actions that no policy of the role allows, on any table where it has tables (F31)."""
    judged = _judge(cluster, tables, role)
    missing = [each.call for each in judged if _is_missing_everywhere(each, judged)]
    if missing:
        yield Fault(
            role.arn,
            "a policy that allows what the nodes call to move the virtual IP",
            f"no policy allows {listed(cluster, missing)}",
            RESTORE,
        )
        return
    _require_decided(judged, lambda each: each.granted)


def table_missing(cluster: Cluster, tables: Collection[Table], role: LiveRole) -> Iterator[Fault]:
    """Find tables in which the role may not replace the virtual IP's route (F32)."""
    replacing = [
        each for each in _judge(cluster, tables, role) if each.call.request.action == REPLACE_ACTION
    ]
    missing = {
        each.call.resource: None
        for each in replacing
        if each.is_missing and not _is_missing_everywhere(each, replacing)
    }
    for table in missing:
        yield Fault(
            table,
            f"{REPLACE_ACTION} is allowed in every table that has the virtual IP",
            f"no policy of {role.name} allows it in this one",
            _table_remedy(cluster, table),
            (role.arn,),
        )
    if not missing:
        _require_decided(replacing, lambda each: each.granted)


def boundary_denies(cluster: Cluster, tables: Collection[Table], role: LiveRole) -> Iterator[Fault]:
    """Find what a policy of the role allows and its boundary, or a condition, denies (F34)."""
    judged = _judge(cluster, tables, role)
    causes: dict[Document, dict[str, list[NodeCall]]] = {}
    for each in judged:
        if each.is_denied:
            document, why = _cause(role, each.call.request)
            causes.setdefault(document, {}).setdefault(why, []).append(each.call)
    for document, whys in causes.items():
        yield Fault(
            role.arn,
            "nothing denies what the role's policies allow",
            "; ".join(f"{listed(cluster, calls)}: {why}" for why, calls in whys.items()),
            policy_remedy(role, document),
            tuple(sorted({call.resource for calls in whys.values() for call in calls} - {""})),
        )
    if not causes:
        _require_decided(judged, lambda each: each.decided)


def _judge(cluster: Cluster, tables: Collection[Table], role: LiveRole) -> list[_Judged]:
    caller = Caller(role.arn, role.tags)
    boundary = [role.boundary] if role.boundary else None
    documents = (*role.policies, *(boundary or ()))
    grants = [_grants(document) for document in role.policies]
    judged: list[_Judged] = []
    for needed in needed_calls(cluster, tables, caller):
        call = completed(needed, documents, caller)
        granted = decide(call.request, identity=grants)
        decided = decide(call.request, identity=role.policies, boundary=boundary)
        judged.append(_Judged(call, granted, decided))
    return judged


def _grants(document: Document) -> Document:
    """Return a document that allows the same without conditions and denies nothing."""
    allowing = (each for each in document.statements if each.effect is Effect.ALLOW)
    return replace(document, statements=tuple(replace(each, conditions=()) for each in allowing))


def _is_missing_everywhere(judged: _Judged, all_judged: Sequence[_Judged]) -> bool:
    action = judged.call.request.action
    return all(each.is_missing for each in all_judged if each.call.request.action == action)


def _require_decided(judged: Sequence[_Judged], of: Callable[[_Judged], Decision]) -> None:
    """Raise NotCheckedError where no fault was found, but something could not be decided."""
    for each in judged:
        if of(each).verdict is Verdict.UNDECIDED:
            raise NotCheckedError(f"{each.call.request.action}: {of(each).reason}")


def _cause(role: LiveRole, request: Request) -> tuple[Document, str]:
    """Return the policy that keeps the role from what another statement allows, and why."""
    boundary = [role.boundary] if role.boundary else []
    for document, title, statement in _statements((*boundary, *role.policies), Effect.DENY):
        if applies(statement, request, has_variables=document.has_variables) is True:
            return document, f"{title} denies it"
    own = decide(request, identity=role.policies)
    if boundary and own.verdict is not Verdict.IMPLICITLY_DENIED:
        return boundary[0], f"the permissions boundary {boundary[0].name} does not allow it"
    return next(_unmet(role, request))


def _unmet(role: LiveRole, request: Request) -> Iterator[tuple[Document, str]]:
    """Yield the conditions that keep statements from allowing a request."""
    for document, title, statement in _statements(role.policies, Effect.ALLOW):
        bare = replace(statement, conditions=())
        if applies(bare, request, has_variables=document.has_variables) is True:
            for each in statement.conditions:
                if holds(each, request.context, has_variables=document.has_variables) is False:
                    written = f"{each.operator} {each.key} {' or '.join(each.values)}"
                    yield document, f"{title} allows it only with {written}"


def _statements(
    documents: Sequence[Document], effect: Effect
) -> Iterator[tuple[Document, str, Statement]]:
    for document in documents:
        for number, statement in enumerate(document.statements):
            if statement.effect is effect:
                yield document, f"statement {statement.sid or number} of {document.name}", statement


def _table_remedy(cluster: Cluster, table: str) -> str:
    if table in cluster.route_table_ids.values():
        return RESTORE
    return (
        f"Name {table} in existingNetwork.routeTableIds and run pulumi up, or take its route out: "
        f"aws ec2 delete-route --region {cluster.region} --route-table-id {table} "
        f"--destination-cidr-block {cluster.destination}"
    )
