"""The user data of a node, from the description of its cluster; pure."""

from collections.abc import Mapping
from typing import Any

from . import bootstrap
from .cluster_description import ClusterDescription
from .expresscluster import configuration
from .expresscluster_args import (
    ExpressclusterArgs,
    describe,
    exchange_prefix,
    mirror_of,
    package_keys,
)

# The name under which a mirror volume is attached: NEC's article on Linux, AWS's advice on Windows.
# Nitro instances find the volume by its id instead.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/device_naming.html
MIRROR_DEVICES = {"linux": "/dev/xvdb", "windows": "xvdf"}


def user_data(args: ExpressclusterArgs, facts: Mapping[str, Any], priority: int) -> str:
    """Return the user data of the node with this priority; base64 on Linux, plain on Windows.

    `facts` are as for `describe`, with the region. Raises ValueError where AWS would not take it.
    """
    own = facts["nodes"][priority]
    boot = bootstrap.NodeBoot(
        host_name=own["name"],
        region=facts["region"],
        vpc_id=facts["vpc_id"],
        volume_id=own["volume_id"],
        device_name=MIRROR_DEVICES[args["system"]],
        mirror=mirror_of(args),
    )
    volumes = {node["name"]: node["volume_id"] for node in facts["nodes"]}
    cluster = _cluster_boot(args, describe(args, facts), volumes)
    if args["system"] == "windows":
        return bootstrap.windows_user_data(boot, cluster)
    return bootstrap.linux_user_data(boot, cluster)


def _cluster_boot(
    args: ExpressclusterArgs, cluster: ClusterDescription, volumes: Mapping[str, str]
) -> bootstrap.ClusterBoot | None:
    """Return what makes prepared nodes a cluster; None where the nodes install nothing."""
    packages = args.get("packages")
    if not packages:
        return None
    package_key, licence_keys = package_keys(packages)
    return bootstrap.ClusterBoot(
        configuration=configuration(cluster),
        addresses={server.name: server.address for server in cluster.servers},
        bucket=packages["bucket"],
        package_key=package_key,
        package_sha256=packages["sha256"],
        licence_keys=licence_keys,
        exchange_prefix=exchange_prefix(cluster.name, packages),
        volumes=volumes,
    )
