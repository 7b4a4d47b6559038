"""The generated estate as a Pulumi program, for previews."""

from typing import Any

import pulumi

from tests.bench.estate import elements, resolve


def build(count: int) -> None:
    """Declare about `count` resources, with the SDK's plainest means."""
    made: dict[str, pulumi.CustomResource] = {}
    for each in elements(count):
        properties: dict[str, Any] = {
            key: resolve(value, lambda name: made[name].id)
            for key, value in each.properties.items()
        }
        made[each.name] = pulumi.CustomResource(each.token, each.name, properties)
