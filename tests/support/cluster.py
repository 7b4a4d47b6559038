"""The program's own cluster in a running sandbox, and the cloud's view of its virtual IP."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from sandbox.project import refresh_project
from sandbox.runtime import Sandbox
from tests.support.sandbox import Completed, StackUnderTest

ROOT = Path(__file__).parents[2]
VIP = "20.0.0.100"
PACK = ("--policy-pack", str(ROOT / "policy"))


class ClusterUnderTest(StackUnderTest):
    """The dev environment, or a changed one; `set` and `unset` change its configuration."""

    @classmethod
    def at(cls, folder: Path, sandbox: Sandbox, environment: str = "dev") -> "ClusterUnderTest":
        """Make the stack of an environment in a folder of its own; nothing is built yet."""
        refresh_project(ROOT, folder)
        cluster = cls(sandbox, folder, environment)
        cluster.init()
        return cluster

    def set(self, path: str, value: str) -> None:
        """Set one value of the configuration, such as `nodes.image`."""
        self.pulumi("config", "set", "--path", f"ha-cluster:{path}", value)

    def set_object(self, path: str, value: Any) -> None:
        """Set an object or a list of the configuration by one command, which names each field."""
        pairs = [f"ha-cluster:{field}={given}" for field, given in fields(path, value)]
        words = [word for pair in pairs for word in ("--plaintext", pair)]
        self.pulumi("config", "set-all", "--path", *words)

    def unset(self, path: str) -> None:
        """Remove one value of the configuration."""
        self.pulumi("config", "rm", "--path", f"ha-cluster:{path}")

    def refused(self, *arguments: str) -> str:
        """Run a preview that must fail, and return what it says, on one line."""
        done = self.preview(*arguments, check=False)
        assert done.returncode != 0, done.stdout
        return said(done)

    @property
    def ec2(self) -> Any:
        """A client of the stack's cloud."""
        return self.sandbox.client("ec2")

    def node(self, letter: str) -> dict[str, Any]:
        """Return a node as the stack's outputs name it."""
        return next(node for node in self.outputs()["nodes"] if node["zone"] == letter)

    def instance(self, letter: str) -> dict[str, Any]:
        """Return a node's instance as the cloud describes it."""
        identity = self.node(letter)["instance_id"]
        answer = self.ec2.describe_instances(InstanceIds=[identity])
        return answer["Reservations"][0]["Instances"][0]

    def owners(self) -> dict[str, str | None]:
        """Return where each table of the VPC leads the virtual IP."""
        return owners(self.ec2, self.outputs()["vpc_id"])

    def configuration(self) -> ET.Element:
        """Return EXPRESSCLUSTER's configuration as the stack's output has it."""
        return ET.fromstring(self.outputs()["expresscluster"]["configuration"])

    def fail_over(self, letter: str) -> str:
        """Move the virtual IP as a node does; return the interface that has it now."""
        outputs = self.outputs()
        node = next(each for each in outputs["nodes"] if each["zone"] == letter)
        interface = node["network_interface_id"]
        for table in outputs["route_table_ids"].values():
            self.ec2.replace_route(
                RouteTableId=table,
                DestinationCidrBlock=f"{VIP}/32",
                NetworkInterfaceId=interface,
            )
        return interface

    def edited(self, folder: Path, *edits: tuple[str, str, str]) -> StackUnderTest:
        """Return the same stack under a copy of the program with `(file, old, new)` replaced."""
        refresh_project(ROOT, folder)
        for path in self.project.glob("Pulumi*.yaml"):
            shutil.copy(path, folder / path.name)
        for name in ("__main__.py", "arguments.py", "components"):
            (folder / name).unlink()
        for name in ("__main__.py", "arguments.py"):
            shutil.copy(ROOT / name, folder)
        shutil.copytree(ROOT / "components", folder / "components")
        for file, old, new in edits:
            source = (folder / file).read_text()
            assert old in source
            (folder / file).write_text(source.replace(old, new))
        return StackUnderTest(self.sandbox, folder, self.name)

    def remove(self) -> None:
        """Forget the stack; what it made goes when the cloud is emptied for the next one."""
        self.pulumi("stack", "rm", "--yes", "--force", check=False)


@dataclass
class TransitGateway:
    """A transit gateway that somebody else made: its route tables, and a VPC's attachment."""

    identity: str
    tables: list[str]
    attachment: str

    @classmethod
    def attach(cls, ec2: Any, vpc: str, subnets: list[str], tables: int = 1) -> "TransitGateway":
        """Make a transit gateway with this many route tables, and attach a VPC to it."""
        identity = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
        made = [
            ec2.create_transit_gateway_route_table(TransitGatewayId=identity)[
                "TransitGatewayRouteTable"
            ]["TransitGatewayRouteTableId"]
            for _ in range(tables)
        ]
        attachment = ec2.create_transit_gateway_vpc_attachment(
            TransitGatewayId=identity, VpcId=vpc, SubnetIds=subnets
        )["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
        return cls(identity, made, attachment)

    @classmethod
    def attach_to(cls, cluster: ClusterUnderTest, tables: int) -> "TransitGateway":
        """Make a transit gateway, and attach the private subnets of a cluster to it."""
        outputs = cluster.outputs()
        subnets = [outputs["subnet_ids"][f"private_{letter}"] for letter in "ab"]
        return cls.attach(cluster.ec2, outputs["vpc_id"], subnets, tables)

    @property
    def clients(self) -> dict[str, Any]:
        """The configuration that has each table lead clients to the virtual IP."""
        return {"transitGatewayRouteTableIds": self.tables, "attachmentId": self.attachment}


MakeCluster = Callable[..., ClusterUnderTest]
"""Makes the stack of an environment, dev unless it is named; nothing is built yet."""

# What a control forgets: to ignore the targets of routes, and to look the live owner up.
NOT_IGNORED = ("components/virtual_ip_routes.py", "None if move else ROUTE_TARGETS", "None")
NOT_LOOKED_UP = ("arguments.py", "live_route_target=live.live_route_target,", "")


def owners(ec2: Any, vpc_id: str, virtual_ip: str = VIP) -> dict[str, str | None]:
    """Return where each table of a VPC leads an address."""
    tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])
    return {
        table["RouteTableId"]: next(
            (
                route.get("NetworkInterfaceId")
                for route in table["Routes"]
                if route.get("DestinationCidrBlock") == f"{virtual_ip}/32"
            ),
            None,
        )
        for table in tables["RouteTables"]
    }


def fields(path: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield each field of a configured value by its path, such as `nodes.addresses.a`."""
    if isinstance(value, dict):
        for name, below in value.items():
            yield from fields(f"{path}.{name}", below)
    elif isinstance(value, list):
        for place, below in enumerate(value):
            yield from fields(f"{path}[{place}]", below)
    else:
        yield path, str(value).lower() if isinstance(value, bool) else str(value)


def changes(done: Completed) -> dict[str, int]:
    """Return what an update counted: `{"created": 1, "unchanged": 44}`."""
    counted = done.stdout.partition("Resources:")[2].partition("Duration")[0]
    return {
        what: int(number) for number, what in re.findall(r"(\d+) (\w+)$", counted, re.MULTILINE)
    }


def said(done: Completed) -> str:
    """Return all that a command wrote, on one line: it breaks long lines anywhere."""
    return " ".join((done.stdout + done.stderr).split())


def exported(cluster: StackUnderTest, name: str) -> dict[str, Any]:
    """Return a resource of the stack's state by its name."""
    return next(each for each in cluster.resources() if each["urn"].rpartition("::")[2] == name)
