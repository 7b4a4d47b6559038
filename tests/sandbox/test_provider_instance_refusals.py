"""What is refused of an instance: by upstream in the preview, by AWS at the launch."""

import base64
from typing import Any

import pytest

from tests.support.compute import (
    INSTANCE,
    ZONE_C,
    Network,
    find_image,
    launch,
    make_interface,
    make_network,
)
from tests.support.provider import FailedError, Instance, unique

ENOUGH = {"ami": "ami-12345678", "instanceType": "t3.small"}
ON_INTERFACE = [{"networkInterfaceId": "eni-12345678", "deviceIndex": 0}]


@pytest.fixture
def network(aws: Instance) -> Network:
    return make_network(aws)


def refusal(aws: Instance, network: Network, **given: Any) -> str:
    """Return AWS's code and words against a launch."""
    with pytest.raises(FailedError) as caught:
        launch(aws, network, **given)
    prefix = "creating EC2 Instance: RunInstances: "
    assert str(caught.value).startswith(prefix)
    return str(caught.value).removeprefix(prefix)


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("associatePublicIpAddress", True),
        ("privateIp", "10.0.1.9"),
        ("secondaryPrivateIps", ["10.0.1.9"]),
        ("securityGroups", ["default"]),
        ("sourceDestCheck", False),
        ("subnetId", "subnet-1"),
        ("vpcSecurityGroupIds", ["sg-1"]),
        ("primaryNetworkInterface", {"networkInterfaceId": "eni-1"}),
    ],
)
def test_a_given_interface_leaves_no_say_over_a_new_one(
    aws: Instance, given: str, value: Any
) -> None:
    failures = aws.failures(INSTANCE, **ENOUGH, networkInterfaces=ON_INTERFACE, **{given: value})
    assert failures == {
        "networkInterfaces": f"networkInterfaces conflicts with {given}; give only one of them",
        given: f"{given} conflicts with networkInterfaces; give only one of them",
    }


@pytest.mark.parametrize(
    ("given", "failures"),
    [
        (
            {"instanceType": "t3.small"},
            {"ami": "at least one of ami, launchTemplate must be given"},
        ),
        (
            {"ami": "ami-12345678"},
            {"instanceType": "at least one of instanceType, launchTemplate must be given"},
        ),
        (
            {**ENOUGH, "userData": "a", "userDataBase64": "YQ=="},
            {
                "userData": "userData conflicts with userDataBase64; give only one of them",
                "userDataBase64": "userDataBase64 conflicts with userData; give only one of them",
            },
        ),
        (
            {**ENOUGH, "userDataBase64": "not base64"},
            {"userDataBase64": "userDataBase64 must be base64-encoded; it is 'not base64'"},
        ),
        (
            {**ENOUGH, "metadataOptions": {"httpTokens": "always"}},
            {
                "metadataOptions.httpTokens": "metadataOptions.httpTokens must be one of "
                "'optional', 'required'; it is 'always'"
            },
        ),
        (
            {**ENOUGH, "metadataOptions": {"httpPutResponseHopLimit": 65}},
            {
                "metadataOptions.httpPutResponseHopLimit": "metadataOptions."
                "httpPutResponseHopLimit must lie between 1 and 64; it is 65"
            },
        ),
        (
            {**ENOUGH, "tenancy": "shared"},
            {"tenancy": "tenancy must be one of 'default', 'dedicated', 'host'; it is 'shared'"},
        ),
        (
            {**ENOUGH, "privateIp": "10.0.1"},
            {"privateIp": "privateIp must be an IPv4 address; it is '10.0.1'"},
        ),
        (
            {**ENOUGH, "ebsBlockDevices": [{"volumeSize": 1}]},
            {
                "ebsBlockDevices[0].deviceName": "ebsBlockDevices[0].deviceName is required but "
                "was not given"
            },
        ),
        (
            {**ENOUGH, "volumeTags": {"a": "b"}, "rootBlockDevice": {"tags": {"a": "b"}}},
            {
                "rootBlockDevice.tags": "rootBlockDevice.tags conflicts with volumeTags; "
                "give only one of them"
            },
        ),
        (
            {**ENOUGH, "launchTemplate": {"id": "lt-1"}},
            {
                "launchTemplate": "'launchTemplate' of aws:ec2/instance:Instance exists on AWS "
                "but is not modelled by the sandbox; docs/sandbox-provider.md lists what is"
            },
        ),
    ],
)
def test_a_bad_instance_is_refused_in_the_preview(
    aws: Instance, given: dict[str, Any], failures: dict[str, str]
) -> None:
    assert aws.failures(INSTANCE, **given) == failures


@pytest.mark.parametrize("name", ["getPasswordData", "hibernation"])
def test_what_the_sandbox_can_only_leave_off_may_be_said_to_be_off(
    aws: Instance, name: str
) -> None:
    assert aws.failures(INSTANCE, **ENOUGH, **{name: False}) == {}
    assert "does not model it" in aws.failures(INSTANCE, **ENOUGH, **{name: True})[name]


def test_long_user_data_is_refused(aws: Instance, network: Network) -> None:
    failures = aws.failures(INSTANCE, **ENOUGH, userData="x" * 16385)
    assert failures["userData"].startswith("userData must have 0 to 16384 characters")
    encoded = base64.b64encode(b"x" * 16385).decode()
    assert refusal(aws, network, userDataBase64=encoded) == (
        "InvalidParameterValue: User data is limited to 16384 bytes"
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"ami": "foo"}, 'InvalidAMIID.Malformed: Invalid id: "foo" (expecting "ami-...")'),
        (
            {"ami": "ami-12345678"},
            "InvalidAMIID.NotFound: The image id '[ami-12345678]' does not exist",
        ),
        (
            {"instanceType": "t3.silly"},
            "InvalidParameterValue: Invalid value 't3.silly' for InstanceType.",
        ),
        ({"keyName": "nobody"}, "InvalidKeyPair.NotFound: The key pair 'nobody' does not exist"),
        (
            {"subnetId": "subnet-12345678"},
            "InvalidSubnetID.NotFound: The subnet ID 'subnet-12345678' does not exist",
        ),
        (
            {"privateIp": "192.168.1.1"},
            (
                "InvalidParameterValue: Address 192.168.1.1 does not fall within the subnet's "
                "address range"
            ),
        ),
        (
            {"privateIp": "10.0.1.1"},
            "InvalidParameterValue: Address 10.0.1.1 is in subnet's reserved address range",
        ),
        (
            {"iamInstanceProfile": "nobody"},
            (
                "InvalidParameterValue: Value (nobody) for parameter iamInstanceProfile.name is "
                "invalid. Invalid IAM Instance Profile name"
            ),
        ),
        (
            {"rootBlockDevice": {"volumeType": "gp3", "volumeSize": 4, "iops": 9000}},
            (
                "InvalidParameterValue: Iops to volume size ratio of 2250.000000 is too high; "
                "maximum is 500.000000."
            ),
        ),
        (
            {"ebsBlockDevices": [{"deviceName": "/dev/sdf"}]},
            "MissingParameter: The request must contain the parameter size or snapshotId",
        ),
    ],
)
def test_aws_refuses_a_launch(
    aws: Instance, network: Network, given: dict[str, Any], words: str
) -> None:
    assert refusal(aws, network, **given) == words


def test_aws_refuses_an_image_for_another_processor(aws: Instance, network: Network) -> None:
    assert refusal(aws, network, instanceType="t4g.small").startswith(
        "InvalidParameterValue: The architecture 'arm64' of the specified instance type does not "
        "match the architecture 'x86_64' of the specified AMI."
    )


def test_aws_refuses_a_subnet_of_another_zone(aws: Instance, network: Network) -> None:
    assert refusal(aws, network, availabilityZone=ZONE_C) == (
        f"InvalidParameterValue: Value ({ZONE_C}) for parameter availabilityZone is invalid. "
        f"Subnet '{network.subnet_a.id}' is in the availability zone ap-northeast-1a"
    )


def test_aws_refuses_an_address_in_use(aws: Instance, network: Network) -> None:
    launch(aws, network, privateIp="10.0.1.44")
    assert refusal(aws, network, privateIp="10.0.1.44") == (
        "InvalidIPAddress.InUse: Address 10.0.1.44 is in use."
    )


def test_aws_refuses_a_group_of_another_vpc(aws: Instance, network: Network) -> None:
    other = make_network(aws).vpc["defaultSecurityGroupId"]
    assert refusal(aws, network, vpcSecurityGroupIds=[other]) == (
        f"InvalidParameter: Security group {other} and subnet {network.subnet_a.id} "
        "belong to different networks."
    )


def test_aws_refuses_an_interface_in_use(aws: Instance, ec2: Any, network: Network) -> None:
    interface = make_interface(ec2, network.subnet_a)
    given = [{"networkInterfaceId": interface, "deviceIndex": 0}]
    launch(aws, network, networkInterfaces=given)
    assert refusal(aws, network, networkInterfaces=given) == (
        f"InvalidNetworkInterface.InUse: Interface: [{interface}] in use."
    )


def test_aws_refuses_interfaces_of_several_zones(aws: Instance, ec2: Any, network: Network) -> None:
    given = [
        {"networkInterfaceId": make_interface(ec2, subnet), "deviceIndex": index}
        for index, subnet in enumerate((network.subnet_a, network.subnet_c))
    ]
    mismatch = (
        "InvalidParameterCombination: You may not attach a network interface to an instance if "
        "they are not in the same availability zone"
    )
    assert refusal(aws, network, networkInterfaces=given) == mismatch
    wrong_zone = {"networkInterfaces": given[:1], "availabilityZone": ZONE_C}
    assert refusal(aws, network, **wrong_zone) == mismatch


def test_aws_refuses_a_profile_without_a_role(aws: Instance, network: Network) -> None:
    profile = aws.create("aws:iam/instanceProfile:InstanceProfile", name=unique("empty"))
    assert refusal(aws, network, iamInstanceProfile=profile["name"]) == (
        f'InvalidParameterValue: IAM Instance Profile "{profile["arn"]}" has no associated '
        "IAM Roles"
    )


def test_an_image_named_by_a_parameter_is_not_resolved_here(
    aws: Instance, network: Network
) -> None:
    assert find_image(aws).startswith("ami-")
    assert refusal(aws, network, ami="resolve:ssm:/my/image").startswith("UnsupportedOperation: ")
