"""Names what may write to the network out of sight, and types that nobody has modelled."""

import re
from collections.abc import Container, Iterator
from functools import cache
from typing import Final

from guardrails.model.network import UnseenWriter
from guardrails.pulumi_reader.resource import Resource
from guardrails.pulumi_reader.types.table import row_of
from guardrails.pulumi_reader.types.type_row import Role
from guardrails.pulumi_reader.written_inside import inside

_NETWORK: Final = (
    r"(ec2)?(vpc(?!lattice)|subnet|(main)?route(?!53)|default(route|subnet|vpc|securitygroup)"
    r"|(nat|internet|egressonlyinternet|carrier|transit|vpn)gateway|network(?!acl)|securitygroup"
    r"|(managed)?prefixlist|vpn)|network(firewall|manager)"
)
_TEMPLATES: Final = (
    r"(cloudformation|servicecatalog|cloudcontrol)\w*|ssm(association|maintenance)\w*"
)
_OPERATORS: Final = (
    r"(infra\.contrib\.fluxcd|app\.terraform|tf\.upbound|opentofu(\.m)?\.upbound)\.io/"
    r"|(auto\.)?pulumi\.com/"
)
_CONTROLLED: Final = r"(ec2|network(firewall|manager)|cloudformation|cloudcontrol)"
_WRITING_PACKAGES: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), what)
    for pattern, what in (
        (r"pulumi-(python|nodejs):dynamic", "a dynamic resource"),
        (rf"awscc:[^:]*/({_NETWORK}|{_TEMPLATES})", "Terraform's Cloud Control provider"),
        (rf"aws:index/({_NETWORK}|{_TEMPLATES})", "Terraform's own provider"),
        (
            rf"kubernetes:{_CONTROLLED}\.(services\.k8s\.aws/|aws\.)",
            "a Kubernetes controller for AWS",
        ),
        (
            r"kubernetes:(infrastructure|controlplane)\.cluster\.x-k8s\.io/[^:]*:AWS",
            "Cluster API for AWS",
        ),
        (rf"kubernetes:({_OPERATORS})", "an infrastructure operator of Kubernetes"),
        (
            r"kubernetes:argoproj\.io/[^:]*:(Application(Set)?|(Cron)?Workflow)$",
            "what Argo deploys or runs",
        ),
    )
)
"""By the beginning of a type's token: what its resources write with, none of it visible here."""
_AMAZON: Final = ("aws:", "aws-native:")
_ROUTING_PROPERTIES: Final = frozenset(
    {
        "routeTableId",
        "routeTableIds",
        "destinationCidrBlock",
        "destinationIpv6CidrBlock",
        "destinationPrefixListId",
    }
)
_NETWORK_TYPES: Final = ("AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::Route")
_TERRAFORM_WRITER: Final = re.compile(
    "(awscc|null|terraform|external|shell)_|"
    "aws_(.*(vpc|subnet|route(?!53)|gateway|network|security_group|endpoint|vpn)|"
    "(default|ec2|cloudformation|cloudcontrol|servicecatalog|ssm)_)"
)
"""Types inside of Terraform modules that are of the network, run commands or write templates."""
_TERRAFORM_NETWORK: Final = re.compile(
    "aws_(vpc|subnet|route$|route_table|main_route|default_(route|subnet|vpc))"
)
_MAKES_A_NETWORK: Final = re.compile(
    "(aws:index/|awscc:[^:]*/ec2)(vpc|subnet|route:|routeTable|mainRoute|default(Route|Subnet|Vpc))"
    r"|kubernetes:ec2\.[^:]*:(vpc|subnet|route)",
    re.IGNORECASE,
)
"""Of those: what makes VPCs, subnets or routes. Bridged types come from Terraform's providers as
they are (`pulumi package add terraform-provider`)."""

_QUIET_DOCUMENTS: Final = frozenset({"Session", "Policy", "Package", "ChangeCalendar"})
"""Documents of Systems Manager that run nothing (SSM user guide, "Document types")."""


def may_write_unseen(token: str, properties: Container[str]) -> bool:
    """Tell whether a resource of the type has to be looked at, by what it is and what it has."""
    if row_of(token).writes or ":tf:" in token or _writes_by(token):
        return True
    unmodelled = token.startswith(_AMAZON) and row_of(token).role is not Role.HARMLESS
    return unmodelled and any(name in properties for name in _ROUTING_PROPERTIES)


@cache
def _writes_by(token: str) -> str:
    """Return with what resources of a type write out of sight, "" if they do not."""
    return next((what for pattern, what in _WRITING_PACKAGES if pattern.match(token)), "")


def read_unseen_writer(resource: Resource) -> Iterator[UnseenWriter]:
    """Name the resource if what it writes cannot be seen through."""
    what = _what(resource)
    if what:
        yield UnseenWriter(
            key=resource.urn,
            scope=resource.place.scope,
            what=what,
            certain=_says_it_makes_a_network(resource),
        )


def _what(resource: Resource) -> str:
    kind = resource.type
    if row_of(kind).writes:
        quiet = resource.text("documentType") in _QUIET_DOCUMENTS or inside(resource).open
        return "" if quiet or _runs_nothing(resource) else row_of(kind).writes
    if ":tf:" in kind:
        writes = _TERRAFORM_WRITER.match(kind.partition(":tf:")[2])
        return "a Terraform module" if writes else ""
    if _writes_by(kind):
        return _writes_by(kind)
    if kind.startswith(_AMAZON) and row_of(kind).role is not Role.HARMLESS:
        return _unmodelled(resource)
    return ""


def _runs_nothing(resource: Resource) -> bool:
    runs = row_of(resource.type).runs
    return bool(runs) and all(resource.value(each) is None for each in runs)


def _unmodelled(resource: Resource) -> str:
    """Describe a type of AWS that has a routing property but no reader."""
    named = sorted(_ROUTING_PROPERTIES & set(resource.properties))
    return f"a type that is not modelled, with {', '.join(named)}" if named else ""


def _says_it_makes_a_network(resource: Resource) -> bool:
    """Tell whether a template, a type name or a Terraform type names parts of a VPC."""
    _, _, terraform = resource.type.partition(":tf:")
    texts = (resource.text(name) for name in ("templateBody", "typeName"))
    named = _TERRAFORM_NETWORK.match(terraform) or _MAKES_A_NETWORK.match(resource.type)
    return bool(named) or any(
        word in text for text in texts if isinstance(text, str) for word in _NETWORK_TYPES
    )
