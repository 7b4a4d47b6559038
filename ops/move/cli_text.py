"""The AWS CLI's command for a call, so that an operator can read it, or run it by hand."""

from dataclasses import dataclass

from ops.cluster import Cluster, Node


@dataclass(frozen=True)
class CliText:
    """Commands for one cluster."""

    cluster: Cluster

    def replace_route(self, table: str, node: Node) -> str:
        """Lead a table's route to a node."""
        return self._route("replace-route", table, node)

    def create_route(self, table: str, node: Node) -> str:
        """Create the route that a table lacks."""
        return self._route("create-route", table, node)

    def describe_route_tables(self) -> str:
        """Read all tables of the VPC."""
        filters = f"--filters Name=vpc-id,Values={self.cluster.vpc_id}"
        return self._command("describe-route-tables", filters)

    def describe_instance(self, node: Node) -> str:
        """Read the state of a node and of its interface."""
        return self._command("describe-instances", f"--instance-ids {node.instance_id}")

    def describe_endpoints(self) -> str:
        """Read the endpoints of the VPC."""
        filters = f"--filters Name=vpc-id,Values={self.cluster.vpc_id}"
        return self._command("describe-vpc-endpoints", filters)

    def disable_check(self, interface: str) -> str:
        """Let an interface take packets for the virtual IP."""
        words = f"--network-interface-id {interface} --no-source-dest-check"
        return self._command("modify-network-interface-attribute", words)

    def start(self, instance: str) -> str:
        """Start an instance."""
        return self._command("start-instances", f"--instance-ids {instance}")

    def _route(self, operation: str, table: str, node: Node) -> str:
        return self._command(
            operation,
            f"--route-table-id {table} --destination-cidr-block {self.cluster.destination}"
            f" --network-interface-id {node.network_interface_id}",
        )

    def _command(self, operation: str, words: str) -> str:
        return f"aws ec2 {operation} --region {self.cluster.region} {words}"


def move_command(node: Node, options: str = "", *, interrupts_service: bool) -> str:
    """Return the command that moves all tables to a node; `options` name the cluster.

    On a configured cluster it is refused without the word that it interrupts the service.
    """
    consent = "--interrupts-service" if interrupts_service else ""
    return " ".join(filter(None, ("python -m ops move --to", node.name, options, consent)))
