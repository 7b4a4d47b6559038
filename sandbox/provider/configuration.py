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

_NO_CREDENTIALS = "taken, and means nothing: the local AWS knows no credentials"
_NO_CHECK = "taken, and means nothing: there is no such check here"
TAKEN: Mapping[str, str] = {
    "region": "the region; a resource and a function may name another",
    "defaultTags": "tags of every tagged resource",
    "ignoreTags": "keys and prefixes of tags that the provider leaves alone",
    "maxRetries": "how often an error says that the official provider makes a call; none is "
    "repeated here",
    "retryMode": "taken, and means nothing: no call is repeated here",
    "accessKey": _NO_CREDENTIALS,
    "secretKey": _NO_CREDENTIALS,
    "token": _NO_CREDENTIALS,
    "profile": _NO_CREDENTIALS,
    "insecure": "taken, and means nothing: the local AWS speaks HTTP",
    "s3UsePathStyle": "taken, and means nothing: no type of S3 is modelled",
    "skipCredentialsValidation": _NO_CHECK,
    "skipMetadataApiCheck": _NO_CHECK,
    "skipRegionValidation": "taken, and means nothing: a region that does not exist is refused",
    "skipRequestingAccountId": _NO_CHECK,
    "version": "the SDK's own, for the engine",
    "pluginDownloadURL": "the SDK's own, for the engine",
}
"""The settings that a provider takes, and what they do here."""

_OTHER_ACCOUNT = "the sandbox has one account and no IAM"
_ELSEWHERE = "the sandbox's calls go to its own cloud on 127.0.0.1 and nowhere else"
_NO_FILES = "no profile or key of this machine may have a say"
REFUSED: Mapping[str, str] = {
    "allowedAccountIds": _OTHER_ACCOUNT,
    "assumeRoleWithWebIdentity": _OTHER_ACCOUNT,
    "assumeRoles": _OTHER_ACCOUNT,
    "customCaBundle": _ELSEWHERE,
    "ec2MetadataServiceEndpoint": _ELSEWHERE,
    "ec2MetadataServiceEndpointMode": _ELSEWHERE,
    "endpoints": _ELSEWHERE,
    "forbiddenAccountIds": _OTHER_ACCOUNT,
    "httpProxy": _ELSEWHERE,
    "httpsProxy": _ELSEWHERE,
    "noProxy": _ELSEWHERE,
    "s3UsEast1RegionalEndpoint": _ELSEWHERE,
    "sharedConfigFiles": _NO_FILES,
    "sharedCredentialsFiles": _NO_FILES,
    "stsRegion": _ELSEWHERE,
    "tagPolicyCompliance": "the sandbox has no AWS Organizations and no tag policies",
    "tokenBucketRateLimiterCapacity": "nothing is throttled in the sandbox",
    "useDualstackEndpoint": _ELSEWHERE,
    "useFipsEndpoint": _ELSEWHERE,
    "userAgents": "nobody reads a user agent in the sandbox",
}
"""The settings of the official provider that are refused, and why."""

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
    unmodelled=tuple(REFUSED),
)


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
