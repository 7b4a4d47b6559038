"""The machines in a network: their interfaces, instances, and the virtual IP of a cluster."""

from dataclasses import dataclass

from guardrails.model.knowledge import Many, Maybe, Reference, Sure


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkInterface:
    """A network interface, stand-alone or of an instance. `addresses` are private ones."""

    key: str
    scope: str
    name: str
    subnet: Reference = None
    instance: Reference = None
    addresses: Many[str] = ()
    source_dest_check: Sure[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """An instance with the interfaces it is known to have; `subnet` is that of its first one.

    `primary` is the interface that it was given as its first one; None: AWS makes it with the
    instance. `source_dest_check` is the check of its first interface as the instance shows it;
    None: it shows none, and that of `primary` counts. `switches_check_on`: the next update switches
    that check on, whatever `primary` says.
    """

    key: str
    scope: str
    name: str
    subnet: Reference = None
    interfaces: tuple[Reference, ...] = ()
    addresses: Many[str] = ()
    primary: Reference = None
    source_dest_check: Maybe[bool] = True
    switches_check_on: Sure[bool] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualIp:
    """An address that a cluster declares as its virtual one; `vpc` None: wherever it is routed."""

    key: str
    address: Sure[str]
    vpc: Reference = None
