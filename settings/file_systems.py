"""Where a node may mount its mirrored file system."""

from typing import Any

from components import expresscluster_forms as forms

from .reader import Reader


def read_mount_point(reader: Reader, key: str, value: Any) -> str:
    """Return where the active node mounts the mirrored file system."""
    found = reader.matching(key, value, forms.MOUNT_POINT)
    if forms.SYSTEM_FOLDERS.fullmatch(found):
        remedy = "name a folder of its own, like /mnt/md1: a mount would hide the system's files"
        reader.fault(key, found, remedy)
    return found
