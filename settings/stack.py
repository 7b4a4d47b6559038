"""Reads the whole configuration of a stack."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env

from .clients import read_client_cidrs, read_clients
from .expresscluster import read_expresscluster
from .faults import SettingsError
from .monitoring import read_alarm_topic, read_flow_logs
from .network import (
    NO_NETWORK,
    read_endpoints,
    read_existing_network,
    read_network,
    read_region,
    read_virtual_ip,
)
from .nodes import read_application_ports, read_nodes
from .reader import Form, Reader
from .values import ExistingNetworkSettings, NetworkSettings, Settings

KEYS = (
    "network",
    "existingNetwork",
    "virtualIp",
    "nodes",
    "initialOwner",
    "rollOut",
    "rollOutOwner",
    "protectNodes",
    "adminCidrs",
    "applicationPorts",
    "clients",
    "endpoints",
    "endpointSecurityGroup",
    "flowLogs",
    "alarms",
    "expresscluster",
)
OWNER: Form = (re.compile("[ab]"), "write a or b")
NO_NODE = "none"
OWN, SHARED = "own", "shared"
SECURITY_GROUP: Form = (re.compile(f"{OWN}|{SHARED}"), f"write {OWN} or {SHARED}")
ROLL_OUT: Form = (re.compile(f"[ab]|{NO_NODE}"), f"write a, b or {NO_NODE}")


def read_settings() -> Settings:
    """Read and check the configuration of this stack.

    Raises SettingsError, which the Pulumi command line shows without a traceback.
    """
    config = pulumi.Config()
    reader = Reader(config.name)
    reader.refuse_unknown("", _keys_given(config.name), KEYS)
    region = read_region(reader, pulumi.Config("aws").get("region"))
    existing, network = _read_either_network(reader, config, region)
    nodes = read_nodes(reader, _parsed(config.get("nodes")), network.private_subnets, region)
    roll_out = reader.matching("rollOut", config.get("rollOut") or NO_NODE, ROLL_OUT)
    virtual_ip = read_virtual_ip(reader, config.get("virtualIp"), network.cidr)
    admin_cidrs = reader.client_cidrs("adminCidrs", _parsed(config.get("adminCidrs") or "[]"))
    settings = Settings(
        region=region,
        network=network,
        existing_network=existing,
        virtual_ip=virtual_ip,
        nodes=nodes,
        initial_owner=reader.matching("initialOwner", config.get("initialOwner") or "a", OWNER),
        roll_out=None if roll_out == NO_NODE else roll_out,
        roll_out_owner=reader.switch("rollOutOwner", config.get("rollOutOwner") or "false"),
        protect_nodes=reader.switch("protectNodes", config.get("protectNodes") or "true"),
        admin_cidrs=admin_cidrs,
        application_ports=read_application_ports(
            reader, _parsed(config.get("applicationPorts") or "[]"), admin_cidrs
        ),
        clients=read_clients(reader, _parsed(config.get("clients") or "{}")),
        client_cidrs=read_client_cidrs(
            reader, _parsed(config.get("clients") or "{}"), network.cidr, virtual_ip
        ),
        endpoints=read_endpoints(reader, _parsed(config.get("endpoints") or "[]")),
        share_endpoint_group=reader.matching(
            "endpointSecurityGroup", config.get("endpointSecurityGroup") or OWN, SECURITY_GROUP
        )
        == SHARED,
        flow_logs=read_flow_logs(reader, _parsed(config.get("flowLogs") or "{}")),
        alarm_topic_arn=read_alarm_topic(reader, _parsed(config.get("alarms") or "{}"), region),
        expresscluster=read_expresscluster(
            reader, _parsed(config.get("expresscluster") or "{}"), nodes, network, virtual_ip
        ),
    )
    if reader.faults:
        raise SettingsError(reader.faults)
    return settings


def _read_either_network(
    reader: Reader, config: pulumi.Config, region: str
) -> tuple[ExistingNetworkSettings | None, NetworkSettings]:
    """Return the network that is there already, or the one to build: a stack has one of them."""
    own = _parsed(config.get("network") or "{}")
    existing = _parsed(config.get("existingNetwork") or "{}")
    if not existing:
        return None, read_network(reader, own or None, region)
    if own:
        remedy = "remove it, or existingNetwork: a stack builds a network or uses one"
        reader.fault("network", own, remedy)
    return read_existing_network(reader, existing), NO_NETWORK


def _keys_given(namespace: str) -> Mapping[str, Any]:
    """Return every key of a namespace as it reached the program, by its short name."""
    given: dict[str, Any] = {**get_config_env(), **CONFIG.get()}
    parted = [(*key.partition(":")[::2], value) for key, value in given.items()]
    return {key: value for space, key, value in parted if space == namespace}


def _parsed(text: str | None) -> Any:
    """Return a structured value as the engine hands it over, as JSON; other text as it is."""
    try:
        return json.loads(text or "null")
    except json.JSONDecodeError:
        return text
