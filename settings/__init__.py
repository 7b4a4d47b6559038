"""The one reader of the stack's configuration: plain, checked values, or every fault at once."""

from .clients import CLIENT_KEYS
from .expresscluster import EXPRESSCLUSTER_KEYS, MIRROR_KEYS, PACKAGE_KEYS
from .faults import Fault, SettingsError
from .mirror_volume import MIRROR_VOLUME_KEYS
from .monitoring import ALARM_KEYS, FLOW_LOG_KEYS
from .network import EXISTING_NETWORK_KEYS, NETWORK_KEYS
from .nodes import APPLICATION_PORT_KEYS, NODE_KEYS
from .pacemaker import PACEMAKER_KEYS
from .stack import KEYS, read_settings
from .values import (
    ExistingNetworkSettings,
    FlowLogSettings,
    NetworkSettings,
    NodeSettings,
    Settings,
)

__all__ = [
    "ALARM_KEYS",
    "APPLICATION_PORT_KEYS",
    "CLIENT_KEYS",
    "EXISTING_NETWORK_KEYS",
    "EXPRESSCLUSTER_KEYS",
    "FLOW_LOG_KEYS",
    "KEYS",
    "MIRROR_KEYS",
    "MIRROR_VOLUME_KEYS",
    "NETWORK_KEYS",
    "NODE_KEYS",
    "PACEMAKER_KEYS",
    "PACKAGE_KEYS",
    "ExistingNetworkSettings",
    "Fault",
    "FlowLogSettings",
    "NetworkSettings",
    "NodeSettings",
    "Settings",
    "SettingsError",
    "read_settings",
]
