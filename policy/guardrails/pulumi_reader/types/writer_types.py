"""Types that may write to a network out of sight, and those that only sound as if they did."""

from collections.abc import Mapping
from typing import Final

from guardrails.pulumi_reader.types.type_row import Role, TypeRow, Written

_COMMANDS: Final = ("create", "update", "delete")
"""What the provider runs, and when; without one it does nothing (pulumi-command's controllers)."""

WRITER_TYPES: Final[Mapping[str, TypeRow]] = {
    "aws:cloudformation/stack:Stack": TypeRow(
        Role.UNSEEN_WRITER, writes="a CloudFormation template", holds=Written.TEMPLATE
    ),
    "aws:cloudformation/stackSet:StackSet": TypeRow(
        Role.UNSEEN_WRITER, writes="a CloudFormation template"
    ),
    "aws:cloudformation/stackSetInstance:StackSetInstance": TypeRow(
        Role.UNSEEN_WRITER, writes="a CloudFormation template"
    ),
    "aws:cloudformation/stackInstances:StackInstances": TypeRow(
        Role.UNSEEN_WRITER, writes="a CloudFormation template"
    ),
    "aws-native:cloudformation:Stack": TypeRow(
        Role.UNSEEN_WRITER, writes="a CloudFormation template", holds=Written.TEMPLATE
    ),
    "aws-native:cloudformation:StackSet": TypeRow(
        Role.UNSEEN_WRITER, writes="a CloudFormation template"
    ),
    "aws:cloudcontrol/resource:Resource": TypeRow(
        Role.UNSEEN_WRITER, writes="the Cloud Control API", holds=Written.DESIRED_STATE
    ),
    "aws-native:index:ExtensionResource": TypeRow(
        Role.UNSEEN_WRITER, writes="the Cloud Control API", holds=Written.PROPERTIES
    ),
    "command:local:Command": TypeRow(Role.UNSEEN_WRITER, writes="a command", runs=_COMMANDS),
    "command:remote:Command": TypeRow(Role.UNSEEN_WRITER, writes="a command", runs=_COMMANDS),
    "aws:ssm/association:Association": TypeRow(
        Role.UNSEEN_WRITER, writes="a Systems Manager document"
    ),
    "aws:ssm/document:Document": TypeRow(Role.UNSEEN_WRITER, writes="a Systems Manager document"),
    "aws:ssm/maintenanceWindowTask:MaintenanceWindowTask": TypeRow(
        Role.UNSEEN_WRITER, writes="a task of a maintenance window"
    ),
    "aws-native:ssm:Association": TypeRow(Role.UNSEEN_WRITER, writes="a Systems Manager document"),
    "aws-native:ssm:Document": TypeRow(Role.UNSEEN_WRITER, writes="a Systems Manager document"),
    "aws-native:ssm:MaintenanceWindowTask": TypeRow(
        Role.UNSEEN_WRITER, writes="a task of a maintenance window"
    ),
    "aws-native:servicecatalog:CloudFormationProvisionedProduct": TypeRow(
        Role.UNSEEN_WRITER, writes="a Service Catalog product"
    ),
    "aws-native:cloudformation:CustomResourceEmulator": TypeRow(
        Role.UNSEEN_WRITER, writes="the function of a custom resource"
    ),
    "aws:lambda/invocation:Invocation": TypeRow(Role.UNSEEN_WRITER, writes="a function call"),
    "aws:servicecatalog/provisionedProduct:ProvisionedProduct": TypeRow(
        Role.UNSEEN_WRITER, writes="a Service Catalog product"
    ),
    "aws-native:ec2:ClientVpnRoute": TypeRow(Role.HARMLESS),
    "aws-native:ec2:LocalGatewayRoute": TypeRow(Role.HARMLESS),
    "aws-native:ec2:SecurityGroupEgress": TypeRow(Role.HARMLESS),
    "aws-native:ec2:TrafficMirrorFilterRule": TypeRow(Role.HARMLESS),
    "aws-native:ec2:TransitGatewayMeteringPolicyEntry": TypeRow(Role.HARMLESS),
    "aws-native:ec2:VpnConnectionRoute": TypeRow(Role.HARMLESS),
    "aws:ec2/localGatewayRoute:LocalGatewayRoute": TypeRow(Role.HARMLESS),
    "aws:ec2/trafficMirrorFilterRule:TrafficMirrorFilterRule": TypeRow(Role.HARMLESS),
    "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation": TypeRow(
        Role.HARMLESS
    ),
    "aws:ec2/vpnConnectionRoute:VpnConnectionRoute": TypeRow(Role.HARMLESS),
    "aws:ec2clientvpn/route:Route": TypeRow(Role.HARMLESS),
    "aws:ec2transitgateway/meteringPolicyEntry:MeteringPolicyEntry": TypeRow(Role.HARMLESS),
}
