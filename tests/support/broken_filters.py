"""Changes to security groups, network ACLs and DNS options, each undone at the end of its block."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.operations import Operated, tag_specifications


def node_group(operated: Operated) -> str:
    """Return the security group of the nodes."""
    key = operated.cluster.nodes[0].network_interface_id
    found = operated.ec2.describe_network_interfaces(NetworkInterfaceIds=[key])
    (group,) = found["NetworkInterfaces"][0]["Groups"]
    return group["GroupId"]


@contextmanager
def rule_revoked(
    operated: Operated, protocol: str, port: int, *, egress: bool = False
) -> Iterator[dict[str, Any]]:
    """Revoke the rules of the nodes' group that begin with this port."""
    ec2, group = operated.ec2, node_group(operated)
    kind = "IpPermissionsEgress" if egress else "IpPermissions"
    described = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0][kind]
    (rule,) = (
        each
        for each in described
        if (each["IpProtocol"], each.get("FromPort", -1)) == (protocol, port)
    )
    way = "egress" if egress else "ingress"
    getattr(ec2, f"revoke_security_group_{way}")(GroupId=group, IpPermissions=[rule])
    try:
        yield rule
    finally:
        getattr(ec2, f"authorize_security_group_{way}")(GroupId=group, IpPermissions=[rule])


@contextmanager
def rule_added(operated: Operated, rule: dict[str, Any], **tags: str) -> Iterator[str]:
    """Add an inbound rule to the nodes' group."""
    ec2, group = operated.ec2, node_group(operated)
    (made,) = ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[rule],
        TagSpecifications=tag_specifications("security-group-rule", tags),
    )["SecurityGroupRules"]
    key = made["SecurityGroupRuleId"]
    try:
        yield key
    finally:
        ec2.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=[key])


@contextmanager
def group_replaced(operated: Operated, interface: str) -> Iterator[str]:
    """Give an interface a new group, without inbound rules, in place of the nodes' group."""
    ec2, before = operated.ec2, node_group(operated)
    made = ec2.create_security_group(
        GroupName="other", Description="other", VpcId=operated.cluster.vpc_id
    )["GroupId"]
    ec2.modify_network_interface_attribute(NetworkInterfaceId=interface, Groups=[made])
    try:
        yield made
    finally:
        ec2.modify_network_interface_attribute(NetworkInterfaceId=interface, Groups=[before])
        ec2.delete_security_group(GroupId=made)


def network_acl(operated: Operated) -> str:
    """Return the VPC's one ACL, which all subnets share."""
    vpc = [{"Name": "vpc-id", "Values": [operated.cluster.vpc_id]}]
    (acl,) = operated.ec2.describe_network_acls(Filters=vpc)["NetworkAcls"]
    return acl["NetworkAclId"]


@contextmanager
def acl_rule(operated: Operated, number: int, **entry: Any) -> Iterator[str]:
    """Add a rule to the ACL; by default it denies what comes in from everywhere."""
    ec2, acl = operated.ec2, network_acl(operated)
    written = {"Egress": False, "RuleAction": "deny", "CidrBlock": "0.0.0.0/0", **entry}
    ec2.create_network_acl_entry(NetworkAclId=acl, RuleNumber=number, **written)
    try:
        yield acl
    finally:
        ec2.delete_network_acl_entry(NetworkAclId=acl, RuleNumber=number, Egress=written["Egress"])


@contextmanager
def acl_rule_deleted(operated: Operated, *, egress: bool) -> Iterator[str]:
    """Delete the rule that allows everything: the last rule denies it then."""
    ec2, acl = operated.ec2, network_acl(operated)
    ec2.delete_network_acl_entry(NetworkAclId=acl, RuleNumber=100, Egress=egress)
    try:
        yield acl
    finally:
        ec2.create_network_acl_entry(
            NetworkAclId=acl,
            RuleNumber=100,
            Egress=egress,
            Protocol="-1",
            RuleAction="allow",
            CidrBlock="0.0.0.0/0",
        )


@contextmanager
def vpc_attribute_off(operated: Operated, name: str) -> Iterator[None]:
    """Switch a DNS attribute of the VPC off."""
    ec2, vpc = operated.ec2, operated.cluster.vpc_id
    ec2.modify_vpc_attribute(VpcId=vpc, **{name: {"Value": False}})
    try:
        yield
    finally:
        ec2.modify_vpc_attribute(VpcId=vpc, **{name: {"Value": True}})


@contextmanager
def name_servers(operated: Operated, *servers: str) -> Iterator[str]:
    """Give the VPC a set of DHCP options with these name servers."""
    ec2, vpc = operated.ec2, operated.cluster.vpc_id
    key = ec2.create_dhcp_options(
        DhcpConfigurations=[{"Key": "domain-name-servers", "Values": list(servers)}]
    )["DhcpOptions"]["DhcpOptionsId"]
    ec2.associate_dhcp_options(DhcpOptionsId=key, VpcId=vpc)
    try:
        yield key
    finally:
        ec2.associate_dhcp_options(DhcpOptionsId="default", VpcId=vpc)
        ec2.delete_dhcp_options(DhcpOptionsId=key)
