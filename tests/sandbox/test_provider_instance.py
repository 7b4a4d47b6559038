import base64
from typing import Any

import pytest

from sandbox.provider.wire import UNKNOWN
from tests.support.compute import (
    INSTANCE,
    ZONE_A,
    Network,
    find_image,
    launch,
    make_interface,
    make_network,
)
from tests.support.provider import Created, FailedError, Instance, unknowns


@pytest.fixture
def network(aws: Instance) -> Network:
    return make_network(aws)


@pytest.fixture
def interface(ec2: Any, network: Network) -> str:
    return make_interface(ec2, network.subnet_a)


def live(ec2: Any, instance: Created) -> dict[str, Any]:
    found = ec2.describe_instances(InstanceIds=[instance.id])
    return found["Reservations"][0]["Instances"][0]


def on(interface: str, index: int = 0) -> list[dict[str, Any]]:
    return [{"networkInterfaceId": interface, "deviceIndex": index}]


def test_an_instance_says_everything_that_aws_decided(aws: Instance, network: Network) -> None:
    node = launch(aws, network, tags={"Name": "node-a"})
    assert node.id.startswith("i-")
    assert node["arn"] == f"arn:aws:ec2:ap-northeast-1:123456789012:instance/{node.id}"
    assert node["instanceState"] == "running"
    assert node["availabilityZone"] == ZONE_A
    assert node["subnetId"] == network.subnet_a.id
    assert node["privateDns"].endswith(".ap-northeast-1.compute.internal")
    assert node["publicIp"] == node["publicDns"] == ""
    assert node["associatePublicIpAddress"] is False
    assert node["sourceDestCheck"] is True
    assert node["tenancy"] == "default"
    assert node["instanceInitiatedShutdownBehavior"] == "stop"
    assert node["disableApiTermination"] is node["disableApiStop"] is False
    assert node["monitoring"] is node["ebsOptimized"] is False
    assert node["creditSpecification"] == {"cpuCredits": "unlimited"}
    assert node["tagsAll"] == {"Name": "node-a"}
    assert node["ebsBlockDevices"] == node["networkInterfaces"] == []


def test_an_instance_without_groups_is_in_its_vpcs_default_group(
    aws: Instance, network: Network
) -> None:
    node = launch(aws, network)
    assert node["vpcSecurityGroupIds"] == [network.vpc["defaultSecurityGroupId"]]
    assert node["securityGroups"] == []


def test_a_preview_does_not_know_what_aws_decides(aws: Instance) -> None:
    outputs = aws.preview(INSTANCE, ami=UNKNOWN, instanceType="t3.small", userData="#!/bin/sh")
    known = {
        "forceDestroy", "getPasswordData", "instanceType", "region", "sourceDestCheck",
        "tagsAll", "userData", "userDataReplaceOnChange",
    }  # fmt: skip
    assert outputs.keys() - unknowns(outputs) == known
    assert {"id", "arn", "ami", "privateIp", "rootBlockDevice"} <= unknowns(outputs)
    assert "creditSpecification" not in outputs
    assert {
        "capacityReservationSpecification", "cpuOptions", "enablePrimaryIpv6",
        "hostResourceGroupArn", "instanceMarketOptions", "privateDnsNameOptions",
        "secondaryNetworkInterfaces",
    } <= unknowns(outputs)  # fmt: skip
    assert outputs["userData"] == "#!/bin/sh"


def test_an_instance_with_an_interface_is_where_and_what_its_interface_is(
    aws: Instance, ec2: Any, interface: str
) -> None:
    ec2.modify_network_interface_attribute(
        NetworkInterfaceId=interface, SourceDestCheck={"Value": False}
    )
    described = ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])
    its = described["NetworkInterfaces"][0]
    node = launch(aws, None, networkInterfaces=on(interface))
    assert node["sourceDestCheck"] is False
    assert node["privateIp"] == its["PrivateIpAddress"]
    assert node["subnetId"] == its["SubnetId"]
    assert node["vpcSecurityGroupIds"] == [its["Groups"][0]["GroupId"]]
    assert node["primaryNetworkInterfaceId"] == interface
    assert node["primaryNetworkInterface"] == {
        "networkInterfaceId": interface,
        "deleteOnTermination": False,
    }
    assert node.diff().kinds == {}


def test_the_primary_interface_may_be_named_alone(aws: Instance, interface: str) -> None:
    node = launch(aws, None, primaryNetworkInterface={"networkInterfaceId": interface})
    assert node["primaryNetworkInterfaceId"] == interface
    assert node["networkInterfaces"] == []
    assert node.diff().kinds == {}


def check_of(ec2: Any, interface: str) -> bool:
    """Whether an interface checks source and destination."""
    found = ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])
    return found["NetworkInterfaces"][0]["SourceDestCheck"]


@pytest.fixture
def forwarding(ec2: Any, interface: str) -> str:
    """An interface that takes packets for others."""
    ec2.modify_network_interface_attribute(
        NetworkInterfaceId=interface, SourceDestCheck={"Value": False}
    )
    return interface


def test_a_second_update_switches_the_check_of_its_primary_interface_on(
    aws: Instance, ec2: Any, forwarding: str
) -> None:
    """As upstream does: hashicorp/terraform-provider-aws#44768."""
    node = launch(aws, None, primaryNetworkInterface={"networkInterfaceId": forwarding})
    assert "sourceDestCheck" not in node.inputs
    assert node["sourceDestCheck"] is False
    assert node.diff().kinds == {"sourceDestCheck": "UPDATE"}
    assert node.update()["sourceDestCheck"] is True
    assert check_of(ec2, forwarding) is True


def test_ignoring_the_check_leaves_the_interface_alone_in_every_update(
    aws: Instance, ec2: Any, forwarding: str
) -> None:
    node = launch(aws, None, primaryNetworkInterface={"networkInterfaceId": forwarding})
    assert node.diff("sourceDestCheck").kinds == {}
    node.update("sourceDestCheck", tags={"Name": "other"})
    assert check_of(ec2, forwarding) is False


def test_a_refresh_does_not_turn_the_check_into_an_input(aws: Instance, forwarding: str) -> None:
    node = launch(aws, None, primaryNetworkInterface={"networkInterfaceId": forwarding})
    refreshed = node.refresh()
    assert refreshed is not None
    assert "sourceDestCheck" not in refreshed.inputs


def test_the_root_device_is_as_asked_for(aws: Instance, ec2: Any, network: Network) -> None:
    asked = {"encrypted": True, "volumeType": "gp3", "volumeSize": 20, "throughput": 200,
             "iops": 4000, "tags": {"Name": "root"}}  # fmt: skip
    root = launch(aws, network, rootBlockDevice=asked)["rootBlockDevice"]
    assert asked.items() <= root.items()
    assert root["deviceName"] == "/dev/xvda"
    assert root["deleteOnTermination"] is True
    volume = ec2.describe_volumes(VolumeIds=[root["volumeId"]])["Volumes"][0]
    assert (volume["Size"], volume["Iops"], volume["Throughput"]) == (20, 4000, 200)
    assert volume["Encrypted"] is True


def test_a_root_device_is_there_when_nobody_asks(aws: Instance, network: Network) -> None:
    root = launch(aws, network)["rootBlockDevice"]
    assert root["volumeType"] == "gp3"
    assert (root["iops"], root["throughput"], root["encrypted"]) == (3000, 125, False)


def test_other_devices_are_attached_at_launch(aws: Instance, network: Network) -> None:
    device = {"deviceName": "/dev/sdf", "volumeSize": 8, "volumeType": "gp3", "iops": 3500}
    node = launch(aws, network, ebsBlockDevices=[device])
    assert len(node["ebsBlockDevices"]) == 1
    assert device.items() <= node["ebsBlockDevices"][0].items()
    assert node.diff().kinds == {}


def test_volumes_get_volume_tags(aws: Instance, ec2: Any, network: Network) -> None:
    node = launch(aws, network, volumeTags={"backup": "daily"})
    volume = ec2.describe_volumes(VolumeIds=[node["rootBlockDevice"]["volumeId"]])["Volumes"][0]
    assert volume["Tags"] == [{"Key": "backup", "Value": "daily"}]
    assert node["volumeTags"] == {"backup": "daily"}
    assert node.update(volumeTags={"backup": "weekly"})["volumeTags"] == {"backup": "weekly"}


def test_default_tags_reach_the_instance_and_its_volumes(
    provider_port: int, ec2: Any, network: Network
) -> None:
    tagged = Instance(provider_port, defaultTags={"tags": {"team": "ha"}})
    node = launch(tagged, network, tags={"Name": "a"}, rootBlockDevice={"tags": {"disk": "root"}})
    assert node["tags"] == {"Name": "a"}
    assert node["tagsAll"] == {"Name": "a", "team": "ha"}
    assert node["rootBlockDevice"]["tags"] == {"disk": "root"}
    assert node["rootBlockDevice"]["tagsAll"] == {"disk": "root", "team": "ha"}
    assert node.diff().kinds == {}
    volumes = ec2.describe_volumes(VolumeIds=[node["rootBlockDevice"]["volumeId"]])["Volumes"]
    assert {"Key": "team", "Value": "ha"} in volumes[0]["Tags"]
    tagged.close()


def test_user_data_is_kept_in_clear_text(aws: Instance, ec2: Any, network: Network) -> None:
    node = launch(aws, network, userData="#!/bin/sh\necho hello")
    assert node["userData"] == "#!/bin/sh\necho hello"
    told = ec2.describe_instance_attribute(InstanceId=node.id, Attribute="userData")
    assert base64.b64decode(told["UserData"]["Value"]) == b"#!/bin/sh\necho hello"


def test_encoded_user_data_is_encoded_once(aws: Instance, ec2: Any, network: Network) -> None:
    encoded = base64.b64encode(b"\x1f\x8b\x08\x00binary").decode()
    node = launch(aws, network, userDataBase64=encoded)
    told = ec2.describe_instance_attribute(InstanceId=node.id, Attribute="userData")
    assert told["UserData"]["Value"] == encoded
    assert node["userDataBase64"] == encoded
    assert node.diff().kinds == {}


def test_metadata_options_may_be_given_in_part(aws: Instance, network: Network) -> None:
    node = launch(aws, network, metadataOptions={"httpTokens": "required"})
    assert node["metadataOptions"] == {
        "httpEndpoint": "enabled",
        "httpProtocolIpv6": "disabled",
        "httpPutResponseHopLimit": 1,
        "httpTokens": "required",
        "instanceMetadataTags": "disabled",
    }
    assert node.diff().kinds == {}


def test_an_instance_in_the_default_vpc_names_its_groups(aws: Instance) -> None:
    node = aws.create(INSTANCE, ami=find_image(aws), instanceType="t3.small")
    assert node["securityGroups"] == ["default"]
    assert node["associatePublicIpAddress"] is True
    name = node["publicIp"].replace(".", "-")
    assert node["publicDns"] == f"ec2-{name}.ap-northeast-1.compute.amazonaws.com"


def test_what_is_left_out_changes_nothing(aws: Instance, network: Network) -> None:
    node = launch(aws, network, privateIp="10.0.1.44", monitoring=True, sourceDestCheck=False)
    assert node.diff(privateIp=None, subnetId=None, monitoring=None).kinds == {}


def test_a_refresh_shows_what_was_changed_elsewhere(
    aws: Instance, ec2: Any, network: Network
) -> None:
    node = launch(aws, network, disableApiTermination=True, tags={"Name": "a"})
    ec2.modify_instance_attribute(InstanceId=node.id, DisableApiTermination={"Value": False})
    ec2.create_tags(Resources=[node.id], Tags=[{"Key": "Name", "Value": "b"}])
    refreshed = node.refresh()
    assert refreshed is not None
    assert refreshed.inputs["disableApiTermination"] is False
    assert refreshed.inputs["tags"] == {"Name": "b"}
    assert refreshed.diff(disableApiTermination=True).kinds == {"disableApiTermination": "UPDATE"}


def test_an_instance_is_imported_by_its_id(aws: Instance, network: Network) -> None:
    node = launch(aws, network, userData="hello")
    imported = aws.read(INSTANCE, node.id)
    assert imported is not None
    assert imported.inputs["ami"] == node["ami"]
    assert imported.inputs["userData"] == "hello"
    assert imported["privateIp"] == node["privateIp"]
    assert imported.diff().kinds == {}


def test_a_terminated_instance_is_gone(aws: Instance, ec2: Any, network: Network) -> None:
    node = launch(aws, network)
    node.delete()
    assert live(ec2, node)["State"]["Name"] == "terminated"
    assert node.refresh() is None
    node.delete()


def test_a_protected_instance_is_not_terminated(aws: Instance, ec2: Any, network: Network) -> None:
    node = launch(aws, network, disableApiTermination=True)
    with pytest.raises(FailedError) as caught:
        node.delete()
    assert str(caught.value) == (
        f"deleting EC2 Instance ({node.id}): TerminateInstances: OperationNotPermitted: "
        f"The instance '{node.id}' may not be terminated. "
        "Modify its 'disableApiTermination' instance attribute and try again."
    )
    node.update(disableApiTermination=False).delete()
    assert live(ec2, node)["State"]["Name"] == "terminated"


def test_protection_is_overridden_on_demand(aws: Instance, ec2: Any, network: Network) -> None:
    node = launch(aws, network, disableApiTermination=True, forceDestroy=True)
    node.delete()
    assert live(ec2, node)["State"]["Name"] == "terminated"


def test_an_interface_is_free_after_its_instance(aws: Instance, interface: str) -> None:
    node = launch(aws, None, networkInterfaces=on(interface))
    node.delete()
    again = launch(aws, None, networkInterfaces=on(interface))
    assert again["primaryNetworkInterfaceId"] == interface


def test_a_network_is_taken_down_after_its_instances(aws: Instance, network: Network) -> None:
    interface = aws.create(
        "aws:ec2/networkInterface:NetworkInterface", subnetId=network.subnet_a.id
    )
    node = launch(aws, network, networkInterfaces=on(interface.id))
    with pytest.raises(FailedError, match="is currently in use"):
        interface.delete()
    with pytest.raises(FailedError, match="DependencyViolation"):
        network.subnet_a.delete()
    for each in (node, interface, network.subnet_a, network.subnet_c, network.vpc):
        each.delete()
    assert network.vpc.refresh() is None
