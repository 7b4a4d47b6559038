"""Whether a principal of a policy means a caller.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

import re
from typing import Final

from ops.iam.answers import Answer, Unknown, any_of
from ops.iam.document import Principal, Statement

_ACCOUNT: Final = re.compile(r"\d{12}|arn:[\w-]+:iam::(\d{12}):root")
_SESSION: Final = re.compile(r"arn:[\w-]+:sts::(\d{12}):assumed-role/([^/]+)/.+")
_ARN: Final = re.compile(r"arn:[\w-]+:(?:iam|sts)::(\d{12}):[^*?]+")


def means_caller(statement: Statement, caller: str) -> Answer:
    """Tell whether a statement of an endpoint's policy is about a caller.

    `caller` is the ARN of a user or a role, or the name of a service.
    """
    if statement.not_principals is not None:
        named = any_of(_is(each, caller) for each in statement.not_principals)
        # Of a role, AWS also compares the session and the account that are named beside it.
        return True if named is False else Unknown("NotPrincipal names the caller")
    if statement.principals is None:
        return Unknown("there is no Principal")
    return any_of(_is(each, caller) for each in statement.principals)


def _is(principal: Principal, caller: str) -> Answer:
    if principal.kind != "AWS":
        return principal.value == caller
    if principal.value in ("*", caller):
        return True
    account = _ACCOUNT.fullmatch(principal.value)
    if account:
        return (account[1] or account[0]) == _account(caller)
    if not _ARN.fullmatch(principal.value):
        return Unknown(f"the principal {principal.value} is not an ARN")
    session = _SESSION.fullmatch(principal.value)
    if session and session[1] == _account(caller) and session[2] == caller.rpartition("/")[2]:
        return Unknown(f"{principal.value} is one session of the role")
    return False


def _account(caller: str) -> str:
    """Return the account of an ARN; a service has none."""
    fields = caller.split(":", 5)
    return fields[4] if len(fields) > 5 else ""  # noqa: PLR2004 - an ARN's fields
