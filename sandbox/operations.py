"""The operations of AWS that can be made to fail: those that change something."""

import difflib

from botocore.session import get_session

from sandbox.errors import UnknownOperationError
from sandbox.provider.injected_faults import ANY_CHANGE, is_changing

_SERVICES = ("ec2", "iam", "ssm")


def known_operation(name: str) -> str:
    """Return the name if it is a changing operation or `any-change`; else raise what is wrong."""
    if name == ANY_CHANGE:
        return name
    session = get_session()
    known = {
        each for service in _SERVICES for each in session.get_service_model(service).operation_names
    }
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        hint = f"did you mean {near[0]}?" if near else "for example RunInstances"
        raise UnknownOperationError(
            f"{name} is not an operation of {', '.join(_SERVICES)}; {hint} "
            f"({ANY_CHANGE} stands for every operation that changes something)"
        )
    if not is_changing(name):
        raise UnknownOperationError(
            f"{name} changes nothing, and only changing operations can be made to fail"
        )
    return name
