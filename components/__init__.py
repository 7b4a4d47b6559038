"""A closed network and a cluster in it, as components for every Pulumi language."""

from .cluster import Cluster, ClusterArgs, ClusterNode
from .endpoint import ControlEndpoint, ControlEndpointArgs
from .network import Network, NetworkArgs
from .storage_endpoint import StorageEndpoint, StorageEndpointArgs

__all__ = [
    "Cluster",
    "ClusterArgs",
    "ClusterNode",
    "ControlEndpoint",
    "ControlEndpointArgs",
    "Network",
    "NetworkArgs",
    "StorageEndpoint",
    "StorageEndpointArgs",
]
