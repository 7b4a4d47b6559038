"""How fast a mirror volume is, what encrypts it, and whether it outlives its stack.

Pure. Limits of gp3: https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html
"""

from typing import NotRequired, TypedDict

BASE_IOPS, BASE_THROUGHPUT = 3_000, 125
HIGHEST_IOPS, HIGHEST_THROUGHPUT = 80_000, 2_000
IOPS_PER_GIB, IOPS_PER_MIBPS = 500, 4


class MirrorVolumeArgs(TypedDict):
    """What can be chosen of both mirror volumes; AWS decides what is left out."""

    iops: NotRequired[int | None]
    """Operations per second, 3000 to 80000 and at most 500 for each GiB."""

    throughput: NotRequired[int | None]
    """MiB per second, 125 to 2000 and at most a quarter of the operations."""

    kms_key_arn: NotRequired[str | None]
    """ARN of the key of KMS that encrypts a new volume; the account's default key where it is left
    out. A volume keeps its key for good."""

    retain: NotRequired[bool]
    """Whether AWS keeps the volumes when the stack is destroyed."""


def highest_iops(gib: int) -> int:
    """Return the most operations per second that a volume of this size may have."""
    return max(BASE_IOPS, min(HIGHEST_IOPS, gib * IOPS_PER_GIB))


def highest_throughput(iops: int | None) -> int:
    """Return the most MiB per second that a volume with these operations may have."""
    return min(HIGHEST_THROUGHPUT, (iops or BASE_IOPS) // IOPS_PER_MIBPS)


def check_mirror_volume(args: MirrorVolumeArgs, gib: object) -> None:
    """Check what AWS would refuse halfway through; a size that is not known yet is left to AWS."""
    iops, throughput = args.get("iops"), args.get("throughput")
    most = highest_iops(gib) if isinstance(gib, int) else HIGHEST_IOPS
    if iops is not None and not BASE_IOPS <= iops <= most:
        raise ValueError(f"mirror_volume.iops: {iops} is not within {BASE_IOPS} to {most}")
    most = highest_throughput(iops)
    if throughput is not None and not BASE_THROUGHPUT <= throughput <= most:
        raise ValueError(
            f"mirror_volume.throughput: {throughput} is not within {BASE_THROUGHPUT} to {most}; "
            f"for more, raise iops to {IOPS_PER_MIBPS} times that"
        )
