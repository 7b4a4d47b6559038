"""A network on AWS as a plain graph: what every reader fills and every rule judges.

An element's `key` is its identity: a Pulumi URN or an AWS id. It is unique for what others refer
to; parts written inside of another resource (an inline route) carry the key of that resource.
Readers resolve each URN link and each AWS id to the key of the element that it means, so that a
rule compares keys only. Two elements have a key even where nobody declares them, because AWS makes
them with every VPC: `main_table_of` and `default_group_of`.

`scope` keeps regions and accounts apart: any text that is equal for elements which may refer to
each other by AWS id (a region, or a provider and its region).
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final, get_args

from guardrails.model.machines import Instance, NetworkInterface, VirtualIp
from guardrails.model.network import (
    IgnoredChanges,
    PublicAccessExclusion,
    Subnet,
    UnseenWriter,
    Vpc,
    VpcRange,
)
from guardrails.model.routing import (
    Association,
    Gateway,
    MainAssociation,
    PrefixList,
    PrefixListEntry,
    Propagation,
    Route,
    RouteTable,
    TransitAttachment,
    TransitRoute,
)
from guardrails.model.security import (
    Endpoint,
    ExclusiveRules,
    GroupAttachment,
    GroupRule,
    SecurityGroup,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topology:
    """All elements, each kind in the order in which its reader met them."""

    vpcs: tuple[Vpc, ...] = ()
    vpc_ranges: tuple[VpcRange, ...] = ()
    subnets: tuple[Subnet, ...] = ()
    route_tables: tuple[RouteTable, ...] = ()
    routes: tuple[Route, ...] = ()
    propagations: tuple[Propagation, ...] = ()
    associations: tuple[Association, ...] = ()
    main_associations: tuple[MainAssociation, ...] = ()
    gateways: tuple[Gateway, ...] = ()
    transit_attachments: tuple[TransitAttachment, ...] = ()
    transit_routes: tuple[TransitRoute, ...] = ()
    prefix_lists: tuple[PrefixList, ...] = ()
    prefix_list_entries: tuple[PrefixListEntry, ...] = ()
    network_interfaces: tuple[NetworkInterface, ...] = ()
    instances: tuple[Instance, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    security_groups: tuple[SecurityGroup, ...] = ()
    group_rules: tuple[GroupRule, ...] = ()
    group_attachments: tuple[GroupAttachment, ...] = ()
    exclusive_rules: tuple[ExclusiveRules, ...] = ()
    virtual_ips: tuple[VirtualIp, ...] = ()
    public_access_exclusions: tuple[PublicAccessExclusion, ...] = ()
    ignored_changes: tuple[IgnoredChanges, ...] = ()
    unseen_writers: tuple[UnseenWriter, ...] = ()


PLACES: Final[Mapping[type, str]] = {get_args(slot.type)[0]: slot.name for slot in fields(Topology)}
"""Where in a topology each class of element goes."""
