"""What AWS allows and gives per volume type: sizes, IOPS, throughput and their ratios.

https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html
"""

from collections.abc import Mapping
from typing import Any, NamedTuple


class _Type(NamedTuple):
    smallest_gib: int
    largest_gib: int
    lowest_iops: int = 0  # 0: none can be asked for
    highest_iops: int = 0
    iops_per_gib: int = 0


_TYPES = {
    "gp2": _Type(1, 16384),
    "gp3": _Type(1, 65536, 3000, 80000, 500),
    "io1": _Type(4, 16384, 100, 64000, 50),
    "io2": _Type(4, 65536, 100, 256000, 1000),
    "sc1": _Type(125, 16384),
    "st1": _Type(125, 16384),
    "standard": _Type(1, 1024),
}
_BASE_IOPS = 3000
_BASE_THROUGHPUT = 125  # MiB/s
_THROUGHPUT_PER_IOPS = 0.25


def refusal(arguments: Mapping[str, Any]) -> tuple[str, str] | None:
    """Give AWS's code and words against `VolumeType`, `Size`, `Iops` and `Throughput`, or None."""
    kind = arguments["VolumeType"]
    limits = _TYPES.get(kind)
    if limits is None:
        return "UnknownVolumeType", f"Unsupported volume type '{kind}' for volume creation."
    words = _refused_size(limits, arguments) or _refused_performance(limits, arguments)
    return ("InvalidParameterValue", words) if words else None


def performance_of(live: Mapping[str, Any]) -> tuple[int, int]:
    """Give a live volume's IOPS and throughput; 0 where AWS tells none.

    moto keeps what was asked for only: AWS grants gp2 three IOPS per GiB, gp3 a base.
    """
    iops: int = live.get("Iops") or 0
    throughput: int = live.get("Throughput") or 0
    if live["VolumeType"] == "gp2":
        return min(max(100, 3 * live["Size"]), 16000), 0
    if live["VolumeType"] == "gp3":
        return iops or _BASE_IOPS, throughput or _BASE_THROUGHPUT
    return iops, throughput


def _refused_size(limits: _Type, arguments: Mapping[str, Any]) -> str:
    size = arguments.get("Size")
    if size is None:
        return ""
    kind = arguments["VolumeType"]
    if size < limits.smallest_gib:
        return (
            f"Volume of {size}GiB is too small for volume type {kind}; "
            f"minimum is {limits.smallest_gib}GiB."
        )
    if size > limits.largest_gib:
        return (
            f"Volume of {size}GiB is too large for volume type {kind}; "
            f"maximum is {limits.largest_gib}GiB."
        )
    return ""


def _refused_performance(limits: _Type, arguments: Mapping[str, Any]) -> str:
    asked = arguments.get("Iops")
    if asked and limits.lowest_iops:
        if asked < limits.lowest_iops:
            return f"Volume iops of {asked} is too low; minimum is {limits.lowest_iops}."
        if asked > limits.highest_iops:
            return f"Volume iops of {asked} is too high; maximum is {limits.highest_iops}."
        ratio = asked / arguments["Size"] if arguments.get("Size") else 0
        exempt = arguments["VolumeType"] == "gp3" and asked == _BASE_IOPS
        if ratio > limits.iops_per_gib and not exempt:
            return (
                f"Iops to volume size ratio of {ratio:.6f} is too high; "
                f"maximum is {limits.iops_per_gib:.6f}."
            )
    ratio = (arguments.get("Throughput") or 0) / (asked or _BASE_IOPS)
    if ratio > _THROUGHPUT_PER_IOPS:
        return (
            f"Throughput (MiBps) to iops ratio of {ratio:.6f} is too high; "
            f"maximum is {_THROUGHPUT_PER_IOPS:.6f} MiBps per iops."
        )
    return ""
