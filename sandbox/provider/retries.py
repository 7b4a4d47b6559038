"""How often the official provider makes a call that keeps failing; here nothing takes time.

Its SDK repeats what is throttled and what is a server's error, and EC2's package adds
InsufficientInstanceCapacity, which PR #21293 had once taken out: internal/service/ec2/
service_package.go of hashicorp/terraform-provider-aws; issues #15183, #43193 and #49863 are open.
"""

from botocore.exceptions import ClientError

from sandbox.provider.cloud import error_code

DEFAULT_ATTEMPTS = 25  # `max_retries` of the provider, which the SDK takes as attempts
_REPEATED = frozenset(
    {
        # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html, server errors
        "InsufficientAddressCapacity", "InsufficientCapacity", "InsufficientHostCapacity",
        "InsufficientInstanceCapacity", "InsufficientReservedInstanceCapacity",
        "InsufficientVolumeCapacity", "InternalError", "InternalFailure", "ServiceUnavailable",
        "Unavailable",
        # aws-sdk-go-v2, aws/retry/standard.go: throttled and timed out
        "BandwidthLimitExceeded", "EC2ThrottledException", "PriorRequestNotComplete",
        "RequestLimitExceeded", "RequestThrottled", "RequestThrottledException", "RequestTimeout",
        "RequestTimeoutException", "SlowDown", "Throttling", "ThrottlingException",
        "TooManyRequestsException",
    }
)  # fmt: skip


def attempts_told(error: ClientError, attempts: int) -> str:
    """Say how often the official provider would have made a call, if more than once."""
    if error_code(error) not in _REPEATED or attempts < 2:  # noqa: PLR2004 - one is not a repeat
        return ""
    return (
        f" (the official provider makes this call up to {attempts} times, with growing pauses, "
        "before it fails; aws:maxRetries sets the number)"
    )
