"""What a changed configuration would do to the mirror volumes that exist."""

from dataclasses import replace
from typing import Any

import pytest

from components.mirror_volume_args import MirrorVolumeArgs
from preflight.live_cluster import LiveCluster, LiveInstance, LiveNode, LiveVolume
from preflight.volumes import volume_faults
from settings import Settings
from tests.support.dev_settings import DEV

KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
OTHER = KEY.replace("1111", "9999")


def settings(gib: int = 20, **mirror_volume: Any) -> Settings:
    chosen = MirrorVolumeArgs(**mirror_volume)
    return replace(DEV, nodes=replace(DEV.nodes, mirror_volume_gib=gib, mirror_volume=chosen))


def live(*volumes: LiveVolume | None) -> LiveCluster:
    """A cluster whose nodes have these mirror volumes."""
    nodes = {
        letter: LiveNode(
            f"eni-{letter}",
            "10.0.110.10",
            "us-east-1a",
            "10.0.110.0/24",
            LiveInstance("i-1", "ami-1", "m6i.large", "running", False, "", {}, volume),  # noqa: FBT003
        )
        for letter, volume in zip("ab", volumes, strict=True)
    }
    return LiveCluster("vpc-1", "10.0.0.0/16", nodes, {})


@pytest.mark.parametrize(
    ("wanted", "volumes"),
    [
        (settings(), (LiveVolume(20, KEY), LiveVolume(20, KEY))),
        (settings(30, kms_key_arn=KEY), (LiveVolume(20, KEY), LiveVolume(30, KEY))),
        (settings(kms_key_arn=KEY), (None, None)),
    ],
)
def test_volumes_that_stay_or_grow_are_fine(
    wanted: Settings, volumes: tuple[LiveVolume | None, LiveVolume | None]
) -> None:
    assert list(volume_faults(wanted, live(*volumes))) == []


def test_a_cluster_that_is_not_there_yet_has_no_volumes() -> None:
    assert list(volume_faults(settings(kms_key_arn=KEY), LiveCluster())) == []


def test_another_key_is_refused_because_the_volume_would_be_replaced() -> None:
    volumes = (LiveVolume(20, OTHER), LiveVolume(20, OTHER))
    (found,) = volume_faults(settings(kms_key_arn=KEY), live(*volumes))
    assert (found.key, found.value) == ("ha-cluster:nodes.mirrorVolumeOptions.kmsKeyArn", KEY)
    assert found.remedy.startswith(f"restore {OTHER}, or remove the key")
    assert "docs/runbook.md#another-key-for-the-mirror-volumes" in found.remedy


def test_a_smaller_size_is_refused_because_a_volume_never_shrinks() -> None:
    (found,) = volume_faults(settings(20), live(LiveVolume(20, KEY), LiveVolume(30, KEY)))
    assert (found.key, found.value) == ("ha-cluster:nodes.mirrorVolumeGib", 20)
    assert found.remedy == "restore 30: a volume grows and never shrinks"
