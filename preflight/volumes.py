"""Whether the mirror volumes that exist can become what is configured; pure."""

from collections.abc import Iterator

from settings import Fault, Settings

from .faults import fault
from .live_cluster import LiveCluster

OTHER_KEY = "docs/runbook.md#another-key-for-the-mirror-volumes"


def volume_faults(settings: Settings, live: LiveCluster) -> Iterator[Fault]:
    """Yield what would replace a volume that holds the cluster's data, or what AWS refuses."""
    key, size = settings.nodes.mirror_volume.get("kms_key_arn"), settings.nodes.mirror_volume_gib
    volumes = [node.instance.mirror_volume for node in live.nodes.values() if node.instance]
    found = [each for each in volumes if each]
    for other in sorted({each.kms_key_arn for each in found} - {key} if key else ()):
        remedy = (
            f"restore {other}, or remove the key: a volume keeps what encrypts it, and another "
            f"volume would be empty ({OTHER_KEY})"
        )
        yield fault("nodes.mirrorVolumeOptions.kmsKeyArn", key, remedy)
    largest = max((each.gib for each in found), default=0)
    if size < largest:
        remedy = f"restore {largest}: a volume grows and never shrinks"
        yield fault("nodes.mirrorVolumeGib", size, remedy)
