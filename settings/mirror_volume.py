"""The keys that say how fast the mirror volumes are, what encrypts them and whether they stay."""

import re
from typing import Any

from components import mirror_volume_args as limits
from components.mirror_volume_args import MirrorVolumeArgs

from .reader import Form, Reader

MIRROR_VOLUME_KEYS = ("iops", "throughput", "kmsKeyArn", "retain")
# An alias would be read back as its key, and differ at every update.
KEY: Form = (
    re.compile(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/(mrk-)?[0-9a-f-]{32,36}"),
    "write the ARN of a key, arn:aws:kms:REGION:ACCOUNT:key/ID, not of an alias",
)


def read_mirror_volume(reader: Reader, value: Any, gib: int, region: str) -> MirrorVolumeArgs:
    """Return what is chosen of volumes of this size; AWS decides the rest."""
    key = "nodes.mirrorVolumeOptions"
    get = reader.mapping(key, value, MIRROR_VOLUME_KEYS).get
    found = MirrorVolumeArgs(retain=reader.switch(f"{key}.retain", get("retain", False)))
    iops = get("iops")
    if iops is not None:
        allowed = range(limits.BASE_IOPS, limits.highest_iops(gib) + 1)
        unit = f" of operations per second, for {gib} GiB"
        iops = found["iops"] = reader.integer(f"{key}.iops", iops, allowed, unit)
    if get("throughput") is not None:
        most = limits.highest_throughput(iops)
        found["throughput"] = reader.integer(
            f"{key}.throughput",
            get("throughput"),
            range(limits.BASE_THROUGHPUT, most + 1),
            f" of MiB per second, for {iops or limits.BASE_IOPS} operations",
        )
    if get("kmsKeyArn") is not None:
        found["kms_key_arn"] = reader.arn_of_region(
            f"{key}.kmsKeyArn", get("kmsKeyArn"), KEY, "key", region
        )
    return found
