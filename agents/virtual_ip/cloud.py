"""The resource as AWS knows it. This imports boto3, so a stop and a fast path do without it."""

from collections.abc import Iterable
from typing import Any

from agents.virtual_ip.instance_metadata import interface_of
from agents.virtual_ip.parameters import Parameters
from agents.virtual_ip.watch import Watch
from ops.aws import Aws, Place, asking
from ops.cluster import Cluster, Node
from ops.errors import AwsError
from ops.move.caller import READ_SECONDS, Caller, Reply
from ops.move.live_routes import read_live_routes
from ops.move.takeover import Takeover, replace_routes, take_over


class WatchedAws(Aws):
    """An Aws that stays open between actions; each action sets its watch."""

    def __init__(self, place: Place) -> None:
        super().__init__(place, attempts=1, read_seconds=READ_SECONDS)
        self.watch: Watch | None = None

    def require_time(self, what: str) -> None:
        """Raise TimedOutError when the action must make no further call."""
        if self.watch is not None:
            self.watch.require_time(what)

    def call(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        """Call an operation, and remember by what it failed. Raises OpsError."""
        try:
            return super().call(service, operation, **arguments)
        except AwsError as error:
            if self.watch is not None:
                self.watch.last_error = str(error)
            raise

    def renew_credentials(self) -> None:
        """Fetch the role's credentials, if they are absent or about to expire."""
        found = self._session.get_credentials()
        if found is not None:
            asking("credentials", found.get_frozen_credentials)


class Cloud:
    """The route tables of one resource, and the interface that a node answers with."""

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters
        self._aws = WatchedAws(
            Place(parameters.region, endpoint_url=parameters.endpoint_url or None)
        )
        self._interfaces: dict[str, str] = {}
        self.caller = Caller(self._aws)

    def warm(self, mac: str) -> None:
        """Make ready what a takeover needs, without a call to EC2. Raises OpsError."""
        self._aws.client("ec2")
        self._aws.renew_credentials()
        self.interface_of(mac)

    def begin(self, watch: Watch) -> None:
        """Bind all further calls to an action."""
        self._aws.watch = watch

    def interface_of(self, mac: str) -> str:
        """Return the id of this node's network interface with a MAC address. Raises AgentError."""
        if mac not in self._interfaces:
            self._interfaces[mac] = interface_of(mac)
        return self._interfaces[mac]

    def take_over(self, own: str) -> Takeover:
        """Lead all tables to this node."""
        return take_over(self.caller, self._cluster(own), _node(own))

    def replace(self, tables: Iterable[str], own: str) -> dict[str, Reply]:
        """Lead some tables to this node."""
        return replace_routes(self.caller, self._cluster(own), list(tables), _node(own))

    def targets(self, own: str) -> dict[str, str]:
        """Return where the resource's tables lead, those that have a route. Raises OpsError."""
        routes = read_live_routes(self.caller, self._cluster(own))
        return {
            table: routes.targets[table]
            for table in self._parameters.route_tables
            if table in routes.targets
        }

    def able(self, targets: Iterable[str]) -> frozenset[str]:
        """Return the interfaces among targets that can serve the address. Raises OpsError.

        One that AWS does not describe now may be able to.
        """
        interfaces = sorted({each for each in targets if each.startswith("eni-")})
        return frozenset(each for each in interfaces if " " not in each and self._may_serve(each))

    def fault_of(self, own: str) -> str:
        """Return what keeps this node's interface from serving, "" for nothing. Raises OpsError."""
        found = self._describe(own)
        if found is not None and found.get("SourceDestCheck", True):
            return (
                f"the source/destination check of {own} is on, so AWS drops packets for "
                f"{self._parameters.ip}. Run: aws ec2 modify-network-interface-attribute --region "
                f"{self._parameters.region} --network-interface-id {own} --no-source-dest-check"
            )
        return ""

    def _may_serve(self, interface: str) -> bool:
        try:
            found = self._describe(interface)
        except AwsError:
            return True
        if found is None:
            return False
        attachment: dict[str, Any] = found.get("Attachment") or {}
        return attachment.get("Status") == "attached" and not found.get("SourceDestCheck", True)

    def _describe(self, interface: str) -> dict[str, Any] | None:
        """Describe an interface, None where AWS does not know it. Raises OpsError."""
        try:
            found = self.caller.pages(
                "describe_network_interfaces", "NetworkInterfaces", NetworkInterfaceIds=[interface]
            )
        except AwsError as error:
            if error.code == "InvalidNetworkInterfaceID.NotFound":
                return None
            raise
        return found[0] if found else None

    def _cluster(self, own: str) -> Cluster:
        given = self._parameters
        return Cluster(
            name=given.ip,
            region=given.region,
            vpc_id=given.vpc_id,
            virtual_ip=given.ip,
            nodes=(_node(own),),
            route_table_ids={table: table for table in given.route_tables},
        )


def _node(own: str) -> Node:
    return Node("this node", "", "", own, "")
