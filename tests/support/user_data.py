"""User data as the program hands it to AWS, made readable."""

import base64
import gzip


def unpacked(encoded: str) -> str:
    """Return the script in a Linux node's user data, as cloud-init unpacks it."""
    return gzip.decompress(base64.b64decode(encoded)).decode()
