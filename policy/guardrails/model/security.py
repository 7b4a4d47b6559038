"""The elements that admit traffic to endpoints: endpoints, security groups and their rules."""

from dataclasses import dataclass

from guardrails.model.knowledge import Many, Maybe, Reference, Sure

DEFAULT_GROUP = "#default-security-group"


def default_group_of(vpc: str) -> str:
    """Return the key of the default security group that AWS makes with the VPC of key `vpc`."""
    return vpc + DEFAULT_GROUP


def endpoint_kind(token: str) -> str:
    """Return what `Endpoint.kind` is for another service's type: `aws:msk/vpcConnection`."""
    return token.rpartition(":")[0] if "/" in token and token.count(":") > 1 else token


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A VPC endpoint, or another service's endpoint-like thing with interfaces in the VPC.

    `kind` is AWS's word (Interface, Gateway, GatewayLoadBalancer, Resource, ServiceNetwork); for
    endpoint-like things the Pulumi type, for instance `aws:route53/resolverEndpoint`.
    `groups` empty: known to have none of its own, so AWS gives it the VPC's default group.
    """

    key: str
    scope: str
    name: str
    kind: Sure[str]
    vpc: Reference
    service: Maybe[str] = None
    subnets: tuple[Reference, ...] = ()
    groups: tuple[Reference, ...] = ()
    interfaces: tuple[Reference, ...] = ()
    private_dns: Maybe[bool] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityGroup:
    """A security group whose rules are `GroupRule`s. `default_of` is its VPC if it is the default.

    A default group that no element manages keeps the rule that AWS gave it: all from itself.
    """

    key: str
    scope: str
    name: str
    vpc: Reference
    default_of: Reference = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRule:
    """An inbound rule of a group, inline or stand-alone.

    `protocol` as written ("tcp", "6", "-1", "all", ...); ports None where none is given. `sources`
    are as written: ranges, groups, prefix lists; `prefix_lists` are the lists among them. An inline
    list that cannot be seen is one rule, its first three all unknown.
    `doubt` is the fact that decides whether the rule is there at all, "" if it is declared.
    """

    key: str
    group: Reference
    protocol: Maybe[str]
    from_port: Maybe[int]
    to_port: Maybe[int]
    sources: Many[str] = ()
    prefix_lists: tuple[Reference, ...] = ()
    doubt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAttachment:
    """Puts `group` on `target`, an endpoint or a network interface, apart from both.

    `replaces_default`: the VPC's default group is taken off the endpoint in exchange.
    `doubt`: as of a rule.
    """

    key: str
    group: Reference
    target: Reference
    replaces_default: Sure[bool] = False
    doubt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusiveRules:
    """Removes every inbound rule of `group` that is not declared, AWS's default one included."""

    key: str
    group: Reference
