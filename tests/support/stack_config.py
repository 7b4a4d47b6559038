"""Configurations of the stack, as an engine would hand them to the program."""

import copy
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
ABSENT = object()
# Everything that can be said of the product on Linux.
EXPRESSCLUSTER = {
    "packages": {
        "bucket": "media",
        "prefix": "expresscluster",
        "file": "expresscls-5.3.0-1.x86_64.rpm",
        "sha256": "0123456789abcdef" * 4,
    },
    "licences": ["base.key", "replicator.key"],
    "partitionWitness": "10.0.10.20:80",
    "heartbeatTimeoutSeconds": 45,
    "awsCliTimeoutSeconds": 30,
    "mirror": {"mode": "async", "fileSystem": "xfs", "mountPoint": "/srv/data"},
    "forcedStop": True,
}


def stack_config(environment: str = "dev") -> dict[str, Any]:
    """Return the configuration of an environment, its keys as the engine completes them."""
    written = yaml.safe_load((ROOT / f"Pulumi.{environment}.yaml").read_text())["config"]
    return {key if ":" in key else f"ha-cluster:{key}": value for key, value in written.items()}


def changed(path: str, value: Any) -> dict[str, Any]:
    """Return the dev configuration with the value at a dotted path replaced, or ABSENT."""
    config = copy.deepcopy(stack_config())
    first, *rest = path.split(".")
    place, key = config, first if ":" in first else f"ha-cluster:{first}"
    for name in rest:
        place, key = place.setdefault(key, {}), name
    if value is ABSENT:
        place.pop(key, None)
    else:
        place[key] = value
    return config


def every_feature() -> dict[str, Any]:
    """Return the dev configuration with each optional part of the program."""
    topic = "arn:aws:sns:us-east-1:123456789012:operators"
    config = changed("expresscluster", EXPRESSCLUSTER)
    config["ha-cluster:nodes"]["terminationProtection"] = True
    config["ha-cluster:nodes"]["mirrorVolumeOptions"] = {
        "iops": 4000,
        "throughput": 250,
        "kmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555",
        "retain": True,
    }
    return {
        **config,
        "ha-cluster:clients": {
            "transitGatewayRouteTableIds": ["tgw-rtb-0123456789abcdef0"],
            "attachmentId": "tgw-attach-0123456789abcdef0",
            "cidrs": ["192.168.0.0/16"],
        },
        "ha-cluster:flowLogs": {"retentionDays": 30},
        "ha-cluster:alarms": {"topicArn": topic},
    }


def pacemaker(**options: Any) -> dict[str, Any]:
    """Return the dev configuration with the engine Pacemaker and these keys of it."""
    config = changed("nodes.engine", "pacemaker")
    if options:
        config["ha-cluster:nodes"]["pacemaker"] = options
    return config


def existing_network(**other: Any) -> dict[str, Any]:
    """Return the dev configuration in a network that is there already."""
    subnets = {"a": "subnet-2222aaaa", "b": "subnet-2222bbbb"}
    given = {"vpcId": "vpc-1234abcd", "privateSubnetIds": subnets, **other}
    return {**changed("network", ABSENT), "ha-cluster:existingNetwork": given}


def host_vpc(**other: Any) -> dict[str, Any]:
    """Return the dev configuration with subnets of its own in a VPC that is there already."""
    given = {
        "vpcId": "vpc-1234abcd",
        "zones": {"a": "us-east-1a", "b": "us-east-1b"},
        "privateSubnets": {"a": "10.0.210.0/24", "b": "10.9.220.0/24"},
        **other,
    }
    config = changed("network", given)
    config["ha-cluster:nodes"]["addresses"] = {"a": "10.0.210.10", "b": "10.9.220.10"}
    return config
