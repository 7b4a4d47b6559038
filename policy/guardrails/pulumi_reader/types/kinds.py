"""What properties such as `vpcId` refer to, and how such things show their id."""

from enum import Enum, auto
from typing import Final


class Kind(Enum):
    """What a property such as `vpcId` or `gatewayId` can point at."""

    VPC = auto()
    SUBNET = auto()
    ROUTE_TABLE = auto()
    INTERNET_GATEWAY = auto()
    VIRTUAL_PRIVATE_GATEWAY = auto()
    NAT_GATEWAY = auto()
    EGRESS_ONLY_GATEWAY = auto()
    CARRIER_GATEWAY = auto()
    TRANSIT_GATEWAY = auto()
    PEERING = auto()
    INTERFACE = auto()
    INSTANCE = auto()
    ENDPOINT = auto()
    LOCAL_GATEWAY = auto()
    CORE_NETWORK = auto()
    ODB_NETWORK = auto()
    ROUTE_SERVER = auto()
    PREFIX_LIST = auto()
    GROUP = auto()
    RULE = auto()
    POOL = auto()
    FIREWALL = auto()
    ATTACHMENT = auto()
    TRANSIT_TABLE = auto()


ID_PROPERTIES: Final = {
    Kind.VPC: ("vpcId",),
    Kind.SUBNET: ("subnetId",),
    Kind.ROUTE_TABLE: ("routeTableId", "defaultRouteTableId"),
    Kind.INTERNET_GATEWAY: ("internetGatewayId",),
    Kind.VIRTUAL_PRIVATE_GATEWAY: ("vpnGatewayId",),
    Kind.NAT_GATEWAY: ("natGatewayId",),
    Kind.CARRIER_GATEWAY: ("carrierGatewayId",),
    Kind.TRANSIT_GATEWAY: ("arn", "transitGatewayArn"),
    Kind.TRANSIT_TABLE: ("transitGatewayRouteTableId",),
    Kind.PEERING: ("vpcPeeringConnectionId",),
    Kind.INSTANCE: ("instanceId", "spotInstanceId"),
    Kind.ROUTE_SERVER: ("routeServerId",),
    Kind.PREFIX_LIST: ("prefixListId",),
    Kind.GROUP: ("groupId",),
    Kind.RULE: ("securityGroupRuleId",),
    Kind.POOL: ("ipamPoolId",),
    Kind.CORE_NETWORK: ("arn", "coreNetworkArn", "coreNetworkId"),
    Kind.ODB_NETWORK: ("arn",),
    Kind.FIREWALL: ("arn", "firewallArn"),
}
"""Where a kind shows its own identity besides `id` and `awsId` (aws-native names it anew)."""

ID_PREFIXES: Final = {
    "vpc": Kind.VPC,
    "subnet": Kind.SUBNET,
    "rtb": Kind.ROUTE_TABLE,
    "igw": Kind.INTERNET_GATEWAY,
    "vgw": Kind.VIRTUAL_PRIVATE_GATEWAY,
    "nat": Kind.NAT_GATEWAY,
    "eigw": Kind.EGRESS_ONLY_GATEWAY,
    "cagw": Kind.CARRIER_GATEWAY,
    "tgw": Kind.TRANSIT_GATEWAY,
    "pcx": Kind.PEERING,
    "eni": Kind.INTERFACE,
    "i": Kind.INSTANCE,
    "vpce": Kind.ENDPOINT,
    "pl": Kind.PREFIX_LIST,
}
"""By the word before the hyphen of an AWS id: what has such an id."""
