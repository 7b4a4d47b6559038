"""Which file system a node mirrors, and where it may mount it."""

import re
from typing import Any

from .reader import Form, Reader

FILE_SYSTEM: Form = (re.compile("ext4|xfs"), "write ext4 or xfs")
MOUNT_POINT: Form = (
    re.compile(r"(/(?!\.{1,2}(?:/|$))[A-Za-z0-9_.-]+)+"),
    "write an absolute path of letters, digits, dots, hyphens and underscores, like /mnt/md1",
)
# A mount hides what lies below it. These folders and all below them, or these alone, are the
# system's, the product's and the boot script's.
_RESERVED = (
    "bin|boot|dev|etc|lib|lib64|proc|root|run|sbin|sys|tmp|usr/bin|usr/lib|usr/lib64|usr/sbin|"
    "usr/share|opt/nec|var/log|var/lib/cloud|var/lib/hacluster"
)
_RESERVED_ALONE = "usr|usr/local|opt|var|var/lib|home"
SYSTEM_FOLDERS = re.compile(rf"/({_RESERVED})(/.*)?|/({_RESERVED_ALONE})")


def read_mount_point(reader: Reader, key: str, value: Any) -> str:
    """Return where the active node mounts the mirrored file system."""
    found = reader.matching(key, value, MOUNT_POINT)
    if SYSTEM_FOLDERS.fullmatch(found):
        remedy = "name a folder of its own, like /mnt/md1: a mount would hide the system's files"
        reader.fault(key, found, remedy)
    return found
