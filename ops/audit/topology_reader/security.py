"""Reads what admits traffic to endpoints: VPC endpoints, their security groups, and the rules."""

from collections.abc import Iterator

from guardrails.model.security import Endpoint, GroupRule, SecurityGroup
from ops.audit.inventory import Inventory, Record
from ops.audit.topology_reader.firewall_endpoints import firewall_endpoints
from ops.audit.topology_reader.references import References, hidden_groups


def read_endpoints(inventory: Inventory, references: References) -> Iterator[object]:
    """Read VPC endpoints. Those of firewalls look like others, and are read as gateways."""
    of_firewalls = {each.identity for each in firewall_endpoints(inventory)}
    for each in inventory.found("describe_vpc_endpoints"):
        if each["VpcEndpointId"] in of_firewalls:
            continue
        yield Endpoint(
            key=each["VpcEndpointId"],
            scope=inventory.scope,
            name=each["VpcEndpointId"],
            kind=each["VpcEndpointType"],
            vpc=references.to(each["VpcId"]),
            service=each.get("ServiceName"),
            subnets=tuple(references.to(subnet) for subnet in each.get("SubnetIds") or ()),
            groups=tuple(references.to(group["GroupId"]) for group in each.get("Groups") or ()),
            interfaces=tuple(references.to(e) for e in each.get("NetworkInterfaceIds") or ()),
            private_dns=each.get("PrivateDnsEnabled", False),
        )


def read_groups(inventory: Inventory, references: References) -> Iterator[object]:
    """Read the security groups on endpoints, a VPC's default one included."""
    for group in inventory.found("describe_security_groups"):
        key, vpc = group["GroupId"], references.to(group.get("VpcId"))
        yield SecurityGroup(
            key=key,
            scope=inventory.scope,
            name=key,
            vpc=vpc,
            default_of=vpc if group["GroupName"] == "default" else None,
        )
    for key in hidden_groups(inventory):
        yield SecurityGroup(key=key, scope=inventory.scope, name=key, vpc=None)


def read_rules(inventory: Inventory, references: References) -> Iterator[object]:
    """Read inbound rules; where they were refused, each group has one that is out of sight."""
    for rule in inventory.found("describe_security_group_rules"):
        if not rule["IsEgress"]:
            yield _rule(rule, references)
    refusal = inventory.refusal("describe_security_group_rules")
    if refusal is None:
        return
    for key in sorted({*inventory.ids("describe_security_groups"), *hidden_groups(inventory)}):
        hidden = refusal.hides(f"the rules of security group {key}")
        yield GroupRule(key=key, group=key, protocol=hidden, from_port=hidden, to_port=hidden)


def _rule(rule: Record, references: References) -> GroupRule:
    group: Record = rule.get("ReferencedGroupInfo") or {}
    prefix_list = rule.get("PrefixListId")
    sources = (rule.get("CidrIpv4"), rule.get("CidrIpv6"), prefix_list, group.get("GroupId"))
    return GroupRule(
        key=rule["SecurityGroupRuleId"],
        group=references.to(rule["GroupId"]),
        protocol=rule["IpProtocol"],
        from_port=rule.get("FromPort"),
        to_port=rule.get("ToPort"),
        sources=tuple(each for each in sources if each),
        prefix_lists=(references.to(prefix_list),) if prefix_list else (),
    )
