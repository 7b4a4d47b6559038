"""A cluster joined with what AWS says of it: the questions that several checks ask."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from ops.cluster import Cluster, Node
from ops.described import Described, attached_to, is_main
from ops.errors import OpsError
from ops.verify.node_answer import NodeAnswer
from ops.verify.snapshot import Snapshot


@dataclass(frozen=True)
class Situation:
    """The cluster and the snapshot; what was refused raises the AwsError that said so.

    `declared_targets` holds, by route table, the interface to which an update would lead the
    virtual IP; a table is left out where the stack leaves the target alone. An error says why the
    stack's state could not be read; None where nobody asked for it. `answers` holds what each node
    says of itself, by its name; None where the nodes were not asked.
    """

    cluster: Cluster
    snapshot: Snapshot
    declared_targets: Mapping[str, str] | OpsError | None = None
    answers: Mapping[str, NodeAnswer | OpsError] | None = None

    @cached_property
    def vpc(self) -> Described | None:
        """The VPC; None when it is gone."""
        return next(iter(self.snapshot.get("vpcs")), None)

    @cached_property
    def route_tables(self) -> Mapping[str, Described]:
        """All route tables of the VPC by id."""
        return _by(self.snapshot.get("route_tables"), "RouteTableId")

    @cached_property
    def subnets(self) -> Mapping[str, Described]:
        """All subnets of the VPC by id."""
        return _by(self.snapshot.get("subnets"), "SubnetId")

    @cached_property
    def interfaces(self) -> Mapping[str, Described]:
        """All network interfaces of the VPC by id."""
        return _by(self.snapshot.get("interfaces"), "NetworkInterfaceId")

    @cached_property
    def instances(self) -> Mapping[str, Described]:
        """The instances behind the VPC's interfaces, and the nodes', by id."""
        return _by(self.snapshot.get("instances"), "InstanceId")

    @cached_property
    def groups(self) -> Mapping[str, Described]:
        """All security groups of the VPC by id."""
        return _by(self.snapshot.get("groups"), "GroupId")

    @cached_property
    def endpoints(self) -> Mapping[str, Described]:
        """All endpoints of the VPC by id."""
        return _by(self.snapshot.get("endpoints"), "VpcEndpointId")

    @cached_property
    def main_table(self) -> Described | None:
        """The VPC's main route table."""
        return next((each for each in self.route_tables.values() if is_main(each)), None)

    @cached_property
    def _bound_tables(self) -> Mapping[str, Described]:
        """The tables that subnets are bound to, by the subnet's id."""
        return {
            each["SubnetId"]: table
            for table in self.route_tables.values()
            for each in table["Associations"]
            if each.get("SubnetId")
        }

    def table_of(self, subnet_id: str) -> Described | None:
        """Return the table that decides for a subnet: its own, else the VPC's main one."""
        return self._bound_tables.get(subnet_id, self.main_table)

    @cached_property
    def judged_tables(self) -> Mapping[str, Described]:
        """The VPC's tables, but for those that the stack leaves out on purpose."""
        left_out = self.cluster.tables_without_virtual_ip
        return {key: table for key, table in self.route_tables.items() if key not in left_out}

    @cached_property
    def virtual_ip_routes(self) -> Mapping[str, Described]:
        """The route to exactly the virtual IP, by table, of the tables that have one.

        Not of tables that the stack leaves out: another cluster may have the same address there.
        """
        return {
            key: route
            for key, table in self.judged_tables.items()
            for route in table["Routes"]
            if route.get("DestinationCidrBlock") == self.cluster.destination
        }

    @cached_property
    def own_tables(self) -> Mapping[str, Described]:
        """The tables that should lead to the virtual IP and are there."""
        own = set(self.cluster.route_table_ids.values())
        return {key: table for key, table in self.route_tables.items() if key in own}

    @cached_property
    def owner(self) -> Node | None:
        """The node to which every route of the virtual IP leads; None where they disagree."""
        targets = {route.get("NetworkInterfaceId") for route in self.virtual_ip_routes.values()}
        return self.cluster.node_of(targets.pop() or "") if len(targets) == 1 else None

    def instance_of(self, interface_id: str) -> Described | None:
        """Return the instance to which an interface is attached."""
        return self.instances.get(attached_to(self.interfaces.get(interface_id, {})))

    def instance_of_node(self, node: Node) -> Described | None:
        """Return the instance that has a node's interface, else the one that the stack made."""
        found = self.instance_of(node.network_interface_id)
        return found if found is not None else self.instances.get(node.instance_id)


def _by(found: list[Described], key: str) -> dict[str, Described]:
    return {each[key]: each for each in found}
