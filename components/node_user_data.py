"""The user data of a node, from the description of its cluster; pure."""

from collections.abc import Mapping
from typing import Any

from . import bootstrap, expresscluster_args, pacemaker_args, pacemaker_files
from .engine_args import EngineArgs
from .expresscluster import configuration

# The name under which a mirror volume is attached: NEC's article on Linux, AWS's advice on Windows.
# Nitro instances find the volume by its id instead.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/device_naming.html
MIRROR_DEVICES = {"linux": "/dev/xvdb", "windows": "xvdf"}


def user_data(engine: EngineArgs, facts: Mapping[str, Any], priority: int) -> str:
    """Return the user data of the node with this priority; base64 on Linux, plain on Windows.

    `facts` are as for `describe` of the engine, with the region. Raises ValueError where AWS would
    not take it.
    """
    own = facts["nodes"][priority]
    under_pacemaker = engine.is_pacemaker
    boot = bootstrap.NodeBoot(
        host_name=own["name"],
        region=facts["region"],
        vpc_id=facts["vpc_id"],
        volume_id=own["volume_id"],
        device_name=MIRROR_DEVICES[engine.system],
        mirror=pacemaker_args.mirror_of(engine.pacemaker)
        if under_pacemaker
        else expresscluster_args.mirror_of(engine.expresscluster),
    )
    if under_pacemaker:
        return bootstrap.linux_user_data(boot, _pacemaker_boot(engine, facts))
    cluster = _cluster_boot(engine, facts)
    if engine.system == "windows":
        return bootstrap.windows_user_data(boot, cluster)
    return bootstrap.linux_user_data(boot, cluster)


def _cluster_boot(engine: EngineArgs, facts: Mapping[str, Any]) -> bootstrap.ClusterBoot | None:
    """Return what makes prepared nodes a cluster; None where the nodes install nothing."""
    packages = engine.packages
    if not packages:
        return None
    cluster = expresscluster_args.describe(engine.expresscluster, facts)
    package_key, licence_keys = expresscluster_args.package_keys(packages)
    return bootstrap.ClusterBoot(
        configuration=configuration(cluster),
        addresses={server.name: server.address for server in cluster.servers},
        bucket=packages["bucket"],
        package_key=package_key,
        package_sha256=packages["sha256"],
        licence_keys=licence_keys,
        exchange_prefix=expresscluster_args.exchange_prefix(cluster.name, packages),
        volumes={node["name"]: node["volume_id"] for node in facts["nodes"]},
    )


def _pacemaker_boot(engine: EngineArgs, facts: Mapping[str, Any]) -> bootstrap.PacemakerBoot:
    """Return what makes prepared nodes a cluster under Pacemaker."""
    cluster = pacemaker_args.describe(engine.pacemaker, facts)
    return bootstrap.PacemakerBoot(
        files=pacemaker_files.render(cluster),
        host_names=[node.name for node in cluster.nodes],
        fencing=cluster.fencing,
        application_unit=cluster.application_unit,
    )
