"""The configuration of one provider instance: its region and its rules for tags."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.provider.check import Fault, check
from sandbox.provider.ec2.regions import known_region
from sandbox.provider.retries import DEFAULT_ATTEMPTS
from sandbox.provider.schema import Schema, boolean, list_of, map_of, number, object_of, string
from sandbox.provider.tags import TagRules
from sandbox.provider.wire import UNKNOWN, Properties

# Those without a meaning for a local AWS are taken and mean nothing: credentials, retries, checks.
SCHEMA = Schema(
    name="aws",
    properties={
        "region": string(computed=True, valid=(known_region,)),
        "defaultTags": object_of({"tags": map_of(string())}),
        "ignoreTags": object_of({"keys": list_of(string()), "keyPrefixes": list_of(string())}),
        "accessKey": string(secret=True),
        "secretKey": string(secret=True),
        "token": string(secret=True),
        "profile": string(),
        "maxRetries": number(),
        "retryMode": string(),
        "insecure": boolean(),
        "s3UsePathStyle": boolean(),
        "skipCredentialsValidation": boolean(),
        "skipMetadataApiCheck": boolean(),
        "skipRegionValidation": boolean(),
        "skipRequestingAccountId": boolean(),
        "version": string(),
        "pluginDownloadURL": string(),
    },
    unmodelled=(
        "allowedAccountIds", "assumeRoleWithWebIdentity", "assumeRoles", "customCaBundle",
        "ec2MetadataServiceEndpoint", "ec2MetadataServiceEndpointMode", "endpoints",
        "forbiddenAccountIds", "httpProxy", "httpsProxy", "noProxy", "s3UsEast1RegionalEndpoint",
        "sharedConfigFiles", "sharedCredentialsFiles", "stsRegion", "tagPolicyCompliance",
        "tokenBucketRateLimiterCapacity", "useDualstackEndpoint", "useFipsEndpoint", "userAgents",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Configuration:
    """What one provider instance was configured with."""

    region: str
    tag_rules: TagRules = field(default_factory=TagRules)
    attempts: int = DEFAULT_ATTEMPTS


def check_configuration(
    given: Properties, environment: Mapping[str, str] = os.environ
) -> tuple[Properties, list[Fault]]:
    """Return the provider's inputs, the region filled in from the environment, and the faults.

    A region that a preview does not know yet stays unknown.
    """
    unfolded, faults = _unfold(given)
    if given.get("region") is UNKNOWN:
        unfolded["region"] = UNKNOWN
    elif unfolded.get("region") is None:
        unfolded["region"] = environment.get("AWS_REGION") or None
    inputs, found = check(SCHEMA, unfolded)
    region = inputs.get("region")
    if not region:
        faults.append(
            Fault("region", "no region: set one with `pulumi config set aws:region REGION`")
        )
    checked = {name: given[name] for name in inputs if given.get(name) is not None}
    return {**checked, "region": region}, faults + found


def configure(given: Properties) -> Configuration:
    """Build the configuration from checked inputs; raises ValueError naming every fault."""
    inputs, faults = check_configuration(given)
    if faults:
        raise ValueError("; ".join(fault.reason for fault in faults))
    unfolded, _ = _unfold(inputs)
    ignored: Properties = unfolded.get("ignoreTags") or {}
    defaults: Properties = unfolded.get("defaultTags") or {}
    return Configuration(
        region=unfolded["region"],
        tag_rules=TagRules(
            defaults=defaults.get("tags") or {},
            ignored_keys=tuple(ignored.get("keys") or ()),
            ignored_prefixes=tuple(ignored.get("keyPrefixes") or ()),
        ),
        attempts=int(unfolded.get("maxRetries") or DEFAULT_ATTEMPTS),
    )


def _unfold(given: Properties) -> tuple[Properties, list[Fault]]:
    """Parse what the engine and the SDKs send as JSON texts: lists, maps, numbers, booleans."""
    unfolded: Properties = {}
    faults: list[Fault] = []
    for name, value in given.items():
        declared = SCHEMA.properties.get(name)
        unfolded[name] = value
        if isinstance(value, str) and declared and (declared.fields or declared.element):
            try:
                unfolded[name] = json.loads(value)
            except ValueError as error:
                faults.append(Fault(name, f"{name} is not a JSON document: {error}"))
                unfolded[name] = None
    return {name: _without_empty(value) for name, value in unfolded.items()}, faults


def _without_empty(value: Any) -> Any:
    return None if value == "" or value is UNKNOWN else value
