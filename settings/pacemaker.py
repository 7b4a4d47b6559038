"""The key that says how Pacemaker is configured."""

from typing import Any

from components import expresscluster_forms as forms
from components import pacemaker_args as limits
from components.cluster_engine import PACEMAKER
from components.pacemaker_args import PacemakerArgs

from .file_systems import read_mount_point
from .reader import Form, Reader

PACEMAKER_KEYS = (
    "tokenMilliseconds",
    "fencing",
    "applicationUnit",
    "fileSystem",
    "mountPoint",
)
UNIT: Form = (limits.UNIT, "name a systemd unit of the image, like postgresql.service")


def read_pacemaker(reader: Reader, value: Any, engine: str, system: str) -> PacemakerArgs | None:
    """Return how Pacemaker is configured; None where the engine is another one."""
    key = "nodes.pacemaker"
    if engine != PACEMAKER:
        if engine and value is not None:
            remedy = f"remove it: nodes.engine is {engine}; or set nodes.engine: {PACEMAKER}"
            reader.fault(key, value, remedy)
        return None
    if system == "windows":
        remedy = (
            "write expresscluster or none: Pacemaker runs on Linux alone, and nodes.os is windows"
        )
        reader.fault("nodes.engine", engine, remedy)
    get = reader.mapping(key, {} if value is None else value, PACEMAKER_KEYS).get
    found = PacemakerArgs(
        token_milliseconds=reader.integer(
            f"{key}.tokenMilliseconds",
            get("tokenMilliseconds", limits.TOKEN_MILLISECONDS),
            limits.TOKEN_BOUNDS,
            " of milliseconds",
        ),
        fencing=reader.switch(f"{key}.fencing", get("fencing", limits.FENCING)),
        file_system=reader.matching(
            f"{key}.fileSystem", get("fileSystem", limits.FILE_SYSTEM), forms.FILE_SYSTEM
        ),
        mount_point=read_mount_point(
            reader, f"{key}.mountPoint", get("mountPoint", limits.MOUNT_POINT)
        ),
    )
    if get("applicationUnit") is not None:
        found["application_unit"] = reader.matching(
            f"{key}.applicationUnit", get("applicationUnit"), UNIT
        )
    return found
