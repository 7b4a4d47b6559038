"""Boot scripts of the nodes, one file per operating system, and how a node's values reach them.

Pure. A script is complete in itself; the values stand as shell variables in front of it. User
data is no place for a secret: everybody on the instance can read it.
"""

import shlex
from pathlib import Path

# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html
USER_DATA_LIMIT = 16_384


def linux_user_data(host_name: str, region: str, volume_id: str, device_name: str) -> str:
    """Return the user data of a Linux node, run by cloud-init as root at its first boot."""
    values = {
        "HOST_NAME": host_name,
        "REGION": region,
        "MIRROR_VOLUME": volume_id,
        "MIRROR_DEVICE": device_name,
    }
    assignments = "".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items())
    script = (Path(__file__).parent / "linux.sh").read_text(encoding="utf-8")
    interpreter, _, body = script.partition("\n")
    return f"{interpreter}\n{assignments}{body}"
