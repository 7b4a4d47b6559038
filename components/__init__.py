"""A closed network and a cluster in it, as components for every Pulumi language."""

from .alarms import AlarmNodeArgs, Alarms, AlarmsArgs
from .client_routes import ClientReturnArgs
from .clients_args import ClientsArgs
from .cluster import Cluster
from .cluster_args import ClusterArgs
from .endpoints import Endpoints, EndpointsArgs, StorageAccessArgs
from .flow_logs import FlowLogs, FlowLogsArgs
from .network import Network, NetworkArgs
from .private_subnets import PrivateSubnets, PrivateSubnetsArgs

__all__ = [
    "AlarmNodeArgs",
    "Alarms",
    "AlarmsArgs",
    "ClientReturnArgs",
    "ClientsArgs",
    "Cluster",
    "ClusterArgs",
    "Endpoints",
    "EndpointsArgs",
    "FlowLogs",
    "FlowLogsArgs",
    "Network",
    "NetworkArgs",
    "PrivateSubnets",
    "PrivateSubnetsArgs",
    "StorageAccessArgs",
]
