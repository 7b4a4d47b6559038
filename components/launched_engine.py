"""What a node was launched to become, as its user data show it; pure."""

import base64
import gzip
import re
import zlib

from .cluster_engine import EXPRESSCLUSTER, PACEMAKER

# Values that only the boot script of one engine has.
_SIGNS = {
    EXPRESSCLUSTER: re.compile(rb"^(PACKAGE_KEY=.|\$Package = '.+')", re.MULTILINE),
    PACEMAKER: re.compile(rb"^COROSYNC_CONF=", re.MULTILINE),
}
_PACKED = re.compile(rb"FromBase64String\('([A-Za-z0-9+/=]+)'\)")
_GZIP = b"\x1f\x8b"


def engine_of(user_data: bytes) -> str:
    """Return the engine that the boot script configures.

    Empty where it only prepares the node, and for user data of somebody else.
    """
    try:
        script = _script(user_data)
    except (OSError, EOFError, ValueError, zlib.error):
        return ""
    return next((name for name, sign in _SIGNS.items() if sign.search(script)), "")


def _script(user_data: bytes) -> bytes:
    if user_data.startswith(_GZIP):
        return gzip.decompress(user_data)
    packed = _PACKED.search(user_data)
    if packed:
        return zlib.decompress(base64.b64decode(packed[1]), wbits=-zlib.MAX_WBITS)
    return user_data
