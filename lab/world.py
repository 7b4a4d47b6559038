"""What the lab is made of: the network, AWS's services in it, the nodes, and their engine."""

import ssl
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lab import sockets
from lab.aws.authority import server_context
from lab.aws.endpoint import PORT as HTTPS
from lab.aws.endpoint import Desk, Endpoint
from lab.aws.metadata import PORT as HTTP
from lab.aws.metadata import Credentials, serve_metadata
from lab.aws.names import api_name, hosts_file
from lab.aws.permissions import Permissions, instances_of
from lab.errors import LabError
from lab.files import AGENT
from lab.nodes.engine import Configuration, Engine
from lab.nodes.machine import Machine
from lab.nodes.system import HOSTS, Image, environment, is_privileged, system_of
from lab.vpc.fabric import Fabric
from lab.vpc.namespaces import METADATA_ADDRESS, build_network, switch_off, switch_on
from lab.vpc.plan import Host, Kind, plan_lab
from lab.vpc.snapshot import Snapshot, read_snapshot
from ops.aws import Aws
from ops.cluster import Cluster

_CHECKOUT = Path(__file__).parents[1]
_STOPPED = ("stopping", "stopped", "shutting-down", "terminated")


class World:
    """A lab that runs. `directory` takes logs; `upstream` is the relay's socket."""

    def __init__(
        self,
        cluster: Cluster,
        aws: Aws,
        configuration: Configuration,
        directory: Path,
        upstream: Path,
    ) -> None:
        """Build the network and its services, and boot the nodes. Raises LabError and OpsError."""
        self.cluster = cluster
        self.aws = aws
        self.configuration = configuration
        self._reconciling = threading.Lock()
        self._hosts: dict[str, str] = {}
        self._stopping: set[str] = set()
        snapshot = read_snapshot(aws, cluster.vpc_id)
        self.plan = plan_lab(cluster, snapshot)
        build_network(self.plan)
        self.fabric = Fabric(aws, self.plan, snapshot, self._reconcile)
        credentials = Credentials(aws, cluster.node_role_arn)
        permissions = Permissions(aws, cluster, lambda: self.fabric.snapshot)
        permissions.follow()
        self.desk = Desk(permissions, credentials.owner, self._note)
        self.crashed: set[str] = set()
        """Nodes that are off although AWS may say that they run."""
        with tempfile.TemporaryDirectory(dir="/run") as scratch:
            name = api_name(cluster.region)
            context = server_context(name, Path(scratch))
            image = Image(
                configuration,
                (Path(scratch) / "ca.pem").read_text(encoding="ascii"),
                {"ha-cluster/virtual-ip": build_agent(directory)},
            )
        self._serve(context, credentials, upstream)
        self.machines = {
            node.name: Machine(
                node.name,
                system_of(node.name, image, privileged=is_privileged()),
                environment(),
                directory / f"{node.name}.log",
            )
            for node in cluster.nodes
        }
        self.engine = Engine(self.machines)
        self._reconcile(snapshot)
        self.engine.load(configuration.cib)
        self.fabric.start()

    def _serve(self, context: ssl.SSLContext, credentials: Credentials, upstream: Path) -> None:
        """Let the endpoint and each node's metadata service answer."""
        listeners = [
            sockets.listen_in(host.name, str(host.address), HTTPS)
            for host in self.plan.of_kind(Kind.ENDPOINT)
        ]
        self.endpoint = Endpoint(listeners, context, upstream, self.desk)
        for node in self.cluster.nodes:
            listener = sockets.listen_in(node.name, METADATA_ADDRESS, HTTP)
            host = self.plan.host(node.name)
            serve_metadata(listener, self.cluster, node, host, credentials)

    @property
    def clients(self) -> list[Host]:
        """The clients, one in each subnet."""
        return self.plan.of_kind(Kind.CLIENT)

    @property
    def routes(self) -> Mapping[str, str]:
        """Where each table leads the virtual IP: the name of a node, another target, or nothing."""
        found: dict[str, str] = {}
        for table in self.fabric.snapshot.tables:
            for route in table["Routes"]:
                if route.get("DestinationCidrBlock") == self.cluster.destination:
                    target = str(route.get("NetworkInterfaceId"))
                    found[table["RouteTableId"]] = self.cluster.owner_name(target)
        return found

    def endpoint_group(self) -> tuple[str, list[dict[str, Any]]]:
        """Return the id of the endpoint's security group, and its inbound rules."""
        snapshot = self.fabric.snapshot
        identity = self.cluster.endpoint_ids["ec2"]
        endpoint = next(each for each in snapshot.endpoints if each["VpcEndpointId"] == identity)
        name = endpoint["Groups"][0]["GroupId"]
        group = next(each for each in snapshot.groups if each["GroupId"] == name)
        return name, group["IpPermissions"]

    def change(self, operation: str, **arguments: Any) -> None:
        """Change the VPC by a call of the EC2 API; return when the router follows it."""
        self.aws.call("ec2", operation, **arguments)
        self.fabric.follow()

    def crash(self, name: str) -> None:
        """Pull the plug of a node, whatever AWS says of its instance."""
        self.crashed.add(name)
        self.machines[name].kill()
        switch_off(self.plan.host(name))

    def repair(self, name: str) -> None:
        """Boot a node that was crashed."""
        self.crashed.discard(name)
        self.fabric.follow()

    def _note(self, operation: str, parameters: Mapping[str, str]) -> None:
        """Follow a node's call. A forced stop powers the machine off before AWS answers.

        The sandbox's cloud knows no instance that is stopping: it calls it stopped at once.
        """
        if operation == "StopInstances" and parameters.get("Force") == "true":
            stopped = instances_of(parameters)
            with self._reconciling:
                for node in self.cluster.nodes:
                    if node.instance_id in stopped:
                        self.crash(node.name)
        self.fabric.note(operation)

    def _reconcile(self, snapshot: Snapshot) -> None:
        """Let the machines be on as AWS says, and know the names that AWS gives the endpoint."""
        with self._reconciling:
            if snapshot.instances is not self.fabric.snapshot.instances:
                return  # a newer one has been read, and is shown by whoever read it
            for node in self.cluster.nodes:
                machine = self.machines[node.name]
                state = snapshot.states.get(node.instance_id, "terminated")
                host = self.plan.host(node.name)
                if state in _STOPPED:
                    self.crashed.discard(node.name)  # whoever starts the instance, boots it
                    self._stop(machine, host)
                elif not machine.runs and node.name not in self.crashed | self._stopping:
                    switch_on(host)
                    machine.boot()
                    self._hosts.pop(node.name, None)
                self._tell_names(machine, snapshot)

    def _stop(self, machine: Machine, host: Host) -> None:
        """Let a machine shut down by itself: the router goes on while its engine hands over."""
        if not machine.runs:
            switch_off(host)
        elif machine.name not in self._stopping:
            self._stopping.add(machine.name)
            threading.Thread(target=self._shut_down, args=(machine, host), daemon=True).start()

    def _shut_down(self, machine: Machine, host: Host) -> None:
        try:
            machine.shut_down()
            switch_off(host)
        finally:
            self._stopping.discard(machine.name)

    def _tell_names(self, machine: Machine, snapshot: Snapshot) -> None:
        text = hosts_file(self.cluster, snapshot)
        if machine.runs and self._hosts.get(machine.name) != text:
            machine.write(HOSTS, text)
            self._hosts[machine.name] = text


def build_agent(directory: Path) -> Path:
    """Build the resource agent for the interpreter of the lab. Raises LabError."""
    target = directory / AGENT
    words = [sys.executable, "-m", "agents", "build", "--output", str(target)]
    done = subprocess.run(words, cwd=_CHECKOUT, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise LabError(f"the resource agent cannot be built: {done.stdout}{done.stderr}")
    shebang, _, archive = target.read_bytes().partition(b"\n")
    if not shebang.startswith(b"#!"):
        raise LabError(f"{target} does not begin with an interpreter")
    target.write_bytes(b"#!" + sys.executable.encode() + b"\n" + archive)
    return target
