"""Names what may write to the network out of sight, and types that nobody has modelled."""

import json
import re
from collections.abc import Container, Iterator
from typing import Final

from guardrails.model.network import UnseenWriter
from guardrails.pulumi_reader.resource import Resource
from guardrails.pulumi_reader.types.table import row_of
from guardrails.pulumi_reader.types.type_row import Role

_WRITING_PACKAGES: Final = {
    "kubernetes:ec2.services.k8s.aws/": "a Kubernetes controller for EC2",
    "kubernetes:ec2.aws.": "a Kubernetes controller for EC2",
    "pulumi-python:dynamic": "a dynamic resource",
    "pulumi-nodejs:dynamic": "a dynamic resource",
}
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
_NETWORK_SERVICES: Final = ("AWS::EC2::", "AWS::NetworkManager::", "AWS::NetworkFirewall::")
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
_BRIDGED_NETWORK: Final = re.compile(
    "aws:index/(vpc|subnet|route:|routeTable|mainRoute|default(Route|Subnet|Vpc))"
)
"""Types of Terraform's own provider, bridged as it is (`pulumi package add terraform-provider`)."""

_OTHER_WRITERS: Final = (
    "AWS::CloudFormation::",
    "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
    "AWS::SSM::Association",
)
"""Types of CloudFormation that write what they do not show: further templates and documents."""


def may_write_unseen(token: str, properties: Container[str]) -> bool:
    """Tell whether a resource of the type has to be looked at, by what it is and what it has."""
    if token.startswith(_AMAZON) and not row_of(token).writes and not _is_bridged(token):
        return (
            any(name in properties for name in _ROUTING_PROPERTIES)
            and row_of(token).role is not Role.HARMLESS
        )
    return (
        bool(row_of(token).writes)
        or ":tf:" in token
        or _is_bridged(token)
        or token.startswith(tuple(_WRITING_PACKAGES))
    )


def _is_bridged(token: str) -> bool:
    return _BRIDGED_NETWORK.match(token) is not None


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
        return "" if _says_it_leaves_the_network_alone(resource) else row_of(kind).writes
    for prefix, what in _WRITING_PACKAGES.items():
        if kind.startswith(prefix):
            return what
    if ":tf:" in kind:
        writes = _TERRAFORM_WRITER.match(kind.partition(":tf:")[2])
        return "a Terraform module" if writes else ""
    if _is_bridged(kind):
        return "Terraform's own provider"
    if kind.startswith(_AMAZON) and row_of(kind).role is not Role.HARMLESS:
        return _unmodelled(resource)
    return ""


def _unmodelled(resource: Resource) -> str:
    """Describe a type of AWS that has a routing property but no reader."""
    named = sorted(_ROUTING_PROPERTIES & set(resource.properties))
    return f"a type that is not modelled, with {', '.join(named)}" if named else ""


def _says_it_makes_a_network(resource: Resource) -> bool:
    """Tell whether a template, a type name or a Terraform type names parts of a VPC."""
    _, _, terraform = resource.type.partition(":tf:")
    texts = (resource.text(name) for name in ("templateBody", "typeName"))
    named = _TERRAFORM_NETWORK.match(terraform) or _is_bridged(resource.type)
    return bool(named) or any(
        word in text for text in texts if isinstance(text, str) for word in _NETWORK_TYPES
    )


def _says_it_leaves_the_network_alone(resource: Resource) -> bool:
    """Tell whether a template or type name can be read and holds nothing of the network."""
    name = resource.text("typeName")
    if isinstance(name, str):
        amazons = name.startswith("AWS::")
        return amazons and not name.startswith((*_NETWORK_SERVICES, *_OTHER_WRITERS))
    body = resource.text("templateBody")
    if not isinstance(body, str):
        return False
    try:
        template: object = json.loads(body)
    except (ValueError, RecursionError):
        return False
    text = json.dumps(template)
    nested = (*_OTHER_WRITERS, "Custom::", "::MODULE", '"Fn::Transform"', '"Transform"')
    return not any(word in text for word in (*_NETWORK_SERVICES, *nested))
