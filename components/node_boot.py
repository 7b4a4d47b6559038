"""What each node is told at its first boot, from what AWS decides about both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import pulumi
import pulumi_aws as aws

from .expresscluster_args import ExpressclusterArgs, describe
from .expresscluster_summary import ExpressclusterSummary, summarize
from .node import NodePlaceArgs
from .node_user_data import user_data


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
        args: ExpressclusterArgs,
        network: Mapping[str, pulumi.Input[str]],
        nodes: Sequence[BootNode],
    ) -> None:
        """Take `region`, `vpc_id` and `virtual_ip` as `network`, nodes in order of priority."""
        self._args = args
        self._known = pulumi.Output.all(
            name=cluster_name, **network, nodes=[_facts(node) for node in nodes]
        )

    @property
    def summary(self) -> pulumi.Output[ExpressclusterSummary]:
        """The text of the configuration and what an operator must know of it."""
        packages = self._args.get("packages")
        return self._known.apply(
            lambda known: summarize(
                describe(self._args, known),
                installs=bool(packages),
                licensed=bool(packages and packages.get("licences")),
                forced_stop=self._args.get("forced_stop", False),
            )
        )

    def user_data(self, priority: int) -> pulumi.Output[str]:
        """Return the user data of the node with this priority; base64 on Linux.

        It names the other node's interface. As a dependency that would be fatal: the engine may
        replace what depends on an interface together with it, and so take both nodes down.
        """
        return _without_dependencies(
            self._known.apply(lambda known: user_data(self._args, known, priority))
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
