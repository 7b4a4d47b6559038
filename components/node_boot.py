"""What each node is told at its first boot, from what AWS decides about both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import pulumi
import pulumi_aws as aws

from . import expresscluster_args, pacemaker_args
from .engine_args import EngineArgs
from .expresscluster_summary import ExpressclusterSummary, summarize
from .node import NodePlaceArgs
from .node_user_data import user_data
from .pacemaker_files import PacemakerFiles, render


@dataclass(frozen=True)
class BootNode:
    """A node whose interface and mirror volume are built."""

    host_name: str
    place: NodePlaceArgs
    interface: aws.ec2.NetworkInterface
    volume: aws.ebs.Volume


class ClusterBoots:
    """The configuration of the cluster, and the user data of each of its nodes."""

    def __init__(
        self,
        cluster_name: str,
        engine: EngineArgs,
        network: Mapping[str, pulumi.Input[Any]],
        nodes: Sequence[BootNode],
    ) -> None:
        """Take nodes in the order of their priority.

        `network` is `region`, `vpc_id`, `virtual_ip` and, for Pacemaker, `route_table_ids`.
        """
        self._engine = engine
        self._known = pulumi.Output.all(
            name=cluster_name, **network, nodes=[_facts(node) for node in nodes]
        )

    @property
    def summary(self) -> pulumi.Output[ExpressclusterSummary]:
        """The text of EXPRESSCLUSTER's configuration and what an operator must know of it."""
        args, packages = self._engine.expresscluster, self._engine.packages
        return self._known.apply(
            lambda known: summarize(
                expresscluster_args.describe(args, known),
                installs=bool(packages),
                licensed=bool(packages and packages.get("licences")),
                forced_stop=args.get("forced_stop", False),
            )
        )

    @property
    def pacemaker_files(self) -> pulumi.Output[PacemakerFiles]:
        """The files with which the nodes become a cluster under Pacemaker."""
        args = self._engine.pacemaker
        return self._known.apply(lambda known: render(pacemaker_args.describe(args, known)))

    def user_data(self, priority: int) -> pulumi.Output[str]:
        """Return the user data of the node with this priority; base64 on Linux.

        It names the other node's interface. As a dependency that would be fatal: the engine may
        replace what depends on an interface together with it, and so take both nodes down.
        """
        return _without_dependencies(
            self._known.apply(lambda known: user_data(self._engine, known, priority))
        )


def _facts(node: BootNode) -> pulumi.Output[Mapping[str, str]]:
    return pulumi.Output.all(
        name=node.host_name,
        address=node.place["address"],
        availability_zone=node.place["availability_zone"],
        interface_id=node.interface.id,
        volume_id=node.volume.id,
    )


def _without_dependencies(value: pulumi.Output[str]) -> pulumi.Output[str]:
    return pulumi.Output(set(), cast("Any", value.future(with_unknowns=True)), value.is_known())
