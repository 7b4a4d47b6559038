"""Reads what admits traffic to endpoints: VPC endpoints, security groups and their rules."""

from collections.abc import Iterator
from dataclasses import replace

from guardrails.model.anchors import short_name
from guardrails.model.knowledge import (
    External,
    Many,
    Reference,
    Sure,
    Unknown,
    whether_still_there,
)
from guardrails.model.security import (
    DEFAULT_GROUP,
    Endpoint,
    ExclusiveRules,
    GroupAttachment,
    GroupRule,
    SecurityGroup,
)
from guardrails.pulumi_reader.declared import declared_and_seen, declared_rows, seen_rows
from guardrails.pulumi_reader.fields import Fields
from guardrails.pulumi_reader.resource import Resource, Row
from guardrails.pulumi_reader.stack import Stack
from guardrails.pulumi_reader.types.kinds import Kind
from guardrails.pulumi_reader.types.type_row import Role

_SOURCES = (
    "cidrBlocks",
    "ipv6CidrBlocks",
    "prefixListIds",
    "securityGroups",
    "sourceSecurityGroupId",
    "cidrIpv4",
    "cidrIpv6",
    "prefixListId",
    "referencedSecurityGroupId",
)


def read_endpoint(resource: Resource, stack: Stack) -> Iterator[object]:
    """Read a VPC endpoint; without a type it is a gateway endpoint."""
    kind = resource.text("vpcEndpointType")
    subnets = stack.refer_many(resource, "subnetIds", Kind.SUBNET)
    added = stack.attached.subnets.get(resource.urn, ())
    groups, others = _groups_of(resource, stack)
    yield from others
    yield Endpoint(
        key=resource.urn,
        scope=resource.place.scope,
        name=resource.name,
        kind="Gateway" if kind is None else kind,
        vpc=stack.refer(resource, "vpcId", Kind.VPC, computed=True),
        service=resource.text("serviceName"),
        subnets=(*subnets, *added),
        groups=groups,
        interfaces=stack.refer_many(resource, "networkInterfaceIds", Kind.INTERFACE),
        private_dns=resource.flag("privateDnsEnabled"),
    )


def _groups_of(
    resource: Resource, stack: Stack
) -> tuple[tuple[Reference, ...], list[GroupAttachment]]:
    """Return an endpoint's own groups, and those that only its outputs show to be on it.

    A default group stays its own, as one outside of the stack does, which may be a default one.
    Where outputs show neither, it is not known whether the default one is back.
    """
    declared, seen = declared_and_seen(resource, stack, "securityGroupIds", Kind.GROUP)
    added = [each for each in seen if isinstance(each, str) and not _is_default(each, stack)]
    own = (*declared, *(each for each in seen if each not in added))
    doubt = whether_still_there(f"a security group on {resource.label}")
    replaced: Sure[bool] = Unknown(doubt) if not own else False
    attached = [
        GroupAttachment(
            key=resource.urn,
            group=each,
            target=resource.urn,
            replaces_default=replaced,
            doubt=doubt,
        )
        for each in added
    ]
    return own, attached


def _is_default(key: str, stack: Stack) -> bool:
    group = stack.resources.get(key)
    if group is None:
        return key.endswith(DEFAULT_GROUP)
    return stack.vpc_made_with(group, Kind.GROUP) is not None


def read_group(resource: Resource, stack: Stack) -> Iterator[object]:
    """Read a security group and its inline inbound rules."""
    default_of = stack.vpc_made_with(resource, Kind.GROUP)
    if resource.type.endswith(":DefaultSecurityGroup") and _is_unsure(default_of):
        default_of = _default_vpc(resource, stack) or resource.missing("vpcId")
    vpc = default_of or stack.refer(resource, "vpcId", Kind.VPC, computed=True)
    yield SecurityGroup(
        key=resource.urn,
        scope=resource.place.scope,
        name=resource.name,
        vpc=vpc,
        default_of=default_of,
    )
    for row in declared_rows(resource, "ingress"):
        if isinstance(row, Row):
            yield _rule(row, stack, resource.urn, resource.urn, row.text("protocol"))
        else:
            yield _hidden_rule(resource.urn, resource.urn, resource.missing("ingress"))
    doubt = whether_still_there(f"an ingress rule of {resource.label}")
    for row in seen_rows(resource, "ingress"):
        rule = _rule(row, stack, resource.urn, resource.urn, row.text("protocol"))
        yield replace(rule, doubt=doubt)


def _is_unsure(reference: Reference) -> bool:
    return reference is None or isinstance(reference, Unknown)


def _default_vpc(resource: Resource, stack: Stack) -> Reference:
    """Return AWS's default VPC, which is meant where the author names none, if the stack has it."""
    if resource.inputs is None or resource.inputs["vpcId"] is not None:
        return None
    for each in stack.of_role(Role.VPC):
        if each.type.endswith(":DefaultVpc") and each.place == resource.place:
            return each.urn
    return None


def _rule(
    fields: Fields, stack: Stack, key: str, group: Reference, protocol: str | Unknown | None
) -> GroupRule:
    return GroupRule(
        key=key,
        group=group,
        protocol=protocol,
        from_port=fields.number("fromPort"),
        to_port=fields.number("toPort"),
        sources=_sources(fields),
        prefix_lists=_prefix_lists(fields, stack),
    )


def _hidden_rule(key: str, group: Reference, fact: Unknown) -> GroupRule:
    return GroupRule(key=key, group=group, protocol=fact, from_port=fact, to_port=fact)


def _sources(fields: Fields) -> Many[str]:
    found: list[str | Unknown] = [value for name in _SOURCES for value in fields.texts(name)]
    if fields.flag("self") is True:
        found.append("itself")
    return tuple(found)


def _prefix_lists(fields: Fields, stack: Stack) -> tuple[Reference, ...]:
    one = stack.refer(fields, "prefixListId", Kind.PREFIX_LIST)
    many = stack.refer_many(fields, "prefixListIds", Kind.PREFIX_LIST)
    return many if one is None else (one, *many)


def read_rule(resource: Resource, stack: Stack) -> Iterator[object]:
    """Read a stand-alone rule that has a direction; outbound ones admit nothing."""
    direction = resource.text("type")
    group = stack.required(resource, "securityGroupId", Kind.GROUP)
    if direction == "egress":
        return
    if direction == "ingress":
        yield _rule(resource, stack, resource.urn, group, resource.text("protocol"))
    else:
        yield _hidden_rule(resource.urn, group, resource.missing("type"))


def read_ingress_rule(resource: Resource, stack: Stack) -> Iterator[object]:
    """Read a stand-alone inbound rule of the newer kind."""
    group = stack.required(resource, "securityGroupId", Kind.GROUP)
    yield _rule(resource, stack, resource.urn, group, resource.text("ipProtocol"))


def read_endpoint_attachment(resource: Resource, stack: Stack) -> Iterator[object]:
    """Read what puts a group on an endpoint apart from both.

    It stands in for an endpoint that is not in the stack: what the stack adds to it is judged.
    """
    replaces: Sure[bool] = resource.sure_flag("replaceDefaultAssociation", default=False)
    group = stack.required(resource, "securityGroupId", Kind.GROUP)
    target = stack.required(resource, "vpcEndpointId", Kind.ENDPOINT)
    yield GroupAttachment(key=resource.urn, group=group, target=target, replaces_default=replaces)
    if isinstance(target, External):
        yield Endpoint(
            key=resource.urn,
            scope=resource.place.scope,
            name=f"{short_name(target)} (not in the stack)",
            kind="Interface",
            vpc=None,
            groups=(group,),
        )


def read_interface_attachment(resource: Resource, stack: Stack) -> Iterator[object]:
    """Read what puts a group on a network interface, an endpoint's own ones included."""
    yield GroupAttachment(
        key=resource.urn,
        group=stack.required(resource, "securityGroupId", Kind.GROUP),
        target=stack.required(
            resource, "networkInterfaceId", Kind.INTERFACE, Kind.ENDPOINT, Kind.INSTANCE
        ),
    )


def read_exclusive_rules(resource: Resource, stack: Stack) -> Iterator[object]:
    """Read what removes every rule of a group that is not declared; it keeps those it names."""
    group = stack.required(resource, "securityGroupId", Kind.GROUP)
    yield ExclusiveRules(key=resource.urn, group=group)
    for rule in stack.refer_many(resource, "ingressRuleIds", Kind.RULE):
        if isinstance(rule, External):
            yield _hidden_rule(resource.urn, group, Unknown(f"rule {rule.id}, not in the stack"))
        elif isinstance(rule, Unknown):
            yield _hidden_rule(resource.urn, group, rule)
