"""Types that may write to a network out of sight, and those that only sound as if they did."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from guardrails.pulumi_reader.types.type_row import Role, TypeRow, Written

_COMMANDS: Final = ("create", "update", "delete")
"""What the provider runs, and when; without one it does nothing (pulumi-command's controllers)."""

_TEMPLATE: Final = TypeRow(Role.UNSEEN_WRITER, writes="a CloudFormation template")
_SHOWN_TEMPLATE: Final = replace(_TEMPLATE, holds=Written.TEMPLATE)
_COMMAND: Final = TypeRow(Role.UNSEEN_WRITER, writes="a command", runs=_COMMANDS)
_DOCUMENT: Final = TypeRow(Role.UNSEEN_WRITER, writes="a Systems Manager document")
_TASK: Final = TypeRow(Role.UNSEEN_WRITER, writes="a task of a maintenance window")
_PRODUCT: Final = TypeRow(Role.UNSEEN_WRITER, writes="a Service Catalog product")
_HARMLESS: Final = TypeRow(Role.HARMLESS)

WRITER_TYPES: Final[Mapping[str, TypeRow]] = {
    "aws:cloudformation/stack:Stack": _SHOWN_TEMPLATE,
    "aws:cloudformation/stackSet:StackSet": _TEMPLATE,
    "aws:cloudformation/stackSetInstance:StackSetInstance": _TEMPLATE,
    "aws:cloudformation/stackInstances:StackInstances": _TEMPLATE,
    "aws-native:cloudformation:Stack": _SHOWN_TEMPLATE,
    "aws-native:cloudformation:StackSet": _TEMPLATE,
    "aws:cloudcontrol/resource:Resource": TypeRow(
        Role.UNSEEN_WRITER, writes="the Cloud Control API", holds=Written.DESIRED_STATE
    ),
    "aws-native:index:ExtensionResource": TypeRow(
        Role.UNSEEN_WRITER, writes="the Cloud Control API", holds=Written.PROPERTIES
    ),
    "command:local:Command": _COMMAND,
    "command:remote:Command": _COMMAND,
    "aws:ssm/association:Association": _DOCUMENT,
    "aws:ssm/document:Document": _DOCUMENT,
    "aws:ssm/maintenanceWindowTask:MaintenanceWindowTask": _TASK,
    "aws-native:ssm:Association": _DOCUMENT,
    "aws-native:ssm:Document": _DOCUMENT,
    "aws-native:ssm:MaintenanceWindowTask": _TASK,
    "aws-native:servicecatalog:CloudFormationProvisionedProduct": _PRODUCT,
    "aws-native:cloudformation:CustomResourceEmulator": TypeRow(
        Role.UNSEEN_WRITER, writes="the function of a custom resource"
    ),
    "aws:lambda/invocation:Invocation": TypeRow(Role.UNSEEN_WRITER, writes="a function call"),
    "aws:servicecatalog/provisionedProduct:ProvisionedProduct": _PRODUCT,
    "aws-native:ec2:ClientVpnRoute": _HARMLESS,
    "aws-native:ec2:LocalGatewayRoute": _HARMLESS,
    "aws-native:ec2:SecurityGroupEgress": _HARMLESS,
    "aws-native:ec2:TrafficMirrorFilterRule": _HARMLESS,
    "aws-native:ec2:TransitGatewayMeteringPolicyEntry": _HARMLESS,
    "aws-native:ec2:VpnConnectionRoute": _HARMLESS,
    "aws:ec2/localGatewayRoute:LocalGatewayRoute": _HARMLESS,
    "aws:ec2/trafficMirrorFilterRule:TrafficMirrorFilterRule": _HARMLESS,
    "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation": _HARMLESS,
    "aws:ec2/vpnConnectionRoute:VpnConnectionRoute": _HARMLESS,
    "aws:ec2clientvpn/route:Route": _HARMLESS,
    "aws:ec2transitgateway/meteringPolicyEntry:MeteringPolicyEntry": _HARMLESS,
}
