"""Short calls to moto for tests: what a test is about stands in the test, the rest here."""

import json
import urllib.request
from collections.abc import Callable
from typing import Any

import boto3
import botocore.exceptions
import pytest

from sandbox.cloud import open_client

IMAGE = "ami-12c6146b"  # one of those that moto brings; to ask for it takes a second
EC2_SERVICE = "com.amazonaws.us-east-1.ec2"


def make_subnet(ec2: Any, vpc: str, cidr: str, zone: str = "us-east-1a") -> str:
    """Make a subnet and return its id."""
    made = ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=zone)
    return made["Subnet"]["SubnetId"]


def make_interface(ec2: Any, subnet: str) -> str:
    """Make a network interface and return its id."""
    made = ec2.create_network_interface(SubnetId=subnet)
    return made["NetworkInterface"]["NetworkInterfaceId"]


def make_endpoint(ec2: Any, vpc: str, subnets: list[str], **more: Any) -> dict[str, Any]:
    """Make an interface endpoint and return its description."""
    arguments = {"ServiceName": EC2_SERVICE, "VpcEndpointType": "Interface", **more}
    return ec2.create_vpc_endpoint(VpcId=vpc, SubnetIds=subnets, **arguments)["VpcEndpoint"]


def make_instance(ec2: Any, **more: Any) -> dict[str, Any]:
    """Launch an instance and return its description."""
    return ec2.run_instances(ImageId=IMAGE, MinCount=1, MaxCount=1, **more)["Instances"][0]


def describe_instance(ec2: Any, identifier: str) -> dict[str, Any]:
    """Describe one instance."""
    return ec2.describe_instances(InstanceIds=[identifier])["Reservations"][0]["Instances"][0]


def describe_interface(ec2: Any, identifier: str) -> dict[str, Any]:
    """Describe one network interface."""
    found = ec2.describe_network_interfaces(NetworkInterfaceIds=[identifier])
    return found["NetworkInterfaces"][0]


def routes(ec2: Any, table: str) -> dict[str, dict[str, Any]]:
    """Return a table's routes by destination."""
    found = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
    return {route["DestinationCidrBlock"]: route for route in found}


def add_route(ec2: Any, table: str, destination: str, interface: str, **more: Any) -> None:
    """Add a route to an interface."""
    ec2.create_route(
        RouteTableId=table,
        DestinationCidrBlock=destination,
        NetworkInterfaceId=interface,
        **more,
    )


def code_of(call: Callable[..., Any], **arguments: Any) -> str:
    """Return the code of the error that a call must raise."""
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def client_of_a_user(endpoint: str, resource: str) -> Any:
    """Return an EC2 client of a new user who may replace routes of the resource alone."""
    iam = open_client(endpoint, "iam")
    user = f"user-{len(iam.list_users()['Users'])}"
    iam.create_user(UserName=user)
    statement = {"Effect": "Allow", "Action": "ec2:ReplaceRoute", "Resource": resource}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=document)
    key = iam.create_access_key(UserName=user)["AccessKey"]
    return boto3.client(
        "ec2",
        region_name="us-east-1",
        endpoint_url=endpoint,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )


def replace_as(client: Any, table: str, interface: str) -> str | None:
    """Replace the route to 20.0.0.100; return the code of the error, None without one."""
    try:
        client.replace_route(
            RouteTableId=table,
            DestinationCidrBlock="20.0.0.100/32",
            NetworkInterfaceId=interface,
        )
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
    return None


def switch_permissions(endpoint: str, after: int | str) -> None:
    """Let moto enforce permissions after so many calls; `inf` turns that off."""
    request = urllib.request.Request(
        f"{endpoint}/moto-api/reset-auth",
        data=str(after).encode(),
        headers={"Content-Type": "text/plain"},
        method="POST",
    )
    urllib.request.urlopen(request).read()
