"""The name of a partition of a mirror volume on its node; pure."""


def volume_partition(volume_id: str, number: int) -> str:
    """Return a name of a partition on Nitro that holds whatever order its disks are found in.

    udev makes this link from the volume's id.
    https://docs.aws.amazon.com/ebs/latest/userguide/nvme-ebs-volumes.html
    """
    disk = f"nvme-Amazon_Elastic_Block_Store_{volume_id.replace('-', '')}"
    return f"/dev/disk/by-id/{disk}-part{number}"
