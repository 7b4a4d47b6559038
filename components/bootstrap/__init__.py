"""Boot scripts of the nodes, in sections per operating system, and how values reach them; pure."""

from .boot import USER_DATA_LIMIT, ClusterBoot, NodeBoot, PacemakerBoot
from .linux import linux_user_data
from .windows import windows_user_data

__all__ = [
    "USER_DATA_LIMIT",
    "ClusterBoot",
    "NodeBoot",
    "PacemakerBoot",
    "linux_user_data",
    "windows_user_data",
]
