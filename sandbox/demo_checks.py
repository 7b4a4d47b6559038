"""What the demo asks the cloud, through boto3 alone; each returns in plain words what it saw.

The stack's outputs say what to look at; what is there, the cloud says.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sandbox.errors import SandboxError

Outputs = Mapping[str, Any]
Client = Callable[[str], Any]


def vip_targets(ec2: Any, outputs: Outputs) -> dict[str, str | None]:
    """Return, for each route table of the VPC, the interface to which the virtual IP leads."""
    destination = f"{outputs['virtual_ip']}/32"
    return {
        table["RouteTableId"]: next(
            (
                route.get("NetworkInterfaceId")
                for route in table["Routes"]
                if route.get("DestinationCidrBlock") == destination
            ),
            None,
        )
        for table in _tables(ec2, outputs)
    }


def check_vip(ec2: Any, outputs: Outputs, owner: int) -> str:
    """Check that every table of the VPC sends the virtual IP to one node's interface."""
    node = outputs["nodes"][owner]
    targets = vip_targets(ec2, outputs)
    expected = set(outputs["route_table_ids"].values())
    _require(set(targets) == expected, f"the VPC's tables are {set(targets)}, not {expected}")
    wrong = {table: seen for table, seen in targets.items() if seen != node["network_interface_id"]}
    _require(not wrong, f"these tables do not send the virtual IP to {node['name']}: {wrong}")
    return f"{outputs['virtual_ip']}/32 leads to {node['name']} in all {len(targets)} route tables"


def check_endpoint(ec2: Any, outputs: Outputs) -> str:
    """Check the endpoint to the EC2 API: ready, with private DNS, admitting HTTPS alone."""
    [endpoint] = ec2.describe_vpc_endpoints(VpcEndpointIds=[outputs["endpoint_ids"]["ec2"]])[
        "VpcEndpoints"
    ]
    _require(endpoint["State"] == "available", f"the endpoint is {endpoint['State']}")
    _require(endpoint["PrivateDnsEnabled"], "the endpoint has no private DNS")
    private = {outputs["subnet_ids"][name] for name in ("private_a", "private_b")}
    _require(set(endpoint["SubnetIds"]) == private, "the endpoint is not in both private subnets")
    groups = [group["GroupId"] for group in endpoint["Groups"]]
    _require(
        groups == [outputs["endpoint_security_group_id"]], f"the endpoint has the groups {groups}"
    )
    [group] = ec2.describe_security_groups(GroupIds=groups)["SecurityGroups"]
    admitted = [
        (rule["IpProtocol"], rule.get("FromPort"), rule.get("ToPort"))
        for rule in group["IpPermissions"]
    ]
    _require(admitted == [("tcp", 443, 443)], f"the endpoint's group admits {admitted}")
    return f"{endpoint['ServiceName']} is reached inside the network, by 443/tcp and nothing else"


def check_closed(ec2: Any, outputs: Outputs) -> str:
    """Check that a private subnet's table holds the VPC's own ranges and the virtual IP alone."""
    allowed = {*outputs["vpc_cidrs"], f"{outputs['virtual_ip']}/32"}
    private = {outputs["route_table_ids"][name] for name in ("private_a", "private_b")}
    for table in _tables(ec2, outputs):
        if table["RouteTableId"] in private:
            routes = {_destination(route) for route in table["Routes"]}
            _require(
                routes == allowed, f"{table['RouteTableId']} holds {routes}, expected {allowed}"
            )
    return "the private subnets' tables hold no route to the internet"


def check_nodes(ec2: Any, outputs: Outputs) -> str:
    """Check that both nodes run with their own address and may receive the virtual IP's packets."""
    for node in outputs["nodes"]:
        [interface] = ec2.describe_network_interfaces(
            NetworkInterfaceIds=[node["network_interface_id"]]
        )["NetworkInterfaces"]
        _require(
            not interface["SourceDestCheck"], f"{node['name']} drops packets for the virtual IP"
        )
        _require(
            interface["PrivateIpAddress"] == node["private_ip"],
            f"{node['name']} has {interface['PrivateIpAddress']}, not {node['private_ip']}",
        )
        [reservation] = ec2.describe_instances(InstanceIds=[node["instance_id"]])["Reservations"]
        state = reservation["Instances"][0]["State"]["Name"]
        _require(state == "running", f"{node['name']} is {state}")
    names = " and ".join(f"{node['name']} ({node['private_ip']})" for node in outputs["nodes"])
    return f"{names} run and take packets for addresses other than their own"


def check_rolled_out(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]], rolled: int
) -> str:
    """Check that one node has another instance and kept the rest; other nodes are as before."""
    old, new = dict(before[rolled]), dict(after[rolled])
    replaced = old.pop("instance_id") != new.pop("instance_id")
    _require(replaced, f"{new['name']} still has its old instance")
    _require(old == new, f"{new['name']} kept {new}, not {old}")
    others = [node for place, node in enumerate(before) if place != rolled]
    same = [node for place, node in enumerate(after) if place != rolled]
    _require(others == same, f"other nodes changed too: {same}, not {others}")
    kept = "the same interface, address and disk"
    return f"{new['name']} has a new instance on {kept}; {same[0]['name']} was not touched"


def other_image(ec2: Any) -> str:
    """Return a Linux image that no node has: the oldest of Amazon's own for x86_64."""
    images = ec2.describe_images(Owners=["amazon"])["Images"]
    fitting = [
        image
        for image in images
        if image["Architecture"] == "x86_64"
        and image.get("Platform") != "windows"
        and image["RootDeviceType"] == "ebs"
    ]
    return min(fitting, key=lambda image: image["CreationDate"])["ImageId"]


def move_vip(ec2: Any, outputs: Outputs, owner: int) -> None:
    """Do what a node does when it takes over: replace the virtual IP's route in every table."""
    for table in vip_targets(ec2, outputs):
        ec2.replace_route(
            RouteTableId=table,
            DestinationCidrBlock=f"{outputs['virtual_ip']}/32",
            NetworkInterfaceId=outputs["nodes"][owner]["network_interface_id"],
        )


def inventory(client: Client) -> set[str]:
    """Return the ids of everything in the cloud that a stack could have made."""
    ec2, iam = client("ec2"), client("iam")
    found = {item[key] for call, part, key in _KINDS for item in getattr(ec2, call)()[part]}
    found |= {
        endpoint["VpcEndpointId"]
        for endpoint in ec2.describe_vpc_endpoints()["VpcEndpoints"]
        if endpoint["State"] != "deleted"
    }
    found |= {
        instance["InstanceId"]
        for reservation in ec2.describe_instances()["Reservations"]
        for instance in reservation["Instances"]
        if instance["State"]["Name"] != "terminated"
    }
    found |= {role["Arn"] for role in iam.list_roles()["Roles"]}
    profiles = iam.list_instance_profiles()["InstanceProfiles"]
    return found | {profile["Arn"] for profile in profiles}


_KINDS = (
    ("describe_vpcs", "Vpcs", "VpcId"),
    ("describe_subnets", "Subnets", "SubnetId"),
    ("describe_route_tables", "RouteTables", "RouteTableId"),
    ("describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
    ("describe_security_groups", "SecurityGroups", "GroupId"),
    ("describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId"),
    ("describe_volumes", "Volumes", "VolumeId"),
    ("describe_addresses", "Addresses", "AllocationId"),
    ("describe_nat_gateways", "NatGateways", "NatGatewayId"),
)


def _tables(ec2: Any, outputs: Outputs) -> list[dict[str, Any]]:
    filters = [{"Name": "vpc-id", "Values": [outputs["vpc_id"]]}]
    return ec2.describe_route_tables(Filters=filters)["RouteTables"]


def _destination(route: Mapping[str, str]) -> str:
    keys = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
    return next(route[key] for key in keys if route.get(key))


def _require(kept: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as an assertion
    if not kept:
        raise SandboxError(otherwise)
