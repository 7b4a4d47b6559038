"""How an endpoint stays the same resource although it was a component of its own before."""

from collections.abc import Mapping

import pulumi

# The components of earlier editions, which stood at the root of a stack.
FORMER_TYPES: Mapping[str, str] = {"s3": "hacluster:index:StorageEndpoint"}
FORMER_TYPE = "hacluster:index:ControlEndpoint"


def former_component(service: str, former_name: str | None) -> list[pulumi.Alias]:
    """Return what the component of a service was; its children follow it by their names."""
    if former_name is None:
        return []
    former_type = FORMER_TYPES.get(service, FORMER_TYPE)
    return [pulumi.Alias(former_name, former_type, parent=pulumi.ROOT_STACK_RESOURCE)]


def former_child(former_name: str | None, role: str) -> list[pulumi.Alias]:
    """Return what a child was under the component of an interface endpoint."""
    if former_name is None:
        return []
    component = pulumi.create_urn(former_name, FORMER_TYPE)
    return [pulumi.Alias(f"{former_name}-{role}", parent=component)]
