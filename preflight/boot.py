"""Whether what a node is told at its first boot fits into what AWS takes.

Pure: settings in, faults out. The ids that AWS decides are not known yet; all have one length.
"""

from collections.abc import Iterator

from components import node_user_data
from settings import Fault, Settings

from .faults import fault

_ID = "0123456789abcdef0"


def boot_faults(settings: Settings, cluster_name: str) -> Iterator[Fault]:
    """Yield why the nodes cannot get their user data."""
    nodes = [
        {
            "name": f"node-{zone}",
            "address": settings.nodes.addresses[zone],
            "availability_zone": name,
            "interface_id": f"eni-{_ID}",
            "volume_id": f"vol-{_ID}",
        }
        for zone, name in settings.network.zones.items()
    ]
    facts = {
        "name": cluster_name,
        "region": settings.region,
        "vpc_id": f"vpc-{_ID}",
        "virtual_ip": settings.virtual_ip,
        "nodes": nodes,
    }
    try:
        node_user_data.user_data(settings.expresscluster, facts, priority=0)
    except ValueError as error:
        packages = settings.expresscluster.get("packages")
        remedy = f"shorten packages.prefix or the names of the licences: {error}"
        yield fault("expresscluster", packages, remedy)
