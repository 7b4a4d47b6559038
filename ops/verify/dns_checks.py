"""Whether names of AWS's services lead to the VPC's endpoints."""

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Final

from guardrails.findings import Severity
from ops.described import Described
from ops.verify.check import Check, Fault
from ops.verify.node_answer import NodeAnswer
from ops.verify.situation import Situation

# https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
_AMAZON_SERVERS: Final = ("AmazonProvidedDNS", "169.254.169.253", "fd00:ec2::253")
_RESOLVER: Final = 2
"""The VPC's resolver is at its first range's third address."""


def vpc_dns_off(situation: Situation) -> Iterator[Fault]:
    """Find a VPC that resolves no names, or not to the endpoints' addresses (F28)."""
    vpc = situation.cluster.vpc_id
    for kind, attribute, option in (
        ("dns_support", "enableDnsSupport", "--enable-dns-support"),
        ("dns_hostnames", "enableDnsHostnames", "--enable-dns-hostnames"),
    ):
        if not situation.snapshot.get(kind):
            yield Fault(
                vpc,
                f"{attribute} on",
                "off",
                f"aws ec2 modify-vpc-attribute --vpc-id {vpc} {option}",
            )


def dhcp_dns_custom(situation: Situation) -> Iterator[Fault]:
    """Find name servers other than Amazon's, which do not know the endpoints (F29).

    None where the nodes were asked and their calls work: those servers forward AWS's names then.
    A VPC without a set of options is not judged: its instances use Amazon's server on Nitro.
    https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html
    """
    if situation.vpc is None or _calls_work(situation):
        return
    allowed = {*_AMAZON_SERVERS, _resolver(situation.vpc)}
    for options in situation.snapshot.get("dhcp_options"):
        foreign = [server for server in _servers(options) if server not in allowed]
        if foreign:
            key = options["DhcpOptionsId"]
            yield Fault(
                key,
                "AmazonProvidedDNS as domain-name-servers",
                ", ".join(foreign),
                "aws ec2 create-dhcp-options --dhcp-configurations "
                "Key=domain-name-servers,Values=AmazonProvidedDNS, then aws ec2 "
                f"associate-dhcp-options --vpc-id {situation.cluster.vpc_id} --dhcp-options-id "
                "with its id",
                (situation.cluster.vpc_id,),
            )


def _calls_work(situation: Situation) -> bool:
    answers = situation.answers or {}
    return all(
        isinstance(answer := answers.get(node.name), NodeAnswer) and answer.call == "ok"
        for node in situation.cluster.nodes
    )


def _servers(options: Described) -> list[str]:
    return [
        value["Value"]
        for each in options.get("DhcpConfigurations", [])
        if each.get("Key") == "domain-name-servers"
        for value in each.get("Values", [])
    ]


def _resolver(vpc: Described) -> str:
    return str(ip_network(vpc["CidrBlock"])[_RESOLVER])


CHECKS = (
    Check(id="vpc-dns-off", severity=Severity.CRITICAL, judge=vpc_dns_off),
    Check(id="dhcp-dns-custom", severity=Severity.MEDIUM, judge=dhcp_dns_custom),
)
