from typing import Any

import pytest

from tests.support.provider import Created, FailedError, Instance, unknowns

IPV4 = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
IPV6 = "aws:ec2/vpcIpv6CidrBlockAssociation:VpcIpv6CidrBlockAssociation"
OPTIONS = "aws:ec2/vpcDhcpOptions:VpcDhcpOptions"
OPTIONS_OF = "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation"
PEERING = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection"
TAG = "aws:ec2/tag:Tag"


@pytest.fixture
def vpc(aws: Instance) -> Created:
    return aws.create("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")


def test_a_second_range_is_associated_imported_and_taken_away(
    aws: Instance, vpc: Created, ec2: Any
) -> None:
    second = aws.create(IPV4, vpcId=vpc.id, cidrBlock="10.1.0.0/16")
    (live,) = ec2.describe_vpcs(VpcIds=[vpc.id])["Vpcs"]

    assert [each["CidrBlock"] for each in live["CidrBlockAssociationSet"]] == [
        "10.0.0.0/16",
        "10.1.0.0/16",
    ]
    assert aws.read(IPV4, second.id).inputs == second.inputs
    assert vpc.refresh().diff().kinds == {}
    assert second.diff(cidrBlock="10.2.0.0/16").kinds == {"cidrBlock": "UPDATE_REPLACE"}
    assert second.diff(vpcId="vpc-2").kinds == {"vpcId": "UPDATE_REPLACE"}
    second.delete()
    assert second.refresh() is None


def test_a_second_range_must_be_apart_from_the_first(aws: Instance, vpc: Created) -> None:
    with pytest.raises(FailedError) as failure:
        aws.create(IPV4, vpcId=vpc.id, cidrBlock="10.0.128.0/17")

    assert str(failure.value) == (
        "creating EC2 VPC IPv4 CIDR Block Association: AssociateVpcCidrBlock: InvalidVpc.Range: "
        "The CIDR '10.0.128.0/17' conflicts with another association"
    )


def test_a_range_in_use_is_not_taken_away(aws: Instance, vpc: Created) -> None:
    second = aws.create(IPV4, vpcId=vpc.id, cidrBlock="10.1.0.0/16")
    subnet = aws.create("aws:ec2/subnet:Subnet", vpcId=vpc.id, cidrBlock="10.1.0.0/24")
    with pytest.raises(FailedError, match=r"DisassociateVpcCidrBlock: InvalidCidrBlock\.InUse"):
        second.delete()

    subnet.delete()
    second.delete()


@pytest.mark.parametrize("cidr", ["10.1.0.0/15", "10.1.0.0/29", "10.1.0.1/16", None])
def test_a_bad_second_range_is_refused(aws: Instance, cidr: str | None) -> None:
    assert list(aws.failures(IPV4, vpcId="vpc-1", cidrBlock=cidr)) == ["cidrBlock"]


def test_an_ipv6_range_comes_from_amazon_only(aws: Instance, vpc: Created) -> None:
    assert list(aws.failures(IPV6, vpcId=vpc.id)) == ["assignGeneratedIpv6CidrBlock"]
    chosen = {"assignGeneratedIpv6CidrBlock": True, "ipv6CidrBlock": "2001:db8::/56"}
    assert list(aws.failures(IPV6, vpcId=vpc.id, **chosen)) == ["assignGeneratedIpv6CidrBlock"]

    given = aws.create(IPV6, vpcId=vpc.id, assignGeneratedIpv6CidrBlock=True)
    assert given["ipv6CidrBlock"].endswith("/56")
    assert given.refresh().state == given.state
    given.delete()
    assert given.refresh() is None


def test_a_vpc_takes_a_range_of_another_resource_for_its_own_when_it_is_read_again(
    aws: Instance, vpc: Created
) -> None:
    """https://github.com/hashicorp/terraform-provider-aws/issues/39854 is the real one's case."""
    given = aws.create(IPV6, vpcId=vpc.id, assignGeneratedIpv6CidrBlock=True)
    assert (vpc["ipv6CidrBlock"], vpc["ipv6AssociationId"]) == ("", "")
    assert vpc.diff().kinds == {}
    read = vpc.refresh()
    assert read is not None
    assert (read["ipv6CidrBlock"], read["ipv6AssociationId"]) == (given["ipv6CidrBlock"], given.id)
    assert read.diff().kinds == {"assignGeneratedIpv6CidrBlock": "DELETE"}


def test_dhcp_options_are_replaced_by_any_change_but_tags(aws: Instance) -> None:
    options = aws.create(OPTIONS, domainName="example.org", domainNameServers=["10.0.0.2"])

    assert (options["domainName"], options["domainNameServers"]) == ("example.org", ["10.0.0.2"])
    assert options.diff(domainName="x").kinds == {"domainName": "UPDATE_REPLACE"}
    assert options.diff(domainNameServers=["10.0.0.2", "10.0.0.3"]).kinds == {
        "domainNameServers[1]": "ADD_REPLACE"
    }
    assert options.diff(tags={"a": "b"}).replaces == []
    assert aws.diff(aws.read(OPTIONS, options.id), options.inputs).kinds == {}
    assert list(aws.failures(OPTIONS)) == ["domainName"]


def test_a_vpc_uses_dhcp_options_until_they_go(aws: Instance, vpc: Created, ec2: Any) -> None:
    options = aws.create(OPTIONS, domainNameServers=["10.0.0.2"])
    other = aws.create(OPTIONS, domainNameServers=["10.0.0.3"])
    use = aws.create(OPTIONS_OF, vpcId=vpc.id, dhcpOptionsId=options.id)

    assert use.id == f"{options.id}-{vpc.id}"
    assert vpc.refresh()["dhcpOptionsId"] == options.id
    assert aws.read(OPTIONS_OF, vpc.id).inputs == use.inputs
    assert use.diff(dhcpOptionsId=other.id).kinds == {"dhcpOptionsId": "UPDATE"}
    use = use.update(dhcpOptionsId=other.id)
    assert vpc.refresh()["dhcpOptionsId"] == other.id
    ec2.associate_dhcp_options(DhcpOptionsId=options.id, VpcId=vpc.id)
    assert use.refresh() is None
    use.delete()
    assert vpc.refresh()["dhcpOptionsId"] == "default"


def test_a_peering_is_accepted_and_given_options(aws: Instance, vpc: Created) -> None:
    peer = aws.create("aws:ec2/vpc:Vpc", cidrBlock="10.9.0.0/16")
    peering = aws.create(PEERING, vpcId=vpc.id, peerVpcId=peer.id, autoAccept=True)

    assert peering["acceptStatus"] == "active"
    assert peering.diff(accepter={"allowRemoteVpcDnsResolution": True}).kinds == {
        "accepter.allowRemoteVpcDnsResolution": "UPDATE"
    }
    peering = peering.update(accepter={"allowRemoteVpcDnsResolution": True})
    assert peering.refresh()["accepter"] == {"allowRemoteVpcDnsResolution": True}
    assert peering.diff(peerVpcId="vpc-2").kinds == {"peerVpcId": "UPDATE_REPLACE"}
    assert aws.read(PEERING, peering.id).inputs["peerVpcId"] == peer.id
    peering.delete()
    assert peering.refresh() is None


def test_a_peering_waits_for_its_accepter(aws: Instance, vpc: Created) -> None:
    peer = aws.create("aws:ec2/vpc:Vpc", cidrBlock="10.9.0.0/16")
    peering = aws.create(PEERING, vpcId=vpc.id, peerVpcId=peer.id)

    assert peering["acceptStatus"] == "pending-acceptance"
    assert peering.update(autoAccept=True)["acceptStatus"] == "active"
    failures = aws.failures(
        PEERING, vpcId="a", peerVpcId="b", autoAccept=True, peerRegion="eu-west-1"
    )
    assert list(failures) == ["peerRegion"]
    assert unknowns(aws.preview(PEERING, vpcId="a", peerVpcId="b")) == {
        "id",
        "acceptStatus",
        "accepter",
        "peerOwnerId",
        "peerRegion",
        "requester",
    }


def test_a_single_tag_is_set_changed_and_taken_away(aws: Instance, vpc: Created) -> None:
    tag = aws.create(TAG, resourceId=vpc.id, key="hacluster:node", value="a")

    assert tag.id == f"{vpc.id},hacluster:node"
    assert tag.diff(value="b").kinds == {"value": "UPDATE"}
    assert tag.diff(key="x", resourceId="y").kinds == {
        "key": "UPDATE_REPLACE",
        "resourceId": "UPDATE_REPLACE",
    }
    tag = tag.update(value="b")
    assert vpc.refresh()["tags"] == {"hacluster:node": "b"}
    assert aws.read(TAG, tag.id).inputs == tag.inputs
    tag.delete()
    assert tag.refresh() is None
    with pytest.raises(FailedError, match="RESOURCEID,KEY"):
        aws.read(TAG, vpc.id)
