"""The components as a package: another program has the engine construct them by their tokens."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.runtime import Sandbox
from tests.support.cluster import ROOT, changes, owners
from tests.support.sandbox import StackUnderTest
from tests.support.small_project import environment_like_ours, said

MADE = """
import pulumi

class Made(pulumi.ComponentResource):
    def __init__(self, kind, name, inputs, outputs):
        properties = {**dict.fromkeys(outputs), **inputs}
        super().__init__(f"hacluster:index:{kind}", name, properties, remote=True)
        for output in outputs:
            pulumi.export(f"{name}.{output}", self[output])

    def __getitem__(self, output):
        return pulumi.get(self, output)

network = Made(
    "Network",
    "closed",
    {
        "cidrBlock": "10.9.0.0/16",
        "availabilityZones": {"a": "us-east-1a", "b": "us-east-1b"},
        "publicSubnets": {},
        "privateSubnets": SUBNETS,
        "tags": {"Owner": "another program"},
    },
    ["vpcId", "subnetIds", "routeTableIds", "routeTableArns", "privateRouteTableIds"],
)
"""
SUBNETS = {"a": "10.9.1.0/24", "b": "10.9.2.0/24"}
ALL_COMPONENTS = """
vpc, region, ranges = network["vpcId"], "us-east-1", ["10.9.0.0/16"]
more = Made(
    "PrivateSubnets",
    "more",
    {
        "vpcId": vpc,
        "vpcArn": vpc.apply(lambda known: f"arn:aws:ec2:{region}:123456789012:vpc/{known}"),
        "vpcCidrBlocks": ranges,
        "routeTableIds": {},
        "availabilityZones": {"c": "us-east-1c"},
        "privateSubnets": {"c": "10.9.3.0/24"},
    },
    ["subnetIds", "routeTableIds"],
)
tables = {name: network["routeTableIds"][name] for name in ("main", "private_a", "private_b")}
cluster = Made(
    "Cluster",
    "pair",
    {
        "clusterName": "pair",
        "vpcId": vpc,
        "vpcCidrBlocks": ranges,
        "region": region,
        "virtualIp": "20.0.0.100",
        "routeTableIds": {**tables, "private_c": more["routeTableIds"]["private_c"]},
        "routeTableArns": [network["routeTableArns"][name] for name in tables],
        "nodes": {
            letter: {
                "availabilityZone": f"us-east-1{letter}",
                "subnetId": network["subnetIds"][f"private_{letter}"],
                "address": f"10.9.{number}.10",
            }
            for number, letter in enumerate("ab", start=1)
        },
        "initialOwner": "a",
        "instanceType": "m6i.large",
        "imageId": IMAGE,
        "mirrorVolumeGib": 20,
        "adminCidrBlocks": ranges,
        "applicationPorts": [{"protocol": "tcp", "port": 5432, "cidrBlocks": ranges}],
        "services": ["ssm"],
        "expresscluster": {"system": "linux"},
        "protectNodes": False,
        **CHANGES,
    },
    [
        "instanceIds",
        "mirrorVolumeIds",
        "networkInterfaceIds",
        "privateIps",
        "hostNames",
        "expresscluster",
        "nodeRoleArn",
        "nodeSubnetIds",
        "nodeSecurityGroupId",
        "controlPermissions",
        "virtualIp",
        "webuiUrl",
    ],
)
Made(
    "Endpoints",
    "ways",
    {
        "vpcId": vpc,
        "region": region,
        "subnetIds": cluster["nodeSubnetIds"],
        "clientCidrBlocks": ranges,
        "services": ["ec2", "ssm", "s3"],
        "sharedSecurityGroup": True,
        "callerRoleArn": cluster["nodeRoleArn"],
        "controlPermissions": cluster["controlPermissions"],
        "storage": {
            "routeTableIds": network["privateRouteTableIds"],
            "clientSecurityGroupId": cluster["nodeSecurityGroupId"],
            "permissions": '{"Version": "2012-10-17", "Statement": []}',
        },
    },
    ["endpointIds", "securityGroupIds"],
)
Made(
    "FlowLogs",
    "log",
    {"vpcId": vpc, "region": region, "accountId": "123456789012", "retentionDays": 7},
    ["logGroupName"],
)
Made(
    "Alarms",
    "bells",
    {
        "clusterName": "pair",
        "topicArn": "arn:aws:sns:us-east-1:123456789012:operators",
        "nodes": {
            letter: {
                "instanceId": cluster["instanceIds"][letter],
                "mirrorVolumeId": cluster["mirrorVolumeIds"][letter],
            }
            for letter in "ab"
        },
        "routeTableIds": tables,
        "nodeRoleArn": cluster["nodeRoleArn"],
    },
    ["alarmNames", "routeChangeRules"],
)
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The components as `pulumi package add` leaves them: with an environment of their own."""
    folder = tmp_path / "packages" / "hacluster"
    shutil.copytree(ROOT / "components", folder, ignore=shutil.ignore_patterns("__pycache__"))
    environment_like_ours(folder / "venv")
    (site,) = (folder / "venv").glob("lib/*/site-packages")
    (site / "hacluster.pth").write_text(str(folder.parent))
    return folder


@pytest.fixture
def stack(
    package: Path, empty_cloud: Sandbox, make_stack: Callable[..., StackUnderTest]
) -> Callable[[str], StackUnderTest]:
    """Make a stack whose program has the engine construct components of the package."""
    assert empty_cloud

    def make(program: str) -> StackUnderTest:
        stack = make_stack(program)
        file = stack.project / "Pulumi.yaml"
        plugin = {"name": "hacluster", "path": str(package)}
        described = {**yaml.safe_load(file.read_text()), "plugins": {"providers": [plugin]}}
        file.write_text(yaml.safe_dump(described))
        return stack

    return make


def a_network(subnets: dict[str, str]) -> str:
    return MADE.replace("SUBNETS", repr(subnets))


def all_components(sandbox: Sandbox, **changes: Any) -> str:
    """Return a program of every component; `changes` are of the cluster's inputs."""
    (image, *_) = sandbox.client("ec2").describe_images(Owners=["amazon"])["Images"]
    program = ALL_COMPONENTS.replace("IMAGE", repr(image["ImageId"]))
    return a_network(SUBNETS) + program.replace("CHANGES", repr(changes))


def test_a_network_is_constructed_stays_as_it_is_and_goes(
    stack: Callable[[str], StackUnderTest],
) -> None:
    made = stack(a_network(SUBNETS))
    made.up()
    outputs = made.outputs()
    ec2 = made.sandbox.client("ec2")
    in_vpc = [{"Name": "vpc-id", "Values": [outputs["closed.vpcId"]]}]
    found = ec2.describe_subnets(Filters=in_vpc)
    assert {each["SubnetId"]: each["CidrBlock"] for each in found["Subnets"]} == {
        outputs["closed.subnetIds"]["private_a"]: "10.9.1.0/24",
        outputs["closed.subnetIds"]["private_b"]: "10.9.2.0/24",
    }
    assert all(
        {"Key": "Owner", "Value": "another program"} in each["Tags"] for each in found["Subnets"]
    )
    assert set(changes(made.up("--refresh"))) == {"unchanged"}
    made.destroy()
    assert ec2.describe_vpcs(Filters=in_vpc)["Vpcs"] == []


def test_a_range_outside_of_the_vpc_is_refused_in_the_preview(
    stack: Callable[[str], StackUnderTest],
) -> None:
    refused = stack(a_network({**SUBNETS, "b": "10.8.2.0/24"})).preview(check=False)
    assert refused.returncode != 0
    assert "10.8.2.0/24" in said(refused)


def test_all_components_are_constructed_stay_as_they_are_and_go(
    stack: Callable[[str], StackUnderTest], sandbox: Sandbox
) -> None:
    made = stack(all_components(sandbox))
    made.preview()
    made.up()
    outputs = made.outputs()
    assert outputs["pair.privateIps"] == {"a": "10.9.1.10", "b": "10.9.2.10"}
    assert outputs["pair.expresscluster"]["waitingFor"] == []
    assert set(outputs["ways.endpointIds"]) == {"ec2", "ssm", "s3"}
    assert len(set(outputs["ways.securityGroupIds"].values())) == 1
    assert set(owners(sandbox.client("ec2"), outputs["closed.vpcId"]).values()) == {
        None,  # the public table is not one of the four that the program names
        outputs["pair.networkInterfaceIds"]["a"],
    }
    (log,) = sandbox.client("ec2").describe_flow_logs()["FlowLogs"]
    assert log["LogDestination"].endswith(f":log-group:{outputs['log.logGroupName']}")
    names = {each["urn"].rpartition("::")[2] for each in made.resources()}
    assert "pair-application-tcp-5432-10-9-0-0-16" in names
    assert set(changes(made.up("--refresh"))) == {"unchanged"}
    made.destroy()
    assert made.resources() == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"virtualIp": "10.9.0.1"}, "10.9.0.1 is inside the VPC's range"),
        ({"virtualIp": "169.254.1.1"}, "choose an address outside 169.254.0.0/16"),
        ({"expresscluster": {"system": "Linux"}}, "expresscluster.system: 'Linux' does not fit"),
        ({"nodes": {}}, "nodes: a mirrored cluster has two, not 0"),
        ({"mirrorVolumeGib": None}, "Missing required input 'mirrorVolumeGib' on 'Cluster'"),
    ],
)
def test_a_bad_input_of_a_cluster_is_named_in_the_preview(
    stack: Callable[[str], StackUnderTest], sandbox: Sandbox, change: dict[str, Any], message: str
) -> None:
    refused = stack(all_components(sandbox, **change)).preview(check=False)
    assert refused.returncode != 0
    assert message in said(refused)
