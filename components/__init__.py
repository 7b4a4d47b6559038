"""A closed network and a cluster in it, as components for every Pulumi language."""

from .cluster import Cluster
from .cluster_args import ClusterArgs, ClusterNode
from .endpoints import Endpoints, EndpointsArgs, StorageAccessArgs
from .network import Network, NetworkArgs

__all__ = [
    "Cluster",
    "ClusterArgs",
    "ClusterNode",
    "Endpoints",
    "EndpointsArgs",
    "Network",
    "NetworkArgs",
    "StorageAccessArgs",
]
