"""The resource's parameters, as Pacemaker hands them over: OCF_RESKEY_NAME in the environment."""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agents.virtual_ip import exits
from agents.virtual_ip.errors import AgentError

_TABLE = re.compile(r"rtb-[0-9a-z]+")
_VPC = re.compile(r"vpc-[0-9a-z]+")
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d+")
_DEVICE = re.compile(r"[^\s/]{1,15}")
_URL = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Parameters:
    """What docs/agent.md lists; `interface` and `endpoint_url` are "" where they are left out."""

    ip: str
    route_tables: tuple[str, ...]
    vpc_id: str
    region: str
    interface: str = ""
    endpoint_url: str = ""


def read_parameters(environment: Mapping[str, str]) -> Parameters:
    """Read the parameters. Raises AgentError with all faults."""
    faults = [fault for fault in _faults(environment) if fault]
    if faults:
        raise AgentError("; ".join(faults), exits.ERR_CONFIGURED)
    return Parameters(
        ip=_value(environment, "ip"),
        route_tables=tuple(dict.fromkeys(_tables(environment))),
        vpc_id=_value(environment, "vpc_id"),
        region=_value(environment, "region"),
        interface=_value(environment, "interface"),
        endpoint_url=_value(environment, "endpoint_url"),
    )


def read_ip(environment: Mapping[str, str]) -> str:
    """Read the one parameter that a stop needs. Raises AgentError."""
    fault = _ip_fault(_value(environment, "ip"))
    if fault:
        raise AgentError(fault, exits.ERR_CONFIGURED)
    return _value(environment, "ip")


def _faults(environment: Mapping[str, str]) -> Iterator[str]:
    yield _ip_fault(_value(environment, "ip"))
    yield from _table_faults(_tables(environment))
    for name, pattern, example in (
        ("vpc_id", _VPC, "vpc-0123456789abcdef0"),
        ("region", _REGION, "eu-central-1"),
    ):
        if not pattern.fullmatch(_value(environment, name)):
            yield f"{name} {_value(environment, name)!r} must be like {example}"
    for name, pattern, example in (
        ("interface", _DEVICE, "eth0"),
        ("endpoint_url", _URL, "https://ec2.eu-central-1.amazonaws.com"),
    ):
        value = _value(environment, name)
        if value and not pattern.fullmatch(value):
            yield f"{name} {value!r} must be like {example}"


def _ip_fault(ip: str) -> str:
    try:
        found = ipaddress.ip_address(ip)
    except ValueError:
        return f"ip {ip!r} must be an IPv4 address without a prefix, like 20.0.0.100"
    if found.version != 4:  # noqa: PLR2004 - the version of IPv4
        return f"ip {ip} is an IPv6 address: this agent moves IPv4 addresses only"
    if found.is_multicast or found.is_loopback or found.is_unspecified:
        return f"ip {ip} cannot be routed to a node"
    return ""


def _table_faults(tables: list[str]) -> Iterator[str]:
    if not tables:
        yield "route_tables must name at least one route table, like rtb-0123456789abcdef0"
    for table in tables:
        if not _TABLE.fullmatch(table):
            yield f"route_tables: {table!r} must be like rtb-0123456789abcdef0"


def _tables(environment: Mapping[str, str]) -> list[str]:
    words = _value(environment, "route_tables").split(",")
    return [word.strip() for word in words if word.strip()]


def _value(environment: Mapping[str, str], name: str) -> str:
    return environment.get(f"OCF_RESKEY_{name}", "").strip()
