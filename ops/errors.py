"""What ends a command early: each error is one message and an exit code.

The codes are those of the Pulumi command line (docs/decisions/0010-exit-codes.md).
"""

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """What a command's exit code says."""

    SOUND = 0
    FAILED = 1
    USAGE = 2
    POLICY_VIOLATED = 5
    DIFFERS = 7
    TIMED_OUT = 9


class OpsError(Exception):
    """A message for the operator: what is wrong, with which value, and what to do."""

    exit_code: ClassVar[ExitCode] = ExitCode.FAILED

    @property
    def is_throttled(self) -> bool:
        """Whether AWS asks to come back later."""
        return False


class UsageError(OpsError):
    """An argument or a file of the operator's that cannot be used."""

    exit_code = ExitCode.USAGE


class TimedOutError(OpsError):
    """The command took longer than `--timeout` allows."""

    exit_code = ExitCode.TIMED_OUT


class AwsError(OpsError):
    """AWS refused a call, or did not answer.

    `operation` is AWS's name, such as `ec2:DescribeRouteTables`; `code` is AWS's error code, or
    the name of botocore's exception where no answer came.
    """

    def __init__(self, operation: str, code: str, text: str, remedy: str) -> None:
        super().__init__(f"{operation}: {code}: {text}. {remedy}")
        self.operation = operation
        self.code = code
        self.text = text

    @property
    def is_denied(self) -> bool:
        """Whether a permission is missing."""
        return self.code in DENIED

    @property
    def is_throttled(self) -> bool:
        """Whether AWS asks to come back later."""
        return self.code in THROTTLED


class NotCheckedError(OpsError):
    """A question that what AWS says does not answer; the text says why."""


DENIED = frozenset({"UnauthorizedOperation", "AccessDenied", "AccessDeniedException"})
# https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
THROTTLED = frozenset({"RequestLimitExceeded", "Throttling", "ThrottlingException"})
