"""What Pacemaker says about the other node."""

import subprocess

_SECONDS = 5


def peer_is_member() -> bool | None:
    """Tell whether this node's partition has another member; None where Pacemaker does not say."""
    try:
        done = subprocess.run(
            ["crm_node", "--partition"],  # noqa: S607 - as Pacemaker finds it
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    members = done.stdout.split()
    return len(members) > 1 if done.returncode == 0 and members else None
